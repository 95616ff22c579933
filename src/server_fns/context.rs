//! What a request hands to the server functions and to the pages it renders.

use axum::http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::views::Posted;
use crate::{
    api::{
        caller::{SESSION_COOKIE, cookie},
        fault::status,
    },
    domain::{App, Caller, accounts, licences},
    fault::Fault,
};

/// The log-in page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginPage {
    /// Why it is shown again: a wrong password, a session that has ended.
    pub notice: Option<String>,
    /// As typed before.
    pub username: String,
    /// Path and query on this server to go to afterwards.
    pub next: String,
    /// The form pairs of a plain form post that met an ended session, as JSON and without
    /// secrets: a hidden input, so that nothing typed is lost.
    pub draft: Option<String>,
    /// The password was right, and the code of the second factor is asked for.
    pub ticket: Option<String>,
}

/// What a plain form post has done whose outcome is told item by item, on the page that follows.
#[derive(Clone, Debug)]
pub enum Did {
    SetLicences(licences::Outcome),
    Assigned(licences::Assigned),
    /// The token is shown this once.
    MadeToken(accounts::api_tokens::Made),
    /// So are these recovery codes.
    TurnedOnSecondFactor(Vec<secrecy::SecretString>),
}

/// Provided as context by whoever serves the request (api/pages.rs).
#[derive(Clone)]
pub struct RequestContext {
    pub app: App,
    /// `None` when nobody is logged in.
    pub caller: Option<Caller>,
    /// A plain form post whose page is drawn again.
    pub posted: Option<Posted>,
    /// What that post has done, where its page tells it.
    pub did: Option<Did>,
    /// What the log-in page says beyond its form.
    pub login: Option<LoginPage>,
    /// The answer is a whole page and not that of a server function.
    pub whole_page: bool,
}

/// A request of somebody who is logged in.
pub struct Request {
    pub app: App,
    pub caller: Caller,
    /// A plain form post whose page is drawn again.
    pub posted: Option<Posted>,
    /// What that post has done, where its page tells it.
    pub did: Option<Did>,
    /// Of the session that the request belongs to.
    pub session_token: Option<String>,
    response: Option<ResponseOptions>,
}

/// The request under way, or the fault that sends the browser to the log-in page.
pub fn request() -> Result<Request, Fault> {
    let response = use_context::<ResponseOptions>();
    let session_token = use_context::<Parts>().and_then(|p| cookie(&p.headers, SESSION_COOKIE));
    let context = use_context::<RequestContext>().ok_or_else(|| {
        tracing::error!("a server function was called outside a request");
        Fault::internal()
    })?;
    match context.caller {
        Some(caller) => Ok(Request {
            app: context.app,
            caller,
            posted: context.posted,
            did: context.did,
            session_token,
            response,
        }),
        None => {
            let fault = Fault::unauthenticated("Your session has ended; log in again.");
            set_status(response.as_ref(), &fault);
            Err(fault)
        }
    }
}

impl Request {
    /// Hands a result on; a fault gives the response, or the page, its status.
    pub fn answer<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault) = &result {
            set_status(self.response.as_ref(), fault);
        }
        result
    }
}

/// Whether a whole page is being put together, and not the answer of a server function.
pub fn is_whole_page() -> bool {
    use_context::<RequestContext>().is_some_and(|context| context.whole_page)
}

/// What the `OpenID` provider is called where people may log in instead of here.
pub fn provider_name() -> Option<String> {
    let context = use_context::<RequestContext>()?;
    context.app.settings.openid.as_ref().map(|provider| provider.name.clone())
}

/// What the log-in page shows.
pub fn login_page(next: Option<String>) -> LoginPage {
    let said = use_context::<RequestContext>().and_then(|context| context.login);
    said.unwrap_or_else(|| LoginPage { next: next.unwrap_or_default(), ..LoginPage::default() })
}

fn set_status(response: Option<&ResponseOptions>, fault: &Fault) {
    if let Some(response) = response {
        response.set_status(status(fault.kind));
    }
}
