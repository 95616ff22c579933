//! A model's instances as JSON Schema (2020-12): what is sent, and what is answered. The model file
//! speaks draft 03, where a property says itself whether it is required.

use serde_json::{Map, Value, json};

use crate::{
    domain::hierarchy,
    list_query::LOCATED_AT,
    model::{
        Kind, Model, NodeType, Property,
        definition::Format,
        validate::{MASK, length_cap},
    },
};

/// The name of a model's schemas: `data.User`.
pub fn name(model: &Model) -> String {
    model.model_type.replace('/', ".")
}

/// The same, of what is answered.
pub fn name_read(model: &Model) -> String {
    format!("{}.read", name(model))
}

/// What a create or a modify takes.
pub fn sent(model: &Model) -> Value {
    let mut schema = sent_of(&model.root);
    schema["title"] = model.title.clone().into();
    schema["description"] = model.description.clone().into();
    for name in &model.managed {
        if let Some(property) = schema["properties"].get_mut(name) {
            property["readOnly"] = true.into();
        }
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !model.managed.iter().any(|managed| name == managed.as_str()));
    }
    schema
}

/// What is answered. No attribute is required: lists can be cut down, and what isn't set is absent.
pub fn answered(model: &Model) -> Value {
    let mut schema = answered_of(&model.root);
    schema["title"] = format!("{}, as it is answered", model.title).into();
    // The root is of a type that nobody can add.
    if model.model_type == hierarchy::MODEL
        && let Some(types) = schema["properties"]["node_type"]["enum"].as_array_mut()
    {
        types.push(NodeType::Sys.as_str().into());
    }
    schema["properties"][LOCATED_AT] =
        json!({ "type": "string", "description": "In lists: the dot path of its node." });
    schema
}

fn sent_of(property: &Property) -> Value {
    let mut schema = shape(property);
    if property.readonly {
        schema["readOnly"] = true.into();
    }
    if let Some(default) = &property.default {
        schema["default"] = default.clone();
    }
    match property.kind {
        Kind::String => sent_text(property, &mut schema),
        Kind::Integer | Kind::Number => {
            let whole = |limit: f64| match property.kind {
                // Limits of whole numbers are whole, and written so.
                #[expect(clippy::cast_possible_truncation, reason = "checked by the loader")]
                Kind::Integer => json!(limit as i64),
                _ => json!(limit),
            };
            for (name, limit) in [("minimum", property.minimum), ("maximum", property.maximum)] {
                if let Some(limit) = limit {
                    schema[name] = whole(limit);
                }
            }
        }
        Kind::Array => {
            for (name, count) in
                [("minItems", property.min_items), ("maxItems", property.max_items)]
            {
                if let Some(count) = count {
                    schema[name] = count.into();
                }
            }
            if property.unique_items {
                schema["uniqueItems"] = true.into();
            }
            if let Some(items) = &property.items {
                schema["items"] = sent_of(items);
            }
        }
        Kind::Object => {
            members(property, &mut schema, sent_of);
            schema["additionalProperties"] = property.additional_properties.into();
            let required: Vec<&str> = property
                .properties
                .iter()
                .filter(|(_, member)| member.required && !member.readonly)
                .map(|(name, _)| name.as_str())
                .collect();
            if !required.is_empty() {
                schema["required"] = json!(required);
            }
        }
        Kind::Any | Kind::Boolean => {}
    }
    schema
}

fn sent_text(property: &Property, schema: &mut Value) {
    if property.is_secret() {
        schema["writeOnly"] = true.into();
        schema["format"] = "password".into();
    }
    if let Some(format) = property.format.and_then(format) {
        schema["format"] = format.into();
    }
    if let Some(pattern) = &property.pattern {
        schema["pattern"] = pattern.clone().into();
    }
    if !property.choices.is_empty() {
        return;
    }
    let least = property.min_length.unwrap_or(0).max(usize::from(property.required));
    if least > 0 {
        schema["minLength"] = least.into();
    }
    schema["maxLength"] = length_cap(property).into();
}

/// The nearest of the formats that are known everywhere.
fn format(format: Format) -> Option<&'static str> {
    match format {
        Format::ProxyUrl => Some("uri"),
        Format::Email => Some("email"),
        Format::DomainName => Some("hostname"),
        Format::Link => Some("uri-reference"),
        Format::DateTime => Some("date-time"),
        Format::WebexOrganization | Format::Multiline => None,
    }
}

fn answered_of(property: &Property) -> Value {
    if property.is_secret() {
        let told = "A secret: the mask where it is set, empty or absent where it isn't.";
        return json!({ "title": property.title, "description": told, "enum": [MASK, ""] });
    }
    let mut schema = shape(property);
    match property.kind {
        Kind::Array => {
            if let Some(items) = &property.items {
                schema["items"] = answered_of(items);
            }
        }
        Kind::Object => {
            members(property, &mut schema, answered_of);
            schema["additionalProperties"] = property.additional_properties.into();
        }
        _ => {}
    }
    schema
}

/// Type, title, description and choices.
fn shape(property: &Property) -> Value {
    let mut schema = Map::new();
    let kind = match property.kind {
        Kind::Any => None,
        Kind::String => Some("string"),
        Kind::Integer => Some("integer"),
        Kind::Number => Some("number"),
        Kind::Boolean => Some("boolean"),
        Kind::Object => Some("object"),
        Kind::Array => Some("array"),
    };
    if let Some(kind) = kind {
        schema.insert("type".to_owned(), kind.into());
    }
    schema.insert("title".to_owned(), property.title.clone().into());
    if !property.description.is_empty() {
        schema.insert("description".to_owned(), property.description.clone().into());
    }
    if !property.choices.is_empty() {
        let number = property.kind == Kind::Integer;
        let mut values: Vec<Value> = property
            .choices
            .iter()
            .map(|choice| match choice.value.parse::<i64>() {
                Ok(value) if number => value.into(),
                _ => choice.value.clone().into(),
            })
            .collect();
        // An empty text is what leaving it unset means.
        if !number && !property.required {
            values.push("".into());
        }
        schema.insert("enum".to_owned(), values.into());
    }
    schema.into()
}

fn members(property: &Property, schema: &mut Value, each: fn(&Property) -> Value) {
    let all: Map<String, Value> =
        property.properties.iter().map(|(name, member)| (name.clone(), each(member))).collect();
    if !all.is_empty() {
        schema["properties"] = all.into();
    }
}
