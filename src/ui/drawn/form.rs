//! What stands around an instance's form: the choosers above it, and the preview below it.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{html, parts::hidden};
use crate::{
    domain::{
        App,
        console::Above,
        forms::{self, Chooser, Form},
    },
    model::form::to_pairs,
    ui::components::{Icon, IconName, done::PASSING, fields::Fields},
};

/// What can be chosen about a form, and why there is only something to read.
pub fn above_form(path: &str, above: &Above, query: &[(String, String)]) -> String {
    let Some(reason) = &above.refusal else { return choosers(path, &above.choosers, query) };
    let note = view! {
        <div class="notice is-info">
            <Icon name=IconName::Lock/>
            <p>{reason.clone()}</p>
        </div>
    };
    html(note.into_any()) + &choosers(path, &above.choosers, query)
}

/// A plain form for each thing that can be chosen would forget the others, so there is one. It
/// goes to the page's own address, whose other parameters it keeps.
fn choosers(path: &str, choosers: &[Chooser], query: &[(String, String)]) -> String {
    if choosers.is_empty() {
        return String::new();
    }
    let mut kept = query.to_vec();
    kept.retain(|(name, _)| {
        !PASSING.contains(&name.as_str()) && !choosers.iter().any(|c| c.replaces(name))
    });
    let fields: Vec<AnyView> = choosers.iter().map(chooser).collect();
    let form = view! {
        <form method="get" action=path.to_owned() class="choosers">
            {hidden(&kept)}
            {fields}
            <button class="btn">"Apply"</button>
        </form>
    };
    html(form.into_any())
}

fn chooser(chooser: &Chooser) -> AnyView {
    let id = format!("choose-{}", chooser.parameter);
    let options: Vec<AnyView> = chooser
        .options
        .iter()
        .map(|(value, title)| {
            let selected = *value == chooser.current;
            view! { <option value=value.clone() selected=selected>{title.clone()}</option> }
                .into_any()
        })
        .collect();
    view! {
        <div class="form-chooser">
            <label class="field-label" for=id.clone()>{chooser.title.clone()}</label>
            <select class="input" id=id name=chooser.parameter.clone() autocomplete="off">
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The form that an instance with these attributes would shape; nothing where it shapes none yet.
pub fn preview(app: &App, model_type: &str, data: &Map<String, Value>) -> String {
    forms::preview(app, model_type, data).map(|form| look(&form)).unwrap_or_default()
}

/// A form to look at. Its ids are its own, since the real form stands on the same page.
fn look(form: &Form) -> String {
    let (model, base) = (&*form.model, &form.start);
    let pairs = to_pairs(model, base);
    let errors = RwSignal::new(Vec::new());
    let fields = Fields { model, pairs: &pairs, base, exists: true, picks: &[], errors };
    let view = view! {
        <h2>{format!("Preview: {}", model.title)}</h2>
        <p class="muted">"How the form will look. Nothing can be entered here."</p>
        <fieldset disabled class="preview-form" aria-label="Preview of the form">
            {fields.sections()}
        </fieldset>
    };
    html(view.into_any())
        .replace("=\"field/", "=\"preview/")
        .replace("=\"section-", "=\"preview-section-")
}
