//! Instances as the fields of an HTML form, and back: the console's forms use it with and
//! without JavaScript, so both sides must read it the same way.
//!
//! An input is named by the JSON Pointer of its value. A field that is empty isn't set. Entries
//! of arrays stand under their index; an entry in which all is empty doesn't exist. A secret has
//! an input and a choice what to do with it. Names that begin with `_` control the form.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde_json::{Map, Number, Value};

use super::definition::{Format, Kind, Model, Property};
use super::pointer;
use super::validate::MASK;

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

/// The name of the select that says which member is to be added to the sparse object at `pointer`.
pub fn pick_name(pointer: &str) -> String {
    format!("_pick:{pointer}")
}

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

/// Whether a form shows this property: something of it must be displayable, and what a form
/// can't hold (values of any type, open objects) isn't shown at all.
pub fn is_drawn(property: &Property) -> bool {
    property.displayable
        && match property.kind {
            Kind::Any => false,
            Kind::Object => property.properties.iter().any(|(_, p)| is_drawn(p)),
            Kind::Array => property.items.as_ref().is_some_and(|i| is_drawn(i) && is_postable(i)),
            _ => true,
        }
}

/// Whether inputs can say everything about a value. Entries of arrays must be so, because they
/// move, and what isn't posted with them couldn't be found again in the stored instance.
fn is_postable(property: &Property) -> bool {
    match property.kind {
        Kind::Any => false,
        Kind::Object => {
            !property.additional_properties
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

/// How many entries the form holds for the array at `pointer`. Never more than it has inputs
/// for them, whatever index somebody posts.
pub fn row_count(pairs: &[Pair], pointer: &str) -> usize {
    let rows = pairs.iter().filter_map(|(name, _)| row_of(name, pointer));
    let (inputs, end) = rows.fold((0, 0), |(n, end), (row, _)| (n + 1, (row + 1).max(end)));
    end.min(inputs)
}

/// The form with one more entry, an empty one, in the array at `pointer`; or with the member of a
/// sparse object that was picked there.
pub fn add_row(pairs: &[Pair], pointer: &str) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    if let Some(picked) = value_of(&pairs, &pick_name(pointer)) {
        if !picked.is_empty() {
            pairs.push((pointer::child(pointer, picked), String::new()));
        }
        return pairs;
    }
    // Entries that are objects ignore a text of their own: it only says that they are there.
    let marker = pointer::entry(pointer, row_count(&pairs, pointer));
    pairs.push((marker, String::new()));
    pairs
}

/// Whether an input of this name belongs to the value at `pointer`, or to one below it.
pub fn is_within(name: &str, pointer: &str) -> bool {
    let rest = name.strip_prefix(pointer).filter(|_| !pointer.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
}

/// The form with the entry at `pointer` in the place of the one before it, or after it.
pub fn move_row(pairs: &[Pair], pointer: &str, up: bool) -> Vec<Pair> {
    let other = pointer.rsplit_once('/').and_then(|(array, index)| {
        let index = pointer::index(index)?;
        let other = if up { index.checked_sub(1)? } else { index + 1 };
        (other < row_count(pairs, array)).then(|| pointer::entry(array, other))
    });
    let Some(other) = other else { return pairs.to_vec() };
    let swapped = |name: &str| {
        let to =
            |from, to: &str| is_within(name, from).then(|| to.to_owned() + &name[from.len()..]);
        to(pointer, &other).or_else(|| to(&other, pointer)).unwrap_or_else(|| name.to_owned())
    };
    pairs.iter().map(|(name, text)| (swapped(name), text.clone())).collect()
}

/// The form without the entry at `pointer`, those after it moved up; or without that member of a
/// sparse object.
pub fn remove_row(pairs: &[Pair], pointer: &str) -> Vec<Pair> {
    let gone = pointer.rsplit_once('/').and_then(|(a, i)| Some((a, pointer::index(i)?)));
    let Some((array, gone)) = gone else {
        return pairs.iter().filter(|(name, _)| !is_within(name, pointer)).cloned().collect();
    };
    let mut kept = Vec::with_capacity(pairs.len());
    for (name, text) in pairs {
        match row_of(name, array) {
            Some((row, _)) if row == gone => {}
            Some((row, rest)) if row > gone => {
                kept.push((format!("{}{rest}", pointer::entry(array, row - 1)), text.clone()));
            }
            _ => kept.push((name.clone(), text.clone())),
        }
    }
    kept
}

/// The index of the entry of `array` that an input belongs to, and the rest of its name.
fn row_of<'a>(name: &'a str, array: &str) -> Option<(usize, &'a str)> {
    let rest = name.strip_prefix(array)?.strip_prefix('/')?;
    let (token, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    Some((pointer::index(token)?, below))
}

/// The form without the entries in which all is empty, those after them moved up. Errors of
/// what [`from_pairs`] makes of a form name its fields as they are called here, so this is what
/// a form with errors shows.
pub fn tidy(model: &Model, pairs: &[Pair]) -> Vec<Pair> {
    // For every array, the entries that hold something, by index.
    let mut rows: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let known = |name: &str, text: &str| is_known(model, name, text);
    for (name, _) in pairs.iter().filter(|(n, t)| !t.is_empty() && known(n, t)) {
        each_row(name, |array, index| {
            rows.entry(array.to_owned()).or_default().insert(index);
            Some(index)
        });
    }
    pairs
        .iter()
        .filter_map(|(name, text)| {
            // An entry's new index is the number of those kept before it.
            let place = |array: &str, index| {
                let kept = rows.get(array).filter(|kept| kept.contains(&index))?;
                Some(kept.range(..index).count())
            };
            let name = if known(name, text) { each_row(name, place)? } else { name.clone() };
            Some((name, text.clone()))
        })
        .collect()
}

/// Goes through the indices in a name, each with the name of its array as it was posted, and
/// gives the name with those that `place` answers; none as soon as it answers none.
fn each_row(name: &str, mut place: impl FnMut(&str, usize) -> Option<usize>) -> Option<String> {
    let mut new = String::with_capacity(name.len());
    let mut at = 0;
    for token in name.split('/').skip(1) {
        new.push('/');
        // Names of properties begin with a letter, so a number can only be an index.
        match pointer::index(token) {
            Some(index) => new.push_str(&place(&name[..at], index)?.to_string()),
            None => new.push_str(token),
        }
        at += 1 + token.len();
    }
    Some(new)
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

/// What was posted, by name.
struct Posted<'a> {
    texts: BTreeMap<&'a str, &'a str>,
}

impl<'a> Posted<'a> {
    fn new(pairs: &'a [Pair]) -> Self {
        // Filled one by one: collecting would sort first, for which each type of map brings 5 kB
        // of code to the browser.
        let mut texts = BTreeMap::new();
        texts.extend(pairs.iter().map(|(n, t)| (n.as_str(), t.as_str())));
        Self { texts }
    }

    /// What was posted for the value at `at` and for all below it.
    fn below<'s>(&'s self, at: &'s str) -> impl Iterator<Item = (&'a str, &'a str)> + 's {
        self.texts
            .range::<str, _>((Bound::Included(at), Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(at))
            .filter(move |(name, _)| {
                matches!(name.as_bytes().get(at.len()), None | Some(b'/' | b':'))
            })
            .map(move |(name, text)| (*name, *text))
    }

    fn has_any(&self, at: &str) -> bool {
        self.below(at).next().is_some()
    }
}

/// Whether the form sent back just what it was filled with.
fn unchanged(property: &Property, at: &str, stored: &Value, posted: &Posted) -> bool {
    let mut filled = Vec::new();
    write(property, at, Some(stored), false, &mut filled);
    let mut sent = 0;
    posted.below(at).all(|(name, text)| {
        sent += 1;
        value_of(&filled, name).is_some_and(|f| unix_lines(f) == unix_lines(text))
    }) && sent == filled.len()
}

fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Keeps what an open object holds beyond its properties. Of a closed one nothing more is kept:
/// the model has lost those properties since, and they would make every save fail.
fn keep_unnamed(property: &Property, stored: &Map<String, Value>, data: &mut Map<String, Value>) {
    if property.additional_properties {
        for (name, value) in stored.iter().filter(|(n, _)| property.property(n).is_none()) {
            data.insert(name.clone(), value.clone());
        }
    }
}

fn secret(property: &Property, at: &str, stored: Option<&Value>, posted: &Posted) -> Option<Value> {
    let typed = posted
        .texts
        .get(at)
        .and_then(|text| scalar(property, text))
        .filter(|value| value.as_str() != Some(MASK));
    let kept = stored
        .is_some_and(|v| v.as_str().is_some_and(|s| !s.is_empty()))
        .then(|| Value::from(MASK));
    match posted.texts.get(secret_action_name(at).as_str()).copied() {
        Some("clear") => Some(Value::from("")),
        // Who typed a secret where none is kept can only have meant to set it.
        Some("keep") => kept.or(typed),
        _ => typed.or(kept),
    }
}

/// The pairs of one value. In an entry of an array hidden properties are written too.
fn write(property: &Property, at: &str, value: Option<&Value>, entry: bool, out: &mut Vec<Pair>) {
    match property.kind {
        Kind::Object => {
            for (name, member) in &property.properties {
                let value = value.and_then(|v| v.get(name));
                if entry || (is_drawn(member) && (value.is_some() || !property.sparse)) {
                    write(member, &pointer::child(at, name), value, entry, out);
                }
            }
        }
        Kind::Array => {
            let Some(items) = &property.items else { return };
            for (i, value) in value.and_then(Value::as_array).into_iter().flatten().enumerate() {
                write(items, &pointer::entry(at, i), Some(value), true, out);
            }
        }
        _ if property.is_secret() => {
            out.push((secret_action_name(at), "keep".to_owned()));
            out.push((field_name(at), String::new()));
        }
        _ => {
            let text = match value {
                None | Some(Value::Null) => String::new(),
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
            };
            out.push((field_name(at), text));
        }
    }
}

/// The value that was posted, if there is one.
fn read(
    property: &Property,
    at: &str,
    stored: Option<&Value>,
    entry: bool,
    posted: &Posted,
) -> Option<Value> {
    match property.kind {
        Kind::Object => {
            let mut data = Map::new();
            for (name, member) in &property.properties {
                let stored = stored.and_then(|s| s.get(name));
                let value = if entry || (is_drawn(member) && !member.readonly) {
                    let at = pointer::child(at, name);
                    // A member that was taken out of a sparse object isn't posted any more.
                    let stored = stored.filter(|_| !property.sparse || posted.has_any(&at));
                    read(member, &at, stored, entry, posted)
                } else {
                    stored.cloned()
                };
                if let Some(value) = value {
                    data.insert(name.clone(), value);
                }
            }
            if let Some(stored) = stored.and_then(Value::as_object) {
                keep_unnamed(property, stored, &mut data);
            }
            // An object that is asked for is kept even if empty: the errors then stand at its
            // fields. Another one isn't there just because something in it is asked for.
            let there = property.required || !data.values().all(is_hollow);
            there.then_some(Value::Object(data))
        }
        Kind::Array => {
            let items = property.items.as_deref()?;
            let mut entries = Vec::new();
            // No entry is empty any more, so the first index without one is the end.
            loop {
                let at = pointer::entry(at, entries.len());
                if !posted.has_any(&at) {
                    break;
                }
                let empty = || {
                    if items.kind == Kind::Array {
                        Value::Array(Vec::new())
                    } else {
                        Value::from("")
                    }
                };
                entries.push(read(items, &at, None, true, posted).unwrap_or_else(empty));
            }
            (!entries.is_empty() || property.required).then_some(Value::Array(entries))
        }
        _ if property.is_secret() => secret(property, at, stored, posted),
        _ => match posted.texts.get(at) {
            Some(text) => scalar(property, text),
            // Not on this form, so not the form's to remove.
            None => stored.cloned(),
        },
    }
}

/// Whether a value has structure but no content.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.values().all(is_hollow),
        _ => false,
    }
}

/// What a text says in a field of this type; what it can't say stays a string for the validator.
fn scalar(property: &Property, text: &str) -> Option<Value> {
    let text = match (property.kind, property.format) {
        (Kind::String, Some(Format::Multiline)) => unix_lines(text),
        (Kind::String, None) => text.to_owned(),
        // No named form begins or ends with a space, but what is pasted often does.
        _ => text.trim().to_owned(),
    };
    if text.is_empty() {
        return None;
    }
    let value = match property.kind {
        Kind::Boolean => text.parse().ok().map(Value::Bool),
        Kind::Integer => whole(&text).map(Value::Number),
        Kind::Number => {
            let fraction = || text.parse().ok().and_then(Number::from_f64);
            whole(&text).or_else(fraction).map(Value::Number)
        }
        _ => None,
    };
    Some(value.unwrap_or(Value::String(text)))
}

fn whole(text: &str) -> Option<Number> {
    let signed = text.parse::<i64>().ok().map(Number::from);
    // What is too large is still a number, and the validator says that it is too large.
    signed.or_else(|| text.parse::<u64>().ok().map(Number::from))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model() -> Model {
        Model::try_from(json!({
            "model_type": "data/Thing",
            "title": "Thing",
            "managed": ["link"],
            "immutable": ["kind", "codes"],
            "groups": [
                {"title": "Nothing to see", "fields": ["hidden"]},
                {"title": "Main", "fields": ["on", "name"]}
            ],
            "formats": {"notes": "multiline", "mail": "email"},
            "schema": {"type": "object", "properties": {
                "name": {"type": "string", "required": true},
                "kind": {"type": "string"},
                "codes": {"type": "array", "items": {"type": "string"}},
                "codes-2": {"type": "string"},
                "size": {"type": "integer"},
                "share": {"type": "number"},
                "on": {"type": "boolean"},
                "notes": {"type": "string"},
                "mail": {"type": "string"},
                "link": {"type": "string"},
                "fixed": {"type": "string", "readonly": true},
                "hidden": {"type": "string", "displayable": false},
                "token": {"type": "string", "is_password": true},
                "any": {"type": "any"},
                "open": {"type": "object"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "part": {"type": "object", "properties": {
                    "a": {"type": "integer"},
                    "b": {"type": "string", "displayable": false},
                    "key": {"type": "string", "store_encrypted": true}
                }},
                "rows": {"type": "array", "items": {"type": "object", "properties": {
                    "a": {"type": "string"},
                    "b": {"type": "string", "displayable": false},
                    "ports": {"type": "array", "items": {"type": "integer"}}
                }}},
                "unseen": {"type": "array", "items": {"type": "object", "properties": {
                    "name": {"type": "string", "displayable": false}
                }}}
            }}
        }))
        .unwrap()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<Pair> {
        pairs.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
    }

    fn read_back(posted: &[(&str, &str)], base: Option<&Value>) -> Value {
        let base = base.map(|b| b.as_object().unwrap());
        Value::Object(from_pairs(&model(), &pairs(posted), base))
    }

    #[test]
    fn fields_are_drawn_by_group_and_the_hidden_ones_not_at_all() {
        let drawn = drawn_fields(&model());
        let main = (Some("Main".to_owned()), vec!["on".to_owned(), "name".to_owned()]);
        assert_eq!(drawn[0], main);
        let rest = "kind codes codes-2 size share notes mail link fixed token tags part rows";
        assert_eq!((drawn[1].0.as_ref(), drawn[1].1.join(" ")), (None, rest.to_owned()));
        assert_eq!(drawn.len(), 2);
    }

    #[test]
    fn an_entry_moves_with_all_that_is_in_it_and_never_out_of_its_array() {
        let posted = pairs(&[("/a/1/x", "1"), ("/a/2/x", "2"), ("/a/0/x", "0"), ("/ab/1", "b")]);
        let moved = |pointer, up| {
            let names = move_row(&posted, pointer, up).into_iter().map(|(name, _)| name);
            names.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(moved("/a/2", true), "/a/2/x /a/1/x /a/0/x /ab/1");
        assert_eq!(moved("/a/0", false), "/a/0/x /a/2/x /a/1/x /ab/1");
        for (pointer, up) in [("/a/0", true), ("/a/2", false), ("/a", true), ("", false)] {
            assert_eq!(moved(pointer, up), "/a/1/x /a/2/x /a/0/x /ab/1", "{pointer}");
        }
    }

    #[test]
    fn members_of_a_sparse_object_come_and_go() {
        let model = Model::try_from(json!({
            "model_type": "data/Thing",
            "title": "Thing",
            "schema": {"type": "object", "properties": {
                "name": {"type": "string"},
                "values": {"type": "object", "sparse": true, "additionalProperties": true,
                    "properties": {
                        "on": {"type": "boolean"},
                        "size": {"type": "integer"},
                        "hidden": {"type": "string", "displayable": false},
                        "tags": {"type": "array", "items": {"type": "string"}}
                    }}
            }}
        }))
        .unwrap();
        let base = json!({"name": "x", "values": {"on": false, "hidden": "h", "more": 1}});
        let base = base.as_object().unwrap();
        let drawn = to_pairs(&model, base);
        assert_eq!(drawn, pairs(&[("/name", "x"), ("/values/on", "false")]));
        let back =
            |pairs: &[Pair]| Value::Object(from_pairs(&model, pairs, Some(base)))["values"].clone();
        assert_eq!(back(&drawn), base["values"]);

        let mut picked = drawn;
        picked.push((pick_name("/values"), "size".to_owned()));
        let mut added = add_row(&picked, "/values");
        assert_eq!(value_of(&added, "/values/size"), Some(""));
        // Left empty it is none.
        assert_eq!(back(&added), base["values"]);
        added.push(("/values/size".to_owned(), "3".to_owned()));
        assert_eq!(back(&added)["size"], 3);
        let removed = remove_row(&added, "/values/on");
        assert_eq!(back(&removed), json!({"size": 3, "hidden": "h", "more": 1}));
        let none = remove_row(&removed, "/values/size");
        assert_eq!(back(&none), json!({"hidden": "h", "more": 1}));
        // Nothing picked, nothing added.
        let nothing = pairs(&[("/name", "x"), ("_pick:/values", "")]);
        assert_eq!(add_row(&nothing, "/values"), nothing);
    }

    #[test]
    fn a_new_instance_keeps_what_its_form_hides_or_locks() {
        let start = json!({
            "name": "n", "link": "/l", "fixed": "f", "hidden": "h", "any": 1,
            "part": {"a": 1, "b": "hidden"}, "tags": ["t"], "on": true
        });
        let kept = kept_of_new(&model(), start.as_object().unwrap());
        let wanted =
            json!({"link": "/l", "fixed": "f", "hidden": "h", "any": 1, "part": {"b": "hidden"}});
        assert_eq!(Value::Object(kept), wanted);
        let data = read_back(&[("/name", "m"), ("/part/a", "2")], Some(&wanted));
        assert_eq!(data["part"], json!({"a": 2, "b": "hidden"}));
        assert_eq!((&data["hidden"], &data["name"]), (&json!("h"), &json!("m")));
        assert_eq!(data.get("on"), None);
    }

    #[test]
    fn texts_become_values_of_their_types() {
        let posted = [
            ("/name", " a "),
            ("/size", " +7 "),
            ("/share", "1e2"),
            ("/on", "false"),
            ("/notes", "a\r\nb\rc"),
            ("/mail", " a@example.com "),
            ("/tags/0", "x"),
            ("/part/a", "-1"),
        ];
        let wanted = json!({
            "name": " a ", "size": 7, "share": 100.0, "on": false, "notes": "a\nb\nc",
            "mail": "a@example.com", "tags": ["x"], "part": {"a": -1}
        });
        assert_eq!(read_back(&posted, None), wanted);
    }

    #[test]
    fn empty_texts_are_not_set() {
        let posted = [
            ("/name", ""),
            ("/size", ""),
            ("/on", ""),
            ("/token", ""),
            ("/token:do", "keep"),
            ("/part/a", ""),
            ("/tags/0", ""),
            ("/rows/0/a", ""),
            ("/rows/0/ports/0", ""),
        ];
        assert_eq!(read_back(&posted, None), json!({}));
        let base = json!({"name": "x", "size": 1, "on": true, "tags": ["t"], "rows": [{"a": "r"}]});
        assert_eq!(read_back(&posted, Some(&base)), json!({}));
    }

    #[test]
    fn what_a_field_can_not_say_stays_for_the_validator() {
        let posted = [
            ("/size", "1.5"),
            ("/share", "inf"),
            ("/on", "yes"),
            ("/colour", "red"),
            ("/rows/0/colour", "red"),
            ("/rows", "x"),
            ("/name/x", "y"),
            ("/name:do", "clear"),
            ("/rows/01/a", "z"),
            ("_remove", "/x"),
            ("csrf", "x"),
        ];
        let data = read_back(&posted, None);
        let wanted = json!({
            "size": "1.5", "share": "inf", "on": "yes", "colour": "red", "rows/0/colour": "red",
            "rows": "x", "name/x": "y", "name:do": "clear", "rows/01/a": "z"
        });
        assert_eq!(data, wanted);
        let errors = crate::model::validate(&model(), data.as_object().unwrap());
        assert_eq!(errors.len(), 1 + wanted.as_object().unwrap().len(), "and /name is required");
        let large = read_back(&[("/size", "9223372036854775808")], None);
        assert_eq!(large, json!({"size": 9_223_372_036_854_775_808_u64}));
    }

    #[test]
    fn what_the_form_does_not_govern_comes_from_the_stored_instance() {
        let base = json!({
            "name": "old", "kind": "k", "link": "/x", "fixed": "f", "hidden": "h", "any": [1],
            "open": {"z": 1}, "part": {"a": 1, "b": "keep"}, "unseen": [{"name": "n"}]
        });
        let posted = [
            ("/name", "new"),
            ("/link", "/evil"),
            ("/fixed", "evil"),
            ("/hidden", "evil"),
            ("/part/a", "2"),
            ("/part/b", "evil"),
        ];
        let mut wanted = base.clone();
        wanted["name"] = json!("new");
        wanted["part"]["a"] = json!(2);
        assert_eq!(read_back(&posted, Some(&base)), wanted);
        // A property that the model has lost would make every save fail.
        let base = json!({"name": "old", "gone": 1});
        assert_eq!(read_back(&[("/name", "new")], Some(&base)), json!({"name": "new"}));
    }

    #[test]
    fn an_immutable_field_is_read_when_it_is_sent_and_kept_when_it_is_not() {
        let base = json!({"kind": "k", "codes": ["c"]});
        assert_eq!(read_back(&[("/kind", "new")], None), json!({"kind": "new"}));
        let sent = [("/kind", "new"), ("/codes/0", "d"), ("/codes-2", "")];
        assert_eq!(read_back(&sent, Some(&base)), json!({"kind": "new", "codes": ["d"]}));
        assert_eq!(read_back(&[("/codes-2", "")], Some(&base)), base);
        assert!(is_editable(&model(), "kind", false) && !is_editable(&model(), "kind", true));
        for name in ["link", "fixed", "hidden", "open", "nothing"] {
            assert!(!is_editable(&model(), name, false), "{name}");
        }
    }

    #[test]
    fn a_secret_is_kept_replaced_or_cleared() {
        let set = json!({"token": MASK, "part": {"key": MASK}});
        let unset = json!({});
        let cases: [(Option<&str>, &str, &Value, Option<&str>); 12] = [
            (Some("keep"), "", &set, Some(MASK)),
            (Some("keep"), "typed", &set, Some(MASK)),
            (Some("keep"), "", &unset, None),
            (Some("keep"), "typed", &unset, Some("typed")),
            (Some("replace"), "new", &set, Some("new")),
            (Some("replace"), "", &set, Some(MASK)),
            (Some("replace"), MASK, &set, Some(MASK)),
            (Some("replace"), MASK, &unset, None),
            (Some("clear"), "typed", &set, Some("")),
            (Some("other"), "", &set, Some(MASK)),
            (None, "new", &set, Some("new")),
            (None, "", &set, Some(MASK)),
        ];
        for (action, text, base, wanted) in cases {
            for at in ["/token", "/part/key"] {
                let do_name = secret_action_name(at);
                let mut posted = vec![(at, text)];
                posted.extend(action.map(|a| (do_name.as_str(), a)));
                let data = read_back(&posted, Some(base));
                let found = pointer::get(data.as_object().unwrap(), at).and_then(Value::as_str);
                assert_eq!(found, wanted, "{at} {action:?} {text}");
            }
        }
    }

    #[test]
    fn a_filled_form_holds_no_secret() {
        let data = json!({"token": "s3cret", "part": {"key": "s3cret"}, "tags": ["t"]});
        let filled = to_pairs(&model(), data.as_object().unwrap());
        assert_eq!(value_of(&filled, "/tags/0"), Some("t"));
        assert_eq!(value_of(&filled, "/token"), Some(""));
        assert_eq!(value_of(&filled, "/token:do"), Some("keep"));
        assert!(filled.iter().all(|(_, text)| !text.contains("s3cret")));
        let secret = filled.iter().filter(|(name, _)| is_secret_input(&model(), name));
        let secret: Vec<&str> = secret.map(|(name, _)| name.as_str()).collect();
        assert_eq!(secret, ["/token", "/part/key"]);
    }

    #[test]
    fn rows_come_and_go() {
        let form =
            pairs(&[("/name", "n"), ("/rows/0/a", "x"), ("/rows/1/ports/0", "1"), ("/rows2", "")]);
        assert_eq!(row_count(&form, "/rows"), 2);
        let form = add_row(&form, "/rows");
        assert_eq!(row_count(&form, "/rows"), 3);
        assert_eq!(form.last().unwrap().0, "/rows/2");
        let form = add_row(&remove_row(&form, "/rows/0"), "/rows/0/ports");
        let wanted = pairs(&[
            ("/name", "n"),
            ("/rows/0/ports/0", "1"),
            ("/rows2", ""),
            ("/rows/1", ""),
            ("/rows/0/ports/1", ""),
        ]);
        assert_eq!(form, wanted);
        assert_eq!(remove_row(&form, "/rows/x"), form);
        assert_eq!(remove_row(&form, ""), form);
    }

    #[test]
    fn rows_that_are_empty_are_dropped_and_the_others_move_up() {
        let form = [
            ("/rows/0/a", ""),
            ("/rows/3/b", "hidden"),
            ("/rows/3/ports/0", ""),
            ("/rows/3/ports/2", "x"),
            ("/rows/10/a", "last"),
            ("/tags/5", ""),
        ];
        let wanted = json!({"rows": [{"b": "hidden", "ports": ["x"]}, {"a": "last"}]});
        assert_eq!(read_back(&form, None), wanted);
        let tidied = tidy(&model(), &pairs(&form));
        assert_eq!(
            tidied,
            pairs(&[("/rows/0/b", "hidden"), ("/rows/0/ports/0", "x"), ("/rows/1/a", "last")])
        );
        // The errors of the instance stand at the fields of the tidied form.
        let errors = crate::model::validate(&model(), wanted.as_object().unwrap());
        assert!(errors.iter().any(|e| e.field == "/rows/0/ports/0"), "{errors:?}");
    }

    #[test]
    fn a_list_whose_last_row_was_removed_is_removed() {
        let base = json!({"tags": ["a"], "rows": [{"a": "x"}], "name": "n"});
        assert_eq!(read_back(&[("/name", "n")], Some(&base)), json!({"name": "n"}));
    }

    #[test]
    fn a_huge_index_makes_no_huge_form() {
        let form = pairs(&[("/rows/999999999/a", "x"), ("/tags/99999999999999999999", "y")]);
        assert_eq!(row_count(&form, "/rows"), 1);
        let data = from_pairs(&model(), &form, None);
        assert_eq!(data["rows"], json!([{"a": "x"}]));
        let deep = pairs(&[(&"/rows/0".repeat(100_000), "x")]);
        assert_eq!(from_pairs(&model(), &deep, None).len(), 1);
    }

    #[test]
    fn an_object_is_not_there_because_of_what_it_asks_for() {
        let model = |required: bool| {
            let part = json!({"type": "object", "required": required, "properties": {
                "tags": {"type": "array", "required": true, "items": {"type": "string"}}
            }});
            let name = json!({"type": "string"});
            let schema = json!({"type": "object", "properties": {"name": name, "part": part}});
            let file = json!({"model_type": "data/Thing", "title": "Thing", "schema": schema});
            Model::try_from(file).unwrap()
        };
        assert!(from_pairs(&model(false), &[], None).is_empty());
        let asked = from_pairs(&model(true), &[], None);
        assert_eq!(Value::Object(asked), json!({"part": {"tags": []}}));
    }

    #[test]
    fn what_a_form_can_not_tell_apart_stays_if_nothing_was_changed() {
        let base =
            json!({"name": "", "tags": [], "rows": [{}, {"a": ""}], "part": {}, "notes": "a\nb"});
        let mut form = to_pairs(&model(), base.as_object().unwrap());
        for (name, text) in &mut form {
            if name == "/notes" {
                // As every browser posts it.
                *text = "a\r\nb".to_owned();
            }
        }
        let data = from_pairs(&model(), &form, base.as_object());
        assert_eq!(Value::Object(data), base);
    }
}
