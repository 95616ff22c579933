//! The document's listeners, which do what the attributes of drawn pages say.

use std::time::Duration;

use js_sys::JsString;
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, HtmlSelectElement};

use super::Live;
use crate::ui::{
    browser,
    components::{dom, time::ago},
    routes::with_query,
};

/// How long typing must rest before the list is fetched.
const TYPING_RESTS: Duration = Duration::from_millis(300);

/// Listens as long as the page lives.
pub fn listen(live: Live) {
    let navigate = use_navigate();
    let go = Callback::new(move |(href, replace): (String, bool)| {
        navigate(&href, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() });
    });
    let typing = StoredValue::new(None::<TimeoutHandle>);
    let on = move |name: &str, act: fn(Live, Listener, &Event)| {
        let listener = Listener { go, typing };
        let _ = window_event_listener_untyped(name, move |event| act(live, listener, &event));
    };
    Effect::new(move |_| {
        on("click", clicked);
        on("submit", submitted);
        on("change", changed);
        on("input", typed);
    });
}

#[derive(Clone, Copy)]
struct Listener {
    /// Goes to an address; true replaces the current one, as typing does.
    go: Callback<(String, bool)>,
    typing: StoredValue<Option<TimeoutHandle>>,
}

/// The element that matches, of those in which the event happened.
fn near(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

fn clicked(live: Live, listener: Listener, event: &Event) {
    // Who follows a link doesn't want to be called back by what was typed just before.
    if near(event, "a[href]").is_some()
        && let Some(timer) = listener.typing.get_value()
    {
        timer.clear();
    }
    if let Some(checkbox) = near(event, "input[type=checkbox]") {
        let range = event.dyn_ref::<ev::MouseEvent>().is_some_and(ev::MouseEvent::shift_key);
        if let Some(checkbox) = checkbox.dyn_ref() {
            live.selection.clicked(checkbox, range);
        }
    } else if let Some(button) = near(event, "[data-branch]") {
        event.prevent_default();
        toggle(live, &button);
    } else if let Some(button) = near(event, "[data-copy]") {
        copy(live, &button);
    } else if near(event, "[data-clear-selection]").is_some() {
        live.selection.clear();
    } else if let Some(link) = near(event, "[data-focus]") {
        // The router would only scroll there.
        event.prevent_default();
        dom::focus(&link.get_attribute("data-focus").unwrap_or_default());
    } else if let Some(button) = near(event, "[data-reveal]") {
        reveal(&button);
    } else if near(event, "a[href]").is_some()
        && let Some(popover) = near(event, ".popover")
    {
        dom::hide_popover(&popover.id());
    }
}

/// Opens or closes a branch. One that was never open is drawn by the server.
fn toggle(live: Live, button: &Element) {
    let open = button.get_attribute("aria-expanded").as_deref() == Some("true");
    let _ = button.set_attribute("aria-expanded", if open { "false" } else { "true" });
    match button
        .closest("li")
        .ok()
        .flatten()
        .and_then(|li| li.query_selector(":scope > ul").ok()?)
    {
        Some(below) => {
            let _ = below.toggle_attribute_with_force("hidden", open);
        }
        None => live.redraw.set(()),
    }
}

fn reveal(button: &Element) {
    let shown = button.get_attribute("aria-pressed").as_deref() == Some("true");
    dom::show_password(&button.get_attribute("data-reveal").unwrap_or_default(), !shown);
    let _ = button.set_attribute("aria-pressed", if shown { "false" } else { "true" });
    button.set_text_content(Some(if shown { "Show" } else { "Hide" }));
}

fn copy(live: Live, button: &Element) {
    let code = button.parent_element().and_then(|block| block.query_selector("code").ok()?);
    let Some(text) = code.and_then(|code| code.text_content()) else { return };
    let Ok(Some(label)) = button.query_selector("span") else { return };
    if dom::copy(&text) {
        live.navigation.announce("Copied.");
        label.set_text_content(Some("Copied"));
        set_timeout(move || label.set_text_content(Some("Copy")), Duration::from_secs(2));
    }
}

fn submitted(_: Live, listener: Listener, event: &Event) {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form.filter(|_| !event.default_prevented()) else { return };
    let button = event.dyn_ref::<web_sys::SubmitEvent>().and_then(web_sys::SubmitEvent::submitter);
    let button = button.as_deref();
    let of_button = |name: &str| button.and_then(|b| b.get_attribute(name));
    if form.get_attribute("action").as_deref() == Some("/preferences") {
        event.prevent_default();
        if let Some((name, value)) = of_button("name").zip(of_button("value")) {
            browser::set_preference(&name, &value);
        }
        return;
    }
    if form.method() != "get" || of_button("formmethod").is_some() {
        return;
    }
    event.prevent_default();
    send(listener, &form, button, false);
    // What was typed is in the address now, and the form shows what that says from here on.
    form.reset();
    browser::close_menus();
    if let Ok(Some(popover)) = form.closest(".popover") {
        dom::hide_popover(&popover.id());
    }
}

/// Goes where a GET form leads.
fn send(listener: Listener, form: &HtmlFormElement, button: Option<&Element>, replace: bool) {
    if let Some(timer) = listener.typing.get_value() {
        timer.clear();
    }
    let mut pairs = dom::pairs_of(form);
    pairs.retain(|(name, value)| {
        !["search", "find"].contains(&name.as_str()) || !value.trim().is_empty()
    });
    let of_button = |name: &str| button.and_then(|b| b.get_attribute(name));
    pairs.extend(of_button("name").zip(of_button("value")));
    let path = of_button("formaction").or_else(|| form.get_attribute("action")).unwrap_or_default();
    listener.go.run((with_query(&path, &pairs), replace));
}

fn changed(live: Live, listener: Listener, event: &Event) {
    if near(event, "[data-redraw]").is_some() {
        live.redraw.set(());
    } else if let Some(control) = near(event, "[data-submit]")
        && let Ok(Some(form)) = control.closest("form")
        && let Some(form) = form.dyn_ref()
    {
        let replace = control.get_attribute("data-submit").as_deref() == Some("replace");
        send(listener, form, None, replace);
    }
}

fn typed(_: Live, listener: Listener, event: &Event) {
    if let Some(input) = near(event, "[data-narrow]") {
        return narrow(&input);
    }
    let form = near(event, "[data-live]").and_then(|c| c.closest("form").ok()?);
    let Some(form) = form.and_then(|f| f.dyn_into::<HtmlFormElement>().ok()) else { return };
    if let Some(timer) = listener.typing.get_value() {
        timer.clear();
    }
    let rested = move || send(listener, &form, None, true);
    listener.typing.set_value(set_timeout_with_handle(rested, TYPING_RESTS).ok());
}

/// Shows of a list's entries only those that have the text that is searched for.
fn narrow(input: &Element) {
    // The browser's own lower case: ours would bring its tables with it.
    let lower = |text: Option<String>| JsString::from(text.unwrap_or_default()).to_lower_case();
    let wanted = lower(input.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value));
    let wanted = String::from(wanted);
    let list = input.get_attribute("data-narrow").unwrap_or_default();
    for entry in dom::all(&format!("[id=\"{list}\"] > li")) {
        let found = lower(entry.text_content()).index_of(&wanted, 0) >= 0;
        let _ = entry.toggle_attribute_with_force("hidden", !found);
    }
}

/// What is opened and chosen in the page, as parameters that the server draws it for.
pub fn state() -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for branch in dom::all("[data-branch]") {
        let open = branch.get_attribute("aria-expanded").as_deref() == Some("true");
        let name = if open { "open" } else { "closed" };
        pairs.push((name.to_owned(), branch.get_attribute("data-branch").unwrap_or_default()));
    }
    for control in dom::all("select[data-redraw]") {
        let name = control.get_attribute("data-redraw").unwrap_or_default();
        if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
            pairs.push((name, select.value()));
        }
    }
    pairs
}

/// Says of the times in the page how long ago they were.
pub fn tell_ages() {
    for time in dom::all("time[data-ago]") {
        let at = time.get_attribute("datetime").and_then(|at| browser::parse_time_ms(&at));
        let exact = time.get_attribute("title").unwrap_or_default();
        if let Some(then) = at {
            time.set_text_content(Some(&ago((browser::now_ms() - then) / 1000.0, &exact)));
        }
    }
}

/// An input that is being typed into is what the user makes of it.
pub fn is_being_typed(input: &HtmlInputElement) -> bool {
    document().active_element().is_some_and(|active| active == ***input)
}
