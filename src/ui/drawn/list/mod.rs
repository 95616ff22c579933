//! The list of a model. All of its state is in the URL: [`address`] reads and changes it, the
//! other files draw from what the domain answers to it.

mod address;
mod columns;
mod empty;
mod export;
mod pager;
mod selection;
mod table;
mod toolbar;
mod views;

use leptos::prelude::*;

pub use address::Address;
pub use export::{FORMAT, FORMATS};

use super::{
    Page, Visit, help,
    load::may_load,
    parts::{heading, refusal},
};
use crate::{
    domain::{console, shown::ListPage},
    fault::Fault,
    list_query::Traversal,
    model::{NodeType, Operation},
    ui::{
        components::{
            Icon, IconName, NodeTypeBadge,
            value::{counted, grouped},
        },
        routes::{Deed, add_href, at_node, list_href, many_href},
    },
};

pub async fn page(visit: &Visit<'_>, model_type: &str) -> Page {
    let page = console::list(visit.app, visit.caller, model_type, &visit.pairs).await?;
    let address = Address::read(list_href(model_type), &visit.search());
    let title = format!("{} · {}", page.model.title_plural, page.place.name);
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    Ok((title, draw(&page, &address, visit.value("filter_draft"), refused)))
}

/// `draft` is the attribute that is chosen for one more filter.
fn draw(
    page: &ListPage,
    address: &Address,
    draft: Option<&str>,
    refused: Option<&Fault>,
) -> AnyView {
    let rows = if page.rows.is_empty() {
        empty::empty(page, address)
    } else {
        table::table(page, address)
    };
    view! {
        <div class="list-page" data-announce=counted(page.total, "row", "rows")>
            {head(page, address)}
            {refused.map(|fault| refusal(fault, &[]))}
            {toolbar::toolbar(page, address, draft)}
            {rows}
            {(page.total > 0).then(|| pager::pager(page, address))}
        </div>
    }
    .into_any()
}

fn head(page: &ListPage, address: &Address) -> AnyView {
    let model = &page.model;
    let filtered = address.is_filtered() && page.total != page.total_unfiltered;
    let count = if filtered {
        format!("{} of {}", grouped(page.total), grouped(page.total_unfiltered))
    } else {
        grouped(page.total)
    };
    let reach = match page.query.traversal {
        Traversal::Down if model.inherited && page.place.node_type != NodeType::Sys => {
            "with all above and below"
        }
        Traversal::Down => "and everything below",
        Traversal::Local => "only",
        Traversal::Up => "and everything above",
    };
    view! {
        <div class="page-head">
            <div>
                <div class="head-line">
                    {heading(model.title_plural.clone())}
                    <span class="badge">
                        {count}
                        <span class="sr-only">" in this list"</span>
                    </span>
                </div>
                <p class="page-sub">
                    <span>{page.place.name.clone()}</span>
                    <NodeTypeBadge node_type=page.place.node_type/>
                    <span class="muted">{reach}</span>
                </p>
                <p class="page-about muted">{model.description.clone()} " " {help_link(page, address)}</p>
            </div>
            <div class="cluster">
                {load_action(page, address)}
                {export::export_menu(page, address)}
                {add_action(page, address)}
            </div>
        </div>
    }
    .into_any()
}

/// The way to what the fields mean, and to the calls.
fn help_link(page: &ListPage, address: &Address) -> Option<AnyView> {
    page.model.offers(Operation::Help).then_some(())?;
    let href = help::href(&page.model.model_type, address.asked.hierarchy.as_deref());
    Some(view! { <a href=href rel="external">"Fields and calls"</a> }.into_any())
}

/// The way to bulk load.
fn load_action(page: &ListPage, address: &Address) -> Option<AnyView> {
    may_load(&page.model).then_some(())?;
    let node = address.asked.hierarchy.as_deref();
    let href = at_node(&many_href(&page.model.model_type, Deed::Load), node);
    Some(
        view! {
            <a class="btn" href=href>
                <Icon name=IconName::Upload/>
                "Load…"
            </a>
        }
        .into_any(),
    )
}

/// The way to the add form, or the reason why there is none.
fn add_action(page: &ListPage, address: &Address) -> Option<AnyView> {
    let model = &page.model;
    if !model.offers(Operation::Add) {
        return None;
    }
    Some(match &page.can.add {
        Ok(()) => view! {
            <a class="btn btn-primary" href=address.onward(&add_href(&model.model_type))>
                <Icon name=IconName::Plus/>
                {format!("Add {}", model.title)}
            </a>
        }
        .into_any(),
        Err(reason) => view! {
            <p class="page-hint muted">
                <Icon name=IconName::Info/>
                <span>{reason.clone()}</span>
            </p>
        }
        .into_any(),
    })
}
