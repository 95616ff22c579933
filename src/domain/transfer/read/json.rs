//! JSON exports, instance by instance: `{"meta": {…}, "resources": [{"meta": {…}, "data": {…}}]}`.

use std::{
    cell::RefCell,
    fmt,
    io::{BufReader, Cursor, Read},
};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor as Serde},
};
use serde_json::{Map, Value};
use zip::ZipArchive;

use super::{Row, RowAction, Visitor, refused};
use crate::{domain::tasks::CellError, fault::Fault, model::Model};

/// Whether it begins like a JSON object.
pub fn looks_like(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"{")
}

/// Reads the file `name` of a zip that has passed the guard.
pub fn read_zipped<'m>(
    bytes: &[u8],
    name: &str,
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    let damaged = || refused("unreadable", "The file is damaged: it can't be unpacked.");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let file = zip.by_name(name).map_err(|_| damaged())?;
    parse(BufReader::new(file), model, visitor)
}

/// Reads a file that isn't packed.
pub fn read<'m>(
    bytes: &[u8],
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    parse(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), model, visitor)
}

fn parse<'m>(
    input: impl Read,
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    let stop = RefCell::new(None);
    let file = File { model, visitor, stop: &stop };
    let mut deserializer = serde_json::Deserializer::from_reader(input);
    let read =
        file.deserialize(&mut deserializer).and_then(|seen| deserializer.end().map(|()| seen));
    // A refusal of ours, which serde can only carry as words.
    if let Some(fault) = stop.into_inner() {
        return Err(fault);
    }
    match read {
        Ok(true) => Ok(()),
        Ok(false) => Err(refused(
            "not_an_export",
            "The JSON has no list \"resources\"; send a file like those that exports give.",
        )),
        Err(error) => Err(refused("unreadable", format!("The JSON can't be read: {error}."))),
    }
}

struct File<'v, 'm> {
    model: &'m Model,
    visitor: &'v mut dyn Visitor<'m>,
    stop: &'v RefCell<Option<Fault>>,
}

impl File<'_, '_> {
    /// Ends the reading with a refusal.
    fn halt<E: Error>(&self, fault: Fault) -> E {
        self.stop.replace(Some(fault));
        E::custom("stopped")
    }
}

impl<'de> DeserializeSeed<'de> for File<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// Whether there were resources.
impl<'de> Serde<'de> for File<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with meta and resources")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<bool, A::Error> {
        let mut seen = false;
        while let Some(key) = members.next_key::<String>()? {
            match key.as_str() {
                "meta" => {
                    let meta: Value = members.next_value()?;
                    let found = meta.get("model_type").and_then(Value::as_str);
                    if let Some(found) = found.filter(|found| *found != self.model.model_type) {
                        let fault = refused(
                            "wrong_entity",
                            format!(
                                "This is an export of {:?}, and it was sent to {}. Load it there.",
                                crate::domain::hierarchy::shortened(found),
                                self.model.model_type
                            ),
                        );
                        return Err(self.halt(fault));
                    }
                }
                "resources" if seen => {
                    let fault = refused("unreadable", "The JSON has \"resources\" twice.");
                    return Err(self.halt(fault));
                }
                "resources" => {
                    seen = true;
                    members.next_value_seed(Resources(&mut self))?;
                }
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(seen)
    }
}

struct Resources<'f, 'v, 'm>(&'f mut File<'v, 'm>);

impl<'de> DeserializeSeed<'de> for Resources<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Serde<'de> for Resources<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of instances")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = entries.next_element::<Value>()? {
            number += 1;
            if let Err(fault) = self.0.visitor.row(row(number, entry)) {
                return Err(self.0.halt(fault));
            }
        }
        Ok(())
    }
}

/// An instance as a row. What is wrong with its shape is the row's error.
fn row(number: u64, entry: Value) -> Row {
    let mut row = Row { row: number, ..Row::default() };
    let mut wrong = |column: &str, message: &str| {
        row.errors.push(CellError {
            column: column.to_owned(),
            field: String::new(),
            message: message.to_owned(),
        });
    };
    let Value::Object(mut entry) = entry else {
        wrong("", "An instance must be an object with its data.");
        return row;
    };
    let meta = match entry.shift_remove("meta") {
        None => Map::new(),
        Some(Value::Object(meta)) => meta,
        Some(_) => {
            wrong("meta", "meta must be an object with pkid and hierarchy.");
            Map::new()
        }
    };
    let mut text = |name: &str| match meta.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(_) => {
            wrong(name, &format!("{name} must be text."));
            None
        }
    };
    let (action, pkid, hierarchy) = (text("action"), text("pkid"), text("hierarchy"));
    let parsed = action.as_deref().map(RowAction::parse);
    if parsed == Some(None) {
        wrong("action", "action must be add, modify or delete, or left out.");
    }
    let data = match entry.shift_remove("data") {
        Some(Value::Object(data)) => data,
        None if parsed == Some(Some(RowAction::Delete)) => Map::new(),
        _ => {
            wrong("data", "data must be an object with the attributes.");
            Map::new()
        }
    };
    Row { action: parsed.flatten(), pkid, hierarchy, data, ..row }
}
