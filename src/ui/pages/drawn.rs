//! Every page that the server draws: asks for its HTML and puts it in.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    fault::Fault,
    server_fns::{Answer, Ask, PageAt, views::Drawn},
    ui::{
        components::done::DoneNotice,
        html::Html,
        live::{self, use_live},
        navigation::{use_navigation, use_page_at},
        reading::{fault_view, reading},
        routes::{form_path, from_search, to_search},
    },
};

#[component]
pub fn DrawnPage() -> impl IntoView {
    let navigation = use_navigation();
    let live = use_live();
    let here = use_page_at();
    let at = Memo::new(move |last: Option<&PageAt>| {
        live.track();
        let mut at = here.get();
        match last {
            // While the page is being left, the address is already that of the form.
            Some(last) if form_path(&at.path).is_some() => return last.clone(),
            Some(last) if last.path == at.path => {
                let mut pairs = from_search(&at.search);
                pairs.extend(live::state());
                at.search = to_search(&pairs);
            }
            _ => {}
        }
        at
    });
    let last = StoredValue::new(None);
    let draw = move |answer: Result<Answer, Fault>, retry| match answer.and_then(|a| a.drawn()) {
        Ok(Drawn { title, html }) => {
            let path = at.get_untracked().path;
            let again = last.with_value(|last| last.as_ref() == Some(&path));
            last.set_value(Some(path.clone()));
            Effect::new(move |_| live.drawn(again, retry));
            view! {
                <Title text=title/>
                {Html::new("drawn", path, html)}
            }
            .into_any()
        }
        Err(fault) => {
            last.set_value(None);
            fault_view(fault, retry)
        }
    };
    let pending = RwSignal::new(false);
    Effect::new(move |_| navigation.busy.set(pending.get()));
    view! {
        <div class="page" aria-busy=move || pending.get().then_some("true")>
            <DoneNotice/>
            {reading(move || Some(Ask::Page(at.get())), pending, Arc::new(draw))}
        </div>
    }
}
