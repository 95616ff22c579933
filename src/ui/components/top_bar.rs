//! The bar across the top: the mark, where the user is, and what belongs to the user.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    breadcrumb::Breadcrumb,
    icon::{Icon, IconName, Mark},
};
use crate::{
    fault::Fault,
    server_fns::{
        Answer, Ask,
        views::{Frame, Place, PlacePart},
    },
    ui::{
        navigation::use_hierarchy,
        reading::reading,
        routes::{HIERARCHY_NODE, at_node, detail_href},
        theme::AppearanceMenu,
    },
};

/// The id of the side bar, which the bar's first button opens as a drawer on narrow screens.
pub const DRAWER: &str = "side-bar";

#[component]
pub fn TopBar(frame: Frame) -> impl IntoView {
    let hierarchy = use_hierarchy();
    // A node that can't be seen leaves the user's own as the way out; the page below says why.
    let home = frame.home.clone();
    let crumbs = move |answer: Result<Answer, Fault>, _| {
        let place = answer.and_then(|answer| answer.open()).unwrap_or_else(|_| Place {
            parts: vec![PlacePart { node: home.clone(), siblings: Vec::new() }],
            children: Vec::new(),
        });
        view! { <Breadcrumb place/> }.into_any()
    };
    let place = move || Some(Ask::Place { hierarchy: hierarchy.get() });
    let crumbs = reading(place, RwSignal::new(false), Arc::new(crumbs));
    let demo = frame.demo.then(|| {
        view! {
            <span class="badge is-warning demo-badge" title="Sample data">
                <Icon name=IconName::Info/>
                "Demo"
            </span>
        }
    });
    view! {
        <button
            type="button"
            class="icon-btn drawer-btn"
            popovertarget=DRAWER
            aria-label="Menu"
            title="Menu"
        >
            <Icon name=IconName::Menu/>
        </button>
        <a
            class="brand"
            href=move || at_node("/", hierarchy.get().as_deref())
            aria-label="Tenantry, dashboard"
        >
            <Mark/>
            <span class="brand-name">"Tenantry"</span>
        </a>
        {crumbs}
        <div class="top-bar-end">
            {demo}
            <AppearanceMenu/>
            <UserMenu frame/>
        </div>
    }
}

#[component]
fn UserMenu(frame: Frame) -> impl IntoView {
    let initial = frame.username.chars().next().map(|c| c.to_uppercase().to_string());
    let label = format!("Account of {}", frame.username);
    view! {
        <details class="menu">
            <summary class="icon-btn user-btn" aria-label=label.clone() title=label>
                <span class="avatar" aria-hidden="true">{initial}</span>
            </summary>
            <div class="menu-panel is-end">
                <div class="menu-head">
                    <strong>{frame.username}</strong>
                    <span class="muted">
                        "at "
                        <a href=detail_href(HIERARCHY_NODE, &frame.home.pkid)>{frame.home.path}</a>
                    </span>
                </div>
                <form method="post" action="/logout">
                    <button type="submit" class="menu-item">
                        <Icon name=IconName::LogOut/>
                        <span>"Log out"</span>
                    </button>
                </form>
                <p class="menu-foot">"Tenantry " {frame.version}</p>
            </div>
        </details>
    }
}
