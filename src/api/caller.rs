//! Who is calling: HTTP Basic, a bearer token, or the session cookie. A write that a cookie
//! authenticates must bring the session's `X-CSRFToken`.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::refusals;
use crate::{
    domain::{App, Caller, accounts},
    fault::Fault,
};

pub const SESSION_COOKIE: &str = "sessionid";
pub const CSRF_COOKIE: &str = "csrftoken";
pub const CSRF_HEADER: &str = "x-csrftoken";

/// The caller of an API request. Extracting it refuses who can't be known.
pub struct ApiCaller(pub Caller);

/// The caller of a page: the session cookie alone.
pub struct PageCaller(pub Caller);

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        match credentials(&parts.headers)? {
            Credentials::Basic { username, password } => {
                accounts::basic(app, &username, &password).await
            }
            Credentials::Bearer(token) => accounts::bearer(app, &token).await,
            Credentials::Cookie(token) => {
                let (caller, csrf) = accounts::session(app, &token).await?;
                refusals::known(parts, &caller);
                if !parts.method.is_safe() {
                    check_csrf(&parts.headers, &parts.method, &csrf)?;
                }
                Ok(caller)
            }
            Credentials::None => Err(Fault::unauthenticated(
                "Log in first: send HTTP Basic credentials, a bearer token, or a session cookie.",
            )),
        }
        .inspect(|caller| refusals::known(parts, caller))
        .map(Self)
    }
}

impl OptionalFromRequestParts<App> for PageCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Fault> {
        let Some(token) = cookie(&parts.headers, SESSION_COOKIE) else { return Ok(None) };
        match accounts::session(app, &token).await {
            Ok((caller, _)) => {
                refusals::known(parts, &caller);
                Ok(Some(Self(caller)))
            }
            Err(fault) if fault.kind == crate::fault::FaultKind::Unauthenticated => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

enum Credentials {
    Basic { username: String, password: String },
    Bearer(String),
    Cookie(String),
    None,
}

fn credentials(headers: &HeaderMap) -> Result<Credentials, Fault> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(cookie(headers, SESSION_COOKIE).map_or(Credentials::None, Credentials::Cookie));
    };
    let malformed =
        || Fault::unauthenticated("The Authorization header is neither valid Basic nor Bearer.");
    let (scheme, rest) =
        value.to_str().ok().and_then(|t| t.split_once(' ')).ok_or_else(malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Credentials::Bearer(rest.trim().to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(malformed());
    }
    let bytes = STANDARD.decode(rest.trim()).map_err(|_| malformed())?;
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    let (username, password) = text.split_once(':').ok_or_else(malformed)?;
    Ok(Credentials::Basic { username: username.to_owned(), password: password.to_owned() })
}

/// The bearer token of a request that is about the token itself.
pub fn bearer_token(headers: &HeaderMap) -> Option<String> {
    match credentials(headers) {
        Ok(Credentials::Bearer(token)) => Some(token),
        _ => None,
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

pub fn check_csrf(headers: &HeaderMap, method: &Method, csrf: &str) -> Result<(), Fault> {
    let sent = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accounts::same(sent, csrf) {
        return Ok(());
    }
    Err(Fault::new(
        crate::fault::FaultKind::Forbidden,
        "csrf",
        format!(
            "A {method} with a session cookie needs the header X-CSRFToken with the value of the \
             csrftoken cookie."
        ),
    ))
}
