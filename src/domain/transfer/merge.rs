//! What a loaded row says, put into what is stored, or over the defaults of what is new.

use serde_json::{Map, Value};

use super::rows::same;
use crate::model::Property;

/// Puts defaults where a row says nothing; what it empties stays empty.
pub fn fill(defaults: &Map<String, Value>, row: &mut Map<String, Value>) {
    for (name, default) in defaults {
        match (row.get_mut(name), default) {
            (None, _) => {
                row.insert(name.clone(), default.clone());
            }
            (Some(Value::Object(row)), Value::Object(defaults)) => fill(defaults, row),
            _ => {}
        }
    }
}

pub fn without_nulls(data: Map<String, Value>) -> Map<String, Value> {
    data.into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value {
            Value::Object(members) => (name, Value::Object(without_nulls(members))),
            value => (name, value),
        })
        .collect()
}

/// Puts what a row says into what is stored. Objects are merged, anything else is replaced; what
/// says the same as before stays as it was written, so that loading an export changes nothing.
pub fn merge(property: &Property, data: &mut Map<String, Value>, row: Map<String, Value>) {
    for (name, value) in row {
        let member = property.property(&name);
        let empty = value.is_null() || value.as_str() == Some("");
        match (data.get_mut(&name), value) {
            (Some(stored), _) if empty => {
                if member.is_some_and(Property::is_secret) {
                    // Left out, it would stay.
                    *stored = Value::String(String::new());
                } else if stored.as_str() != Some("") {
                    data.shift_remove(&name);
                }
            }
            (None, _) if empty => {}
            (Some(stored), value) if same(stored, &value) => {}
            (Some(Value::Object(stored)), Value::Object(row))
                if member.is_some_and(has_members) =>
            {
                if let Some(member) = member {
                    merge(member, stored, row);
                }
            }
            (Some(stored), value) => *stored = value,
            (None, Value::Object(row)) if member.is_some_and(has_members) => {
                let row = without_nulls(row);
                if !row.is_empty() {
                    data.insert(name, Value::Object(row));
                }
            }
            (None, value) => {
                data.insert(name, value);
            }
        }
    }
}

/// Whether an object's attributes are named by the schema, each with a column of its own.
fn has_members(property: &Property) -> bool {
    !property.properties.is_empty() && !property.additional_properties
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Model;

    fn merged(stored: &Value, row: &Value) -> Value {
        let model = Model::try_from(json!({
            "model_type": "data/Thing", "title": "Thing", "summary_attrs": ["a"],
            "schema": {"type": "object", "properties": {
                "a": {"type": "string"}, "n": {"type": "number"},
                "secret": {"type": "string", "is_password": true},
                "o": {"type": "object", "properties": {
                    "p": {"type": "string"}, "q": {"type": "integer"}}},
                "free": {"type": "object"},
                "l": {"type": "array", "items": {"type": "object", "properties": {
                    "x": {"type": "string"}, "y": {"type": "string"}}}}
            }}
        }));
        let mut data = stored.as_object().cloned().unwrap_or_default();
        merge(&model.unwrap().root, &mut data, row.as_object().cloned().unwrap_or_default());
        Value::Object(data)
    }

    #[test]
    fn what_a_row_says_is_put_into_what_is_stored() {
        let stored = json!({
            "a": "", "n": 1.0, "secret": "********", "o": {"p": "x", "q": 1},
            "free": {"k": 1}, "l": [{"x": "1", "y": ""}]
        });
        // Nothing of it says anything else.
        let as_it_is = json!({
            "a": null, "n": 1, "o": {"q": 1}, "free": {"k": 1, "e": ""}, "l": [{"x": "1"}]
        });
        assert_eq!(merged(&stored, &as_it_is).to_string(), stored.to_string());
        let row = json!({
            "n": null, "secret": "", "o": {"p": null, "q": 2}, "free": {"z": 2},
            "l": [{"x": "2"}], "a": "b"
        });
        let expected = json!({
            "a": "b", "secret": "", "o": {"q": 2}, "free": {"z": 2}, "l": [{"x": "2"}]
        });
        assert_eq!(merged(&stored, &row), expected);
        assert_eq!(merged(&json!({}), &json!({"o": {"p": null}, "a": ""})), json!({}));
    }
}
