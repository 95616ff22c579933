//! Request bodies of both APIs: a JSON object, or a fault that says what else it was.

use axum::{
    body::Bytes,
    extract::{FromRequest, OptionalFromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Map, Value};

use super::unique;
use crate::{
    domain::{App, tasks::callback::Callback},
    fault::{Fault, FaultKind},
};

/// The largest body of a call that carries JSON. Bytes.
pub const LIMIT: usize = 1024 * 1024;

/// A JSON object. `request_meta`, which no schema has, is taken out and read.
pub struct JsonObject {
    pub object: Map<String, Value>,
    /// Where the outcome is to be posted, when the call is queued.
    pub callback: Option<Callback>,
}

impl FromRequest<App> for JsonObject {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        check_type(request.headers())?;
        let bytes = Bytes::from_request(request, app).await.map_err(|e| unread(&e))?;
        Self::read(&bytes, app)
    }
}

/// A call that can do without a body.
impl OptionalFromRequest<App> for JsonObject {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Option<Self>, Fault> {
        let headers = request.headers().clone();
        let bytes = Bytes::from_request(request, app).await.map_err(|e| unread(&e))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        check_type(&headers)?;
        Self::read(&bytes, app).map(Some)
    }
}

impl JsonObject {
    fn read(bytes: &[u8], app: &App) -> Result<Self, Fault> {
        let mut object = object(bytes)?;
        let callback = match object.shift_remove("request_meta") {
            Some(meta) => Callback::read(&meta, &app.settings.callback_hosts)?,
            None => None,
        };
        Ok(Self { object, callback })
    }
}

/// A JSON object with nothing taken out; without a body an empty one.
pub struct PlainObject(pub Map<String, Value>);

impl FromRequest<App> for PlainObject {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let headers = request.headers().clone();
        let bytes = Bytes::from_request(request, app).await.map_err(|e| unread(&e))?;
        if bytes.is_empty() {
            return Ok(Self(Map::new()));
        }
        check_type(&headers)?;
        object(&bytes).map(Self)
    }
}

/// The code of a body that isn't JSON.
pub const MALFORMED: &str = "malformed_json";
/// The code of a body that is JSON, but no object.
pub const NOT_AN_OBJECT: &str = "not_an_object";

fn object(bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        Fault::new(
            FaultKind::BadInput,
            MALFORMED,
            // serde_json names line, column and what it expected; it quotes no content.
            format!("The body is not valid JSON: {error}."),
        )
    })?;
    match value {
        Value::Object(object) => match unique::repeated(bytes) {
            None => Ok(object),
            Some(what) => Err(Fault::new(
                FaultKind::BadInput,
                "repeated_member",
                format!("The body is ambiguous: {what}. Send each member once; nothing was done."),
            )),
        },
        _ => Err(Fault::new(FaultKind::BadInput, NOT_AN_OBJECT, "The body must be a JSON object.")),
    }
}

/// What becomes of a body that couldn't be read.
fn unread(rejection: &BytesRejection) -> Fault {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        Fault::new(FaultKind::BadInput, "unreadable", "The body ended before it was complete.")
    }
}

pub fn too_large() -> Fault {
    Fault::new(FaultKind::TooLarge, "too_large", "The body is over the limit of 1 MB.")
}

/// JSON, as `application/json` or with the quotes that the documents print around it. A body
/// without a type is taken for JSON.
fn check_type(headers: &HeaderMap) -> Result<(), Fault> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let kind = text.split(';').next().unwrap_or_default().trim().trim_matches('"');
    if kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::UnsupportedMedia,
        "unsupported_media_type",
        "Send the body as application/json.",
    ))
}
