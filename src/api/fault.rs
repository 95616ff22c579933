//! Faults as HTTP: the status of each kind, and the body of the model API.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::fault::{Fault, FaultKind, FieldError};

/// The status of a fault.
pub fn status(kind: FaultKind) -> StatusCode {
    match kind {
        FaultKind::BadInput => StatusCode::BAD_REQUEST,
        FaultKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        FaultKind::Forbidden => StatusCode::FORBIDDEN,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::NotOffered => StatusCode::METHOD_NOT_ALLOWED,
        FaultKind::Conflict => StatusCode::CONFLICT,
        FaultKind::Stale => StatusCode::PRECONDITION_FAILED,
        FaultKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FaultKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FaultKind::Upstream => StatusCode::BAD_GATEWAY,
        FaultKind::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
        FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// `{success, http_code, code, message, errors}`.
#[derive(Serialize)]
struct Body<'a> {
    success: bool,
    http_code: u16,
    code: &'a str,
    message: &'a str,
    errors: &'a [FieldError],
    /// The transaction that failed by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<&'a str>,
}

/// The answer to a call whose work was asked for, and failed: its transaction tells of it, too.
pub fn of_transaction(fault: Fault, transaction_id: &str) -> Response {
    respond(fault, Some(transaction_id))
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        respond(self, None)
    }
}

fn respond(fault: Fault, transaction_id: Option<&str>) -> Response {
    let status = status(fault.kind);
    let body = Body {
        success: false,
        http_code: status.as_u16(),
        code: &fault.code,
        message: &fault.message,
        errors: &fault.errors,
        transaction_id,
    };
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        // Not "Basic": browsers would ask for a password by themselves, over our page.
        let challenge = HeaderValue::from_static("Bearer realm=\"Tenantry\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = fault.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    // For the provisioning API, which says the same in another form.
    response.extensions_mut().insert(fault);
    response
}
