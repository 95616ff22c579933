//! What can be read but not edited here: single fields within a form, and a whole instance.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    model::{Model, Property, form::drawn_fields},
    ui::components::{
        Icon, IconName,
        value::{in_full, is_set, json},
    },
};

/// A field of a form that isn't edited in it.
pub fn field(property: &Property, value: &Value, reason: Option<&'static str>) -> AnyView {
    let help = (!property.description.is_empty())
        .then(|| view! { <p class="field-help">{property.description.clone()}</p> });
    let reason = reason.map(|text| {
        view! {
            <p class="field-help">
                <Icon name=IconName::Lock/>
                <span>{text}</span>
            </p>
        }
    });
    view! {
        <div class="field field-readonly">
            <p class="field-label">{property.title.clone()}</p>
            <div class="field-value">{in_full(Some(property), value)}</div>
            {help}
            {reason}
        </div>
    }
    .into_any()
}

/// All of an instance under the headings of its form, and what no form could show after it.
pub fn details(model: &Model, data: &Map<String, Value>) -> AnyView {
    let parts = drawn_fields(model);
    let drawn: Vec<&String> = parts.iter().flat_map(|(_, names)| names).collect();
    let rest: Vec<AnyView> = model
        .root
        .properties
        .iter()
        .filter(|(name, property)| property.displayable && !drawn.contains(&name))
        .filter_map(|(name, property)| {
            let value = data.get(name).filter(|v| is_set(v))?;
            Some(line(property.title.clone(), json(value)))
        })
        .collect();
    let only = parts.len() == 1 && rest.is_empty();
    let mut sections: Vec<AnyView> = parts
        .iter()
        .map(|(heading, names)| {
            let lines = names
                .iter()
                .filter_map(|name| {
                    let property = model.root.property(name)?;
                    let value = data.get(name).unwrap_or(&Value::Null);
                    Some(line(property.title.clone(), in_full(Some(property), value)))
                })
                .collect();
            let heading = heading.clone().or_else(|| (!only).then(|| "Other".to_owned()));
            section(heading, lines)
        })
        .collect();
    if !rest.is_empty() {
        sections.push(section(Some("More".to_owned()), rest));
    }
    view! { <div class="details">{sections}</div> }.into_any()
}

fn section(heading: Option<String>, lines: Vec<AnyView>) -> AnyView {
    view! {
        <section class="form-section">
            {heading.map(|text| view! { <h2>{text}</h2> })}
            <dl class="detail-list">{lines}</dl>
        </section>
    }
    .into_any()
}

fn line(title: String, value: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{title}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}
