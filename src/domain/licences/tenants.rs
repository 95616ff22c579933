//! Tenants, which are the customer nodes, and their sites.

use crate::{
    domain::{App, Caller},
    fault::Fault,
    store::Node,
};

/// A customer node as a tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub node: Node,
    pub tenant_id: String,
    pub description: String,
}

/// A tenant, with what it has.
#[derive(Clone, Debug)]
pub struct TenantDetail {
    pub tenant: Tenant,
    /// Its sites.
    pub groups: u64,
    pub users: u64,
}

/// A site of a tenant: a group in the provisioning API.
#[derive(Clone, Debug)]
pub struct Site {
    pub node: Node,
    pub description: String,
    pub users: u64,
}

/// The tenants at a node and below it (the caller's own when none is named), by tenant id; at most
/// `limit`.
pub async fn tenants(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<Tenant>, Fault> {
    let _ = (app, caller, hierarchy, limit);
    Err(Fault::internal())
}

/// One tenant; not found when there is none of that id that the caller sees.
pub async fn detail(app: &App, caller: &Caller, tenant_id: &str) -> Result<TenantDetail, Fault> {
    let _ = (app, caller, tenant_id);
    Err(Fault::internal())
}

/// The sites of a tenant, by name.
pub async fn sites(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
) -> Result<(Tenant, Vec<Site>), Fault> {
    let _ = (app, caller, tenant_id);
    Err(Fault::internal())
}
