//! The model API: the same calls for every model, drawn from its file.

mod act;
mod assignment;
mod bulk;
mod choices;
mod collection;
mod data_move;
mod envelope;
mod export;
mod form;
mod help;
pub mod import;
mod inherited;
mod instance;
mod tool_forms;
mod transaction;
mod views;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    routing::{any, get, post},
};

pub use export::attached;

use super::{body, hrefs::ModelIs};
use crate::{
    domain::{App, licences::USER},
    fault::{Fault, FaultKind},
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
        collection = collection.delete(bulk::delete);
        instance = instance.delete(instance::delete);
    }
    let mut bulk_update = get(bulk::form);
    if offers(Operation::BulkUpdate) {
        bulk_update = bulk_update.post(bulk::modify);
    }
    let export = if offers(Operation::Export) { get(export::one) } else { get(not_offered) };
    let template = if offers(Operation::ExportBulkloadTemplate) {
        post(export::template)
    } else {
        post(not_offered)
    };
    let own = if model.model_type == USER { assignment::routes() } else { Router::new() };
    own.route("/", collection)
        .route("/bulk_update", bulk_update)
        .route("/views", get(views::list).post(views::save))
        .route("/views/{pkid}", axum::routing::delete(views::delete))
        .route("/export/{pkid}", export.clone())
        .route("/export_bulkload_template", template)
        .route("/add", get(form::add))
        .route("/schema", get(form::schema))
        .route("/help", get(help::of_model))
        .route("/choices", get(choices::list))
        .route("/configuration_template", get(inherited::configuration_templates))
        .route("/field_display_policy", get(inherited::field_display_policies))
        .route("/{pkid}", instance)
        .route("/{pkid}/export", export)
        .route("/{pkid}/help", get(help::of_instance))
        .layer(Extension(ModelIs(Arc::clone(model))))
}

/// The calls on a model that may take longer than others, by their whole paths: a file that comes,
/// the export of many, and what calls on other systems.
pub fn long_routes(model: &Arc<Model>) -> Router<App> {
    let exports =
        if model.offers(Operation::Export) { post(export::many) } else { post(not_offered) };
    let path = |call: &str| format!("/api/{}/{call}", model.model_type);
    let mut router = Router::new();
    if !model.actions.is_empty() {
        let act = any(act::start).layer(DefaultBodyLimit::max(body::LIMIT));
        router = router.route(&path("{pkid}/{name}"), act);
    }
    router
        .route(&path("export"), exports.layer(DefaultBodyLimit::max(body::LIMIT)))
        .route(&path("import"), post(import::load).layer(DefaultBodyLimit::max(import::LIMIT)))
        .layer(Extension(ModelIs(Arc::clone(model))))
}

/// What a model doesn't offer, at a path that others have.
async fn not_offered(ModelIs(model): ModelIs) -> Fault {
    Fault::new(
        FaultKind::NotOffered,
        "not_offered",
        format!("{} doesn't offer this operation.", model.model_type),
    )
}

/// Routes that belong to no single model, or to one alone.
pub fn other_routes() -> Router<App> {
    transaction::routes()
        .merge(data_move::routes())
        .merge(tool_forms::routes())
        .merge(import::transaction_routes())
}
