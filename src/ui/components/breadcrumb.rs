//! The way from the user's own node to the chosen one. Each part is a link to that node and a
//! menu of the nodes beside it; after the last comes a menu of the nodes below it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    icon::{Icon, IconName},
    node_type::NodeTypeBadge,
};
use crate::{
    server_fns::views::{NodeRef, Place, SIBLINGS_SHOWN},
    ui::routes::{elsewhere, hierarchy_href},
};

#[component]
pub fn Breadcrumb(place: Place) -> impl IntoView {
    let last = place.parts.len().saturating_sub(1);
    let below = place.parts.last().map(|part| part.node.clone()).zip(Some(place.children));
    let parts: Vec<_> = place
        .parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            let current = at == last;
            let menu = (part.siblings.len() > 1).then(|| {
                let label = format!("Nodes beside {}", part.node.name);
                view! { <NodeMenu label nodes=part.siblings chosen=part.node.pkid.clone()/> }
            });
            let badge = current.then(|| view! { <NodeTypeBadge node_type=part.node.node_type/> });
            view! {
                <li>
                    <NodeLink node=part.node current/>
                    {badge}
                    {menu}
                </li>
            }
        })
        .collect();
    let below = below.filter(|(_, children)| !children.is_empty()).map(|(node, children)| {
        let label = format!("Nodes below {}", node.name);
        view! {
            <li>
                <NodeMenu label nodes=children words="Go below"/>
            </li>
        }
    });
    view! {
        <nav class="crumbs" aria-label="Place in the hierarchy">
            <ol>{parts} {below}</ol>
        </nav>
    }
}

/// A link that stays on the page at hand and chooses another node for it.
#[component]
fn NodeLink(node: NodeRef, #[prop(optional)] current: bool) -> impl IntoView {
    let location = use_location();
    let path = node.path.clone();
    let href = move || elsewhere(&location.pathname.get(), &location.search.get(), &path);
    view! {
        <a href=href title=node.path aria-current=current.then_some("location")>
            {node.name}
        </a>
    }
}

/// Nodes to choose from, by name.
#[component]
fn NodeMenu(
    #[prop(into)] label: String,
    nodes: Vec<NodeRef>,
    /// pkid of the one that is chosen already.
    #[prop(optional, into)]
    chosen: Option<String>,
    /// What stands on the menu's button beside its arrow.
    #[prop(optional)]
    words: &'static str,
) -> impl IntoView {
    // The menu holds so many and no more; the page of the hierarchy has them all.
    let more = (nodes.len() >= SIBLINGS_SHOWN)
        .then(|| nodes.first().map(|node| parent_path(&node.path)))
        .flatten()
        .map(|parent| {
            view! {
                <li>
                    <a class="menu-item" href=hierarchy_href(&parent)>
                        <Icon name=IconName::Tree/>
                        <span>"All of them…"</span>
                    </a>
                </li>
            }
        });
    let items: Vec<_> = nodes
        .into_iter()
        .map(|node| {
            let current = chosen.as_ref() == Some(&node.pkid);
            view! { <NodeMenuItem node current/> }
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="crumb-btn" aria-label=label.clone() title=label.clone()>
                {(!words.is_empty()).then(|| view! { <span>{words}</span> })}
                <Icon name=IconName::ChevronDown/>
            </summary>
            <div class="menu-panel">
                <p class="menu-title">{label}</p>
                <ul>{items} {more}</ul>
            </div>
        </details>
    }
}

#[component]
fn NodeMenuItem(node: NodeRef, current: bool) -> impl IntoView {
    let location = use_location();
    let path = node.path.clone();
    let href = move || elsewhere(&location.pathname.get(), &location.search.get(), &path);
    view! {
        <li>
            <a class="menu-item" href=href aria-current=current.then_some("true")>
                <span class="menu-item-name">{node.name}</span>
                <NodeTypeBadge node_type=node.node_type/>
            </a>
        </li>
    }
}

/// The path of the node above, where there is one.
fn parent_path(path: &str) -> String {
    path.rsplit_once('.').map_or(path, |(parent, _)| parent).to_owned()
}
