//! Before anything is deleted: what goes, what stands in the way, and the button that does it. One
//! page for one instance and for many; the button is a plain form post.

use leptos::prelude::*;

use super::{Page, Visit, list::Address, parts::heading};
use crate::{
    domain::{console, shown::DeletePreview},
    fault::Fault,
    ui::{
        components::{
            Icon, IconName,
            value::{counted, grouped},
        },
        routes::{detail_href, list_href},
    },
};

/// More than these are counted, not listed.
const LISTED: usize = 100;

/// What the page and its parts share.
struct Deletion<'a> {
    model_type: &'a str,
    /// Asked for one instance by its own address.
    single: Option<&'a str>,
    /// The list that this page leads back to.
    list: Address,
    /// Why it was refused when it was tried.
    refused: Option<&'a Fault>,
}

pub async fn page(visit: &Visit<'_>, model_type: &str, single: Option<&str>) -> Page {
    let pkids: Vec<String> = match single {
        Some(pkid) => vec![pkid.to_owned()],
        None => visit.values("pkid").map(ToOwned::to_owned).collect(),
    };
    let preview = console::delete_preview(visit.app, visit.caller, model_type, &pkids).await?;
    let deletion = Deletion {
        model_type,
        single,
        list: Address::read(list_href(model_type), &visit.search()),
        refused: visit.posted.and_then(|posted| posted.fault.as_ref()),
    };
    Ok(deletion.page(&preview))
}

impl Deletion<'_> {
    fn to_list(&self) -> String {
        self.list.with(|_| {})
    }

    /// Where Cancel leads: the instance's own page, or the list.
    fn back(&self) -> String {
        match self.single {
            Some(pkid) => self.list.onward(&detail_href(self.model_type, pkid)),
            None => self.to_list(),
        }
    }

    fn page(&self, preview: &DeletePreview) -> (String, AnyView) {
        let count = preview.items.len() as u64;
        if count == 0 {
            return self.nothing(preview);
        }
        let stuck = count == 1 && !preview.obstacles.is_empty();
        let title = match preview.items.as_slice() {
            [(_, label)] if stuck => format!("{label} can't be deleted yet"),
            [(_, label)] => format!("Delete {label}?"),
            _ => format!("Delete {} {}?", grouped(count), preview.model_title_plural),
        };
        let what = counted(count, &preview.model_title, &preview.model_title_plural);
        let place = preview.place.as_ref().map(|node| {
            view! { " at " <strong>{node.path.clone()}</strong> }
        });
        let form = (!stuck).then(|| self.form(&what, count));
        let warning = (!stuck).then(|| {
            view! {
                <p>
                    {what} {place}
                    " will be deleted. This can't be undone; the record of it, with what was there \
                     before, stays in the transactions."
                </p>
            }
        });
        let view = view! {
            <div class="form-page">
                <div class="page-head">{heading(title.clone())}</div>
                {self.refused.map(|fault| refusal(fault, preview))}
                {warning}
                {self.items(preview)}
                {obstacles(preview)}
                {form}
                {stuck.then(|| view! {
                    <p><a class="btn" href=self.back()>"Back"</a></p>
                })}
            </div>
        };
        (title, view.into_any())
    }

    fn nothing(&self, preview: &DeletePreview) -> (String, AnyView) {
        let title = "Nothing to delete".to_owned();
        let view = view! {
            <div class="form-page stack">
                {heading(title.clone())}
                <p>{format!("No {} were selected.", preview.model_title_plural)}</p>
                <p><a class="btn btn-primary" href=self.to_list()>"Back to the list"</a></p>
            </div>
        };
        (title, view.into_any())
    }

    fn items(&self, preview: &DeletePreview) -> AnyView {
        let lines: Vec<AnyView> = preview
            .items
            .iter()
            .take(LISTED)
            .map(|(pkid, label)| {
                let href = self.list.onward(&detail_href(self.model_type, pkid));
                view! { <li><a href=href>{label.clone()}</a></li> }.into_any()
            })
            .collect();
        let more = preview.items.len().saturating_sub(LISTED) as u64;
        let more = (more > 0).then(|| view! { <li>{format!("and {} more", grouped(more))}</li> });
        view! {
            <ul class="delete-items">
                {lines}
                {more}
            </ul>
        }
        .into_any()
    }

    fn form(&self, what: &str, count: u64) -> AnyView {
        let label = if count == 1 { "Delete".to_owned() } else { format!("Delete {what}") };
        view! {
            <form method="post" class="cluster">
                <button class="btn btn-danger" name="_submit" value="delete">
                    <Icon name=IconName::Trash/>
                    {label}
                </button>
                <a class="btn" href=self.back()>"Cancel"</a>
            </form>
        }
        .into_any()
    }
}

/// Why nothing was deleted. Reasons that the page gives anyway aren't said twice.
fn refusal(fault: &Fault, preview: &DeletePreview) -> AnyView {
    let known = |text: &str| {
        text == fault.message || preview.obstacles.iter().any(|known| known.contains(text))
    };
    let details: Vec<AnyView> = fault
        .errors
        .iter()
        .filter(|error| !known(&error.message))
        .map(|error| view! { <li>{error.message.clone()}</li> }.into_any())
        .collect();
    let details = (!details.is_empty()).then(|| view! { <ul>{details}</ul> });
    view! {
        <div class="notice is-danger" role="alert">
            <Icon name=IconName::Warning/>
            <div>
                <p><strong>{fault.message.clone()}</strong></p>
                {details}
            </div>
        </div>
    }
    .into_any()
}

fn obstacles(preview: &DeletePreview) -> Option<AnyView> {
    if preview.obstacles.is_empty() {
        return None;
    }
    let lines: Vec<AnyView> =
        preview.obstacles.iter().map(|text| view! { <li>{text.clone()}</li> }.into_any()).collect();
    Some(
        view! {
            <div class="notice is-warning">
                <Icon name=IconName::Warning/>
                <div>
                    <p><strong>"This stands in the way"</strong></p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}
