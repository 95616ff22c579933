//! What a form is drawn from: the model as its workflow, a display policy and a configuration
//! template shape it, the values it starts with, and what can be chosen about it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    App,
    inherited::Selector,
    policies::{self, Policy, Wanted},
    registry::Registry,
    resources,
    templates::{self, Template},
    workflow,
};
use crate::{
    fault::Fault,
    model::{Model, Operation},
    store::{Node, ReadTx, Stored},
};

/// The parameter of the template chooser.
const TEMPLATE: &str = "template_name";
/// The parameter of the policy chooser.
const POLICY: &str = "policy_name";

/// A form at a place.
pub struct Form {
    /// The original's fields, all of them, as this form shows them. Writes are judged by the
    /// original.
    pub model: Arc<Model>,
    /// What it starts with. Fields that it hides or doesn't let be changed keep these values.
    pub start: Map<String, Value>,
    pub template: Option<Template>,
    pub policy: Option<Policy>,
    /// What can be chosen about it.
    pub choosers: Vec<Chooser>,
    /// Says what must be chosen before there is a form at all.
    pub undecided: Option<String>,
}

/// A parameter of a form's address, and what it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chooser {
    pub parameter: String,
    pub title: String,
    /// Value and title of each.
    pub options: Vec<(String, String)>,
    pub current: String,
}

impl Chooser {
    /// Whether a parameter says the same thing as this one.
    pub fn replaces(&self, parameter: &str) -> bool {
        let same: &[&str] = match self.parameter.as_str() {
            TEMPLATE => &["template", "configuration_template"],
            POLICY => &["policy"],
            _ => &[],
        };
        parameter == self.parameter || same.contains(&parameter)
    }
}

/// The form of a new instance at a place.
pub async fn at(
    app: &App,
    place: &Node,
    model: &Arc<Model>,
    chosen: Vec<(String, String)>,
) -> Result<Form, Fault> {
    let (app_, place, model) = (app.clone(), place.clone(), Arc::clone(model));
    app.store.read(move |tx| form(tx, &app_.models, &place, &model, None, &chosen)).await
}

/// The form of a stored instance.
pub async fn of(
    app: &App,
    model: &Arc<Model>,
    stored: &Stored,
    chosen: Vec<(String, String)>,
) -> Result<Form, Fault> {
    let (app_, model, place) = (app.clone(), Arc::clone(model), stored.node.clone());
    let data = resources::from_json(stored)?;
    app.store.read(move |tx| form(tx, &app_.models, &place, &model, Some(&data), &chosen)).await
}

/// The form of a stored instance, or of a new one, at a place. `chosen` holds the pairs of the
/// request's query string.
pub fn form(
    tx: &ReadTx<'_>,
    models: &Registry,
    place: &Node,
    original: &Arc<Model>,
    stored: Option<&Map<String, Value>>,
    chosen: &[(String, String)],
) -> Result<Form, Fault> {
    let flow = workflow::of(&original.model_type);
    let mut start = stored.cloned().unwrap_or_default();
    let mut choosers = Vec::new();
    let mut model = Arc::clone(original);
    let mut undecided = None;
    if let Some(name) = flow.decided_by() {
        if stored.is_none()
            && let Some((_, value)) = chosen.iter().rev().find(|(n, v)| n == name && !v.is_empty())
        {
            start.insert(name.to_owned(), json!(value));
        }
        model = Arc::new(flow.shaped(models, original, &start));
        if stored.is_none() {
            let (chooser, decided) = decision(&model, name, &start);
            if decided {
                model = Arc::new(fixed(&model, &json!({ name: null }), None));
            } else {
                start.shift_remove(name);
                undecided = Some(format!(
                    "Choose the {} above; the form for it then stands here.",
                    chooser.title.to_lowercase()
                ));
            }
            choosers.push(chooser);
        }
    }

    let usable = policies::usable(tx, place, original)?;
    let policy = policies::find(tx, place, original, &Wanted::read(chosen))?;
    if let Some(policy) = &policy {
        model = Arc::new(policies::shown(&model, policy));
    }
    if distinct(usable.iter().map(|p| &p.name)).len() > 1 {
        let names = usable.iter().map(|p| &p.name);
        let current = policy.as_ref().map(|p| &p.name);
        choosers.push(chooser(POLICY, "Display", "All fields", names, current));
    }

    let usable = if original.offers(Operation::ConfigurationTemplate) {
        templates::usable(tx, place, original)?
    } else {
        Vec::new()
    };
    let template = match Selector::template(chosen) {
        Some(selector) => Some(templates::find(tx, place, original, &selector)?),
        None => None,
    };
    if let Some(template) = &template {
        templates::apply(template, &mut start);
        model = Arc::new(with_fixed(&model, template));
    }
    if !usable.is_empty() {
        let names = usable.iter().map(|t| &t.name);
        let current = template.as_ref().map(|t| &t.name);
        choosers.push(chooser(TEMPLATE, "Template", "None", names, current));
    }
    if stored.is_none() {
        for (name, value) in original.defaults() {
            // What only the server writes isn't the form's to send.
            let ours = original.root.property(&name).is_some_and(|p| p.readonly)
                || original.managed.contains(&name);
            if !ours {
                start.entry(name).or_insert(value);
            }
        }
    }
    Ok(Form { model, start, template, policy, choosers, undecided })
}

/// Whether instances of this type shape forms, which can be looked at before they are saved.
pub fn previews(model_type: &str) -> bool {
    workflow::of(model_type).decided_by().is_some()
}

/// The form that an instance with these attributes would shape; none while its model isn't known.
pub fn preview(app: &App, model_type: &str, data: &Map<String, Value>) -> Option<Form> {
    let (model, start) = workflow::of(model_type).preview(&app.models, data)?;
    Some(Form {
        model: Arc::new(model),
        start,
        template: None,
        policy: None,
        choosers: Vec::new(),
        undecided: None,
    })
}

/// The model with what a template fixes read-only.
pub fn with_fixed(model: &Model, template: &Template) -> Model {
    let why = if template.name.is_empty() {
        "Set by the template.".to_owned()
    } else {
        format!("Set by the template {}.", template.name)
    };
    fixed(model, &json!(template.fixed), Some(&why))
}

/// The chooser of what decides on the rest, and whether it has been chosen.
fn decision(model: &Model, name: &str, start: &Map<String, Value>) -> (Chooser, bool) {
    let current = start.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let property = model.root.property(name);
    let mut options: Vec<(String, String)> = property
        .into_iter()
        .flat_map(|p| &p.choices)
        .map(|choice| (choice.value.clone(), choice.title.clone()))
        .collect();
    let decided = options.iter().any(|(value, _)| *value == current);
    if !decided {
        options.insert(0, (String::new(), "Choose…".to_owned()));
    }
    let title = property.map_or(name, |p| p.title.as_str()).to_owned();
    (Chooser { parameter: name.to_owned(), title, options, current }, decided)
}

/// A chooser by name, with what stands for none of them first.
fn chooser<'a>(
    parameter: &str,
    title: &str,
    none: &str,
    names: impl Iterator<Item = &'a String>,
    current: Option<&String>,
) -> Chooser {
    let mut options = vec![(String::new(), none.to_owned())];
    options.extend(distinct(names).into_iter().map(|name| (name.clone(), name.clone())));
    Chooser {
        parameter: parameter.to_owned(),
        title: title.to_owned(),
        options,
        current: current.cloned().unwrap_or_default(),
    }
}

/// Of several with one name the nearest, which comes first, is the one that can be chosen by it.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    let mut seen: Vec<&String> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

/// The model with the fields read-only that `values` holds values for; `why` is then their help.
fn fixed(model: &Model, values: &Value, why: Option<&str>) -> Model {
    let mut source = model.source.clone();
    if let Some(properties) = source.pointer_mut("/schema/properties") {
        fix(properties, values, why);
    }
    remade(model, source)
}

fn fix(properties: &mut Value, values: &Value, why: Option<&str>) {
    for (name, value) in values.as_object().into_iter().flatten() {
        let Some(Value::Object(schema)) = properties.get_mut(name) else { continue };
        // Of an object, only the members that are given are fixed.
        if value.is_object()
            && let Some(properties) = schema.get_mut("properties")
        {
            fix(properties, value, why);
            continue;
        }
        schema.insert("readonly".to_owned(), json!(true));
        if let Some(why) = why {
            schema.insert("description".to_owned(), json!(why));
        }
    }
}

/// The model that a changed source makes; the unchanged one where it makes none.
pub fn remade(model: &Model, source: Value) -> Model {
    Model::try_from(source).unwrap_or_else(|error| {
        tracing::error!(%error, "a form's model can't be read");
        model.clone()
    })
}
