//! Users: how they are named, what they hold, and what they could be given.

use super::{Line, PackLine, Tenant};
use crate::{
    domain::{App, Caller},
    fault::Fault,
    store::Node,
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
    let _ = (app, caller, user);
    Err(Fault::internal())
}

/// What can be given at a site, named by pkid or dot path. A node that isn't a site is refused at
/// `hierarchy`.
pub async fn assignable(app: &App, caller: &Caller, site: &str) -> Result<Assignable, Fault> {
    let _ = (app, caller, site);
    Err(Fault::internal())
}

/// The Webex package of a user: of the held packs whose integrated client has that mode, the
/// package of the highest level. `None` when no held pack names one.
pub async fn integrated_client_package(
    app: &App,
    caller: &Caller,
    user: UserRef,
    mode: &str,
) -> Result<Option<String>, Fault> {
    let _ = (app, caller, user, mode);
    Err(Fault::internal())
}
