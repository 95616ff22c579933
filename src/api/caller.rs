//! Who is calling: HTTP Basic, a bearer token, or the session cookie. A write that a cookie
//! authenticates must bring the session's `X-CSRFToken`.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use super::{client::ClientAddress, refusals};
use crate::{
    domain::{
        App, Caller,
        access::{Miscellaneous, permit_miscellaneous},
        accounts::{self, Client, api_tokens, login, sessions, standing::Standing},
    },
    fault::{Fault, FaultKind},
};

pub const SESSION_COOKIE: &str = "sessionid";
pub const CSRF_COOKIE: &str = "csrftoken";
pub const CSRF_HEADER: &str = "x-csrftoken";

/// As much of what a browser or script calls itself as is kept. Characters.
const AGENT: usize = 200;

/// The caller of an API request. Extracting it refuses who can't be known.
pub struct ApiCaller(pub Caller);

/// The caller of a page: the session cookie alone.
pub struct PageCaller(pub Caller);

/// Somebody at the own account, with which an API token has no business.
pub struct Owner {
    pub caller: Caller,
    pub standing: Standing,
}

impl Owner {
    /// Which of the caller's log-ins the request belongs to; none with HTTP Basic.
    pub fn log_in(&self) -> Option<String> {
        self.standing.log_in().map(str::to_owned)
    }
}

/// Who is at the other end, whether logged in or not.
pub struct From(pub Client);

impl<S: Sync> FromRequestParts<S> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(client(parts)))
    }
}

fn client(parts: &Parts) -> Client {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Client {
        address: ClientAddress::of(&parts.extensions).0,
        agent: agent.unwrap_or_default().chars().take(AGENT).collect(),
    }
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let (caller, _) = called(parts, app).await?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<App> for Owner {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let (caller, by) = called(parts, app).await?;
        let standing = by.ok_or_else(|| {
            Fault::new(
                FaultKind::Forbidden,
                "not_by_api_token",
                "An API token doesn't reach its owner's account. Log in with username and password.",
            )
        })?;
        Ok(Self { caller, standing })
    }
}

impl OptionalFromRequestParts<App> for Owner {
    type Rejection = Fault;

    /// On a page, where only the session cookie counts.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Fault> {
        let held = of_page(parts, app).await?;
        Ok(held.map(|held| Self { caller: held.caller, standing: Standing::LogIn(held.log_in) }))
    }
}

impl OptionalFromRequestParts<App> for PageCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Fault> {
        Ok(of_page(parts, app).await?.map(|held| Self(held.caller)))
    }
}

/// Who calls, and by what; an API token is no standing at its owner's account.
async fn called(parts: &Parts, app: &App) -> Result<(Caller, Option<Standing>), Fault> {
    let client = client(parts);
    let (caller, by) = match credentials(&parts.headers)? {
        Credentials::Basic { username, password } => {
            let proven = login::basic(app, &client, &username, &password).await?;
            (proven.caller, Some(Standing::Proof(proven.stamp)))
        }
        Credentials::Bearer(token) if token.starts_with(api_tokens::PREFIX) => {
            (api_tokens::caller(app, &client, &token).await?, None)
        }
        Credentials::Bearer(token) => {
            let held = sessions::of_access_token(app, &client, &token).await?;
            (held.caller, Some(Standing::LogIn(held.log_in)))
        }
        Credentials::Cookie(token) => {
            let held = sessions::of_cookie(app, &token).await?;
            refusals::known(parts, &held.caller);
            if !parts.method.is_safe() {
                check_csrf(&parts.headers, &parts.method, &held.csrf)?;
            }
            let (caller, by) = (held.caller, Some(Standing::LogIn(held.log_in)));
            // The console's own links lead to calls: who may be in it may follow them.
            if caller.access.may(Miscellaneous::Login) && parts.method.is_safe() {
                return Ok((caller, by));
            }
            (caller, by)
        }
        Credentials::None => {
            return Err(Fault::unauthenticated(
                "Log in first: send HTTP Basic credentials, a bearer token, or a session cookie.",
            ));
        }
    };
    refusals::known(parts, &caller);
    permit_miscellaneous(&caller, Miscellaneous::ApiRoot)?;
    Ok((caller, by))
}

/// Whose session's cookie came with a page, if it may be in the console.
async fn of_page(parts: &Parts, app: &App) -> Result<Option<sessions::Held>, Fault> {
    let Some(token) = cookie(&parts.headers, SESSION_COOKIE) else { return Ok(None) };
    match sessions::of_cookie(app, &token).await {
        Ok(held) => {
            refusals::known(parts, &held.caller);
            Ok(held.caller.access.may(Miscellaneous::Login).then_some(held))
        }
        Err(fault) if fault.kind == FaultKind::Unauthenticated => Ok(None),
        Err(fault) => Err(fault),
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
        FaultKind::Forbidden,
        "csrf",
        format!(
            "A {method} with a session cookie needs the header X-CSRFToken with the value of the \
             csrftoken cookie."
        ),
    ))
}
