//! Which page stands at an address. The forms of instances are drawn by the browser too, every other
//! page by the server alone. A form is made anew for another model or instance, so that no input
//! keeps what was typed for the one before.

mod drawn;
pub mod form;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    navigation::provide_model_path,
    routes::{ModelPath, ModelView, form_path},
};
use drawn::DrawnPage;
use form::{AddPage, DetailPage};

#[component]
pub fn Page() -> impl IntoView {
    provide_model_path();
    let pathname = use_location().pathname;
    let form = Memo::new(move |_| form_path(&pathname.read()));
    view! { <For each=move || [form.get()] key=Clone::clone children=page_of/> }
}

fn page_of(form: Option<ModelPath>) -> AnyView {
    match form {
        None => view! { <DrawnPage/> }.into_any(),
        Some(ModelPath { view: ModelView::Add, .. }) => view! { <AddPage/> }.into_any(),
        Some(_) => view! { <DetailPage/> }.into_any(),
    }
}
