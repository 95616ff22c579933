//! Before a transaction is run again: what will be asked for once more.

use leptos::prelude::*;
use serde_json::Value;

use super::{Page, Visit, parts::heading};
use crate::{
    domain::transaction_page::transaction_page,
    ui::{
        components::{
            Icon, IconName, Time,
            value::{counted, grouped},
        },
        pages::form::back_link,
        routes::{TRANSACTION, at_node, detail_href},
    },
};

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let page = transaction_page(visit.app, visit.caller, pkid, false, 0).await?;
    let data = &page.record.data;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let back = at_node(&detail_href(TRANSACTION, pkid), visit.node());
    let titles = page.changed_model.as_ref().map(|m| (m.title.clone(), m.title_plural.clone()));
    let (one, many) = titles.unwrap_or_else(|| (text("model_type"), text("model_type")));
    let total = data.get("progress").and_then(|p| p.get("total")).and_then(Value::as_u64);
    let what = match total {
        Some(total) if page.is_of_many() => counted(total, &one, &many),
        _ => one,
    };
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    let refused = refused.map(|fault| fault.message.clone()).or(page.can_replay.err());
    let form = refused.is_none().then(|| {
        view! {
            <form method="post" class="cluster">
                <button class="btn btn-primary" name="_submit" value="replay">
                    <Icon name=IconName::Refresh/>
                    "Replay"
                </button>
                <a class="btn" href=back.clone()>"Cancel"</a>
            </form>
        }
    });
    let refused = refused.map(|reason| {
        view! {
            <div class="notice is-warning" role="alert">
                <Icon name=IconName::Warning/>
                <p>{reason}</p>
            </div>
            <p><a class="btn" href=back.clone()>"Back"</a></p>
        }
    });
    let title = "Replay this transaction?".to_owned();
    let view = view! {
        <div class="form-page stack">
            <div>
                {back_link(back.clone(), "Transaction")}
                {heading(title.clone())}
            </div>
            <dl class="detail-list">
                <div>
                    <dt>"What"</dt>
                    <dd>{text("action")} " · " {what}</dd>
                </div>
                <div>
                    <dt>"At"</dt>
                    <dd>{text("hierarchy")}</dd>
                </div>
                <div>
                    <dt>"Asked for by"</dt>
                    <dd>{text("username")} ", " <Time at=text("submitted")/></dd>
                </div>
                <div>
                    <dt>"It ended with"</dt>
                    <dd>{text("message")}</dd>
                </div>
            </dl>
            <p>
                "The same is asked for once more, as it was then"
                {(page.rows_failed > 0).then(|| {
                    format!(", not only the {} that failed", grouped(page.rows_failed))
                })}
                ". It becomes a new transaction in your name; this one stays as it is."
            </p>
            {refused}
            {form}
        </div>
    };
    Ok((title, view.into_any()))
}
