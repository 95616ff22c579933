//! `/api/data/User/services/` and `/api/data/User/[pkid]/services/`: giving users services and
//! service packs, and taking them back.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{ModelIs, Params, Pkid},
        routes::{Routes, Surface},
        v1,
    },
    envelope,
};
use crate::{
    domain::{
        App, Caller,
        licences::{self, UserRef},
        resources,
        tasks::{self, Asked, Selection},
    },
    fault::Fault,
    model::Model,
};

/// Below the model's own path.
pub fn routes() -> Routes {
    Routes::of(Surface::Model)
        .post("/services", assign_many)
        .delete("/services", unassign_many)
        .post("/{pkid}/services", assign)
        .delete("/{pkid}/services", unassign)
}

/// `POST /api/data/User/services/` with `{"hrefs": […]}`, or a filter, and beside it what is given.
async fn assign_many(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    let asked = many(&app, &caller, &model, &params, body, false).await?;
    envelope::bulk(&app, &model, &asked).await
}

/// `DELETE /api/data/User/services/`
async fn unassign_many(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    let asked = many(&app, &caller, &model, &params, body, true).await?;
    envelope::bulk(&app, &model, &asked).await
}

async fn many(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    params: &Params,
    mut body: JsonObject,
    remove: bool,
) -> Result<Asked, Fault> {
    let selection = Selection::take(&mut body.object)?.at(params.hierarchy());
    let wanted = v1::wanted(body.object)?;
    let (at, manner) = (params.hierarchy(), params.manner(body.callback));
    tasks::bulk_assign(app, caller, model, at, selection, wanted, remove, manner).await
}

/// `POST /api/data/User/[pkid]/services/`: a status for each item, as the provisioning API answers.
async fn assign(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(pkid): Pkid,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let wanted = v1::wanted(body.object)?;
    let assigned = licences::assign(&app, &caller, UserRef::Pkid(pkid), wanted).await?;
    Ok(v1::assigned(&assigned, "assigned"))
}

/// `DELETE /api/data/User/[pkid]/services/`
async fn unassign(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Pkid(pkid): Pkid,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let wanted = v1::wanted(body.object)?;
    let assigned = licences::unassign(&app, &caller, UserRef::Pkid(pkid), wanted).await?;
    Ok(v1::assigned(&assigned, "removed"))
}
