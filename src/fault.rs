//! The one error type of the product: what went wrong, said once, for the API, the server
//! functions and the forms. It knows no HTTP; `api/fault.rs` gives each kind its status.

use serde::{Deserialize, Serialize};

/// What kind of refusal this is. The API's status and the console's behaviour follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The caller sent something that can't be accepted; `errors` names the fields.
    BadInput,
    /// No credentials, or credentials that don't hold.
    Unauthenticated,
    /// Known caller, not allowed.
    Forbidden,
    /// Doesn't exist, or isn't visible from the caller's node.
    NotFound,
    /// The call isn't offered at this place.
    NotOffered,
    /// A key that is taken, a node that isn't empty, a count that has changed.
    Conflict,
    /// The version named by `If-Match` is not the stored one.
    Stale,
    /// The body is over the limit.
    TooLarge,
    /// The body is not of a type the call takes.
    UnsupportedMedia,
    /// A system that we call on refused, or can't be reached.
    Upstream,
    /// A system that we call on didn't answer in time.
    NoAnswer,
    /// The database can't be read or written for now. Logged with its cause.
    Unavailable,
    /// Too much of it in a short time; [`Fault::retry_after`] says when it is heard again.
    TooMany,
    /// Ours. Logged with its cause; the caller learns no detail.
    Internal,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// A JSON Pointer into the body (`/name`, `/shadow/0/name`), or the bare name of a request
    /// parameter (`hierarchy`, `limit`).
    pub field: String,
    /// Stable and machine-readable, e.g. `required`, `wrong_type`, `taken`.
    pub code: String,
    /// One sentence for a person: what is wrong and the way out.
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.to_owned(), message: message.into() }
    }
}

/// A refusal, as it crosses every boundary of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// Stable and machine-readable, e.g. `validation`, `not_found`, `stale`.
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// After how many seconds it is worth another try.
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Fault {
    pub fn new(kind: FaultKind, code: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            message: message.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Bad input whose message is that of its only error.
    pub fn field(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, code, message)])
    }

    /// Bad input with one error or more.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let message = match errors.as_slice() {
            [only] => only.message.clone(),
            many => format!("{} fields need attention.", many.len()),
        };
        Self {
            kind: FaultKind::BadInput,
            code: "validation".to_owned(),
            message,
            errors,
            retry_after: None,
        }
    }

    /// A key that somebody else holds, or a node that isn't empty.
    pub fn conflict(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            kind: FaultKind::Conflict,
            code: code.to_owned(),
            errors: vec![FieldError::new(field, code, message.clone())],
            message,
            retry_after: None,
        }
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NotFound, "not_found", message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Forbidden, "forbidden", message)
    }

    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Unauthenticated, "unauthenticated", message)
    }

    /// A failure of ours: the caller sees this sentence and nothing else.
    pub fn internal() -> Self {
        Self::new(
            FaultKind::Internal,
            "internal",
            "Something went wrong on our side and nothing was changed. Try again; if it stays, \
             the server's log has the details.",
        )
    }

    /// The database can't do it for now; `reason` is a sentence without its end.
    pub fn unavailable(code: &str, reason: &str) -> Self {
        Self::new(
            FaultKind::Unavailable,
            code,
            format!(
                "{reason}, so nothing was changed. Try again; if it stays, tell who runs this \
                 server."
            ),
        )
    }

    /// Whether it is no fault of what was asked for, so that the same may go well later.
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, FaultKind::Internal | FaultKind::Unavailable)
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// How a fault crosses the wire between the console and its server functions.
impl leptos::server_fn::error::FromServerFnError for Fault {
    type Encoder = leptos::server_fn::codec::JsonEncoding;

    fn from_server_fn_error(value: leptos::server_fn::error::ServerFnErrorErr) -> Self {
        use leptos::server_fn::error::ServerFnErrorErr as E;
        match value {
            E::Request(_) => Self::new(
                FaultKind::Internal,
                "unreachable",
                "The server can't be reached. What you typed is still here; try again when the \
                 connection is back.",
            ),
            E::Args(_) | E::MissingArg(_) | E::Deserialization(_) => Self::new(
                FaultKind::BadInput,
                "malformed",
                "The request wasn't understood. Reload the page and try again.",
            ),
            _ => Self::internal(),
        }
    }
}
