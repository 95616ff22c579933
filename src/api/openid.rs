//! The log-in at an `OpenID` provider: off to it, and back.

use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    auth::secure,
    caller::{From, cookie},
    pages::{Console, local, logged_in},
};
use crate::{
    domain::{
        App,
        accounts::{
            Client,
            openid::{self, Return},
        },
    },
    fault::{Fault, FaultKind},
    server_fns::context::LoginPage,
    ui::routes::login_href,
};

/// Which browser was sent.
const COOKIE: &str = "openid";

#[derive(Deserialize)]
pub struct Begin {
    #[serde(default)]
    next: String,
}

/// `GET /login/openid?next=…`: off to the provider.
pub async fn begin(
    State(app): State<App>,
    Query(Begin { next }): Query<Begin>,
    From(client): From,
    headers: HeaderMap,
) -> Response {
    // The same for all pages of a browser: several may be on their way at once.
    let browser = known(&headers).unwrap_or_else(|| app.env.token());
    let next = local(&next);
    match openid::begin(&app, &client, &browser, next.clone()).await {
        Ok(url) => off(&app, &browser, url.as_str()),
        Err(fault) => back_to_log_in(&app, &client, &browser, &next, fault),
    }
}

/// What the provider adds to the redirect.
#[derive(Deserialize)]
pub struct Answered {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// `GET /login/openid/callback`: back from the provider, and on to the page that was asked for.
pub async fn callback(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    Query(Answered { code, state, error }): Query<Answered>,
    From(client): From,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let browser = known(&headers);
    let back = Return { code, state, error };
    let opened = match openid::finish(&app, &client, browser.as_deref(), back).await {
        Ok((proven, next)) => {
            let said = LoginPage { next, ..LoginPage::default() };
            logged_in(&app, &console, &client, &proven, said).await
        }
        Err(fault) => Err(fault),
    };
    match opened {
        Ok(response) => Ok(unstored(response)),
        Err(fault) => {
            let browser = browser.unwrap_or_else(|| app.env.token());
            Ok(back_to_log_in(&app, &client, &browser, "/", fault))
        }
    }
}

/// The log-in page of somebody who has come back from the provider, or was never led there, which
/// says why.
pub fn log_in_again(app: &App, headers: &HeaderMap, next: &str) -> Option<LoginPage> {
    let why = openid::told(app, &known(headers)?)?;
    Some(LoginPage { notice: Some(why), next: local(next), ..LoginPage::default() })
}

/// What stands in the cookie, if it may be one of ours.
fn known(headers: &HeaderMap) -> Option<String> {
    cookie(headers, COOKIE).filter(|value| {
        (20..=100).contains(&value.len())
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    })
}

/// To the log-in page, whose address is nobody's but its own: the one here held a code and a state.
fn back_to_log_in(app: &App, client: &Client, browser: &str, next: &str, fault: Fault) -> Response {
    if fault.kind == FaultKind::NotFound {
        return fault.into_response();
    }
    openid::tell(app, client, browser, fault.message);
    off(app, browser, &login_href(next))
}

/// Sends the browser somewhere, with the cookie that it is known by.
fn off(app: &App, browser: &str, to: &str) -> Response {
    let mut response = unstored(Redirect::to(to).into_response());
    let cookie = format!(
        "{COOKIE}={browser}; Path=/login; Max-Age=3600; HttpOnly; SameSite=Lax{}",
        secure(app)
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Nobody keeps an answer whose address held a code or a state.
fn unstored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
