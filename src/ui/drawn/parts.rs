//! What the drawn pages have in common.

use leptos::prelude::*;

use crate::{
    domain::forms::Chooser,
    fault::Fault,
    ui::components::{Icon, IconName},
};

/// The page's one `<h1>`. The focus moves to it after a navigation.
pub fn heading(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <h1 tabindex="-1">{text}</h1> }.into_any()
}

/// Hidden inputs that carry these pairs.
pub fn hidden(pairs: &[(String, String)]) -> Vec<AnyView> {
    pairs
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone()/> }.into_any()
        })
        .collect()
}

/// Why nothing was done. `known` are reasons that the page gives anyway.
pub fn refusal(fault: &Fault, known: &[String]) -> AnyView {
    let details: Vec<AnyView> = fault
        .errors
        .iter()
        .map(|error| error.message.clone())
        .filter(|text| *text != fault.message && !known.iter().any(|known| known.contains(text)))
        .map(|text| view! { <li>{text}</li> }.into_any())
        .collect();
    let details = (!details.is_empty()).then(|| view! { <ul>{details}</ul> });
    view! {
        <div class="notice is-danger" role="alert">
            <Icon name=IconName::Warning/>
            <div>
                <p><strong>{fault.message.clone()}</strong></p>
                {details}
            </div>
        </div>
    }
    .into_any()
}

/// A configuration template or a display policy, where there are any here.
pub fn choice(choosers: &[Chooser], parameter: &str, current: &str) -> Option<AnyView> {
    let chooser = choosers.iter().find(|chooser| chooser.parameter == parameter)?;
    let id = format!("choose-{parameter}");
    let options: Vec<AnyView> = chooser
        .options
        .iter()
        .map(|(value, title)| {
            let selected = value == current;
            view! { <option value=value.clone() selected=selected>{title.clone()}</option> }
                .into_any()
        })
        .collect();
    Some(
        view! {
            <div class="cluster">
                <label class="field-label" for=id.clone()>{chooser.title.clone()}</label>
                <select class="input choice" id=id name=parameter.to_owned() autocomplete="off">
                    {options}
                </select>
            </div>
        }
        .into_any(),
    )
}
