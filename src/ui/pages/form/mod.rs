//! The pages of one instance: adding it, and its detail with the form in place. The form is drawn
//! from the model by [`components::fields`](crate::ui::components::fields).

mod after;
mod conflict;
mod detail;
mod editor;
mod view;

use leptos::prelude::*;

pub use detail::DetailPage;
use editor::Editor;
pub use view::back_link;

use crate::{
    server_fns::{Ask, views::FormPage},
    ui::{
        browser,
        components::{
            Icon, IconName, NodeTypeBadge, PageHeading,
            done::{DoneNotice, PASSING},
            redraw::Redraw,
        },
        navigation::{use_list_search, use_model_path, use_navigation, use_query_pairs},
        reading::{page, reading},
        routes::{ModelView, list_href, with_search},
    },
};

/// The form that adds an instance.
#[component]
pub fn AddPage() -> impl IntoView {
    let path = use_model_path();
    let model_type = path.read_untracked().model_type.clone();
    let pairs = use_query_pairs();
    let navigation = use_navigation();
    // While the page is being left, the address is already that of the next one.
    let query = Memo::new(move |last: Option<&Vec<(String, String)>>| match last {
        Some(last) if path.read().view != ModelView::Add => last.clone(),
        _ => without_passing(pairs.get()),
    });
    let back = use_list_search();
    let redraw = Redraw::new();
    let drawn = StoredValue::new(false);
    let draw = page(move |page: FormPage, reload| {
        // Another empty form after a save, one at another node, or otherwise filled.
        if drawn.get_value() {
            browser::next_frame(|| browser::focus("main h1"));
        }
        drawn.set_value(true);
        let list = with_search(&list_href(&page.model.model_type), &back.read_untracked());
        redraw.afresh(add(&page, list, reload))
    });
    let what = move || Some(Ask::AddForm { model_type: model_type.clone(), query: query.get() });
    view! {
        <div class="form-page">
            <DoneNotice/>
            {reading(what, navigation.busy, draw)}
        </div>
    }
}

/// What a query string says about a form: without what pages hand to each other.
fn without_passing(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
    pairs
}

fn add(page: &FormPage, back: String, reload: Callback<()>) -> AnyView {
    let model = &page.model;
    let title = format!("Add {}", model.title);
    let body = match &page.can.add {
        Ok(()) => view::form(Editor::new(page, reload), page, back.clone()),
        Err(reason) => view! {
            <div class="notice is-info">
                <Icon name=IconName::Info/>
                <div class="stack">
                    <p>{reason.clone()}</p>
                    <p>
                        <a class="btn" href=back.clone()>
                            {format!("Back to {}", model.title_plural)}
                        </a>
                    </p>
                </div>
            </div>
        }
        .into_any(),
    };
    view! {
        {back_link(back, &model.title_plural)}
        <div class="page-head">
            <div>
                <PageHeading text=title/>
                <p class="page-sub">
                    <span class="muted">"At"</span>
                    <span>{page.place.name.clone()}</span>
                    <NodeTypeBadge node_type=page.place.node_type/>
                </p>
                <p class="page-about muted">{model.description.clone()}</p>
            </div>
        </div>
        {view::choosers(page)}
        {body}
    }
    .into_any()
}
