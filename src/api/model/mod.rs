//! The model API: the same calls for every model, drawn from its file.

mod collection;
mod envelope;
mod form;
mod help;
mod instance;

use std::sync::Arc;

use axum::{Extension, Router, routing::get};

use super::hrefs::ModelIs;
use crate::{
    domain::App,
    model::{Model, Operation},
};

/// The routes of one model, below `/api/<type>/<Model>`.
pub fn routes(model: &Arc<Model>) -> Router<App> {
    // A write that isn't offered is refused before its body is looked at.
    let offers = |operation| model.offers(operation);
    let mut collection = get(collection::list);
    let mut instance = get(instance::get);
    if offers(Operation::Add) {
        collection = collection.post(collection::create);
    }
    if offers(Operation::Update) {
        instance = instance.put(instance::modify);
    }
    if offers(Operation::Remove) {
        collection = collection.delete(collection::bulk_delete);
        instance = instance.delete(instance::delete);
    }
    Router::new()
        .route("/", collection)
        .route("/add", get(form::add))
        .route("/schema", get(form::schema))
        .route("/help", get(help::of_model))
        .route("/{pkid}", instance)
        .route("/{pkid}/help", get(help::of_instance))
        .layer(Extension(ModelIs(Arc::clone(model))))
}

/// Routes that only transactions have.
pub fn transaction_routes() -> Router<App> {
    Router::new().route("/api/tool/Transaction/{pkid}/poll", get(instance::poll))
}
