//! The keys that keep instances apart: what is unique at a node, and what is in the whole hierarchy.

use serde_json::{Map, Value};

use super::hierarchy;
use crate::{
    fault::Fault,
    model::Model,
    store::{ReadTx, WriteTx},
};

/// A unique key that an instance holds: scope, field, value.
fn keys(
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
) -> Vec<(Option<i64>, String, String)> {
    let value_of = |name: &str| {
        data.get(name)
            .filter(|v| v.as_str() != Some(""))
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
    };
    let mut keys = Vec::new();
    let at_node: Option<Vec<String>> = model.unique_at_node.iter().map(|n| value_of(n)).collect();
    if let (Some(values), Some(first)) = (at_node, model.unique_at_node.first()) {
        // A NUL can't occur in a value, so no two lists of values run together.
        keys.push((Some(node_id), first.clone(), values.join("\0")));
    }
    for name in &model.unique {
        if let Some(value) = value_of(name) {
            keys.push((None, name.clone(), value));
        }
    }
    keys
}

/// Refuses keys that another instance holds.
pub fn check(
    tx: &ReadTx<'_>,
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
    own_pkid: Option<&str>,
) -> Result<(), Fault> {
    for (scope, field, value) in keys(model, node_id, data) {
        let holder = tx.key_holder(&model.model_type, scope, &field, &value)?;
        if holder.is_some() && holder.as_deref() != own_pkid {
            let place = if scope.is_some() { "at this node" } else { "in the hierarchy" };
            let shown = data.get(&field).and_then(Value::as_str).unwrap_or(&value);
            return Err(Fault::conflict(
                format!("/{field}"),
                "taken",
                format!(
                    "{} {:?} is taken: another {} {place} has it. Choose another.",
                    model.attr_title(&field),
                    hierarchy::shortened(shown),
                    model.title
                ),
            ));
        }
    }
    Ok(())
}

/// The pkids of those that hold a key of these attributes, whether at the node or anywhere.
pub fn holders(
    tx: &ReadTx<'_>,
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
) -> Result<Vec<String>, Fault> {
    let mut holders = Vec::new();
    for (scope, field, value) in keys(model, node_id, data) {
        holders.extend(tx.key_holder(&model.model_type, scope, &field, &value)?);
    }
    Ok(holders)
}

/// Takes the keys of an instance that was written.
pub fn take(
    tx: &WriteTx<'_>,
    instance_id: i64,
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
) -> Result<(), Fault> {
    for (scope, field, value) in keys(model, node_id, data) {
        tx.take_key(instance_id, &model.model_type, scope, &field, &value)?;
    }
    Ok(())
}
