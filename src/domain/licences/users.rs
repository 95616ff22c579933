//! Users: how they are named, what they hold, and what they could be given.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    Line, PackLine, Quantity, Tenant, USER,
    book::{self, Book},
    catalogue::{self, Packs},
    lines,
    tenants::{self, not_found},
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        hierarchy::{self, shortened},
        resources::from_json,
    },
    fault::Fault,
    model::NodeType,
    store::{Node, ReadTx, Stored},
};

/// One user.
#[derive(Clone, Debug)]
pub enum UserRef {
    /// As the provisioning API names it; the group by its node's name or pkid.
    Named { tenant_id: String, group: String, user_id: String },
    /// As the model API names it.
    Pkid(String),
}

/// What a user holds, each by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Directly.
    pub services: Vec<String>,
    /// By technical name.
    pub packs: Vec<String>,
    /// Services that come with the packs.
    pub packed_services: Vec<String>,
}

/// What can be given to the users of a site, with what is left of each.
#[derive(Clone, Debug)]
pub struct Assignable {
    pub tenant: Tenant,
    pub site: Node,
    /// The packs of the tenant, those that can't be assigned any more too: see
    /// [`PackLine::no_more_assignable`] and [`PackLine::authorization`].
    pub packs: Vec<PackLine>,
    /// The user services that the site holds a quantity of.
    pub services: Vec<Line>,
}

/// What a user holds.
pub async fn holdings(app: &App, caller: &Caller, user: UserRef) -> Result<Holdings, Fault> {
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            let user = find(tx, &caller, &user)?;
            permit_type(&caller, USER, Permission::Read)?;
            let catalogue = catalogue::packs_at(tx, &user.node)?;
            Ok(Holdings::of(&from_json(&user)?, &catalogue))
        })
        .await
}

/// What can be given at a site, named by pkid or dot path. A node that isn't a site is refused at
/// `hierarchy`.
pub async fn assignable(app: &App, caller: &Caller, site: &str) -> Result<Assignable, Fault> {
    let (caller, site) = (caller.clone(), site.to_owned());
    app.store
        .read(move |tx| {
            let site = hierarchy::resolve(tx, &caller, Some(&site))?;
            permit_type(&caller, USER, Permission::Read)?;
            let tenant = tenant_of_site(tx, &site)?;
            let catalogue = catalogue::packs_at(tx, &tenant.node)?;
            let book = Book::load(tx, &tenant.node, &catalogue)?;
            let services = catalogue::services_at(tx, &tenant.node)?;
            let shares = book::shares(tx, &site)?;
            let given = lines::tenant_lines(&services, &book).into_iter();
            let given = given.filter(|line| line.family == super::Family::User);
            let services = given
                .map(|line| lines::site_line(line, &shares))
                .filter(|line| line.allocated != Quantity::NONE)
                .collect();
            let packs = lines::pack_lines(&catalogue, &book);
            Ok(Assignable { tenant, site, packs, services })
        })
        .await
}

/// The Webex package of a user: of the held packs whose integrated client has that mode, the
/// package of the highest level; of several the first by name. `None` when no held pack names one.
pub async fn integrated_client_package(
    app: &App,
    caller: &Caller,
    user: UserRef,
    mode: &str,
) -> Result<Option<String>, Fault> {
    let (caller, mode) = (caller.clone(), mode.to_owned());
    app.store
        .read(move |tx| {
            let user = find(tx, &caller, &user)?;
            permit_type(&caller, USER, Permission::Read)?;
            let catalogue = catalogue::packs_at(tx, &user.node)?;
            let held = Holdings::of(&from_json(&user)?, &catalogue).packs;
            let clients = held.iter().filter_map(|name| catalogue.get(name)).map(|p| &p.client);
            let clients = clients.filter(|c| c.mode == mode && !c.package.is_empty());
            // `max_by_key` would take the last of equal ones.
            let best = clients.reduce(|best, client| {
                if client.package_level > best.package_level { client } else { best }
            });
            Ok(best.map(|client| client.package.clone()))
        })
        .await
}

/// The instance of a user that the caller sees.
pub(super) fn find(tx: &ReadTx<'_>, caller: &Caller, user: &UserRef) -> Result<Stored, Fault> {
    match user {
        UserRef::Pkid(pkid) => tx
            .instance(USER, pkid, caller.node.id)?
            .ok_or_else(|| not_found("pkid", format!("There is no user {:?}.", shortened(pkid)))),
        UserRef::Named { tenant_id, group, user_id } => {
            let tenant = tenants::find(tx, caller, tenant_id)?;
            let site = tenants::find_site(tx, &tenant, group)?;
            let pkid = tx.key_holder(USER, Some(site.id), "user_id", user_id)?;
            let stored = match pkid {
                Some(pkid) => tx.instance(USER, &pkid, caller.node.id)?,
                None => None,
            };
            stored.ok_or_else(|| {
                let message =
                    format!("There is no user {:?} at the site {}.", shortened(user_id), site.name);
                not_found("user_id", message)
            })
        }
    }
}

/// So many users hold something, as part of a sentence.
pub(super) fn hold(users: u64) -> String {
    match users {
        1 => "1 user holds".to_owned(),
        users => format!("{users} users hold"),
    }
}

/// The tenant of a site.
pub(super) fn tenant_of_site(tx: &ReadTx<'_>, site: &Node) -> Result<Tenant, Fault> {
    let tenant = tenants::tenant_above(tx, site)?;
    tenant.filter(|_| site.node_type == NodeType::Site).ok_or_else(|| {
        Fault::field(
            "hierarchy",
            "wrong_place",
            format!(
                "Users stand at the sites of a tenant; {} is a {} node. Choose a site.",
                site.path,
                site.node_type.as_str()
            ),
        )
    })
}

impl Holdings {
    /// What a user's attributes say, with what comes in the packs.
    pub(super) fn of(data: &Map<String, Value>, catalogue: &Packs) -> Self {
        let names = |attribute: &str| -> Vec<String> {
            let list = data.get(attribute).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self::with(names("services"), names("service_packs"), catalogue)
    }

    pub(super) fn with(
        mut services: Vec<String>,
        mut packs: Vec<String>,
        catalogue: &Packs,
    ) -> Self {
        services.sort();
        packs.sort();
        let packed = packs.iter().filter_map(|name| catalogue.get(name));
        let packed: BTreeSet<String> = packed.flat_map(|p| p.services.iter().cloned()).collect();
        Self { services, packs, packed_services: packed.into_iter().collect() }
    }
}
