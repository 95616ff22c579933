//! The hierarchy as nested lists of links. A branch opens and closes by its button: in place once
//! the page runs (see `ui::live`), by loading the page at that node before.

use leptos::prelude::*;

use crate::{
    domain::shown::TreeNode,
    ui::{
        components::{Icon, IconName, NodeTypeBadge},
        routes::{HIERARCHY_NODE, add_href, at_node, detail_href, hierarchy_href},
    },
};

/// The id of the form that the branches' buttons belong to.
const FORM: &str = "tree-form";

/// The tree from its root; `chosen` is the path of the node that the page is about.
pub fn tree(root: TreeNode, chosen: &str) -> AnyView {
    view! {
        <form id=FORM method="get" action="/hierarchy"></form>
        <ul class="tree">{item(root, chosen)}</ul>
    }
    .into_any()
}

/// A node with those below it.
fn item(node: TreeNode, chosen: &str) -> AnyView {
    let TreeNode { node, has_children, children } = node;
    let is_chosen = node.path == chosen;
    let toggle = if has_children {
        view! {
            <button
                type="submit"
                form=FORM
                name="hierarchy"
                value=node.path.clone()
                class="tree-toggle"
                data-branch=node.pkid.clone()
                aria-label=format!("Nodes below {}", node.name)
                aria-expanded=if children.is_empty() { "false" } else { "true" }
            >
                <Icon name=IconName::ChevronRight/>
            </button>
        }
        .into_any()
    } else {
        view! { <span class="tree-leaf"></span> }.into_any()
    };
    let below = (!children.is_empty()).then(|| {
        let items: Vec<AnyView> = children.into_iter().map(|child| item(child, chosen)).collect();
        view! { <ul>{items}</ul> }
    });
    let add = at_node(&add_href(HIERARCHY_NODE), Some(&node.path));
    let add_label = format!("Add a node below {}", node.name);
    let details = detail_href(HIERARCHY_NODE, &node.pkid);
    let details_label = format!("Details of {}", node.name);
    view! {
        <li id=format!("node-{}", node.pkid)>
            <div class="tree-row" class:is-chosen=is_chosen>
                {toggle}
                <a
                    class="tree-name"
                    href=hierarchy_href(&node.path)
                    aria-current=is_chosen.then_some("true")
                >
                    {node.name}
                </a>
                <NodeTypeBadge node_type=node.node_type/>
                <span class="tree-actions">
                    <a class="icon-btn" href=details aria-label=details_label.clone() title=details_label>
                        <Icon name=IconName::Info/>
                    </a>
                    <a class="icon-btn" href=add aria-label=add_label.clone() title=add_label>
                        <Icon name=IconName::Plus/>
                    </a>
                </span>
            </div>
            {below}
        </li>
    }
    .into_any()
}
