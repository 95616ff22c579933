//! Instances as the fields of an HTML form, and back: the console's forms use it with and
//! without JavaScript, so both sides must read it the same way.
//!
//! An input is named by the JSON Pointer of its value. A field that is empty isn't set. Entries
//! of arrays stand under their index; an entry in which all is empty doesn't exist. A secret has
//! an input and a choice what to do with it. What an open object holds beyond its named members is
//! JSON text. Names that begin with `_` control the form.
//!
//! [`rows`] has the entries of arrays, [`values`] how one value becomes pairs and is read from them.

mod rows;
#[cfg(test)]
mod tests;
mod values;

use serde_json::{Map, Value};

pub use rows::{add_row, entries, is_within, move_row, remove_row, row_count, tidy};
use values::{Posted, keep_unnamed, read, unchanged, write};

use super::definition::{Kind, Model, Property};
use super::pointer;

/// Name and text of one input.
pub type Pair = (String, String);

/// Pointers with more steps than any model has are never followed.
const MAX_STEPS: usize = 40;

/// The name of the input for the value at `pointer`.
pub fn field_name(pointer: &str) -> String {
    pointer.to_owned()
}

/// The name of the radios beside a secret's input: `keep` (what holds without one), `replace`
/// or `clear`.
pub fn secret_action_name(pointer: &str) -> String {
    format!("{pointer}:do")
}

/// The name of the input for what the open object at `pointer` holds beyond its named members.
/// No property has that name.
pub fn more_name(pointer: &str) -> String {
    format!("{pointer}/*")
}

/// The pointer of the object to which an input called [`more_name`] belongs.
pub fn more_of(name: &str) -> Option<&str> {
    name.strip_suffix("/*")
}

/// The name of the select that says which member is to be added to the sparse object at `pointer`.
pub fn pick_name(pointer: &str) -> String {
    format!("_pick:{pointer}")
}

/// The name of the button that takes what was typed up into the list it was typed for.
pub const TAKE_UP: &str = "_take_up";

/// The name of the button that asks for a preview.
pub const PREVIEW: &str = "_preview";

/// The fields a form shows, under their headings; those that no group names come last, without.
/// A heading with nothing to show is left out.
pub fn drawn_fields(model: &Model) -> Vec<(Option<String>, Vec<String>)> {
    let drawn = |name: &str| model.root.property(name).is_some_and(is_drawn);
    let mut parts: Vec<(Option<String>, Vec<String>)> = model
        .groups
        .iter()
        .map(|g| (Some(g.title.clone()), g.fields.iter().filter(|f| drawn(f)).cloned().collect()))
        .collect();
    let grouped = |name: &String| model.groups.iter().any(|g| g.fields.contains(name));
    let rest = model.root.properties.iter().map(|(name, _)| name);
    parts.push((None, rest.filter(|n| !grouped(n) && drawn(n)).cloned().collect()));
    parts.retain(|(_, fields)| !fields.is_empty());
    parts
}

/// Whether a form shows this property: something of it must be displayable, and values of any type,
/// which a form can't hold, aren't shown at all.
pub fn is_drawn(property: &Property) -> bool {
    property.displayable
        && match property.kind {
            Kind::Any => false,
            Kind::Object => {
                is_open(property) || property.properties.iter().any(|(_, p)| is_drawn(p))
            }
            Kind::Array => property.items.as_ref().is_some_and(|i| is_drawn(i) && is_postable(i)),
            _ => true,
        }
}

/// Whether a form takes members of an object that its schema doesn't name, as JSON text.
pub fn is_open(property: &Property) -> bool {
    property.kind == Kind::Object && property.additional_properties && !property.sparse
}

/// Whether inputs can say everything about a value. Entries of arrays must be so, because they
/// move, and what isn't posted with them couldn't be found again in the stored instance.
fn is_postable(property: &Property) -> bool {
    match property.kind {
        Kind::Any => false,
        Kind::Object => {
            (is_open(property) || !property.additional_properties)
                && property.properties.iter().all(|(_, p)| is_postable(p))
        }
        Kind::Array => property.items.as_ref().is_some_and(|i| is_postable(i)),
        _ => true,
    }
}

/// Whether the form lets this field be changed; `exists` says whether the instance is stored.
pub fn is_editable(model: &Model, name: &str, exists: bool) -> bool {
    model.root.property(name).is_some_and(|p| is_drawn(p) && !p.readonly)
        && !model.managed.iter().any(|m| m == name)
        && !(exists && model.immutable.iter().any(|i| i == name))
}

/// The fields of a form filled with an instance. Secrets stay out.
///
/// Within an entry of an array there are pairs for hidden properties too: the form must send
/// them as hidden inputs, so that they move with their entry.
pub fn to_pairs(model: &Model, data: &Map<String, Value>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, property) in model.root.properties.iter().filter(|(_, p)| is_drawn(p)) {
        write(property, &pointer::child("", name), data.get(name), false, &mut pairs);
    }
    pairs
}

/// Whether an input of this name takes the text of a secret, which must not be shown again.
pub fn is_secret_input(model: &Model, name: &str) -> bool {
    property_at(&model.root, name).is_some_and(Property::is_secret)
}

/// The text of the input called `name`; of several with that name the last holds.
pub fn value_of<'a>(pairs: &'a [Pair], name: &str) -> Option<&'a str> {
    pairs.iter().rev().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
}

/// The instance that a posted form describes. `base` is what the form was filled with, secrets
/// masked; of a new instance, [`kept_of_new`]. What the form doesn't show, or
/// doesn't let be changed, comes from there. Texts that aren't of their field's type and names
/// that the model doesn't know are kept for the validator to refuse.
pub fn from_pairs(
    model: &Model,
    pairs: &[Pair],
    base: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    let (known, unknown): (Vec<Pair>, Vec<Pair>) =
        pairs.iter().cloned().partition(|(name, text)| is_known(model, name, text));
    let as_posted = Posted::new(&known);
    let tidied = tidy(model, &known);
    let posted = Posted::new(&tidied);
    let mut data = Map::new();
    for (name, property) in &model.root.properties {
        let at = pointer::child("", name);
        let stored = base.and_then(|b| b.get(name));
        let fixed = !is_editable(model, name, false)
            || (!is_editable(model, name, base.is_some()) && !as_posted.has_any(&at))
            // Also keeps what a form can't tell apart, such as an empty list and none.
            || stored.is_some_and(|s| unchanged(property, &at, s, &as_posted));
        let value =
            if fixed { stored.cloned() } else { read(property, &at, stored, false, &posted) };
        if let Some(value) = value {
            data.insert(name.clone(), value);
        }
    }
    if let Some(base) = base {
        keep_unnamed(&model.root, base, &mut data);
    }
    for (name, text) in unknown {
        if let Some(key) = name.strip_prefix('/') {
            data.insert(key.to_owned(), Value::String(text));
        }
    }
    data
}

/// What a new instance keeps of what its form began with, whatever is posted: the values that the
/// form hides or locks. The others are the form's to send.
pub fn kept_of_new(model: &Model, start: &Map<String, Value>) -> Map<String, Value> {
    let locked = |name: &str| !is_editable(model, name, false);
    kept(&model.root, start, &locked)
}

fn kept(
    property: &Property,
    data: &Map<String, Value>,
    locked: &dyn Fn(&str) -> bool,
) -> Map<String, Value> {
    let mut kept_data = Map::new();
    for (name, value) in data {
        if locked(name) {
            kept_data.insert(name.clone(), value.clone());
        } else if let (Some(member), Value::Object(inner)) = (property.property(name), value) {
            let locked =
                |name: &str| member.property(name).is_none_or(|p| !is_drawn(p) || p.readonly);
            let inner = kept(member, inner, &locked);
            if !inner.is_empty() {
                kept_data.insert(name.clone(), Value::Object(inner));
            }
        }
    }
    kept_data
}

/// Whether the model has a place for this text. Structures have none; an empty text at one only
/// says that it is there.
fn is_known(model: &Model, name: &str, text: &str) -> bool {
    let at = |name| property_at(&model.root, name);
    if let Some(object) = more_of(name) {
        return at(object).is_some_and(is_open);
    }
    at(name).is_some_and(|p| p.is_scalar() || text.is_empty())
        || name.strip_suffix(":do").and_then(at).is_some_and(Property::is_secret)
}

/// The property that an input's name leads to.
fn property_at<'a>(root: &'a Property, name: &str) -> Option<&'a Property> {
    let mut property = root;
    for (step, token) in name.strip_prefix('/')?.split('/').enumerate() {
        if step >= MAX_STEPS {
            return None;
        }
        property = match property.kind {
            Kind::Object => property.property(&pointer::unescape(token))?,
            Kind::Array => {
                pointer::index(token)?;
                property.items.as_deref()?
            }
            _ => return None,
        };
    }
    Some(property)
}
