//! The console over HTTP: renders its pages, carries its server functions, logs in and out. What its
//! forms post is taken by `posts.rs`, `loads.rs` and `licence_posts.rs`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Extension, Form,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{config::LeptosOptions, prelude::provide_context};

use super::{
    auth::{ended_cookies, secure, session_cookies},
    caller::{From, PageCaller, SESSION_COOKIE, cookie},
    openid::log_in_again,
    posts::shown,
    protection,
    site::Site,
};
use crate::{
    domain::{
        App, Caller,
        accounts::{
            Client,
            login::{self, First},
            sessions,
            standing::Proven,
        },
    },
    fault::{Fault, FaultKind},
    model::{Model, form},
    server_fns::{
        context::{LoginPage, RequestContext},
        views::Posted,
    },
    ui::{self, Assets, routes, theme},
};

/// What pages need beside the application. It goes with every request: cheap to clone.
#[derive(Clone)]
pub struct Console(Arc<Furnishing>);

/// See [`Console`].
pub struct Furnishing {
    pub options: LeptosOptions,
    pub assets: Assets,
    pub site: Site,
    pub drafts: Drafts,
}

impl Console {
    pub fn new(parts: Furnishing) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Console {
    type Target = Furnishing;

    fn deref(&self) -> &Furnishing {
        &self.0
    }
}

pub type Pairs = Vec<(String, String)>;

/// Forms whose session ended while they were typed, between the log-in and the page that shows
/// them again. In memory: what a restart loses here is in the browser's history still.
#[derive(Clone, Default)]
pub struct Drafts(Arc<Mutex<HashMap<String, Draft>>>);

/// Until when it is kept (Unix seconds), the account of its author, and what was typed.
type Draft = (i64, i64, Pairs);

/// More drafts than this are never kept. Each is at most a form post, and stays a minute.
const DRAFTS: usize = 64;
const DRAFT_LIFE: i64 = 60;

impl Drafts {
    fn keep(&self, app: &App, caller: &Caller, pairs: Pairs) -> Option<String> {
        let now = app.env.now_seconds();
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|_, (until, _, _)| *until > now);
        if drafts.len() >= DRAFTS {
            return None;
        }
        let id = app.env.token();
        drafts.insert(id.clone(), (now + DRAFT_LIFE, caller.account_id, pairs));
        Some(id)
    }

    /// A draft is shown once, and to its author alone.
    fn take(&self, caller: &Caller, id: &str) -> Option<Pairs> {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drafts.get(id).is_some_and(|(_, account, _)| *account == caller.account_id) {
            return drafts.remove(id).map(|(_, _, pairs)| pairs);
        }
        None
    }
}

/// `GET` of everything that isn't an API call: a file of the site, or a page.
pub async fn page(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    caller: Option<PageCaller>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(file) = console.site.file(parts.uri.path(), &parts.headers) {
        return file;
    }
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Fault::new(
            FaultKind::NotOffered,
            "not_offered",
            format!("{} is not offered at {}.", parts.method, parts.uri.path()),
        )
        .into_response();
    }
    let Some(PageCaller(caller)) = caller else {
        if parts.uri.path() == "/login" {
            let query = pairs_of(&parts.uri);
            let next = form::value_of(&query, "next").unwrap_or_default();
            let said = log_in_again(&app, &parts.headers, next);
            return console.render(app, None, &parts, None, said).await;
        }
        return Redirect::to(&routes::login_href(&here(&parts.uri))).into_response();
    };
    if parts.uri.path() == "/login" {
        let query = pairs_of(&parts.uri);
        let next = form::value_of(&query, "next").unwrap_or_default();
        return Redirect::to(&local(next)).into_response();
    }
    let draft = pairs_of(&parts.uri).into_iter().find(|(name, _)| name == "draft");
    let posted = draft.and_then(|(_, id)| console.drafts.take(&caller, &id)).map(|pairs| Posted {
        pairs,
        fault: None,
        notice: Some(
            "Your session had ended; you are logged in again. What you typed is below, but not \
             saved yet. Passwords and tokens need to be typed again."
                .to_owned(),
        ),
    });
    console.render(app, Some(caller), &parts, posted, None).await
}

/// `POST /fn/…`: the server functions, for the console alone.
pub async fn server_function(
    State(app): State<App>,
    caller: Option<PageCaller>,
    request: Request,
) -> Response {
    let context = RequestContext {
        app,
        caller: caller.map(|PageCaller(caller)| caller),
        posted: None,
        did: None,
        login: None,
        whole_page: false,
    };
    leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request)
        .await
        .into_response()
}

/// `POST /login`: a session, and on to the page that was asked for. Where the account has a second
/// factor, a page that asks for its code comes between.
pub async fn login(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    From(client): From,
    parts: Parts,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let value = |name: &str| form::value_of(&pairs, name).unwrap_or_default();
    let given = |name: &str| Some(value(name).to_owned()).filter(|text| !text.is_empty());
    let said = LoginPage {
        username: value("username").to_owned(),
        next: local(value("next")),
        draft: given("draft"),
        ticket: given("ticket"),
        notice: None,
    };
    let outcome = match &said.ticket {
        Some(ticket) => login::finish(&app, &client, ticket, value("code")).await.map(First::In),
        None => login::begin(&app, &client, &said.username, value("password")).await,
    };
    let outcome = match outcome {
        Ok(First::In(proven)) => {
            match logged_in(&app, &console, &client, &proven, said.clone()).await {
                Ok(response) => return Ok(response),
                Err(fault) => Err(fault),
            }
        }
        Ok(First::Ticket(ticket)) => Ok(ticket),
        Err(fault) => Err(fault),
    };
    let (status, said) = match outcome {
        Ok(ticket) => (StatusCode::OK, LoginPage { ticket: Some(ticket), ..said }),
        Err(fault) if fault.kind == FaultKind::Stale => {
            let notice = Some(fault.message);
            (StatusCode::UNAUTHORIZED, LoginPage { ticket: None, notice, ..said })
        }
        Err(fault)
            if [FaultKind::Unauthenticated, FaultKind::Forbidden, FaultKind::TooMany]
                .contains(&fault.kind) =>
        {
            let notice = Some(fault.message.clone());
            let mut response =
                console.render(app, None, &parts, None, Some(LoginPage { notice, ..said })).await;
            let told = fault.into_response();
            *response.status_mut() = told.status();
            let after = told.headers().get(header::RETRY_AFTER).cloned();
            response.headers_mut().extend(after.map(|after| (header::RETRY_AFTER, after)));
            return Ok(response);
        }
        Err(fault) => return Err(fault),
    };
    let mut response = console.render(app, None, &parts, None, Some(said)).await;
    *response.status_mut() = status;
    Ok(response)
}

/// The session, and the page that was asked for with what was typed there before.
pub async fn logged_in(
    app: &App,
    console: &Console,
    client: &Client,
    proven: &Proven,
    said: LoginPage,
) -> Result<Response, Fault> {
    let session = sessions::open(app, client, proven).await?;
    let draft: Option<Pairs> = said.draft.and_then(|d| serde_json::from_str(&d).ok());
    let next = said.next;
    let next = match draft.and_then(|pairs| console.drafts.keep(app, &proven.caller, pairs)) {
        Some(id) => {
            let between = if next.contains('?') { '&' } else { '?' };
            format!("{next}{between}draft={id}")
        }
        None => next,
    };
    Ok((session_cookies(app, &session)?, Redirect::to(&next)).into_response())
}

/// `POST /logout`
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, Fault> {
    if let Some(token) = cookie(&headers, SESSION_COOKIE) {
        sessions::log_out(&app, &token).await?;
    }
    Ok((ended_cookies(&app), Redirect::to("/login")).into_response())
}

/// `POST /preferences`: theme and density, for browsers without WebAssembly.
pub async fn preferences(
    State(app): State<App>,
    Form(pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let mut response =
        Redirect::to(&local(form::value_of(&pairs, "next").unwrap_or_default())).into_response();
    let secure = secure(&app);
    let set = |name: &str, value: &str| {
        format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}")
    };
    let mut cookies = Vec::new();
    if let Some(value) = form::value_of(&pairs, theme::THEME) {
        cookies.push(set(theme::THEME, theme::known_theme(Some(value))));
    }
    if let Some(value) = form::value_of(&pairs, theme::DENSITY) {
        cookies.push(set(theme::DENSITY, theme::known_density(Some(value))));
    }
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    Ok(response)
}

impl Console {
    /// Renders the page of a request's address, completely.
    pub async fn render(
        &self,
        app: App,
        caller: Option<Caller>,
        parts: &Parts,
        posted: Option<Posted>,
        login: Option<LoginPage>,
    ) -> Response {
        let context = RequestContext { app, caller, posted, did: None, login, whole_page: true };
        self.render_in(context, parts).await
    }

    /// The same, with all that the page is told.
    pub async fn render_in(&self, context: RequestContext, parts: &Parts) -> Response {
        let (options, assets) = (self.options.clone(), self.assets.clone());
        let further = leads_to(&context.app, parts.uri.path());
        let render = leptos_axum::render_app_async_with_context(
            move || provide_context(context.clone()),
            move || {
                protection::of_page(&further);
                ui::shell(options.clone(), assets.clone())
            },
        );
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = parts.uri.clone();
        *request.headers_mut() = parts.headers.clone();
        // In a task of its own: a browser that leaves before the page is done would otherwise take
        // away what other tasks of the rendering still read.
        let mut response = match tokio::spawn(render(request)).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(%error, "a page couldn't be rendered");
                Fault::internal().into_response()
            }
        };
        // A page shows what its reader may see, at this moment.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The log-in page that carries the form which met an ended session.
    pub async fn ask_to_log_in_again(
        &self,
        app: App,
        model: &Model,
        parts: &Parts,
        pairs: &Pairs,
    ) -> Response {
        self.keep_and_log_in(app, parts, &shown(model, pairs.clone())).await
    }

    /// The same for a form without secrets.
    pub async fn keep_and_log_in(&self, app: App, parts: &Parts, typed: &Pairs) -> Response {
        let said = LoginPage {
            notice: Some(
                "Your session has ended and nothing was saved. Log in to go on where you were; \
                 what you typed is kept."
                    .to_owned(),
            ),
            username: String::new(),
            next: here(&parts.uri),
            draft: serde_json::to_string(typed).ok(),
            ticket: None,
        };
        let mut login = parts.clone();
        login.uri = Uri::from_static("/login");
        let mut response = self.render(app, None, &login, None, Some(said)).await;
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
    }
}

/// Where the forms of a page may end beside here: after the log-in it may go on to Webex, and browsers
/// judge a form by where its redirects lead.
fn leads_to(app: &App, path: &str) -> Vec<String> {
    if path != "/login" {
        return Vec::new();
    }
    vec![app.webex.consent_page().origin().ascii_serialization()]
}

/// A path on this server and nothing else: a link that leads elsewhere after the log-in would
/// lend our name to whoever wrote it.
pub fn local(next: &str) -> String {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && HeaderValue::from_str(next).is_ok();
    if is_path && next.is_ascii() { next.to_owned() } else { "/".to_owned() }
}

fn here(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

pub fn search(uri: &Uri) -> String {
    uri.query().unwrap_or_default().to_owned()
}

pub fn pairs_of(uri: &Uri) -> Pairs {
    routes::from_search(uri.query().unwrap_or_default())
}
