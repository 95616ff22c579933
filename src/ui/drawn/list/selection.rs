//! Ticking rows, and what can be done with those that are ticked. The checkboxes are the state; the
//! browser counts them and swaps the toolbar for the bulk bar (`ui::live`).

use leptos::prelude::*;

use super::Address;
use crate::ui::{
    components::{Icon, IconName},
    drawn::parts::hidden,
    live::selection::{ALL, BAR, COUNT, NAME},
    routes::delete_href,
};

/// The form that the rows' checkboxes belong to.
const FORM: &str = "list-selection";

/// The checkbox in the table's head. Without JavaScript it could do nothing, so it isn't there.
pub fn select_all() -> AnyView {
    view! {
        <input
            type="checkbox"
            class="check js-only"
            id=ALL
            name="all"
            autocomplete="off"
            aria-label="Select all rows on this page"
        />
    }
    .into_any()
}

/// The checkbox of a row.
pub fn select_row(pkid: &str, label: &str) -> AnyView {
    view! {
        <input
            type="checkbox"
            class="check"
            name=NAME
            value=pkid.to_owned()
            form=FORM
            autocomplete="off"
            aria-label=format!("Select {label}")
        />
    }
    .into_any()
}

/// What stands in place of search and filters while rows are ticked.
pub fn bulk_bar() -> AnyView {
    view! {
        <div id=BAR class="bulk-bar" hidden>
            <strong id=COUNT></strong>
            <button class="btn btn-danger" form=FORM>
                <Icon name=IconName::Trash/>
                "Delete selected…"
            </button>
            <button type="button" class="btn btn-quiet" data-clear-selection="">
                "Clear selection"
            </button>
        </div>
    }
    .into_any()
}

/// The form itself. Its button shows where there is no JavaScript to show the bulk bar.
pub fn selection_form(model_type: &str, address: &Address) -> AnyView {
    view! {
        <form id=FORM class="list-selection nojs" method="get" action=delete_href(model_type)>
            {hidden(&address.asked.to_pairs())}
            <button class="btn btn-danger">
                <Icon name=IconName::Trash/>
                "Delete selected…"
            </button>
        </form>
    }
    .into_any()
}
