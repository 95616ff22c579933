//! The dashboard's panel of Webex connections: how many are in each state, and those in need.

use leptos::prelude::*;

use super::{
    address::customer_href,
    state::{state, words},
};
use crate::{
    domain::{
        access::Permission,
        spark_customer,
        webex::{
            authorise::link,
            view::{self, Tally},
        },
    },
    fault::Fault,
    store::ConnectionAt,
    ui::{
        components::{Icon, IconName, Time, table_of, value::grouped},
        drawn::Visit,
        routes::{at_node, list_href},
    },
};

/// Customers that the panel has room for.
const SHOWN: u64 = 10;

/// `path` is that of the chosen node.
pub async fn panel(visit: &Visit<'_>, path: &str) -> Result<AnyView, Fault> {
    let Tally { counts, in_need } = view::tally(visit.app, visit.caller, Some(path), SHOWN).await?;
    if counts.is_empty() {
        return Ok(().into_any());
    }
    let count = |state: &str| counts.iter().find(|(s, _)| s == state).map_or(0, |(_, n)| *n);
    let all: Vec<AnyView> = ["lapsed", "failed", "expiring", "not_authorised", "healthy"]
        .into_iter()
        .filter(|state| count(state) > 0)
        .map(|state| {
            let words = words(state).to_lowercase();
            view! { <li>{grouped(count(state))} " " {words}</li> }.into_any()
        })
        .collect();
    // Those there is no room for, by the counts: everybody but the healthy.
    let in_all: u64 = counts.iter().filter(|(s, _)| s != "healthy").map(|(_, n)| n).sum();
    let more = in_all.saturating_sub(in_need.len() as u64);
    let more = (more > 0).then(|| {
        let words = format!("{} more not shown here", grouped(more));
        view! { <span class="muted">{words}</span> }
    });
    let body = if in_need.is_empty() {
        view! {
            <div class="empty">
                <Icon name=IconName::Succeeded/>
                <p>"All connections are healthy."</p>
                <p class="muted">"Those that somebody has to see to are listed here."</p>
            </div>
        }
        .into_any()
    } else {
        let rows = in_need.iter().map(|one| row(visit, one)).collect();
        table_of(
            "",
            "webex-need",
            "Webex connections in need, the most urgent first".to_owned(),
            None,
            &[
                ("Webex customer", ""),
                ("State", ""),
                ("What to know", "wide-only"),
                ("Since", "wide-only"),
                ("Action", ""),
            ],
            rows,
        )
    };
    Ok(view! {
        <section class="card is-flush near-full">
            <div class="card-head">
                <h2 id="webex-need">"Webex connections in need"</h2>
                <ul class="licence-counts" aria-label="Connections by state">{all}</ul>
                {more}
                <a href=at_node(&list_href(spark_customer::MODEL), Some(path))>"All customers"</a>
            </div>
            {body}
        </section>
    }
    .into_any())
}

fn row(visit: &Visit<'_>, one: &ConnectionAt) -> AnyView {
    let (above, name) = one.node_path.rsplit_once('.').unwrap_or(("", &one.node_path));
    let place = (name != one.name).then(|| view! { <span class="muted">{name.to_owned()}</span> });
    let title = format!("{above}.{name}");
    view! {
        <tr>
            <th scope="row" title=title>
                <a href=customer_href(&one.pkid, visit.node())>{one.name.clone()}</a>
                " "
                {place}
            </th>
            <td>{state(&one.state)}</td>
            <td class="wide-only webex-why">{one.reason.clone()}</td>
            <td class="wide-only nowrap"><Time at=one.since.clone() relative=true/></td>
            <td>{action(visit, one)}</td>
        </tr>
    }
    .into_any()
}

/// Its one action: the link to Webex, for those who see to connections.
fn action(visit: &Visit<'_>, one: &ConnectionAt) -> Option<AnyView> {
    let may = visit.may(spark_customer::MODEL, Permission::Update);
    (may && visit.app.webex.is_configured()).then(|| {
        let label = format!("Authorise {}", one.name);
        view! {
            <a class="btn" href=link(&one.pkid) rel="external" aria-label=label>"Authorise"</a>
        }
        .into_any()
    })
}
