//! Setting what tenants and sites are licensed for: each item judged for itself.

use super::{Family, Line, Quantity};
use crate::{
    domain::{App, Caller},
    fault::{Fault, FieldError},
};

/// A limit to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub family: Family,
    pub name: String,
    pub allocated: Quantity,
}

/// What became of one of them.
#[derive(Clone, Debug)]
pub struct ItemOutcome {
    pub family: Family,
    pub name: String,
    /// The line as it was and as it is (for a preview: as it would be); the refusal when it stays
    /// as it was. `field` of the refusal is empty, its message names the item.
    pub result: Result<(Line, Line), FieldError>,
}

/// What became of all, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// None of a preview.
    pub transaction_id: Option<String>,
    pub items: Vec<ItemOutcome>,
}

/// Sets limits of a tenant. Those that are refused leave the others set; one transaction records
/// them all. The same item twice with different quantities is refused as a whole.
pub async fn set_tenant(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    let _ = (app, caller, tenant_id, limits);
    Err(Fault::internal())
}

/// What [`set_tenant`] would do; nothing is changed.
pub async fn preview_tenant(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    let _ = (app, caller, tenant_id, limits);
    Err(Fault::internal())
}

/// Sets what a site is given of its tenant's licences.
pub async fn set_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    let _ = (app, caller, tenant_id, group, limits);
    Err(Fault::internal())
}

/// What [`set_site`] would do; nothing is changed.
pub async fn preview_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    let _ = (app, caller, tenant_id, group, limits);
    Err(Fault::internal())
}
