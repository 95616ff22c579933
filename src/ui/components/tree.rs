//! The hierarchy as nested lists of links. A branch opens and closes by its button: in place once
//! the page runs, by loading the page at that node before.

use leptos::prelude::*;
use std::collections::HashMap;

use super::{
    icon::{Icon, IconName},
    node_type::NodeTypeBadge,
};
use crate::{
    server_fns::{Ask, ask, views::TreeNode},
    ui::{
        browser,
        routes::{HIERARCHY_NODE, add_href, at_node, detail_href, hierarchy_href},
    },
};

/// The id of the form that the branches' buttons belong to.
const FORM: &str = "tree-form";

/// What the user opened and closed, by pkid: it outlasts the tree's being fetched again for
/// another chosen node.
#[derive(Clone, Copy)]
pub struct Branches {
    changed: RwSignal<HashMap<String, Branch>>,
    /// A node was chosen in the tree itself, which is about to be drawn again.
    choosing: StoredValue<bool>,
}

#[derive(Clone)]
enum Branch {
    Closed,
    Open(Vec<TreeNode>),
}

impl Branches {
    pub fn new() -> Self {
        Self { changed: RwSignal::new(HashMap::new()), choosing: StoredValue::new(false) }
    }

    /// Gives the focus back to the node that was chosen with it: the tree's elements are new.
    fn drawn(self) {
        if self.choosing.get_value() {
            self.choosing.set_value(false);
            browser::next_frame(|| browser::focus(".tree-row.is-chosen > .tree-name"));
        }
    }

    /// What is shown below a node: nothing while it is closed.
    fn below(self, node: &TreeNode) -> Option<Vec<TreeNode>> {
        self.changed.with(|all| match all.get(&node.node.pkid) {
            Some(Branch::Closed) => None,
            // The server knows of nodes that were added since.
            Some(Branch::Open(children)) if node.children.is_empty() => Some(children.clone()),
            _ if node.children.is_empty() => None,
            Some(Branch::Open(_)) | None => Some(node.children.clone()),
        })
    }

    fn set(self, pkid: &str, branch: Branch) {
        self.changed.update(|all| {
            all.insert(pkid.to_owned(), branch);
        });
    }
}

impl Default for Branches {
    fn default() -> Self {
        Self::new()
    }
}

/// The tree from its root; `chosen` is the path of the node that the page is about.
#[component]
pub fn Tree(root: TreeNode, #[prop(into)] chosen: String, branches: Branches) -> impl IntoView {
    branches.drawn();
    view! {
        <form id=FORM method="get" action="/hierarchy"></form>
        <ul class="tree">{item(root, chosen, branches)}</ul>
    }
}

/// A node with those below it. A function that returns `AnyView`, because it calls itself.
fn item(node: TreeNode, chosen: String, branches: Branches) -> AnyView {
    let reference = node.node.clone();
    let is_chosen = reference.path == chosen;
    let below = Memo::new({
        let node = node.clone();
        move |_| branches.below(&node)
    });
    let toggle = if node.has_children {
        view! { <Toggle node below branches/> }.into_any()
    } else {
        view! { <span class="tree-leaf"></span> }.into_any()
    };
    // Not by key: of a tree that is fetched again, no node may keep the old drawing's state.
    let children = move || {
        below.get().map(|nodes| {
            let items: Vec<_> =
                nodes.into_iter().map(|child| item(child, chosen.clone(), branches)).collect();
            view! { <ul>{items}</ul> }
        })
    };
    let add = at_node(&add_href(HIERARCHY_NODE), Some(&reference.path));
    let add_label = format!("Add a node below {}", reference.name);
    let details = detail_href(HIERARCHY_NODE, &reference.pkid);
    let details_label = format!("Details of {}", reference.name);
    view! {
        <li>
            <div class="tree-row" class:is-chosen=is_chosen>
                {toggle}
                <a
                    class="tree-name"
                    href=hierarchy_href(&reference.path)
                    aria-current=is_chosen.then_some("true")
                    on:click=move |_| branches.choosing.set_value(true)
                >
                    {reference.name}
                </a>
                <NodeTypeBadge node_type=reference.node_type/>
                <span class="tree-actions">
                    <a class="icon-btn" href=details aria-label=details_label.clone() title=details_label>
                        <Icon name=IconName::Info/>
                    </a>
                    <a class="icon-btn" href=add aria-label=add_label.clone() title=add_label>
                        <Icon name=IconName::Plus/>
                    </a>
                </span>
            </div>
            {children}
        </li>
    }
    .into_any()
}

/// Opens and closes a branch.
#[component]
fn Toggle(node: TreeNode, below: Memo<Option<Vec<TreeNode>>>, branches: Branches) -> impl IntoView {
    let fetching = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let TreeNode { node, children, .. } = node;
    let name = node.name.clone();
    let pkid = node.pkid.clone();
    let press = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if below.with_untracked(Option::is_some) {
            branches.set(&pkid, Branch::Closed);
            return;
        }
        if !children.is_empty() {
            branches.set(&pkid, Branch::Open(children.clone()));
            return;
        }
        if fetching.get_untracked() {
            return;
        }
        fetching.set(true);
        failed.set(None);
        let pkid = pkid.clone();
        leptos::task::spawn_local(async move {
            let answer = ask(Ask::Children { pkid: pkid.clone() }).await;
            match answer.and_then(|answer| answer.open()) {
                Ok(nodes) => branches.set(&pkid, Branch::Open(nodes)),
                Err(fault) => failed.set(Some(fault.message)),
            }
            fetching.set(false);
        });
    };
    view! {
        <button
            type="submit"
            form=FORM
            name="hierarchy"
            value=node.path
            class="tree-toggle"
            aria-label=format!("Nodes below {name}")
            aria-expanded=move || below.with(Option::is_some).to_string()
            aria-busy=move || fetching.get().to_string()
            on:click=press
        >
            <Icon name=IconName::ChevronRight/>
        </button>
        {move || failed.get().map(|message| {
            view! {
                <span class="field-error" role="alert">
                    <Icon name=IconName::Warning/>
                    {message}
                </span>
            }
        })}
    }
}
