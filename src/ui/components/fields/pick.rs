//! Picking from the instances of another model: one is a box of text with a list, several are a
//! list of checkboxes that can be searched. What isn't among them can be typed all the same. A list
//! that holds each of the model's choices at most once is checkboxes too. All are plain inputs, so
//! they work without JavaScript.

use leptos::prelude::*;

use super::{Field, Fields, choice::offer_current, field_id};
use crate::model::{
    Choice, Kind, Property, Target,
    form::{TAKE_UP, entries, field_name, is_open},
    pointer,
};

/// Lists longer than this have a box to search them.
const LONG: usize = 12;

/// Whether the entries of an array are nothing but picked texts: where the text stands below an
/// entry, and what it is picked from.
pub fn picked(array: &Property) -> Option<(String, &Target)> {
    let items = array.items.as_deref()?;
    match (items.kind, items.properties.as_slice()) {
        (Kind::String, _) => Some((String::new(), items.target.as_ref()?)),
        (Kind::Object, [(name, only)]) if !is_open(items) => {
            Some((pointer::child("", name), only.target.as_ref()?))
        }
        _ => None,
    }
}

/// The values that can be picked, in their order.
fn values<'a>(fields: Fields<'a>, target: &Target) -> impl Iterator<Item = &'a str> {
    let key = target.key().unwrap_or_default();
    fields.picks.iter().filter(move |(k, _)| *k == key).map(|(_, value)| value.as_str())
}

/// A box of text with a list.
pub fn one(fields: Fields, field: Field, target: &Target, current: &str) -> AnyView {
    let options: Vec<AnyView> = values(fields, target)
        .map(|value| view! { <option value=value.to_owned()></option> }.into_any())
        .collect();
    let list = format!("{}:list", field.id);
    let control = view! {
        <input
            type="text"
            id=field.id.clone()
            class="input"
            name=field.name()
            value=current.to_owned()
            list=list.clone()
            required=field.required
            autocomplete="off"
            aria-invalid=field.invalid()
            aria-describedby=field.described_by()
        />
        <datalist id=list>{options}</datalist>
    };
    field.single(control.into_any())
}

/// The choices of a list that holds each at most once.
pub fn choices(array: &Property) -> Option<&[Choice]> {
    let choices = array.items.as_deref().filter(|_| array.unique_items)?.choices.as_slice();
    (!choices.is_empty()).then_some(choices)
}

/// What the form holds for a list.
fn ticked<'a>(fields: Fields<'a>, field: &Field, below: &str) -> Vec<&'a str> {
    let mut picked: Vec<&str> = Vec::new();
    for (rest, text) in entries(fields.pairs, &field.pointer) {
        if rest == below && !text.is_empty() {
            picked.push(text);
        }
    }
    picked
}

/// A checkbox in the place of an entry: what isn't ticked isn't posted, and the entries after it
/// move up.
fn tick(field: &Field, at: String, Choice { value, title }: Choice, checked: bool) -> AnyView {
    let id = field_id(&at);
    // Only what is posted can be refused.
    let error = checked
        .then(|| Field { pointer: at.clone(), id: id.clone(), ..field.clone() }.error_view());
    view! {
        <li>
            <label class="check" for=id.clone()>
                <input
                    type="checkbox"
                    id=id.clone()
                    name=field_name(&at)
                    value=value
                    checked=checked
                    autocomplete="off"
                />
                <span>{title}</span>
            </label>
            {error}
        </li>
    }
    .into_any()
}

/// A checkbox for each choice, in the model's order. What is ticked keeps its place in the list, so
/// that opening the form changes nothing.
pub fn checks(fields: Fields, field: &Field, array: &Property, choices: &[Choice]) -> AnyView {
    let picked = ticked(fields, field, "");
    let mut all = choices.to_vec();
    for value in &picked {
        offer_current(&mut all, value);
    }
    let mut next = picked.len();
    let mut boxes = Vec::new();
    for choice in all {
        let place = picked.iter().position(|value| *value == choice.value);
        let at = pointer::entry(&field.pointer, place.unwrap_or(next));
        next += usize::from(place.is_none());
        boxes.push(tick(field, at, choice, place.is_some()));
    }
    // Where nothing said would be the default, nothing ticked is said.
    let said = !fields.exists || pointer::get(fields.base, &field.pointer).is_some();
    let none = (said && array.default.is_some())
        .then(|| view! { <input type="hidden" name=field.name() value=""/> });
    field.group("field-checks", view! { {none} <ul class="check-list">{boxes}</ul> }.into_any())
}

/// A checkbox for each value, those that are picked first.
pub fn list(fields: Fields, field: &Field, below: &str, target: &Target) -> AnyView {
    let picked = ticked(fields, field, below);
    let count = picked.len();
    let mut all = picked.clone();
    all.extend(values(fields, target).filter(|value| !picked.contains(value)));
    let total = all.len();
    let boxes: Vec<AnyView> = all
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let at = pointer::entry(&field.pointer, index) + below;
            let choice = Choice { value: value.to_owned(), title: value.to_owned() };
            tick(field, at, choice, index < count)
        })
        .collect();
    let list = format!("{}:list", field.id);
    // Enter in a box that belonged to the form would send it.
    let search = (total > LONG).then(|| {
        view! {
            <input
                type="search"
                class="input js-only"
                form="none"
                placeholder="Search"
                aria-label=format!("Search {}", field.title)
                autocomplete="off"
                data-narrow=list.clone()
            />
        }
    });
    let other = pointer::entry(&field.pointer, total) + below;
    let other_id = format!("{}:add", field.id);
    field.group(
        "field-picks",
        view! {
            {search}
            <ul id=list class="pick-list" hidden=total == 0>{boxes}</ul>
            <div class="field">
                <label class="field-label" for=other_id.clone()>
                    {format!("Add to {} by name", field.title)}
                </label>
                <div class="input-with-button">
                    <input
                        type="text"
                        id=other_id
                        class="input"
                        name=field_name(&other)
                        autocomplete="off"
                    />
                    <button class="btn" name=TAKE_UP value=field.pointer.clone() formnovalidate>
                        "Add"
                    </button>
                </div>
            </div>
        }
        .into_any(),
    )
}
