//! What a call to Webex can fail with, read from whichever of its error shapes came.

use reqwest::StatusCode;
use serde_json::Value;

/// Why a call failed. Holds no token and no proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebexError {
    pub kind: ErrorKind,
    /// One sentence, with Webex's own words where it gave some.
    pub message: String,
    /// What Webex's support asks for.
    pub tracking_id: Option<String>,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The token, code or refresh token doesn't hold: the customer has to be authorised again.
    Unauthorized,
    /// Our client id or secret is wrong, or missing: the operator has to set it.
    Integration,
    /// The token holds, and may not do this: a scope or a role is missing.
    Forbidden,
    /// Refused for another reason, with this status.
    Refused(u16),
    /// Webex is overloaded or broken, and stayed so in every try. The status of the last.
    Unavailable(u16),
    /// No answer in time.
    Timeout,
    /// No connection: network, name, certificate or proxy.
    Unreachable,
    /// An answer that can't be read.
    Malformed,
}

/// Webex's words are quoted up to here.
const LONGEST: usize = 300;

impl WebexError {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), tracking_id: None }
    }

    /// Whether it may go away by itself.
    pub fn is_passing(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable(_) | ErrorKind::Timeout | ErrorKind::Unreachable)
    }

    /// From a request that got no answer. The error's own text may name the URL, never more.
    pub(super) fn of_transport(error: &reqwest::Error) -> Self {
        let host = error.url().and_then(|url| url.host_str()).unwrap_or("Webex").to_owned();
        if error.is_timeout() {
            return Self::new(ErrorKind::Timeout, format!("{host} didn't answer in time."));
        }
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        if error.is_connect() {
            let text = format!("{host} can't be reached: {cause}.");
            return Self::new(ErrorKind::Unreachable, text);
        }
        Self::new(ErrorKind::Malformed, format!("The answer of {host} broke off: {cause}."))
    }

    /// From an answer of a resource that isn't a success.
    pub(super) fn of_answer(status: StatusCode, tracking: Option<String>, body: &[u8]) -> Self {
        let (words, in_body) = words(body);
        let words = words.unwrap_or_else(|| format!("status {status}"));
        let kind = match status {
            StatusCode::UNAUTHORIZED => ErrorKind::Unauthorized,
            StatusCode::FORBIDDEN => ErrorKind::Forbidden,
            status if passes(status) => ErrorKind::Unavailable(status.as_u16()),
            status => ErrorKind::Refused(status.as_u16()),
        };
        Self { kind, message: format!("Webex refused: {words}"), tracking_id: tracking.or(in_body) }
    }

    /// From an answer of the token endpoint that isn't a success: 400 and 401 say either that the
    /// grant doesn't hold or that the integration isn't who it says.
    pub(super) fn of_token_answer(
        status: StatusCode,
        tracking: Option<String>,
        body: &[u8],
    ) -> Self {
        let error = Self::of_answer(status, tracking, body);
        let about_us = {
            let text = String::from_utf8_lossy(body).to_lowercase();
            ["invalid_client", "unauthorized_client", "client id", "client_secret", "client secret"]
                .iter()
                .any(|word| text.contains(word))
        };
        match error.kind {
            ErrorKind::Refused(400 | 401) | ErrorKind::Unauthorized if about_us => Self {
                kind: ErrorKind::Integration,
                message: format!(
                    "{}. The operator has to correct TENANTRY_WEBEX_CLIENT_ID or \
                     TENANTRY_WEBEX_CLIENT_SECRET",
                    error.message.trim_end_matches('.')
                ),
                ..error
            },
            ErrorKind::Refused(400 | 401) | ErrorKind::Unauthorized => {
                // Anything else than the grant's end may be of somebody in between, or pass.
                let kind = if is_about_the_grant(body) {
                    ErrorKind::Unauthorized
                } else {
                    ErrorKind::Refused(status.as_u16())
                };
                Self { kind, ..error }
            }
            _ => error,
        }
    }
}

/// Whether a refusal of the token endpoint says that the code or refresh token doesn't hold: by
/// OAuth's name for it, or in Webex's own envelope.
fn is_about_the_grant(body: &[u8]) -> bool {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return false };
    match body.get("error").and_then(Value::as_str) {
        Some(error) => error == "invalid_grant",
        None => body.get("message").is_some_and(Value::is_string),
    }
}

/// Statuses after which another try makes sense.
pub(super) fn passes(status: StatusCode) -> bool {
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::LOCKED
}

/// Webex's words, and its tracking id, from either shape of an error: its own
/// (`message`, `errors[].description`, `trackingId`) or that of OAuth (`error`,
/// `error_description`). Neither from a page of HTML.
fn words(body: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return (None, None) };
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(text(body.get("message")));
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    for error in errors {
        parts.extend(text(error.get("description")));
    }
    parts.extend(text(body.get("error_description")).or_else(|| text(body.get("error"))));
    parts.dedup();
    let words = parts.join(" ");
    let words: String = words.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    ((!words.is_empty()).then_some(words), text(body.get("trackingId")))
}

impl std::fmt::Display for WebexError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        match &self.tracking_id {
            Some(id) => write!(f, " (tracking id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for WebexError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(status: u16, body: &str) -> WebexError {
        let status = StatusCode::from_u16(status).unwrap();
        WebexError::of_token_answer(status, None, body.as_bytes())
    }

    #[test]
    fn both_shapes_of_the_token_endpoint_are_read() {
        let oauth = token(400, r#"{"error":"invalid_grant","error_description":"It is spent."}"#);
        assert_eq!(oauth.kind, ErrorKind::Unauthorized);
        assert_eq!(oauth.message, "Webex refused: It is spent.");
        let own = token(
            400,
            r#"{"message":"Malformed.","errors":[{"description":"Client Id is invalid"}],"trackingId":"T1"}"#,
        );
        assert_eq!(own.kind, ErrorKind::Integration);
        assert_eq!(
            own.to_string(),
            "Webex refused: Malformed. Client Id is invalid. The operator has to correct \
             TENANTRY_WEBEX_CLIENT_ID or TENANTRY_WEBEX_CLIENT_SECRET (tracking id T1)"
        );
        assert_eq!(token(401, "{\"message\":\"It is spent.\"}").kind, ErrorKind::Unauthorized);
        for unclear in ["", "<html>", "{\"error\":\"invalid_request\"}", "[]"] {
            assert_eq!(token(400, unclear).kind, ErrorKind::Refused(400), "{unclear}");
            assert_eq!(token(401, unclear).kind, ErrorKind::Refused(401), "{unclear}");
        }
        assert_eq!(token(401, "{\"error\":\"invalid_client\"}").kind, ErrorKind::Integration);
        assert_eq!(token(502, "<html>").kind, ErrorKind::Unavailable(502));
        assert_eq!(token(429, "").kind, ErrorKind::Unavailable(429));
        assert_eq!(token(404, "[]").message, "Webex refused: status 404 Not Found");
    }

    #[test]
    fn a_resource_says_what_it_misses() {
        let of = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            WebexError::of_answer(status, Some("H".to_owned()), br#"{"trackingId":"B"}"#)
        };
        assert_eq!(of(401).kind, ErrorKind::Unauthorized);
        assert_eq!(of(403).kind, ErrorKind::Forbidden);
        assert_eq!(of(423).kind, ErrorKind::Unavailable(423));
        assert_eq!(of(451).kind, ErrorKind::Refused(451));
        assert_eq!(of(500).tracking_id.as_deref(), Some("H"));
    }
}
