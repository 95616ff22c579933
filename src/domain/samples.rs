//! Attributes that a model accepts, made up from its schema: for examples that can be sent as they
//! stand.

use serde_json::{Map, Value, json};

use super::{registry::Registry, workflow};
use crate::{
    list_query::LOCATED_AT,
    model::{Format, Kind, Model, Property, validate_property},
};

/// Texts of which one fits most patterns.
const TEXTS: [&str; 10] =
    ["Example", "example", "EXAMPLE", "Example-1", "example-1", "A1", "a1", "A", "1", "12345"];

/// The attributes of an instance that could be created: what is mandatory, and what its list
/// shows. Secrets are left out unless they are mandatory.
pub fn instance(models: &Registry, model: &Model) -> Map<String, Value> {
    let mut data = Map::new();
    for (name, property) in &model.root.properties {
        let shown = model.summary_attrs.iter().any(|a| a == name && a != LOCATED_AT);
        let ours = property.readonly || model.managed.contains(name);
        if !ours
            && (property.required || (shown && !property.is_secret()))
            && let Some(value) = value(property)
        {
            data.insert(name.clone(), value);
        }
    }
    workflow::of(&model.model_type).sample(models, &mut data);
    data
}

/// An attribute that can be changed in many instances at once, and a value for it.
pub fn change(model: &Model) -> Option<(String, Value)> {
    let free = |name: &str| {
        !model.managed.iter().chain(&model.immutable).chain(&model.unique).any(|n| n == name)
            && !model.unique_at_node.iter().any(|n| n == name)
    };
    model.root.properties.iter().find_map(|(name, property)| {
        let fits = property.is_scalar() && !property.is_secret() && !property.readonly;
        let value = value(property).filter(|_| fits && !property.required && free(name))?;
        Some((name.clone(), value))
    })
}

/// A value that a property accepts; none where none was found.
fn value(property: &Property) -> Option<Value> {
    let fits = |value: &Value| validate_property(property, "", Some(value)).is_empty();
    if let Some(default) = &property.default {
        return Some(default.clone());
    }
    let found = match property.kind {
        Kind::Any => Some(json!("Example")),
        Kind::Boolean => Some(json!(true)),
        Kind::Integer | Kind::Number => number(property),
        Kind::String => text(property),
        Kind::Array => array(property),
        Kind::Object => {
            let members = property.properties.iter().filter(|(_, p)| p.required && !p.is_secret());
            members.map(|(name, p)| Some((name.clone(), value(p)?))).collect()
        }
    };
    found.filter(fits)
}

fn number(property: &Property) -> Option<Value> {
    if let Some(choice) = property.choices.first() {
        return choice.value.parse::<i64>().ok().map(Value::from);
    }
    let least = property.minimum.unwrap_or(1.0);
    let number = property.maximum.map_or(least, |most| least.min(most)).ceil();
    // Whole, so that it fits both kinds, and within what they hold.
    format!("{number:.0}").parse::<i64>().ok().map(Value::from)
}

fn text(property: &Property) -> Option<Value> {
    let fits = |text: &str| validate_property(property, "", Some(&json!(text))).is_empty();
    if let Some(choice) = property.choices.iter().find(|c| fits(&c.value)) {
        return Some(json!(choice.value));
    }
    let formed = match property.format {
        Some(Format::Email) => Some("name@example.com"),
        Some(Format::DomainName) => Some("example.com"),
        Some(Format::WebexOrganization) => Some("01234567-89ab-cdef-0123-456789abcdef"),
        Some(Format::Link) => Some("https://example.com/"),
        Some(Format::DateTime) => Some("2026-01-31T09:30:00Z"),
        Some(Format::ProxyUrl) => Some("http://proxy.example.com:8080"),
        Some(Format::Multiline) | None => None,
    };
    let least = property.min_length.unwrap_or_default();
    formed
        .into_iter()
        .chain(TEXTS)
        .map(|text| {
            let more = least.saturating_sub(text.chars().count());
            text.chars().chain(std::iter::repeat_n('x', more)).collect::<String>()
        })
        .find(|text| fits(text))
        .map(Value::from)
}

fn array(property: &Property) -> Option<Value> {
    let least = property.min_items.unwrap_or_default();
    let count = property.max_items.map_or(least.max(1), |most| least.max(1).min(most));
    let Some(items) = property.items.as_deref() else {
        return Some((0..count).map(|n| json!(format!("Example {n}"))).collect());
    };
    (0..count).map(|_| value(items)).collect::<Option<Vec<_>>>().map(Value::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::validate;

    #[test]
    fn a_sample_is_accepted_by_its_model_whatever_that_asks_for() {
        let file = json!({
            "model_type": "data/Picky", "title": "Picky",
            "formats": {"proxy": "proxy_url", "org": "webex_organization"},
            "schema": {"type": "object", "properties": {
                "code": {"type": "string", "required": true, "pattern": "^[A-Z][0-9]$"},
                "long": {"type": "string", "required": true, "minLength": 40, "maxLength": 40},
                "size": {"type": "integer", "required": true, "minimum": 3.5, "maximum": 7},
                "share": {"type": "number", "required": true, "maximum": -2},
                "proxy": {"type": "string", "required": true},
                "org": {"type": "string", "required": true},
                "kind": {"type": "string", "required": true, "enum": ["b", "a"]},
                "tags": {"type": "array", "required": true, "minItems": 2,
                    "items": {"type": "string", "format": "email"}},
                "part": {"type": "object", "required": true, "properties": {
                    "on": {"type": "boolean", "required": true},
                    "more": {"type": "string"}}},
                "pin": {"type": "string", "required": true, "is_password": true},
                "any": {"type": "any", "required": true}
            }}
        });
        let model = Model::try_from(file).unwrap();
        let data = instance(&Registry::load(None).unwrap(), &model);
        assert_eq!(data.len(), model.root.properties.len(), "{data:?}");
        assert_eq!(validate(&model, &data), []);
    }
}
