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
pub mod prepared;
mod restore;
mod second_factor;
mod tool_forms;
mod transaction;
mod views;

use std::sync::Arc;

use axum::{extract::DefaultBodyLimit, http::Method};

pub use export::attached;

use super::{
    body,
    hrefs::ModelIs,
    routes::{Routes, Surface},
};
use crate::{
    domain::{audit::USERS, licences::USER, webex::Act},
    fault::{Fault, FaultKind},
    model::{Model, Operation},
};

/// The routes of one model.
pub fn routes(model: &Arc<Model>) -> Routes {
    // A write that isn't offered is refused before its body is looked at.
    let offers = |operation| model.offers(operation);
    let mut routes = Routes::of(Surface::Model)
        .get("/", collection::list)
        .get("/bulk_update", bulk::form)
        .get("/views", views::list)
        .post("/views", views::save)
        .delete("/views/{pkid}", views::delete)
        .get("/add", form::add)
        .get("/schema", form::schema)
        .get("/help", help::of_model)
        .get("/choices", choices::list)
        .get("/configuration_template", inherited::configuration_templates)
        .get("/field_display_policy", inherited::field_display_policies)
        .get("/{pkid}", instance::get)
        .get("/{pkid}/help", help::of_instance);
    if offers(Operation::Add) {
        routes = routes.post("/", collection::create);
    }
    if offers(Operation::Update) {
        routes = routes.put("/{pkid}", instance::modify).post("/{pkid}/restore", restore::restore);
    }
    if offers(Operation::Remove) {
        routes = routes.delete("/", bulk::delete).delete("/{pkid}", instance::delete);
    }
    if offers(Operation::BulkUpdate) {
        routes = routes.post("/bulk_update", bulk::modify);
    }
    for path in ["/{pkid}/export", "/export/{pkid}"] {
        routes = if offers(Operation::Export) {
            routes.get(path, export::one)
        } else {
            routes.refused(Method::GET, path, not_offered)
        };
    }
    let template = "/export_bulkload_template";
    routes = if offers(Operation::ExportBulkloadTemplate) {
        routes.post(template, export::template)
    } else {
        routes.refused(Method::POST, template, not_offered)
    };
    if model.model_type == USER {
        routes = routes.and(assignment::routes());
    }
    if model.model_type == USERS {
        routes = routes.delete("/{pkid}/second_factor", second_factor::reset);
    }
    routes.for_model(model).below(&format!("/api/{}", model.model_type))
}

/// The calls on a model that may take longer than others: a file that comes, the export of many, and
/// what calls on other systems.
pub fn long_routes(model: &Arc<Model>) -> Routes {
    let path = |call: &str| format!("/api/{}/{call}", model.model_type);
    let none = || Routes::of(Surface::Model);
    let mut routes = if model.offers(Operation::Export) {
        none().post(&path("export"), export::many)
    } else {
        none().refused(Method::POST, &path("export"), not_offered)
    };
    for action in &model.actions {
        // The registry has seen to it that each is there.
        let Some(act) = Act::of(&model.model_type, &action.name) else { continue };
        let start = move |app, caller, model, pkid, params, body| {
            act::start(act, app, caller, model, pkid, params, body)
        };
        let at = |plus: &str| path(&format!("{{pkid}}/{plus}{}", action.name));
        routes = routes.post(&at("+"), start).spelt(&at("%2B"), start);
    }
    let import = none()
        .post(&path("import"), import::load)
        .around(|router| router.layer(DefaultBodyLimit::max(import::LIMIT)));
    routes
        .around(|router| router.layer(DefaultBodyLimit::max(body::LIMIT)))
        .and(import)
        .for_model(model)
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
pub fn other_routes() -> Routes {
    transaction::routes()
        .and(data_move::routes())
        .and(tool_forms::routes())
        .and(import::transaction_routes())
}
