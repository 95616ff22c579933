//! What stands in the cell of an attribute: its value as text, number or boolean, so that loading
//! reads the same value back.

use std::borrow::Cow;

use serde_json::Value;

use super::columns::Form;
use crate::model::{Choice, Property};

/// What empties an attribute when it is loaded; an empty cell keeps it.
pub const CLEAR: &str = "<clear>";

/// The largest whole number that a cell keeps exactly.
const EXACT: u64 = 1 << 53;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Blank,
    Text(String),
    Number(f64),
    Boolean(bool),
}

/// The cell of a value. With `titles`, choices stand by their titles.
pub fn cell_of(property: &Property, form: Form, value: &Value, titles: bool) -> Cell {
    match (form, value) {
        (_, Value::Null) => Cell::Blank,
        (Form::Json, value) => Cell::Text(without_secrets(property, value).to_string()),
        (_, Value::String(text)) if text.is_empty() => Cell::Blank,
        (_, Value::String(text)) => {
            let shown = chosen(property, text, titles).unwrap_or(text);
            Cell::Text(escaped(shown).into_owned())
        }
        (_, Value::Bool(on)) => Cell::Boolean(*on),
        (_, Value::Number(number)) if titles && !property.choices.is_empty() => {
            let text = number.to_string();
            let shown = chosen(property, &text, titles).map(str::to_owned);
            Cell::Text(shown.unwrap_or(text))
        }
        (_, Value::Number(number)) => match number.as_i64() {
            #[expect(clippy::cast_precision_loss, reason = "within what is exact")]
            Some(whole) if whole.unsigned_abs() <= EXACT => Cell::Number(whole as f64),
            _ => match number.as_f64() {
                Some(float) if number.is_f64() => Cell::Number(float),
                // More digits than a cell's number keeps.
                _ => Cell::Text(number.to_string()),
            },
        },
        // Stored under an earlier schema.
        (_, other) => Cell::Text(other.to_string()),
    }
}

/// A choice as a sheet with titles shows it.
fn chosen<'p>(property: &'p Property, text: &str, titles: bool) -> Option<&'p str> {
    let choice = property.choices.iter().find(|c| titles && c.value == *text)?;
    Some(shown_choice(&property.choices, choice))
}

/// A text that isn't taken for [`CLEAR`] when it is loaded.
fn escaped(text: &str) -> Cow<'_, str> {
    if is_clear(text) { Cow::Owned(text.replacen('<', "<<", 1)) } else { Cow::Borrowed(text) }
}

/// What [`escaped`] was given.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if is_clear(text) { Cow::Owned(text.replacen("<<", "<", 1)) } else { Cow::Borrowed(text) }
}

/// `<clear>`, with any number of brackets before it.
fn is_clear(text: &str) -> bool {
    let brackets = text.trim().strip_suffix("clear>").unwrap_or_default();
    !brackets.is_empty() && brackets.bytes().all(|b| b == b'<')
}

/// A value without the masks of the secrets in it.
fn without_secrets(property: &Property, value: &Value) -> Value {
    match value {
        Value::Object(data) => Value::Object(
            data.iter()
                .filter_map(|(name, value)| match property.property(name) {
                    Some(member) if member.is_secret() => None,
                    Some(member) => Some((name.clone(), without_secrets(member, value))),
                    None => Some((name.clone(), value.clone())),
                })
                .collect(),
        ),
        Value::Array(entries) => match &property.items {
            Some(items) => entries.iter().map(|entry| without_secrets(items, entry)).collect(),
            None => value.clone(),
        },
        other => other.clone(),
    }
}

/// A choice's title, unless another has the same or is meant by it: then its value.
pub fn shown_choice<'c>(choices: &'c [Choice], choice: &'c Choice) -> &'c str {
    let means_another = choices.iter().any(|other| {
        other.value != choice.value && (other.title == choice.title || other.value == choice.title)
    });
    if means_another || choice.title.is_empty() { &choice.value } else { &choice.title }
}

/// The value of the choice that a cell of a formatted sheet names.
pub fn choice_by_title<'c>(choices: &'c [Choice], text: &str) -> Option<&'c str> {
    let by_value = choices.iter().find(|c| c.value == text);
    let found = by_value.or_else(|| choices.iter().find(|c| shown_choice(choices, c) == text))?;
    Some(&found.value)
}
