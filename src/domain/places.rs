//! The hierarchy as pages show it: the way to a node, the tree, nodes that are looked for.

use super::{
    App, Caller,
    console::{dashboard_in, node_ref},
    hierarchy, lists,
    shown::{FoundNodes, HierarchyPage, Place, PlacePart, SIBLINGS_SHOWN, TreeNode},
};
use crate::{
    fault::Fault,
    list_query::{Condition, Filter, ListQuery},
    server_fns::views::NodeRef,
    store::{Node, ReadTx},
};

/// Nodes listed below one in the tree; more than this are found by the list.
const CHILDREN_SHOWN: u32 = 500;
/// Nodes that a search for one tells.
const FOUND_SHOWN: u64 = 50;

pub async fn place(app: &App, caller: &Caller, hierarchy: Option<&str>) -> Result<Place, Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            let node = hierarchy::resolve(tx, &caller, named.as_deref())?;
            let mut parts = Vec::new();
            for node in visible_way(tx, &caller, &node)? {
                let siblings = match node.parent_id {
                    Some(parent) if node.id != caller.node.id => {
                        refs(&tx.child_nodes(parent, siblings_shown())?)
                    }
                    _ => vec![node_ref(&node)],
                };
                parts.push(PlacePart { node: node_ref(&node), siblings });
            }
            let children = refs(&tx.child_nodes(node.id, siblings_shown())?);
            Ok(Place { parts, children })
        })
        .await
}

/// `branches` says of nodes by their pkid whether the tree is shown below them, too; of those that
/// aren't there any more it is ignored.
pub async fn hierarchy(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    branches: Vec<(String, bool)>,
) -> Result<HierarchyPage, Fault> {
    let (app_, caller, named) = (app.clone(), caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            Ok(HierarchyPage {
                tree: tree_in(tx, &caller, named.as_deref(), &branches)?,
                chosen: dashboard_in(&app_, tx, &caller, named.as_deref())?,
            })
        })
        .await
}

/// The tree alone, open along the way to a node.
pub async fn tree(
    app: &App,
    caller: &Caller,
    around: Option<&str>,
    branches: Vec<(String, bool)>,
) -> Result<TreeNode, Fault> {
    let (caller, around) = (caller.clone(), around.map(str::to_owned));
    app.store.read(move |tx| tree_in(tx, &caller, around.as_deref(), &branches)).await
}

fn tree_in(
    tx: &ReadTx<'_>,
    caller: &Caller,
    around: Option<&str>,
    branches: &[(String, bool)],
) -> Result<TreeNode, Fault> {
    let node = hierarchy::resolve(tx, caller, around)?;
    let mut open: Vec<i64> = visible_way(tx, caller, &node)?.iter().map(|n| n.id).collect();
    for (pkid, is_open) in branches {
        let Ok(node) = hierarchy::resolve(tx, caller, Some(pkid)) else { continue };
        open.retain(|id| *id != node.id);
        if *is_open {
            open.push(node.id);
        }
    }
    branch(tx, &caller.node, &open)
}

/// Nodes that have a text in their name.
pub async fn find_nodes(app: &App, caller: &Caller, text: &str) -> Result<FoundNodes, Fault> {
    let model = app.model(hierarchy::MODEL)?;
    let query = ListQuery {
        limit: FOUND_SHOWN,
        filters: vec![Filter {
            field: "name".to_owned(),
            text: text.to_owned(),
            condition: Condition::Contains,
            ignore_case: true,
        }],
        ..ListQuery::default()
    };
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            let listed = lists::page_in(tx, &caller, &model, query)?;
            let nodes = listed
                .rows
                .iter()
                .filter_map(|row| tx.node_by_pkid(&row.pkid).transpose())
                .map(|node| Ok(node_ref(&node?)))
                .collect::<Result<_, Fault>>()?;
            Ok(FoundNodes { total: listed.total, nodes })
        })
        .await
}

/// The node and those above it, as far as the caller can see.
fn visible_way(tx: &ReadTx<'_>, caller: &Caller, node: &Node) -> Result<Vec<Node>, Fault> {
    let way = tx.ancestors(node.id)?;
    Ok(way.into_iter().skip_while(|n| n.id != caller.node.id).collect())
}

fn branch(tx: &ReadTx<'_>, node: &Node, open: &[i64]) -> Result<TreeNode, Fault> {
    let children = if open.contains(&node.id) {
        let below = tx.child_nodes(node.id, CHILDREN_SHOWN)?;
        below.iter().map(|child| branch(tx, child, open)).collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    Ok(TreeNode { node: node_ref(node), has_children: tx.has_child_nodes(node.id)?, children })
}

fn refs(nodes: &[Node]) -> Vec<NodeRef> {
    nodes.iter().map(node_ref).collect()
}

fn siblings_shown() -> u32 {
    u32::try_from(SIBLINGS_SHOWN).unwrap_or(u32::MAX)
}
