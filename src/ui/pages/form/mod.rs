//! The pages of one instance: adding it, and its detail with the form in place. The form is drawn
//! from the model by [`components::fields`](crate::ui::components::fields).

pub mod after;
mod calls;
mod conflict;
mod detail;
mod editor;
mod history;
mod rows;
mod view;

use leptos::prelude::*;

pub use detail::DetailPage;
use editor::Editor;

use crate::{
    server_fns::{get_add_form, views::FormPage},
    ui::{
        components::{
            FaultView, Icon, IconName, PageHeading, done::DoneNotice, redraw::Redraw,
        },
        navigation::{use_hierarchy, use_model_path, use_navigation},
        routes::{ModelView, list_href},
    },
};

/// The form that adds an instance.
#[component]
pub fn AddPage() -> impl IntoView {
    let path = use_model_path();
    let model_type = path.read_untracked().model_type.clone();
    let hierarchy = use_hierarchy();
    let navigation = use_navigation();
    // While the page is being left, the address is already that of the next one.
    let node = Memo::new(move |last: Option<&Option<String>>| match last {
        Some(last) if path.read().view != ModelView::Add => last.clone(),
        _ => hierarchy.get(),
    });
    let page = Resource::new(move || node.get(), {
        let model_type = model_type.clone();
        move |node| get_add_form(model_type.clone(), node)
    });
    let back = crate::ui::pages::list::use_list_address(list_href(&model_type));
    let reload = Callback::new(move |()| page.refetch());
    let redraw = Redraw::new();
    view! {
        <div class="form-page">
            <DoneNotice/>
            <Transition set_pending=navigation.busy>
                {move || Suspend::new(async move {
                    let view = match page.await {
                        Ok(page) => add(&page, back.read_untracked().with(|_| {}), reload),
                        Err(fault) => view! { <FaultView fault=fault retry=reload/> }.into_any(),
                    };
                    redraw.afresh(view)
                })}
            </Transition>
        </div>
    }
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
        {view::back_link(back, &model.title_plural)}
        <div class="page-head">
            <PageHeading text=title/>
        </div>
        <p class="page-sub muted">
            "At " <strong>{page.place.path.clone()}</strong> ". " {model.description.clone()}
        </p>
        {body}
    }
    .into_any()
}
