//! The dialect: a schema of a model file, read into a tree of [`Property`].
//! Draft-03 with per-property `required`, and the keywords of the SparkCustomer document.

use serde_json::Value;

use super::definition::{Choice, Format, Kind, Property, Target};
use super::load::{LoadError, check_model_type};
use super::members::Members;
use super::pattern::Pattern;
use super::pointer;
use super::validate::{length_cap, validate_property};

/// How many properties and items may stand within each other.
const MAX_DEPTH: usize = 16;

/// Beyond this a whole number isn't exact as the `f64` in which limits are kept.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

const OF_ROOT: &[&str] = &["$schema", "schema_version"];
const OF_ALL: &[&str] = &[
    "type",
    "title",
    "description",
    "name",
    "required",
    "default",
    "readonly",
    "displayable",
    "is_password",
    "store_encrypted",
];
const OF_STRING: &[&str] = &[
    "choices",
    "enum",
    "format",
    "minLength",
    "maxLength",
    "pattern",
    "valid_re",
    "target",
    "target_attr",
    "target_model_type",
    "target_filter",
];
const OF_NUMBER: &[&str] = &["minimum", "maximum"];
const OF_INTEGER: &[&str] = &["minimum", "maximum", "choices", "enum"];
const OF_ARRAY: &[&str] = &["items", "minItems", "maxItems", "uniqueItems"];
const OF_OBJECT: &[&str] = &["properties", "additionalProperties", "sparse"];

/// Where a node stands, and what it gets from there.
struct Place<'a> {
    at: &'a str,
    depth: usize,
    /// Whether it is part of an entry of an array.
    in_array: bool,
    /// The title it has when it names none.
    title: &'a str,
    /// The named form that the file assigns to it.
    format: Option<Format>,
    /// The named forms that the file assigns to the properties right below it.
    formats: &'a [(String, Format)],
}

/// The root object of a model.
pub(super) fn compile_root(
    schema: &Value,
    at: &str,
    title: &str,
    formats: &[(String, Format)],
) -> Result<Property, LoadError> {
    let mut root =
        compile(schema, &Place { at, depth: 0, in_array: false, title, format: None, formats })?;
    let members = Members::of(schema, at)?;
    if root.kind != Kind::Object {
        return Err(members.wrong("type", "the root must be of type object"));
    }
    if root.properties.is_empty() {
        return Err(members.wrong("properties", "a model needs at least one property"));
    }
    if members.map.contains_key("default") {
        return Err(members.wrong("default", "the root takes none; give its properties theirs"));
    }
    if root.property("hierarchy_friendly_name").is_some() {
        let at = pointer::child(at, "properties");
        let reason = "this name is kept for the place of an instance";
        return Err(LoadError::at(pointer::child(&at, "hierarchy_friendly_name"), reason));
    }
    root.required = true;
    Ok(root)
}

fn compile(schema: &Value, place: &Place) -> Result<Property, LoadError> {
    let Place { at, depth, .. } = *place;
    if depth > MAX_DEPTH {
        return Err(LoadError::at(at, format!("nested deeper than {MAX_DEPTH} levels")));
    }
    let members = Members::of(schema, at)?;
    let kind = kind(&members)?;
    keywords(&members, kind, depth)?;
    members.text("name")?;
    let mut property = Property {
        kind,
        title: members.title("title")?.unwrap_or(place.title).to_owned(),
        description: members.text("description")?.unwrap_or_default().to_owned(),
        required: members.flag("required")?.unwrap_or(false),
        default: None,
        choices: choices(&members, kind)?,
        format: place.format.or(format(&members)?),
        is_password: members.flag("is_password")?.unwrap_or(false),
        store_encrypted: members.flag("store_encrypted")?.unwrap_or(false),
        readonly: members.flag("readonly")?.unwrap_or(false),
        displayable: members.flag("displayable")?.unwrap_or(true),
        min_length: members.count("minLength")?,
        max_length: members.count("maxLength")?,
        minimum: limit(&members, "minimum", kind)?,
        maximum: limit(&members, "maximum", kind)?,
        pattern: pattern(&members)?,
        min_items: members.count("minItems")?,
        max_items: members.count("maxItems")?,
        unique_items: members.flag("uniqueItems")?.unwrap_or(false),
        items: None,
        properties: properties(&members, place)?,
        additional_properties: members
            .flag("additionalProperties")?
            .unwrap_or(kind == Kind::Object && !members.map.contains_key("properties")),
        sparse: members.flag("sparse")?.unwrap_or(false),
        target: target(&members)?,
    };
    secrecy(&members, &property, place.in_array)?;
    if let Some(items) = members.map.get("items") {
        let at = pointer::child(at, "items");
        let place = Place {
            at: &at,
            depth: depth + 1,
            in_array: true,
            title: &property.title,
            format: None,
            formats: &[],
        };
        property.items = Some(Box::new(compile(items, &place)?));
    }
    judge(&members, &mut property)?;
    Ok(property)
}

fn kind(members: &Members) -> Result<Kind, LoadError> {
    let Some(name) = members.text("type")? else {
        return Err(LoadError::at(members.at, "has no type"));
    };
    Ok(match name {
        "any" => Kind::Any,
        "string" => Kind::String,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "object" => Kind::Object,
        "array" => Kind::Array,
        other => {
            let known = "any, string, integer, number, boolean, object, array";
            return Err(members.wrong("type", format!("\"{other}\" is none of {known}")));
        }
    })
}

/// Refuses keywords that the dialect doesn't have, and those that mean nothing for this type.
fn keywords(members: &Members, kind: Kind, depth: usize) -> Result<(), LoadError> {
    let own = match kind {
        Kind::String => OF_STRING,
        Kind::Integer => OF_INTEGER,
        Kind::Number => OF_NUMBER,
        Kind::Array => OF_ARRAY,
        Kind::Object => OF_OBJECT,
        Kind::Any | Kind::Boolean => &[],
    };
    for key in members.map.keys().map(String::as_str) {
        let here = depth == 0 && OF_ROOT.contains(&key);
        if here || OF_ALL.contains(&key) || own.contains(&key) {
            continue;
        }
        let elsewhere =
            [OF_STRING, OF_NUMBER, OF_ARRAY, OF_OBJECT].iter().any(|l| l.contains(&key));
        return Err(members.wrong(
            key,
            if OF_ROOT.contains(&key) {
                "belongs at the root of the schema"
            } else if elsewhere {
                "has no meaning for this type"
            } else {
                "is not a keyword of the dialect"
            },
        ));
    }
    Ok(())
}

fn choices(members: &Members, kind: Kind) -> Result<Vec<Choice>, LoadError> {
    let (key, list) = match (members.list("choices")?, members.list("enum")?) {
        (Some(_), Some(_)) => return Err(members.wrong("enum", "choices are given already")),
        (Some(list), None) => ("choices", list),
        (None, Some(list)) => ("enum", list),
        (None, None) => return Ok(Vec::new()),
    };
    if list.is_empty() {
        return Err(members.wrong(key, "must hold at least one choice"));
    }
    let at = pointer::child(members.at, key);
    let mut choices: Vec<Choice> = Vec::new();
    for (i, value) in list.iter().enumerate() {
        let at = pointer::entry(&at, i);
        let choice = if key == "enum" {
            let value = choice_value(value, kind, &at)?;
            Choice { title: value.clone(), value }
        } else {
            let pair = Members::of(value, &at)?;
            pair.refuse_unknown(&["value", "title"])?;
            let Some(value) = pair.map.get("value") else {
                return Err(LoadError::at(at, "has no value"));
            };
            let value = choice_value(value, kind, &pointer::child(&at, "value"))?;
            Choice { title: pair.title("title")?.unwrap_or(&value).to_owned(), value }
        };
        if choice.value.is_empty() {
            return Err(LoadError::at(at, "an empty choice is what leaving the field unset means"));
        }
        if choices.iter().any(|c| c.value == choice.value) {
            return Err(LoadError::at(at, format!("\"{}\" occurs twice", choice.value)));
        }
        choices.push(choice);
    }
    Ok(choices)
}

fn choice_value(value: &Value, kind: Kind, at: &str) -> Result<String, LoadError> {
    match (kind, value) {
        (Kind::Integer, Value::Number(number)) if number.is_i64() => Ok(number.to_string()),
        (Kind::Integer, _) => Err(LoadError::at(at, "must be a whole number")),
        (_, Value::String(text)) => Ok(text.clone()),
        _ => Err(LoadError::at(at, "must be a string")),
    }
}

fn format(members: &Members) -> Result<Option<Format>, LoadError> {
    Ok(Some(match members.text("format")? {
        None => return Ok(None),
        Some("link" | "uri") => Format::Link,
        Some("email") => Format::Email,
        Some("date-time") => Format::DateTime,
        // Draft-03 writes the hyphen, the later drafts don't.
        Some("host-name" | "hostname") => Format::DomainName,
        Some("multiline") => Format::Multiline,
        Some(other) => {
            let known = "link, uri, email, date-time, host-name, multiline";
            return Err(members.wrong("format", format!("\"{other}\" is none of {known}")));
        }
    }))
}

fn limit(members: &Members, key: &str, kind: Kind) -> Result<Option<f64>, LoadError> {
    let limit = members.number(key)?;
    if kind == Kind::Integer && limit.is_some_and(|l| l.abs() > MAX_EXACT) {
        return Err(members.wrong(key, "is beyond what can be compared exactly"));
    }
    Ok(limit)
}

fn pattern(members: &Members) -> Result<Option<String>, LoadError> {
    let (key, text) = match (members.text("pattern")?, members.text("valid_re")?) {
        (Some(_), Some(_)) => {
            return Err(members.wrong("valid_re", "pattern says the same; keep one of them"));
        }
        (Some(text), None) => ("pattern", text),
        (None, Some(text)) => ("valid_re", text),
        (None, None) => return Ok(None),
    };
    match Pattern::new(text) {
        Ok(_) => Ok(Some(text.to_owned())),
        Err(error) => Err(members.wrong(key, format!("does not compile: {error}"))),
    }
}

fn target(members: &Members) -> Result<Option<Target>, LoadError> {
    let target = Target {
        href: members.title("target")?.map(str::to_owned),
        attr: members.title("target_attr")?.map(str::to_owned),
        model_type: members.title("target_model_type")?.map(str::to_owned),
        filter: target_filter(members)?,
    };
    if let Some(model_type) = &target.model_type {
        check_model_type(model_type)
            .map_err(|reason| members.wrong("target_model_type", reason))?;
    }
    if target.model_type.is_none() && !target.filter.is_empty() {
        return Err(members.wrong("target_filter", "needs a target_model_type beside it"));
    }
    let named = target.href.is_some() || target.attr.is_some() || target.model_type.is_some();
    Ok(named.then_some(target))
}

fn target_filter(members: &Members) -> Result<Vec<(String, String)>, LoadError> {
    let Some(value) = members.map.get("target_filter") else { return Ok(Vec::new()) };
    let at = pointer::child(members.at, "target_filter");
    let filter = Members::of(value, &at)?;
    let pairs = filter.map.keys().map(|name| {
        let text = filter.text(name)?.unwrap_or_default();
        Ok((name.clone(), text.to_owned()))
    });
    pairs.collect()
}

/// Secrets are kept apart from the instance, by field. An entry of an array has no name that
/// stays its own, so a secret there would end up in the plain JSON.
fn secrecy(members: &Members, property: &Property, in_array: bool) -> Result<(), LoadError> {
    let key = match (property.is_password, property.store_encrypted) {
        (false, false) => return Ok(()),
        (true, _) => "is_password",
        (false, true) => "store_encrypted",
    };
    if property.kind != Kind::String {
        return Err(members.wrong(key, "only a string can be secret"));
    }
    if in_array {
        return Err(members.wrong(key, "nothing in an entry of a list can be secret"));
    }
    if members.map.contains_key("default") {
        return Err(members.wrong("default", "a secret in a model file would be none"));
    }
    Ok(())
}

fn properties(members: &Members, parent: &Place) -> Result<Vec<(String, Property)>, LoadError> {
    let Some(value) = members.map.get("properties") else { return Ok(Vec::new()) };
    let at = pointer::child(members.at, "properties");
    let named = Members::of(value, &at)?;
    let mut properties = Vec::with_capacity(named.map.len());
    for (name, schema) in named.map {
        if !is_property_name(name) {
            let reason = "a name is letters, digits, _ and -, and begins with a letter";
            return Err(named.wrong(name, reason));
        }
        let at = pointer::child(&at, name);
        let assigned = parent.formats.iter().find(|(field, _)| field == name);
        let place = Place {
            at: &at,
            depth: parent.depth + 1,
            in_array: parent.in_array,
            title: name,
            format: assigned.map(|(_, format)| *format),
            formats: &[],
        };
        properties.push((name.clone(), compile(schema, &place)?));
    }
    Ok(properties)
}

/// Plain names keep pointers, form fields, filters and spreadsheet columns free of escapes.
fn is_property_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Refuses what contradicts itself: limits that cross, and choices or a default that the
/// property refuses.
fn judge(members: &Members, property: &mut Property) -> Result<(), LoadError> {
    if let Some(min) = property.min_length
        && min > length_cap(property)
    {
        let max = length_cap(property);
        return Err(members.wrong("minLength", format!("is over the maximum length, {max}")));
    }
    if let (Some(min), Some(max)) = (property.min_items, property.max_items)
        && min > max
    {
        return Err(members.wrong("minItems", format!("is over maxItems, {max}")));
    }
    if let (Some(min), Some(max)) = (property.minimum, property.maximum)
        && min > max
    {
        return Err(members.wrong("minimum", format!("is over maximum, {max}")));
    }
    for (i, choice) in property.choices.iter().enumerate() {
        let value = match (property.kind, choice.value.parse::<i64>()) {
            (Kind::Integer, Ok(number)) => Value::from(number),
            _ => Value::String(choice.value.clone()),
        };
        if let Some(error) = validate_property(property, "", Some(&value)).first() {
            let key = if members.map.contains_key("enum") { "enum" } else { "choices" };
            let at = pointer::entry(&pointer::child(members.at, key), i);
            return Err(LoadError::at(at, format!("its own field refuses it: {}", error.message)));
        }
    }
    if let Some(default) = members.map.get("default") {
        if let Some(error) = validate_property(property, "", Some(default)).first() {
            let reason = format!("its own field refuses it: {}", error.message);
            return Err(members.wrong("default", reason));
        }
        property.default = Some(default.clone());
    }
    Ok(())
}
