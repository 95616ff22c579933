//! The shapes of bodies and answers: their members as tables.

use leptos::prelude::*;
use serde_json::Value;

use super::{PATH, SHAPES, text};
use crate::ui::components::table;

/// Objects within objects are shown so far down.
const DEEPEST: usize = 4;

/// All that have a name.
pub fn shapes(description: &Value) -> AnyView {
    let all = description["components"]["schemas"].as_object();
    let all: Vec<(&String, &Value)> = all.into_iter().flatten().collect();
    let links: Vec<AnyView> =
        all.iter().map(|(name, _)| view! { <li>{link(name)}</li> }.into_any()).collect();
    let each: Vec<AnyView> = all
        .iter()
        .map(|(name, schema)| {
            let more = (!text(schema, "description").is_empty()).then(|| super::told(schema));
            view! {
                <section class="api-call stack" aria-labelledby=anchor(name)>
                    <h2 id=anchor(name)><code>{(*name).clone()}</code></h2>
                    {more.map(|more| view! { <p>{more}</p> })}
                    {members(schema, format!("Members of {name}"))}
                </section>
            }
            .into_any()
        })
        .collect();
    view! {
        <p>"Of each model there are two: what is sent, and what is answered."</p>
        <ul class="choice-groups">{links}</ul>
        {each}
    }
    .into_any()
}

fn anchor(name: &str) -> String {
    format!("shape-{name}")
}

/// The name of the shape that a schema refers to.
pub fn name(schema: &Value) -> Option<&str> {
    text(schema, "$ref").strip_prefix("#/components/schemas/")
}

pub fn link(name: &str) -> AnyView {
    let href = format!("{PATH}/{SHAPES}#{}", anchor(name));
    view! { <a href=href><code>{name.to_owned()}</code></a> }.into_any()
}

/// A shape by its link, or in words.
pub fn told(schema: &Value) -> AnyView {
    match (name(schema), schema.get("anyOf").and_then(Value::as_array)) {
        (Some(name), _) => link(name),
        (None, Some(either)) => {
            let each: Vec<AnyView> =
                either.iter().map(|one| view! { " " {told(one)} }.into_any()).collect();
            view! { "either of" {each} }.into_any()
        }
        (None, None) => match schema["properties"].as_object() {
            Some(members) => {
                let names: Vec<&str> = members.keys().map(String::as_str).collect();
                let shapes: Vec<AnyView> = members
                    .values()
                    .filter_map(|member| Some(name(inner(member))?.to_owned()))
                    .map(|name| view! { " " {link(&name)} }.into_any())
                    .collect();
                view! { {format!("with {}", names.join(", "))} {shapes} }.into_any()
            }
            None => kind(schema).into_any(),
        },
    }
}

/// Of a list what it is of.
fn inner(schema: &Value) -> &Value {
    let items = schema.get("items").unwrap_or(schema);
    items.get("properties").and_then(|members| members.get("data")).unwrap_or(items)
}

/// The members of an object as a table; of anything else what it is.
pub fn members(schema: &Value, label: String) -> AnyView {
    let mut rows = Vec::new();
    collect(schema, "", 0, &mut rows);
    if rows.is_empty() {
        return view! { <p>{kind(schema)}</p> }.into_any();
    }
    let either = schema.get("oneOf").or(schema.get("anyOf")).and_then(Value::as_array);
    let either: Vec<String> = either
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let names = one["required"].as_array()?;
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            Some(names.join(" and "))
        })
        .collect();
    let either = (!either.is_empty())
        .then(|| view! { <p>{format!("Either {}.", either.join(", or "))}</p> });
    view! {
        {either}
        {table(label, "", &["Member", "Type", "Meaning"], rows)}
    }
    .into_any()
}

fn collect(schema: &Value, within: &str, depth: usize, rows: &mut Vec<AnyView>) {
    let required = schema["required"].as_array();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
        let path = format!("{within}{name}");
        let told = match text(member, "description") {
            "" => text(member, "title").to_owned().into_any(),
            _ => super::told(member),
        };
        let shape = self::name(member).or(self::name(inner(member))).map(link);
        rows.push(
            view! {
                <tr>
                    <th scope="row"><code>{path.clone()}</code></th>
                    <td>{kind(member)} {is_required.then_some(", required")} " " {shape}</td>
                    <td>{told}</td>
                </tr>
            }
            .into_any(),
        );
        if depth < DEEPEST {
            collect(member, &format!("{path}."), depth + 1, rows);
            if let Some(items) = member.get("items") {
                collect(items, &format!("{path}[]."), depth + 1, rows);
            }
        }
    }
}

/// A type and its limits, in words.
pub fn kind(schema: &Value) -> String {
    let mut words = Vec::new();
    match &schema["type"] {
        Value::String(one) => words.push(word(one).to_owned()),
        Value::Array(several) => {
            let several: Vec<&str> = several.iter().filter_map(Value::as_str).map(word).collect();
            words.push(several.join(" or "));
        }
        _ => {}
    }
    if schema["type"] == "array" {
        let of = kind(&schema["items"]);
        if !of.is_empty() {
            words.push(format!("each {of}"));
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        words.push(format!("one of {}", values.join(", ")));
    }
    for (name, before) in [
        ("const", ""),
        ("format", "format "),
        ("minLength", "characters from "),
        ("maxLength", "characters up to "),
        ("minimum", "from "),
        ("maximum", "up to "),
        ("minItems", "entries from "),
        ("maxItems", "entries up to "),
        ("pattern", "of the form "),
        ("default", "default "),
    ] {
        if let Some(value) = schema.get(name) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            words.push(format!("{before}{value}"));
        }
    }
    if schema["readOnly"] == true {
        words.push("set by the server".to_owned());
    }
    if schema["writeOnly"] == true {
        words.push("never answered".to_owned());
    }
    words.join(", ")
}

fn word(kind: &str) -> &str {
    match kind {
        "string" => "text",
        "integer" => "whole number",
        "boolean" => "true or false",
        "array" => "list",
        other => other,
    }
}
