//! All tenants at a glance: what each is licensed for, and what is nearly used up.

use super::{Line, PackLine, Tenant};
use crate::{
    domain::{App, Caller},
    fault::Fault,
};

/// One tenant.
#[derive(Clone, Debug)]
pub struct TenantOverview {
    pub tenant: Tenant,
    pub sites: u64,
    pub users: u64,
    /// Services and packs that it is licensed for.
    pub licensed: u64,
    pub packs: u64,
    /// Lines at nine tenths or more, the fullest first.
    pub nearly: Vec<Line>,
    pub nearly_packs: Vec<PackLine>,
}

/// The tenants at a node and below it, by tenant id: a page of them, and how many there are.
pub async fn overview(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    search: Option<&str>,
    skip: u64,
    limit: u64,
) -> Result<(u64, Vec<TenantOverview>), Fault> {
    let _ = (app, caller, hierarchy, search, skip, limit);
    Err(Fault::internal())
}
