//! Answers in Webex's shapes.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal of a resource, with a tracking id in body and header.
pub(super) fn refusal(status: StatusCode, message: &str) -> Response {
    let tracking = "SIMULATOR_00000000-0000-4000-8000-000000000001";
    let body = json!({
        "message": message,
        "errors": [{ "description": message }],
        "trackingId": tracking,
    });
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert("trackingid", HeaderValue::from_static(tracking));
    response
}

/// A refusal of the token endpoint.
pub(super) fn oauth_refusal(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    (status, Json(body)).into_response()
}

pub(super) fn unauthorized() -> Response {
    refusal(StatusCode::UNAUTHORIZED, "A valid access token is needed in the Authorization header.")
}

pub(super) fn not_found() -> Response {
    refusal(StatusCode::NOT_FOUND, "The requested resource could not be found.")
}

pub(super) async fn unknown(uri: Uri) -> Response {
    refusal(StatusCode::NOT_FOUND, &format!("The simulator has nothing at {}.", uri.path()))
}
