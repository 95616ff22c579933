//! Lists of entries, each a group of its own, added, removed and moved by buttons, and sparse
//! objects, whose members come and go likewise. The buttons submit the form, so they work without
//! JavaScript.

use leptos::prelude::*;
use serde_json::Value;

use super::{Field, Fields, readonly};
use crate::{
    model::{
        Kind, Property,
        form::{Pair, is_drawn, is_open, is_within, pick_name, row_count, value_of},
        pointer,
    },
    ui::components::{Icon, IconName, value::counted},
};

pub fn array(fields: Fields, field: Field, property: &Property) -> AnyView {
    let Some(items) = property.items.as_deref() else { return ().into_any() };
    let count = row_count(fields.pairs, &field.pointer);
    let rows: Vec<AnyView> =
        (0..count).map(|index| row(fields, &field, items, index, count)).collect();
    let full = property.max_items.filter(|most| count >= *most);
    let more = match full {
        Some(most) => view! {
            <p class="field-help">{format!("At most {}.", counted(most as u64, "entry", "entries"))}</p>
        }
        .into_any(),
        None => view! {
            <button
                class="btn"
                id=format!("{}:add", field.id)
                name="_add"
                value=field.pointer.clone()
                formnovalidate
            >
                <Icon name=IconName::Plus/>
                {format!("Add to {}", field.title)}
            </button>
        }
        .into_any(),
    };
    let none = (count == 0).then(|| view! { <p class="muted">"No entries."</p> });
    field.group(
        "field-array",
        view! {
            {rows}
            {none}
            {more}
        }
        .into_any(),
    )
}

fn row(fields: Fields, field: &Field, items: &Property, index: usize, count: usize) -> AnyView {
    let at = pointer::entry(&field.pointer, index);
    let title = format!("{} {}", field.title, index + 1);
    let inputs = entry(fields, &at, items, &title);
    let up = (index > 0).then(|| step("_up", &at, &title));
    let down = (index + 1 < count).then(|| step("_down", &at, &title));
    removable(inputs, [up, down], at, &title)
}

/// The button that moves an entry.
fn step(name: &'static str, at: &str, title: &str) -> AnyView {
    let (label, sign) = if name == "_up" { ("Move up", "↑") } else { ("Move down", "↓") };
    view! {
        <button
            class="icon-btn"
            name=name
            value=at.to_owned()
            formnovalidate
            aria-label=format!("{label}: {title}")
            title=label
        >
            <span aria-hidden="true">{sign}</span>
        </button>
    }
    .into_any()
}

/// Inputs with a button that removes them.
fn removable(inputs: AnyView, tools: [Option<AnyView>; 2], at: String, title: &str) -> AnyView {
    view! {
        <div class="array-row">
            <div class="array-entry">{inputs}</div>
            <div class="array-tools">
                {tools.into_iter().collect_view()}
                <button
                    class="icon-btn"
                    name="_remove"
                    value=at
                    formnovalidate
                    aria-label=format!("Remove {title}")
                    title="Remove"
                >
                    <Icon name=IconName::Trash/>
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// An object of which only those members are drawn that are set. The others can be added.
pub fn sparse(fields: Fields, field: &Field, property: &Property) -> AnyView {
    let mut rows = Vec::new();
    let mut more = Vec::new();
    for (name, member) in property.properties.iter().filter(|(_, member)| is_drawn(member)) {
        let at = pointer::child(&field.pointer, name);
        if fields.pairs.iter().any(|(input, _)| is_within(input, &at)) {
            let inputs = fields.widget(&at, member, None);
            rows.push(removable(inputs, [None, None], at, &member.title));
        } else {
            more.push(
                view! { <option value=name.clone()>{member.title.clone()}</option> }.into_any(),
            );
        }
    }
    let none = rows.is_empty().then(|| view! { <p class="muted">"No fields yet."</p> });
    let picker = (!more.is_empty()).then(|| {
        view! {
            <div class="field-picker">
                <select
                    class="input"
                    id=format!("{}:add", field.id)
                    name=pick_name(&field.pointer)
                    aria-label=format!("Field to add to {}", field.title)
                    autocomplete="off"
                >
                    <option value="">"Choose a field…"</option>
                    {more}
                </select>
                <button class="btn" name="_add" value=field.pointer.clone() formnovalidate>
                    <Icon name=IconName::Plus/>
                    {format!("Add to {}", field.title)}
                </button>
            </div>
        }
    });
    field.group(
        "field-array",
        view! {
            {rows}
            {none}
            {picker}
        }
        .into_any(),
    )
}

/// The inputs of one entry. What the form doesn't show moves with the entry in hidden inputs.
fn entry(fields: Fields, at: &str, items: &Property, title: &str) -> AnyView {
    if items.kind != Kind::Object {
        return fields.widget(at, items, Some(title.to_owned()));
    }
    let members: Vec<AnyView> = items
        .properties
        .iter()
        .map(|(name, member)| {
            let below = pointer::child(at, name);
            if member.displayable && !member.readonly {
                return fields.widget(&below, member, None);
            }
            let shown = (member.displayable && member.is_scalar()).then(|| {
                let text = value_of(fields.pairs, &below).unwrap_or_default();
                readonly::field(member, &Value::from(text), None)
            });
            view! {
                {shown}
                {hidden(fields.pairs, &below)}
            }
            .into_any()
        })
        .collect();
    let group = Field {
        pointer: at.to_owned(),
        id: super::field_id(at),
        title: title.to_owned(),
        help: String::new(),
        required: false,
        errors: fields.errors,
    };
    let more = is_open(items).then(|| fields.more(group.clone(), Some("Further data")));
    group.group("field-object", (members, more).into_any())
}

/// Hidden inputs for all that stands at `at` and below.
fn hidden(pairs: &[Pair], at: &str) -> Vec<AnyView> {
    pairs
        .iter()
        .filter(|(name, _)| is_within(name, at))
        .map(|(name, text)| {
            view! { <input type="hidden" name=name.clone() value=text.clone()/> }.into_any()
        })
        .collect()
}
