//! The lists of named items in bodies: licences by family, services and packs of a user. What is
//! wrong with their form is collected item by item, so that one answer names all of it.

use serde_json::{Map, Value};

use crate::{
    domain::hierarchy::shortened,
    fault::{Fault, FieldError},
    model::pointer,
};

/// A body that is being read, with what was found to be wrong with it.
pub struct Reading {
    body: Map<String, Value>,
    errors: Vec<FieldError>,
}

/// An item with a name.
pub struct Item {
    /// Of its list.
    pub list: &'static str,
    pub name: String,
    /// JSON Pointer.
    pub at: String,
    pub members: Map<String, Value>,
}

impl Reading {
    pub fn of(body: Map<String, Value>) -> Self {
        Self { body, errors: Vec::new() }
    }

    pub fn refuse(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// Takes a member out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.body.shift_remove(name)
    }

    /// The items of the lists of those names, as far as they have one: list by list, in the order
    /// in which they stand in the body. Of an item's members those in `known` may be there.
    pub fn items(&mut self, lists: &[&'static str], known: &[&str]) -> Vec<Item> {
        let mut items = Vec::new();
        let present: Vec<&'static str> = self
            .body
            .keys()
            .filter_map(|key| lists.iter().copied().find(|list| list == key))
            .collect();
        for list in present {
            let at = pointer::child("", list);
            match self.take(list) {
                Some(Value::Array(entries)) => {
                    for (index, entry) in entries.into_iter().enumerate() {
                        items.extend(self.item(list, pointer::entry(&at, index), entry, known));
                    }
                }
                _ => self.refuse(FieldError::new(
                    at,
                    "wrong_type",
                    format!("{list} must be a list of objects with a name."),
                )),
            }
        }
        items
    }

    fn item(
        &mut self,
        list: &'static str,
        at: String,
        entry: Value,
        known: &[&str],
    ) -> Option<Item> {
        let Value::Object(mut members) = entry else {
            let text = format!("The item at {at} must be an object with a name.");
            self.refuse(FieldError::new(at, "wrong_type", text));
            return None;
        };
        let name = match members.shift_remove("name") {
            Some(Value::String(name)) if !name.trim().is_empty() => name,
            Some(Value::String(_)) | None => {
                let text = format!("The item at {at} has no name; give the one of its catalogue.");
                self.refuse(FieldError::new(pointer::child(&at, "name"), "required", text));
                return None;
            }
            Some(_) => {
                let text = format!("The name of the item at {at} must be a text.");
                self.refuse(FieldError::new(pointer::child(&at, "name"), "wrong_type", text));
                return None;
            }
        };
        for member in members.keys().filter(|m| !known.contains(&m.as_str())) {
            self.errors.push(FieldError::new(
                pointer::child(&at, member),
                "unknown_field",
                format!("{} has no member {:?} here.", told(&name), shortened(member)),
            ));
        }
        Some(Item { list, name, at, members })
    }

    /// The end: refuses members that nobody took, and everything else that was found.
    pub fn end(mut self) -> Result<(), Fault> {
        for member in self.body.keys() {
            let text = format!("There is no member {:?} in this call's body.", shortened(member));
            self.errors.push(FieldError::new(pointer::child("", member), "unknown_field", text));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Fault::invalid(self.errors)) }
    }
}

/// A name as it stands in a message.
pub fn told(name: &str) -> String {
    format!("{:?}", shortened(name))
}
