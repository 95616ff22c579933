//! The state of a connection: an icon, a word and a colour, never the colour alone.

use leptos::prelude::*;

use crate::ui::components::{Icon, IconName};

/// The badge of a state, which is told as `meta.connection` does.
pub fn state(state: &str) -> AnyView {
    let (class, icon) = match state {
        "healthy" => ("badge is-success", IconName::Succeeded),
        "expiring" => ("badge is-warning", IconName::Clock),
        "failed" => ("badge is-danger", IconName::Failed),
        "lapsed" => ("badge is-danger", IconName::Warning),
        _ => ("badge", IconName::Lock),
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            {words(state)}
        </span>
    }
    .into_any()
}

pub fn words(state: &str) -> &'static str {
    match state {
        "healthy" => "Healthy",
        "expiring" => "Expiring",
        "failed" => "Failed",
        "lapsed" => "Lapsed",
        _ => "Not authorised",
    }
}
