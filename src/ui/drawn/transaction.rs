//! The record of one change: how it went, who asked for what, and what it changed.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    Page, Visit, diff::diff_table, duration::between, list::Address, parts::heading,
    status::StatusBadge,
};
use crate::{
    domain::{console, shown::TransactionPage},
    model::Model,
    server_fns::views::Instance,
    ui::{
        components::{
            Time,
            value::{counted, grouped, not_set},
        },
        pages::form::back_link,
        routes::{ModelPath, TRANSACTION, at_node, detail_href, list_href},
    },
};

pub async fn page(visit: &Visit<'_>, pkid: &str) -> Page {
    let page = console::transaction(visit.app, visit.caller, pkid).await?;
    let list = Address::read(list_href(TRANSACTION), &visit.search());
    Ok(transaction(&page, &list))
}

fn transaction(page: &TransactionPage, list: &Address) -> (String, AnyView) {
    let TransactionPage { record, changed_model, .. } = page;
    let model = changed_model.as_deref();
    let node = list.asked.hierarchy.as_deref();
    let data = &record.data;
    let what = model.map_or(text(data, "model_type"), |m| m.title.as_str());
    let title = format!("{} {what}", text(data, "action"));
    let view = view! {
        <div class="transaction-page">
            {back_link(list.with(|_| {}), &page.model.title_plural)}
            <div class="page-head">
                <div>
                    <div class="head-line">
                        {heading(title.clone())}
                        <StatusBadge status=text(data, "status").to_owned()/>
                    </div>
                    <p class="page-sub">{text(data, "message").to_owned()}</p>
                </div>
            </div>
            {facts(record, model, node)}
            {changed(data, model)}
            {sub_transactions(data, node)}
            {log(data)}
        </div>
    };
    (format!("{title} · Transaction"), view.into_any())
}

/// `node` is the one that is chosen, which every link keeps.
fn facts(instance: &Instance, model: Option<&Model>, node: Option<&str>) -> AnyView {
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
            {fact("Instance", resource(data, node))}
            {fact("Model", kind)}
            {fact("User", text(data, "username").to_owned().into_any())}
            {fact("Node", text(data, "hierarchy").to_owned().into_any())}
            {fact("Submitted", time("submitted"))}
            {fact("Started", time("started"))}
            {fact("Completed", time("completed"))}
            {took}
            {progress(data)}
            {counts(data)}
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
fn resource(data: &Map<String, Value>, node: Option<&str>) -> AnyView {
    let href = text(data, "href");
    if href.is_empty() {
        return not_set();
    }
    let name = ["after", "before"]
        .iter()
        .find_map(|side| data.get(*side)?.get("name")?.as_str())
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

fn progress(data: &Map<String, Value>) -> Option<AnyView> {
    let progress = data.get("progress")?;
    let number = |name: &str| progress.get(name).and_then(Value::as_u64);
    let (done, total) = (number("done")?, number("total")?);
    if total < 2 {
        return None;
    }
    let words = format!("{} of {}", grouped(done), counted(total, "step", "steps"));
    Some(fact(
        "Progress",
        view! {
            <progress max=total.to_string() value=done.to_string() aria-label="Progress"></progress>
            " "
            {words}
        }
        .into_any(),
    ))
}

fn counts(data: &Map<String, Value>) -> Option<AnyView> {
    let counts = data.get("counts")?.as_object()?;
    let words: Vec<String> = counts
        .iter()
        .filter_map(|(name, value)| Some(format!("{} {name}", grouped(value.as_u64()?))))
        .collect();
    (!words.is_empty()).then(|| fact("Counts", words.join(", ").into_any()))
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
                {diff_table(model, &before, &after, "What changed")}
            </section>
        }
        .into_any(),
    )
}

fn sub_transactions(data: &Map<String, Value>, node: Option<&str>) -> Option<AnyView> {
    let rows = entries(data, "sub_transactions")?;
    let lines: Vec<AnyView> = rows
        .iter()
        .filter_map(Value::as_object)
        .map(|row| {
            let href = text(row, "href").to_owned();
            let record = match text(row, "transaction_id") {
                "" => None,
                id => {
                    let href = at_node(&detail_href(TRANSACTION, id), node);
                    Some(view! { <a href=href>"Details"</a> })
                }
            };
            view! {
                <tr>
                    <th scope="row" class="mono">{href}</th>
                    <td><StatusBadge status=text(row, "status").to_owned()/></td>
                    <td>{text(row, "message").to_owned()}</td>
                    <td>{record}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let heads = ["Instance", "Status", "Message", "Record"];
    Some(section("Sub-transactions", &heads, lines))
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
    let heads: Vec<AnyView> =
        heads.iter().map(|head| view! { <th scope="col">{*head}</th> }.into_any()).collect();
    view! {
        <section class="form-section">
            <h2>{title}</h2>
            <div class="table-wrap" tabindex="0" role="region" aria-label=title>
                <table class="table">
                    <caption class="sr-only">{title}</caption>
                    <thead>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
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
