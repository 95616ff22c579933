//! The hierarchy: how a place is named in a request, what may stand below what, and what it takes
//! to remove a node.

use serde_json::{Map, Value, json};

use super::{App, Caller, registry::Registry, transactions, webex, workflow::Workflow};
use crate::{
    fault::{Fault, FaultKind, FieldError},
    model::{Model, NodeType},
    store::{NewInstance, Node, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "data/HierarchyNode";

/// Nodes and instances named in the refusal to delete what isn't empty.
const NAMED: u32 = 5;

/// The node that a request names by pkid or dot path; the caller's own when it names none.
/// What doesn't exist and what the caller can't see are the same.
pub fn resolve(tx: &ReadTx<'_>, caller: &Caller, hierarchy: Option<&str>) -> Result<Node, Fault> {
    let Some(text) = hierarchy.filter(|t| !t.is_empty()) else {
        return Ok(caller.node.clone());
    };
    let found = match tx.node_by_pkid(text)? {
        Some(node) => Some(node),
        None => tx.node_by_path(text)?,
    };
    match found {
        Some(node) if tx.is_at_or_below(node.id, caller.node.id)? => Ok(node),
        _ => {
            let message = format!("There is no hierarchy node {:?}.", shortened(text));
            Err(Fault::not_found(message.clone()).with_errors(vec![FieldError::new(
                "hierarchy",
                "not_found",
                message,
            )]))
        }
    }
}

/// A caller's text, short enough to stand in a message.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// Why instances of the model can't be added at a node of that type; `None` when they can.
pub fn refusal_to_add(model: &Model, place: &Node) -> Option<String> {
    if model.allowed_at(place.node_type) {
        return None;
    }
    let types: Vec<&str> = model.allowed_at.iter().map(|t| t.as_str()).collect();
    Some(format!(
        "{} are added at {} nodes; {} is a {} node. Choose another node.",
        model.title_plural,
        types.join(" or "),
        place.path,
        place.node_type.as_str(),
    ))
}

/// The workflow of nodes: each has an entry in the tree beside its instance, which is located at
/// the node above it.
pub struct HierarchyNode;

impl Workflow for HierarchyNode {
    /// Intermediate nodes stand anywhere, and aren't tenants.
    fn sample(&self, _models: &Registry, data: &mut Map<String, Value>) {
        data.insert("node_type".to_owned(), json!(NodeType::Intermediate.as_str()));
        data.shift_remove("tenant_id");
    }

    fn adding(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        place: &Node,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let node_type = node_type_of(data)?;
        check_nesting(tx, place, node_type)?;
        settle_tenant_id(node_type, data)
    }

    fn added(
        &self,
        tx: &WriteTx<'_>,
        place: &Node,
        pkid: &str,
        data: &Map<String, Value>,
    ) -> Result<(), Fault> {
        let name = text_of(data, "name").unwrap_or_default();
        tx.insert_node(pkid, Some(place), name, node_type_of(data)?)?;
        Ok(())
    }

    fn changing(
        &self,
        _app: &App,
        _tx: &WriteTx<'_>,
        stored: &Stored,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        if stored.pkid == stored.node.pkid {
            // The root's type is none that can be given; only what describes it changes.
            return Ok(());
        }
        let node_type = node_type_of(data)?;
        settle_tenant_id(node_type, data)
    }

    fn removing(&self, app: &App, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        let obstacles = obstacles(&app.models, tx, stored)?;
        if obstacles.is_empty() {
            return Ok(());
        }
        let errors: Vec<FieldError> =
            obstacles.into_iter().map(|text| FieldError::new("", "not_empty", text)).collect();
        let what: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
        Err(Fault::new(
            FaultKind::Conflict,
            "not_empty",
            format!(
                "This node can't be deleted while there is something in it: {}.",
                what.join("; ")
            ),
        )
        .with_errors(errors))
    }

    fn removed(&self, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        if let Some(node) = tx.node_by_pkid(&stored.pkid)? {
            tx.delete_node(&node)?;
        }
        Ok(())
    }
}

/// What keeps a node from being deleted, in words; empty when nothing does.
pub fn obstacles(
    models: &Registry,
    tx: &ReadTx<'_>,
    stored: &Stored,
) -> Result<Vec<String>, Fault> {
    let Some(node) = tx.node_by_pkid(&stored.pkid)? else { return Ok(Vec::new()) };
    if node.parent_id.is_none() {
        return Ok(vec!["sys is the root of the hierarchy and always stays".to_owned()]);
    }
    let mut obstacles = Vec::new();
    for (model, count) in tx.contents(node.id)? {
        // Records outlive what they tell of; what was synced goes with its customer, which is there.
        if model == transactions::MODEL || webex::sync::is_synced(&model) {
            continue;
        }
        let names: Vec<String> = tx
            .instances_at(&model, node.id, NAMED)?
            .iter()
            .filter_map(|instance| {
                let data: Map<String, Value> = serde_json::from_str(&instance.data).ok()?;
                text_of(&data, "name").map(str::to_owned)
            })
            .collect();
        let more = if count > names.len() as u64 && !names.is_empty() { ", …" } else { "" };
        let names =
            if names.is_empty() { String::new() } else { format!(": {}{more}", names.join(", ")) };
        // The title for people, the type for scripts.
        let title = match models.get(&model) {
            Some(known) if count == 1 => format!("{} ({model})", known.title),
            Some(known) => format!("{} ({model})", known.title_plural),
            None => model,
        };
        obstacles.push(format!("{count} {title}{names}"));
    }
    Ok(obstacles)
}

/// Makes the root `sys` and its instance where the database has none.
pub async fn ensure_root(app: &App) -> Result<(), Fault> {
    let (pkid, now) = (app.env.pkid(), app.env.now_text());
    app.store
        .write(move |tx| {
            if tx.root_node()?.is_some() {
                return Ok(());
            }
            let root = tx.insert_node(&pkid, None, "sys", NodeType::Sys)?;
            let data = json!({
                "name": "sys",
                "description": "The root of the hierarchy",
                "node_type": "sys",
            });
            tx.insert_instance(&NewInstance {
                pkid: &pkid,
                model: MODEL,
                node_id: root.id,
                created: &now,
                data: &data.to_string(),
            })?;
            Ok(())
        })
        .await
}

/// Below `sys` providers; below a provider resellers and customers; below a reseller customers;
/// below a customer sites. Intermediate nodes stand anywhere and are transparent for this.
fn check_nesting(tx: &ReadTx<'_>, place: &Node, node_type: NodeType) -> Result<(), Fault> {
    if node_type == NodeType::Intermediate {
        return Ok(());
    }
    let above = tx
        .ancestors(place.id)?
        .into_iter()
        .rev()
        .find(|n| n.node_type != NodeType::Intermediate)
        .map_or(NodeType::Sys, |n| n.node_type);
    let allowed: &[NodeType] = match above {
        NodeType::Sys => &[NodeType::Provider],
        NodeType::Provider => &[NodeType::Reseller, NodeType::Customer],
        NodeType::Reseller => &[NodeType::Customer],
        NodeType::Customer => &[NodeType::Site],
        NodeType::Site | NodeType::Intermediate => &[],
    };
    if allowed.contains(&node_type) {
        return Ok(());
    }
    let names: Vec<&str> =
        allowed.iter().chain([&NodeType::Intermediate]).map(|t| t.as_str()).collect();
    Err(Fault::field(
        "/node_type",
        "wrong_nesting",
        format!(
            "A {} node can't stand below a {} node; here it can be: {}.",
            node_type.as_str(),
            above.as_str(),
            names.join(", ")
        ),
    ))
}

/// A customer is a tenant, under its own name unless it is given another; nothing else is one.
fn settle_tenant_id(node_type: NodeType, data: &mut Map<String, Value>) -> Result<(), Fault> {
    if node_type == NodeType::Customer
        && text_of(data, "tenant_id").is_none()
        && let Some(name) = data.get("name").cloned()
    {
        data.insert("tenant_id".to_owned(), name);
    }
    if node_type != NodeType::Customer && text_of(data, "tenant_id").is_some() {
        return Err(Fault::field(
            "/tenant_id",
            "not_a_tenant",
            "Only customer nodes are tenants; leave the tenant id empty.",
        ));
    }
    Ok(())
}

fn node_type_of(data: &Map<String, Value>) -> Result<NodeType, Fault> {
    text_of(data, "node_type").and_then(NodeType::parse).ok_or_else(|| {
        Fault::field("/node_type", "not_a_choice", "Hierarchy Node Type isn't one of the choices.")
    })
}

fn text_of<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str).filter(|t| !t.is_empty())
}
