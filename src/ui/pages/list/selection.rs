//! Which rows are ticked. The checkboxes themselves are the state; this only counts them, ticks
//! ranges, and swaps the toolbar for the bulk bar.

use leptos::{ev, prelude::*, web_sys};

use super::{Address, List, toolbar::hidden};
use crate::ui::{
    components::{Icon, IconName, dom, value::counted},
    routes::{delete_href, with_query},
};

/// The form that the rows' checkboxes belong to.
pub const FORM: &str = "list-selection";
/// The name of the rows' checkboxes, which is the parameter of the delete page.
pub const NAME: &str = "pkid";
/// The checkbox for all rows of the page.
const ALL: &str = "list-select-all";

#[derive(Clone, Copy)]
pub struct Selection {
    count: RwSignal<usize>,
    /// The row that was clicked last: where a range that Shift+click ends begins.
    last: StoredValue<Option<usize>>,
    drawn: StoredValue<bool>,
}

impl Selection {
    pub fn new() -> Self {
        let selection = Self {
            count: RwSignal::new(0),
            last: StoredValue::new(None),
            drawn: StoredValue::new(false),
        };
        // What was ticked before the page was taken over counts.
        Effect::new(move |_| selection.recount());
        selection
    }

    pub fn is_empty(self) -> bool {
        self.count.get() == 0
    }

    /// Other rows come: those that are ticked now must not stay so in their place.
    pub fn rows_change(self) {
        if self.drawn.get_value() {
            self.clear();
        }
        self.drawn.set_value(true);
    }

    pub fn clear(self) {
        for checkbox in dom::checkboxes(NAME) {
            checkbox.set_checked(false);
        }
        self.recount();
    }

    /// A click somewhere in the table.
    pub fn clicked(self, event: &ev::MouseEvent) {
        let Some((name, id)) = dom::control(event) else { return };
        if id == ALL {
            let checked = event_target_checked(event);
            for checkbox in dom::checkboxes(NAME) {
                checkbox.set_checked(checked);
            }
        } else if name == NAME {
            self.ticked(event);
        } else {
            return;
        }
        self.recount();
    }

    fn ticked(self, event: &ev::MouseEvent) {
        let boxes = dom::checkboxes(NAME);
        let target: web_sys::HtmlInputElement = event_target(event);
        let Some(here) = boxes.iter().position(|b| *b == target) else { return };
        if let Some(last) = self.last.get_value().filter(|_| event.shift_key()) {
            for checkbox in boxes.get(last.min(here)..=last.max(here)).unwrap_or_default() {
                checkbox.set_checked(target.checked());
            }
        }
        self.last.set_value(Some(here));
    }

    fn recount(self) {
        let boxes = dom::checkboxes(NAME);
        let ticked = boxes.iter().filter(|b| b.checked()).count();
        if self.count.get_untracked() != ticked {
            self.count.set(ticked);
        }
        if ticked == 0 {
            self.last.set_value(None);
        }
        dom::set_checked(
            ALL,
            ticked > 0 && ticked == boxes.len(),
            ticked > 0 && ticked < boxes.len(),
        );
    }
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
pub fn bulk_bar(list: List) -> AnyView {
    let selection = list.selection;
    let words = move || counted(selection.count.get() as u64, "row selected", "rows selected");
    view! {
        <div class="bulk-bar" hidden=move || selection.is_empty()>
            <strong>{words}</strong>
            <button class="btn btn-danger" form=FORM>
                <Icon name=IconName::Trash/>
                "Delete selected…"
            </button>
            <button type="button" class="btn btn-quiet" on:click=move |_| selection.clear()>
                "Clear selection"
            </button>
        </div>
        <p class="sr-only" role="status">
            {move || if selection.is_empty() { String::new() } else { words() }}
        </p>
    }
    .into_any()
}

/// The form itself. Its button shows where there is no JavaScript to show the bulk bar.
pub fn selection_form(model_type: &str, address: &Address, list: List) -> AnyView {
    let path = delete_href(model_type);
    let action = path.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        list.go.run((with_query(&path, &dom::form_pairs(FORM)), false));
    };
    view! {
        <form id=FORM class="list-selection nojs" method="get" action=action on:submit=submit>
            {hidden(&address.asked.to_pairs())}
            <button class="btn btn-danger">
                <Icon name=IconName::Trash/>
                "Delete selected…"
            </button>
        </form>
    }
    .into_any()
}
