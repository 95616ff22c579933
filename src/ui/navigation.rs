//! What a page asks about where it is, and what happens when that changes: the focus moves to the
//! new heading and the change is announced.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

use super::{
    browser,
    components::done::{PASSING, is_said_once},
    routes::{ModelPath, ModelView, from_search, to_search},
};
use crate::server_fns::PageAt;

/// The model page at hand. Only pages of models may ask: the router sets it above them.
pub fn use_model_path() -> Memo<ModelPath> {
    expect_context::<ModelPathContext>().0
}

/// Says to the pages below which model page they are. While a page is being left, the last one
/// that was read stays, so that nothing below ever sees a page that isn't its own.
pub fn provide_model_path() {
    let pathname = use_location().pathname;
    let path = Memo::new(move |last: Option<&ModelPath>| {
        ModelPath::of_location(&pathname.read())
            .or_else(|| last.cloned())
            .unwrap_or_else(|| ModelPath { model_type: String::new(), view: ModelView::List })
    });
    provide_context(ModelPathContext(path));
}

#[derive(Clone, Copy)]
struct ModelPathContext(Memo<ModelPath>);

/// The pairs of the page's query string, in order and with repeated names.
pub fn use_query_pairs() -> Memo<Vec<(String, String)>> {
    let search = use_location().search;
    Memo::new(move |_| from_search(&search.read()))
}

/// The address of the page at hand, without what is said about it only once.
pub fn use_page_at() -> Memo<PageAt> {
    let location = use_location();
    Memo::new(move |_| {
        let mut pairs = from_search(&location.search.read());
        pairs.retain(|(name, _)| !is_said_once(name));
        PageAt { path: location.pathname.get(), search: to_search(&pairs) }
    })
}

/// The query string of the list that the page at hand belongs to, which every page of an instance
/// hands back to its list.
pub fn use_list_search() -> Memo<String> {
    let search = use_location().search;
    Memo::new(move |_| {
        let mut pairs = from_search(&search.read());
        pairs.retain(|(name, _)| !PASSING.contains(&name.as_str()));
        to_search(&pairs)
    })
}

/// The node chosen in the URL; nothing is the user's own.
pub fn use_hierarchy() -> Memo<Option<String>> {
    let search = use_location().search;
    Memo::new(move |_| {
        from_search(&search.read())
            .into_iter()
            .find(|(name, value)| name == "hierarchy" && !value.is_empty())
            .map(|(_, value)| value)
    })
}

/// What the frame and the pages share about moving around.
#[derive(Clone, Copy)]
pub struct Navigation {
    /// Read out by the page's one polite live region.
    announcement: RwSignal<String>,
    /// Whether the next heading that appears takes the focus.
    awaiting_heading: StoredValue<bool>,
    /// Something is being fetched: the progress line shows. Give it to `<Transition set_pending>`.
    pub busy: RwSignal<bool>,
}

pub fn use_navigation() -> Navigation {
    expect_context()
}

impl Navigation {
    /// Sets up what [`use_navigation`] gives, and follows the location.
    pub fn provide() -> Self {
        let navigation = Self {
            announcement: RwSignal::new(String::new()),
            awaiting_heading: StoredValue::new(false),
            busy: RwSignal::new(false),
        };
        provide_context(navigation);
        let pathname = use_location().pathname;
        let hierarchy = use_hierarchy();
        Effect::new(move |last: Option<(String, Option<String>)>| {
            let now = (pathname.get(), hierarchy.get());
            if let Some(last) = last.filter(|last| *last != now) {
                // Another node on the same page is chosen in a menu of the frame, or by a link
                // in the page, which then keeps the focus.
                let moved = last.0 != now.0 || browser::focus_is_within_or_lost("details.menu");
                navigation.awaiting_heading.set_value(moved);
                // A page whose heading doesn't change must not take the focus much later.
                set_timeout(
                    move || navigation.awaiting_heading.set_value(false),
                    Duration::from_secs(10),
                );
                browser::close_menus();
                browser::close_drawer();
            }
            now
        });
        navigation
    }

    /// Has the live region say something: a result, a count. Errors stand in the page instead.
    pub fn announce(self, text: impl Into<String>) {
        let text = text.into();
        // The same words twice in a row are only read again after a change.
        let again = self.announcement.with_untracked(|now| *now == text);
        self.announcement.set(if again { format!("{text}\u{a0}") } else { text });
    }

    pub fn announcement(self) -> Signal<String> {
        self.announcement.into()
    }

    /// A heading has been drawn: after a navigation it takes the focus, and is read out by that.
    pub(crate) fn heading_drawn(self) {
        if self.awaiting_heading.get_value() {
            self.awaiting_heading.set_value(false);
            browser::next_frame(|| browser::focus("main h1"));
        }
    }
}
