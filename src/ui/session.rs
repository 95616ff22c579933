//! What happens when a log-in ends while the console is open: a page that can't be read goes to
//! the log-in page and back; a form that can't be saved asks for the password over itself, so
//! that nothing typed is lost.

use leptos::prelude::*;

use super::{browser, routes::login_href};

/// The log-in of this page. [`use_session`] gives it.
#[derive(Clone, Copy)]
pub struct Session {
    /// What is done once the user is logged in again; set while the dialog is open.
    waiting: RwSignal<Option<Callback<()>>>,
}

pub fn use_session() -> Session {
    expect_context()
}

impl Session {
    pub(crate) fn provide() -> Self {
        let session = Self { waiting: RwSignal::new(None) };
        provide_context(session);
        session
    }

    /// Asks for the password in a dialog, then calls back: try the save again there. Nothing is
    /// called when the user closes the dialog.
    pub fn renew(self, then: Callback<()>) {
        self.waiting.set(Some(then));
    }

    pub(crate) fn waiting(self) -> Signal<bool> {
        Signal::derive(move || self.waiting.with(Option::is_some))
    }

    pub(crate) fn renewed(self) {
        if let Some(then) = self.waiting.try_update(Option::take).flatten() {
            then.run(());
        }
    }

    pub(crate) fn given_up(self) {
        self.waiting.set(None);
    }
}

/// A read was refused for want of a log-in: goes to the log-in page, which leads back here. On
/// the server it turns the answer into that redirect.
pub fn require_login() {
    #[cfg(feature = "ssr")]
    {
        use axum::http::{HeaderValue, StatusCode, header, request::Parts};
        let next = use_context::<Parts>()
            .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
            .unwrap_or_default();
        if let (Some(response), Ok(to)) = (
            use_context::<leptos_axum::ResponseOptions>(),
            HeaderValue::from_str(&login_href(&next)),
        ) {
            response.set_status(StatusCode::SEE_OTHER);
            response.insert_header(header::LOCATION, to);
        }
    }
    // In the browser the address may not have changed yet; it does before the page is left.
    #[cfg(not(feature = "ssr"))]
    Effect::new(move |_| browser::load(&login_href(&browser::current_path())));
    #[cfg(feature = "ssr")]
    let _ = browser::load;
}
