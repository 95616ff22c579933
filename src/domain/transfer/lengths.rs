//! How long the lists of instances are, which decides how many columns they take.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::columns::Step;
use crate::model::{Model, Property};

/// How many entries the lists of the exported instances have at most, by their place in the
/// schema (`content.services`, `rows.*.errors`).
#[derive(Default)]
pub struct Lengths(BTreeMap<String, usize>);

impl Lengths {
    /// Whether there are lists in it at all.
    pub fn vary(property: &Property) -> bool {
        property.items.is_some() || property.properties.iter().any(|(_, member)| Self::vary(member))
    }

    /// The entries of the list at a place in the schema.
    pub fn of(&self, at: &str) -> usize {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// Takes notice of an instance.
    pub fn see(&mut self, model: &Model, data: &Map<String, Value>) {
        self.members(&model.root, "", data);
    }

    /// Takes notice of a column.
    pub fn reach(&mut self, path: &[Step]) {
        let mut at = String::new();
        for step in path {
            match step {
                Step::Name(name) => at = join(&at, name),
                Step::Entry(entry) => {
                    let most = self.0.entry(at.clone()).or_default();
                    *most = (*most).max(entry + 1);
                    at = join(&at, "*");
                }
            }
        }
    }

    fn members(&mut self, property: &Property, at: &str, data: &Map<String, Value>) {
        for (name, member) in &property.properties {
            if let Some(value) = data.get(name) {
                self.value(member, &join(at, name), value);
            }
        }
    }

    fn value(&mut self, property: &Property, at: &str, value: &Value) {
        match value {
            Value::Object(data) => self.members(property, at, data),
            Value::Array(entries) => {
                let Some(items) = &property.items else { return };
                let most = self.0.entry(at.to_owned()).or_default();
                *most = (*most).max(entries.len());
                let below = join(at, "*");
                for entry in entries {
                    self.value(items, &below, entry);
                }
            }
            _ => {}
        }
    }
}

/// A place one step further.
pub fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}
