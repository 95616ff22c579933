//! The foot of a list: which rows these are, how many make a page, and the way to the others.

use leptos::prelude::*;

use super::Address;
use crate::{
    domain::shown::ListPage,
    list_query::DEFAULT_LIMIT,
    ui::drawn::{
        pager::{self, Part},
        parts::hidden,
    },
};

const PAGE_SIZES: [u64; 4] = [25, 50, 100, 250];

/// Range, page size, and links to the first, previous, next and last page.
pub fn pager(page: &ListPage, address: &Address) -> AnyView {
    let limit = page.query.limit.max(1);
    let part =
        Part { skip: page.query.skip, shown: page.rows.len() as u64, total: page.total, limit };
    let size = Some(page_size(limit, address));
    pager::pager(part, "Pages of the list", "page", size, |skip| {
        address.with(|query| query.skip = skip)
    })
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
