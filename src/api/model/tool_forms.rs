//! The forms of the tools that lists name as `view` of their actions: what an export and a move ask
//! for beside the instances.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::super::{
    caller::ApiCaller,
    hrefs::Params,
    routes::{Routes, Surface},
};
use crate::{
    domain::{App, resources, transfer::export::Format},
    fault::Fault,
};

pub fn routes() -> Routes {
    Routes::of(Surface::Model).get("/api/view/ExportData/add", export)
}

/// `GET /api/view/ExportData/add/`: the options of an export. Their values are parameters of the
/// export call, whose payload is the selection.
async fn export(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    params: Params,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let choices: Vec<Value> =
        Format::names().map(|name| json!({ "value": name, "title": name })).collect();
    let body = form(
        "view/ExportData",
        json!({
            "export_format": {
                "title": "Export Format",
                "description": "The kind of file.",
                "type": "string",
                "default": "json",
                "choices": choices,
            },
            "version": {
                "title": "Version",
                "description": "The schema version of the instances; the current one without it.",
                "type": "string",
            },
            "template_name": {
                "title": "Configuration Template",
                "description": "A configuration template that each exported instance passes through.",
                "type": "string",
            },
            "policy_name": {
                "title": "Field Display Policy",
                "description": "The policy that arranges a formatted sheet; the nearest without it.",
                "type": "string",
            },
        }),
        "export",
        "/api/[model_type]/export/?hierarchy=[hierarchy]",
    );
    Ok(Json(body).into_response())
}

/// `GET /api/tool/DataMove/`: the parameters of a move.
pub async fn data_move(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    params: Params,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let body = form(
        "tool/DataMove",
        json!({
            "model_type": {
                "title": "Model Type",
                "description": "The model of the instances, such as relation/SparkCustomer.",
                "type": "string",
                "required": true,
            },
            "context_hierarchy": {
                "title": "Target Hierarchy",
                "description": "The node to move to: its pkid or dot path.",
                "type": "string",
                "required": true,
            },
        }),
        "move",
        "/api/tool/DataMove/?hierarchy=[hierarchy]&model_type=[model_type]",
    );
    Ok(Json(body).into_response())
}

fn form(model_type: &str, properties: Value, action: &str, href: &str) -> Value {
    let mut actions = serde_json::Map::new();
    actions.insert(
        action.to_owned(),
        json!({ "method": "POST", "class": action, "href": href, "submit": "payload" }),
    );
    json!({
        "meta": { "model_type": model_type },
        "schema": {
            "$schema": "http://json-schema.org/draft-03/schema",
            "type": "object",
            "properties": properties,
        },
        "data": {},
        "actions": [actions],
    })
}
