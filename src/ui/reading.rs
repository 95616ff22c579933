//! How every page reads what it shows: one resource, one boundary, one way to try again. None of it
//! knows the type of the page, so that it is compiled once.

use std::sync::Arc;

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::components::FaultView;
use crate::{
    fault::Fault,
    server_fns::{Answer, Ask, ask},
};

/// Draws an answer; the callback reads again.
pub type Draw = Arc<dyn Fn(Result<Answer, Fault>, Callback<()>) -> AnyView + Send + Sync>;

/// Reads `what`, again whenever it changes, and draws the answer. `pending` is on while a new one
/// is awaited; the old drawing stays until then. `None` reads nothing and draws nothing.
pub fn reading(
    what: impl Fn() -> Option<Ask> + Send + Sync + 'static,
    pending: RwSignal<bool>,
    draw: Draw,
) -> AnyView {
    drawn(Arc::new(what), pending, draw)
}

fn drawn(
    what: Arc<dyn Fn() -> Option<Ask> + Send + Sync>,
    pending: RwSignal<bool>,
    draw: Draw,
) -> AnyView {
    let answer = Resource::new(
        move || what(),
        |what| async move {
            match what {
                Some(what) => ask(what).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let again = Callback::new(move |()| answer.refetch());
    let drawing = move || {
        let draw = Arc::clone(&draw);
        Suspend::new(async move {
            match answer.await {
                Ok(Some(answer)) => draw(Ok(answer), again),
                Ok(None) => ().into_any(),
                Err(fault) => draw(Err(fault), again),
            }
        })
    };
    // On the server nobody sees what is pending, and who watched it could outlive the page.
    #[cfg(feature = "ssr")]
    {
        let _ = pending;
        view! { <Transition>{drawing}</Transition> }.into_any()
    }
    #[cfg(not(feature = "ssr"))]
    view! { <Transition set_pending=pending>{drawing}</Transition> }.into_any()
}

/// Draws a page from what its answer opens to, and a fault in its place.
pub fn page<T: DeserializeOwned + 'static>(
    draw: impl Fn(T, Callback<()>) -> AnyView + Send + Sync + 'static,
) -> Draw {
    Arc::new(move |answer, again| match answer.and_then(|answer| answer.open()) {
        Ok(page) => draw(page, again),
        Err(fault) => fault_view(fault, again),
    })
}

/// A fault in place of a page.
pub fn fault_view(fault: Fault, retry: Callback<()>) -> AnyView {
    view! { <FaultView fault retry/> }.into_any()
}
