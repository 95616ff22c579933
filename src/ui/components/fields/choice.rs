//! Picking one of a few: radios while all of them can be seen, a select beyond that.

use leptos::prelude::*;

use super::Field;
use crate::model::{Choice, Property};

/// Yes, No, and Not set where that may be said.
pub fn boolean(field: Field, property: &Property, current: &str) -> AnyView {
    let choice = |value: &str, title: &str| Choice { value: value.into(), title: title.into() };
    let choices = vec![choice("true", "Yes"), choice("false", "No")];
    group(field, property, choices, current, "radio-row")
}

/// The choices of the model.
pub fn radios(field: Field, property: &Property, current: &str) -> AnyView {
    group(field, property, property.choices.clone(), current, "radio-column")
}

fn group(
    field: Field,
    property: &Property,
    mut choices: Vec<Choice>,
    current: &str,
    class: &'static str,
) -> AnyView {
    offer_current(&mut choices, current);
    if may_be_unset(property, current) {
        choices.push(Choice { value: String::new(), title: "Not set".to_owned() });
    }
    let radios: Vec<AnyView> = choices
        .into_iter()
        .enumerate()
        .map(|(number, choice)| {
            let id = format!("{}:{number}", field.id);
            let label_for = id.clone();
            let checked = choice.value == current;
            view! {
                <label class="radio" for=label_for>
                    <input
                        type="radio"
                        id=id
                        name=field.name()
                        value=choice.value
                        checked=checked
                        autocomplete="off"
                    />
                    <span>{choice.title}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    field.group("field-choice", view! { <div class=class>{radios}</div> }.into_any())
}

pub fn select(field: Field, property: &Property, current: &str) -> AnyView {
    let mut choices = property.choices.clone();
    offer_current(&mut choices, current);
    let none = if property.required { "Choose…" } else { "Not set" };
    choices.insert(0, Choice { value: String::new(), title: none.to_owned() });
    let options: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let selected = choice.value == current;
            view! { <option value=choice.value selected=selected>{choice.title}</option> }
                .into_any()
        })
        .collect();
    let control = view! {
        <select
            id=field.id.clone()
            class="input"
            name=field.name()
            required=field.required
            autocomplete="off"
            aria-invalid=field.invalid()
            aria-describedby=field.described_by()
        >
            {options}
        </select>
    };
    field.single(control.into_any())
}

/// A stored value that is no choice any more must not change by opening the form.
pub fn offer_current(choices: &mut Vec<Choice>, current: &str) {
    if !current.is_empty() && choices.iter().all(|c| c.value != current) {
        let title = format!("{current} (no longer offered)");
        choices.push(Choice { value: current.to_owned(), title });
    }
}

fn may_be_unset(property: &Property, current: &str) -> bool {
    !property.required && (property.default.is_none() || current.is_empty())
}
