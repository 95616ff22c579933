//! Giving users services and service packs, and taking them back. The rules stand here, once.

use serde::{Deserialize, Serialize};

use super::{Holdings, UserRef};
use crate::{
    domain::{App, Caller, resources::Written, transactions::Ticket},
    fault::{Fault, FieldError},
    store::WriteTx,
};

/// Services and packs, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub services: Vec<String>,
    /// By technical name.
    pub packs: Vec<String>,
}

/// What became of one of them. The refusal's `field` is empty, its message names the item.
#[derive(Clone, Debug)]
pub struct ItemResult {
    pub name: String,
    pub result: Result<(), FieldError>,
}

/// What became of all, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Assigned {
    pub transaction_id: String,
    pub services: Vec<ItemResult>,
    pub packs: Vec<ItemResult>,
    /// What the user holds now.
    pub holdings: Holdings,
}

/// Assigns to one user, item by item: a refused one leaves the others assigned. What the user
/// holds already succeeds. Packs go before services, primary packs before optional ones.
pub async fn assign(
    app: &App,
    caller: &Caller,
    user: UserRef,
    wanted: Wanted,
) -> Result<Assigned, Fault> {
    let _ = (app, caller, user, wanted);
    Err(Fault::internal())
}

/// Takes back from one user, item by item. What the user doesn't hold succeeds.
pub async fn unassign(
    app: &App,
    caller: &Caller,
    user: UserRef,
    wanted: Wanted,
) -> Result<Assigned, Fault> {
    let _ = (app, caller, user, wanted);
    Err(Fault::internal())
}

/// A row of a bulk call: everything for the user of that pkid, or nothing.
pub fn assign_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    pkid: &str,
    wanted: &Wanted,
    remove: bool,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let _ = (app, tx, caller, pkid, wanted, remove, ticket);
    Err(Fault::internal())
}
