//! The way from the user's own node to the chosen one. Each part is a link to that node and a
//! menu of the nodes beside it; after the last comes a menu of the nodes below it.

use leptos::prelude::*;

use super::Here;
use crate::{
    domain::shown::{Place, SIBLINGS_SHOWN},
    server_fns::views::NodeRef,
    ui::{
        components::{Icon, IconName, NodeTypeBadge},
        routes::hierarchy_href,
    },
};

pub fn breadcrumb(place: Place, here: &Here<'_>) -> AnyView {
    let last = place.parts.len().saturating_sub(1);
    let below = place.parts.last().map(|part| part.node.clone()).zip(Some(place.children));
    let parts: Vec<AnyView> = place
        .parts
        .into_iter()
        .enumerate()
        .map(|(at, part)| {
            let current = at == last;
            let menu = (part.siblings.len() > 1).then(|| {
                let label = format!("Nodes beside {}", part.node.name);
                menu(&label, "", part.siblings, Some(&part.node.pkid), here)
            });
            let badge = current.then(|| view! { <NodeTypeBadge node_type=part.node.node_type/> });
            view! {
                <li>
                    // Stays on the page at hand and chooses another node for it.
                    <a
                        href=here.at(&part.node.path)
                        title=part.node.path
                        aria-current=current.then_some("location")
                    >
                        {part.node.name}
                    </a>
                    {badge}
                    {menu}
                </li>
            }
            .into_any()
        })
        .collect();
    let below = below.filter(|(_, children)| !children.is_empty()).map(|(node, children)| {
        let label = format!("Nodes below {}", node.name);
        view! { <li>{menu(&label, "Go below", children, None, here)}</li> }
    });
    view! {
        <nav class="crumbs" aria-label="Place in the hierarchy">
            <ol>{parts} {below}</ol>
        </nav>
    }
    .into_any()
}

/// Nodes to choose from, by name. `words` stand on the menu's button beside its arrow; `chosen` is
/// the pkid of the one that is chosen already.
fn menu(
    label: &str,
    words: &'static str,
    nodes: Vec<NodeRef>,
    chosen: Option<&str>,
    here: &Here<'_>,
) -> AnyView {
    // The menu holds so many and no more; the page of the hierarchy has them all.
    let more = (nodes.len() >= SIBLINGS_SHOWN)
        .then(|| nodes.first().map(|node| parent_path(&node.path)))
        .flatten()
        .map(|parent| {
            view! {
                <li>
                    <a class="menu-item" href=hierarchy_href(parent)>
                        <Icon name=IconName::Tree/>
                        <span>"All of them…"</span>
                    </a>
                </li>
            }
        });
    let items: Vec<AnyView> = nodes
        .into_iter()
        .map(|node| {
            let current = (chosen == Some(node.pkid.as_str())).then_some("true");
            view! {
                <li>
                    <a class="menu-item" href=here.at(&node.path) aria-current=current>
                        <span class="menu-item-name">{node.name}</span>
                        <NodeTypeBadge node_type=node.node_type/>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="menu">
            <summary class="crumb-btn" aria-label=label.to_owned() title=label.to_owned()>
                {(!words.is_empty()).then(|| view! { <span>{words}</span> })}
                <Icon name=IconName::ChevronDown/>
            </summary>
            <div class="menu-panel">
                <p class="menu-title">{label.to_owned()}</p>
                <ul>{items} {more}</ul>
            </div>
        </details>
    }
    .into_any()
}

/// The path of the node above, where there is one.
fn parent_path(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(parent, _)| parent)
}
