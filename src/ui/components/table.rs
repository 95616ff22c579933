//! A table of plain columns, in a region that scrolls by itself where the screen is narrower.

use leptos::prelude::*;

/// `label` names the region and the table; `class` is its class beside `table`.
pub fn table(
    label: impl Into<String>,
    class: &'static str,
    heads: &[&'static str],
    rows: Vec<AnyView>,
) -> AnyView {
    let label: String = label.into();
    let caption = label.clone();
    let heads: Vec<AnyView> =
        heads.iter().map(|head| view! { <th scope="col">{*head}</th> }.into_any()).collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=label>
            <table class=format!("table {class}")>
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
