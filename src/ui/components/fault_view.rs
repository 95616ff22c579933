//! What a page shows when it couldn't be read: the reason, and the way out. Filters and the rest
//! of the URL stay as they are.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    icon::{Icon, IconName},
    page_heading::PageHeading,
};
use crate::{
    fault::{Fault, FaultKind},
    ui::{
        components::not_found::NotFound,
        navigation::use_hierarchy,
        routes::{at_node, with_search},
        session::require_login,
    },
};

/// A fault in place of a page. On the server it also sets the status of the answer.
#[component]
pub fn FaultView(
    fault: Fault,
    /// Fetches again; without it "Try again" loads the page anew.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    match fault.kind {
        FaultKind::Unauthenticated => {
            require_login();
            view! { <SignedOut/> }.into_any()
        }
        FaultKind::NotFound => view! { <NotFound message=fault.message/> }.into_any(),
        kind => {
            answer_status(kind);
            view! { <Trouble fault retry/> }.into_any()
        }
    }
}

#[component]
fn Trouble(fault: Fault, retry: Option<Callback<()>>) -> impl IntoView {
    let location = use_location();
    let here = move || with_search(&location.pathname.get(), &location.search.get());
    let title = match fault.kind {
        FaultKind::Forbidden => "Not allowed",
        FaultKind::BadInput => "That address can't be shown",
        FaultKind::NotOffered => "Not offered here",
        _ => "This page can't be shown right now",
    };
    // What the list was narrowed by stays in the address, and can be taken away.
    let node = use_hierarchy();
    let start_again = (fault.kind == FaultKind::BadInput).then(|| {
        let href = move || at_node(&location.pathname.get(), node.get().as_deref());
        view! { <a class="btn btn-quiet" href=href>"Clear search and filters"</a> }
    });
    let details = fault
        .errors
        .into_iter()
        .filter(|error| error.message != fault.message)
        .map(|error| view! { <li>{error.message}</li> })
        .collect::<Vec<_>>();
    let details = (!details.is_empty()).then(|| view! { <ul>{details}</ul> });
    view! {
        <div class="page-narrow">
            <div class="page-head">
                <PageHeading text=title/>
            </div>
            <div class="notice is-danger">
                <Icon name=IconName::Warning/>
                <div>
                    <p>{fault.message}</p>
                    {details}
                </div>
            </div>
            <p class="cluster">
                <a
                    class="btn"
                    href=here
                    rel="external"
                    on:click=move |event| {
                        if let Some(retry) = retry {
                            event.prevent_default();
                            retry.run(());
                        }
                    }
                >
                    <Icon name=IconName::Refresh/>
                    "Try again"
                </a>
                {start_again}
                <a class="btn btn-quiet" href="/">"Go to the dashboard"</a>
            </p>
        </div>
    }
}

/// Stands only until the browser has gone to the log-in page.
#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <div class="page-narrow">
            <div class="page-head">
                <PageHeading text="Your session has ended"/>
            </div>
            <p>
                <a class="btn btn-primary" href="/login" rel="external">"Log in again"</a>
            </p>
        </div>
    }
}

/// Gives the answer the status of a fault. Only the server's own render has an answer to set.
pub fn answer_status(kind: FaultKind) {
    #[cfg(feature = "ssr")]
    {
        use axum::http::StatusCode;
        let status = match kind {
            FaultKind::BadInput => StatusCode::BAD_REQUEST,
            FaultKind::Unauthenticated => StatusCode::UNAUTHORIZED,
            FaultKind::Forbidden => StatusCode::FORBIDDEN,
            FaultKind::NotFound => StatusCode::NOT_FOUND,
            FaultKind::NotOffered => StatusCode::METHOD_NOT_ALLOWED,
            FaultKind::Conflict => StatusCode::CONFLICT,
            FaultKind::Stale => StatusCode::PRECONDITION_FAILED,
            FaultKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            FaultKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            FaultKind::Upstream => StatusCode::BAD_GATEWAY,
            FaultKind::NoAnswer => StatusCode::GATEWAY_TIMEOUT,
            FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            FaultKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(status);
        }
    }
    #[cfg(not(feature = "ssr"))]
    let _ = kind;
}
