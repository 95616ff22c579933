//! Reading the members of one object of a model file: each by its type, and none unknown.

use serde_json::{Map, Value};

use super::load::LoadError;
use super::pointer;

/// An object of the file and its place.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    pub map: &'a Map<String, Value>,
    pub at: &'a str,
}

impl<'a> Members<'a> {
    pub fn of(value: &'a Value, at: &'a str) -> Result<Self, LoadError> {
        match value {
            Value::Object(map) => Ok(Self { map, at }),
            other => Err(LoadError::at(at, format!("must be an object, not {}", kind_of(other)))),
        }
    }

    /// What is wrong with the member `key`.
    pub fn wrong(&self, key: &str, reason: impl Into<String>) -> LoadError {
        LoadError::at(pointer::child(self.at, key), reason)
    }

    /// Refuses members that `known` doesn't name.
    pub fn refuse_unknown(&self, known: &[&str]) -> Result<(), LoadError> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                Err(self.wrong(key, format!("unknown; known here are {}", known.join(", "))))
            }
        }
    }

    pub fn text(&self, key: &str) -> Result<Option<&'a str>, LoadError> {
        self.typed(key, "a string", Value::as_str)
    }

    /// A string that says something: not empty, not blank.
    pub fn title(&self, key: &str) -> Result<Option<&'a str>, LoadError> {
        let text = self.text(key)?;
        if text.is_some_and(|t| t.trim().is_empty()) {
            return Err(self.wrong(key, "must not be empty"));
        }
        Ok(text)
    }

    pub fn flag(&self, key: &str) -> Result<Option<bool>, LoadError> {
        self.typed(key, "true or false", Value::as_bool)
    }

    pub fn number(&self, key: &str) -> Result<Option<f64>, LoadError> {
        self.typed(key, "a number", Value::as_f64)
    }

    pub fn count(&self, key: &str) -> Result<Option<usize>, LoadError> {
        self.typed(key, "a whole number from 0", |v| v.as_u64().and_then(|n| n.try_into().ok()))
    }

    pub fn list(&self, key: &str) -> Result<Option<&'a Vec<Value>>, LoadError> {
        self.typed(key, "a list", Value::as_array)
    }

    /// A list of strings in which none occurs twice; empty when absent.
    pub fn names(&self, key: &str) -> Result<Vec<String>, LoadError> {
        let at = pointer::child(self.at, key);
        let mut names: Vec<String> = Vec::new();
        for (i, value) in self.list(key)?.into_iter().flatten().enumerate() {
            let at = pointer::entry(&at, i);
            let Value::String(name) = value else {
                let reason = format!("must be a string, not {}", kind_of(value));
                return Err(LoadError::at(at, reason));
            };
            if names.contains(name) {
                return Err(LoadError::at(at, format!("\"{name}\" occurs twice")));
            }
            names.push(name.clone());
        }
        Ok(names)
    }

    fn typed<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        let Some(value) = self.map.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| {
            let found = match value {
                Value::Number(number) => number.to_string(),
                other => kind_of(other).to_owned(),
            };
            self.wrong(key, format!("must be {wanted}, not {found}"))
        })
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
