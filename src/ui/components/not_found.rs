//! Nothing there: an unknown address, or something that doesn't exist or can't be seen.

use leptos::prelude::*;

use crate::{
    fault::FaultKind,
    ui::components::{PageHeading, fault_view::answer_status},
};

/// Answers with the status 404.
#[component]
pub fn NotFound(#[prop(optional, into)] message: String) -> impl IntoView {
    answer_status(FaultKind::NotFound);
    let message =
        if message.is_empty() { "There is no page at this address.".to_owned() } else { message };
    view! {
        <div class="page-narrow">
            <div class="page-head">
                <PageHeading text="Not found"/>
            </div>
            <div class="empty">
                <p class="empty-code" aria-hidden="true">"404"</p>
                <p>{message}</p>
                <p class="muted">
                    "It may have been deleted, or it may belong to a part of the hierarchy that \
                     you can't see."
                </p>
                <p class="cluster">
                    <a class="btn btn-primary" href="/">"Go to the dashboard"</a>
                    <a class="btn" href="/hierarchy">"Browse the hierarchy"</a>
                </p>
            </div>
        </div>
    }
}
