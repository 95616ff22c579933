//! Lists of entries, each a group of its own, added, removed and moved by buttons. Adding and
//! removing are submit buttons, so they work without JavaScript; moving needs it.

use leptos::prelude::*;
use serde_json::Value;

use super::{Field, Fields, Move, readonly};
use crate::{
    model::{
        Kind, Property,
        form::{Pair, row_count, value_of},
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
    let step = |to: usize, label: &'static str, sign: &'static str| {
        let step = Move { array: field.pointer.clone(), from: index, to };
        let on_move = fields.on_move;
        view! {
            <button
                type="button"
                class="icon-btn js-only"
                aria-label=format!("{label}: {title}")
                title=label
                on:click=move |_| on_move.run(step.clone())
            >
                <span aria-hidden="true">{sign}</span>
            </button>
        }
    };
    let up = (index > 0).then(|| step(index - 1, "Move up", "↑"));
    let down = (index + 1 < count).then(|| step(index + 1, "Move down", "↓"));
    view! {
        <div class="array-row">
            <div class="array-entry">{inputs}</div>
            <div class="array-tools">
                {up}
                {down}
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
    group.group("field-object", members.into_any())
}

/// Hidden inputs for all that stands at `at` and below.
fn hidden(pairs: &[Pair], at: &str) -> Vec<AnyView> {
    let inside = |name: &str| {
        name.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    pairs
        .iter()
        .filter(|(name, _)| inside(name))
        .map(|(name, text)| {
            view! { <input type="hidden" name=name.clone() value=text.clone()/> }.into_any()
        })
        .collect()
}
