//! The table: a head whose cells sort and filter, and a row for each instance.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    Address,
    address::is_filterable,
    selection::{is_selectable, select_all, select_row, selection_form},
    toolbar::{column_filter, column_filter_id},
};
use crate::{
    domain::shown::{ListPage, Row},
    list_query::{Direction, LOCATED_AT},
    model::Model,
    ui::{
        components::{
            Icon, IconName,
            value::{in_cell, not_set, words},
        },
        drawn::{status::StatusBadge, webex},
        routes::{TRANSACTION, detail_href},
    },
};

pub fn table(page: &ListPage, address: &Address) -> AnyView {
    let model = &page.model;
    let selectable = is_selectable(page);
    let order = current_order(page);
    let pick = selectable.then(|| {
        view! {
            <th class="cell-pick" scope="col">
                <span class="sr-only">"Selection"</span>
                {select_all()}
            </th>
        }
    });
    let mut head: Vec<AnyView> =
        page.columns.iter().map(|attr| header(model, attr, order.as_ref(), address)).collect();
    if has_connections(page) {
        head.insert(1, view! { <th scope="col">"Connection"</th> }.into_any());
    }
    let rows: Vec<AnyView> =
        page.rows.iter().map(|row| line(page, row, address, selectable)).collect();
    let filters: Vec<AnyView> = page
        .columns
        .iter()
        .filter(|attr| is_filterable(model, attr))
        .map(|attr| column_filter(model, attr, address))
        .collect();
    let caption = match &order {
        Some((attr, direction)) => format!(
            "{}, ordered by {}, {}",
            model.title_plural,
            model.attr_title(attr),
            if *direction == Direction::Asc { "ascending" } else { "descending" },
        ),
        None => model.title_plural.clone(),
    };
    view! {
        <div
            class="table-wrap list-table"
            tabindex="0"
            role="region"
            aria-label=format!("Table of {}", model.title_plural)
        >
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>
                        {pick}
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {filters}
        {selectable.then(|| selection_form(page, address))}
    }
    .into_any()
}

/// The attribute and direction in force.
fn current_order(page: &ListPage) -> Option<(String, Direction)> {
    let model = &page.model;
    let attr = page
        .query
        .order_by
        .clone()
        .or_else(|| (!model.order_by.is_empty()).then(|| model.order_by.clone()))?;
    let default =
        if model.descending && attr == model.order_by { Direction::Desc } else { Direction::Asc };
    Some((attr, page.query.direction.unwrap_or(default)))
}

fn header(
    model: &Model,
    attr: &str,
    order: Option<&(String, Direction)>,
    address: &Address,
) -> AnyView {
    let title = model.attr_title(attr).to_owned();
    if !is_filterable(model, attr) {
        return view! { <th scope="col">{title}</th> }.into_any();
    }
    let current = order.filter(|(by, _)| by == attr).map(|(_, direction)| *direction);
    let (sort, icon) = match current {
        Some(Direction::Asc) => (Some("ascending"), IconName::SortUp),
        Some(Direction::Desc) => (Some("descending"), IconName::SortDown),
        None => (None, IconName::Sort),
    };
    let filtered = address.filter_on(attr).is_some();
    view! {
        <th scope="col" aria-sort=sort>
            <span class="th-tools">
                <a
                    class="th-sort"
                    class:is-current=current.is_some()
                    href=address.sorted(attr, current)
                    data-noscroll=""
                >
                    <span>{title.clone()}</span>
                    <Icon name=icon/>
                </a>
                <button
                    type="button"
                    class="icon-btn th-filter"
                    class:is-active=filtered
                    popovertarget=column_filter_id(attr)
                    aria-label=format!("Filter by {title}")
                    title=format!("Filter by {title}")
                >
                    <Icon name=IconName::Filter/>
                </button>
            </span>
        </th>
    }
    .into_any()
}

fn line(page: &ListPage, row: &Row, address: &Address, selectable: bool) -> AnyView {
    let model = &page.model;
    let href = address.onward(&detail_href(&model.model_type, &row.pkid));
    let pick = selectable
        .then(|| view! { <td class="cell-pick">{select_row(&row.pkid, &row.label)}</td> });
    let mut cells: Vec<AnyView> = page
        .columns
        .iter()
        .zip(&row.cells)
        .enumerate()
        .map(|(column, (attr, value))| {
            let property = model.root.property(attr);
            if column > 0 {
                return view! { <td>{cell(model, attr, value, address)}</td> }.into_any();
            }
            // A name that isn't set would leave nothing to click.
            let text = match value {
                Value::Null => row.label.clone(),
                Value::String(text) if text.is_empty() => row.label.clone(),
                value => words(property, value),
            };
            let text = if is_status(model, attr) {
                view! { <StatusBadge status=text/> }.into_any()
            } else {
                text.into_any()
            };
            view! {
                <th scope="row">
                    <a href=href.clone()>{text}</a>
                </th>
            }
            .into_any()
        })
        .collect();
    if let Some(connection) = row.connection.as_ref().filter(|_| has_connections(page)) {
        cells.insert(1, view! { <td>{webex::state(connection)}</td> }.into_any());
    }
    view! {
        <tr id=format!("row-{}", row.pkid)>
            {pick}
            {cells}
        </tr>
    }
    .into_any()
}

/// Whether the state of a connection stands beside each name.
fn has_connections(page: &ListPage) -> bool {
    !page.columns.is_empty() && page.rows.iter().any(|row| row.connection.is_some())
}

fn is_status(model: &Model, attr: &str) -> bool {
    attr == "status" && model.model_type == TRANSACTION
}

fn cell(model: &Model, attr: &str, value: &Value, address: &Address) -> AnyView {
    match value.as_str() {
        Some(place) if attr == LOCATED_AT => node_link(place, address),
        Some(status) if is_status(model, attr) => {
            view! { <StatusBadge status=status.to_owned()/> }.into_any()
        }
        _ => in_cell(model.root.property(attr), value),
    }
}

/// The place of a row, as a link that narrows the list to it. Its last part says most, so it
/// comes first: a narrow column cuts off the way there.
fn node_link(path: &str, address: &Address) -> AnyView {
    if path.is_empty() {
        return not_set();
    }
    let href = address.at_start(|query| query.hierarchy = Some(path.to_owned()));
    let (above, name) = path.rsplit_once('.').map_or(("", path), |(above, name)| (above, name));
    let above =
        (!above.is_empty()).then(|| view! { <span class="muted">{above.to_owned()}</span> });
    view! {
        <a class="node-link" href=href title=format!("Show only what is at {path} and below")>
            {name.to_owned()}
            " "
            {above}
        </a>
    }
    .into_any()
}
