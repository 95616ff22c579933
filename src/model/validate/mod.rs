//! Judging an instance by its model. The server asks before every write, the browser at every
//! field that is left; both get the same errors in the same words, in the order of the schema.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::{Map, Number, Value};

use super::definition::{Format, Kind, Model, Property};
use super::{formats, pattern::Pattern, pointer};
use crate::fault::FieldError;

/// What stands for a secret that is set. Sent back, it means: keep the value.
pub const MASK: &str = "********";

/// Lengths in characters where `maxLength` is silent.
const CAP: usize = 1024;
const CAP_LONG: usize = 8192;

/// More errors than anybody reads, and few enough that hostile input gets no huge answer.
const MAX_ERRORS: usize = 100;

/// Everything that is wrong with an instance.
pub fn validate(model: &Model, data: &Map<String, Value>) -> Vec<FieldError> {
    let mut check = Check::default();
    check.object(&model.root, &model.title, "", data);
    check.errors
}

/// Everything that is wrong with one value: that of `property`, which `pointer` names.
pub fn validate_property(
    property: &Property,
    pointer: &str,
    value: Option<&Value>,
) -> Vec<FieldError> {
    let mut check = Check::default();
    check.member(property, pointer, value);
    check.errors
}

/// How many characters a string of this property may have.
pub fn length_cap(property: &Property) -> usize {
    let long = property.is_secret() || property.format == Some(Format::Multiline);
    property.max_length.unwrap_or(if long { CAP_LONG } else { CAP })
}

#[derive(Default)]
struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    fn full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    fn report(&mut self, pointer: &str, code: &str, message: impl Into<String>) {
        if !self.full() {
            self.errors.push(FieldError::new(pointer, code, message));
        }
    }

    /// A property of an object, which may be missing.
    fn member(&mut self, property: &Property, pointer: &str, value: Option<&Value>) {
        match value {
            Some(value) => self.value(property, &property.title, pointer, value),
            None if property.required => self.required(&property.title, pointer),
            None => {}
        }
    }

    fn required(&mut self, title: &str, pointer: &str) {
        self.report(pointer, "required", format!("{title} is required."));
    }

    fn value(&mut self, property: &Property, title: &str, pointer: &str, value: &Value) {
        match (property.kind, value) {
            (Kind::Any, value) if !value.is_null() => self.open(title, pointer, value),
            (Kind::String, Value::String(text)) => self.string(property, title, pointer, text),
            (Kind::Integer | Kind::Number, Value::Number(number)) => {
                self.number(property, title, pointer, number);
            }
            (Kind::Boolean, Value::Bool(_)) => {}
            (Kind::Object, Value::Object(data)) => self.object(property, title, pointer, data),
            (Kind::Array, Value::Array(entries)) => self.array(property, title, pointer, entries),
            (kind, _) => {
                let wanted = match kind {
                    Kind::Any => "have a value, or be left out",
                    Kind::String => "be text",
                    Kind::Integer => "be a whole number",
                    Kind::Number => "be a number",
                    Kind::Boolean => "be true or false",
                    Kind::Object if property.additional_properties => {
                        "be a JSON object, such as {\"colour\": \"blue\"}"
                    }
                    Kind::Object => "be an object",
                    Kind::Array => "be a list",
                };
                self.report(pointer, "wrong_type", format!("{title} must {wanted}."));
            }
        }
    }

    fn string(&mut self, property: &Property, title: &str, pointer: &str, text: &str) {
        // Blank is as good as empty where something is asked for.
        if property.required && text.trim().is_empty() {
            return self.required(title, pointer);
        }
        if text.is_empty() || (property.is_secret() && text == MASK) {
            return;
        }
        if has_control(text, property.format == Some(Format::Multiline)) {
            return self.control(title, pointer);
        }
        let length = text.chars().count();
        let most = length_cap(property);
        if length > most {
            let message = format!("{title} can have at most {most} characters; it has {length}.");
            return self.report(pointer, "too_long", message);
        }
        if let Some(least) = property.min_length
            && length < least
        {
            let message = format!("{title} needs at least {least} characters; it has {length}.");
            return self.report(pointer, "too_short", message);
        }
        if !property.choices.is_empty() && property.choices.iter().all(|c| c.value != text) {
            return self.not_a_choice(property, title, pointer);
        }
        if let Some(pattern) = &property.pattern
            && !matches(pattern, text)
        {
            let form = first_sentence(&property.description).unwrap_or(pattern);
            let message = format!("{title} isn't in the form that is expected here: {form}");
            return self.report(pointer, "pattern", message);
        }
        if let Some(format) = property.format
            && !formats::fits(format, text)
        {
            let message = format!("{title} must be {}.", formats::wanted(format));
            self.report(pointer, "format", message);
        }
    }

    fn not_a_choice(&mut self, property: &Property, title: &str, pointer: &str) {
        let number = property.kind == Kind::Integer;
        let titles: Vec<String> = property
            .choices
            .iter()
            .map(|c| {
                // What is sent is the number, which a title alone doesn't tell.
                if number && c.title != c.value {
                    format!("{} ({})", c.value, c.title)
                } else {
                    c.title.clone()
                }
            })
            .collect();
        let message = format!("{title} must be one of: {}.", titles.join(", "));
        self.report(pointer, "not_a_choice", message);
    }

    fn number(&mut self, property: &Property, title: &str, pointer: &str, number: &Number) {
        let value = number.as_f64().unwrap_or(f64::NAN);
        if property.kind == Kind::Integer && !number.is_i64() {
            // Serde reads whole numbers that don't fit as u64 or, beyond that, as f64.
            if number.is_f64() && (value.fract() != 0.0 || value.abs() < TWO_TO_63) {
                let message = format!("{title} must be a whole number.");
                return self.report(pointer, "wrong_type", message);
            }
            let (code, word) =
                if value < 0.0 { ("too_small", "small") } else { ("too_large", "large") };
            return self.report(pointer, code, format!("{title} is too {word} to be kept."));
        }
        if !property.choices.is_empty() {
            let text = number.to_string();
            if property.choices.iter().all(|c| c.value != text) {
                return self.not_a_choice(property, title, pointer);
            }
        }
        if let Some(least) = property.minimum
            && value < least
        {
            let message = format!("{title} must be {least} or more.");
            return self.report(pointer, "too_small", message);
        }
        if let Some(most) = property.maximum
            && value > most
        {
            self.report(pointer, "too_large", format!("{title} must be {most} or less."));
        }
    }

    fn object(&mut self, property: &Property, title: &str, at: &str, data: &Map<String, Value>) {
        for (name, member) in &property.properties {
            if self.full() {
                return;
            }
            self.member(member, &pointer::child(at, name), data.get(name));
        }
        for (name, value) in data.iter().filter(|(name, _)| property.property(name).is_none()) {
            if self.full() {
                return;
            }
            let shown = clip(name);
            let pointer = pointer::child(at, &shown);
            if !property.additional_properties {
                let message =
                    format!("{title} has no field \u{201c}{shown}\u{201d}; leave it out.");
                self.report(&pointer, "unknown_property", message);
            } else if has_control(name, false) {
                self.control(title, &pointer);
            } else {
                self.open(title, &pointer, value);
            }
        }
    }

    fn array(&mut self, property: &Property, title: &str, at: &str, entries: &[Value]) {
        let count = entries.len();
        if let Some(most) = property.max_items
            && count > most
        {
            let message = format!("{title} can have at most {}; it has {count}.", items(most));
            self.report(at, "too_many_items", message);
        }
        if let Some(least) = property.min_items
            && count < least
        {
            let message = format!("{title} needs at least {}; it has {count}.", items(least));
            self.report(at, "too_few_items", message);
        }
        let mut seen = BTreeSet::new();
        for (i, entry) in entries.iter().enumerate() {
            if self.full() {
                return;
            }
            let at = pointer::entry(at, i);
            match &property.items {
                Some(items) => self.value(items, &items.title, &at, entry),
                None => self.open(title, &at, entry),
            }
            if property.unique_items && !seen.insert(canonical(entry)) {
                let message = format!("{title}: entry {} repeats another; remove it.", i + 1);
                self.report(&at, "duplicate_item", message);
            }
        }
    }

    /// A value that no schema describes: anything but control characters and endless text.
    /// With a stack of its own, because nothing but the sender bounds its depth.
    fn open(&mut self, title: &str, pointer: &str, value: &Value) {
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            match value {
                Value::String(text) if has_control(text, true) => {
                    return self.control(title, pointer);
                }
                Value::String(text) if text.len() > CAP_LONG && text.chars().count() > CAP_LONG => {
                    let message = format!("{title} holds a text of over {CAP_LONG} characters.");
                    return self.report(pointer, "too_long", message);
                }
                Value::Array(entries) => rest.extend(entries),
                Value::Object(members) => {
                    if members.keys().any(|name| has_control(name, false)) {
                        return self.control(title, pointer);
                    }
                    rest.extend(members.values());
                }
                _ => {}
            }
        }
    }

    fn control(&mut self, title: &str, pointer: &str) {
        let message = format!("{title} holds a control character; remove it.");
        self.report(pointer, "control_character", message);
    }
}

const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

fn items(count: usize) -> String {
    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
}

fn has_control(text: &str, multiline: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(multiline && matches!(c, '\n' | '\r' | '\t')))
}

/// Enough of a name that the sender made up to recognise it by.
fn clip(name: &str) -> String {
    match name.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}

/// What the description of a field with a pattern says first: the form in words.
fn first_sentence(description: &str) -> Option<&str> {
    let end = description.find(". ").map_or(description.len(), |at| at + 1);
    Some(&description[..end]).filter(|sentence| !sentence.is_empty())
}

/// Whether `pattern` occurs in `text`. Patterns come from model files only, so there are few,
/// and each is compiled once a thread.
fn matches(pattern: &str, text: &str) -> bool {
    type Compiled = RefCell<BTreeMap<String, Option<Pattern>>>;
    thread_local! {
        static COMPILED: Compiled = const { RefCell::new(BTreeMap::new()) };
    }
    COMPILED.with_borrow_mut(|compiled| {
        if !compiled.contains_key(pattern) {
            compiled.insert(pattern.to_owned(), Pattern::new(pattern).ok());
        }
        compiled.get(pattern).and_then(Option::as_ref).is_some_and(|known| known.is_match(text))
    })
}

/// A text that two values share exactly when JSON Schema calls them equal: the order of members
/// is nothing, and 1.0 is 1.
fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Array(entries) => {
            out.push('[');
            for entry in entries {
                write_canonical(entry, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted = BTreeMap::new();
            sorted.extend(members);
            out.push('{');
            for (name, value) in sorted {
                let _ = write!(out, "{}:", Value::from(name.as_str()));
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Number(number) => {
            let whole = number.as_f64().filter(|f| number.is_f64() && f.fract() == 0.0);
            let _ = match whole {
                // Written out without an exponent, as the integers are.
                // Adding zero makes -0 a plain 0.
                Some(whole) => write!(out, "{:.0}", whole + 0.0),
                None => write!(out, "{number}"),
            };
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

#[cfg(test)]
mod tests;
