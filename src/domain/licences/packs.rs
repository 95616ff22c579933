//! Service packs of a tenant: put to it all or none, their quantity changed, taken away again.

use super::{PackLine, Quantity};
use crate::{
    domain::{App, Caller},
    fault::Fault,
};

/// What was done, and the packs it was done to as they are now.
#[derive(Clone, Debug)]
pub struct PackOutcome {
    pub transaction_id: String,
    pub packs: Vec<PackLine>,
}

/// Puts packs (technical name and quantity) to a tenant, all or none: the same again with the same
/// quantity succeeds, with another it is refused. `auto_auth_services` licenses their services as
/// far as the quantity needs; without it one that isn't licensed is refused. Refusals name
/// `/servicePacksFromConfig/<index>`.
pub async fn put_packs(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    packs: Vec<(String, Quantity)>,
    auto_auth_services: bool,
) -> Result<PackOutcome, Fault> {
    let _ = (app, caller, tenant_id, packs, auto_auth_services);
    Err(Fault::internal())
}

/// Changes the quantity of a pack at a tenant; not below what users hold.
pub async fn change_pack(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    name: &str,
    quantity: Quantity,
) -> Result<PackOutcome, Fault> {
    let _ = (app, caller, tenant_id, name, quantity);
    Err(Fault::internal())
}

/// Takes a pack that nobody holds away from a tenant. The outcome has it as it was.
pub async fn remove_pack(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    name: &str,
) -> Result<PackOutcome, Fault> {
    let _ = (app, caller, tenant_id, name);
    Err(Fault::internal())
}
