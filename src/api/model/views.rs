//! The saved views of a model's list.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::super::{body::JsonObject, caller::ApiCaller, hrefs::ModelIs};
use crate::{
    domain::{App, views},
    fault::Fault,
};

/// `GET /api/<type>/<Model>/views/`: the caller's own and those shared with it.
pub async fn list(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
) -> Result<Response, Fault> {
    let views: Vec<Value> = views::list(&app, &caller, &model)
        .await?
        .into_iter()
        .map(|view| {
            json!({
                "pkid": view.pkid,
                "name": view.name,
                "query": view.query,
                "shared": view.shared,
                "own": view.account_id == caller.account_id,
                "username": view.username,
                "href": format!("/api/{}/?{}", model.model_type, view.query),
            })
        })
        .collect();
    Ok(Json(json!({ "views": views })).into_response())
}

/// `POST /api/<type>/<Model>/views/` with `{"name", "query", "shared"}`; `query` holds the list's
/// parameters as a query string.
pub async fn save(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    body: JsonObject,
) -> Result<Response, Fault> {
    let text = |name: &str| match body.object.get(name) {
        None => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(wrong_type(name, "a text")),
    };
    let shared = match body.object.get("shared") {
        None => false,
        Some(Value::Bool(shared)) => *shared,
        Some(_) => return Err(wrong_type("shared", "true or false")),
    };
    let query = text("query")?.trim_start_matches('?');
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let pkid = views::save(&app, &caller, &model, text("name")?, &pairs, shared).await?;
    Ok((StatusCode::CREATED, Json(json!({ "pkid": pkid, "success": true }))).into_response())
}

fn wrong_type(name: &str, wanted: &str) -> Fault {
    Fault::field(format!("/{name}"), "wrong_type", format!("{name} must be {wanted}."))
}

/// `DELETE /api/<type>/<Model>/views/[pkid]/`
pub async fn delete(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Path(pkid): Path<String>,
) -> Result<Response, Fault> {
    views::delete(&app, &caller, &model, &pkid).await?;
    Ok(Json(json!({ "pkid": pkid, "success": true })).into_response())
}
