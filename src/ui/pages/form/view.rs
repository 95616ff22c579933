//! How a form looks: what stands on top of it, its fields, and the bar that saves it.

use leptos::prelude::*;

use super::{
    after::Then,
    conflict::conflict_view,
    editor::{Editor, FORM, PREVIEW_ID, Refusal},
};
use crate::{
    model::form::PREVIEW,
    server_fns::views::FormPage,
    ui::components::{Icon, IconName, error_summary::ErrorSummary},
};

/// The way back to the list, in the state it was left in.
pub fn back_link(href: String, title_plural: &str) -> AnyView {
    view! {
        <div class="back-link">
            <a href=href>
                <Icon name=IconName::Back/>
                {title_plural.to_owned()}
            </a>
        </div>
    }
    .into_any()
}

/// What can be chosen about the form, as the server has drawn it.
pub fn choosers(page: &FormPage) -> Option<AnyView> {
    (!page.choosers.is_empty())
        .then(|| view! { <div inner_html=page.choosers.clone()></div> }.into_any())
}

/// The form of an instance, new or stored.
pub fn form(editor: Editor, page: &FormPage, back: String) -> AnyView {
    let notice = page.posted.as_ref().and_then(|p| p.notice.clone()).map(|text| {
        view! {
            <div class="notice is-info" role="status">
                <Icon name=IconName::Info/>
                <p>{text}</p>
            </div>
        }
    });
    // While both versions stand side by side, the choice comes first.
    let undecided =
        move || editor.refusal.with(|r| matches!(r, Some(Refusal::Stale { stored: Some(_), .. })));
    let version = page.instance.as_ref().map(|instance| {
        view! { <input type="hidden" name="_version" value=instance.version.to_string()/> }
    });
    view! {
        {notice}
        {on_top(editor)}
        <form
            id=FORM
            class="form"
            method="post"
            action=editor.action()
            novalidate
            tabindex="-1"
            hidden=undecided
            on:submit=move |event| editor.submitted(&event)
            on:input=move |event| editor.edited(&event)
            on:focusout=move |event| editor.left(&event)
        >
            // The first button is the one that Enter presses: it must not remove a row.
            <button
                class="sr-only"
                name="_submit"
                value=Then::Leave.as_str()
                tabindex="-1"
                aria-hidden="true"
            >
                "Save"
            </button>
            {version}
            {editor.inputs()}
            {bar(editor, back, page.preview.is_some())}
        </form>
        {page.preview.is_some().then(|| preview(editor))}
    }
    .into_any()
}

/// Why the form wasn't saved, when it wasn't.
fn on_top(editor: Editor) -> AnyView {
    (move || {
        editor.refusal.get().map(|refusal| match refusal {
            Refusal::Fault(fault) => {
                let lines = editor.summary(&fault);
                view! { <ErrorSummary message=fault.message lines=lines/> }.into_any()
            }
            Refusal::Stale { differences, stored } => {
                let ways_on = match stored {
                    Some(theirs) => choices(editor, *theirs),
                    None => plain_choices(),
                };
                editor.model(|model| conflict_view(model, &differences, ways_on))
            }
        })
    })
    .into_any()
}

fn choices(editor: Editor, theirs: crate::server_fns::views::Instance) -> AnyView {
    view! {
        <p>
            "Going on puts your changes over the stored version; where only somebody else changed \
             a field, theirs stays. You can look at it all again before you save."
        </p>
        <p class="cluster">
            <button
                type="button"
                class="btn btn-primary"
                on:click=move |_| editor.rebase(theirs.clone())
            >
                "Keep editing, based on the stored version"
            </button>
            <button type="button" class="btn" on:click=move |_| editor.discard()>
                "Discard mine"
            </button>
        </p>
    }
    .into_any()
}

/// Without JavaScript the form below has yours already, and would be saved over the stored one.
fn plain_choices() -> AnyView {
    view! {
        <p>
            "The form below has your version. Change what you like and save it, which then \
             replaces the stored one, or start again from what is stored."
        </p>
        <p class="cluster">
            <a class="btn" href="" rel="external">"Discard mine"</a>
        </p>
    }
    .into_any()
}

/// The form that this instance shapes, as the server has drawn it.
fn preview(editor: Editor) -> AnyView {
    view! { <div id=PREVIEW_ID class="preview" tabindex="-1" inner_html=editor.preview></div> }
        .into_any()
}

fn bar(editor: Editor, back: String, previews: bool) -> AnyView {
    let look = previews.then(|| {
        view! {
            <button class="btn" name=PREVIEW value="1" formnovalidate>
                "Preview"
            </button>
        }
    });
    let another = (!editor.exists()).then(|| {
        view! {
            <button class="btn" name="_submit" value=Then::AddAnother.as_str()>
                "Save and add another"
            </button>
        }
    });
    view! {
        <div class="form-bar" aria-busy=move || editor.saving.get().then_some("true")>
            <button class="btn btn-primary" name="_submit" value=Then::Leave.as_str()>
                {move || if editor.saving.get() { "Saving…" } else { "Save" }}
            </button>
            <button
                class="btn"
                name="_submit"
                value=Then::Stay.as_str()
                title="Ctrl+S"
                aria-keyshortcuts="Control+S Meta+S"
            >
                "Save and stay"
            </button>
            {another}
            {look}
            <a class="btn btn-quiet" href=back>"Cancel"</a>
        </div>
    }
    .into_any()
}
