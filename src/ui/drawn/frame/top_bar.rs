//! The bar across the top: the mark, where the user is, and what belongs to the user.

use leptos::prelude::*;

use super::{Here, breadcrumb::breadcrumb, lately};
use crate::{
    domain::shown::{Frame, Lately, Place},
    ui::{
        components::{Icon, IconName, icon::Mark},
        drawn::{account::ACCOUNT, help, reference},
        routes::{HIERARCHY_NODE, ModelPath, at_node, detail_href},
        theme::appearance_menu,
    },
};

/// The id of the side bar, which the bar's first button opens as a drawer on narrow screens.
pub const DRAWER: &str = "side-bar";

pub fn top_bar(frame: &Frame, place: Place, lately: &Lately, here: &Here<'_>) -> AnyView {
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
        <a class="brand" href=at_node("/", here.node) aria-label="Tenantry, dashboard">
            <Mark/>
            <span class="brand-name">"Tenantry"</span>
        </a>
        {breadcrumb(place, here)}
        <div class="top-bar-end">
            {demo}
            {lately::menu(lately, here)}
            {help_link(frame, here)}
            {appearance_menu(&here.address())}
            {user_menu(frame)}
        </div>
    }
    .into_any()
}

/// The help of the model whose page this is; elsewhere the description of the API.
fn help_link(frame: &Frame, here: &Here<'_>) -> AnyView {
    let path = ModelPath::of_location(here.path);
    let model = path.and_then(|path| frame.models.iter().find(|m| m.model_type == path.model_type));
    let (href, about) = match model {
        Some(model) => (help::href(&model.model_type, here.node), model.title_plural.as_str()),
        None => (reference::PATH.to_owned(), "the API"),
    };
    let label = format!("Help: {about}");
    view! {
        <a class="icon-btn help-btn" href=href rel="external" aria-label=label.clone() title=label>
            <span aria-hidden="true">"?"</span>
        </a>
    }
    .into_any()
}

fn user_menu(frame: &Frame) -> AnyView {
    let initial = frame.username.chars().next().map(|c| c.to_uppercase().to_string());
    let label = format!("Account of {}", frame.username);
    let home = detail_href(HIERARCHY_NODE, &frame.home.pkid);
    view! {
        <details class="menu">
            <summary class="icon-btn user-btn" aria-label=label.clone() title=label>
                <span class="avatar" aria-hidden="true">{initial}</span>
            </summary>
            <div class="menu-panel is-end">
                <div class="menu-head">
                    <strong>{frame.username.clone()}</strong>
                    <span class="muted">
                        "at " <a href=home>{frame.home.path.clone()}</a>
                    </span>
                </div>
                <a class="menu-item" href=ACCOUNT>
                    <Icon name=IconName::User/>
                    <span>"Your account"</span>
                </a>
                <form method="post" action="/logout">
                    <button type="submit" class="menu-item">
                        <Icon name=IconName::LogOut/>
                        <span>"Log out"</span>
                    </button>
                </form>
                <p class="menu-foot">"Tenantry " {frame.version.clone()}</p>
            </div>
        </details>
    }
    .into_any()
}
