//! `DELETE /api/data/SystemUser/[pkid]/second_factor`: for who has lost it.

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

use super::super::caller::ApiCaller;
use crate::{
    domain::{App, accounts::second_factor},
    fault::Fault,
};

/// Turns the second factor of a user off.
pub async fn reset(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    Path(pkid): Path<String>,
) -> Result<Json<Value>, Fault> {
    second_factor::reset(&app, &caller, &pkid).await?;
    Ok(Json(json!({ "success": true })))
}
