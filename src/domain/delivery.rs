//! Posting JSON to somebody outside, and when to try again.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::App;

/// Seconds before each further attempt; after the last, it is given up.
const PAUSES: [i64; 6] = [1, 5, 30, 120, 600, 3600];

/// One attempt takes no longer than this.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// Seconds to wait after so many attempts before the one that failed; `None` when it is given up.
pub fn pause_after(attempts: u32) -> Option<i64> {
    PAUSES.get(attempts as usize).copied()
}

/// Why something couldn't be posted.
pub struct Undelivered {
    pub reason: String,
    /// Somebody was there, and refused it.
    pub is_refusal: bool,
}

impl Undelivered {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_refusal: false }
    }
}

/// Posts it, and answers the host that took it. Neither that nor a failure holds more of the URL, or
/// the error's own text: they may hold what is secret.
pub async fn post(
    app: &App,
    url: Url,
    user: Option<(&str, Option<&str>)>,
    body: &Value,
) -> Result<String, Undelivered> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut request = app.http.post(url).timeout(TIMEOUT).json(body);
    if let Some((name, password)) = user {
        request = request.basic_auth(name, password);
    }
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(host),
        Ok(answer) => Err(Undelivered {
            reason: format!("{host} answered {}", answer.status().as_u16()),
            is_refusal: true,
        }),
        Err(error) if error.is_timeout() => {
            Err(Undelivered::new(format!("{host} didn't answer in time")))
        }
        Err(_) => Err(Undelivered::new(format!("{host} couldn't be reached"))),
    }
}
