//! The foot of what is shown a part at a time: which of how many these are, and the way to the
//! others.

use leptos::prelude::*;

use crate::ui::components::value::grouped;

/// Which part is shown.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// How many stand before it.
    pub skip: u64,
    pub shown: u64,
    pub total: u64,
    /// The most that one part has.
    pub limit: u64,
}

/// The range, `between` it and the steps whatever else there is, and the steps. `label` names their
/// landmark, `what` is stepped by ("page"), `href` is where so many are skipped.
pub fn pager(
    part: Part,
    label: &'static str,
    what: &str,
    between: Option<AnyView>,
    href: impl Fn(u64) -> String,
) -> AnyView {
    let Part { skip, shown, total, limit } = part;
    let limit = limit.max(1);
    let range = if shown == 0 {
        format!("0 of {}", grouped(total))
    } else {
        format!("{}–{} of {}", grouped(skip + 1), grouped(skip + shown), grouped(total))
    };
    let last = total.saturating_sub(1) / limit * limit;
    let before = (skip > 0).then(|| skip.saturating_sub(limit));
    let after = (skip + shown < total && shown > 0).then_some(skip + limit);
    let step = |where_to: &str, sign: &'static str, skip: Option<u64>| {
        let label = format!("{where_to} {what}");
        let words = view! {
            <span aria-hidden="true">{sign}</span>
            <span class="sr-only">{label.clone()}</span>
        };
        let step = match skip.map(&href) {
            Some(href) => {
                view! { <a class="btn" href=href title=label data-noscroll="">{words}</a> }
                    .into_any()
            }
            None => view! { <span class="btn is-disabled">{words}</span> }.into_any(),
        };
        view! { <li>{step}</li> }
    };
    view! {
        <div class="pager">
            <p class="pager-range">{range}</p>
            {between}
            <nav class="pager-steps" aria-label=label>
                <ul>
                    {step("First", "«", before.map(|_| 0))}
                    {step("Previous", "‹", before)}
                    {step("Next", "›", after)}
                    {step("Last", "»", after.map(|_| last))}
                </ul>
            </nav>
        </div>
    }
    .into_any()
}
