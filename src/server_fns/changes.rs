//! What the forms of instances save, behind one server function, as the reads are. Every other
//! change of the console is a plain form post (`api/posts.rs`).

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Answer, views::Saved};
use crate::fault::Fault;
#[cfg(feature = "ssr")]
use crate::{domain::resources, server_fns::context::request};

/// What can be changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Change {
    Create { model_type: String, hierarchy: Option<String>, data: Map<String, Value> },
    Update { model_type: String, pkid: String, version: Option<u64>, data: Map<String, Value> },
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
    };
    r.answer(answer)
}
