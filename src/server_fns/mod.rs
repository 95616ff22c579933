//! What the console calls. Each is a thin face on a domain function: take the caller from the
//! request, call, hand back. Nothing is decided here.

#[cfg(feature = "ssr")]
pub mod context;
mod reads;
pub mod views;

use leptos::{prelude::*, server_fn::codec::Json};
use serde_json::{Map, Value};

use crate::fault::Fault;
pub use reads::{Answer, Ask, ask};
use views::{BulkOutcome, Saved};

#[cfg(feature = "ssr")]
use crate::domain;
#[cfg(feature = "ssr")]
use context::request;

/// Creates an instance at a node.
#[server(prefix = "/fn", endpoint = "create", input = Json)]
pub async fn create_instance(
    model_type: String,
    hierarchy: Option<String>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let hierarchy = hierarchy.as_deref();
    let written = domain::resources::create(&r.app, &r.caller, &model, hierarchy, data).await;
    r.answer(written.map(Saved::from))
}

/// Replaces an instance's attributes. `version` is the one the form was drawn from; a fault of
/// kind `Stale` says that somebody else has saved since.
#[server(prefix = "/fn", endpoint = "update", input = Json)]
pub async fn update_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let written =
        domain::resources::update(&r.app, &r.caller, &model, &pkid, version, data).await;
    r.answer(written.map(Saved::from))
}

/// Deletes one instance.
#[server(prefix = "/fn", endpoint = "delete", input = Json)]
pub async fn delete_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
) -> Result<Saved, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let written = domain::resources::remove(&r.app, &r.caller, &model, &pkid, version).await;
    r.answer(written.map(Saved::from))
}

/// Deletes several, each for itself; the outcome has a line for each that wasn't deleted.
#[server(prefix = "/fn", endpoint = "bulk_delete", input = Json)]
pub async fn bulk_delete(model_type: String, pkids: Vec<String>) -> Result<BulkOutcome, Fault> {
    let r = request()?;
    let model = r.answer(r.app.model(&model_type))?;
    let hrefs = pkids.iter().map(|pkid| domain::resources::href(&model_type, pkid)).collect();
    let written =
        domain::resources::bulk_remove(&r.app, &r.caller, &model, None, hrefs).await;
    r.answer(written.map(BulkOutcome::from))
}
