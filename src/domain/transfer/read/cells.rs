//! What the cells of a row say: by the form of their column, or an error that names it.

use std::collections::BTreeMap;

use calamine::DataRef;
use serde_json::{Map, Number, Value};

use super::{
    super::{
        cell::{CLEAR, choice_by_title, unescaped},
        columns::{Attr, Column, Field, Form, Step},
    },
    Header, Row, RowAction,
};
use crate::domain::tasks::CellError;

/// The content of a cell that isn't empty.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    Text(String),
    Number(f64),
    Boolean(bool),
    Date,
    /// Such as `#N/A`.
    Error(String),
}

impl Raw {
    /// A cell of a workbook; `None` for an empty one.
    pub fn of(data: &DataRef<'_>) -> Option<Self> {
        match data {
            DataRef::Empty | DataRef::SharedString("") => None,
            DataRef::String(text) if text.is_empty() => None,
            DataRef::String(text) => Some(Self::Text(text.clone())),
            DataRef::SharedString(text) => Some(Self::Text((*text).to_owned())),
            DataRef::Float(number) => Some(Self::Number(*number)),
            #[expect(clippy::cast_precision_loss, reason = "a cell's number is a float")]
            DataRef::Int(number) => Some(Self::Number(*number as f64)),
            DataRef::Bool(on) => Some(Self::Boolean(*on)),
            DataRef::Error(error) => Some(Self::Error(error.to_string())),
            _ => Some(Self::Date),
        }
    }

    fn is_clear(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim() == CLEAR)
    }
}

impl Header<'_> {
    /// What a row says.
    pub fn read(&self, number: u64, cells: &[(usize, Raw)]) -> Row {
        let mut row = Row { row: number, ..Row::default() };
        let mut said = Said::nothing();
        for (position, raw) in cells {
            let Some(column) = self.column_at(*position) else { continue };
            if let Err(message) = take(column, raw, &mut row, &mut said) {
                let field = column.attr().map_or_else(String::new, Attr::pointer);
                row.errors.push(CellError { column: column.title.clone(), field, message });
            }
        }
        if let Value::Object(data) = said.value() {
            row.data = data;
        }
        row
    }
}

/// Puts what a cell says into the row; the sentence why it can't be.
fn take(column: &Column<'_>, raw: &Raw, row: &mut Row, said: &mut Said) -> Result<(), String> {
    match &column.field {
        Field::Error => {}
        Field::Action => {
            let Raw::Text(text) = raw else { return Err(needs_text(column, raw)) };
            if !text.trim().is_empty() {
                let action = RowAction::parse(text).ok_or_else(|| {
                    format!("{} must be add, modify or delete, or left empty.", column.title)
                })?;
                row.action = Some(action);
            }
        }
        Field::Pkid => row.pkid = identification(column, raw)?,
        Field::Hierarchy => row.hierarchy = identification(column, raw)?,
        Field::Attr(attr) if raw.is_clear() => said.put(&attr.path, Said::Cleared),
        Field::Attr(attr) => {
            let value = value(column, attr, raw)?;
            said.put(&attr.path, Said::Value(value));
        }
        Field::Rest(_) => {
            let Raw::Text(text) = raw else { return Err(needs_text(column, raw)) };
            let rest: Map<String, Value> = serde_json::from_str(text)
                .map_err(|error| format!("{} must be a JSON object: {error}.", column.title))?;
            if let Said::Members(data, _) = said {
                data.extend(rest);
            }
        }
    }
    Ok(())
}

fn identification(column: &Column<'_>, raw: &Raw) -> Result<Option<String>, String> {
    let Raw::Text(text) = raw else { return Err(needs_text(column, raw)) };
    Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned))
}

/// The largest whole number that a cell keeps exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn value(column: &Column<'_>, attr: &Attr<'_>, raw: &Raw) -> Result<Value, String> {
    let title = &column.title;
    if let Raw::Error(error) = raw {
        return Err(format!("{title} holds the error {error}."));
    }
    match (attr.form, raw) {
        (Form::Text, Raw::Text(text)) => {
            let text = unescaped(text);
            let choice = choice_by_title(&attr.property.choices, &text);
            Ok(Value::String(choice.map_or_else(|| text.to_string(), str::to_owned)))
        }
        (Form::Text, _) | (_, Raw::Date | Raw::Error(_)) => Err(needs_text(column, raw)),
        (Form::Integer, Raw::Number(number)) if number.fract() != 0.0 => {
            Err(format!("{title} must be a whole number; the cell holds {number}."))
        }
        (Form::Integer, Raw::Number(number)) => whole(*number).ok_or_else(|| {
            format!(
                "{title} has more digits than a number cell keeps; format the cell as text and \
                 type it again."
            )
        }),
        (Form::Number | Form::Json, Raw::Number(number)) => whole(*number)
            .or_else(|| Number::from_f64(*number).map(Value::Number))
            .ok_or_else(|| format!("{title} must be a number.")),
        (Form::Integer, Raw::Text(text)) => {
            let text = text.trim();
            let text = choice_by_title(&attr.property.choices, text).unwrap_or(text);
            text.parse::<i64>().map(Value::from).map_err(|_| {
                if attr.property.choices.is_empty() {
                    format!("{title} must be a whole number.")
                } else {
                    format!("{title} must be one of: {}.", attr.shown_choices().join(", "))
                }
            })
        }
        (Form::Number, Raw::Text(text)) => number(text.trim())
            .map(Value::Number)
            .ok_or_else(|| format!("{title} must be a number, such as 1.5.")),
        (Form::Integer | Form::Number, Raw::Boolean(_)) => {
            Err(format!("{title} must be a number; the cell holds TRUE or FALSE."))
        }
        (Form::Boolean | Form::Json, Raw::Boolean(on)) => Ok(Value::Bool(*on)),
        (Form::Boolean, Raw::Number(number)) => match whole(*number).and_then(|n| n.as_i64()) {
            Some(0) => Ok(Value::Bool(false)),
            Some(1) => Ok(Value::Bool(true)),
            _ => Err(format!("{title} must be TRUE or FALSE.")),
        },
        (Form::Boolean, Raw::Text(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("{title} must be TRUE or FALSE.")),
        },
        (Form::Json, Raw::Text(text)) => serde_json::from_str(text)
            .map_err(|error| format!("{title} must be JSON text: {error}.")),
    }
}

fn needs_text(column: &Column<'_>, raw: &Raw) -> String {
    let found = match raw {
        Raw::Text(_) => "a text",
        Raw::Number(_) => "a number",
        Raw::Boolean(_) => "TRUE or FALSE",
        Raw::Date => "a date",
        Raw::Error(_) => "an error",
    };
    format!(
        "{} holds {found} where text belongs; format the cell as text and type it again.",
        column.title
    )
}

/// A cell's number, where it is a whole one that the cell keeps exactly.
fn whole(number: f64) -> Option<Value> {
    #[expect(clippy::cast_possible_truncation, reason = "within the limit just before")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then(|| Value::from(number as i64))
}

fn number(text: &str) -> Option<Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    // Not "inf" or "nan", which parse as well.
    let plain = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    text.parse::<f64>().ok().filter(|_| plain).and_then(Number::from_f64)
}

/// What a row says so far, by place.
enum Said {
    Value(Value),
    /// It is to be emptied.
    Cleared,
    Members(Map<String, Value>, Vec<(String, Said)>),
    /// By position; some may be left out.
    Entries(BTreeMap<usize, Said>),
}

impl Said {
    fn nothing() -> Self {
        Self::Members(Map::new(), Vec::new())
    }

    /// Puts what a cell says at its path. The header has made sure that no path is part of
    /// another.
    fn put(&mut self, path: &[Step], said: Self) {
        let Some((step, rest)) = path.split_first() else {
            *self = said;
            return;
        };
        let below = |rest: &[Step]| match rest.first() {
            Some(Step::Entry(_)) => Self::Entries(BTreeMap::new()),
            _ => Self::nothing(),
        };
        match (self, step) {
            (Self::Members(_, members), Step::Name(name)) => {
                let at = members.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
                    members.push((name.clone(), below(rest)));
                    members.len() - 1
                });
                members[at].1.put(rest, said);
            }
            (Self::Entries(_), Step::Entry(_)) if matches!(said, Self::Cleared) => {
                // A list is all that the row says of it: what is cleared is only left out.
            }
            (Self::Entries(entries), Step::Entry(entry)) => {
                entries.entry(*entry).or_insert_with(|| below(rest)).put(rest, said);
            }
            _ => {}
        }
    }

    /// What it comes to; null for what is to be emptied.
    fn value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Cleared => Value::Null,
            Self::Members(mut data, members) => {
                data.extend(members.into_iter().map(|(name, said)| (name, said.value())));
                Value::Object(data)
            }
            // Its cells were there, and all of them were cleared.
            Self::Entries(entries) if entries.is_empty() => Value::Null,
            Self::Entries(entries) => entries.into_values().map(Self::value).collect(),
        }
    }
}
