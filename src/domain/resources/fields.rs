//! What the writes do to attributes: keep those that only the server writes, part the secrets,
//! put the rest into the schema's order.

use serde_json::{Map, Value};

use crate::{
    domain::secrets::{SecretChange, SecretEdit},
    fault::{Fault, FieldError},
    model::Model,
    store::WriteTx,
};

/// Fields that only the server writes, each once.
fn server_fields(model: &Model) -> impl Iterator<Item = &str> {
    let managed = |name: &str| model.managed.iter().any(|m| m == name);
    let names = model.root.properties.iter().filter(move |(name, p)| p.readonly || managed(name));
    names.map(|(name, _)| name.as_str())
}

/// A replacement that leaves out what only the server writes, or what never changes, keeps it.
pub fn keep_server_fields(
    model: &Model,
    data: &mut Map<String, Value>,
    before: &Map<String, Value>,
) {
    for name in server_fields(model) {
        if !data.contains_key(name)
            && let Some(value) = before.get(name)
        {
            data.insert(name.to_owned(), value.clone());
        }
    }
}

/// Leaves out what only the server writes.
pub fn leave_server_fields(model: &Model, data: &mut Map<String, Value>) {
    for name in server_fields(model) {
        data.shift_remove(name);
    }
}

/// Refuses values for what only the server writes, and changes of what never changes.
pub fn refuse_server_fields(
    model: &Model,
    data: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Result<(), Fault> {
    let mut errors = Vec::new();
    let stored = |name: &str| before.and_then(|b| b.get(name));
    for name in server_fields(model) {
        let sent = data.get(name);
        let empty = sent.is_none_or(|v| v.as_str() == Some(""));
        if !(empty || sent == stored(name)) {
            errors.push(FieldError::new(
                format!("/{name}"),
                "read_only",
                format!("{} is set by the server; leave it out.", model.attr_title(name)),
            ));
        }
    }
    if before.is_some() {
        for name in &model.immutable {
            if data.get(name) != stored(name) {
                errors.push(FieldError::new(
                    format!("/{name}"),
                    "immutable",
                    format!("{} can't be changed afterwards.", model.attr_title(name)),
                ));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

/// Writes the changes of secrets.
pub fn apply(
    tx: &WriteTx<'_>,
    instance_id: i64,
    pkid: &str,
    edits: &[SecretEdit],
) -> Result<(), Fault> {
    for edit in edits {
        match &edit.change {
            SecretChange::Set(value) => tx.put_secret(instance_id, pkid, &edit.field, value)?,
            SecretChange::Hashed(_) => {}
            SecretChange::Clear => tx.clear_secret(instance_id, &edit.field)?,
        }
    }
    Ok(())
}

/// What became of the secrets, in words: before and after show only masks.
pub fn told(edits: &[SecretEdit]) -> Vec<String> {
    edits
        .iter()
        .map(|edit| match edit.change {
            SecretChange::Set(_) | SecretChange::Hashed(_) => format!("{} was set.", edit.title),
            SecretChange::Clear => format!("{} was cleared.", edit.title),
        })
        .collect()
}

/// The order of the schema, so that answers don't depend on the order of what was sent.
pub fn in_schema_order(model: &Model, mut data: Map<String, Value>) -> Map<String, Value> {
    let mut ordered = Map::with_capacity(data.len());
    for (name, _) in &model.root.properties {
        if let Some(value) = data.shift_remove(name) {
            ordered.insert(name.clone(), value);
        }
    }
    ordered.extend(data);
    ordered
}

pub fn to_json(data: &Map<String, Value>) -> Result<String, Fault> {
    serde_json::to_string(data).map_err(|error| {
        tracing::error!(%error, "an instance can't be written as JSON");
        Fault::internal()
    })
}
