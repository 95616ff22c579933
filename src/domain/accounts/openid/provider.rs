//! An `OpenID` provider over HTTP: what it says of itself, where browsers are sent, and what the code
//! is worth that they come back with.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreProviderMetadata},
};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::Settings;
use crate::{
    domain::App,
    fault::{Fault, FaultKind},
};

/// How long what a provider says of itself, its keys too, is believed. Seconds.
const KNOWN_FOR: i64 = 3600;

/// Its answers are smaller. Bytes.
const ANSWER: usize = 1024 * 1024;

/// How long one that couldn't be asked isn't asked again. Seconds.
const AWAY_FOR: i64 = 10;

/// What is known of a provider. Who asks it has the lock: others wait for its answer.
#[derive(Default)]
pub struct Known(tokio::sync::Mutex<State>);

#[derive(Default)]
struct State {
    /// What it has said of itself, and until when that is believed.
    said: Option<(i64, CoreProviderMetadata)>,
    /// When it couldn't be asked.
    failed: Option<i64>,
}

/// Where a browser is sent, and what is kept here until it comes back.
pub struct Sent {
    pub url: url::Url,
    pub state: String,
    pub nonce: Nonce,
    pub verifier: PkceCodeVerifier,
}

#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("{0}")]
    Form(#[from] openidconnect::http::Error),
    #[error("the answer is too large")]
    TooLarge,
}

/// Where to send a browser.
pub async fn sent(app: &App, settings: &Settings) -> Result<Sent, Fault> {
    let metadata = metadata(app, settings, false).await?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(settings.client_id.clone()),
        None,
    )
    .set_redirect_uri(redirect(app)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        // The library asks for "openid" itself.
        .add_scopes(
            settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new),
        )
        .set_pkce_challenge(challenge)
        .url();
    Ok(Sent { url, state: state.into_secret(), nonce, verifier })
}

/// Trades a code for what the provider vouches for: the claims of an ID token that holds.
pub async fn claims(
    app: &App,
    settings: &Settings,
    code: String,
    nonce: &Nonce,
    verifier: PkceCodeVerifier,
) -> Result<Map<String, Value>, Fault> {
    let known = metadata(app, settings, false).await?;
    let in_body = known.token_endpoint_auth_methods_supported().is_some_and(|all| {
        !all.contains(&CoreClientAuthMethod::ClientSecretBasic)
            && all.contains(&CoreClientAuthMethod::ClientSecretPost)
    });
    let client = |metadata| {
        CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(settings.client_id.clone()),
            settings
                .client_secret
                .as_ref()
                .map(|secret| ClientSecret::new(secret.expose_secret().to_owned())),
        )
    };
    let mut asking = client(known).set_redirect_uri(redirect(app)?);
    if in_body {
        asking = asking.set_auth_type(openidconnect::AuthType::RequestBody);
    }
    let http = |request| call(app.http.clone(), request);
    let answer = asking
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| unreached(settings, &error))?
        .set_pkce_verifier(verifier)
        .request_async(&http)
        .await
        .map_err(|error| refused(settings, &error))?;
    let token = answer.id_token().ok_or_else(|| unsound(settings, &"it has no ID token"))?;
    if token.claims(&asking.id_token_verifier(), nonce).is_err() {
        // It may be signed with a key that is newer than what is known.
        let again = client(metadata(app, settings, true).await?);
        token
            .claims(&again.id_token_verifier(), nonce)
            .map_err(|error| unsound(settings, &error))?;
    }
    // Signature, issuer, audience, time and nonce hold: what is in it was said by the provider.
    let text = token.to_string();
    text.split('.')
        .nth(1)
        .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| unsound(settings, &"its claims can't be read"))
}

/// What the provider says of itself; asked anew when that is old, or when it is wanted `newer`.
async fn metadata(
    app: &App,
    settings: &Settings,
    newer: bool,
) -> Result<CoreProviderMetadata, Fault> {
    let mut known = app.logins.openid.known.0.lock().await;
    let now = app.env.now_seconds();
    if let Some((until, metadata)) = &known.said
        && *until > now
        && !newer
    {
        return Ok(metadata.clone());
    }
    // A clock that was put back doesn't make it longer.
    if known.failed.is_some_and(|at| (at..at + AWAY_FOR).contains(&now)) {
        return Err(away(settings));
    }
    let issuer =
        IssuerUrl::new(settings.issuer.clone()).map_err(|error| unreached(settings, &error))?;
    let http = |request| call(app.http.clone(), request);
    match CoreProviderMetadata::discover_async(issuer, &http).await {
        Ok(metadata) => {
            *known = State { said: Some((now + KNOWN_FOR, metadata.clone())), failed: None };
            Ok(metadata)
        }
        Err(error) => {
            // From the end of the try on: those who waited for it aren't the next to wait as long.
            known.failed = Some(app.env.now_seconds());
            Err(unreached(settings, &error))
        }
    }
}

/// One call, without redirects.
async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        if body.len() + piece.len() > ANSWER {
            return Err(CallError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    let mut told = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        told = told.header(name, value);
    }
    Ok(told.body(body)?)
}

/// Where the provider sends browsers back to.
fn redirect(app: &App) -> Result<RedirectUrl, Fault> {
    RedirectUrl::new(format!("{}{}", app.settings.public_url, super::CALLBACK)).map_err(|error| {
        tracing::error!(%error, "the public URL is none");
        Fault::internal()
    })
}

fn unreached(settings: &Settings, error: &dyn std::error::Error) -> Fault {
    tracing::error!(error = told(error), issuer = settings.issuer, "the OpenID provider");
    away(settings)
}

fn away(settings: &Settings) -> Fault {
    Fault::new(
        FaultKind::Upstream,
        "provider",
        format!(
            "{} can't be reached or doesn't answer as it should. Try again in a moment, or log in \
             with a password.",
            settings.name
        ),
    )
}

fn refused(settings: &Settings, error: &dyn std::error::Error) -> Fault {
    tracing::warn!(error = told(error), issuer = settings.issuer, "the OpenID provider");
    Fault::unauthenticated(format!(
        "{} didn't confirm the log-in. Log in again; if it stays so, tell who operates this.",
        settings.name
    ))
}

fn unsound(settings: &Settings, error: &dyn std::fmt::Display) -> Fault {
    tracing::warn!(%error, issuer = settings.issuer, "an answer of the OpenID provider doesn't hold");
    Fault::unauthenticated(format!(
        "What {} said of you doesn't hold. Log in again; if it stays so, tell who operates this.",
        settings.name
    ))
}

/// An error with its causes, for the log.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}
