//! The console's table of contents: the frame, and which page stands at which address.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    hooks::use_location,
    path,
};

use super::{
    browser,
    components::{dom, session_dialog::SessionDialog},
    html::Html,
    live::Live,
    navigation::{Navigation, use_page_at},
    pages::Page,
    reading::reading,
    session::{Session, require_login},
};
use crate::{
    fault::{Fault, FaultKind},
    server_fns::{Answer, Ask},
};

/// The page's body. The server renders it, the browser takes it over.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    dom::watch_history();
    view! {
        <Title formatter=document_title/>
        <Router>
            <Console/>
        </Router>
    }
}

/// The server writes it into the page as it stands, so what would end the title is marked there; the
/// browser sets it as text.
pub fn document_title(text: String) -> String {
    let text =
        if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text };
    format!("{text} · Tenantry")
}

#[component]
fn Console() -> impl IntoView {
    let pathname = use_location().pathname;
    let navigation = Navigation::provide();
    Session::provide();
    let live = Live::provide(navigation);
    close_menus_from_outside();
    Effect::new(|_| browser::mark_hydrated());

    let framed = Memo::new(move |_| pathname.read().as_str() != "/login");
    let username = RwSignal::new(String::new());

    view! {
        <a class="skip-link" href="#main" on:click=|_| browser::focus("#main")>
            "Skip to the content"
        </a>
        <div class="progress" class:is-busy=navigation.busy aria-hidden="true"></div>
        <div class=move || if framed.get() { "frame" } else { "frame is-bare" }>
            {frame(framed, username, live)}
            <main id="main" tabindex="-1">
                // One route: which page stands where is the business of `pages` and `drawn`.
                <FlatRoutes fallback=|| ()>
                    <Route path=path!("/*any") view=Page ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
        </div>
        {move || framed.get().then(|| view! { <SessionDialog username/> })}
        <div class="sr-only" role="status" aria-live="polite">
            {navigation.announcement()}
        </div>
    }
}

/// Top bar and side bar; nothing on the log-in page.
fn frame(framed: Memo<bool>, username: RwSignal<String>, live: Live) -> AnyView {
    let at = use_page_at();
    let draw = move |answer: Result<Answer, Fault>, reload| match answer.and_then(|a| a.drawn()) {
        Ok(drawn) => {
            username.set(drawn.title);
            Effect::new(move |_| live.framed(reload));
            Html::new("frame-parts", "", drawn.html).into_any()
        }
        Err(fault) => {
            // Any other fault meets the page as well, which says so.
            if fault.kind == FaultKind::Unauthenticated {
                require_login();
            }
            ().into_any()
        }
    };
    let what = move || framed.get().then(|| Ask::Frame(at.get()));
    reading(what, RwSignal::new(false), Arc::new(draw))
}

/// A menu that is open closes when something beside it is pressed, and by Escape.
fn close_menus_from_outside() {
    Effect::new(|_| {
        let _ = window_event_listener(leptos::ev::pointerdown, |event| {
            browser::close_menus_beside(event.target());
        });
        let _ = window_event_listener(leptos::ev::keydown, |event| {
            if event.key() == "Escape" {
                browser::leave_menu();
            }
        });
    });
}
