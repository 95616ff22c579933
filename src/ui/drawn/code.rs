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

/// The text as one word of a POSIX shell.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_value_holds_stays_one_word() {
        assert_eq!(shell_word("/api/a/B/1/"), "/api/a/B/1/");
        assert_eq!(shell_word("$(reboot) 'x'"), r"'$(reboot) '\''x'\'''");
        assert_eq!(shell_word(""), "''");
    }
}
