//! Everything the console changes, behind one server function, as its reads are.

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Answer,
    views::{BulkOutcome, Saved},
};
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use crate::{
    domain::{
        App, resources,
        tasks::{self, Asked, Manner, Selection},
    },
    server_fns::context::request,
};

/// What can be changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Change {
    Create { model_type: String, hierarchy: Option<String>, data: Map<String, Value> },
    Update { model_type: String, pkid: String, version: Option<u64>, data: Map<String, Value> },
    Delete { model_type: String, pkid: String, version: Option<u64> },
    BulkDelete { model_type: String, pkids: Vec<String> },
}

/// Creates an instance at a node.
pub async fn create_instance(
    model_type: String,
    hierarchy: Option<String>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    change(Change::Create { model_type, hierarchy, data }).await?.open()
}

/// Replaces an instance's attributes. `version` is the one the form was drawn from; a fault of
/// kind `Stale` says that somebody else has saved since.
pub async fn update_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
    data: Map<String, Value>,
) -> Result<Saved, Fault> {
    change(Change::Update { model_type, pkid, version, data }).await?.open()
}

/// Deletes one instance.
pub async fn delete_instance(
    model_type: String,
    pkid: String,
    version: Option<u64>,
) -> Result<Saved, Fault> {
    change(Change::Delete { model_type, pkid, version }).await?.open()
}

/// Deletes several, each for itself; the outcome has a line for each that wasn't deleted.
pub async fn bulk_delete(model_type: String, pkids: Vec<String>) -> Result<BulkOutcome, Fault> {
    change(Change::BulkDelete { model_type, pkids }).await?.open()
}

#[server(name = ChangeCall, prefix = "/fn", endpoint = "change", input = Json)]
async fn change(what: Change) -> Result<Answer, Fault> {
    let r = request()?;
    let (app, caller) = (&r.app, &r.caller);
    let saved = |written: resources::Written| Answer::of(&Saved::from(written));
    let answer = match what {
        Change::Create { model_type, hierarchy, data } => {
            let model = r.answer(app.model(&model_type))?;
            let at = hierarchy.as_deref();
            resources::create(app, caller, &model, at, data).await.and_then(saved)
        }
        Change::Update { model_type, pkid, version, data } => {
            let model = r.answer(app.model(&model_type))?;
            resources::update(app, caller, &model, &pkid, version, data).await.and_then(saved)
        }
        Change::Delete { model_type, pkid, version } => {
            let model = r.answer(app.model(&model_type))?;
            resources::remove(app, caller, &model, &pkid, version).await.and_then(saved)
        }
        Change::BulkDelete { model_type, pkids } => {
            let model = r.answer(app.model(&model_type))?;
            let hrefs = pkids.iter().map(|pkid| resources::href(&model_type, pkid)).collect();
            let named = r.answer(Selection::named(hrefs))?;
            let asked = tasks::bulk_remove(app, caller, &model, None, named, Manner::at_once());
            bulk_outcome(app, &r.answer(asked.await)?)
                .await
                .and_then(|outcome| Answer::of(&outcome))
        }
    };
    r.answer(answer)
}

#[cfg(feature = "ssr")]
async fn bulk_outcome(app: &App, asked: &Asked) -> Result<BulkOutcome, Fault> {
    let id = &asked.transaction_id;
    if !asked.ended {
        // Its page tells the rest.
        return Ok(BulkOutcome { transaction_id: id.clone(), succeeded: 0, failed: Vec::new() });
    }
    let outcome = tasks::outcome(app, id).await?;
    let failed = outcome.rows.into_iter().filter(tasks::RowOutcome::failed);
    Ok(BulkOutcome {
        transaction_id: id.clone(),
        succeeded: outcome.counts.succeeded,
        failed: failed.map(|row| (row.href, row.message)).collect(),
    })
}
