//! Secrets: the form never has them. It says whether one is set, and takes a new one. Which of
//! keep, replace and clear is chosen shows or hides the input by the stylesheet alone, so it works
//! without JavaScript.

use leptos::prelude::*;

use super::Field;
use crate::{
    model::{
        Property,
        form::{Pair, secret_action_name, value_of},
    },
    ui::components::value::secret_state,
};

pub fn secret(field: Field, property: &Property, pairs: &[Pair], is_set: bool) -> AnyView {
    // Only the browser ever has typed text here, when it draws a form again.
    let typed = value_of(pairs, &field.name()).unwrap_or_default().to_owned();
    if !is_set {
        return field.single(input(&field, &field.id, typed, true));
    }
    let action = secret_action_name(&field.pointer);
    let chosen = value_of(pairs, &action).unwrap_or("keep").to_owned();
    let options = [("keep", "Keep"), ("replace", "Replace"), ("clear", "Clear")];
    let radios: Vec<AnyView> = options
        .into_iter()
        .filter(|(value, _)| *value != "clear" || !property.required)
        .map(|(value, title)| {
            let id = format!("{}:{value}", field.id);
            let label_for = id.clone();
            view! {
                <label class="radio" for=label_for>
                    <input
                        type="radio"
                        id=id
                        class=format!("secret-{value}")
                        name=action.clone()
                        value=value
                        checked=chosen == value
                        autocomplete="off"
                    />
                    <span>{title}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let input_id = format!("{}:new", field.id);
    let controls = view! {
        <div class="radio-row">
            {secret_state(true)}
            {radios}
        </div>
        <div class="secret-new">
            <label class="field-label" for=input_id.clone()>
                {format!("New value of {}", field.title)}
            </label>
            {input(&field, &input_id, typed, false)}
        </div>
    };
    field.group("field-secret", controls.into_any())
}

fn input(field: &Field, id: &str, typed: String, described: bool) -> AnyView {
    let described = described.then(|| field.described_by());
    view! {
        <div class="input-with-button">
            <input
                type="password"
                id=id.to_owned()
                class="input"
                name=field.name()
                value=typed
                required=field.required && described.is_some()
                autocomplete="new-password"
                spellcheck="false"
                aria-invalid=field.invalid()
                aria-describedby=move || described.and_then(|d| d.get())
            />
            <button
                type="button"
                class="btn js-only"
                aria-pressed="false"
                aria-label=format!("Show {}", field.title)
                data-reveal=id.to_owned()
            >
                "Show"
            </button>
        </div>
    }
    .into_any()
}
