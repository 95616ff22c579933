//! The foot of a list: which rows these are, how many make a page, and the way to the others.

use leptos::prelude::*;

use super::Address;
use crate::{
    domain::shown::ListPage,
    list_query::DEFAULT_LIMIT,
    ui::{components::value::grouped, drawn::parts::hidden},
};

const PAGE_SIZES: [u64; 4] = [25, 50, 100, 250];

/// Range, page size, and links to the first, previous, next and last page.
pub fn pager(page: &ListPage, address: &Address) -> AnyView {
    let (skip, limit, total) = (page.query.skip, page.query.limit.max(1), page.total);
    let shown = page.rows.len() as u64;
    let range = if shown == 0 {
        format!("0 of {}", grouped(total))
    } else {
        format!("{}–{} of {}", grouped(skip + 1), grouped(skip + shown), grouped(total))
    };
    let final_page = total.saturating_sub(1) / limit * limit;
    let before = (skip > 0).then(|| skip.saturating_sub(limit));
    let after = (skip + shown < total && shown > 0).then_some(skip + limit);
    let step = |label: &'static str, sign: &'static str, skip: Option<u64>| {
        let href = skip.map(|skip| address.with(|query| query.skip = skip));
        view! { <li>{link(label, sign, href)}</li> }
    };
    view! {
        <div class="pager">
            <p class="pager-range">{range}</p>
            {page_size(limit, address)}
            <nav class="pager-steps" aria-label="Pages of the list">
                <ul>
                    {step("First page", "«", before.map(|_| 0))}
                    {step("Previous page", "‹", before)}
                    {step("Next page", "›", after)}
                    {step("Last page", "»", after.map(|_| final_page))}
                </ul>
            </nav>
        </div>
    }
    .into_any()
}

fn link(label: &'static str, sign: &'static str, href: Option<String>) -> AnyView {
    let words = view! {
        <span aria-hidden="true">{sign}</span>
        <span class="sr-only">{label}</span>
    };
    match href {
        Some(href) => {
            view! { <a class="btn" href=href title=label data-noscroll="">{words}</a> }.into_any()
        }
        None => view! { <span class="btn is-disabled">{words}</span> }.into_any(),
    }
}

/// The rows of a page: a form of its own, because it must work as one too.
fn page_size(limit: u64, address: &Address) -> AnyView {
    let mut sizes = PAGE_SIZES.to_vec();
    if !sizes.contains(&limit) {
        sizes.push(limit);
        sizes.sort_unstable();
    }
    let options: Vec<AnyView> = sizes
        .into_iter()
        .map(|size| {
            view! { <option value=size.to_string() selected=size == limit>{size}</option> }
                .into_any()
        })
        .collect();
    let kept = address.kept(|query| query.limit = DEFAULT_LIMIT);
    view! {
        <form id="list-size" class="pager-size" method="get" action=address.path.clone()>
            {hidden(&kept)}
            <label for="list-limit">"Rows"</label>
            <select id="list-limit" class="input" name="limit" data-submit="">
                {options}
            </select>
            <button class="btn nojs">"Show"</button>
        </form>
    }
    .into_any()
}
