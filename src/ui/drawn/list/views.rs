//! The saved views of the list: the caller's own and those shared with it, as links; and the form
//! that saves the list as it is.

use leptos::prelude::*;

use super::Address;
use crate::{
    domain::shown::ListPage,
    list_query::ListQuery,
    store::SavedView,
    ui::{
        components::{Icon, IconName},
        routes::{from_search, with_search},
    },
};

pub fn menu(page: &ListPage, address: &Address) -> AnyView {
    let views: Vec<AnyView> = page.views.iter().map(|view| line(page, view, address)).collect();
    let none = views
        .is_empty()
        .then(|| view! { <p class="muted menu-note">"No views are saved for this list yet."</p> });
    let current = page.views.iter().find(|view| is_current(view, address));
    let label = current.map_or_else(|| "Views".to_owned(), |view| view.name.clone());
    view! {
        <details class="menu">
            <summary class="btn">
                <Icon name=IconName::Bookmark/>
                <span class="menu-label">{label}</span>
            </summary>
            <div class="menu-panel is-end views-menu">
                {none}
                <ul class="view-choices" aria-label="Saved views">{views}</ul>
                {save(current, address)}
            </div>
        </details>
    }
    .into_any()
}

fn is_current(view: &SavedView, address: &Address) -> bool {
    let saved = ListQuery::parse(&from_search(&view.query)).ok();
    let here = ListQuery { skip: 0, ..address.asked.clone() };
    saved.is_some_and(|saved| saved == here)
}

fn line(page: &ListPage, saved: &SavedView, address: &Address) -> AnyView {
    let own = saved.account_id == page.account_id;
    let current = is_current(saved, address);
    let note = match (own, saved.shared) {
        (true, true) => "shared".to_owned(),
        (true, false) => "only you".to_owned(),
        (false, _) => format!("shared by {}", saved.username),
    };
    let delete = own.then(|| {
        let label = format!("Delete the view {}", saved.name);
        view! {
            <form method="post" action=address.with(|_| {})>
                <input type="hidden" name="view" value=saved.pkid.clone()/>
                <button
                    class="icon-btn"
                    name="_submit"
                    value="view_delete"
                    aria-label=label.clone()
                    title=label
                >
                    <Icon name=IconName::Trash/>
                </button>
            </form>
        }
    });
    view! {
        <li id=format!("view-{}", saved.pkid)>
            <a
                class="view-link"
                href=with_search(&address.path, &saved.query)
                aria-current=current.then_some("true")
            >
                <span>{saved.name.clone()}</span>
                " "
                <span class="muted">{note}</span>
            </a>
            {delete}
        </li>
    }
    .into_any()
}

fn save(current: Option<&SavedView>, address: &Address) -> AnyView {
    let name = current.map(|view| view.name.clone()).unwrap_or_default();
    view! {
        <form method="post" action=address.with(|_| {}) class="stack menu-foot">
            <div class="field">
                <label class="field-label" for="view-name">"Save this list as"</label>
                <input
                    type="text"
                    class="input"
                    id="view-name"
                    name="name"
                    maxlength="80"
                    required=true
                    autocomplete="off"
                    value=name
                />
            </div>
            <label class="check">
                <input type="checkbox" name="shared" value="true" autocomplete="off"/>
                <span>"Share with everyone who sees my node"</span>
            </label>
            <button class="btn" name="_submit" value="view_save">"Save view"</button>
        </form>
    }
    .into_any()
}
