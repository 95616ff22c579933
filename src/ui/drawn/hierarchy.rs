//! The hierarchy: the tree, and beside it the chosen node with what it holds.

use leptos::prelude::*;

use super::{Page, Visit, parts::heading, tree::tree};
use crate::{
    domain::{
        console,
        shown::{Dashboard, HierarchyPage, ModelLink},
    },
    model::NodeType,
    server_fns::views::NodeRef,
    ui::{
        components::{Icon, IconName, NodeTypeBadge, value::grouped},
        routes::{HIERARCHY_NODE, TRANSACTION, add_href, at_node, detail_href, list_href},
    },
};

pub async fn page(visit: &Visit<'_>) -> Page {
    let branches = |name| visit.values(name).map(ToOwned::to_owned).collect();
    let (open, closed) = (branches("open"), branches("closed"));
    let page = console::hierarchy(visit.app, visit.caller, visit.node(), open, closed).await?;
    Ok(("Hierarchy".to_owned(), drawn(page)))
}

fn drawn(page: HierarchyPage) -> AnyView {
    let Dashboard { place, counts, .. } = page.chosen;
    view! {
        <div class="page-head">{heading("Hierarchy")}</div>
        <div class="split">
            <section class="card tree-card" aria-label="Nodes">
                {tree(page.tree, &place.path)}
            </section>
            <NodeSummary place counts/>
        </div>
    }
    .into_any()
}

/// The chosen node: what it is, what it holds, what can be done there.
#[component]
fn NodeSummary(place: NodeRef, counts: Vec<(ModelLink, u64)>) -> impl IntoView {
    let rows: Vec<_> = counts
        .into_iter()
        .filter(|(model, _)| model.model_type != TRANSACTION)
        .map(|(model, count)| {
            let href = at_node(&list_href(&model.model_type), Some(&place.path));
            view! {
                <li>
                    <a href=href>{model.title_plural}</a>
                    <span class="count">{grouped(count)}</span>
                </li>
            }
        })
        .collect();
    let add = at_node(&add_href(HIERARCHY_NODE), Some(&place.path));
    view! {
        <section class="card stack node-card" aria-labelledby="node-name">
            <div class="node-head">
                <h2 id="node-name">{place.name}</h2>
                <NodeTypeBadge node_type=place.node_type/>
            </div>
            <p class="mono muted node-path">{place.path}</p>
            <p>{purpose(place.node_type)}</p>
            <h3>"At this node and below"</h3>
            <ul class="count-list">{rows}</ul>
            <div class="cluster">
                <a class="btn btn-primary" href=add>
                    <Icon name=IconName::Plus/>
                    "Add node here"
                </a>
                <a class="btn" href=detail_href(HIERARCHY_NODE, &place.pkid)>"Details"</a>
            </div>
        </section>
    }
}

/// What a node of a type is for, and what may stand below it.
fn purpose(node_type: NodeType) -> &'static str {
    match node_type {
        NodeType::Sys => "The root of everything. Providers are added below it.",
        NodeType::Provider => "Runs the platform. Resellers and customers are added below it.",
        NodeType::Reseller => "Sells to customers, which are added below it.",
        NodeType::Customer => {
            "A tenant. Its sites are added below it; Webex customers belong to this level."
        }
        NodeType::Site => "A location of a customer, where its users are.",
        NodeType::Intermediate => "Groups the nodes below it.",
    }
}
