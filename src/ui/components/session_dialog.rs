//! Asks for the password again over a page whose log-in has ended, then lets the page go on.

use leptos::prelude::*;

use super::{
    dom,
    icon::{Icon, IconName},
};
use crate::{
    server_fns::{Ask, PageAt, ask},
    ui::{
        browser,
        navigation::{use_navigation, use_page_at},
        session::use_session,
    },
};

/// The name of the button of those who have logged in elsewhere. The frame has what is offered to
/// them, in an attribute.
pub const ELSEWHERE: &str = "_elsewhere";

const DIALOG: &str = "session-dialog";
const PASSWORD: &str = "session-password";
const CODE: &str = "session-code";

#[component]
pub fn SessionDialog(username: RwSignal<String>) -> impl IntoView {
    let session = use_session();
    let navigation = use_navigation();
    let reason = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let asks_code = RwSignal::new(false);
    let waiting = session.waiting();
    let at = use_page_at();
    let offer = move || {
        waiting.get().then(|| browser::attribute("[data-elsewhere]", "data-elsewhere")).flatten()
    };

    Effect::new(move |was_open: Option<bool>| {
        let open = waiting.get();
        if open {
            reason.set(None);
            browser::open_dialog(DIALOG);
            browser::focus("#session-password");
        } else if was_open == Some(true) {
            browser::close_dialog(DIALOG);
        }
        open
    });

    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let name = username.get_untracked();
        let elsewhere = dom::submitter(&event).is_some_and(|(name, _)| name == ELSEWHERE);
        let at = at.get_untracked();
        leptos::task::spawn_local(async move {
            let (password, code) = (browser::input_value(PASSWORD), browser::input_value(CODE));
            let outcome = if elsewhere {
                returned(name, at).await
            } else {
                log_in(name, password, code).await
            };
            busy.set(false);
            match outcome {
                Ok(()) => {
                    browser::clear_input(PASSWORD);
                    browser::clear_input(CODE);
                    navigation.announce("Logged in again.");
                    session.renewed();
                }
                Err(message) if message == NEEDS_CODE => {
                    reason.set(None);
                    asks_code.set(true);
                    // It is hidden until then.
                    dom::focus_later(CODE.to_owned());
                }
                Err(message) => {
                    reason.set(Some(message));
                    browser::focus("#session-password");
                }
            }
        });
    };

    view! {
        <dialog
            id=DIALOG
            class="dialog"
            aria-labelledby="session-title"
            on:close=move |_| session.given_up()
        >
            <form class="stack" on:submit=submit>
                <h2 id="session-title">"Your session has ended"</h2>
                <p>"Log in again to go on. Nothing that you typed is lost."</p>
                <Credentials username reason/>
                <div class="field" hidden=move || !asks_code.get()>
                    <label class="field-label" for=CODE>"Code of your second factor"</label>
                    <input id=CODE class="input" name="totp" autocomplete="one-time-code"/>
                </div>
                <div class="cluster is-end">
                    <button
                        type="button"
                        class="btn btn-quiet"
                        on:click=move |_| session.given_up()
                    >
                        "Not now"
                    </button>
                    <button type="submit" class="btn btn-primary" disabled=move || busy.get()>
                        "Log in"
                    </button>
                </div>
                // After the button that Enter presses.
                <div class="stack" inner_html=offer></div>
            </form>
        </dialog>
    }
}

/// The user's name, fixed, and the password; `reason` says why the last one wasn't taken.
#[component]
fn Credentials(username: RwSignal<String>, reason: RwSignal<Option<String>>) -> impl IntoView {
    let refused = move || reason.with(Option::is_some);
    let error = move || {
        reason.get().map(|message| {
            view! {
                <p class="field-error" id="session-error" role="alert">
                    <Icon name=IconName::Warning/>
                    {message}
                </p>
            }
        })
    };
    view! {
        <div class="field">
            <label class="field-label" for="session-username">"User name"</label>
            <input
                id="session-username"
                class="input"
                type="text"
                name="username"
                autocomplete="username"
                readonly
                prop:value=username
            />
        </div>
        <div class="field">
            <label class="field-label" for=PASSWORD>"Password"</label>
            <input
                id=PASSWORD
                class="input"
                type="password"
                name="password"
                autocomplete="current-password"
                required
                aria-invalid=move || refused().then_some("true")
                aria-describedby=move || refused().then_some("session-error")
            />
            {error}
        </div>
    }
}

/// Whether the user has logged in elsewhere meanwhile, and is still the one who opened the page.
async fn returned(username: String, at: PageAt) -> Result<(), String> {
    match ask(Ask::Frame(at)).await.and_then(|answer| answer.drawn()) {
        Ok(now) if now.title == username => Ok(()),
        _ => Err(format!("You aren't logged in as {username}.")),
    }
}

/// What stands for a message where the code of a second factor is to be asked for.
const NEEDS_CODE: &str = "second_factor_required";

/// Opens a new session; the answer's cookies make it that of this page.
#[cfg(feature = "hydrate")]
async fn log_in(username: String, password: String, code: String) -> Result<(), String> {
    const UNREACHABLE: &str = "The server can't be reached. Try again in a moment.";
    let credentials =
        serde_json::json!({ "username": username, "password": password, "totp": code });
    let request = gloo_net::http::Request::post("/noninteractivelogin/")
        .json(&credentials)
        .map_err(|_| UNREACHABLE.to_owned())?;
    let response = request.send().await.map_err(|_| UNREACHABLE.to_owned())?;
    match response.status() {
        200..300 => Ok(()),
        401 | 403 if response.text().await.is_ok_and(|text| text.contains(NEEDS_CODE)) => {
            Err(NEEDS_CODE.to_owned())
        }
        401 | 403 if code.is_empty() => Err("That password isn't right.".to_owned()),
        401 | 403 => Err("That password or code isn't right.".to_owned()),
        429 => Err("Too many tries. Wait a minute, then try again.".to_owned()),
        _ => Err(UNREACHABLE.to_owned()),
    }
}

#[cfg(not(feature = "hydrate"))]
#[expect(clippy::unused_async, reason = "twin of the browser's")]
async fn log_in(_username: String, _password: String, _code: String) -> Result<(), String> {
    Ok(())
}
