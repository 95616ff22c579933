//! The row above the table: search, the filters in force, adding one, and how far down the list
//! reaches. Each control is a link or a GET form that carries the rest of the list's state.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};

use super::{Address, List, address::filterable, selection::bulk_bar};
use crate::{
    list_query::{Condition, Filter, ListQuery, Traversal},
    model::{Choice, Kind, Model, Property},
    server_fns::views::ListPage,
    ui::{
        browser,
        components::{Icon, IconName, dom, value::text_in_words},
        routes::with_query,
    },
};

const SEARCH_FORM: &str = "list-search";
const SEARCH_TEXT: &str = "list-search-text";
const ADD_FILTER: &str = "list-add-filter";

/// How long typing must rest before the list is fetched.
const TYPING_RESTS: Duration = Duration::from_millis(300);

impl List {
    /// Goes where the GET form leads.
    pub fn submit(self, form: &str) {
        let mut pairs = dom::form_pairs(form);
        pairs.retain(|(name, value)| name != "search" || !value.trim().is_empty());
        self.go.run((with_query(&self.address.read_untracked().path, &pairs), false));
        // What was typed is in the URL now, and the form shows what the URL says from here on.
        dom::reset_form(form);
    }
}

/// The search box, which follows the URL as the URL follows it.
#[derive(Clone, Copy)]
pub struct SearchBox {
    timer: StoredValue<Option<TimeoutHandle>>,
    /// What the URL was last set to from here.
    sent: StoredValue<String>,
}

impl SearchBox {
    pub fn follow(address: Memo<Address>) -> Self {
        let in_address = move || address.with(|a| a.asked.search.clone().unwrap_or_default());
        let search =
            Self { timer: StoredValue::new(None), sent: StoredValue::new(untrack(in_address)) };
        // Back, or a link that takes the search away. What the box itself has sent must not be
        // written into it: more may have been typed by then.
        Effect::new(move |_| {
            let now = in_address();
            if search.sent.with_value(|sent| *sent != now) {
                dom::set_input_value(SEARCH_TEXT, &now);
                search.sent.set_value(now);
            }
        });
        search
    }

    fn typed(self, list: List) {
        self.stop();
        self.timer.set_value(set_timeout_with_handle(move || self.send(list), TYPING_RESTS).ok());
    }

    fn stop(self) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
    }

    fn send(self, list: List) {
        self.stop();
        let Some(text) = dom::input_value(SEARCH_TEXT) else { return };
        let text = text.trim().to_owned();
        if self.sent.with_value(|sent| *sent == text) {
            return;
        }
        self.sent.set_value(text.clone());
        let href = list
            .address
            .read_untracked()
            .from_start(|query| query.search = (!text.is_empty()).then_some(text));
        list.go.run((href, true));
    }
}

pub fn toolbar(page: &ListPage, address: &Address, list: List) -> AnyView {
    view! {
        <div class="toolbar" hidden=move || !list.selection.is_empty()>
            {search(&page.model, address, list)}
            {add_filter(&page.model, address, list)}
            {chips(&page.model, address)}
            {reach(page, address)}
        </div>
        {bulk_bar(list)}
    }
    .into_any()
}

fn search(model: &Model, address: &Address, list: List) -> AnyView {
    let kept = address.kept(|query| query.search = None);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        list.search.send(list);
    };
    let label = format!("Search {}", model.title_plural);
    view! {
        <form
            id=SEARCH_FORM
            class="list-search"
            role="search"
            aria-label=label.clone()
            method="get"
            action=address.path.clone()
            on:submit=submit
        >
            {hidden(&kept)}
            <Icon name=IconName::Search/>
            <input
                type="search"
                id=SEARCH_TEXT
                class="input"
                name="search"
                placeholder="Search"
                autocomplete="off"
                aria-label=label.clone()
                value=address.asked.search.clone()
                on:input=move |_| list.search.typed(list)
            />
            <button class="btn nojs">"Search"</button>
        </form>
    }
    .into_any()
}

/// The filters in force, each with the link that takes it away.
fn chips(model: &Model, address: &Address) -> Option<AnyView> {
    if !address.is_filtered() {
        return None;
    }
    let chips: Vec<AnyView> = address
        .asked
        .filters
        .iter()
        .enumerate()
        .map(|(position, filter)| {
            let words = filter_in_words(model, filter);
            view! {
                <li class="chip">
                    <span>{words.clone()}</span>
                    <a
                        class="chip-remove"
                        href=address.without_filter(position)
                        data-noscroll=""
                        aria-label=format!("Remove the filter: {words}")
                        title="Remove"
                    >
                        <Icon name=IconName::Cross/>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    Some(
        view! {
            <ul class="chips" aria-label="Filters in force">{chips}</ul>
            <a class="btn btn-quiet" href=address.unfiltered() data-noscroll="">
                "Clear all"
            </a>
        }
        .into_any(),
    )
}

fn filter_in_words(model: &Model, filter: &Filter) -> String {
    let value = text_in_words(model.root.property(&filter.field), &filter.text);
    let case = if filter.ignore_case { "" } else { " (exact case)" };
    format!("{} {} {value}{case}", model.attr_title(&filter.field), filter.condition.words())
}

/// This node and below, or this node only.
fn reach(page: &ListPage, address: &Address) -> AnyView {
    let option = |traversal: Traversal, label: &'static str| {
        let current = page.query.traversal == traversal;
        view! {
            <li>
                <a
                    href=address.from_start(|query| query.traversal = traversal)
                    data-noscroll=""
                    aria-current=current.then_some("true")
                >
                    {label}
                </a>
            </li>
        }
    };
    view! {
        <ul class="segmented list-reach" aria-label="Nodes the list covers">
            {option(Traversal::Down, "This node and below")}
            {option(Traversal::Local, "This node only")}
        </ul>
    }
    .into_any()
}

/// One more filter, on any attribute of the model.
fn add_filter(model: &Model, address: &Address, list: List) -> AnyView {
    let fields = filterable(model);
    let first = fields.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let options: Vec<AnyView> = fields
        .into_iter()
        .map(|(name, title)| view! { <option value=name>{title}</option> }.into_any())
        .collect();
    let field = RwSignal::new(first);
    let model = StoredValue::new(model.clone());
    let controls = move || {
        let field = field.get();
        model.with_value(|model| controls(ADD_FILTER, model.root.property(&field), None))
    };
    let kept = address.kept(|_| {});
    let form = view! {
        {hidden(&kept)}
        <div class="field">
            <label class="field-label" for="list-add-filter-field">"Attribute"</label>
            <select
                id="list-add-filter-field"
                class="input"
                name="filter_field"
                autocomplete="off"
                on:change=move |event| field.set(event_target_value(&event))
            >
                {options}
            </select>
        </div>
        {controls}
        {case_of_new(&address.asked)}
        <button class="btn btn-primary">"Add filter"</button>
    };
    view! {
        <details class="menu">
            <summary class="btn">
                <Icon name=IconName::Filter/>
                "Add filter"
            </summary>
            <div class="menu-panel">
                {get_form(ADD_FILTER, "stack filter-form", list, form.into_any())}
            </div>
        </details>
    }
    .into_any()
}

/// The id of a column's filter: attribute names have no spaces, so they can stand in ids.
pub fn column_filter_id(attr: &str) -> String {
    format!("list-filter-{attr}")
}

/// The filter of one column, in a popover that the button in its header opens. It takes the place
/// of the filter that the column has.
pub fn column_filter(model: &Model, attr: &str, address: &Address, list: List) -> AnyView {
    let id = column_filter_id(attr);
    let form_id = format!("{id}-form");
    let title = model.attr_title(attr).to_owned();
    let current = address.filter_on(attr).cloned();
    let kept = address.kept(|query| query.filters.retain(|f| f.field != attr));
    let without = current.is_some().then(|| {
        let href = address.from_start(|query| query.filters.retain(|f| f.field != attr));
        view! { <a class="btn btn-quiet" href=href data-noscroll="">"Remove"</a> }
    });
    let mut others = address.asked.clone();
    others.filters.retain(|f| f.field != attr);
    let form = view! {
        {hidden(&kept)}
        <input type="hidden" name="filter_field" value=attr.to_owned()/>
        {controls(&id, model.root.property(attr), current.as_ref())}
        {case_of_new(&others)}
        <p class="cluster">
            <button class="btn btn-primary">"Apply"</button>
            {without}
        </p>
    };
    let heading = format!("Filter by {title}");
    let (shown, popover) = (heading.clone(), id.clone());
    let close = move |event: ev::MouseEvent| {
        if dom::attribute_near(&event, "href").is_some() {
            dom::hide_popover(&popover);
        }
    };
    view! {
        <div id=id popover="auto" class="popover" role="dialog" aria-label=heading on:click=close>
            <p class="popover-title">{shown}</p>
            {get_form(form_id, "stack filter-form", list, form.into_any())}
        </div>
    }
    .into_any()
}

/// Condition and value, by the type of the attribute.
fn controls(id: &str, property: Option<&Property>, current: Option<&Filter>) -> AnyView {
    let (condition_id, text_id) = (format!("{id}-condition"), format!("{id}-text"));
    let choices = choices(property);
    let conditions: &[Condition] =
        if choices.is_some() { &[Condition::Equals, Condition::NotEqual] } else { &Condition::ALL };
    let conditions: Vec<AnyView> = conditions
        .iter()
        .map(|condition| {
            let chosen = current.is_some_and(|f| f.condition == *condition);
            view! { <option value=condition.as_str() selected=chosen>{condition.words()}</option> }
                .into_any()
        })
        .collect();
    let text = current.map(|f| f.text.clone()).unwrap_or_default();
    let value = match choices {
        Some(choices) => {
            let options: Vec<AnyView> = choices
                .into_iter()
                .map(|choice| {
                    let chosen = choice.value == text;
                    view! { <option value=choice.value selected=chosen>{choice.title}</option> }
                        .into_any()
                })
                .collect();
            view! {
                <select id=text_id.clone() class="input" name="filter_text" autocomplete="off">
                    {options}
                </select>
            }
            .into_any()
        }
        None => view! {
            <input
                type="text"
                id=text_id.clone()
                class="input"
                name="filter_text"
                required
                autocomplete="off"
                value=text
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label class="field-label" for=condition_id.clone()>"Condition"</label>
            <select id=condition_id class="input" name="filter_condition" autocomplete="off">
                {conditions}
            </select>
        </div>
        <div class="field">
            <label class="field-label" for=text_id>"Value"</label>
            {value}
        </div>
    }
    .into_any()
}

/// The values to pick from, where there are only some.
fn choices(property: Option<&Property>) -> Option<Vec<Choice>> {
    let property = property?;
    if property.kind == Kind::Boolean {
        let choice = |value: &str, title: &str| Choice { value: value.into(), title: title.into() };
        return Some(vec![choice("true", "Yes"), choice("false", "No")]);
    }
    (!property.choices.is_empty()).then(|| property.choices.clone())
}

/// Where another filter minds the case, each must say whether it does.
fn case_of_new(others: &ListQuery) -> Option<AnyView> {
    others
        .filters
        .iter()
        .any(|f| !f.ignore_case)
        .then(|| view! { <input type="hidden" name="ignore_case" value="true"/> }.into_any())
}

/// Hidden inputs that carry these pairs.
pub fn hidden(pairs: &[(String, String)]) -> Vec<AnyView> {
    pairs
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone()/> }.into_any()
        })
        .collect()
}

/// A GET form to the list itself. Where the page runs it only changes the URL.
pub fn get_form(
    id: impl Into<String>,
    class: &'static str,
    list: List,
    inside: AnyView,
) -> AnyView {
    let id: String = id.into();
    let sent = id.clone();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        list.submit(&sent);
        dom::hide_popover(sent.trim_end_matches("-form"));
        browser::close_menus();
    };
    let action = list.address.read_untracked().path.clone();
    view! {
        <form id=id class=class method="get" action=action on:submit=submit>
            {inside}
        </form>
    }
    .into_any()
}
