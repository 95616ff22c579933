//! What lists and forms ask of the DOM, beside the frame's [`crate::ui::browser`]. On the server each of
//! them does nothing, so that views and their handlers read the same on both sides.

#[cfg(feature = "hydrate")]
pub use browser::*;
#[cfg(not(feature = "hydrate"))]
pub use server::*;

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::RefCell, rc::Rc};

    use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
    use web_sys::{
        Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, SubmitEvent,
    };

    use crate::ui::{components::done::PASSING, routes::from_search};

    #[wasm_bindgen]
    extern "C" {
        // Not there outside secure contexts, hence `catch`.
        #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
        fn write_text(text: &str) -> Result<js_sys::Promise, JsValue>;
    }

    fn element(id: &str) -> Option<Element> {
        leptos::prelude::document().get_element_by_id(id)
    }

    fn form(id: &str) -> Option<HtmlFormElement> {
        element(id)?.dyn_into().ok()
    }

    /// Everything in the document that matches, in its order.
    pub fn all(selector: &str) -> Vec<Element> {
        let Ok(found) = leptos::prelude::document().query_selector_all(selector) else {
            return Vec::new();
        };
        (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).collect()
    }

    /// The names and values that submitting the form `id` would send, its button left out.
    pub fn form_pairs(id: &str) -> Vec<(String, String)> {
        form(id).map(|form| pairs_of(&form)).unwrap_or_default()
    }

    /// The same of a form that is at hand.
    pub fn pairs_of(form: &HtmlFormElement) -> Vec<(String, String)> {
        let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
        // An array of arrays: [[name, value], …]. Values that aren't text are files; there are none.
        js_sys::Array::from(&data)
            .iter()
            .filter_map(|entry| {
                let entry: js_sys::Array = entry.dyn_into().ok()?;
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            })
            .collect()
    }

    /// Presses the form's button of that value, as Enter would its first.
    pub fn submit_with(id: &str, button_value: &str) {
        let selector = format!("#{id} button[name=_submit][value={button_value}]");
        if let Some(button) = all(&selector).into_iter().next()
            && let Ok(button) = button.dyn_into::<HtmlElement>()
        {
            button.click();
        }
    }

    /// Name and value of the button that submitted a form.
    pub fn submitter(event: &SubmitEvent) -> Option<(String, String)> {
        let button = event.submitter()?;
        Some((button.get_attribute("name")?, button.get_attribute("value").unwrap_or_default()))
    }

    /// Name and id of the control an event comes from.
    pub fn control(event: &Event) -> Option<(String, String)> {
        let element: Element = event.target()?.dyn_into().ok()?;
        Some((element.get_attribute("name")?, element.id()))
    }

    /// Whether the focus that leaves a control goes to something below an element that matches.
    pub fn focus_goes_to(event: &web_sys::FocusEvent, selector: &str) -> bool {
        let next = event.related_target().and_then(|t| t.dyn_into::<Element>().ok());
        next.is_some_and(|next| next.closest(selector).ok().flatten().is_some())
    }

    /// Moves the focus to `id`; a group of controls gives it to its first one.
    pub fn focus(id: &str) {
        let Some(target) = element(id) else { return };
        let inner = "input:not([type=hidden]), select, textarea, button, summary";
        let focusable = target.matches(inner).unwrap_or(false) || target.has_attribute("tabindex");
        let target =
            if focusable { Some(target) } else { target.query_selector(inner).ok().flatten() };
        if let Some(target) = target.and_then(|t| t.dyn_into::<HtmlElement>().ok()) {
            let _ = target.focus();
        }
    }

    /// [`focus`], once what has just been changed is drawn.
    pub fn focus_later(id: String) {
        leptos::prelude::request_animation_frame(move || focus(&id));
    }

    /// Checkboxes called `name`, in their order on the page.
    pub fn checkboxes(name: &str) -> Vec<HtmlInputElement> {
        all(&format!("input[type=checkbox][name={name}]"))
            .into_iter()
            .filter_map(|e| e.dyn_into().ok())
            .collect()
    }

    /// The checkbox of that id.
    pub fn checkbox(id: &str) -> Option<HtmlInputElement> {
        element(id)?.dyn_into().ok()
    }

    /// Ticks a checkbox, not at all, or for some of what it stands for.
    pub fn set_checked(id: &str, checked: bool, some: bool) {
        if let Some(input) = checkbox(id) {
            input.set_checked(checked);
            input.set_indeterminate(some);
        }
    }

    pub fn show_password(id: &str, shown: bool) {
        if let Some(input) = checkbox(id) {
            input.set_type(if shown { "text" } else { "password" });
        }
    }

    /// Closes the popover `id`.
    pub fn hide_popover(id: &str) {
        // No attribute, no popover: taking it away for a moment closes it in every browser.
        if let Some(element) = element(id) {
            let _ = element.remove_attribute("popover");
            let _ = element.set_attribute("popover", "auto");
        }
    }

    /// Asks with the browser's own dialog.
    pub fn confirm(question: &str) -> bool {
        leptos::prelude::window().confirm_with_message(question).unwrap_or(false)
    }

    pub fn copy(text: &str) -> bool {
        write_text(text).is_ok()
    }

    /// Path and query of this page, as the address bar has them.
    pub fn address() -> String {
        let location = leptos::prelude::location();
        location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
    }

    /// Says whether the page must stay when the browser goes back.
    type Stays = Rc<dyn Fn() -> bool>;

    thread_local! {
        static STAYS: RefCell<Option<Stays>> = const { RefCell::new(None) };
    }

    /// Lets a page keep the browser from going back. The window calls its listeners in the order
    /// in which they were added, so this comes before the router is made.
    pub fn watch_history() {
        let listener = Closure::<dyn Fn(Event)>::new(|event: Event| {
            let stays = STAYS.with_borrow(Clone::clone);
            if stays.is_some_and(|stays| stays()) {
                event.stop_immediate_propagation();
            }
        });
        let function = listener.as_ref().unchecked_ref();
        let _ = leptos::prelude::window().add_event_listener_with_callback("popstate", function);
        listener.forget();
    }

    /// What listens, to which event, and how it is told.
    type Listener = (web_sys::EventTarget, &'static str, Closure<dyn Fn(Event)>);

    /// Listeners that stand until this is dropped.
    #[derive(Default)]
    pub struct Guard {
        listeners: Vec<Listener>,
        stays: Option<Stays>,
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            for (target, event, listener) in &self.listeners {
                let listener = listener.as_ref().unchecked_ref();
                let _ = target.remove_event_listener_with_callback(event, listener);
            }
            let Some(own) = self.stays.take() else { return };
            STAYS.with_borrow_mut(|stays| {
                // The next page may have put its own there already.
                if stays.as_ref().is_some_and(|stays| Rc::ptr_eq(stays, &own)) {
                    *stays = None;
                }
            });
        }
    }

    impl Guard {
        fn listen(
            &mut self,
            target: web_sys::EventTarget,
            event: &'static str,
            listener: impl Fn(Event) + 'static,
        ) {
            let listener = Closure::<dyn Fn(Event)>::new(listener);
            let function = listener.as_ref().unchecked_ref();
            let _ = target.add_event_listener_with_callback(event, function);
            self.listeners.push((target, event, listener));
        }
    }

    /// Keeps the user on this page until `may_leave` agrees: asked before the tab is closed or
    /// loaded anew (where the browser has its own question), before a link to another page is
    /// followed, and before the browser goes back. `here` is this page's path and query: the
    /// address bar shows the last page's until this one is drawn, and the next one's when going
    /// back.
    pub fn guard_leaving(
        here: impl Fn() -> String + 'static,
        is_dirty: impl Fn() -> bool + Clone + 'static,
        may_leave: impl Fn() -> bool + Clone + 'static,
    ) -> Guard {
        let mut guard = Guard::default();
        let window = leptos::prelude::window();
        let dirty = is_dirty.clone();
        guard.listen(window.into(), "beforeunload", move |event| {
            if dirty() {
                event.prevent_default();
                if let Ok(event) = event.dyn_into::<web_sys::BeforeUnloadEvent>() {
                    event.set_return_value("unsaved");
                }
            }
        });
        let (dirty, agree) = (is_dirty.clone(), may_leave.clone());
        // On the document: the router listens on the window, which a click reaches later.
        guard.listen(leptos::prelude::document().into(), "click", move |event| {
            if leads_away(&event) && dirty() && !agree() {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let (dirty, agree) = (is_dirty.clone(), may_leave.clone());
        // A form that only changes the address has another page drawn, as a link does.
        guard.listen(leptos::prelude::document().into(), "submit", move |event| {
            let target = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
            if target.is_some_and(|form| form.method() == "get") && dirty() && !agree() {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        // The address has changed already: it is put back.
        let stays: Stays = Rc::new(move || {
            let here = here();
            if same_page(&here, &address()) || !is_dirty() || may_leave() {
                return false;
            }
            if let Ok(history) = leptos::prelude::window().history() {
                let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
            }
            true
        });
        STAYS.with_borrow_mut(|all| *all = Some(Rc::clone(&stays)));
        guard.stays = Some(stays);
        guard
    }

    /// Whether a plain click follows a link from this page to another one.
    fn leads_away(event: &Event) -> bool {
        let Some(click) = event.dyn_ref::<web_sys::MouseEvent>() else { return false };
        if event.default_prevented()
            || click.button() != 0
            || click.ctrl_key()
            || click.meta_key()
            || click.shift_key()
            || click.alt_key()
        {
            return false;
        }
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let Some(link) = target.and_then(|t| t.closest("a[href]").ok().flatten()) else {
            return false;
        };
        if link.has_attribute("target") || link.has_attribute("download") {
            return false;
        }
        // A link to another site unloads the page, and the browser asks then.
        let href = link.get_attribute("href").unwrap_or_default();
        !href.starts_with('#') && !same_page(&address(), &href)
    }

    /// The same form at the same node, filled alike: another tab of it, say.
    fn same_page(one: &str, other: &str) -> bool {
        let parts = |url: &str| {
            let (path, search) = url.split_once('?').unwrap_or((url, ""));
            let mut pairs = from_search(search);
            pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
            (path.to_owned(), pairs)
        };
        parts(one) == parts(other)
    }

    /// Calls back when Ctrl+S or Cmd+S is pressed, which then does nothing else.
    pub fn on_save_key(save: impl Fn() + 'static) -> Guard {
        let mut guard = Guard::default();
        guard.listen(leptos::prelude::document().into(), "keydown", move |event| {
            let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
            let control = key.ctrl_key() || key.meta_key();
            if control && !key.alt_key() && !key.shift_key() && key.key().eq_ignore_ascii_case("s")
            {
                event.prevent_default();
                save();
            }
        });
        guard
    }

    /// Changes the address bar and nothing else.
    pub fn tidy_address(url: &str) {
        if let Ok(history) = leptos::prelude::window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod server {
    use leptos::web_sys::{Event, FocusEvent, SubmitEvent};

    pub fn form_pairs(_id: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    pub fn submit_with(_id: &str, _button_value: &str) {}

    pub fn submitter(_event: &SubmitEvent) -> Option<(String, String)> {
        None
    }

    pub fn control(_event: &Event) -> Option<(String, String)> {
        None
    }

    pub fn focus_goes_to(_event: &FocusEvent, _selector: &str) -> bool {
        false
    }

    pub fn focus(_id: &str) {}

    pub fn focus_later(_id: String) {}

    pub fn show_password(_id: &str, _shown: bool) {}

    pub fn confirm(_question: &str) -> bool {
        false
    }

    pub fn address() -> String {
        String::new()
    }

    pub fn tidy_address(_url: &str) {}

    pub fn watch_history() {}

    pub struct Guard;

    pub fn guard_leaving(
        _here: impl Fn() -> String + 'static,
        _is_dirty: impl Fn() -> bool + Clone + 'static,
        _may_leave: impl Fn() -> bool + Clone + 'static,
    ) -> Guard {
        Guard
    }

    pub fn on_save_key(_save: impl Fn() + 'static) -> Guard {
        Guard
    }
}
