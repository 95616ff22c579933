//! The model API: the same calls for every model, drawn from its file.

mod collection;
mod envelope;
mod form;
mod help;
mod instance;

use std::sync::Arc;

use axum::{Extension, Router, routing::get};

use super::hrefs::ModelIs;
use crate::{domain::App, model::Model};

/// The routes of one model, below `/api/<type>/<Model>`.
pub fn routes(model: &Arc<Model>) -> Router<App> {
    Router::new()
        .route("/", get(collection::list).post(collection::create).delete(collection::bulk_delete))
        .route("/add", get(form::add))
        .route("/schema", get(form::schema))
        .route("/help", get(help::of_model))
        .route("/{pkid}", get(instance::get).put(instance::modify).delete(instance::delete))
        .route("/{pkid}/help", get(help::of_instance))
        .layer(Extension(ModelIs(Arc::clone(model))))
}

/// Routes that only transactions have.
pub fn transaction_routes() -> Router<App> {
    Router::new().route("/api/tool/Transaction/{pkid}/poll", get(instance::poll))
}
