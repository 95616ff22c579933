//! Ticking rows, and what can be done with those that are ticked. The checkboxes are the state; the
//! browser counts them and swaps the toolbar for the bulk bar (`ui::live`). Without it the bar stands
//! below the table.

use leptos::prelude::*;

use super::{Address, export::formats};
use crate::{
    domain::{licences::SERVICE_PACK, shown::ListPage},
    model::Operation,
    ui::{
        components::{Icon, IconName, value::grouped},
        drawn::{TOTAL, parts::hidden},
        live::selection::{ALL, BAR, COUNT, MATCHING, NAME},
        routes::{Deed, USER, many_href},
    },
};

/// The form that the rows' checkboxes belong to.
const FORM: &str = "list-selection";

/// Whether there is anything that rows would be ticked for.
pub fn is_selectable(page: &ListPage) -> bool {
    !page.rows.is_empty() && deeds(page).next().is_some()
}

/// What can be done with many, the page for it and what its button shows.
fn deeds(page: &ListPage) -> impl Iterator<Item = (Deed, IconName, &'static str)> {
    let all = [
        (Operation::Update, Deed::Assign, IconName::Check, "Assign…"),
        (Operation::Get, Deed::Compare, IconName::Columns, "Compare"),
        (Operation::BulkUpdate, Deed::Modify, IconName::Edit, "Modify…"),
        (Operation::Move, Deed::Move, IconName::Move, "Move…"),
        (Operation::Export, Deed::Export, IconName::Download, "Export"),
        (Operation::Remove, Deed::Delete, IconName::Trash, "Delete…"),
    ];
    let model = page.model.clone();
    all.into_iter()
        .filter(move |(operation, deed, ..)| {
            let has_it = match deed {
                Deed::Assign => model.model_type == USER,
                Deed::Compare => model.model_type == SERVICE_PACK,
                _ => true,
            };
            has_it && model.offers(*operation)
        })
        .map(|(_, deed, icon, label)| (deed, icon, label))
}

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
pub fn bulk_bar(page: &ListPage) -> AnyView {
    view! {
        <div id=BAR class="bulk-bar" hidden>
            <strong id=COUNT></strong>
            {matching(page, true)}
            {buttons(page)}
            <button type="button" class="btn btn-quiet" data-clear-selection="">
                "Clear selection"
            </button>
        </div>
    }
    .into_any()
}

/// The choice of all that match instead of those that are ticked.
fn matching(page: &ListPage, live: bool) -> Option<AnyView> {
    if page.total <= page.rows.len() as u64 {
        return None;
    }
    // Only one of the two bars is in use.
    let id = live.then_some(MATCHING);
    let total = page.total;
    Some(
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    id=id
                    name=TOTAL
                    value=total.to_string()
                    form=FORM
                    autocomplete="off"
                />
                <span>{format!("Select all {} that match", grouped(total))}</span>
            </label>
        }
        .into_any(),
    )
}

fn buttons(page: &ListPage) -> Vec<AnyView> {
    let model_type = &page.model.model_type;
    deeds(page)
        .map(|(deed, icon, label)| {
            let action = many_href(model_type, deed);
            if deed == Deed::Export {
                return view! {
                    <details class="menu">
                        <summary class="btn">
                            <Icon name=icon/>
                            {label}
                            <Icon name=IconName::ChevronDown/>
                        </summary>
                        <div class="menu-panel">{formats(FORM, &action)}</div>
                    </details>
                }
                .into_any();
            }
            let class = if deed == Deed::Delete { "btn btn-danger" } else { "btn" };
            view! {
                <button class=class form=FORM formaction=action>
                    <Icon name=icon/>
                    {label}
                </button>
            }
            .into_any()
        })
        .collect()
}

/// The form itself, with the bar for where there is no JavaScript to show the other.
pub fn selection_form(page: &ListPage, address: &Address) -> AnyView {
    let action = many_href(&page.model.model_type, Deed::Delete);
    view! {
        <form id=FORM class="list-selection nojs" method="get" action=action>
            {hidden(&address.asked.to_pairs())}
            <div class="bulk-bar">
                <strong>"With the selected rows:"</strong>
                {matching(page, false)}
                {buttons(page)}
            </div>
        </form>
    }
    .into_any()
}
