//! The list of a model. All of its state is in the URL: [`address`] reads and changes it, the
//! other files draw from what the server answers to it.

mod address;
mod empty;
mod pager;
mod selection;
mod table;
mod toolbar;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

pub use address::{Address, use_list_address};
use selection::Selection;
use toolbar::SearchBox;

use crate::{
    fault::Fault,
    list_query::Traversal,
    model::Operation,
    server_fns::{Answer, Ask, views::ListPage},
    ui::{
        browser,
        components::{
            FaultView, Icon, IconName, NodeTypeBadge, PageHeading,
            done::{DoneNotice, PASSING},
            value::{counted, grouped},
        },
        navigation::{use_model_path, use_navigation, use_query_pairs},
        reading::reading,
        routes::{ModelView, add_href, list_href},
    },
};

/// What the parts of the list share. It outlives the drawing of one page of rows.
#[derive(Clone, Copy)]
struct List {
    address: Memo<Address>,
    selection: Selection,
    search: SearchBox,
    /// Goes to a state of this list; true replaces the current one, as typing does.
    go: Callback<(String, bool)>,
}

/// A model's list.
#[component]
pub fn ListPageView() -> impl IntoView {
    let path = use_model_path();
    let model_type = path.read_untracked().model_type.clone();
    let pairs = use_query_pairs();
    let navigation = use_navigation();
    // While the page is being left, the address is already that of the next one: nothing is
    // fetched for it here.
    let query = Memo::new(move |last: Option<&Vec<(String, String)>>| match last {
        Some(last) if path.read().view != ModelView::List => last.clone(),
        _ => {
            let mut pairs = pairs.get();
            pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
            pairs
        }
    });
    let address = use_list_address(list_href(&model_type));
    let navigate = use_navigate();
    let go = Callback::new(move |(href, replace): (String, bool)| {
        navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    });
    let list =
        List { address, selection: Selection::new(), search: SearchBox::follow(address), go };
    let what = move || Some(Ask::List { model_type: model_type.clone(), query: query.get() });
    let drawn = StoredValue::new(false);
    let rows = move |answer: Result<Answer, Fault>, retry| {
        list.selection.rows_change();
        match answer.and_then(|answer| answer.open::<ListPage>()) {
            Ok(page) => {
                // The first rows come with the page, whose heading is read out.
                if drawn.get_value() {
                    let rows = counted(page.total, "row", "rows");
                    browser::next_frame(move || navigation.announce(rows));
                }
                drawn.set_value(true);
                draw(page, list)
            }
            Err(fault) => failed(fault, list, retry),
        }
    };
    let pending = RwSignal::new(false);
    Effect::new(move |_| navigation.busy.set(pending.get()));
    view! {
        <div class="list-page" aria-busy=move || pending.get().then_some("true")>
            <DoneNotice/>
            {reading(what, pending, Arc::new(rows))}
        </div>
    }
}

fn draw(page: ListPage, list: List) -> AnyView {
    let address = list.address.get_untracked();
    let rows = if page.rows.is_empty() {
        empty::empty(&page, &address)
    } else {
        table::table(&page, &address, list)
    };
    view! {
        {head(&page, &address)}
        {toolbar::toolbar(&page, &address, list)}
        {rows}
        {(page.total > 0).then(|| pager::pager(&page, &address, list))}
    }
    .into_any()
}

fn head(page: &ListPage, address: &Address) -> AnyView {
    let model = &page.model;
    let filtered = address.is_filtered() && page.total != page.total_unfiltered;
    let count = if filtered {
        format!("{} of {}", grouped(page.total), grouped(page.total_unfiltered))
    } else {
        grouped(page.total)
    };
    let title = format!("{} · {}", model.title_plural, page.place.name);
    let reach = match page.query.traversal {
        Traversal::Down => "and everything below",
        Traversal::Local => "only",
        Traversal::Up => "and everything above",
    };
    view! {
        <div class="page-head">
            <div>
                <div class="head-line">
                    <PageHeading text=model.title_plural.clone() title=title>
                        <span class="badge">
                            {count}
                            <span class="sr-only">" in this list"</span>
                        </span>
                    </PageHeading>
                </div>
                <p class="page-sub">
                    <span>{page.place.name.clone()}</span>
                    <NodeTypeBadge node_type=page.place.node_type/>
                    <span class="muted">{reach}</span>
                </p>
                <p class="page-about muted">{model.description.clone()}</p>
            </div>
            {add_action(page, address)}
        </div>
    }
    .into_any()
}

/// The way to the add form, or the reason why there is none.
fn add_action(page: &ListPage, address: &Address) -> Option<AnyView> {
    let model = &page.model;
    if !model.offers(Operation::Add) {
        return None;
    }
    Some(match &page.can.add {
        Ok(()) => view! {
            <a class="btn btn-primary" href=address.onward(&add_href(&model.model_type))>
                <Icon name=IconName::Plus/>
                {format!("Add {}", model.title)}
            </a>
        }
        .into_any(),
        Err(reason) => view! {
            <p class="page-hint muted">
                <Icon name=IconName::Info/>
                <span>{reason.clone()}</span>
            </p>
        }
        .into_any(),
    })
}

/// The list couldn't be read. What it was narrowed by stays, and can be taken away.
fn failed(fault: Fault, list: List, retry: Callback<()>) -> AnyView {
    let address = list.address.get_untracked();
    let narrowed = address.asked.filters.len() + usize::from(address.asked.search.is_some());
    let way_out = (narrowed > 0).then(|| {
        let kept = counted(narrowed as u64, "filter is", "filters are");
        view! {
            <p class="cluster list-kept">
                <span class="muted">{format!("{kept} kept in the address.")}</span>
                <a class="btn btn-quiet" href=address.unfiltered()>
                    "Clear search and filters"
                </a>
            </p>
        }
    });
    view! {
        <FaultView fault=fault retry=retry/>
        {way_out}
    }
    .into_any()
}
