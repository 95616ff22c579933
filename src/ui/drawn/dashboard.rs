//! The first page: how much there is of everything at the chosen node, and what happened last.

use leptos::prelude::*;

use super::{
    Page, Visit, frame::section_order, licences, parts::heading, status::StatusBadge, webex,
};
use crate::{
    domain::{
        console,
        shown::{Dashboard, ModelLink, TransactionLine},
    },
    ui::{
        components::{Icon, IconName, NodeTypeBadge, Time, table_of, value::grouped},
        routes::{TRANSACTION, at_node, detail_href, list_href},
    },
};

pub async fn page(visit: &Visit<'_>) -> Page {
    let dashboard = console::dashboard(visit.app, visit.caller, visit.node()).await?;
    let path = &dashboard.place.path;
    let connections = webex::panel(visit, path).await?;
    let near_full = licences::near_full(visit, path).await?;
    Ok(("Dashboard".to_owned(), drawn(dashboard, connections, near_full)))
}

fn drawn(dashboard: Dashboard, connections: AnyView, near_full: AnyView) -> AnyView {
    let Dashboard { place, counts, latest } = dashboard;
    let path = place.path.clone();
    // What is worked with comes before what it is administered by.
    let mut counts = counts;
    counts.sort_by_key(|(model, _)| section_order(&model.section));
    let stats: Vec<_> = counts
        .into_iter()
        .filter(|(model, _)| model.model_type != TRANSACTION)
        .map(|(model, count)| view! { <Stat model count path=path.clone()/> })
        .collect();
    view! {
        <div class="page-head">
            <div>
                {heading("Dashboard")}
                <p class="page-sub">
                    <span>{place.name}</span>
                    <NodeTypeBadge node_type=place.node_type/>
                    <span class="muted">"and everything below"</span>
                </p>
            </div>
        </div>
        // What somebody has to see to comes first.
        {connections}
        <section aria-labelledby="counts">
            <h2 id="counts" class="sr-only">"What there is"</h2>
            <ul class="stats">{stats}</ul>
        </section>
        {near_full}
        <Latest lines=latest path/>
    }
    .into_any()
}

/// One count: a link to the list that it counts.
#[component]
fn Stat(model: ModelLink, count: u64, path: String) -> impl IntoView {
    let title = if count == 1 { model.title } else { model.title_plural };
    view! {
        <li>
            <a class="stat" href=at_node(&list_href(&model.model_type), Some(&path))>
                <span class="stat-number">{grouped(count)}</span>
                <span class="stat-title">{title}</span>
                <Icon name=IconName::ChevronRight/>
            </a>
        </li>
    }
}

#[component]
fn Latest(lines: Vec<TransactionLine>, path: String) -> impl IntoView {
    let all = at_node(&list_href(TRANSACTION), Some(&path));
    let body = if lines.is_empty() {
        view! {
            <div class="empty">
                <Icon name=IconName::History/>
                <p>"Nothing has been changed here yet."</p>
                <p class="muted">
                    "Every change leaves a transaction: who made it, when, and what it changed."
                </p>
            </div>
        }
        .into_any()
    } else {
        view! { <LatestTable lines/> }.into_any()
    };
    view! {
        <section class="card is-flush">
            <div class="card-head">
                <h2 id="latest">"Latest transactions"</h2>
                <a href=all>"All transactions"</a>
            </div>
            {body}
        </section>
    }
}

#[component]
fn LatestTable(lines: Vec<TransactionLine>) -> impl IntoView {
    let rows: Vec<AnyView> =
        lines
            .into_iter()
            .map(|line| {
                let TransactionLine {
                    pkid,
                    action,
                    model_title,
                    status,
                    message,
                    username,
                    submitted,
                } = line;
                let title = if message.is_empty() { action.clone() } else { message };
                view! {
                    <tr>
                        <td>
                            <StatusBadge status/>
                        </td>
                        <th scope="row">
                            <a href=detail_href(TRANSACTION, &pkid)>{title}</a>
                        </th>
                        <td class="wide-only">{action}</td>
                        <td class="wide-only">{model_title}</td>
                        <td class="wide-only">{username}</td>
                        <td class="nowrap">
                            <Time at=submitted relative=true/>
                        </td>
                    </tr>
                }
                .into_any()
            })
            .collect();
    table_of(
        "",
        "",
        "Latest transactions, newest first".to_owned(),
        None,
        &[
            ("Status", ""),
            ("Transaction", ""),
            ("Action", "wide-only"),
            ("Model", "wide-only"),
            ("User", "wide-only"),
            ("Submitted", ""),
        ],
        rows,
    )
}
