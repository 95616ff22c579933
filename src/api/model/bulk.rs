//! The calls on several instances: bulk delete, bulk modify and its form.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{ModelIs, Params},
    },
    envelope,
};
use crate::{
    domain::{
        App,
        access::narrowed,
        resources,
        tasks::{self, Selection},
    },
    fault::Fault,
    model::Operation,
};

/// `DELETE /api/<type>/<Model>/` with `{"hrefs": […]}`, or a filter.
pub async fn delete(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    mut body: JsonObject,
) -> Result<Response, Fault> {
    let selection = Selection::take(&mut body.object)?.at(params.hierarchy());
    let manner = params.manner(body.callback);
    let asked =
        tasks::bulk_remove(&app, &caller, &model, params.hierarchy(), selection, manner).await?;
    envelope::bulk(&app, &model, &asked).await
}

/// `GET /api/<type>/<Model>/bulk_update/`: the schema of what can be changed at once, and where
/// the changes go. Nothing has a default here: what isn't named stays.
pub async fn form(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    let operation = Operation::BulkUpdate;
    resources::permit_at(&app, &caller, &model, operation, params.hierarchy())?;
    let place = resources::place(&app, &caller, params.hierarchy())?;
    let body = json!({
        "meta": envelope::collection_meta(&narrowed(&caller, &model), &place),
        "schema": optional(&model.schema),
        "data": Map::new(),
        "actions": envelope::bulk_update_action(&model, &place),
    });
    Ok(Json(body).into_response())
}

/// A schema whose own properties may all be left out.
fn optional(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            property.shift_remove("required");
            property.shift_remove("default");
        }
    }
    schema
}

/// `POST /api/<type>/<Model>/bulk_update/` with the attributes to change beside the selection.
pub async fn modify(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    mut body: JsonObject,
) -> Result<Response, Fault> {
    let selection = Selection::take(&mut body.object)?.at(params.hierarchy());
    let (at, manner) = (params.hierarchy(), params.manner(body.callback));
    let asked =
        tasks::bulk_modify(&app, &caller, &model, at, selection, body.object, manner).await?;
    envelope::bulk(&app, &model, &asked).await
}
