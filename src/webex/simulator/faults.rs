//! Failures on demand.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

use super::{Simulator, answers::refusal};

/// Calls that are to fail.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What the path ends with, such as `/people`; empty is any.
    #[serde(default)]
    pub path: String,
    /// So many calls are passed over before.
    #[serde(default)]
    pub after: u64,
    /// So many calls fail.
    pub times: u64,
    pub failure: Failure,
}

/// How they fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// With this status and Webex's own body; a 429 has the `Retry-After` of the settings.
    Status(u16),
    /// A page of HTML with this status, as a gateway sends it.
    Html(u16),
    /// 200 with a body that is no JSON.
    Garbage,
    /// The body ends in the middle.
    BreaksOff,
    /// No answer, ever.
    Silence,
    /// The answer, with this `Link` header in place of its own.
    Link(String),
    /// 200 with no entries, and the answer's own `Link`.
    EmptyPage,
    /// 200 with this body, and the answer's own `Link`.
    Body(String),
}

#[derive(Default)]
pub(super) struct Faults {
    waiting: Vec<Fault>,
    calls: u64,
}

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// How many calls are yet to fail.
    pub fn waiting(&self) -> u64 {
        self.waiting.iter().fold(0, |all, fault| all.saturating_add(fault.times))
    }

    /// What this call meets.
    fn meet(&mut self, path: &str, one_in_429: u64, one_in_500: u64) -> Option<Failure> {
        self.calls += 1;
        for fault in &mut self.waiting {
            if !path.ends_with(&fault.path) || fault.times == 0 {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            fault.times -= 1;
            return Some(fault.failure.clone());
        }
        let every = |n: u64| n > 0 && self.calls.is_multiple_of(n);
        if every(one_in_429) {
            return Some(Failure::Status(429));
        }
        every(one_in_500).then_some(Failure::Status(500))
    }
}

/// Lets a call fail where that was asked for.
pub(super) async fn strike(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    let (failure, retry_after) = {
        let mut state = simulator.state();
        let settings = state.settings.clone();
        let path = request.uri().path().to_owned();
        let failure = state.faults.meet(&path, settings.one_in_429, settings.one_in_500);
        (failure, settings.retry_after)
    };
    match failure {
        None => next.run(request).await,
        Some(Failure::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = refusal(status, "The simulator was asked to fail.");
            let after = retry_after.and_then(|text| HeaderValue::from_str(&text).ok());
            if let Some(after) = after.filter(|_| status == StatusCode::TOO_MANY_REQUESTS) {
                response.headers_mut().insert(header::RETRY_AFTER, after);
            }
            response
        }
        Some(Failure::Html(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, axum::response::Html("<html><body>Bad gateway</body></html>")).into_response()
        }
        Some(Failure::Garbage) => "{\"items\": [".into_response(),
        Some(Failure::BreaksOff) => {
            let mut response = Response::new(Body::from("{\"items\": ["));
            // More is announced than comes.
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("5000"));
            response
        }
        Some(Failure::Silence) => std::future::pending().await,
        Some(Failure::Link(link)) => {
            let mut response = next.run(request).await;
            if let Ok(link) = HeaderValue::from_str(&link) {
                response.headers_mut().insert(header::LINK, link);
            }
            response
        }
        Some(Failure::EmptyPage) => replaced(next.run(request).await, "{\"items\":[]}".to_owned()),
        Some(Failure::Body(body)) => replaced(next.run(request).await, body),
    }
}

fn replaced(mut response: Response, body: String) -> Response {
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.status_mut() = StatusCode::OK;
    *response.body_mut() = Body::from(body);
    response
}
