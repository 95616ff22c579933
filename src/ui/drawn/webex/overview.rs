//! The licences that are near full at Webex, of all customers at the chosen node and below.

use leptos::prelude::*;

use super::{
    address::{WebexPath, WebexView},
    licences::{bar, belongs_to},
};
use crate::{
    domain::{
        places,
        webex::view::{self, Licence},
    },
    ui::{
        components::{
            Icon, IconName, NUMBER, NodeTypeBadge, table_of,
            value::{counted, grouped},
        },
        drawn::{Page, Visit, licences::gauge, parts::heading},
        routes::at_node,
    },
};

/// Licences that the page has room for.
const SHOWN: u64 = 200;

pub async fn page(visit: &Visit<'_>) -> Page {
    let (app, caller, node) = (visit.app, visit.caller, visit.node());
    let (total, near) = view::near_full(app, caller, node, SHOWN).await?;
    let place = places::place(app, caller, node).await?.parts.into_iter().last();
    let place = place.map(|part| {
        view! {
            <p class="page-sub">
                <span>{part.node.name}</span>
                <NodeTypeBadge node_type=part.node.node_type/>
                <span class="muted">"and everything below"</span>
            </p>
        }
    });
    let title = "Webex licences near full";
    let body = if near.is_empty() {
        nothing()
    } else {
        let rows = near.iter().map(|(pkid, licence)| row(visit, pkid, licence)).collect();
        table_of(
            "list-table licence-table webex-licences",
            "",
            "Webex licences near full".to_owned(),
            Some("Webex licences near full, the fullest first"),
            &[
                ("Licence", ""),
                ("Webex customer", ""),
                ("Usage", "wide-only"),
                ("Total", NUMBER),
                ("Used", NUMBER),
                ("State", ""),
            ],
            rows,
        )
    };
    let more = (total > near.len() as u64)
        .then(|| view! { <p class="muted">{format!("The fullest {SHOWN} are shown.")}</p> });
    let view = view! {
        <div class="list-page licence-page" data-announce=counted(total, "licence", "licences")>
            <div class="page-head">
                <div>
                    <div class="head-line">
                        {heading(title)}
                        <span class="badge">
                            {grouped(total)}
                            <span class="sr-only">" licences"</span>
                        </span>
                    </div>
                    {place}
                    <p class="page-about muted">
                        "Licences of which nine tenths or more are consumed, as the latest sync of \
                         each customer has read them from Webex."
                    </p>
                </div>
            </div>
            {body}
            {more}
        </div>
    };
    Ok((title.to_owned(), view.into_any()))
}

fn nothing() -> AnyView {
    view! {
        <div class="empty">
            <Icon name=IconName::Succeeded/>
            <h2>"No licence is near full"</h2>
            <p class="muted">"Of what was synced from Webex here, a tenth or more is free."</p>
        </div>
    }
    .into_any()
}

fn row(visit: &Visit<'_>, pkid: &str, licence: &Licence) -> AnyView {
    let to = |view| at_node(&WebexPath::new(pkid, view).href(), visit.node());
    let state = licence.total().zip(licence.level());
    view! {
        <tr id=format!("licence-{}", licence.pkid)>
            <th scope="row">
                <a href=to(WebexView::Licences)>{licence.name.clone()}</a>
                {belongs_to(licence)}
            </th>
            <td><a href=to(WebexView::Connection)>{licence.spark_customer.clone()}</a></td>
            <td class="wide-only">{bar(licence)}</td>
            <td class="cell-number">{licence.total().map(gauge::quantity)}</td>
            <td class="cell-number">{grouped(licence.consumed())}</td>
            <td>{state.map(|(total, level)| gauge::state(total, level))}</td>
        </tr>
    }
    .into_any()
}
