//! The latest changes of an instance, as a tab of its page.

use leptos::prelude::*;

use super::{Visit, status::StatusBadge};
use crate::{
    domain::{console, shown::HistoryEntry},
    fault::Fault,
    ui::{
        components::{Time, table},
        routes::{TRANSACTION, at_node, detail_href},
    },
};

pub async fn tab(visit: &Visit<'_>, model_type: &str, pkid: &str) -> Result<AnyView, Fault> {
    let entries = console::history(visit.app, visit.caller, model_type, pkid).await?;
    Ok(history(&entries, visit.node()))
}

/// `node` is the one that is chosen, which every link keeps.
fn history(entries: &[HistoryEntry], node: Option<&str>) -> AnyView {
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
                        <a href=href>
                            <Time at=entry.submitted.clone()/>
                        </a>
                    </th>
                    <td>{entry.action.clone()}</td>
                    <td>{entry.username.clone()}</td>
                    <td><StatusBadge status=entry.status.clone()/></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        {table("Latest changes, newest first", "", &["When", "Action", "By", "Outcome"], lines)}
        <p class="muted">"Each change is a transaction: open it to see what was there before and after."</p>
    }
    .into_any()
}
