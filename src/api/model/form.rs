//! The add form and the schema of a model.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    super::{
        caller::ApiCaller,
        hrefs::{ModelIs, Params},
    },
    envelope,
};
use crate::{
    domain::{
        App,
        access::{self, Permission},
        forms, resources,
    },
    fault::Fault,
};

/// `GET /api/<type>/<Model>/add/`: refused where the model can't be added. Drawn by the display
/// policy and filled by the template that are chosen.
pub async fn add(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    params.check_version(&model)?;
    let place = resources::place_to_add(&app, &caller, &model, params.hierarchy())?;
    let form = forms::at(&app, &place, &model, params.0).await?;
    let mut meta = envelope::collection_meta(&access::narrowed(&caller, &model), &place);
    envelope::shaped_by(&mut meta, &form);
    let body = json!({
        "meta": meta,
        "schema": form.model.schema,
        "data": form.start,
        "actions": envelope::create_action(&model, &place),
    });
    Ok(Json(body).into_response())
}

/// `GET /api/<type>/<Model>/schema/`: the bare schema.
pub async fn schema(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    params.check_version(&model)?;
    resources::place(&app, &caller, params.hierarchy())?;
    access::permit_type(&caller, &model.model_type, Permission::Read)?;
    Ok(Json(model.schema.clone()).into_response())
}
