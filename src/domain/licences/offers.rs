//! What the catalogue above a tenant says that its lines don't: what user services are meant for,
//! and which service packs can be put to it.

use serde::Deserialize;

use super::{
    Flag, Marks, Tenant, USER_SERVICE, UserServiceMarks,
    catalogue::{self, Authorization},
};
use crate::{domain::App, fault::Fault, store::Node};

/// A service pack that can be put to a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedPack {
    /// Its technical name.
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// 1 optional, 2 primary.
    pub authorization: u64,
    /// Its user services.
    pub services: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "the attributes of the model")]
struct UserServiceData {
    technical_name: String,
    no_more_assignable: bool,
    for_hg: bool,
    for_cc: bool,
    for_ivr: bool,
    for_enduser: bool,
}

impl UserServiceData {
    fn is(&self, flag: Flag) -> bool {
        match flag {
            Flag::HuntGroup => self.for_hg,
            Flag::CallCentre => self.for_cc,
            Flag::Ivr => self.for_ivr,
            Flag::EndUser => self.for_enduser,
        }
    }
}

/// What the user services that are seen at a node are marked with.
pub async fn marks(app: &App, place: &Node) -> Result<Marks, Fault> {
    let place = place.clone();
    app.store
        .read(move |tx| {
            let mut marks = Marks::new();
            catalogue::each(tx, &place, USER_SERVICE, |stored| {
                let data: UserServiceData = catalogue::read(&stored)?;
                let flags = Flag::ALL.into_iter().filter(|flag| data.is(*flag)).collect();
                let no_more_assignable = data.no_more_assignable;
                let found = UserServiceMarks { flags, no_more_assignable };
                marks.insert(data.technical_name, found);
                Ok(())
            })?;
            Ok(marks)
        })
        .await
}

/// The packs that are seen at a tenant and may be put to one, by their display names. Those that
/// were put to it already are among them.
pub async fn offered_packs(app: &App, tenant: &Tenant) -> Result<Vec<OfferedPack>, Fault> {
    let place = tenant.node.clone();
    app.store
        .read(move |tx| {
            let all = catalogue::packs_at(tx, &place)?;
            let mut packs: Vec<OfferedPack> = all
                .into_iter()
                .filter(|(_, pack)| {
                    pack.authorization != Authorization::Forbidden && !pack.no_more_assignable
                })
                .map(|(name, pack)| OfferedPack {
                    name,
                    display_name: pack.display_name,
                    description: pack.description,
                    authorization: pack.authorization.number(),
                    services: pack.services,
                })
                .collect();
            packs.sort_by_key(|pack| pack.display_name.to_lowercase());
            Ok(packs)
        })
        .await
}
