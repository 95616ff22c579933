//! The same change of many instances: first the fields are chosen, then only those are shown.

use leptos::prelude::*;
use serde_json::Map;

use super::{
    Page, Visit,
    chosen::About,
    parts::{heading, hidden},
};
use crate::{
    domain::picks::{self, Reach},
    fault::Fault,
    model::{
        Model, Operation,
        form::{drawn_fields, is_editable},
    },
    ui::components::{
        Icon, IconName,
        error_summary::{ErrorSummary, Line},
        fields::{Fields, is_shown},
    },
};

/// The parameter that names a field to change.
pub const FIELD: &str = "field";

pub async fn page(visit: &Visit<'_>, model_type: &str) -> Page {
    let about = About::read(visit, model_type, None, Operation::BulkUpdate).await?;
    if about.chosen.total == 0 {
        return Ok(("Nothing selected".to_owned(), about.nothing()));
    }
    let title = format!("Modify {}", about.name());
    let fields = fields_of(&about.model, &visit.pairs);
    let picks =
        picks::at(visit.app, visit.caller, &about.model, visit.node(), Reach::Below).await?;
    let fault = visit.posted.and_then(|posted| posted.fault.as_ref());
    // What is wrong with the fields is said with links to them.
    let summary = fault.filter(|fault| !fault.errors.is_empty() && !fields.is_empty());
    let notices = match summary {
        Some(fault) => self::summary(&about.model, fault),
        None => about.notices(),
    };
    let view = view! {
        <div class="form-page">
            {about.back_link()}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        {about.words()}
                        " will be changed in the same way. Choose the fields; all others stay as they \
                         are."
                    </p>
                </div>
            </div>
            {notices}
            {about.items(true)}
            {chooser(visit, &about.model, &fields)}
            {form(visit, &about, &fields, &picks)}
        </div>
    };
    Ok((title, view.into_any()))
}

/// The fields that are chosen, in the order of the form.
pub fn fields_of<'m>(model: &'m Model, pairs: &[(String, String)]) -> Vec<&'m str> {
    let chosen = |name: &str| pairs.iter().any(|(n, value)| n == FIELD && value == name);
    let all = model.root.properties.iter().map(|(name, _)| name.as_str());
    let mut names: Vec<&str> =
        all.filter(|name| chosen(name) && is_editable(model, name, true)).collect();
    let order: Vec<String> = drawn_fields(model).into_iter().flat_map(|(_, names)| names).collect();
    names.sort_by_key(|name| order.iter().position(|other| other == name));
    names
}

/// The fields there are, under their headings, to be ticked.
fn chooser(visit: &Visit<'_>, model: &Model, chosen: &[&str]) -> AnyView {
    let groups: Vec<AnyView> = drawn_fields(model)
        .into_iter()
        .filter_map(|(heading, names)| {
            let boxes: Vec<AnyView> = names
                .iter()
                .filter(|name| is_editable(model, name, true))
                .map(|name| {
                    let checked = chosen.contains(&name.as_str());
                    let title = model.attr_title(name).to_owned();
                    view! {
                        <label class="check">
                            <input
                                type="checkbox"
                                name=FIELD
                                value=name.clone()
                                checked=checked
                                autocomplete="off"
                                data-submit="replace"
                            />
                            <span>{title}</span>
                        </label>
                    }
                    .into_any()
                })
                .collect();
            let heading = heading.unwrap_or_else(|| "Other".to_owned());
            (!boxes.is_empty()).then(|| {
                view! {
                    <fieldset class="choice-group">
                        <legend>{heading}</legend>
                        {boxes}
                    </fieldset>
                }
                .into_any()
            })
        })
        .collect();
    let kept: Vec<(String, String)> =
        visit.pairs.iter().filter(|(name, _)| name != FIELD).cloned().collect();
    view! {
        <section class="card chooser" aria-labelledby="chooser">
            <h2 id="chooser">"Fields to change"</h2>
            <form method="get" action=visit.path.to_owned()>
                {hidden(&kept)}
                <div class="choice-groups">{groups}</div>
                <button class="btn nojs">"Show these fields"</button>
            </form>
        </section>
    }
    .into_any()
}

fn form(
    visit: &Visit<'_>,
    about: &About<'_>,
    chosen: &[&str],
    picks: &[(String, String)],
) -> AnyView {
    if chosen.is_empty() {
        return view! {
            <p class="cluster">
                <span class="muted">"Tick at least one field."</span>
                <a class="btn btn-quiet" href=about.back()>"Cancel"</a>
            </p>
        }
        .into_any();
    }
    let posted = visit.posted;
    let pairs = posted.map(|posted| posted.pairs.clone()).unwrap_or_default();
    let errors = posted.and_then(|posted| posted.fault.as_ref()).map(|fault| fault.errors.clone());
    let fields = Fields {
        model: &about.model,
        pairs: &pairs,
        base: &Map::new(),
        exists: true,
        picks,
        errors: RwSignal::new(errors.unwrap_or_default()),
    };
    view! {
        <form method="post" action=about.action.clone() class="form" novalidate>
            // The first button is the one that Enter presses: it must not remove a row.
            <button class="sr-only" name="_submit" value="modify" tabindex="-1" aria-hidden="true">
                "Change"
            </button>
            {about.hidden()}
            <section class="form-section" aria-label="New values">
                {fields.named(chosen)}
                <p class="field-help hint">
                    <Icon name=IconName::Info/>
                    <span>"A field that is left empty is cleared."</span>
                </p>
            </section>
            <div class="form-bar">
                <button class="btn btn-primary" name="_submit" value="modify">
                    {format!("Change {}", about.words())}
                </button>
                <a class="btn btn-quiet" href=about.back()>"Cancel"</a>
            </div>
        </form>
    }
    .into_any()
}

fn summary(model: &Model, fault: &Fault) -> AnyView {
    let lines = fault
        .errors
        .iter()
        .map(|error| Line { is_shown: is_shown(model, &error.field, true), error: error.clone() })
        .collect();
    view! { <ErrorSummary message=fault.message.clone() lines/> }.into_any()
}
