//! Log-in and log-out of scripts: a session by `/noninteractivelogin/`, or a pair of tokens by
//! `/api/v01/auth/`.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    body::JsonObject,
    caller::{CSRF_COOKIE, CSRF_HEADER, From, SESSION_COOKIE, bearer_token, check_csrf, cookie},
};
use crate::{
    domain::{
        App,
        accounts::{
            login::{self, Credentials, Way},
            sessions::{self, BrowserSession},
        },
    },
    fault::{Fault, FaultKind, FieldError},
};

/// `POST /noninteractivelogin/` `{username, password}`: cookies `sessionid` and `csrftoken`, and
/// the header `X-CSRFToken`.
pub async fn non_interactive_login(
    State(app): State<App>,
    From(client): From,
    JsonObject { object: body, .. }: JsonObject,
) -> Result<Response, Fault> {
    let proven = login::log_in(&app, &client, Way::Session, named(&body)?).await?;
    let session = sessions::open(&app, &client, &proven).await?;
    let csrf = HeaderValue::from_str(&session.csrf).map_err(|_| Fault::internal())?;
    let cookies = session_cookies(&app, &session)?;
    let body = Json(json!({ "success": true, "username": proven.caller.username }));
    Ok((cookies, AppendHeaders([(CSRF_HEADER, csrf)]), body).into_response())
}

/// `POST /api/v01/auth/login` `{username, password}`: `{access_token, refresh_token}`.
pub async fn token_login(
    State(app): State<App>,
    From(client): From,
    JsonObject { object: body, .. }: JsonObject,
) -> Result<Response, Fault> {
    let proven = match login::log_in(&app, &client, Way::Token, named(&body)?).await {
        // This surface says it in one word more: `error`.
        Err(fault) if fault.kind == FaultKind::Unauthenticated => {
            let body = json!({ "error": fault.message, "success": false, "http_code": 401,
                "code": fault.code, "message": fault.message, "errors": [] });
            let mut response = fault.into_response();
            *response.body_mut() = body.to_string().into();
            response.headers_mut().remove(header::CONTENT_LENGTH);
            return Ok(response);
        }
        other => other?,
    };
    let tokens = sessions::open_tokens(&app, &client, &proven).await?;
    let body = json!({ "access_token": tokens.access, "refresh_token": tokens.refresh });
    Ok(unstored(Json(body).into_response()))
}

/// `GET /api/v01/auth/access_token` with the refresh token as bearer: `{access_token}`.
pub async fn new_access_token(
    State(app): State<App>,
    From(client): From,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let token = bearer_token(&headers).ok_or_else(|| {
        Fault::unauthenticated("Send the refresh token as \"Authorization: Bearer …\".")
    })?;
    let access = sessions::refresh(&app, &client, &token).await?;
    Ok(unstored(Json(json!({ "access_token": access })).into_response()))
}

/// `POST /api/v01/auth/logout`: ends the log-in of the bearer token or of the session cookie.
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, Fault> {
    if let Some(token) = bearer_token(&headers) {
        sessions::log_out(&app, &token).await?;
        return Ok(Json(json!({ "success": true })).into_response());
    }
    let token = cookie(&headers, SESSION_COOKIE).ok_or_else(|| {
        Fault::unauthenticated("There is no bearer token and no session cookie to end.")
    })?;
    let held = sessions::of_cookie(&app, &token).await?;
    check_csrf(&headers, &axum::http::Method::POST, &held.csrf)?;
    sessions::log_out(&app, &token).await?;
    Ok((ended_cookies(&app), Json(json!({ "success": true }))).into_response())
}

/// The cookies of a new session.
pub fn session_cookies(
    app: &App,
    session: &BrowserSession,
) -> Result<AppendHeaders<[(header::HeaderName, HeaderValue); 2]>, Fault> {
    let secure = secure(app);
    let value = |text: String| HeaderValue::from_str(&text).map_err(|_| Fault::internal());
    Ok(AppendHeaders([
        (
            header::SET_COOKIE,
            value(format!(
                "{SESSION_COOKIE}={}; Path=/; HttpOnly; SameSite=Lax{secure}",
                session.token
            ))?,
        ),
        (
            header::SET_COOKIE,
            value(format!("{CSRF_COOKIE}={}; Path=/; SameSite=Lax{secure}", session.csrf))?,
        ),
    ]))
}

/// What takes the cookies of a session away.
pub fn ended_cookies(app: &App) -> AppendHeaders<[(header::HeaderName, String); 2]> {
    let secure = secure(app);
    AppendHeaders([SESSION_COOKIE, CSRF_COOKIE].map(|name| {
        (header::SET_COOKIE, format!("{name}=; Path=/; Max-Age=0; SameSite=Lax{secure}"))
    }))
}

/// The end of a cookie that travels over https alone, where browsers reach us so.
pub fn secure(app: &App) -> &'static str {
    if app.settings.public_url.starts_with("https://") { "; Secure" } else { "" }
}

/// The username and password of a body, and the code of the second factor where it has one.
fn named(body: &Map<String, Value>) -> Result<Credentials<'_>, Fault> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    match (text("username"), text("password")) {
        (Some(username), Some(password)) => {
            Ok(Credentials { username, password, code: text("totp") })
        }
        (username, password) => Err(Fault::invalid(
            [("username", username), ("password", password)]
                .into_iter()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| {
                    FieldError::new(format!("/{name}"), "required", format!("{name} is required."))
                })
                .collect(),
        )),
    }
}

/// An answer with a token in it is kept by no cache.
pub fn unstored(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
