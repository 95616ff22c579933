//! Being written.

use leptos::prelude::*;

#[component]
pub fn TransactionPage() -> impl IntoView {
    view! { <p>"…"</p> }
}
