//! The calls of a section: a table that leads to each, and each with what it takes and answers.

use leptos::prelude::*;
use serde_json::Value;

use super::{resolved, shapes, text, told};
use crate::ui::components::table;

/// Method, path and operation of each call that stands under a heading.
pub fn of_tag<'a>(
    description: &'a Value,
    tag: &'a str,
) -> impl Iterator<Item = (String, &'a str, &'a Value)> {
    let paths = description["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, operations)| {
            let operations = operations.as_object().into_iter().flatten();
            operations
                .map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
        .filter(move |(_, _, operation)| operation["tags"][0] == tag)
}

pub fn calls(description: &Value, tag: &Value) -> AnyView {
    let all: Vec<_> = of_tag(description, text(tag, "name")).collect();
    let rows = all
        .iter()
        .map(|(method, path, operation)| {
            let href = format!("#{}", text(operation, "operationId"));
            view! {
                <tr>
                    <th scope="row"><a href=href>{text(operation, "summary").to_owned()}</a></th>
                    <td><code>{method.clone()}</code></td>
                    <td><code>{path.to_string()}</code></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let each: Vec<AnyView> = all
        .iter()
        .map(|(method, path, operation)| call(description, method, path, operation))
        .collect();
    view! {
        <p>{told(tag)}</p>
        {table("Calls", "", &["Task", "Method", "Path"], rows)}
        {each}
    }
    .into_any()
}

fn call(description: &Value, method: &str, path: &str, operation: &Value) -> AnyView {
    let summary = text(operation, "summary").to_owned();
    let more = (!text(operation, "description").is_empty()).then(|| told(operation));
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    view! {
        <section class="api-call stack" aria-labelledby=text(operation, "operationId").to_owned()>
            <h2 id=text(operation, "operationId").to_owned()>{summary.clone()}</h2>
            <p><code>{format!("{method} {path}")}</code></p>
            {more.map(|more| view! { <p>{more}</p> })}
            {open.then(|| view! { <p>"Without a log-in."</p> })}
            {parameters(description, operation, &summary)}
            {body(operation, &summary)}
            {answers(description, operation, &summary)}
        </section>
    }
    .into_any()
}

fn parameters(description: &Value, operation: &Value, summary: &str) -> Option<AnyView> {
    let all = operation["parameters"].as_array()?;
    let rows = all
        .iter()
        .map(|parameter| {
            let parameter = resolved(description, parameter);
            let place = match text(parameter, "in") {
                "path" => "path",
                "header" => "header",
                _ => "query",
            };
            let required = (parameter["required"] == true).then_some(", required");
            view! {
                <tr>
                    <th scope="row"><code>{text(parameter, "name").to_owned()}</code></th>
                    <td>{place} {required}</td>
                    <td>{shapes::kind(&parameter["schema"])}</td>
                    <td>{told(parameter)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let label = format!("Parameters: {summary}");
    Some(table(label, "", &["Parameter", "Where", "Type", "Meaning"], rows))
}

fn body(operation: &Value, summary: &str) -> Option<AnyView> {
    let body = operation.get("requestBody")?;
    let (kind, content) = body["content"].as_object()?.iter().next()?;
    let required = if body["required"] == true { "" } else { ", which may be left out" };
    let schema = &content["schema"];
    let shape = match shapes::name(schema) {
        Some(name) => view! { <p>"Of the shape " {shapes::link(name)} "."</p> }.into_any(),
        None => shapes::members(schema, format!("Body: {summary}")),
    };
    Some(
        view! {
            <h3>"Body"</h3>
            <p><code>{kind.clone()}</code>{required}"."</p>
            {shape}
        }
        .into_any(),
    )
}

fn answers(description: &Value, operation: &Value, summary: &str) -> AnyView {
    let all = operation["responses"].as_object();
    let rows = all
        .into_iter()
        .flatten()
        .map(|(status, answer)| {
            let answer = resolved(description, answer);
            let content = answer["content"].as_object();
            let kinds: Vec<AnyView> = content
                .into_iter()
                .flatten()
                .map(|(kind, content)| {
                    let shape = shapes::told(&content["schema"]);
                    view! { <li><code>{kind.clone()}</code> " " {shape}</li> }.into_any()
                })
                .collect();
            let kinds =
                (!kinds.is_empty()).then(|| view! { <ul class="help-choices">{kinds}</ul> });
            let headers = answer["headers"].as_object();
            let headers: Vec<&str> =
                headers.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            view! {
                <tr>
                    <th scope="row">{status.clone()}</th>
                    <td>{told(answer)}</td>
                    <td>{kinds}</td>
                    <td>{headers.join(", ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <h3>"Answers"</h3>
        {table(
            format!("Answers: {summary}"),
            "",
            &["Status", "When", "What", "Headers"],
            rows,
        )}
    }
    .into_any()
}
