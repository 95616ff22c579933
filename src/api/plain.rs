//! What the libraries around the handlers refuse in plain text, or in silence, as a fault like any
//! other.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::body::too_large;
use crate::{
    domain::SIMULATOR,
    fault::{Fault, FaultKind},
};

/// Below these paths answers are what they are: for machines that read text, for the console's own
/// calls, and for what stands in for Webex.
const AS_THEY_ARE: [&str; 5] = ["/healthz", "/readyz", "/metrics", "/fn", SIMULATOR];

/// The answer at a path, as a fault where it refuses in plain text.
pub fn as_fault(path: &str, response: Response) -> Response {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if !refused {
        return response;
    }
    let excepted = AS_THEY_ARE.iter().any(|at| path.starts_with(at));
    // A fault, or a page that tells of one, has a type.
    let plain = match response.headers().get(header::CONTENT_TYPE) {
        Some(kind) => kind.as_bytes().starts_with(b"text/plain"),
        None => true,
    };
    if excepted || !plain {
        return response;
    }
    let mut told = fault(status).into_response();
    for (name, value) in response.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            told.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    told
}

fn fault(status: StatusCode) -> Fault {
    let bad = |text| Fault::new(FaultKind::BadInput, "unreadable", text);
    match status {
        StatusCode::NOT_FOUND => Fault::not_found("There is nothing at this address."),
        StatusCode::METHOD_NOT_ALLOWED => {
            Fault::new(FaultKind::NotOffered, "not_offered", "This isn't offered at this address.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Fault::new(
            FaultKind::UnsupportedMedia,
            "unsupported_media_type",
            "The body isn't of a type that is taken here; forms are sent as \
             application/x-www-form-urlencoded.",
        ),
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => Fault::new(
            FaultKind::Unavailable,
            "too_slow",
            "This took too long and was given up. Try again in a moment.",
        ),
        status if status.is_client_error() => bad(
            "The request can't be read: its path, its parameters or its body isn't well-formed.",
        ),
        _ => Fault::internal(),
    }
}
