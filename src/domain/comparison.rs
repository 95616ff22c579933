//! A few instances of one model side by side: a line for each attribute, and for each entry that a
//! list of names has in any of them.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    App, Caller,
    access::permit,
    resources::{from_json, get_in},
};
use crate::{
    fault::Fault,
    model::{Kind, Model, Operation, Property},
};

/// What is compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// pkid, label and place of each, in the order in which they were asked for.
    pub instances: Vec<(String, String, String)>,
    pub parts: Vec<Part>,
}

/// The lines of one attribute that has several, or those of all that have one.
#[derive(Clone, Debug)]
pub struct Part {
    /// Empty for the attributes that have one line.
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub title: String,
    /// Says how the values are shown.
    pub property: Option<Property>,
    /// Of each instance; JSON null where there is none.
    pub values: Vec<Value>,
    pub differs: bool,
}

/// Compares instances that the caller sees.
pub async fn compare(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkids: Vec<String>,
) -> Result<Comparison, Fault> {
    let (caller, model) = (caller.clone(), Arc::clone(model));
    app.store
        .read(move |tx| {
            let mut instances = Vec::new();
            let mut all = Vec::new();
            for pkid in &pkids {
                let stored = get_in(tx, caller.node.id, &model, pkid)?;
                permit(&caller, &model, Operation::Get)?;
                let data = from_json(&stored)?;
                let label = model.label_of(&data, pkid).to_owned();
                instances.push((stored.pkid, label, stored.node.path));
                all.push(Value::Object(data));
            }
            let all: Vec<&Value> = all.iter().collect();
            let mut parts = vec![Part { title: String::new(), lines: Vec::new() }];
            members(&model.root, &all, &mut parts);
            parts.retain(|part| !part.lines.is_empty());
            Ok(Comparison { instances, parts })
        })
        .await
}

/// The members of an object: what is one value is a line of the first part, what has an inside is
/// a part of its own.
fn members(object: &Property, all: &[&Value], parts: &mut Vec<Part>) {
    for (name, property) in object.properties.iter().filter(|(_, p)| p.displayable) {
        let values: Vec<&Value> =
            all.iter().map(|data| data.get(name).unwrap_or(&Value::Null)).collect();
        if let Some(key) = named_entries(property) {
            let lines = entries(key, &values);
            parts.push(Part { title: property.title.clone(), lines });
        } else if property.kind == Kind::Object && !property.properties.is_empty() {
            let simple = |p: &Property| {
                named_entries(p).is_none() && (p.kind != Kind::Object || p.properties.is_empty())
            };
            if property.properties.iter().all(|(_, p)| simple(p)) {
                let mut inner = vec![Part { title: property.title.clone(), lines: Vec::new() }];
                members(property, &values, &mut inner);
                parts.append(&mut inner);
            } else {
                members(property, &values, parts);
            }
        } else if let Some(first) = parts.first_mut() {
            first.lines.push(line(property, &values));
        }
    }
}

fn line(property: &Property, values: &[&Value]) -> Line {
    let values: Vec<Value> = values
        .iter()
        .map(|value| match value {
            // What isn't set is as its default says.
            Value::Null => property.default.clone().unwrap_or_default(),
            Value::String(text) if text.is_empty() => Value::Null,
            Value::Array(entries) if entries.is_empty() => Value::Null,
            Value::Object(members) if members.is_empty() => Value::Null,
            value => (*value).clone(),
        })
        .collect();
    Line {
        title: property.title.clone(),
        differs: differ(&values),
        property: Some(property.clone()),
        values,
    }
}

fn differ(values: &[Value]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}

/// How the entries of a list are told apart.
#[derive(Clone, Copy)]
enum Key<'p> {
    /// Each is a text.
    Itself,
    /// Each is an object with this text in it.
    Member(&'p str),
}

/// Whether a list is one of things that have names.
fn named_entries(property: &Property) -> Option<Key<'_>> {
    let items = property.items.as_deref().filter(|_| property.kind == Kind::Array)?;
    match items.kind {
        Kind::String if items.target.is_some() => Some(Key::Itself),
        Kind::Object => {
            let (name, _) = items.properties.iter().find(|(_, p)| p.target.is_some())?;
            Some(Key::Member(name))
        }
        _ => None,
    }
}

/// A line for each name that any of the lists has: whether it is there, or what else is said of it.
fn entries(key: Key<'_>, lists: &[&Value]) -> Vec<Line> {
    let name_of = |entry: &Value| {
        let text = match key {
            Key::Itself => Some(entry),
            Key::Member(name) => entry.get(name),
        };
        text.and_then(Value::as_str).map(str::to_owned)
    };
    let mut names: Vec<String> =
        lists.iter().filter_map(|list| list.as_array()).flatten().filter_map(name_of).collect();
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    let told = |list: &Value, wanted: &str| {
        let mut found = list.as_array().into_iter().flatten();
        let Some(entry) = found.find(|entry| name_of(entry).as_deref() == Some(wanted)) else {
            return Value::Bool(false);
        };
        let mut more: Map<String, Value> = entry.as_object().cloned().unwrap_or_default();
        if let Key::Member(name) = key {
            more.shift_remove(name);
        }
        if more.is_empty() { Value::Bool(true) } else { Value::Object(more) }
    };
    names
        .into_iter()
        .map(|title| {
            let values: Vec<Value> = lists.iter().map(|list| told(list, &title)).collect();
            Line { differs: differ(&values), property: None, values, title }
        })
        .collect()
}
