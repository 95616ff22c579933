//! The state of a transaction: an icon, a word and a colour, never the colour alone.

use leptos::prelude::*;

use crate::ui::components::{Icon, IconName};

#[component]
pub fn StatusBadge(#[prop(into)] status: String) -> impl IntoView {
    let (class, icon) = match status.as_str() {
        "Success" => ("badge is-success", IconName::Succeeded),
        "Fail" => ("badge is-danger", IconName::Failed),
        "Unchanged" => ("badge", IconName::Minus),
        "Not Done" => ("badge is-warning", IconName::Warning),
        "In Progress" => ("badge is-info", IconName::Running),
        _ => ("badge", IconName::Queued),
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            {status}
        </span>
    }
}
