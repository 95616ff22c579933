//! The hierarchy: the tree, and beside it the chosen node with what it holds.

use leptos::prelude::*;

use super::{
    Page, Visit,
    parts::heading,
    tree::{Look, tree},
};
use crate::{
    domain::{
        access::Permission,
        places,
        shown::{Dashboard, HierarchyPage, ModelLink},
    },
    model::NodeType,
    server_fns::views::NodeRef,
    ui::{
        components::{Icon, IconName, NodeTypeBadge, value::grouped},
        routes::{
            HIERARCHY_NODE, TRANSACTION, add_href, at_node, detail_href, hierarchy_href, list_href,
        },
    },
};

/// The form that the branches' buttons belong to.
const FORM: &str = "tree-form";

pub async fn page(visit: &Visit<'_>) -> Page {
    let page = places::hierarchy(visit.app, visit.caller, visit.node(), visit.branches()).await?;
    let may_add = visit.may(HIERARCHY_NODE, Permission::Create);
    Ok(("Hierarchy".to_owned(), drawn(page, may_add)))
}

fn drawn(page: HierarchyPage, may_add: bool) -> AnyView {
    let Dashboard { place, counts, .. } = page.chosen;
    let look = Look {
        form: FORM,
        toggle: &|_, _| "hierarchy",
        value: |node| node.path.clone(),
        row: &|node| row(node, &place.path, may_add),
        chosen: &place.path,
    };
    let tree = tree(page.tree, &look);
    view! {
        <div class="page-head">{heading("Hierarchy")}</div>
        <div class="split">
            <section class="card tree-card" aria-label="Nodes">
                <form id=FORM method="get" action="/hierarchy"></form>
                {tree}
            </section>
            <NodeSummary place counts may_add/>
        </div>
    }
    .into_any()
}

/// A node of the tree: the link that chooses it, and what can be done there.
fn row(node: &NodeRef, chosen: &str, may_add: bool) -> AnyView {
    let add = at_node(&add_href(HIERARCHY_NODE), Some(&node.path));
    let add_label = format!("Add a node below {}", node.name);
    let details = detail_href(HIERARCHY_NODE, &node.pkid);
    let details_label = format!("Details of {}", node.name);
    view! {
        <a
            class="tree-name"
            href=hierarchy_href(&node.path)
            aria-current=(node.path == chosen).then_some("true")
        >
            {node.name.clone()}
        </a>
        <NodeTypeBadge node_type=node.node_type/>
        <span class="tree-actions">
            <a class="icon-btn" href=details aria-label=details_label.clone() title=details_label>
                <Icon name=IconName::Info/>
            </a>
            {may_add.then(|| view! {
                <a class="icon-btn" href=add aria-label=add_label.clone() title=add_label>
                    <Icon name=IconName::Plus/>
                </a>
            })}
        </span>
    }
    .into_any()
}

/// The chosen node: what it is, what it holds, what can be done there.
#[component]
fn NodeSummary(place: NodeRef, counts: Vec<(ModelLink, u64)>, may_add: bool) -> impl IntoView {
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
                {may_add.then(|| view! {
                    <a class="btn btn-primary" href=add>
                        <Icon name=IconName::Plus/>
                        "Add node here"
                    </a>
                })}
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
