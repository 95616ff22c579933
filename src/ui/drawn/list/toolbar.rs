//! The row above the table: search, the filters in force, adding one, and how far down the list
//! reaches. Each control is a link or a GET form that carries the rest of the list's state.

use leptos::prelude::*;

use super::{
    Address,
    address::{filterable, is_filterable},
    columns,
    selection::bulk_bar,
    views,
};
use crate::{
    domain::shown::ListPage,
    list_query::{Condition, Filter, ListQuery, Traversal},
    model::{Choice, Format, Kind, Model, Property},
    ui::{
        components::{Icon, IconName, value::text_in_words},
        drawn::parts::hidden,
        live::selection::TOOLBAR,
    },
};

const ADD_FILTER: &str = "list-add-filter";

/// `draft` is the attribute that is chosen for one more filter.
pub fn toolbar(page: &ListPage, address: &Address, draft: Option<&str>) -> AnyView {
    view! {
        <div id=TOOLBAR class="toolbar">
            {search(&page.model, address)}
            {add_filter(&page.model, address, draft)}
            {chips(&page.model, address)}
            {reach(page, address)}
            {columns::menu(page, address)}
            {views::menu(page, address)}
        </div>
        {bulk_bar(page)}
    }
    .into_any()
}

fn search(model: &Model, address: &Address) -> AnyView {
    let kept = address.kept(|query| query.search = None);
    let label = format!("Search {}", model.title_plural);
    view! {
        <form
            id="list-search"
            class="list-search"
            role="search"
            aria-label=label.clone()
            method="get"
            action=address.path.clone()
        >
            {hidden(&kept)}
            <Icon name=IconName::Search/>
            <input
                type="search"
                id="list-search-text"
                class="input"
                name="search"
                placeholder="Search"
                autocomplete="off"
                aria-label=label.clone()
                value=address.asked.search.clone()
                data-live=""
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
                    href=address.at_start(|query| query.traversal = traversal)
                    data-noscroll=""
                    aria-current=current.then_some("true")
                >
                    {label}
                </a>
            </li>
        }
    };
    let whole = if page.model.inherited { "All that hold here" } else { "This node and below" };
    view! {
        <ul class="segmented list-reach" aria-label="Nodes the list covers">
            {option(Traversal::Down, whole)}
            {option(Traversal::Local, "This node only")}
        </ul>
    }
    .into_any()
}

/// One more filter, on any attribute of the model; `draft` is the one that is chosen for it.
fn add_filter(model: &Model, address: &Address, draft: Option<&str>) -> AnyView {
    let fields = filterable(model);
    let first = fields.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    let chosen = draft.filter(|name| is_filterable(model, name)).unwrap_or(first).to_owned();
    let options: Vec<AnyView> = fields
        .into_iter()
        .map(|(name, title)| {
            let selected = name == chosen;
            view! { <option value=name selected=selected>{title}</option> }.into_any()
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="btn">
                <Icon name=IconName::Filter/>
                "Add filter"
            </summary>
            <div class="menu-panel">
                <form
                    id=ADD_FILTER
                    class="stack filter-form"
                    method="get"
                    action=address.path.clone()
                >
                    {hidden(&address.kept(|_| {}))}
                    <div class="field">
                        <label class="field-label" for="list-add-filter-field">"Attribute"</label>
                        <select
                            id="list-add-filter-field"
                            class="input"
                            name="filter_field"
                            autocomplete="off"
                            data-redraw="filter_draft"
                        >
                            {options}
                        </select>
                    </div>
                    {controls(ADD_FILTER, model.root.property(&chosen), None)}
                    {case_of_new(&address.asked)}
                    <button class="btn btn-primary">"Add filter"</button>
                </form>
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
pub fn column_filter(model: &Model, attr: &str, address: &Address) -> AnyView {
    let id = column_filter_id(attr);
    let title = model.attr_title(attr).to_owned();
    let current = address.filter_on(attr).cloned();
    let kept = address.kept(|query| query.filters.retain(|f| f.field != attr));
    let without = current.is_some().then(|| {
        let href = address.at_start(|query| query.filters.retain(|f| f.field != attr));
        view! { <a class="btn btn-quiet" href=href data-noscroll="">"Remove"</a> }
    });
    let mut others = address.asked.clone();
    others.filters.retain(|f| f.field != attr);
    let heading = format!("Filter by {title}");
    let shown = heading.clone();
    view! {
        <div id=id.clone() popover="auto" class="popover" role="dialog" aria-label=heading.clone()>
            <p class="popover-title">{shown}</p>
            <form
                id=format!("{id}-form")
                class="stack filter-form"
                method="get"
                action=address.path.clone()
            >
                {hidden(&kept)}
                <input type="hidden" name="filter_field" value=attr.to_owned()/>
                {controls(&id, model.root.property(attr), current.as_ref())}
                {case_of_new(&others)}
                <p class="cluster">
                    <button class="btn btn-primary">"Apply"</button>
                    {without}
                </p>
            </form>
        </div>
    }
    .into_any()
}

/// Condition and value, by the type of the attribute.
fn controls(id: &str, property: Option<&Property>, current: Option<&Filter>) -> AnyView {
    let (condition_id, text_id) = (format!("{id}-condition"), format!("{id}-text"));
    let choices = choices(property);
    let is_time = property.is_some_and(|property| property.format == Some(Format::DateTime));
    let conditions: Vec<Condition> = if choices.is_some() {
        vec![Condition::Equals, Condition::NotEqual]
    } else {
        // Of times these are asked for first.
        let others = Condition::ALL.into_iter().filter(|one| !Condition::OF_TIMES.contains(one));
        let of_times = Condition::OF_TIMES.into_iter().filter(|_| is_time);
        of_times.chain(others).collect()
    };
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
                placeholder=is_time.then_some("2026-03-31")
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
