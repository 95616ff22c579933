//! The pages that the server draws: the browser puts their HTML into the document and compiles none
//! of what is below here. What they do in the browser is told by attributes, which [`super::live`]
//! minds; forms that change something are plain posts, which `api/posts.rs` takes.

pub mod account;
mod calls;
mod chosen;
mod code;
mod compare;
mod dashboard;
mod delete;
mod diff;
mod duration;
mod export;
mod form;
mod frame;
mod help;
mod hierarchy;
mod history;
pub mod licences;
mod list;
mod load;
mod login;
mod modify;
mod pager;
mod parts;
mod reference;
mod relocate;
mod replay;
mod restore;
mod rows;
mod status;
mod transaction;
mod tree;
pub mod webex;

use leptos::prelude::*;
use licences::TenantPath;
use webex::WebexPath;

pub use chosen::{TOTAL, which};
pub use form::{above_form, preview};
pub use help::{Help, help};
pub use list::FORMAT;
pub use modify::fields_of;
pub use reference::reference;
pub use relocate::TARGET;
pub use restore::VERSION;

use super::routes::{Deed, ModelPath, ModelView, TRANSACTION, USER, from_search, to_search};
use crate::{
    domain::{App, Caller, access::Permission, accounts, licences::SERVICE_PACK},
    fault::Fault,
    server_fns::{
        PageAt,
        context::{Did, Request},
        views::{Drawn, Posted},
    },
};

/// What a page is drawn for.
struct Visit<'a> {
    app: &'a App,
    caller: &'a Caller,
    /// The plain form post that was refused and is drawn again.
    posted: Option<&'a Posted>,
    /// What that post has done, where the page tells it.
    did: Option<&'a Did>,
    path: &'a str,
    session_token: Option<&'a str>,
    /// The query string, and after it what the browser adds of its own (see `super::live`).
    pairs: Vec<(String, String)>,
}

/// The document's title, and what stands in `<main>`.
type Page = Result<(String, AnyView), Fault>;

impl<'a> Visit<'a> {
    fn new(request: &'a Request, at: &'a PageAt) -> Self {
        Self {
            app: &request.app,
            caller: &request.caller,
            posted: request.posted.as_ref(),
            did: request.did.as_ref(),
            path: &at.path,
            session_token: request.session_token.as_deref(),
            pairs: from_search(&at.search),
        }
    }

    /// Whether the caller may do that with instances of a type.
    fn may(&self, type_: &str, permission: Permission) -> bool {
        self.caller.access.allows(type_, permission)
    }

    /// The first parameter of that name that isn't empty.
    fn value(&self, name: &str) -> Option<&str> {
        self.values(name).find(|value| !value.is_empty())
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The chosen node, which every link keeps.
    fn node(&self) -> Option<&str> {
        self.value("hierarchy")
    }

    /// Which branches of a tree are open or closed, by pkid; what comes later holds.
    fn branches(&self) -> Vec<(String, bool)> {
        let told = self.pairs.iter().filter(|(name, _)| name == "open" || name == "closed");
        told.map(|(name, pkid)| (pkid.clone(), name == "open")).collect()
    }

    /// Which of the caller's log-ins the page is read with.
    async fn log_in(&self) -> Option<String> {
        let held = accounts::sessions::of_cookie(self.app, self.session_token?).await;
        held.ok().map(|held| held.log_in)
    }

    fn search(&self) -> String {
        to_search(&self.pairs)
    }
}

/// The page of an address.
pub async fn page(request: &Request, at: &PageAt) -> Result<Drawn, Fault> {
    let visit = Visit::new(request, at);
    let (title, view) = match at.path.as_str() {
        "/" => dashboard::page(&visit).await?,
        "/hierarchy" => hierarchy::page(&visit).await?,
        account::ACCOUNT => account::page(&visit).await?,
        licences::TENANTS => licences::tenants(&visit).await?,
        path if let Some(path) = TenantPath::of_location(path) => {
            licences::page(&visit, &path).await?
        }
        webex::WEBEX => webex::overview(&visit).await?,
        path if let Some(path) = WebexPath::of_location(path) => webex::page(&visit, &path).await?,
        path if path.starts_with(webex::OAUTH) => webex::refused_page(&visit)?,
        path => match ModelPath::of_location(path) {
            Some(ModelPath { model_type, view }) => match view {
                ModelView::List => list::page(&visit, &model_type).await?,
                ModelView::Many(deed) => many(&visit, &model_type, deed).await?,
                ModelView::One(pkid, deed) => one(&visit, &model_type, &pkid, deed).await?,
                ModelView::Detail(pkid) if model_type == TRANSACTION => {
                    transaction::page(&visit, &pkid).await?
                }
                ModelView::Add | ModelView::Detail(_) => return Err(no_page()),
            },
            None => return Err(no_page()),
        },
    };
    Ok(Drawn { title, html: html(view) })
}

/// The page before something is done with many instances.
async fn many(visit: &Visit<'_>, model_type: &str, deed: Deed) -> Page {
    match deed {
        Deed::Delete => delete::page(visit, model_type, None).await,
        Deed::Modify => modify::page(visit, model_type).await,
        Deed::Move => relocate::page(visit, model_type, None).await,
        Deed::Export => export::page(visit, model_type, None).await,
        Deed::Load => load::page(visit, model_type).await,
        Deed::Assign if model_type == USER => licences::assign(visit, None).await,
        Deed::Compare if model_type == SERVICE_PACK => compare::page(visit, model_type).await,
        Deed::Template | Deed::Replay | Deed::Restore | Deed::Assign | Deed::Compare => {
            Err(no_page())
        }
    }
}

/// The page before something is done with one.
async fn one(visit: &Visit<'_>, model_type: &str, pkid: &str, deed: Deed) -> Page {
    match deed {
        Deed::Delete => delete::page(visit, model_type, Some(pkid)).await,
        Deed::Move => relocate::page(visit, model_type, Some(pkid)).await,
        Deed::Export => export::page(visit, model_type, Some(pkid)).await,
        Deed::Assign if model_type == USER => licences::assign(visit, Some(pkid)).await,
        Deed::Replay if model_type == TRANSACTION => replay::page(visit, pkid).await,
        Deed::Restore => restore::page(visit, model_type, pkid).await,
        _ => Err(no_page()),
    }
}

/// A part of a page that the browser draws otherwise: a tab of an instance's page.
pub async fn part(request: &Request, at: &PageAt) -> Result<Drawn, Fault> {
    let visit = Visit::new(request, at);
    let path = ModelPath::of_location(&at.path).ok_or_else(no_page)?;
    let ModelView::Detail(pkid) = &path.view else { return Err(no_page()) };
    let view = match visit.value("tab") {
        Some("history") => history::tab(&visit, &path.model_type, pkid).await?,
        Some("services") if path.model_type == USER => licences::held(&visit, pkid).await?,
        Some("api") => calls::tab(&visit, &path.model_type, pkid).await?,
        _ => return Err(no_page()),
    };
    Ok(Drawn { title: String::new(), html: html(view) })
}

/// The frame around a page.
pub async fn frame(request: &Request, at: &PageAt) -> Result<Drawn, Fault> {
    let view = frame::frame(&Visit::new(request, at)).await?;
    Ok(Drawn { title: request.caller.username.clone(), html: html(view) })
}

/// The log-in page.
pub fn login(at: &PageAt) -> Drawn {
    Drawn { title: "Log in".to_owned(), html: html(login::page(&from_search(&at.search))) }
}

fn no_page() -> Fault {
    Fault::not_found("There is no page at this address.")
}

/// Views leave it between texts for a browser that takes them over; none does so here.
const MARK: &str = "<!>";

fn html(view: AnyView) -> String {
    let marked = view.to_html();
    let mut html = String::with_capacity(marked.len());
    let mut rest = 0;
    for mark in memchr::memmem::find_iter(marked.as_bytes(), MARK) {
        html.push_str(&marked[rest..mark]);
        rest = mark + MARK.len();
    }
    html.push_str(&marked[rest..]);
    html
}
