//! `data/FieldDisplayPolicy`: how forms and formatted sheets of a model look at a node and below.
//! A policy makes a model out of a model: the same fields, in another order, with other titles,
//! some hidden or read-only. Writes are always judged by the original one.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    forms::remade,
    inherited::{self, Inherited, Selector},
    registry::Registry,
    samples,
    templates::{self, target, unknown},
    workflow::Workflow,
};
use crate::{
    fault::{Fault, FieldError},
    model::{Model, Operation, Property, pointer},
    store::{Node, ReadTx},
};

pub const MODEL: &str = "data/FieldDisplayPolicy";

/// Which policy a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It names none: the nearest applies, at one node the first by name.
    Nearest,
    /// It says that none shall apply: `policy_name=` with nothing after it.
    None,
    Named(Selector),
}

impl Wanted {
    /// Reads `policy` and `policy_name`.
    pub fn read(pairs: &[(String, String)]) -> Self {
        match Selector::policy(pairs) {
            Some(selector) => Self::Named(selector),
            None if pairs.iter().any(|(n, _)| n == "policy" || n == "policy_name") => Self::None,
            None => Self::Nearest,
        }
    }
}

/// A policy for one model.
#[derive(Clone, Debug)]
pub struct Policy {
    pub pkid: String,
    pub name: String,
    fields: Vec<Rule>,
}

/// What a policy says about one field. Empty texts leave what the model says.
#[derive(Clone, Debug)]
struct Rule {
    name: String,
    title: String,
    help: String,
    visibility: Visibility,
    group: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    Visible,
    Readonly,
    Hidden,
}

impl Policy {
    fn of(one: &Inherited) -> Self {
        Self::from_data(&one.row.pkid, &one.data)
    }

    /// The policy that these attributes describe.
    pub fn from_data(pkid: &str, data: &Map<String, Value>) -> Self {
        let rows = data.get("fields").and_then(Value::as_array).into_iter().flatten();
        let fields = rows.map(|row| {
            let text = |name: &str| {
                row.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
            };
            Rule {
                name: text("name"),
                title: text("title"),
                help: text("help"),
                visibility: match text("visibility").as_str() {
                    "hidden" => Visibility::Hidden,
                    "readonly" => Visibility::Readonly,
                    _ => Visibility::Visible,
                },
                group: text("group"),
            }
        });
        Self {
            pkid: pkid.to_owned(),
            name: data.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            fields: fields.collect(),
        }
    }
}

/// The policies for a model that can be chosen at a node: those there and above it, the nearest
/// first, at one node by name. The first is the one that applies by itself.
pub fn usable(tx: &ReadTx<'_>, place: &Node, model: &Model) -> Result<Vec<Policy>, Fault> {
    Ok(inherited::usable(tx, MODEL, place, model)?.iter().map(Policy::of).collect())
}

/// The policy that applies at a node; a named one that doesn't exist is not found at its parameter.
pub fn find(
    tx: &ReadTx<'_>,
    place: &Node,
    model: &Model,
    wanted: &Wanted,
) -> Result<Option<Policy>, Fault> {
    if *wanted == Wanted::None {
        return Ok(None);
    }
    let all = inherited::usable(tx, MODEL, place, model)?;
    Ok(match wanted {
        Wanted::Named(selector) => {
            Some(Policy::of(&selector.pick(all, "field display policy", place)?))
        }
        _ => all.first().map(Policy::of),
    })
}

/// The model as forms and sheets show it at a node.
pub fn shown_at(
    tx: &ReadTx<'_>,
    place: &Node,
    model: &Arc<Model>,
    wanted: &Wanted,
) -> Result<Arc<Model>, Fault> {
    Ok(match find(tx, place, model, wanted)? {
        Some(policy) => Arc::new(shown(model, &policy)),
        None => Arc::clone(model),
    })
}

/// The model as a policy shows it: titles, help, order, headings, and which fields are hidden or
/// read-only. Mandatory fields always show and stay editable. Listed fields come first, under the
/// heading the policy gives them or else the model's; the others follow as the model has them.
pub fn shown(model: &Model, policy: &Policy) -> Model {
    let mut source = model.source.clone();
    let Some(Value::Object(properties)) = source.pointer_mut("/schema/properties") else {
        return model.clone();
    };
    let mut ordered = Map::with_capacity(properties.len());
    let mut rules = Vec::new();
    for rule in &policy.fields {
        // Names that the model doesn't have, or that came before, are passed over.
        let Some(Value::Object(mut schema)) = properties.shift_remove(&rule.name) else { continue };
        if !rule.title.is_empty() {
            schema.insert("title".to_owned(), json!(rule.title));
        }
        if !rule.help.is_empty() {
            schema.insert("description".to_owned(), json!(rule.help));
        }
        let required = model.root.property(&rule.name).is_some_and(|p| p.required);
        match rule.visibility {
            Visibility::Hidden if !required => {
                schema.insert("displayable".to_owned(), json!(false));
            }
            Visibility::Readonly if !required => {
                schema.insert("readonly".to_owned(), json!(true));
            }
            _ => {}
        }
        ordered.insert(rule.name.clone(), Value::Object(schema));
        rules.push(rule);
    }
    ordered.extend(std::mem::take(properties));
    *properties = ordered;
    source["groups"] = groups(model, &rules);
    remade(model, source)
}

/// The headings of the form, in the order in which the policy names them, then the model's.
fn groups(model: &Model, rules: &[&Rule]) -> Value {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut put = |title, field| match groups.iter_mut().find(|(known, _)| *known == title) {
        Some((_, fields)) => fields.push(field),
        None => groups.push((title, vec![field])),
    };
    let own = |name: &str| model.groups.iter().find(|g| g.fields.iter().any(|f| f == name));
    for rule in rules {
        if !rule.group.is_empty() {
            put(&rule.group, rule.name.as_str());
        } else if let Some(group) = own(&rule.name) {
            put(&group.title, rule.name.as_str());
        }
    }
    for group in &model.groups {
        for field in group.fields.iter().filter(|f| rules.iter().all(|r| r.name != **f)) {
            put(&group.title, field.as_str());
        }
    }
    groups.iter().map(|(title, fields)| json!({ "title": title, "fields": fields })).collect()
}

/// The workflow of policies: the fields they name must be the model's, each named once.
pub struct FieldDisplayPolicy;

impl Workflow for FieldDisplayPolicy {
    fn sample(&self, models: &Registry, data: &mut Map<String, Value>) {
        let Some(target) = templates::sample_target(models, Operation::FieldDisplayPolicy) else {
            return;
        };
        data.insert("model_type".to_owned(), json!(target.model_type));
        if let Some((name, _)) = samples::change(&target) {
            let row = json!({ "name": name, "title": "Another title", "visibility": "readonly" });
            data.insert("fields".to_owned(), json!([row]));
        }
    }

    fn decided_by(&self) -> Option<&'static str> {
        Some("model_type")
    }

    /// The fields are picked from those of the model.
    fn shaped(&self, models: &Registry, model: &Model, data: &Map<String, Value>) -> Model {
        let mut source = model.source.clone();
        templates::offer_models(models, Operation::FieldDisplayPolicy, &mut source);
        if let Ok(target) = target(models, Operation::FieldDisplayPolicy, data)
            && let Some(name) =
                source.pointer_mut("/schema/properties/fields/items/properties/name")
        {
            let choice = |(name, property): &(String, Property)| json!({ "value": name, "title": property.title });
            name["choices"] = target.root.properties.iter().map(choice).collect();
        }
        remade(model, source)
    }

    fn preview(
        &self,
        models: &Registry,
        data: &Map<String, Value>,
    ) -> Option<(Model, Map<String, Value>)> {
        let target = target(models, Operation::FieldDisplayPolicy, data).ok()?;
        let model = shown(&target, &Policy::from_data("", data));
        let start = target.defaults();
        Some((model, start))
    }

    fn prepare(&self, models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        let model = target(models, Operation::FieldDisplayPolicy, data)?;
        let mut errors = Vec::new();
        let mut seen = BTreeSet::new();
        let rows = data.get("fields").and_then(Value::as_array).into_iter().flatten();
        for (index, row) in rows.enumerate() {
            let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
            let at = pointer::child(&pointer::entry("/fields", index), "name");
            if model.root.property(name).is_none() {
                errors.push(unknown(&model, &at, name));
            } else if !seen.insert(name) {
                errors.push(FieldError::new(
                    at,
                    "duplicate_item",
                    format!("{name} is listed before; remove one of the two."),
                ));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
    }
}
