//! What pages that the server has drawn do in the browser. Their HTML says it by attributes; the
//! listeners here are the document's, so that they need not be attached to what comes and goes.
//!
//! | attribute | on | does |
//! |---|---|---|
//! | `data-submit` | a control | its form is sent when it changes; `="replace"` keeps the history short |
//! | `data-live` | a search box | its form is sent while one types |
//! | `data-narrow="id"` | a search box | that list shows only the entries that have its text |
//! | `data-redraw="name"` | a control | the page is drawn again for its value, as parameter `name` |
//! | `data-branch` | a button | opens and closes what is below it in a tree |
//! | `data-focus="id"` | a link | gives the focus to that element |
//! | `data-reveal="id"` | a button | shows and hides what is typed into that password |
//! | `data-events="url"` | an element | its progress is kept up to date from there |
//! | `data-copy` | a button | copies the code beside it |
//! | `data-clear-selection` | a button | unticks all rows |
//! | `data-announce` | an element | said when the page is drawn again |
//! | `data-ago` | a time | becomes "5 minutes ago" |
//!
//! A form with `method="get"` only changes the address.

#[cfg(feature = "hydrate")]
mod listeners;
#[cfg(feature = "hydrate")]
mod morph;
pub mod selection;
pub mod watch;

use leptos::prelude::*;

use super::navigation::Navigation;

#[cfg(feature = "hydrate")]
pub use listeners::{state, tell_ages};
#[cfg(feature = "hydrate")]
pub use morph::become_like;

/// What the listeners and the page at hand have to do with each other.
#[derive(Clone, Copy)]
pub struct Live {
    navigation: Navigation,
    /// Draws the page again, for what [`state`] says by then.
    redraw: RwSignal<()>,
    /// Reads the frame again: what runs is counted there.
    reload_frame: StoredValue<Option<Callback<()>>>,
    selection: selection::Selection,
    watch: watch::Watch,
}

impl Live {
    /// Sets up what [`use_live`] gives, and listens. Must be called within the router.
    pub fn provide(navigation: Navigation) -> Self {
        let live = Self {
            navigation,
            redraw: RwSignal::new(()),
            reload_frame: StoredValue::new(None),
            selection: selection::Selection::new(navigation),
            watch: watch::Watch::new(navigation),
        };
        provide_context(live);
        #[cfg(feature = "hydrate")]
        listeners::listen(live);
        live
    }

    /// The frame has been drawn; `reload` reads it once more.
    pub fn framed(self, reload: Callback<()>) {
        self.reload_frame.set_value(Some(reload));
        tell_ages();
    }

    /// The page at hand depends on what has been opened or chosen in it.
    pub fn track(self) {
        self.redraw.track();
    }

    /// A page has been drawn; `again` when it was shown already, in another state. `reload` reads
    /// it once more.
    pub fn drawn(self, again: bool, reload: Callback<()>) {
        let frame = self.reload_frame;
        self.watch.follow(Callback::new(move |()| {
            reload.run(());
            if let Some(frame) = frame.get_value() {
                frame.run(());
            }
        }));
        tell_ages();
        self.selection.recount();
        if again && let Some(words) = super::browser::attribute("[data-announce]", "data-announce")
        {
            self.navigation.announce(words);
        }
        self.navigation.heading_drawn();
    }
}

pub fn use_live() -> Live {
    expect_context()
}

/// What is opened and chosen in the page, as parameters that the server draws it for.
#[cfg(not(feature = "hydrate"))]
pub fn state() -> Vec<(String, String)> {
    Vec::new()
}

#[cfg(not(feature = "hydrate"))]
pub fn tell_ages() {}

#[cfg(not(feature = "hydrate"))]
pub fn become_like(_element: &leptos::web_sys::Element, _html: &str) {}
