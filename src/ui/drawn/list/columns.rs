//! The columns of the list: which, and in which order. Each choice is another address of the same
//! list, so it shows at once, can be shared, and is undone by Back; it can be kept for next time.

use leptos::prelude::*;

use super::{Address, address::filterable};
use crate::{
    domain::shown::ListPage,
    ui::{
        components::{Icon, IconName},
        drawn::parts::hidden,
    },
};

/// The id of the form whose checkboxes are the columns.
const FORM: &str = "list-columns";

pub fn menu(page: &ListPage, address: &Address) -> AnyView {
    view! {
        <details class="menu">
            <summary class="btn">
                <Icon name=IconName::Columns/>
                "Columns"
            </summary>
            <div class="menu-panel is-end columns-menu">
                <form id=FORM method="get" action=address.path.clone()>
                    {hidden(&address.kept(|query| query.columns.clear()))}
                    <ul class="column-choices" aria-label="Columns of the list">
                        {shown(page, address)}
                        {others(page)}
                    </ul>
                    <button class="btn nojs">"Show these"</button>
                </form>
                {keep(page, address)}
            </div>
        </details>
    }
    .into_any()
}

/// The columns that are shown, with the ways to move each.
fn shown(page: &ListPage, address: &Address) -> Vec<AnyView> {
    let last = page.columns.len().saturating_sub(1);
    page.columns
        .iter()
        .enumerate()
        .map(|(position, name)| {
            let title = page.model.attr_title(name).to_owned();
            let moved = |to: usize| {
                let mut columns = page.columns.clone();
                columns.swap(position, to);
                address.with(|query| query.columns = columns)
            };
            let up = (position > 0).then(|| step(moved(position - 1), &title, Way::Up));
            let down = (position < last).then(|| step(moved(position + 1), &title, Way::Down));
            view! {
                <li id=format!("column-{name}")>
                    {choice(name, &title, true)}
                    <span class="column-steps">{up} {down}</span>
                </li>
            }
            .into_any()
        })
        .collect()
}

/// What could be shown too.
fn others(page: &ListPage) -> Vec<AnyView> {
    filterable(&page.model)
        .into_iter()
        .filter(|(name, _)| !page.columns.contains(name))
        .map(|(name, title)| {
            view! { <li id=format!("column-{name}")>{choice(&name, &title, false)}</li> }.into_any()
        })
        .collect()
}

fn choice(name: &str, title: &str, checked: bool) -> AnyView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                id=format!("show-{name}")
                name="columns"
                value=name.to_owned()
                checked=checked
                autocomplete="off"
                data-submit=""
            />
            <span>{title.to_owned()}</span>
        </label>
    }
    .into_any()
}

enum Way {
    Up,
    Down,
}

fn step(href: String, title: &str, way: Way) -> AnyView {
    let (icon, label) = match way {
        Way::Up => (IconName::SortUp, format!("Move {title} before the column in front of it")),
        Way::Down => (IconName::SortDown, format!("Move {title} after the next column")),
    };
    view! {
        <a class="icon-btn" href=href data-noscroll="" aria-label=label.clone() title=label>
            <Icon name=icon/>
        </a>
    }
    .into_any()
}

/// Keeps the columns as they are for the next time, or goes back to the model's own.
fn keep(page: &ListPage, address: &Address) -> AnyView {
    let columns = page.columns.join(",");
    view! {
        <form method="post" action=address.with(|_| {}) class="cluster menu-foot">
            <input type="hidden" name="columns" value=columns/>
            <button class="btn" name="_submit" value="columns_keep">"Keep for me"</button>
            <button class="btn btn-quiet" name="_submit" value="columns_reset">
                "Back to standard"
            </button>
        </form>
    }
    .into_any()
}
