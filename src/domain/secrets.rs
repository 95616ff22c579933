//! Parts an instance's secrets from its plain JSON, which keeps the mask in their place.

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::accounts::passwords::Hash;
use crate::model::{Kind, MASK, Property};

/// What is to become of one secret.
pub enum SecretChange {
    Set(SecretString),
    /// Set, as a hash that its model's workflow keeps itself.
    Hashed(Hash),
    Clear,
}

/// A secret field and its change.
pub struct SecretEdit {
    /// JSON Pointer of the field.
    pub field: String,
    pub title: String,
    pub change: SecretChange,
}

/// Takes the secret values out of `data`, whose secrets are then the mask where one will be set
/// and absent where none is. `before` is the stored plain JSON: an absent secret, or the mask,
/// keeps what is stored there.
pub fn take(
    property: &Property,
    data: &mut Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Vec<SecretEdit> {
    let mut edits = Vec::new();
    walk(property, data, before, "", &mut edits);
    edits
}

fn walk(
    property: &Property,
    data: &mut Map<String, Value>,
    before: Option<&Map<String, Value>>,
    pointer: &str,
    edits: &mut Vec<SecretEdit>,
) {
    for (name, property) in &property.properties {
        let field = format!("{pointer}/{name}");
        if property.is_secret() {
            let is_set = before.is_some_and(|b| b.contains_key(name));
            let sent = data.remove(name).and_then(|v| v.as_str().map(str::to_owned));
            let change = match sent.as_deref() {
                None | Some(MASK) => None,
                Some("") => is_set.then_some(SecretChange::Clear),
                Some(value) => Some(SecretChange::Set(SecretString::from(value.to_owned()))),
            };
            let stays = match &change {
                None => is_set,
                Some(SecretChange::Set(_) | SecretChange::Hashed(_)) => true,
                Some(SecretChange::Clear) => false,
            };
            if stays {
                data.insert(name.clone(), Value::String(MASK.to_owned()));
            }
            if let Some(change) = change {
                edits.push(SecretEdit { field, title: property.title.clone(), change });
            }
        } else if property.kind == Kind::Object
            && let Some(Value::Object(inner)) = data.get_mut(name)
        {
            let before = before.and_then(|b| b.get(name)).and_then(Value::as_object);
            walk(property, inner, before, &field, edits);
        }
    }
}
