//! One value as pairs, and read from those that were posted.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::{Map, Number, Value};

use super::{Pair, field_name, is_drawn, is_open, more_name, secret_action_name, value_of};
use crate::model::{
    definition::{Format, Kind, Property},
    pointer,
    validate::MASK,
};

/// What was posted, by name.
pub(super) struct Posted<'a> {
    texts: BTreeMap<&'a str, &'a str>,
}

impl<'a> Posted<'a> {
    pub fn new(pairs: &'a [Pair]) -> Self {
        // Filled one by one: collecting would sort first, for which each type of map brings 5 kB
        // of code to the browser.
        let mut texts = BTreeMap::new();
        texts.extend(pairs.iter().map(|(n, t)| (n.as_str(), t.as_str())));
        Self { texts }
    }

    /// What was posted for the value at `at` and for all below it.
    fn below<'s>(&'s self, at: &'s str) -> impl Iterator<Item = (&'a str, &'a str)> + 's {
        self.texts
            .range::<str, _>((Bound::Included(at), Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(at))
            .filter(move |(name, _)| {
                matches!(name.as_bytes().get(at.len()), None | Some(b'/' | b':'))
            })
            .map(move |(name, text)| (*name, *text))
    }

    pub fn has_any(&self, at: &str) -> bool {
        self.below(at).next().is_some()
    }
}

/// Whether the form sent back just what it was filled with.
pub(super) fn unchanged(property: &Property, at: &str, stored: &Value, posted: &Posted) -> bool {
    let mut filled = Vec::new();
    write(property, at, Some(stored), false, &mut filled);
    let mut sent = 0;
    posted.below(at).all(|(name, text)| {
        sent += 1;
        value_of(&filled, name).is_some_and(|f| unix_lines(f) == unix_lines(text))
    }) && sent == filled.len()
}

fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Keeps what an open object holds beyond its properties. Of a closed one nothing more is kept:
/// the model has lost those properties since, and they would make every save fail.
pub(super) fn keep_unnamed(
    property: &Property,
    stored: &Map<String, Value>,
    data: &mut Map<String, Value>,
) {
    if property.additional_properties {
        for (name, value) in stored.iter().filter(|(n, _)| property.property(n).is_none()) {
            data.insert(name.clone(), value.clone());
        }
    }
}

fn secret(property: &Property, at: &str, stored: Option<&Value>, posted: &Posted) -> Option<Value> {
    let typed = posted
        .texts
        .get(at)
        .and_then(|text| scalar(property, text))
        .filter(|value| value.as_str() != Some(MASK));
    let kept = stored
        .is_some_and(|v| v.as_str().is_some_and(|s| !s.is_empty()))
        .then(|| Value::from(MASK));
    match posted.texts.get(secret_action_name(at).as_str()).copied() {
        Some("clear") => Some(Value::from("")),
        // Who typed a secret where none is kept can only have meant to set it.
        Some("keep") => kept.or(typed),
        _ => typed.or(kept),
    }
}

/// The value that was posted, if there is one.
pub(super) fn read(
    property: &Property,
    at: &str,
    stored: Option<&Value>,
    entry: bool,
    posted: &Posted,
) -> Option<Value> {
    match property.kind {
        Kind::Object => {
            let mut data = Map::new();
            for (name, member) in &property.properties {
                let stored = stored.and_then(|s| s.get(name));
                let value = if entry || (is_drawn(member) && !member.readonly) {
                    let at = pointer::child(at, name);
                    // A member that was taken out of a sparse object isn't posted any more.
                    let stored = stored.filter(|_| !property.sparse || posted.has_any(&at));
                    read(member, &at, stored, entry, posted)
                } else {
                    stored.cloned()
                };
                if let Some(value) = value {
                    data.insert(name.clone(), value);
                }
            }
            let more = posted.texts.get(more_name(at).as_str()).filter(|_| is_open(property));
            let mut told = false;
            match more.map(|text| text.trim()) {
                None => {
                    if let Some(stored) = stored.and_then(Value::as_object) {
                        keep_unnamed(property, stored, &mut data);
                    }
                }
                Some("") => {}
                Some(text) => {
                    // What is no object stays a text, for the validator to refuse.
                    let Ok(Value::Object(more)) = serde_json::from_str(text) else {
                        return Some(Value::from(text));
                    };
                    told = !more.is_empty();
                    for (name, value) in more {
                        if !data.contains_key(&name) {
                            data.insert(name, value);
                        }
                    }
                }
            }
            // An object that is asked for is kept even if empty: the errors then stand at its
            // fields. Another one isn't there just because something in it is asked for.
            let there = property.required || told || !data.values().all(is_hollow);
            there.then_some(Value::Object(data))
        }
        Kind::Array => {
            let items = property.items.as_deref()?;
            let mut entries = Vec::new();
            // No entry is empty any more, so the first index without one is the end.
            loop {
                let at = pointer::entry(at, entries.len());
                if !posted.has_any(&at) {
                    break;
                }
                let empty = || {
                    if items.kind == Kind::Array {
                        Value::Array(Vec::new())
                    } else {
                        Value::from("")
                    }
                };
                entries.push(read(items, &at, None, true, posted).unwrap_or_else(empty));
            }
            // A form that has checkboxes for its entries says that there are none.
            let none = property.default.is_some() && posted.texts.contains_key(at);
            (!entries.is_empty() || property.required || none).then_some(Value::Array(entries))
        }
        _ if property.is_secret() => secret(property, at, stored, posted),
        _ => match posted.texts.get(at) {
            Some(text) => scalar(property, text),
            // Not on this form, so not the form's to remove.
            None => stored.cloned(),
        },
    }
}

/// Whether a value has structure but no content.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.values().all(is_hollow),
        _ => false,
    }
}

/// What a text says in a field of this type; what it can't say stays a string for the validator.
fn scalar(property: &Property, text: &str) -> Option<Value> {
    let text = match (property.kind, property.format) {
        (Kind::String, Some(Format::Multiline)) => unix_lines(text),
        (Kind::String, None) => text.to_owned(),
        // No named form begins or ends with a space, but what is pasted often does.
        _ => text.trim().to_owned(),
    };
    if text.is_empty() {
        return None;
    }
    let value = match property.kind {
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Integer => whole(&text).map(Value::Number),
        Kind::Number => {
            let fraction = || text.parse().ok().and_then(Number::from_f64);
            whole(&text).or_else(fraction).map(Value::Number)
        }
        _ => None,
    };
    Some(value.unwrap_or(Value::String(text)))
}

fn whole(text: &str) -> Option<Number> {
    let signed = text.parse::<i64>().ok().map(Number::from);
    // What is too large is still a number, and the validator says that it is too large.
    signed.or_else(|| text.parse::<u64>().ok().map(Number::from))
}

/// The pairs of one value. In an entry of an array hidden properties are written too.
pub(super) fn write(
    property: &Property,
    at: &str,
    value: Option<&Value>,
    entry: bool,
    out: &mut Vec<Pair>,
) {
    match property.kind {
        Kind::Object => {
            for (name, member) in &property.properties {
                let value = value.and_then(|v| v.get(name));
                if entry || (is_drawn(member) && (value.is_some() || !property.sparse)) {
                    write(member, &pointer::child(at, name), value, entry, out);
                }
            }
            if is_open(property) {
                out.push((more_name(at), unnamed(property, value)));
            }
        }
        Kind::Array => {
            let Some(items) = &property.items else { return };
            for (i, value) in value.and_then(Value::as_array).into_iter().flatten().enumerate() {
                write(items, &pointer::entry(at, i), Some(value), true, out);
            }
        }
        _ if property.is_secret() => {
            out.push((secret_action_name(at), "keep".to_owned()));
            out.push((field_name(at), String::new()));
        }
        _ => {
            let text = match value {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            out.push((field_name(at), text));
        }
    }
}

/// What an object holds beyond its named members, as JSON text; empty where that is nothing.
fn unnamed(property: &Property, value: Option<&Value>) -> String {
    let mut more = Map::new();
    for (name, value) in value.and_then(Value::as_object).into_iter().flatten() {
        if property.property(name).is_none() {
            more.insert(name.clone(), value.clone());
        }
    }
    if more.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(&Value::Object(more)).unwrap_or_default()
}
