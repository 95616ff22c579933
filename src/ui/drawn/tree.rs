//! The hierarchy as nested lists. A branch opens and closes by its button: in place once the page
//! runs (see `ui::live`), by loading the page again before.

use leptos::prelude::*;

use crate::{
    domain::shown::TreeNode,
    server_fns::views::NodeRef,
    ui::components::{Icon, IconName},
};

/// What the page makes of the tree.
pub struct Look<'a> {
    /// The id of the GET form that the branches' buttons belong to.
    pub form: &'a str,
    /// The parameter that a branch's button sends, for one that is open or isn't, and its value.
    pub toggle: &'a dyn Fn(&NodeRef, bool) -> &'static str,
    pub value: fn(&NodeRef) -> String,
    /// What stands beside the button.
    pub row: &'a dyn Fn(&NodeRef) -> AnyView,
    /// The path of the node that the page is about.
    pub chosen: &'a str,
}

/// The tree from its root.
pub fn tree(root: TreeNode, look: &Look<'_>) -> AnyView {
    view! { <ul class="tree">{item(root, look)}</ul> }.into_any()
}

/// A node with those below it.
fn item(node: TreeNode, look: &Look<'_>) -> AnyView {
    let TreeNode { node, has_children, children } = node;
    let is_open = !children.is_empty();
    let toggle = if has_children {
        view! {
            <button
                type="submit"
                form=look.form.to_owned()
                name=(look.toggle)(&node, is_open)
                value=(look.value)(&node)
                class="tree-toggle"
                data-branch=node.pkid.clone()
                aria-label=format!("Nodes below {}", node.name)
                aria-expanded=if is_open { "true" } else { "false" }
            >
                <Icon name=IconName::ChevronRight/>
            </button>
        }
        .into_any()
    } else {
        view! { <span class="tree-leaf"></span> }.into_any()
    };
    let below = is_open.then(|| {
        let items: Vec<AnyView> = children.into_iter().map(|child| item(child, look)).collect();
        view! { <ul>{items}</ul> }
    });
    view! {
        <li id=format!("node-{}", node.pkid)>
            <div class="tree-row" class:is-chosen=node.path == look.chosen>
                {toggle}
                {(look.row)(&node)}
            </div>
            {below}
        </li>
    }
    .into_any()
}
