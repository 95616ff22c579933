//! The keys that keep instances apart: what is unique at a node, and what is in the whole hierarchy.

use serde_json::{Map, Value};

use super::hierarchy;
use crate::{
    fault::Fault,
    list_query::{Condition, Direction},
    model::Model,
    store::{Attr, Cover, ListFilter, ListSpec, Order, ReadTx, WriteTx},
};

/// A unique key that an instance holds: scope, field, value.
fn keys(
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
) -> Vec<(Option<i64>, String, String)> {
    let value_of = |name: &str| data.get(name).filter(|v| v.as_str() != Some("")).map(text_of);
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
    if model.inherited {
        check_line(tx, model, node_id, data, own_pkid)?;
    }
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

/// What holds for all below must be the only one of its name wherever it is seen: above its node
/// and below it.
fn check_line(
    tx: &ReadTx<'_>,
    model: &Model,
    node_id: i64,
    data: &Map<String, Value>,
    own_pkid: Option<&str>,
) -> Result<(), Fault> {
    let filter = |name: &String| {
        let text = data.get(name).map(text_of).filter(|text| !text.is_empty())?;
        let kind = model.root.property(name)?.kind;
        Some(ListFilter {
            attrs: vec![Attr::Data(name.clone(), kind)],
            condition: Condition::Equals,
            text,
            ignore_case: false,
        })
    };
    let filters: Option<Vec<ListFilter>> = model.unique_at_node.iter().map(filter).collect();
    let (Some(filters), Some(first)) = (filters, model.unique_at_node.first()) else {
        return Ok(());
    };
    let Some(kind) = model.root.property(first).map(|p| p.kind) else { return Ok(()) };
    let found = tx.list(&ListSpec {
        model: model.model_type.clone(),
        cover: Cover::Line(node_id),
        filters,
        order: Order { attr: Attr::Data(first.clone(), kind), direction: Direction::Asc },
        skip: 0,
        // Its own row may be among them.
        limit: 2,
    })?;
    let Some(other) = found.iter().find(|row| Some(row.pkid.as_str()) != own_pkid) else {
        return Ok(());
    };
    let shown = data.get(first).map(text_of).unwrap_or_default();
    Err(Fault::conflict(
        format!("/{first}"),
        "taken",
        format!(
            "{} {:?} is taken: the {} of that name at {} holds for everything below it. Choose \
             another.",
            model.attr_title(first),
            hierarchy::shortened(&shown),
            model.title.to_lowercase(),
            other.node_path
        ),
    ))
}

/// A value as keys hold it.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
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
