//! What the drawn pages have in common.

use leptos::prelude::*;

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
