//! Text to copy: a block of code with a button, which only shows where it can work.

use leptos::prelude::*;

use crate::ui::components::{Icon, IconName};

/// `label` says what is copied, for those who don't see where the button stands.
pub fn code_block(text: String, label: &str) -> AnyView {
    view! {
        <div class="code-block">
            <pre tabindex="0" role="region" aria-label=label.to_owned()>
                <code>{text}</code>
            </pre>
            <button
                type="button"
                class="btn js-only"
                data-copy=""
                aria-label=format!("Copy: {label}")
            >
                <Icon name=IconName::Copy/>
                <span>"Copy"</span>
            </button>
        </div>
    }
    .into_any()
}
