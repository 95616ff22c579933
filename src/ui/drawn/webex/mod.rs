//! Webex customers: how each is connected, what was synced of it, and what became of an
//! authorisation that didn't succeed.

mod address;
mod card;
mod connection;
mod licences;
mod overview;
mod panel;
mod refused;
mod state;
mod users;

use leptos::prelude::*;

pub use address::{WEBEX, WebexPath, WebexView};
pub use card::{KEEP, counts_in_words};
pub(super) use overview::page as overview;
pub(super) use panel::panel;
pub(super) use refused::page as refused_page;
pub use refused::{CUSTOMER, OAUTH};
pub use state::state;

use super::{Page, Visit, parts::heading};
use crate::{
    domain::webex::view::Customer,
    fault::Fault,
    server_fns::context::Request,
    ui::{components::NodeTypeBadge, pages::form::back_link, routes::at_node},
};

/// A page of one customer.
pub(super) async fn page(visit: &Visit<'_>, path: &WebexPath) -> Page {
    match path.view {
        WebexView::Connection => connection::page(visit, &path.pkid).await,
        WebexView::Licences => licences::page(visit, &path.pkid).await,
        WebexView::Users => users::page(visit, &path.pkid).await,
    }
}

/// What stands above the form of a customer: its connection, as HTML.
pub async fn above_form(
    request: &Request,
    pkid: &str,
    node: Option<&str>,
) -> Result<String, Fault> {
    card::card(&request.app, &request.caller, pkid, node).await.map(super::html)
}

/// The head of a customer's pages, and the way between them.
fn head(visit: &Visit<'_>, customer: &Customer, here: WebexView, title: &str) -> AnyView {
    let to = |view| at_node(&WebexPath::new(&customer.pkid, view).href(), visit.node());
    let pages = [
        (WebexView::Connection, "Connection"),
        (WebexView::Licences, "Licences"),
        (WebexView::Users, "Users"),
    ];
    let links: Vec<AnyView> = pages
        .into_iter()
        .map(|(view, title)| {
            let current = (view == here).then_some("page");
            view! { <li><a href=to(view) aria-current=current>{title}</a></li> }.into_any()
        })
        .collect();
    let node = &customer.node;
    view! {
        {back_link(address::customer_href(&customer.pkid, visit.node()), &customer.name)}
        <div class="page-head">
            <div>
                {heading(title.to_owned())}
                <p class="page-sub">
                    <a href=crate::ui::routes::hierarchy_href(&node.path)>{node.path.clone()}</a>
                    <NodeTypeBadge node_type=node.node_type/>
                </p>
            </div>
        </div>
        <nav aria-label="Webex pages of this customer">
            <ul class="tabs">{links}</ul>
        </nav>
    }
    .into_any()
}
