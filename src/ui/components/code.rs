//! Text to copy: a block of code with a button, which only shows where it can work.

use std::time::Duration;

use leptos::prelude::*;

use super::{Icon, IconName, dom};
use crate::ui::navigation::use_navigation;

/// `label` says what is copied, for those who don't see where the button stands.
#[component]
pub fn CodeBlock(#[prop(into)] text: Signal<String>, #[prop(into)] label: String) -> impl IntoView {
    let navigation = use_navigation();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if dom::copy(&text.read_untracked()) {
            copied.set(true);
            navigation.announce("Copied.");
            let back = move || {
                let _ = copied.try_set(false);
            };
            set_timeout(back, Duration::from_secs(2));
        }
    };
    view! {
        <div class="code-block">
            <pre tabindex="0" role="region" aria-label=label.clone()>
                <code>{text}</code>
            </pre>
            <button
                type="button"
                class="btn js-only"
                aria-label=format!("Copy: {label}")
                on:click=copy
            >
                {move || {
                    let (icon, word) = if copied.get() {
                        (IconName::Check, "Copied")
                    } else {
                        (IconName::Copy, "Copy")
                    };
                    view! {
                        <Icon name=icon/>
                        {word}
                    }
                }}
            </button>
        </div>
    }
}
