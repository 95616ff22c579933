//! The simulated token endpoint.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Simulator,
    answers::{oauth_refusal, unauthorized},
};
use crate::webex::SCOPES;

/// A code is good for so many seconds.
const CODE_SECONDS: i64 = 120;

/// What consent was given for.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub organization: String,
    pub redirect_uri: String,
    /// Of PKCE, when it was sent.
    pub challenge: Option<String>,
    pub scope: String,
    pub expires: i64,
}

/// A token's meaning, which stands in the token itself: those that an earlier run of the program has
/// handed out go on holding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Grant {
    pub kind: Kind,
    pub organization: String,
    pub scope: String,
    pub expires: i64,
    /// Grows from one token to the next.
    serial: i64,
    /// Tells tokens of one meaning apart.
    nonce: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Access,
    Refresh,
}

/// What the simulator knows of the tokens it has handed out, beside what stands in them.
#[derive(Default)]
pub(super) struct Ledger {
    /// The serial of the first token of this run, and of the next.
    first: i64,
    next: i64,
    /// Refresh tokens whose end was moved, and the new end.
    prolonged: BTreeMap<String, i64>,
    /// Refresh tokens that were replaced.
    replaced: BTreeSet<String>,
    /// Up to which serial the tokens of an organisation are void.
    revoked: BTreeMap<String, i64>,
}

impl Ledger {
    /// `now` is in Unix seconds. Serials of a later run are greater than those of an earlier one.
    pub fn new(now: i64) -> Self {
        Self { first: now * 1000, next: now * 1000, ..Self::default() }
    }

    pub fn revoke(&mut self, organization: &str) {
        self.revoked.insert(organization.to_owned(), self.next - 1);
    }

    /// The grant behind a token that holds.
    fn read(&self, token: &str, kind: Kind, now: i64) -> Option<Grant> {
        let (meaning, _) = token.split_once(MARK)?;
        let meaning = URL_SAFE_NO_PAD.decode(meaning).ok()?;
        let mut grant: Grant = serde_json::from_slice(&meaning).ok()?;
        if let Some(end) = self.prolonged.get(token) {
            grant.expires = *end;
        }
        // What an earlier run has prolonged isn't known any more.
        let ends = kind == Kind::Access || grant.serial >= self.first;
        let over = ends && grant.expires <= now;
        let void = self.revoked.get(&grant.organization).is_some_and(|last| grant.serial <= *last);
        let holds = grant.kind == kind && !over && !void && !self.replaced.contains(token);
        holds.then_some(grant)
    }

    fn issue(&mut self, grant: &Grant) -> String {
        let grant = Grant { serial: self.next, ..grant.clone() };
        self.next += 1;
        let meaning = URL_SAFE_NO_PAD.encode(json!(grant).to_string());
        format!("{meaning}{MARK}{}", grant.organization)
    }
}

/// Stands in each token, before the organisation's UUID.
const MARK: &str = "_SIM1_";

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    refresh_token: String,
}

/// Hands out a code.
pub(super) fn code(
    simulator: &Simulator,
    organization: &str,
    redirect_uri: &str,
    challenge: Option<String>,
    scope: &str,
) -> String {
    let code = simulator.0.env.token();
    let granted = Code {
        organization: organization.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        challenge,
        scope: scope.to_owned(),
        expires: simulator.now() + CODE_SECONDS,
    };
    simulator.state().codes.insert(code.clone(), granted);
    code
}

/// `POST /access_token`, as a form.
pub(super) async fn access_token(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    asked: Result<Form<Asked>, axum::extract::rejection::FormRejection>,
) -> Response {
    let Ok(Form(asked)) = asked else {
        let text = "The body must be a form.";
        return oauth_refusal(StatusCode::BAD_REQUEST, "invalid_request", text);
    };
    if let Some(refusal) = refuse_client(&simulator, &headers, &asked) {
        return refusal;
    }
    match asked.grant_type.as_str() {
        "authorization_code" => exchange(&simulator, &asked),
        "refresh_token" => refresh(&simulator, &asked).await,
        _ => oauth_refusal(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "The grant type isn't one of authorization_code and refresh_token.",
        ),
    }
}

/// Client id and secret stand in the body or in HTTP Basic.
fn refuse_client(simulator: &Simulator, headers: &HeaderMap, asked: &Asked) -> Option<Response> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| {
        let text = value.to_str().ok()?.strip_prefix("Basic ")?;
        let text = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((id.to_owned(), secret.to_owned()))
    });
    let (id, secret) = basic.unwrap_or_else(|| {
        (
            asked.client_id.clone().unwrap_or_default(),
            asked.client_secret.clone().unwrap_or_default(),
        )
    });
    let Some(client) = simulator.integration(&id) else {
        return Some(super::answers::refusal(StatusCode::BAD_REQUEST, "Client Id is invalid"));
    };
    (secret != client.secret.expose_secret()).then(|| {
        let text = if secret.is_empty() {
            "client_secret cannot be null or empty"
        } else {
            "The client secret is wrong."
        };
        oauth_refusal(StatusCode::UNAUTHORIZED, "invalid_client", text)
    })
}

fn exchange(simulator: &Simulator, asked: &Asked) -> Response {
    let refuse = |text: &str| oauth_refusal(StatusCode::BAD_REQUEST, "invalid_grant", text);
    // Used or not, it is spent.
    let Some(code) = simulator.state().codes.remove(&asked.code) else {
        return refuse("The authorization code is unknown or was used before.");
    };
    if code.expires <= simulator.now() {
        return refuse("The authorization code has expired.");
    }
    if code.redirect_uri != asked.redirect_uri {
        return refuse("The redirect_uri isn't the one of the authorization.");
    }
    let shown = URL_SAFE_NO_PAD.encode(Sha256::digest(asked.code_verifier.as_bytes()));
    if code.challenge.is_some_and(|challenge| challenge != shown) {
        return refuse("The code_verifier doesn't fit the code_challenge.");
    }
    Json(issue(simulator, &code.organization, &code.scope, None)).into_response()
}

async fn refresh(simulator: &Simulator, asked: &Asked) -> Response {
    let grant = simulator.state().ledger.read(&asked.refresh_token, Kind::Refresh, simulator.now());
    let Some(grant) = grant else {
        let text = "The refresh token is invalid, expired or revoked.";
        return oauth_refusal(StatusCode::BAD_REQUEST, "invalid_grant", text);
    };
    {
        let mut state = simulator.state();
        let (now, most) = state.refreshing.entry(grant.organization.clone()).or_default();
        *now += 1;
        *most = (*most).max(*now);
    }
    // Whoever else refreshes at this moment gets the chance to be seen.
    tokio::task::yield_now().await;
    if let Some((now, _)) = simulator.state().refreshing.get_mut(&grant.organization) {
        *now -= 1;
    }
    let old = Some(asked.refresh_token.as_str());
    Json(issue(simulator, &grant.organization, &grant.scope, old)).into_response()
}

/// Tokens without a log-in.
pub(super) fn grant(simulator: &Simulator, organization: &str) -> Value {
    issue(simulator, organization, &SCOPES.join(" "), None)
}

fn issue(simulator: &Simulator, organization: &str, scope: &str, old: Option<&str>) -> Value {
    let now = simulator.now();
    let mut state = simulator.state();
    let settings = state.settings.clone();
    let grant = |kind: Kind, seconds: i64| Grant {
        kind,
        organization: organization.to_owned(),
        scope: scope.to_owned(),
        expires: now + seconds,
        serial: 0,
        nonce: simulator.0.env.pkid(),
    };
    let access = state.ledger.issue(&grant(Kind::Access, settings.access_token_seconds));
    let refresh = match old {
        Some(old) if !settings.rotates_refresh_tokens => {
            let end = now + settings.refresh_token_seconds;
            state.ledger.prolonged.insert(old.to_owned(), end);
            old.to_owned()
        }
        old => {
            state.ledger.replaced.extend(old.map(str::to_owned));
            state.ledger.issue(&grant(Kind::Refresh, settings.refresh_token_seconds))
        }
    };
    drop(state);
    let mut answer = json!({
        "access_token": access,
        "expires_in": settings.access_token_seconds,
    });
    if old.is_none() || !settings.omits_refresh_token {
        answer["refresh_token"] = json!(refresh);
        answer["refresh_token_expires_in"] = json!(settings.refresh_token_seconds);
    }
    if !settings.omits_scope {
        answer["token_type"] = json!("Bearer");
        answer["scope"] = json!(scope);
    }
    answer
}

/// The grant behind a request's bearer token, if it holds.
pub(super) fn bearer(simulator: &Simulator, headers: &HeaderMap) -> Option<Grant> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    simulator.state().ledger.read(token, Kind::Access, simulator.now())
}

/// `GET /authorizations/tokenExpiry`.
pub(super) async fn expiry(State(simulator): State<Simulator>, headers: HeaderMap) -> Response {
    match bearer(&simulator, &headers) {
        Some(grant) => Json(json!({ "exp": grant.expires * 1000 })).into_response(),
        None => unauthorized(),
    }
}
