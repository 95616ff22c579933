//! What the catalogue has for a tenant: the services and service packs that stand at a node above
//! it. Names are unique along that line, so that each means one thing.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, de::DeserializeOwned};

use super::{Family, SERVICE, SERVICE_PACK, USER_SERVICE};
use crate::{
    domain::hierarchy::shortened,
    fault::Fault,
    model::NodeType,
    store::{Node, ReadTx, Stored},
};

/// Services by family and name, with their descriptions.
pub(super) type Services = BTreeMap<(Family, String), String>;

/// Packs by technical name.
pub(super) type Packs = BTreeMap<String, Pack>;

/// A service pack as its rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pack {
    pub display_name: String,
    pub description: String,
    pub authorization: Authorization,
    pub no_more_assignable: bool,
    /// Its user services, each once.
    pub services: Vec<String>,
    /// Packs that can't be held beside it.
    pub exclusive: Vec<String>,
    /// Optional packs that it allows.
    pub options: Vec<String>,
    pub client: Client,
}

/// Whether a pack can be used, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Authorization {
    Forbidden,
    Optional,
    Primary,
}

impl Authorization {
    pub fn number(self) -> u64 {
        match self {
            Self::Forbidden => 0,
            Self::Optional => 1,
            Self::Primary => 2,
        }
    }
}

/// What a pack says of an integrated client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Client {
    pub mode: String,
    pub package: String,
    pub package_level: i64,
}

#[derive(Deserialize)]
struct ServiceData {
    family: String,
    name: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct PackData {
    technical_name: String,
    display_name: String,
    description: String,
    authorization: u64,
    no_more_assignable: bool,
    content: Content,
    integrated_client: Client,
    exclusive: Vec<String>,
    options: Vec<Named>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Content {
    services: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct UserServiceData {
    technical_name: String,
    #[serde(default)]
    no_more_assignable: bool,
}

impl Pack {
    /// Reads the attributes of a `data/ServicePack`.
    pub fn read(json: &str) -> Result<(String, Self), serde_json::Error> {
        let data: PackData = serde_json::from_str(json)?;
        let mut services: Vec<String> = Vec::new();
        for Named { name } in data.content.services {
            if !services.contains(&name) {
                services.push(name);
            }
        }
        let pack = Self {
            display_name: if data.display_name.is_empty() {
                data.technical_name.clone()
            } else {
                data.display_name
            },
            description: data.description,
            authorization: match data.authorization {
                2 => Authorization::Primary,
                1 => Authorization::Optional,
                _ => Authorization::Forbidden,
            },
            no_more_assignable: data.no_more_assignable,
            services,
            exclusive: data.exclusive,
            options: data.options.into_iter().map(|option| option.name).collect(),
            client: data.integrated_client,
        };
        Ok((data.technical_name, pack))
    }
}

/// The services of the catalogue at a node.
pub(super) fn services_at(tx: &ReadTx<'_>, node: &Node) -> Result<Services, Fault> {
    let mut services = Services::new();
    each(tx, node, SERVICE, |stored| {
        let data: ServiceData = read(&stored)?;
        if let Some(family) = Family::parse(&data.family) {
            services.insert((family, data.name), data.description);
        }
        Ok(())
    })?;
    Ok(services)
}

/// Why a service isn't one of the catalogue: code and reason.
pub(super) fn unknown(
    services: &Services,
    family: Family,
    name: &str,
) -> Option<(&'static str, String)> {
    if services.contains_key(&(family, name.to_owned())) {
        return None;
    }
    let other = match family {
        Family::Group => Family::User,
        Family::User => Family::Group,
    };
    let shown = shortened(name);
    if services.contains_key(&(other, name.to_owned())) {
        let (this, that) = (family.as_str(), other.as_str());
        return Some((
            "wrong_family",
            format!("{shown} is a {that} service, not a {this} service; name it among those."),
        ));
    }
    Some((
        "unknown_service",
        format!("There is no {} service {shown:?} in the catalogue.", family.as_str()),
    ))
}

/// The service packs of the catalogue at a node.
pub(super) fn packs_at(tx: &ReadTx<'_>, node: &Node) -> Result<Packs, Fault> {
    let mut packs = Packs::new();
    each(tx, node, SERVICE_PACK, |stored| {
        let (name, pack) =
            Pack::read(&stored.data).map_err(|error| unreadable(&stored.pkid, &error))?;
        packs.insert(name, pack);
        Ok(())
    })?;
    Ok(packs)
}

/// The user services that nobody new gets.
fn retired_services(tx: &ReadTx<'_>, node: &Node) -> Result<Vec<String>, Fault> {
    let mut retired = Vec::new();
    each(tx, node, USER_SERVICE, |stored| {
        let data: UserServiceData = read(&stored)?;
        if data.no_more_assignable {
            retired.push(data.technical_name);
        }
        Ok(())
    })?;
    Ok(retired)
}

/// All that the catalogue has at a node.
pub(super) struct Catalogue {
    pub packs: Packs,
    pub services: Services,
    /// User services that nobody new gets.
    pub retired: Vec<String>,
}

impl Catalogue {
    pub fn at(tx: &ReadTx<'_>, node: &Node) -> Result<Self, Fault> {
        Ok(Self {
            packs: packs_at(tx, node)?,
            services: services_at(tx, node)?,
            retired: retired_services(tx, node)?,
        })
    }
}

/// The catalogues of several tenants, read once within one view of the database: those below one
/// provider have the same.
#[derive(Default)]
pub struct Catalogues(HashMap<i64, Arc<Catalogue>>);

impl Catalogues {
    pub(super) fn above(
        &mut self,
        tx: &ReadTx<'_>,
        tenant: &Node,
    ) -> Result<Arc<Catalogue>, Fault> {
        let provider = place_of(tx, tenant)?;
        Ok(match self.0.entry(provider.id) {
            Entry::Occupied(present) => Arc::clone(present.get()),
            Entry::Vacant(vacant) => {
                Arc::clone(vacant.insert(Arc::new(Catalogue::at(tx, &provider)?)))
            }
        })
    }
}

/// The catalogues that were read last, for as long as nothing of any catalogue changes: there are hundreds
/// of services in one, and it is asked for much more often than changed.
#[derive(Default)]
pub struct KeptCatalogues(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    generation: i64,
    /// By the node that they stand at.
    catalogues: HashMap<i64, Arc<Catalogue>>,
}

/// As many are kept. Each is hundreds of KiB.
const KEPT: usize = 64;

impl KeptCatalogues {
    pub(super) fn above(&self, tx: &ReadTx<'_>, tenant: &Node) -> Result<Arc<Catalogue>, Fault> {
        let place = place_of(tx, tenant)?;
        let read = || Ok::<_, Fault>(Arc::new(Catalogue::at(tx, &place)?));
        let Some(generation) = tx.generation(&[SERVICE, SERVICE_PACK, USER_SERVICE])? else {
            return read();
        };
        let known = Some(self.kept())
            .filter(|kept| kept.generation == generation)
            .and_then(|kept| kept.catalogues.get(&place.id).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let catalogue = read()?;
        let mut kept = self.kept();
        // A view of the database that is older than what is kept by now leaves it.
        if kept.generation < generation || kept.catalogues.len() >= KEPT {
            *kept = Kept { generation: kept.generation.max(generation), ..Kept::default() };
        }
        if kept.generation == generation {
            kept.catalogues.insert(place.id, Arc::clone(&catalogue));
        }
        Ok(catalogue)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whole catalogues alone are put in.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The node whose catalogue holds at a node: it stands at sys and providers.
pub(super) fn place_of(tx: &ReadTx<'_>, node: &Node) -> Result<Node, Fault> {
    let above = tx.ancestors(node.id)?;
    let stands = |node: &Node| [NodeType::Provider, NodeType::Sys].contains(&node.node_type);
    Ok(above.into_iter().rev().find(stands).unwrap_or_else(|| node.clone()))
}

/// Every instance of a model at a node and above it.
pub(super) fn each(
    tx: &ReadTx<'_>,
    node: &Node,
    model: &str,
    mut each: impl FnMut(Stored) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for node in tx.ancestors(node.id)? {
        for stored in tx.instances_at(model, node.id, u32::MAX)? {
            each(stored)?;
        }
    }
    Ok(())
}

/// The attributes of one of them.
pub(super) fn read<T: DeserializeOwned>(stored: &Stored) -> Result<T, Fault> {
    serde_json::from_str(&stored.data).map_err(|error| unreadable(&stored.pkid, &error))
}

fn unreadable(pkid: &str, error: &serde_json::Error) -> Fault {
    tracing::error!(%error, pkid, "the stored JSON can't be read");
    Fault::internal()
}
