//! The call that makes an instance what it was after a former change.

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::Value;

use super::{
    super::{
        body::JsonObject,
        caller::ApiCaller,
        hrefs::{IfMatch, ModelIs, Params, Pkid},
    },
    envelope,
};
use crate::{
    domain::{App, audit, resources},
    fault::Fault,
};

/// `POST /api/<type>/<Model>/[pkid]/restore/` with `{"transaction_id": "…"}`
pub async fn restore(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    IfMatch(expected): IfMatch,
    params: Params,
    body: JsonObject,
) -> Result<Response, Fault> {
    resources::place(&app, &caller, params.hierarchy())?;
    let id = match body.object.get("transaction_id") {
        Some(Value::String(id)) if !id.is_empty() => id,
        None | Some(Value::Null | Value::String(_)) => {
            return Err(Fault::field(
                "/transaction_id",
                "required",
                "Name the transaction after which the instance was as it shall be again.",
            ));
        }
        Some(_) => {
            let message = "transaction_id must be a text.";
            return Err(Fault::field("/transaction_id", "wrong_type", message));
        }
    };
    let written = audit::restore(&app, &caller, &model, &pkid, id, expected).await?;
    Ok(envelope::written(&model, StatusCode::OK, &written))
}
