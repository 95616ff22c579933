//! `POST …/[pkid]/+[name]`: the workflows that a model's file names.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        fault,
        hrefs::{ModelIs, Params, Pkid},
    },
    envelope,
};
use crate::{
    domain::{
        App, resources,
        webex::{self, Act},
    },
    fault::Fault,
    model::pointer,
};

/// Starts that workflow on an instance. A body is optional.
pub async fn start(
    act: Act,
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    params: Params,
    body: Option<JsonObject>,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    if let Some(name) = body.as_ref().and_then(|body| body.object.keys().next()) {
        return Err(Fault::field(
            format!("/{}", pointer::escape(name)),
            "unknown",
            "This call takes no body, or request_meta alone; leave the rest out.",
        ));
    }
    let manner = params.manner(body.and_then(|body| body.callback));
    let asked = webex::start(&app, &caller, &pkid, act, manner).await?;
    if let Some(fault) = asked.fault {
        return Ok(fault::of_transaction(fault, &asked.transaction_id).into_response());
    }
    if !asked.ended {
        return Ok(envelope::accepted(&asked.transaction_id));
    }
    let stored = resources::get(&app, &caller, &model, &pkid).await?;
    let written = resources::Written {
        pkid,
        version: stored.version,
        transaction_id: asked.transaction_id,
        node: stored.node,
        changed: true,
    };
    Ok(envelope::written(&model, StatusCode::OK, &written))
}
