//! `/api/tool/DataMove/`: instances of any model to another node.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{Params, Pkid},
        routes::{Routes, Surface},
    },
    envelope, tool_forms,
};
use crate::{
    domain::{
        App,
        tasks::{self, Selection},
    },
    fault::Fault,
    model::Model,
};

pub fn routes() -> Routes {
    Routes::of(Surface::Model)
        .get("/api/tool/DataMove", tool_forms::data_move)
        .post("/api/tool/DataMove", move_many)
        .post("/api/tool/DataMove/{pkid}", move_one)
}

/// The model that the call is about; there is no other way to know it.
fn model(app: &App, params: &Params) -> Result<Arc<Model>, Fault> {
    const PARAMETER: &str = "model_type";
    let Some(model_type) = params.get(PARAMETER).filter(|t| !t.is_empty()) else {
        return Err(Fault::field(
            PARAMETER,
            "required",
            "Name the model of the instances in model_type, such as relation/SparkCustomer.",
        ));
    };
    app.models.get(model_type).ok_or_else(|| {
        Fault::field(
            PARAMETER,
            "not_a_choice",
            format!("There is no model {:?}.", crate::domain::hierarchy::shortened(model_type)),
        )
    })
}

/// `POST /api/tool/DataMove/?model_type=…&context_hierarchy=…` with `{"hrefs": […]}`, or a filter.
async fn move_many(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    params: Params,
    mut body: JsonObject,
) -> Result<Response, Fault> {
    let model = model(&app, &params)?;
    let selection = Selection::take(&mut body.object)?.at(params.hierarchy());
    let target = target(&params, &body);
    let (at, manner) = (params.hierarchy(), params.manner(body.callback));
    let asked =
        tasks::bulk_move(&app, &caller, &model, at, selection, target.as_deref(), manner).await?;
    envelope::bulk(&app, &model, &asked).await
}

/// `POST /api/tool/DataMove/[pkid]/?model_type=…&context_hierarchy=…`; a body is optional.
async fn move_one(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(pkid): Pkid,
    params: Params,
    body: Option<JsonObject>,
) -> Result<Response, Fault> {
    let model = model(&app, &params)?;
    let body = body.unwrap_or(JsonObject { object: serde_json::Map::new(), callback: None });
    let target = target(&params, &body);
    let (at, manner) = (params.hierarchy(), params.manner(body.callback));
    let target = target.as_deref();
    if manner.nowait {
        let asked = tasks::move_one(&app, &caller, &model, at, &pkid, target, manner).await?;
        return Ok(envelope::accepted(&asked.transaction_id));
    }
    let written = tasks::move_now(&app, &caller, &model, at, &pkid, target).await?;
    Ok(envelope::written(&model, axum::http::StatusCode::OK, &written))
}

/// The target node: a parameter, or beside the selection in the body.
fn target(params: &Params, body: &JsonObject) -> Option<String> {
    const NAME: &str = "context_hierarchy";
    let in_body = || body.object.get(NAME).and_then(serde_json::Value::as_str);
    params.get(NAME).or_else(in_body).map(str::to_owned)
}
