//! A table in a region that scrolls by itself where the screen is narrower.

use leptos::prelude::*;

/// The class of a column of figures.
pub const NUMBER: &str = "cell-number";

/// A table of plain columns. `label` names the region and the table; `class` is the table's class
/// beside `table`.
pub fn table(
    label: impl Into<String>,
    class: &'static str,
    heads: &[&'static str],
    rows: Vec<AnyView>,
) -> AnyView {
    let heads: Vec<(&str, &str)> = heads.iter().map(|head| (*head, "")).collect();
    table_of("", class, label.into(), None, &heads, rows)
}

/// A table whose columns have classes: title and class of each. `wrap` are classes of the region
/// beside its own; `caption` names the table where `label` names the region alone.
pub fn table_of(
    wrap: &'static str,
    class: &'static str,
    label: String,
    caption: Option<&'static str>,
    heads: &[(&'static str, &'static str)],
    rows: Vec<AnyView>,
) -> AnyView {
    let caption = caption.map_or_else(|| label.clone(), str::to_owned);
    let heads: Vec<AnyView> = heads
        .iter()
        .map(|(title, class)| {
            let class = (!class.is_empty()).then_some(*class);
            view! { <th scope="col" class=class>{*title}</th> }.into_any()
        })
        .collect();
    view! {
        <div class=format!("table-wrap {wrap}") tabindex="0" role="region" aria-label=label>
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
