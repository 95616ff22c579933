//! Refusals below `/api/v1`: `{"errors":[{code, error_code, message, details?}]}` with numeric
//! codes. Handlers answer the same faults as everywhere; one layer puts every refusal into this
//! form, those of the layers around the handlers too.

use axum::{
    Json,
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    super::{
        body::{MALFORMED, NOT_AN_OBJECT},
        fault,
    },
    BASE,
};
use crate::fault::{Fault, FaultKind, FieldError};

/// What kind of refusal it is, as a number and a name.
#[derive(Clone, Copy)]
struct Code(u8, &'static str);

const INTERNAL: Code = Code(1, "INTERNAL_ERROR");
const INVALID_PARAMETERS: Code = Code(2, "INVALID_PARAMETERS");
const SCHEMA: Code = Code(3, "JSON_SCHEMA_VALIDATION");
const UNAUTHENTICATED: Code = Code(4, "UNAUTHENTICATED");
const FORBIDDEN: Code = Code(5, "FORBIDDEN");
const METHOD: Code = Code(6, "METHOD_NOT_ALLOWED");
const TOO_LARGE: Code = Code(7, "BODY_TOO_LARGE");
const NOT_FOUND: Code = Code(8, "NOT_FOUND_AT_NE");
const BAD_BODY: Code = Code(9, "BODY_NOT_AN_OBJECT");
const MEDIA_TYPE: Code = Code(10, "UNSUPPORTED_MEDIA_TYPE");
const UNAVAILABLE: Code = Code(11, "UNAVAILABLE");
const TOO_MANY: Code = Code(12, "TOO_MANY_REQUESTS");

/// The code of an item that was refused by itself.
pub const ITEM: u8 = INVALID_PARAMETERS.0;

/// What is wrong with the form of a body, by the codes of its errors.
const OF_SHAPE: [&str; 5] =
    ["required", "wrong_type", "unknown_field", "out_of_range", "not_a_choice"];

/// Gives every refusal below [`BASE`] its form.
pub fn envelope(path: &str, response: Response) -> Response {
    let below = path.strip_prefix(BASE).is_some_and(|r| r.is_empty() || r.starts_with('/'));
    if !below {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let (status, errors) = match parts.extensions.remove::<Fault>() {
        Some(fault) => (status(&fault), errors(&fault)),
        // From a layer that knows no faults, such as the limit in time.
        None if parts.status.is_server_error() => (parts.status, vec![unexplained(parts.status)]),
        None => return Response::from_parts(parts, body),
    };
    parts.status = status;
    parts.headers.remove(header::CONTENT_LENGTH);
    let (own, body) = Json(json!({ "errors": errors })).into_response().into_parts();
    parts.headers.extend(own.headers);
    Response::from_parts(parts, Body::new(body))
}

/// As everywhere, but for what these interfaces have a status of their own for: a body that is no
/// JSON object is 416, and a refusal by what is stored there already is 400.
fn status(fault: &Fault) -> StatusCode {
    match fault.kind {
        FaultKind::BadInput if is_bad_body(fault) => StatusCode::RANGE_NOT_SATISFIABLE,
        FaultKind::Conflict | FaultKind::Stale => StatusCode::BAD_REQUEST,
        kind => fault::status(kind),
    }
}

fn is_bad_body(fault: &Fault) -> bool {
    [MALFORMED, NOT_AN_OBJECT].contains(&fault.code.as_str())
}

/// An error for each thing that is wrong, or one for the refusal as a whole.
fn errors(fault: &Fault) -> Vec<Value> {
    if fault.errors.is_empty() {
        return vec![error(code(fault, None), &fault.message, None)];
    }
    let of = |e: &FieldError| error(code(fault, Some(e)), &e.message, Some(&e.field));
    fault.errors.iter().map(of).collect()
}

fn code(fault: &Fault, one: Option<&FieldError>) -> Code {
    match fault.kind {
        FaultKind::BadInput if is_bad_body(fault) => BAD_BODY,
        FaultKind::BadInput | FaultKind::Conflict | FaultKind::Stale => match one {
            // Criteria are parameters, wherever they stand; a pointer leads into a body.
            Some(e) if e.field.starts_with('/') && OF_SHAPE.contains(&e.code.as_str()) => SCHEMA,
            _ => INVALID_PARAMETERS,
        },
        FaultKind::Unauthenticated => UNAUTHENTICATED,
        FaultKind::Forbidden => FORBIDDEN,
        FaultKind::NotFound => NOT_FOUND,
        FaultKind::NotOffered => METHOD,
        FaultKind::TooLarge => TOO_LARGE,
        FaultKind::UnsupportedMedia => MEDIA_TYPE,
        FaultKind::Upstream
        | FaultKind::NoAnswer
        | FaultKind::Unavailable
        | FaultKind::Internal => INTERNAL,
        FaultKind::TooMany => TOO_MANY,
    }
}

fn unexplained(status: StatusCode) -> Value {
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let text = "This took too long and was given up. Try again in a moment.";
        return error(UNAVAILABLE, text, None);
    }
    error(INTERNAL, &Fault::internal().message, None)
}

fn error(Code(number, name): Code, message: &str, field: Option<&str>) -> Value {
    let mut error = json!({ "code": number, "error_code": name, "message": message });
    if let Some(field) = field.filter(|field| !field.is_empty()) {
        error["details"] = json!({ "field": field });
    }
    error
}
