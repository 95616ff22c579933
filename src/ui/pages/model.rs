//! Chooses the page of a model by the address. A page is made anew for another model, form or
//! instance, so that no input keeps what was typed for the one before.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    delete::DeletePage,
    form::{AddPage, DetailPage},
    list::ListPageView,
    not_found::NotFound,
    transaction::TransactionPage,
};
use crate::ui::{
    navigation::provide_model_path,
    routes::{ModelPath, ModelView, TRANSACTION},
};

#[component]
pub fn ModelPage() -> impl IntoView {
    provide_model_path();
    let pathname = use_location().pathname;
    let page = Memo::new(move |last: Option<&Option<ModelPath>>| {
        let path = pathname.read();
        // While another page takes over, this one stays what it was.
        if path.starts_with("/models/") || path.starts_with("/transactions") {
            ModelPath::of_location(&path)
        } else {
            last.cloned().flatten()
        }
    });
    // The transactions have two addresses. A page drawn for one must not stay for the other, whose
    // state is not its own.
    let root = pathname.with_untracked(|path| path.split('/').nth(1).map(ToOwned::to_owned));
    view! {
        <For
            each=move || [page.get()]
            key=move |page| (root.clone(), page.clone())
            children=page_of
        />
    }
}

fn page_of(path: Option<ModelPath>) -> AnyView {
    let Some(ModelPath { model_type, view }) = path else {
        return view! { <NotFound/> }.into_any();
    };
    match view {
        ModelView::List => view! { <ListPageView/> }.into_any(),
        ModelView::Add => view! { <AddPage/> }.into_any(),
        ModelView::Delete | ModelView::DeleteOne(_) => view! { <DeletePage/> }.into_any(),
        ModelView::Detail(_) if model_type == TRANSACTION => {
            view! { <TransactionPage/> }.into_any()
        }
        ModelView::Detail(_) => view! { <DetailPage/> }.into_any(),
    }
}
