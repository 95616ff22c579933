//! One call to Webex: through the customer's proxies, in time, tried again where that may help.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{Client, RequestBuilder, StatusCode, Url, header::HeaderMap, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::{ErrorKind, Proxies, WebexError, error::passes, retry};
use crate::domain::env::Env;

/// A connection is made within this, or within the time-out where that is shorter.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an answer may take where the operator says nothing.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// A call that got no answer in time is made so often at most: whoever waits for it is told before
/// proxies in front of the program give up.
const TRIES_IN_SILENCE: u32 = 2;

/// An answer isn't read beyond this. Bytes.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// Customers with proxies of their own whose clients are kept; beyond that the oldest go.
const CLIENTS_KEPT: usize = 256;

/// The integration that the operator registered with Webex.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    pub id: String,
    pub secret: SecretString,
}

/// Webex, as the operator has set it.
pub struct Webex {
    base: Url,
    /// Where browsers are sent to consent.
    authorize: Url,
    credentials: Option<ClientCredentials>,
    timeout: Duration,
    env: Env,
    clients: Mutex<Vec<(Proxies, Client)>>,
}

/// An answer that was read whole, whatever its status.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub tracking: Option<String>,
    pub body: Vec<u8>,
    pub url: Url,
}

impl Webex {
    /// `base` is the URL of the API with its version, such as `https://webexapis.com/v1`.
    pub fn new(base: Url, credentials: Option<ClientCredentials>, env: Env) -> Self {
        let authorize = below(&base, "authorize");
        Self { base, authorize, credentials, timeout: TIMEOUT, env, clients: Mutex::default() }
    }

    /// For a Webex that browsers reach under another URL than this program does.
    #[must_use]
    pub fn seen_by_browsers_at(mut self, base: &Url) -> Self {
        self.authorize = below(base, "authorize");
        self
    }

    /// Where browsers are sent to consent, without what is asked.
    pub fn consent_page(&self) -> Url {
        self.authorize.clone()
    }

    /// With another time-out for one call.
    #[must_use]
    pub fn answering_within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Whether client id and secret are set.
    pub fn is_configured(&self) -> bool {
        self.credentials.is_some()
    }

    /// The error that says what to set, where they aren't.
    pub fn integration(&self) -> Result<(), WebexError> {
        self.credentials().map(drop)
    }

    pub(super) fn credentials(&self) -> Result<&ClientCredentials, WebexError> {
        self.credentials.as_ref().ok_or_else(|| {
            WebexError::new(
                ErrorKind::Integration,
                "No Webex integration is set: the operator has to set TENANTRY_WEBEX_CLIENT_ID and \
                 TENANTRY_WEBEX_CLIENT_SECRET and start the program again.",
            )
        })
    }

    /// A URL below the base.
    pub(super) fn url(&self, path: &str) -> Url {
        below(&self.base, path)
    }

    /// The client that goes through these proxies.
    pub(super) fn http(&self, proxies: &Proxies) -> Result<Client, WebexError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(kept, _)| kept.same(proxies)) {
            return Ok(client.clone());
        }
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("Tenantry/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT.min(self.timeout))
            .timeout(self.timeout);
        let client = proxies.install(builder)?.build().map_err(|_| {
            WebexError::new(ErrorKind::Unreachable, "The connection to Webex can't be set up.")
        })?;
        if clients.len() >= CLIENTS_KEPT {
            clients.remove(0);
        }
        clients.push((proxies.clone(), client.clone()));
        Ok(client)
    }

    /// Reads one resource.
    pub async fn get<T: DeserializeOwned>(
        &self,
        proxies: &Proxies,
        token: &SecretString,
        path: &str,
    ) -> Result<T, WebexError> {
        let answer = self.read(proxies, token, self.url(path)).await?;
        serde_json::from_slice(&answer.body).map_err(|_| malformed(&answer))
    }

    /// An answer with a body that is a success.
    pub(super) async fn read(
        &self,
        proxies: &Proxies,
        token: &SecretString,
        url: Url,
    ) -> Result<Answer, WebexError> {
        let http = self.http(proxies)?;
        let call = || http.get(url.clone()).bearer_auth(token.expose_secret());
        let answer = self.tried(retry::TRIES, call).await?;
        if answer.status.is_success() {
            return Ok(answer);
        }
        Err(WebexError::of_answer(answer.status, answer.tracking, &answer.body))
    }

    /// Calls until there is an answer that another try wouldn't change. The last failure counts.
    pub(super) async fn tried(
        &self,
        tries: u32,
        call: impl Fn() -> RequestBuilder,
    ) -> Result<Answer, WebexError> {
        let begun = self.env.clock.now();
        let (mut made, mut silent) = (0, 0);
        loop {
            made += 1;
            let outcome = answer(call()).await;
            silent += u32::from(matches!(&outcome, Err(e) if e.kind == ErrorKind::Timeout));
            let pause = match &outcome {
                Ok(answer) if !passes(answer.status) => return outcome,
                Ok(answer) if answer.status.is_server_error() => retry::doubling(made),
                Ok(answer) => retry::asked(&answer.headers),
                Err(error) if error.is_passing() => retry::doubling(made),
                Err(_) => return outcome,
            };
            let late = self.env.clock.now() + pause > begun + retry::DEADLINE;
            if made >= tries || silent >= TRIES_IN_SILENCE || late {
                return outcome;
            }
            self.env.pauses.pause(pause).await;
        }
    }
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path.split('/'));
    }
    url
}

async fn answer(call: RequestBuilder) -> Result<Answer, WebexError> {
    let failed = |error: reqwest::Error| WebexError::of_transport(&error);
    let mut response = call.send().await.map_err(failed)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let tracking = headers.get("trackingid").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let url = response.url().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(WebexError::new(
                ErrorKind::Malformed,
                "Webex's answer is longer than 16 MB and wasn't read to its end.",
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, tracking, body, url })
}

pub(super) fn malformed(answer: &Answer) -> WebexError {
    WebexError {
        kind: ErrorKind::Malformed,
        message: format!("Webex's answer for {} isn't what it should be.", answer.url.path()),
        tracking_id: answer.tracking.clone(),
    }
}
