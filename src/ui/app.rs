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
    components::{dom, session_dialog::SessionDialog, side_bar::SideBar, top_bar::TopBar},
    navigation::Navigation,
    pages::{
        dashboard::DashboardPage, hierarchy::HierarchyPage, login::LoginView, model::ModelPage,
        not_found::NotFound,
    },
    reading::reading,
    session::{Session, require_login},
};
use crate::{
    fault::{Fault, FaultKind},
    server_fns::{Answer, Ask, views::Frame},
};

/// The page's body. The server renders it, the browser takes it over.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    dom::watch_history();
    let routing = RwSignal::new(false);
    view! {
        <Title formatter=|text: String| format!("{text} · Tenantry")/>
        <Router set_is_routing=routing>
            <Console routing/>
        </Router>
    }
}

#[component]
fn Console(routing: RwSignal<bool>) -> impl IntoView {
    let pathname = use_location().pathname;
    let navigation = Navigation::provide();
    Session::provide();
    close_menus_from_outside();
    Effect::new(|_| browser::mark_hydrated());

    let framed = Memo::new(move |_| pathname.read().as_str() != "/login");
    let busy = move || routing.get() || navigation.busy.get();

    view! {
        <a class="skip-link" href="#main" on:click=|_| browser::focus("#main")>
            "Skip to the content"
        </a>
        <div class="progress" class:is-busy=busy aria-hidden="true"></div>
        <div class=move || if framed.get() { "frame" } else { "frame is-bare" }>
            {frame(framed)}
            <main id="main" tabindex="-1">
                <FlatRoutes fallback=|| view! { <NotFound/> }>
                    <Route path=path!("/login") view=LoginView ssr=SsrMode::Async/>
                    <Route path=path!("/") view=DashboardPage ssr=SsrMode::Async/>
                    <Route path=path!("/hierarchy") view=HierarchyPage ssr=SsrMode::Async/>
                    <Route path=path!("/transactions") view=ModelPage ssr=SsrMode::Async/>
                    <Route path=path!("/transactions/:id") view=ModelPage ssr=SsrMode::Async/>
                    <Route path=path!("/models/*rest") view=ModelPage ssr=SsrMode::Async/>
                </FlatRoutes>
            </main>
        </div>
        <div class="sr-only" role="status" aria-live="polite">
            {navigation.announcement()}
        </div>
    }
}

/// Top bar, side bar, and the dialog that renews the session; nothing on the log-in page.
fn frame(framed: Memo<bool>) -> AnyView {
    let draw = |answer: Result<Answer, Fault>, _| match answer.and_then(|a| a.open()) {
        Ok(frame) => drawn(frame),
        Err(fault) => {
            // Any other fault meets the page as well, which says so.
            if fault.kind == FaultKind::Unauthenticated {
                require_login();
            }
            ().into_any()
        }
    };
    reading(move || framed.get().then_some(Ask::Frame), RwSignal::new(false), Arc::new(draw))
}

fn drawn(frame: Frame) -> AnyView {
    let username = frame.username.clone();
    view! {
        <header class="top-bar">
            <TopBar frame=frame.clone()/>
        </header>
        <SideBar frame/>
        <SessionDialog username/>
    }
    .into_any()
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
