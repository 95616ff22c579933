//! The list as a file: a menu of formats. Each is a plain post that the server answers with the file.

use leptos::prelude::*;

use super::Address;
use crate::{
    domain::shown::ListPage,
    model::Operation,
    ui::{
        components::{Icon, IconName, value::grouped},
        drawn::{TOTAL, parts::hidden},
        routes::{Deed, many_href},
    },
};

/// The name of the API's parameter, too.
pub const FORMAT: &str = "export_format";

/// Value, name, and what it is good for.
pub const FORMATS: [(&str, &str, &str); 4] = [
    ("xlsx", "Excel", "laid out for people; can be loaded again"),
    ("raw_xlsx", "Excel, raw", "one column for each attribute, by its key"),
    ("csv", "CSV", "the raw table as text"),
    ("json", "JSON", "whole instances, in a zip"),
];

/// Buttons that post the form `form` to `action` for one format each.
pub fn formats(form: &'static str, action: &str) -> AnyView {
    let buttons: Vec<AnyView> = FORMATS
        .into_iter()
        .map(|(value, name, about)| {
            view! {
                <button
                    class="menu-item"
                    form=form
                    formaction=action.to_owned()
                    formmethod="post"
                    name=FORMAT
                    value=value
                >
                    <span class="menu-item-name">
                        {name}
                        <small class="muted">{about}</small>
                    </span>
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <p class="menu-title">"Download as"</p>
        {buttons}
    }
    .into_any()
}

/// The menu for the whole list, as it is filtered.
pub fn export_menu(page: &ListPage, address: &Address) -> Option<AnyView> {
    const FORM: &str = "list-export";
    if page.total == 0 || !page.model.offers(Operation::Export) {
        return None;
    }
    let mut pairs = address.asked.to_pairs();
    pairs.push((TOTAL.to_owned(), page.total.to_string()));
    let action = many_href(&page.model.model_type, Deed::Export);
    let all = format!("All {} of this list", grouped(page.total));
    Some(
        view! {
            <form id=FORM method="post" action=action.clone()>{hidden(&pairs)}</form>
            <details class="menu">
                <summary class="btn" title=all>
                    <Icon name=IconName::Download/>
                    "Export"
                    <Icon name=IconName::ChevronDown/>
                </summary>
                <div class="menu-panel is-end">{formats(FORM, &action)}</div>
            </details>
        }
        .into_any(),
    )
}
