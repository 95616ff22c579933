//! The console's only direct calls into the DOM. Every function has a twin that does nothing, for
//! the server, so that views read the same on both sides.
//!
//! None of them fails: what can't be done in the page at hand is left undone.

#[cfg(feature = "hydrate")]
pub use in_browser::*;
#[cfg(not(feature = "hydrate"))]
pub use on_server::*;

#[cfg(feature = "hydrate")]
mod in_browser {
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlDialogElement, HtmlElement};

    fn document() -> Option<web_sys::Document> {
        web_sys::window().and_then(|w| w.document())
    }

    fn root() -> Option<HtmlElement> {
        document()?.document_element()?.dyn_into().ok()
    }

    fn find(selector: &str) -> Option<Element> {
        document()?.query_selector(selector).ok().flatten()
    }

    fn each(selector: &str, mut act: impl FnMut(Element)) {
        let Some(found) = document().and_then(|d| d.query_selector_all(selector).ok()) else {
            return;
        };
        for at in 0..found.length() {
            if let Some(element) = found.get(at).and_then(|n| n.dyn_into().ok()) {
                act(element);
            }
        }
    }

    /// Marks the document as taken over; end-to-end tests wait for it.
    pub fn mark_hydrated() {
        if let Some(root) = root() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    }

    /// Path and query of the page that is shown.
    pub fn current_path() -> String {
        let Some(location) = web_sys::window().map(|w| w.location()) else {
            return String::new();
        };
        location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
    }

    /// Leaves the running page for another one, from the server.
    pub fn load(href: &str) {
        if let Some(window) = web_sys::window() {
            let _ = window.location().assign(href);
        }
    }

    /// Moves the focus.
    pub fn focus(selector: &str) {
        if let Some(element) = find(selector).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    }

    /// Does something once what is being drawn now can be seen. On the server, where there is no
    /// such moment, it is never done; asking for the frame itself would end the program there.
    pub fn next_frame(act: impl FnOnce() + 'static) {
        leptos::prelude::request_animation_frame(act);
    }

    /// Whether the focus is somewhere below an element that matches, or nowhere at all.
    pub fn focus_is_within_or_lost(selector: &str) -> bool {
        let Some(document) = document() else { return false };
        match document.active_element() {
            None => true,
            Some(active) => {
                active.tag_name() == "BODY" || active.closest(selector).ok().flatten().is_some()
            }
        }
    }

    /// The value of an attribute of the first element that matches.
    pub fn attribute(selector: &str, name: &str) -> Option<String> {
        find(selector)?.get_attribute(name)
    }

    /// Shows or hides an element.
    pub fn set_hidden(id: &str, hidden: bool) {
        if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
            let _ = element.toggle_attribute_with_force("hidden", hidden);
        }
    }

    /// Sets an attribute of an element.
    pub fn set_attribute(id: &str, name: &str, value: &str) {
        if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
            let _ = element.set_attribute(name, value);
        }
    }

    /// Changes the text of an element.
    pub fn set_text(id: &str, text: &str) {
        if let Some(element) = document().and_then(|d| d.get_element_by_id(id)) {
            element.set_text_content(Some(text));
        }
    }

    /// Closes every open menu.
    pub fn close_menus() {
        each("details.menu[open]", |menu| {
            let _ = menu.remove_attribute("open");
        });
    }

    /// Closes the menus that the node isn't part of.
    pub fn close_menus_beside(target: Option<web_sys::EventTarget>) {
        let inside = target.and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        each("details.menu[open]", |menu| {
            if !menu.contains(inside.as_ref()) {
                let _ = menu.remove_attribute("open");
            }
        });
    }

    /// Closes the open menus and gives the focus back to the button of one that had it.
    pub fn leave_menu() {
        let had_focus = find("details.menu[open]:focus-within > summary");
        close_menus();
        if let Some(button) = had_focus.and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    }

    /// Closes the side bar's drawer.
    pub fn close_drawer() {
        if let Some(drawer) =
            find("[popover]:popover-open").and_then(|e| e.dyn_into::<HtmlElement>().ok())
        {
            let _ = drawer.hide_popover();
        }
    }

    /// Opens a `<dialog>` over the page.
    pub fn open_dialog(id: &str) {
        if let Some(dialog) = dialog(id).filter(|d| !d.open()) {
            let _ = dialog.show_modal();
        }
    }

    /// Closes a `<dialog>`; the browser gives the focus back to where it was.
    pub fn close_dialog(id: &str) {
        if let Some(dialog) = dialog(id) {
            dialog.close();
        }
    }

    fn dialog(id: &str) -> Option<HtmlDialogElement> {
        document()?.get_element_by_id(id)?.dyn_into().ok()
    }

    /// What an input holds.
    pub fn input_value(id: &str) -> String {
        document()
            .and_then(|d| d.get_element_by_id(id))
            .and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok())
            .map(|input| input.value())
            .unwrap_or_default()
    }

    /// Empties an input.
    pub fn clear_input(id: &str) {
        if let Some(input) = document()
            .and_then(|d| d.get_element_by_id(id))
            .and_then(|e| e.dyn_into::<web_sys::HtmlInputElement>().ok())
        {
            input.set_value("");
        }
    }

    /// Applies a preference to the page and keeps it in a cookie for a year.
    pub fn set_preference(name: &str, value: &str) {
        let Some(root) = root() else { return };
        let _ = root.dataset().set(name, value);
        let secure = web_sys::window()
            .and_then(|w| w.location().protocol().ok())
            .is_some_and(|p| p == "https:");
        let secure = if secure { "; Secure" } else { "" };
        if let Some(document) = document().and_then(|d| d.dyn_into::<web_sys::HtmlDocument>().ok())
        {
            let _ = document.set_cookie(&format!(
                "{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"
            ));
        }
    }

    /// Milliseconds since 1970, by the browser's clock.
    pub fn now_ms() -> f64 {
        js_sys::Date::now()
    }

    /// What a time in RFC 3339 is in milliseconds since 1970.
    pub fn parse_time_ms(text: &str) -> Option<f64> {
        Some(js_sys::Date::parse(text)).filter(|ms| ms.is_finite())
    }
}

#[cfg(not(feature = "hydrate"))]
mod on_server {
    pub fn mark_hydrated() {}
    pub fn current_path() -> String {
        String::new()
    }
    pub fn load(_href: &str) {}
    pub fn focus(_selector: &str) {}
    pub fn focus_is_within_or_lost(_selector: &str) -> bool {
        false
    }
    pub fn next_frame(_act: impl FnOnce() + 'static) {}
    pub fn attribute(_selector: &str, _name: &str) -> Option<String> {
        None
    }
    pub fn close_menus() {}
    pub fn close_menus_beside(_target: Option<leptos::web_sys::EventTarget>) {}
    pub fn leave_menu() {}
    pub fn close_drawer() {}
    pub fn open_dialog(_id: &str) {}
    pub fn close_dialog(_id: &str) {}
    pub fn input_value(_id: &str) -> String {
        String::new()
    }
    pub fn clear_input(_id: &str) {}
}
