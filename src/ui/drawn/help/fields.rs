//! The fields of a model as a table, those within others below them.

use leptos::prelude::*;

use crate::{
    model::{Kind, Model, Property, formats::wanted, validate::length_cap},
    ui::components::table,
};

pub fn fields(model: &Model) -> AnyView {
    let mut rows = Vec::new();
    for (name, property) in &model.root.properties {
        row(model, name, name, property, &mut rows);
    }
    table("Fields", "", &["Field", "Attribute", "Type", "Meaning"], rows)
}

/// `path` is the attribute with what it is within, `top` the attribute of the instance itself.
fn row(model: &Model, top: &str, path: &str, property: &Property, rows: &mut Vec<AnyView>) {
    let choices: Vec<AnyView> = property
        .choices
        .iter()
        .map(|choice| {
            let title = (choice.title != choice.value).then(|| format!(" ({})", choice.title));
            view! { <li><code>{choice.value.clone()}</code>{title}</li> }.into_any()
        })
        .collect();
    let choices = (!choices.is_empty()).then(|| view! { <ul class="help-choices">{choices}</ul> });
    let own = path == top;
    rows.push(
        view! {
            <tr>
                <th scope="row">{property.title.clone()}</th>
                <td><code>{path.to_owned()}</code></td>
                <td>{kind(model, property, own.then_some(top))}</td>
                <td>
                    {property.description.clone()}
                    {choices}
                </td>
            </tr>
        }
        .into_any(),
    );
    for (name, member) in &property.properties {
        row(model, top, &format!("{path}.{name}"), member, rows);
    }
    if let Some(items) = property.items.as_deref() {
        let path = format!("{path}[]");
        if items.kind == Kind::Object {
            for (name, member) in &items.properties {
                row(model, top, &format!("{path}.{name}"), member, rows);
            }
        } else {
            row(model, top, &path, items, rows);
        }
    }
}

/// Its type and what is asked of it, in words.
fn kind(model: &Model, property: &Property, own: Option<&str>) -> String {
    let mut words = vec![
        match property.kind {
            Kind::Any => "any value",
            Kind::String => "text",
            Kind::Integer => "whole number",
            Kind::Number => "number",
            Kind::Boolean => "true or false",
            Kind::Object => "object",
            Kind::Array => "list",
        }
        .to_owned(),
    ];
    let mut say = |text: String| words.push(text);
    if property.required {
        say("required".to_owned());
    }
    if property.is_secret() {
        say("secret: never answered".to_owned());
    }
    let of = |names: &[String]| own.is_some_and(|own| names.iter().any(|n| n == own));
    if property.readonly || of(&model.managed) {
        say("set by the server".to_owned());
    }
    if of(&model.immutable) {
        say("can't be changed later".to_owned());
    }
    if of(&model.unique) {
        say("unique in the hierarchy".to_owned());
    }
    if of(&model.unique_at_node) {
        say(match model.unique_at_node.as_slice() {
            [_] => "unique at its node".to_owned(),
            all => format!("unique at its node together with {}", others(all, own)),
        });
    }
    if property.kind == Kind::String && property.choices.is_empty() {
        say(format!("up to {} characters", length_cap(property)));
    }
    let limits = [
        (property.min_length.map(|n| n.to_string()), "at least", " characters"),
        (property.minimum.map(|n| n.to_string()), "at least", ""),
        (property.maximum.map(|n| n.to_string()), "at most", ""),
        (property.min_items.map(|n| n.to_string()), "at least", " entries"),
        (property.max_items.map(|n| n.to_string()), "at most", " entries"),
    ];
    for (limit, before, after) in limits {
        if let Some(limit) = limit {
            say(format!("{before} {limit}{after}"));
        }
    }
    if let Some(format) = property.format {
        say(wanted(format).to_owned());
    }
    if let Some(pattern) = &property.pattern {
        say(format!("of the form {pattern}"));
    }
    if let Some(default) = &property.default {
        let text = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        say(format!("default {text}"));
    }
    words.join(", ")
}

fn others(all: &[String], own: Option<&str>) -> String {
    let others: Vec<&str> =
        all.iter().map(String::as_str).filter(|name| Some(*name) != own).collect();
    others.join(" and ")
}
