//! Reading a model file, strictly: what it says must be known, typed right and consistent, or
//! the reading stops with the file, the place in it and the reason.

use std::fmt;

use serde_json::Value;

use super::definition::{Action, Format, Group, Model, NodeType, Operation, Property};
use super::members::Members;
use super::{json, pointer, schema};

const KEYS: &[&str] = &[
    "model_type",
    "title",
    "title_plural",
    "description",
    "section",
    "summary_attrs",
    "order_by",
    "descending",
    "unique_at_node",
    "unique",
    "indexed",
    "inherited",
    "allowed_at",
    "operations",
    "groups",
    "managed",
    "immutable",
    "actions",
    "formats",
    "schema",
];

/// The attribute that every instance has and no schema names.
const PLACE: &str = "hierarchy_friendly_name";

/// Why a file is no model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    pub file: String,
    /// A JSON Pointer into the file; empty for the file itself.
    pub pointer: String,
    pub reason: String,
}

impl LoadError {
    /// Whoever knows the file adds it.
    pub(super) fn at(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: String::new(), pointer: pointer.into(), reason: reason.into() }
    }

    fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if !self.pointer.is_empty() {
            write!(f, " at {}", self.pointer)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for LoadError {}

/// The model in `text`; `file` is what an error calls it.
pub fn parse(file: &str, text: &str) -> Result<Model, LoadError> {
    json::parse(text)
        .map_err(|(at, reason)| LoadError::at(at, reason))
        .and_then(read)
        .map_err(|error| error.in_file(file))
}

/// The models of many files, given as path and text. The path ends with the model's
/// type: `relation/SparkCustomer.json`, in whatever folder.
pub fn load_all(
    files: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Model>, LoadError> {
    let mut models: Vec<(String, Model)> = Vec::new();
    for (file, text) in files {
        let model = parse(&file, &text)?;
        let fault = |reason| LoadError::at("/model_type", reason).in_file(&file);
        if let Some((other, _)) = models.iter().find(|(_, m)| m.model_type == model.model_type) {
            return Err(fault(format!("{other} is {} already", model.model_type)));
        }
        let path = format!("{}.json", model.model_type);
        if !is_at(&file, &path) {
            return Err(fault(format!("doesn't match the file's path, which should be {path}")));
        }
        models.push((file, model));
    }
    Ok(models.into_iter().map(|(_, model)| model).collect())
}

/// Whether a file stands where its model's type says, in whatever folder.
fn is_at(file: &str, path: &str) -> bool {
    file.strip_suffix(path).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

impl TryFrom<Value> for Model {
    type Error = LoadError;

    fn try_from(source: Value) -> Result<Self, LoadError> {
        let file = source.get("model_type").and_then(Value::as_str).unwrap_or("model").to_owned();
        read(source).map_err(|error| error.in_file(&file))
    }
}

impl From<Model> for Value {
    fn from(model: Model) -> Self {
        model.source
    }
}

fn read(source: Value) -> Result<Model, LoadError> {
    let file = Members::of(&source, "")?;
    file.refuse_unknown(KEYS)?;
    let model_type = needed(&file, "model_type", file.text("model_type")?)?;
    check_model_type(model_type).map_err(|reason| file.wrong("model_type", reason))?;
    let title = needed(&file, "title", file.title("title")?)?;
    let schema = needed(&file, "schema", file.map.get("schema"))?;
    let formats = formats(&file)?;
    let root = schema::compile_root(schema, "/schema", title, &formats)?;
    for (field, _) in &formats {
        let at = pointer::child("/formats", field);
        if known(&root, field, &at)?.kind != super::Kind::String {
            return Err(LoadError::at(at, "only a string has a format"));
        }
    }
    let summary_attrs = summary_attrs(&file, &root)?;
    Ok(Model {
        model_type: model_type.to_owned(),
        title: title.to_owned(),
        title_plural: file
            .title("title_plural")?
            .map_or_else(|| format!("{title}s"), str::to_owned),
        description: file.text("description")?.unwrap_or_default().to_owned(),
        section: file.text("section")?.unwrap_or_default().to_owned(),
        order_by: order_by(&file, &root, &summary_attrs)?,
        descending: file.flag("descending")?.unwrap_or(false),
        unique_at_node: listed(&file, &root, "unique_at_node")?,
        unique: listed(&file, &root, "unique")?,
        indexed: listed(&file, &root, "indexed")?,
        inherited: file.flag("inherited")?.unwrap_or(false),
        allowed_at: enumerated(&file, "allowed_at", NodeType::parse)?.unwrap_or_default(),
        operations: enumerated(&file, "operations", |name| {
            Operation::ALL.into_iter().find(|o| o.as_str() == name)
        })?
        .unwrap_or_else(|| Operation::ALL.to_vec()),
        groups: groups(&file, &root)?,
        managed: fields(&file, &root, "managed")?,
        immutable: fields(&file, &root, "immutable")?,
        actions: actions(&file)?,
        schema_version: Members::of(schema, "/schema")?
            .title("schema_version")?
            .unwrap_or("1.0")
            .to_owned(),
        summary_attrs,
        schema: check_version_url(schema)?.clone(),
        root,
        source,
    })
}

fn needed<T>(file: &Members, key: &str, value: Option<T>) -> Result<T, LoadError> {
    value.ok_or_else(|| LoadError::at(file.at, format!("has no {key}")))
}

/// `$schema` is informative, but it must be text.
fn check_version_url(schema: &Value) -> Result<&Value, LoadError> {
    Members::of(schema, "/schema")?.title("$schema")?;
    Ok(schema)
}

/// `type(/type)*/Name`: it stands in paths, so it holds nothing that needs an escape.
pub(super) fn check_model_type(text: &str) -> Result<(), String> {
    let word = |s: &str, first: fn(&u8) -> bool| {
        s.as_bytes().first().is_some_and(first)
            && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let fits = text.rsplit_once('/').is_some_and(|(types, name)| {
        word(name, u8::is_ascii_uppercase)
            && types.split('/').all(|t| {
                word(t, u8::is_ascii_lowercase) && !t.bytes().any(|b| b.is_ascii_uppercase())
            })
    });
    if fits {
        Ok(())
    } else {
        Err(format!("\"{text}\" is not of the form type/Name, like relation/SparkCustomer"))
    }
}

/// The property that a file names outside its schema.
fn known<'a>(root: &'a Property, name: &str, at: &str) -> Result<&'a Property, LoadError> {
    root.property(name)
        .ok_or_else(|| LoadError::at(at, format!("the schema has no property \"{name}\"")))
}

/// Names of properties.
fn fields(file: &Members, root: &Property, key: &str) -> Result<Vec<String>, LoadError> {
    let names = file.names(key)?;
    for (i, name) in names.iter().enumerate() {
        known(root, name, &format!("/{key}/{i}"))?;
    }
    Ok(names)
}

/// Names of properties that can be compared: one value each, and no secret, because those are
/// kept apart, encrypted.
fn listed(file: &Members, root: &Property, key: &str) -> Result<Vec<String>, LoadError> {
    let names = file.names(key)?;
    for (i, name) in names.iter().enumerate() {
        comparable(root, name, &format!("/{key}/{i}"))?;
    }
    Ok(names)
}

fn comparable(root: &Property, name: &str, at: &str) -> Result<(), LoadError> {
    let property = known(root, name, at)?;
    if property.is_secret() {
        return Err(LoadError::at(at, format!("\"{name}\" is secret and can't stand here")));
    }
    if !property.is_scalar() {
        return Err(LoadError::at(at, format!("\"{name}\" isn't one value and can't stand here")));
    }
    Ok(())
}

fn summary_attrs(file: &Members, root: &Property) -> Result<Vec<String>, LoadError> {
    let names = file.names("summary_attrs")?;
    for (i, name) in names.iter().enumerate() {
        if name != PLACE {
            comparable(root, name, &format!("/summary_attrs/{i}"))?;
        }
    }
    if file.map.contains_key("summary_attrs") {
        if names.iter().all(|name| name == PLACE) {
            return Err(file.wrong("summary_attrs", "must name at least one property"));
        }
        return Ok(names);
    }
    let shown = |p: &&(String, Property)| p.1.displayable && p.1.is_scalar() && !p.1.is_secret();
    let first = root
        .properties
        .iter()
        .filter(shown)
        .find(|(_, p)| p.kind == super::Kind::String)
        .or_else(|| root.properties.iter().find(shown));
    let Some((first, _)) = first else {
        let reason = "no property can stand in a list: each is secret, hidden or a structure";
        return Err(LoadError::at("/schema/properties", reason));
    };
    Ok(vec![first.clone(), PLACE.to_owned()])
}

fn order_by(file: &Members, root: &Property, summary: &[String]) -> Result<String, LoadError> {
    if let Some(name) = file.text("order_by")? {
        comparable(root, name, "/order_by")?;
        return Ok(name.to_owned());
    }
    let first = summary.iter().find(|name| *name != PLACE).cloned();
    first.ok_or_else(|| LoadError::at("/summary_attrs", "must name at least one property"))
}

fn enumerated<T>(
    file: &Members,
    key: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<Vec<T>>, LoadError> {
    let values = file
        .names(key)?
        .iter()
        .enumerate()
        .map(|(i, name)| {
            read(name)
                .ok_or_else(|| LoadError::at(format!("/{key}/{i}"), format!("unknown: \"{name}\"")))
        })
        .collect::<Result<_, _>>()?;
    Ok(file.map.contains_key(key).then_some(values))
}

fn groups(file: &Members, root: &Property) -> Result<Vec<Group>, LoadError> {
    let mut groups: Vec<Group> = Vec::new();
    for (i, value) in file.list("groups")?.into_iter().flatten().enumerate() {
        let at = format!("/groups/{i}");
        let members = Members::of(value, &at)?;
        members.refuse_unknown(&["title", "fields"])?;
        let title = needed(&members, "title", members.title("title")?)?;
        if groups.iter().any(|g| g.title == title) {
            return Err(members.wrong("title", format!("\"{title}\" occurs twice")));
        }
        let fields = members.names("fields")?;
        if fields.is_empty() {
            return Err(members.wrong("fields", "must name at least one property"));
        }
        for (j, field) in fields.iter().enumerate() {
            let at = format!("{at}/fields/{j}");
            known(root, field, &at)?;
            if let Some(group) = groups.iter().find(|g| g.fields.contains(field)) {
                let reason = format!("\"{field}\" stands in the group \"{}\" already", group.title);
                return Err(LoadError::at(at, reason));
            }
        }
        groups.push(Group { title: title.to_owned(), fields });
    }
    Ok(groups)
}

fn actions(file: &Members) -> Result<Vec<Action>, LoadError> {
    let mut actions: Vec<Action> = Vec::new();
    for (i, value) in file.list("actions")?.into_iter().flatten().enumerate() {
        let at = format!("/actions/{i}");
        let members = Members::of(value, &at)?;
        members.refuse_unknown(&["name", "title"])?;
        let name = needed(&members, "name", members.title("name")?)?;
        let title = needed(&members, "title", members.title("title")?)?;
        if !name.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(members.wrong("name", "must have letters only"));
        }
        if actions.iter().any(|a| a.name == name) {
            return Err(members.wrong("name", format!("\"{name}\" occurs twice")));
        }
        actions.push(Action { name: name.to_owned(), title: title.to_owned() });
    }
    Ok(actions)
}

fn formats(file: &Members) -> Result<Vec<(String, Format)>, LoadError> {
    let Some(value) = file.map.get("formats") else { return Ok(Vec::new()) };
    let members = Members::of(value, "/formats")?;
    members
        .map
        .iter()
        .map(|(field, name)| {
            serde_json::from_value(name.clone())
                .map(|format| (field.clone(), format))
                .map_err(|error| members.wrong(field, error.to_string()))
        })
        .collect()
}
