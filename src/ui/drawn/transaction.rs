//! The record of one change: how it went, who asked for what, what became of each of its rows, and
//! what it changed. While it runs, the page follows it (`ui::live`).

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    Page, Visit,
    code::code_block,
    diff::diff_table,
    duration::between,
    licences::{is_of_limits, limits},
    list::Address,
    load,
    parts::{heading, refusal},
    rows::{Rows, outcome, rows},
    status::StatusBadge,
    webex::counts_in_words,
};
use crate::{
    domain::{
        shown::TransactionPage,
        transaction_page::{ROWS_SHOWN, transaction_page},
        transactions::{Action, IN_PROGRESS, QUEUED},
        webex::SyncCounts,
    },
    model::Model,
    server_fns::views::Instance,
    ui::{
        components::{
            Icon, IconName, Time, table,
            value::{grouped, not_set},
        },
        live::watch::{BAR, MESSAGE, WORDS, words},
        pages::form::back_link,
        routes::{Deed, ModelPath, TRANSACTION, at_node, detail_href, list_href, one_href},
    },
};

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let shown = Rows {
        failed: visit.value("rows") == Some("failed"),
        // Where the address says nonsense, the first rows are as good as any.
        skip: visit.value("row").and_then(|row| row.parse().ok()).unwrap_or(0) / ROWS_SHOWN
            * ROWS_SHOWN,
    };
    let page = transaction_page(visit.app, visit.caller, pkid, shown.failed, shown.skip).await?;
    let list = Address::read(list_href(TRANSACTION), &visit.search());
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    let data = &page.record.data;
    let model = page.changed_model.as_deref();
    let node = visit.node();
    let many = page.is_of_many();
    let what = model.map_or(text(data, "model_type"), |m| {
        if many { m.title_plural.as_str() } else { m.title.as_str() }
    });
    let title = match text(data, "action") {
        // It says itself what it is about.
        action
            if is_of_limits(action)
                || Action::is_of_webex(action)
                || Action::only_happened(action) =>
        {
            action.to_owned()
        }
        action => format!("{action} {what}"),
    };
    let view = view! {
        <div class="transaction-page">
            {back_link(list.with(|_| {}), &page.model.title_plural)}
            <div class="page-head">
                <div>
                    <div class="head-line">
                        {heading(title.clone())}
                        <StatusBadge status=text(data, "status").to_owned()/>
                    </div>
                    <p id=MESSAGE class="page-sub">{message(data).to_owned()}</p>
                </div>
                {actions(&page, node)}
            </div>
            {refused.map(|fault| refusal(fault, &[]))}
            {running(&page)}
            {load::next(&page, node)}
            {outcome(&page).filter(|_| !is_open(data))}
            {facts(&page.record, model, node, many)}
            {rows(&page, shown, visit.path, node)}
            {changed(data, model)}
            {log(data)}
            {calls(&page)}
        </div>
    };
    Ok((format!("{title} · Transaction"), view.into_any()))
}

/// Whether it waits or runs.
fn is_open(data: &Map<String, Value>) -> bool {
    [QUEUED, IN_PROGRESS].contains(&text(data, "status"))
}

/// What it says of itself; while it runs, its progress says more.
fn message(data: &Map<String, Value>) -> &str {
    if text(data, "status") == IN_PROGRESS { "" } else { text(data, "message") }
}

fn total(data: &Map<String, Value>) -> u64 {
    data.get("progress").and_then(|p| p.get("total")).and_then(Value::as_u64).unwrap_or(0)
}

/// What can be done with it at this moment.
fn actions(page: &TransactionPage, node: Option<&str>) -> AnyView {
    let cancel = page.can_cancel.then(|| {
        view! {
            <form method="post">
                <button class="btn" name="_submit" value="cancel">
                    <Icon name=IconName::Cross/>
                    "Cancel transaction"
                </button>
            </form>
        }
    });
    let replay = page.can_replay.is_ok().then(|| {
        let href = at_node(&one_href(TRANSACTION, &page.record.pkid, Deed::Replay), node);
        view! {
            <a class="btn" href=href>
                <Icon name=IconName::Refresh/>
                "Replay…"
            </a>
        }
    });
    view! { <div class="cluster">{cancel} {replay}</div> }.into_any()
}

/// How far it has come, kept up to date by the browser.
fn running(page: &TransactionPage) -> Option<AnyView> {
    let data = &page.record.data;
    if !is_open(data) {
        return None;
    }
    let progress = data.get("progress");
    let done = progress.and_then(|p| p.get("done")).and_then(Value::as_u64).unwrap_or(0);
    // How far it is isn't known of what has no total.
    let total = total(data);
    let words = words(done, total);
    let value = (total > 0).then(|| done.to_string());
    let events = format!("/api/{TRANSACTION}/{}/events", page.record.pkid);
    Some(
        view! {
            <section class="card run" aria-label="Progress" data-events=events>
                <p class="run-line">
                    <span id=WORDS>{words}</span>
                    <a class="btn nojs" href="">"Refresh"</a>
                </p>
                <progress
                    id=BAR
                    max=total.max(1).to_string()
                    value=value
                    aria-label="Progress"
                ></progress>
            </section>
        }
        .into_any(),
    )
}

/// The API calls about it, ready to copy.
fn calls(page: &TransactionPage) -> AnyView {
    let path = format!("/api/{TRANSACTION}/{}/", page.record.pkid);
    let call = |method: &str, below: &str| {
        format!("curl -u \"$TENANTRY_USER\" -X {method} \"$TENANTRY_URL\"{path}{below}")
    };
    let cancel = page.can_cancel.then(|| code_block(call("POST", "cancel/"), "Cancel"));
    let replay = page.can_replay.is_ok().then(|| code_block(call("POST", "replay/"), "Replay"));
    view! {
        <details class="fold">
            <summary>"API calls"</summary>
            <div class="stack api-calls">
                {code_block(call("GET", ""), "Get, with every row")}
                {code_block(call("GET", "poll/"), "Poll")}
                {cancel}
                {replay}
            </div>
        </details>
    }
    .into_any()
}

/// `node` is the one that is chosen, which every link keeps.
fn facts(instance: &Instance, model: Option<&Model>, node: Option<&str>, many: bool) -> AnyView {
    let data = &instance.data;
    let time = |name: &str| match text(data, name) {
        "" => not_set(),
        at => view! { <Time at=at.to_owned()/> }.into_any(),
    };
    let took = between(text(data, "started"), text(data, "completed"));
    let took = took.map(|words| fact("Took", words.into_any()));
    let parent = match text(data, "parent") {
        "" => None,
        id => Some(fact("Part of", {
            let href = at_node(&detail_href(TRANSACTION, id), node);
            view! { <a href=href>"a larger transaction"</a> }.into_any()
        })),
    };
    let titles = model.map_or(text(data, "model_type"), |m| m.title_plural.as_str()).to_owned();
    let kind = match text(data, "model_type") {
        "" => not_set(),
        model_type => {
            let href = at_node(&list_href(model_type), node);
            view! { <a href=href>{titles}</a> }.into_any()
        }
    };
    view! {
        <dl class="detail-list facts">
            {(!many && !Action::only_happened(text(data, "action")))
                .then(|| fact("Instance", resource(data, model, node)))}
            {fact("Model", kind)}
            {fact("User", text(data, "username").to_owned().into_any())}
            {fact("Node", text(data, "hierarchy").to_owned().into_any())}
            {fact("Submitted", time("submitted"))}
            {fact("Started", time("started"))}
            {fact("Completed", time("completed"))}
            {took}
            {if many { rows_count(data) } else { synced(data) }}
            {(!text(data, "file").is_empty()).then(|| fact("File", text(data, "file").to_owned().into_any()))}
            {mode_words(data).map(|mode| fact("Mode", mode.into_any()))}
            {parent}
            {fact("Transaction", view! { <span class="mono">{instance.pkid.clone()}</span> }.into_any())}
        </dl>
    }
    .into_any()
}

fn fact(title: &'static str, value: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{title}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

/// What was changed, as a link where it should still be there.
fn resource(data: &Map<String, Value>, model: Option<&Model>, node: Option<&str>) -> AnyView {
    let href = text(data, "href");
    if href.is_empty() {
        return not_set();
    }
    let name = ["after", "before"]
        .iter()
        .find_map(|side| data.get(*side)?.get("name")?.as_str())
        // What changed nothing of it hasn't kept its name.
        .or_else(|| {
            model.filter(|_| Action::is_of_webex(text(data, "action"))).map(|m| m.title.as_str())
        })
        .unwrap_or(href)
        .to_owned();
    let gone = text(data, "action").contains("Delete");
    match console_href(href).filter(|_| !gone) {
        Some(to) => view! { <a href=at_node(&to, node)>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// The page of what an API path names.
fn console_href(api: &str) -> Option<String> {
    let path = ModelPath::parse(api.strip_prefix("/api/")?)?;
    path.pkid().is_some().then(|| path.href())
}

/// How a file was loaded.
fn mode_words(data: &Map<String, Value>) -> Option<&'static str> {
    Some(match text(data, "mode") {
        "dry_run" => "Dry run",
        "all_or_nothing" => "All or nothing",
        "row_by_row" => "Row by row",
        _ => return None,
    })
}

/// How many rows a bulk call has.
fn rows_count(data: &Map<String, Value>) -> Option<AnyView> {
    let total = total(data);
    (total > 1).then(|| fact("Rows", grouped(total).into_any()))
}

/// What a sync did to what is stored.
fn synced(data: &Map<String, Value>) -> Option<AnyView> {
    let counts: SyncCounts = serde_json::from_value(data.get("counts")?.clone()).ok()?;
    Some(fact("Result", counts_in_words(&counts).into_any()))
}

fn changed(data: &Map<String, Value>, model: Option<&Model>) -> Option<AnyView> {
    let side = |name: &str| data.get(name).and_then(Value::as_object).cloned();
    let (before, after) = (side("before"), side("after"));
    if before.is_none() && after.is_none() {
        return None;
    }
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    Some(
        view! {
            <section class="form-section">
                <h2>"What changed"</h2>
                {if is_of_limits(text(data, "action")) {
                    limits(&before, &after)
                } else {
                    diff_table(model, &before, &after, "What changed")
                }}
            </section>
        }
        .into_any(),
    )
}

fn log(data: &Map<String, Value>) -> Option<AnyView> {
    let rows = entries(data, "log")?;
    let lines: Vec<AnyView> = rows
        .iter()
        .filter_map(Value::as_object)
        .map(|row| {
            view! {
                <tr>
                    <td><Time at=text(row, "time").to_owned()/></td>
                    <td>{text(row, "level").to_owned()}</td>
                    <td class="log-message">{text(row, "message").to_owned()}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    Some(section("Log", &["Time", "Level", "Message"], lines))
}

fn section(title: &'static str, heads: &[&'static str], lines: Vec<AnyView>) -> AnyView {
    view! {
        <section class="form-section">
            <h2>{title}</h2>
            {table(title, "", heads, lines)}
        </section>
    }
    .into_any()
}

fn entries<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a Vec<Value>> {
    data.get(name).and_then(Value::as_array).filter(|rows| !rows.is_empty())
}

fn text<'a>(data: &'a Map<String, Value>, name: &str) -> &'a str {
    data.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_of_the_api_has_its_page() {
        assert_eq!(
            console_href("/api/relation/SparkCustomer/12ab/").as_deref(),
            Some("/models/relation/SparkCustomer/12ab")
        );
        assert_eq!(console_href("/api/relation/SparkCustomer/"), None);
        assert_eq!(console_href("https://elsewhere/"), None);
    }
}
