//! Instances as a file: which, and in which format. The button is a plain post that the server
//! answers with the file.

use leptos::prelude::*;

use super::{
    Page, Visit,
    chosen::About,
    list::{FORMAT, FORMATS},
    parts::{choice, heading},
};
use crate::{
    domain::{forms, resources::place},
    model::Operation,
    ui::components::{Icon, IconName},
};

pub async fn page(visit: &Visit<'_>, model_type: &str, single: Option<&str>) -> Page {
    let about = About::read(visit, model_type, single, Operation::Export).await?;
    if about.chosen.total == 0 {
        return Ok(("Nothing selected".to_owned(), about.nothing()));
    }
    let place = place(visit.app, visit.caller, visit.node())?;
    let choosers = forms::at(visit.app, &place, &about.model, Vec::new()).await?.choosers;
    let title = format!("Export {}", about.name());
    let options: Vec<AnyView> = FORMATS
        .into_iter()
        .enumerate()
        .map(|(number, (value, name, what))| {
            view! {
                <label class="radio option">
                    <input
                        type="radio"
                        name=FORMAT
                        value=value
                        checked=number == 0
                        autocomplete="off"
                    />
                    <span>
                        {name}
                        <small class="muted">{what}</small>
                    </span>
                </label>
            }
            .into_any()
        })
        .collect();
    let view = view! {
        <div class="form-page">
            {about.back_link()}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        "Secrets are never in the file. An exported file can be changed and loaded \
                         again."
                    </p>
                </div>
            </div>
            {about.notices()}
            {about.items(true)}
            <form method="post" action=about.action.clone() class="stack">
                {about.hidden()}
                <fieldset class="field">
                    <legend class="field-label">"Format"</legend>
                    <div class="radio-column">{options}</div>
                </fieldset>
                {choice(&choosers, "template_name", "")}
                {choice(&choosers, "policy_name", "")}
                <p class="cluster">
                    <button class="btn btn-primary" name="_submit" value="export">
                        <Icon name=IconName::Download/>
                        "Download"
                    </button>
                    <a class="btn btn-quiet" href=about.back()>"Back"</a>
                </p>
            </form>
        </div>
    };
    Ok((title, view.into_any()))
}
