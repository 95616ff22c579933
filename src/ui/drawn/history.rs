//! The latest changes of an instance, as a tab of its page.

use leptos::prelude::*;

use super::{Visit, restore::VERSION, status::StatusBadge};
use crate::{
    domain::{
        console,
        shown::{HistoryEntry, Standing},
    },
    fault::Fault,
    ui::{
        components::{Time, table},
        routes::{Deed, TRANSACTION, at_node, detail_href, one_href, with_query},
    },
};

pub async fn tab(visit: &Visit<'_>, model_type: &str, pkid: &str) -> Result<AnyView, Fault> {
    let entries = console::history(visit.app, visit.caller, model_type, pkid).await?;
    Ok(history(&entries, model_type, pkid, visit.node()))
}

/// `node` is the one that is chosen, which every link keeps.
fn history(entries: &[HistoryEntry], model_type: &str, pkid: &str, node: Option<&str>) -> AnyView {
    if entries.is_empty() {
        return view! {
            <div class="empty">
                <h2>"No changes recorded"</h2>
                <p class="muted">"Every change to this from now on will be listed here."</p>
            </div>
        }
        .into_any();
    }
    let lines: Vec<AnyView> = entries
        .iter()
        .map(|entry| {
            let href = at_node(&detail_href(TRANSACTION, &entry.transaction_id), node);
            view! {
                <tr>
                    <th scope="row">
                        <a href=href class="nowrap">
                            <Time at=entry.submitted.clone()/>
                        </a>
                    </th>
                    <td>{entry.action.clone()}</td>
                    <td>{changed(&entry.changed)}</td>
                    <td>{entry.username.clone()}</td>
                    <td><StatusBadge status=entry.status.clone()/></td>
                    <td>{version(entry, model_type, pkid, node)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        {table("Latest changes, newest first", "", &HEADS, lines)}
        <p class="list-kept muted">"Each change is a transaction: open it to see what was there before and after."</p>
    }
    .into_any()
}

const HEADS: [&str; 6] = ["When", "Action", "Changed", "By", "Outcome", "Version"];

/// The first attributes that a change has touched.
fn changed(titles: &[String]) -> String {
    const NAMED: usize = 4;
    let first = titles[..titles.len().min(NAMED)].join(", ");
    match titles.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The way back to the version that a change has made.
fn version(
    entry: &HistoryEntry,
    model_type: &str,
    pkid: &str,
    node: Option<&str>,
) -> Option<AnyView> {
    match entry.standing {
        Standing::None => None,
        Standing::Current => Some(view! { <span class="muted">"Current"</span> }.into_any()),
        Standing::Former => {
            let mut pairs = vec![(VERSION.to_owned(), entry.transaction_id.clone())];
            pairs.extend(node.map(|node| ("hierarchy".to_owned(), node.to_owned())));
            let href = with_query(&one_href(model_type, pkid, Deed::Restore), &pairs);
            let label = format!("Restore the version of {}", entry.submitted);
            Some(view! { <a href=href aria-label=label>"Restore…"</a> }.into_any())
        }
    }
}
