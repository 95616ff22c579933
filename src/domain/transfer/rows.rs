//! What every table of instances has in common: a sink for its rows, and what a value looks like
//! once what isn't set is left out.

use serde_json::{Map, Value};

use crate::{
    fault::Fault,
    model::{Model, Property},
    store::ListRow,
};

/// Takes the rows of an export one by one.
pub trait Sink {
    fn row(&mut self, row: &ListRow, data: Map<String, Value>) -> Result<(), Fault>;
}

/// The attributes of a row that was read.
pub fn data_of(row: &ListRow) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}

/// The attributes without secrets, empty texts and what is null.
pub fn exported(model: &Model, data: Map<String, Value>) -> Map<String, Value> {
    members(Some(&model.root), data)
}

fn members(property: Option<&Property>, data: Map<String, Value>) -> Map<String, Value> {
    data.into_iter()
        .filter_map(|(name, value)| {
            let member = property.and_then(|p| p.property(&name));
            let left_out = member.is_some_and(Property::is_secret)
                || value.is_null()
                || value.as_str() == Some("");
            (!left_out).then(|| (name, pruned(member, value)))
        })
        .collect()
}

fn pruned(property: Option<&Property>, value: Value) -> Value {
    match value {
        Value::Object(data) => Value::Object(members(property, data)),
        Value::Array(entries) => {
            let items = property.and_then(|p| p.items.as_deref());
            // An entry keeps its place, whatever it is.
            entries.into_iter().map(|entry| pruned(items, entry)).collect()
        }
        other => other,
    }
}

/// Whether two values say the same: what isn't set is nothing, 1.0 is 1, and how lines end, which
/// spreadsheets don't keep, makes no difference.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let set = |value: &Value| !value.is_null() && value.as_str() != Some("");
            let within = |a: &Map<String, Value>, b: &Map<String, Value>, compare: bool| {
                a.iter().filter(|(_, value)| set(value)).all(|(name, value)| {
                    b.get(name).is_some_and(|other| set(other) && (!compare || same(value, other)))
                })
            };
            within(a, b, true) && within(b, a, false)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            a == b || ((a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64())
        }
        (Value::String(a), Value::String(b)) => {
            a == b || a.replace("\r\n", "\n") == b.replace("\r\n", "\n")
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_set_makes_no_difference() {
        let same_pairs = [
            (json!({"a": "", "b": 1}), json!({"b": 1.0})),
            (json!({"a": [{"x": null}], "b": {"c": ""}}), json!({"b": {}, "a": [{}]})),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1})),
            (json!({"a": "x\r\ny"}), json!({"a": "x\ny"})),
        ];
        for (a, b) in same_pairs {
            assert!(same(&a, &b) && same(&b, &a), "{a} {b}");
        }
        let different = [
            (json!({"a": false}), json!({})),
            (json!({"a": [""]}), json!({"a": []})),
            (json!({"a": "1"}), json!({"a": 1})),
            (json!({"a": 9_007_199_254_740_993_i64}), json!({"a": 9_007_199_254_740_992_i64})),
        ];
        for (a, b) in different {
            assert!(!same(&a, &b) && !same(&b, &a), "{a} {b}");
        }
    }
}
