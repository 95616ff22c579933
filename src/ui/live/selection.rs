//! Which rows of a list are ticked. The checkboxes themselves are the state; this only counts them,
//! ticks ranges, and swaps the toolbar for the bulk bar.

use leptos::prelude::*;

use crate::ui::navigation::Navigation;

/// The name of the rows' checkboxes, which is the parameter of the pages that take a selection.
pub const NAME: &str = "pkid";
/// The checkbox for all rows of the page.
pub const ALL: &str = "list-select-all";
/// What stands above the table while nothing is ticked, and while something is.
pub const TOOLBAR: &str = "list-toolbar";
pub const BAR: &str = "list-bulk";
/// The checkbox for all that match, on this page and on others.
pub const MATCHING: &str = "list-matching";
/// Where the bar says how many.
pub const COUNT: &str = "list-bulk-count";

#[derive(Clone, Copy)]
pub struct Selection {
    navigation: Navigation,
    /// What was said last.
    words: StoredValue<String>,
    /// The row that was clicked last: where a range that Shift+click ends begins.
    last: StoredValue<Option<usize>>,
}

impl Selection {
    pub fn new(navigation: Navigation) -> Self {
        Self { navigation, words: StoredValue::new(String::new()), last: StoredValue::new(None) }
    }

    #[cfg(not(feature = "hydrate"))]
    pub fn recount(self) {
        let _ = (self.navigation, self.words, self.last);
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{prelude::*, web_sys};

    use super::{ALL, BAR, COUNT, MATCHING, NAME, Selection, TOOLBAR};
    use crate::ui::{
        browser,
        components::{
            dom,
            value::{counted, grouped},
        },
    };

    impl Selection {
        /// Counts what is ticked and shows it.
        pub fn recount(self) {
            let boxes = dom::checkboxes(NAME);
            let ticked = boxes.iter().filter(|b| b.checked()).count();
            let words = match dom::checkbox(MATCHING).filter(|all| all.checked() && ticked > 0) {
                Some(all) => format!("All {} selected", grouped(all.value().parse().unwrap_or(0))),
                None => counted(ticked as u64, "row selected", "rows selected"),
            };
            browser::set_hidden(TOOLBAR, ticked > 0);
            browser::set_hidden(BAR, ticked == 0);
            browser::set_text(COUNT, &words);
            dom::set_checked(
                ALL,
                ticked > 0 && ticked == boxes.len(),
                ticked > 0 && ticked < boxes.len(),
            );
            if ticked == 0 {
                self.last.set_value(None);
            } else if self.words.with_value(|last| *last != words) {
                self.navigation.announce(words.clone());
            }
            self.words.set_value(words);
        }

        pub fn clear(self) {
            for checkbox in dom::checkboxes(NAME).into_iter().chain(dom::checkbox(MATCHING)) {
                checkbox.set_checked(false);
            }
            self.recount();
        }

        /// A checkbox was clicked, with Shift or without.
        pub fn clicked(self, target: &web_sys::HtmlInputElement, range: bool) {
            let boxes = dom::checkboxes(NAME);
            if target.id() == ALL {
                for checkbox in boxes {
                    checkbox.set_checked(target.checked());
                }
            } else if let Some(here) = boxes.iter().position(|b| b == target) {
                if let Some(last) = self.last.get_value().filter(|_| range) {
                    for checkbox in boxes.get(last.min(here)..=last.max(here)).unwrap_or_default() {
                        checkbox.set_checked(target.checked());
                    }
                }
                self.last.set_value(Some(here));
            } else if target.id() != MATCHING {
                return;
            }
            // All that match are more than these: whoever unticks one means those that are ticked.
            if target.id() != MATCHING
                && !target.checked()
                && let Some(all) = dom::checkbox(MATCHING)
            {
                all.set_checked(false);
            }
            self.recount();
        }
    }
}
