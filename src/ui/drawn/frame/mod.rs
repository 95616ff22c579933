//! The frame around every page, drawn anew for each address: top bar and side bar.

mod breadcrumb;
mod lately;
mod side_bar;
mod top_bar;

use leptos::prelude::*;

pub use side_bar::section_order;

use super::{Visit, html};
use crate::{
    domain::{
        console, places,
        shown::{Place, PlacePart},
    },
    fault::Fault,
    server_fns::context::provider_name,
    ui::{
        components::session_dialog::ELSEWHERE,
        routes::{elsewhere, with_search},
    },
};

/// The page that the frame is around, as its links need it.
struct Here<'a> {
    path: &'a str,
    search: String,
    /// The chosen node, which every link keeps.
    node: Option<&'a str>,
}

impl Here<'_> {
    /// The same look at another node.
    fn at(&self, hierarchy: &str) -> String {
        elsewhere(self.path, &self.search, hierarchy)
    }

    fn address(&self) -> String {
        with_search(self.path, &self.search)
    }
}

pub async fn frame(visit: &Visit<'_>) -> Result<AnyView, Fault> {
    let frame = console::frame(visit.app, visit.caller);
    let place = places::place(visit.app, visit.caller, visit.node()).await;
    // A node that can't be seen leaves the user's own as the way out; the page below says why.
    let place = place.unwrap_or_else(|_| Place {
        parts: vec![PlacePart { node: frame.home.clone(), siblings: Vec::new() }],
        children: Vec::new(),
    });
    let lately = console::lately(visit.app, visit.caller).await.unwrap_or_default();
    let here = Here { path: visit.path, search: visit.search(), node: visit.node() };
    Ok(view! {
        <header class="top-bar">{top_bar::top_bar(&frame, place, &lately, &here)}</header>
        {log_in_elsewhere()}
        {side_bar::side_bar(frame, &here)}
    }
    .into_any())
}

/// What the dialog that asks for the password again offers beside it, where people may log in at an
/// `OpenID` provider. In a tab of its own: the page with the form stays.
fn log_in_elsewhere() -> Option<AnyView> {
    let name = provider_name()?;
    let offer = view! {
        <p class="field-help">
            {format!("Or log in with {name}, which opens in a new tab, then come back here.")}
        </p>
        <div class="cluster">
            <a class="btn" href="/login/openid" target="_blank" rel="external noopener">
                {format!("Log in with {name}")}
            </a>
            <button class="btn" name=ELSEWHERE formnovalidate>"Go on"</button>
        </div>
    };
    Some(view! { <div hidden data-elsewhere=html(offer.into_any())></div> }.into_any())
}
