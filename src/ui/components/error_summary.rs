//! What stands on top of a form that wasn't saved: every error, with a link to its field where the
//! form has one. It takes the focus when it appears.

use leptos::prelude::*;

use super::{Icon, IconName, fields::field_id};
use crate::fault::FieldError;

/// The element that takes the focus.
pub const ID: &str = "error-summary";

/// One error, and whether its field is on the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub error: FieldError,
    pub is_shown: bool,
}

#[component]
pub fn ErrorSummary(
    /// What happened, in a sentence.
    message: String,
    lines: Vec<Line>,
) -> impl IntoView {
    // A single error whose sentence is the message itself need not be said twice, but must keep
    // its link.
    let repeated = matches!(lines.as_slice(), [only] if only.error.message == message);
    let heading = if repeated { "This wasn't saved.".to_owned() } else { message };
    let lines: Vec<AnyView> = lines.into_iter().map(line).collect();
    let list = (!lines.is_empty()).then(|| view! { <ul>{lines}</ul> });
    view! {
        <div id=ID class="notice is-danger error-summary" role="alert" tabindex="-1">
            <Icon name=IconName::Warning/>
            <div>
                <p><strong>{heading}</strong></p>
                {list}
            </div>
        </div>
    }
}

fn line(line: Line) -> AnyView {
    let message = line.error.message;
    if !line.is_shown {
        return view! { <li>{message}</li> }.into_any();
    }
    // Where the page runs, the link gives the focus to the field (`ui::live`).
    let id = field_id(&line.error.field);
    view! {
        <li>
            <a href=format!("#{id}") data-focus=id>{message}</a>
        </li>
    }
    .into_any()
}
