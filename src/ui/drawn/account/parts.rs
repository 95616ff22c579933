//! What the sections of the account's page have in common.

use leptos::prelude::*;

use super::super::{Visit, parts::refusal};
use crate::{
    fault::Fault,
    ui::components::{Icon, IconName},
};

/// A section with its heading.
pub fn section(id: &'static str, title: &'static str, body: AnyView) -> AnyView {
    view! {
        <section class="card stack" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// Why the deed of a section was refused, if that is what was posted.
pub fn refused<'v>(visit: &'v Visit<'_>, deed: &str) -> Option<&'v Fault> {
    let posted = visit.posted?;
    let asked = posted.pairs.iter().any(|(name, value)| name == "_submit" && value == deed);
    posted.fault.as_ref().filter(|_| asked)
}

/// The same above the section's form. What is said at a field isn't said twice.
pub fn above(fault: Option<&Fault>) -> Option<AnyView> {
    fault.filter(|fault| fault.errors.is_empty()).map(|fault| refusal(fault, &[]))
}

/// An input of a section.
pub struct Field<'a> {
    pub name: &'static str,
    pub label: &'static str,
    /// `password`, `text` or `date`.
    pub kind: &'static str,
    pub autocomplete: &'static str,
    pub help: Option<&'static str>,
    pub value: String,
    /// Why the section's deed was refused.
    pub fault: Option<&'a Fault>,
    /// Of the section, for ids of its own.
    pub of: &'static str,
}

impl Field<'_> {
    pub fn view(self) -> AnyView {
        let id = format!("{}-{}", self.of, self.name);
        let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
        let pointer = format!("/{}", self.name);
        let error = self
            .fault
            .and_then(|fault| fault.errors.iter().find(|error| error.field == pointer))
            .map(|error| error.message.clone());
        let described = [
            error.is_some().then(|| error_id.clone()),
            self.help.is_some().then(|| help_id.clone()),
        ];
        let described: Vec<String> = described.into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let invalid = error.is_some().then_some("true");
        let help = self.help.map(|text| view! { <p class="field-help" id=help_id>{text}</p> });
        let error = error.map(|message| {
            view! {
                <p class="field-error" id=error_id>
                    <Icon name=IconName::Warning/>
                    <span>{message}</span>
                </p>
            }
        });
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>{self.label}</label>
                <input
                    id=id
                    class="input"
                    type=self.kind
                    name=self.name
                    value=self.value
                    autocomplete=self.autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    aria-invalid=invalid
                    aria-describedby=described
                    autofocus=invalid.is_some()
                />
                {error}
                {help}
            </div>
        }
        .into_any()
    }
}

/// A form that posts to the page.
pub fn form(
    deed: &'static str,
    fields: Vec<AnyView>,
    button: &'static str,
    kind: &'static str,
) -> AnyView {
    view! {
        <form method="post" action=super::ACCOUNT class="stack account-form">
            {fields}
            <div>
                <button class=format!("btn {kind}") name="_submit" value=deed>{button}</button>
            </div>
        </form>
    }
    .into_any()
}

/// A button of a row.
pub fn row_button(
    deed: &'static str,
    name: &'static str,
    value: String,
    title: &'static str,
    label: String,
) -> AnyView {
    view! {
        <form method="post" action=super::ACCOUNT>
            <input type="hidden" name=name value=value/>
            <button class="btn btn-small" name="_submit" value=deed aria-label=label>{title}</button>
        </form>
    }
    .into_any()
}
