//! Follows a transaction that is under way: its bar, its words and its message change in place, and
//! once it has ended the page is read again. Nothing of it moves the focus.

use leptos::prelude::*;

use crate::ui::{components::value::grouped, navigation::Navigation};

/// The bar, its words, and what the transaction says.
pub const BAR: &str = "run-bar";
pub const WORDS: &str = "run-words";
pub const MESSAGE: &str = "run-message";

/// "120 of 1,000 done (12 %)"; without a total, "120 so far".
pub fn words(done: u64, total: u64) -> String {
    if total == 0 {
        return format!("{} so far", grouped(done));
    }
    format!("{} of {} done ({} %)", grouped(done), grouped(total), done * 100 / total)
}

#[derive(Clone, Copy)]
pub struct Watch {
    navigation: Navigation,
    #[cfg(feature = "hydrate")]
    source: StoredValue<Option<browser::Source>, LocalStorage>,
}

impl Watch {
    #[cfg(not(feature = "hydrate"))]
    pub fn new(navigation: Navigation) -> Self {
        Self { navigation }
    }

    #[cfg(not(feature = "hydrate"))]
    pub fn follow(self, _reload: Callback<()>) {
        let _ = self.navigation;
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use futures_util::StreamExt;
    use gloo_net::eventsource::futures::EventSource;
    use leptos::{prelude::*, task::spawn_local};
    use serde_json::Value;

    use super::{BAR, MESSAGE, WORDS, Watch, words};
    use crate::ui::{browser, navigation::Navigation};

    /// What is heard, and from where.
    pub struct Source {
        url: String,
        /// Closed when it is dropped.
        _events: EventSource,
    }

    impl Watch {
        pub fn new(navigation: Navigation) -> Self {
            Self { navigation, source: StoredValue::new_local(None) }
        }

        /// Follows what the page at hand shows, and nothing where it shows nothing under way.
        pub fn follow(self, reload: Callback<()>) {
            let url = browser::attribute("[data-events]", "data-events");
            let now = self.source.with_value(|s| s.as_ref().map(|s| s.url.clone()));
            if url == now {
                return;
            }
            self.source.set_value(None);
            let Some(url) = url else { return };
            let Ok(mut events) = EventSource::new(&url) else { return };
            let Ok(mut news) = events.subscribe("message") else { return };
            self.source.set_value(Some(Source { url, _events: events }));
            spawn_local(async move {
                let mut quarter = 0;
                while let Some(Ok((_, message))) = news.next().await {
                    let text = message.data().as_string().unwrap_or_default();
                    let Ok(event) = serde_json::from_str::<Value>(&text) else { continue };
                    if self.show(&event, &mut quarter) {
                        self.source.set_value(None);
                        reload.run(());
                        return;
                    }
                }
            });
        }

        /// Shows how far it has come; whether that was the last.
        fn show(self, event: &Value, quarter: &mut u64) -> bool {
            let number = |name: &str| event["progress"][name].as_u64().unwrap_or(0);
            let (done, total) = (number("done"), number("total"));
            let message = event["message"].as_str().unwrap_or_default();
            if total > 0 {
                browser::set_attribute(BAR, "max", &total.to_string());
                browser::set_attribute(BAR, "value", &done.to_string());
            }
            browser::set_text(WORDS, &words(done, total));
            let ended = matches!(event["status"].as_str(), Some("Success" | "Fail"));
            browser::set_text(MESSAGE, if ended { message } else { "" });
            // Not every row is worth a word to who listens.
            if ended {
                self.navigation.announce(message);
            } else if total > 0 && done * 4 / total > *quarter {
                *quarter = done * 4 / total;
                self.navigation.announce(words(done, total));
            }
            ended
        }
    }
}
