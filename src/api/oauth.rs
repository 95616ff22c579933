//! The authorise link of a Webex customer, and the return from Webex.

use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    caller::{PageCaller, SESSION_COOKIE, cookie},
    pages::Console,
};
use crate::{
    domain::{
        App, Caller, spark_customer,
        webex::authorise::{self, Return},
    },
    fault::Fault,
    server_fns::views::Posted,
    ui::{
        components::done::{Done, with_done},
        drawn::webex::CUSTOMER,
        routes::{detail_href, login_href, with_search},
    },
};

/// Where Webex sends the browser back to.
const CALLBACK: &str = "/oauth/webex/callback";

/// `GET /oauth/webex/authorize/{pkid}`: off to Webex; without a session to the log-in first.
pub async fn authorize(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    Path(pkid): Path<String>,
    caller: Option<PageCaller>,
    parts: Parts,
) -> Response {
    let session = cookie(&parts.headers, SESSION_COOKIE);
    let (Some(PageCaller(caller)), Some(session)) = (caller, session) else {
        return Redirect::to(&login_href(&authorise::link(&pkid))).into_response();
    };
    match authorise::begin(&app, &caller, &session, &pkid).await {
        Ok(url) => unstored(Redirect::to(&url).into_response()),
        Err(fault) => told(&console, app, caller, &parts, Some(&pkid), fault).await,
    }
}

/// What Webex adds to the redirect.
#[derive(Deserialize)]
pub struct Answered {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// `GET /oauth/webex/callback`: back from Webex, on to the customer's page.
pub async fn callback(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    Query(Answered { code, state, error, error_description }): Query<Answered>,
    caller: Option<PageCaller>,
    mut parts: Parts,
) -> Response {
    // A page repeats its own address in places; this one's is for nobody else.
    parts.uri = Uri::from_static(CALLBACK);
    let session = cookie(&parts.headers, SESSION_COOKIE);
    let back = Return { code, state, error, error_description };
    let (Some(PageCaller(caller)), Some(session)) = (caller, session) else {
        // Whoever shows it without a session has burnt it.
        authorise::burn(&app, back).await;
        return Redirect::to(&login_href("")).into_response();
    };
    match authorise::finish(&app, &caller, &session, back).await {
        Ok(done) => {
            let search = with_done("", Done::Saved, &done.transaction_id);
            let page = detail_href(spark_customer::MODEL, &done.pkid);
            unstored(Redirect::to(&with_search(&page, &search)).into_response())
        }
        Err((pkid, fault)) => told(&console, app, caller, &parts, pkid.as_deref(), fault).await,
    }
}

/// The page that says what happened and what to do.
async fn told(
    console: &Console,
    app: App,
    caller: Caller,
    parts: &Parts,
    pkid: Option<&str>,
    fault: Fault,
) -> Response {
    let status = super::fault::status(fault.kind);
    let pairs = pkid.map(|pkid| (CUSTOMER.to_owned(), pkid.to_owned())).into_iter().collect();
    let posted = Posted { pairs, fault: Some(fault), notice: None };
    let mut response = console.answer_form(app, caller, parts, posted, None).await;
    if response.status().is_success() {
        *response.status_mut() = status;
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        return response;
    }
    unstored(response)
}

/// Nobody keeps an answer whose address held a code or a state.
fn unstored(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
