//! `data/ConfigurationTemplate`: named values for the fields of a model. Defaults fill what is
//! absent or empty, fixed values replace what is there.

use serde_json::{Map, Value, json};

use super::{
    App, Caller,
    forms::{remade, with_fixed},
    hierarchy::{self, shortened},
    inherited::{self, Inherited, Selector},
    registry::Registry,
    resources, samples,
    workflow::{self, Workflow},
};
use crate::{
    fault::{Fault, FieldError},
    model::{Format, Kind, Model, Operation, Property, pointer, validate_property},
    store::{Node, ReadTx},
};

pub const MODEL: &str = "data/ConfigurationTemplate";

/// Its two sets of values.
pub const PARTS: [&str; 2] = ["defaults", "fixed"];

/// More errors than anybody reads.
const MAX_ERRORS: usize = 100;

/// A template that can be applied to instances of its model.
#[derive(Clone, Debug)]
pub struct Template {
    pub pkid: String,
    pub name: String,
    pub defaults: Map<String, Value>,
    pub fixed: Map<String, Value>,
}

impl Template {
    /// Only what the model still has: it may have changed since the template was written.
    fn of(model: &Model, one: &Inherited) -> Self {
        Self::from_data(model, &one.row.pkid, &one.data)
    }

    /// The template that these attributes describe.
    pub fn from_data(model: &Model, pkid: &str, data: &Map<String, Value>) -> Self {
        let part = |name: &str| -> Map<String, Value> {
            let values = data.get(name).and_then(Value::as_object).into_iter().flatten();
            values
                .filter(|(name, _)| takes(model, name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        Self {
            pkid: pkid.to_owned(),
            name: data.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            defaults: part("defaults"),
            fixed: part("fixed"),
        }
    }
}

/// The templates for a model that can be chosen at a node: those there and above it, the nearest
/// first, at one node by name.
pub fn usable(tx: &ReadTx<'_>, place: &Node, model: &Model) -> Result<Vec<Template>, Fault> {
    let all = inherited::usable(tx, MODEL, place, model)?;
    Ok(all.iter().map(|one| Template::of(model, one)).collect())
}

/// The template that a request names, for instances at `place`; not found at that parameter when
/// there is none.
pub fn find(
    tx: &ReadTx<'_>,
    place: &Node,
    model: &Model,
    selector: &Selector,
) -> Result<Template, Fault> {
    let all = inherited::usable(tx, MODEL, place, model)?;
    let one = selector.pick(all, "configuration template", place)?;
    Ok(Template::of(model, &one))
}

/// Puts a template's values into an instance: defaults where nothing is set, fixed values
/// everywhere. Objects are filled member by member.
pub fn apply(template: &Template, data: &mut Map<String, Value>) {
    fill(&template.defaults, data, false);
    fill(&template.fixed, data, true);
}

fn fill(values: &Map<String, Value>, data: &mut Map<String, Value>, fixed: bool) {
    for (name, value) in values {
        match (value, data.get_mut(name)) {
            (Value::Object(below), Some(Value::Object(data))) => fill(below, data, fixed),
            (_, Some(present)) if !fixed && is_set(present) => {}
            _ => {
                data.insert(name.clone(), value.clone());
            }
        }
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(entries) => !entries.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

/// What is to be created at a node, with the named template applied.
pub async fn applied_to_new(
    app: &App,
    caller: &Caller,
    model: &Model,
    hierarchy: Option<&str>,
    selector: Option<Selector>,
    mut data: Map<String, Value>,
) -> Result<Map<String, Value>, Fault> {
    let Some(selector) = selector else { return Ok(data) };
    let (caller, model) = (caller.clone(), model.clone());
    let hierarchy = hierarchy.map(str::to_owned);
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, hierarchy.as_deref())?;
            apply(&find(tx, &place, &model, &selector)?, &mut data);
            Ok(data)
        })
        .await
}

/// What is to replace a stored instance, with the named template applied.
pub async fn applied_to_stored(
    app: &App,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    selector: Option<Selector>,
    mut data: Map<String, Value>,
) -> Result<Map<String, Value>, Fault> {
    let Some(selector) = selector else { return Ok(data) };
    let (from, model, pkid) = (caller.node.id, model.clone(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let stored = resources::get_in(tx, from, &model, &pkid)?;
            apply(&find(tx, &stored.node, &model, &selector)?, &mut data);
            Ok(data)
        })
        .await
}

/// Whether a template may hold a value for this attribute.
fn takes(model: &Model, name: &str) -> bool {
    model.root.property(name).is_some_and(|p| refusal(model, name, p).is_none())
}

/// Why a template can't hold a value for an attribute: code and reason.
fn refusal(model: &Model, name: &str, property: &Property) -> Option<(&'static str, String)> {
    let title = &property.title;
    if property.is_secret() {
        let reason =
            format!("{title} is secret and would stand in a template in plain text; leave it out.");
        return Some(("secret", reason));
    }
    if property.readonly || model.managed.iter().any(|m| m == name) {
        return Some(("read_only", format!("{title} is set by the server; leave it out.")));
    }
    None
}

/// The workflow of templates: what they hold must fit their model.
pub struct ConfigurationTemplate;

impl Workflow for ConfigurationTemplate {
    fn sample(&self, models: &Registry, data: &mut Map<String, Value>) {
        if let Some(target) = sample_target(models, Operation::ConfigurationTemplate) {
            data.insert("model_type".to_owned(), json!(target.model_type));
            let defaults: Map<String, Value> = samples::change(&target).into_iter().collect();
            data.insert("defaults".to_owned(), Value::Object(defaults));
        }
    }

    fn decided_by(&self) -> Option<&'static str> {
        Some("model_type")
    }

    /// Both sets of values have the fields of the model, each drawn once it is added.
    fn shaped(&self, models: &Registry, model: &Model, data: &Map<String, Value>) -> Model {
        let mut source = model.source.clone();
        offer_models(models, Operation::ConfigurationTemplate, &mut source);
        if let Ok(target) = target(models, Operation::ConfigurationTemplate, data) {
            for part in PARTS {
                if let Some(schema) = source.pointer_mut(&format!("/schema/properties/{part}")) {
                    schema["properties"] = members(&target);
                    schema["additionalProperties"] = json!(true);
                    schema["sparse"] = json!(true);
                }
            }
        }
        remade(model, source)
    }

    fn preview(
        &self,
        models: &Registry,
        data: &Map<String, Value>,
    ) -> Option<(Model, Map<String, Value>)> {
        let target = target(models, Operation::ConfigurationTemplate, data).ok()?;
        let mut start = Map::new();
        let template = Template::from_data(&target, "", data);
        apply(&template, &mut start);
        for (name, value) in target.defaults() {
            start.entry(name).or_insert(value);
        }
        Some((with_fixed(&target, &template), start))
    }

    fn prepare(&self, models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        let model = target(models, Operation::ConfigurationTemplate, data)?;
        let mut errors = Vec::new();
        for part in PARTS {
            let at = pointer::child("", part);
            for (name, value) in data.get(part).and_then(Value::as_object).into_iter().flatten() {
                if errors.len() >= MAX_ERRORS {
                    break;
                }
                judge(&model, &at, name, value, &mut errors);
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
    }
}

/// The model that a template or a policy is for, if it offers the operation that uses them.
pub(super) fn target(
    models: &Registry,
    operation: Operation,
    data: &Map<String, Value>,
) -> Result<std::sync::Arc<Model>, Fault> {
    let named = data.get("model_type").and_then(Value::as_str).unwrap_or_default();
    models.get(named).filter(|model| model.offers(operation)).ok_or_else(|| {
        let known: Vec<&str> = targets(models, operation).map(|m| m.model_type.as_str()).collect();
        Fault::field(
            "/model_type",
            "not_a_choice",
            format!(
                "{:?} is not a model that this can be for; it must be one of: {}.",
                shortened(named),
                known.join(", ")
            ),
        )
    })
}

/// The models that offer an operation.
pub(super) fn targets(
    models: &Registry,
    operation: Operation,
) -> impl Iterator<Item = &std::sync::Arc<Model>> {
    models.iter().filter(move |model| model.offers(operation))
}

/// A model for a sample: one that isn't about forms itself.
pub(super) fn sample_target(
    models: &Registry,
    operation: Operation,
) -> Option<std::sync::Arc<Model>> {
    let last =
        targets(models, operation).filter(|m| workflow::of(&m.model_type).decided_by().is_none());
    last.last().cloned()
}

/// Makes the model that a template or a policy is for a choice of those that offer the operation.
pub(super) fn offer_models(models: &Registry, operation: Operation, source: &mut Value) {
    if let Some(schema) = source.pointer_mut("/schema/properties/model_type") {
        schema["choices"] = targets(models, operation)
            .map(|m| json!({ "value": m.model_type, "title": m.title }))
            .collect();
    }
}

/// The schemas of what a template can hold: nothing is asked for, nothing has a default.
fn members(target: &Model) -> Value {
    let own = target.schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut members = Map::new();
    for (name, schema) in own {
        let Some(property) = target.root.property(name).filter(|_| takes(target, name)) else {
            continue;
        };
        let mut schema = schema.clone();
        bare(property, &mut schema);
        if let Some(format) = property.format.and_then(keyword) {
            schema["format"] = json!(format);
        }
        members.insert(name.clone(), schema);
    }
    members.into()
}

/// Takes out of a schema what no template has: defaults, mandatory fields, secrets.
fn bare(property: &Property, schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("required");
        schema.shift_remove("default");
    }
    let below = schema.get_mut("properties").and_then(Value::as_object_mut);
    let Some(below) = below else { return };
    for (name, member) in &property.properties {
        if member.is_secret() {
            below.shift_remove(name);
        } else if let Some(schema) = below.get_mut(name) {
            bare(member, schema);
        }
    }
}

/// How a schema names a form of strings; some only a model file can.
fn keyword(format: Format) -> Option<&'static str> {
    match format {
        Format::Email => Some("email"),
        Format::DomainName => Some("host-name"),
        Format::Link => Some("link"),
        Format::DateTime => Some("date-time"),
        Format::Multiline => Some("multiline"),
        Format::ProxyUrl | Format::WebexOrganization => None,
    }
}

/// What is wrong with one value of a template.
fn judge(model: &Model, at: &str, name: &str, value: &Value, errors: &mut Vec<FieldError>) {
    let here = pointer::child(at, &shortened(name));
    let Some(property) = model.root.property(name) else {
        errors.push(unknown(model, &here, name));
        return;
    };
    if let Some((code, reason)) = refusal(model, name, property) {
        errors.push(FieldError::new(here, code, reason));
        return;
    }
    let before = errors.len();
    inner_secrets(property, &here, value, errors);
    if errors.len() == before {
        errors.extend(validate_property(property, &here, Some(value)));
    }
}

/// Says that a model has no such attribute.
pub(super) fn unknown(model: &Model, at: &str, name: &str) -> FieldError {
    FieldError::new(
        at,
        "unknown_property",
        format!("{} has no field {:?}; leave it out.", model.title, shortened(name)),
    )
}

/// Secrets in what an object holds. Entries of lists have none.
fn inner_secrets(property: &Property, at: &str, value: &Value, errors: &mut Vec<FieldError>) {
    let Value::Object(members) = value else { return };
    for (name, member) in &property.properties {
        let Some(value) = members.get(name) else { continue };
        let at = pointer::child(at, name);
        if member.is_secret() {
            errors.push(FieldError::new(
                at,
                "secret",
                format!(
                    "{} is secret and would stand in a template in plain text; leave it out.",
                    member.title
                ),
            ));
        } else if member.kind == Kind::Object {
            inner_secrets(member, &at, value, errors);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn defaults_fill_what_is_empty_and_fixed_values_replace() {
        let template = Template {
            pkid: String::new(),
            name: String::new(),
            defaults: map(json!({
                "a": "x", "b": "x", "c": true, "n": 1, "l": ["x"], "o": {"p": 1, "q": 1}
            })),
            fixed: map(json!({"b": "y", "o": {"r": 2}})),
        };
        let mut data =
            map(json!({"a": "", "b": "mine", "c": false, "n": 0, "l": [], "o": {"q": 5}}));
        apply(&template, &mut data);
        let wanted = json!({
            "a": "x", "b": "y", "c": false, "n": 0, "l": ["x"], "o": {"q": 5, "p": 1, "r": 2}
        });
        assert_eq!(Value::Object(data), wanted);
    }
}
