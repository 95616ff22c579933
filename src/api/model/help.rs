//! The help page of a model: its fields, its place, and its calls, as HTML.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};

use super::super::{
    caller::ApiCaller,
    hrefs::{ModelIs, Params, Pkid},
};
use crate::{
    domain::{App, resources},
    fault::Fault,
    model::{Kind, Model, Operation, Property},
};

/// `GET /api/<type>/<Model>/help`
pub async fn of_model(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    params: Params,
) -> Result<Response, Fault> {
    resources::offered(&model, Operation::Help)?;
    resources::place(&app, &caller, params.hierarchy()).await?;
    Ok(Html(page(&model, "[pkid]")).into_response())
}

/// `GET /api/<type>/<Model>/[pkid]/help`
pub async fn of_instance(
    State(app): State<App>,
    ApiCaller(caller): ApiCaller,
    ModelIs(model): ModelIs,
    Pkid(pkid): Pkid,
    params: Params,
) -> Result<Response, Fault> {
    resources::offered(&model, Operation::Help)?;
    resources::place(&app, &caller, params.hierarchy()).await?;
    let stored = resources::get(&app, &caller, &model, &pkid).await?;
    Ok(Html(page(&model, &stored.pkid)).into_response())
}

fn page(model: &Model, pkid: &str) -> String {
    let title = escape(&model.title_plural);
    let fields: String = model.root.properties.iter().map(|(name, p)| field(name, p)).collect();
    let calls: String = calls(model, pkid)
        .iter()
        .map(|(task, method, path)| {
            format!(
                "<tr><td>{task}</td><td><code>{method}</code></td><td><code>{}</code></td></tr>\n",
                escape(path)
            )
        })
        .collect();
    let places = if model.allowed_at.is_empty() {
        "at any node".to_owned()
    } else {
        let types: Vec<&str> = model.allowed_at.iter().map(|t| t.as_str()).collect();
        format!("at {} nodes", types.join(" and "))
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Help: {title}</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>{}</p>\n<p>Model <code>{}</code>, schema version {}. Instances stand {places}.</p>\n\
         <h2>Fields</h2>\n<table>\n<thead><tr><th scope=\"col\">Field</th>\
         <th scope=\"col\">Attribute</th><th scope=\"col\">Type</th>\
         <th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n{fields}</tbody>\n</table>\n\
         <h2>Calls</h2>\n<table>\n<thead><tr><th scope=\"col\">Task</th>\
         <th scope=\"col\">Method</th><th scope=\"col\">Path</th></tr></thead>\n\
         <tbody>\n{calls}</tbody>\n</table>\n</main>\n</body>\n</html>\n",
        escape(&model.description),
        escape(&model.model_type),
        escape(&model.schema_version),
    )
}

fn field(name: &str, property: &Property) -> String {
    let mut kind = match property.kind {
        Kind::Any => "any value",
        Kind::String => "text",
        Kind::Integer => "whole number",
        Kind::Number => "number",
        Kind::Boolean => "true or false",
        Kind::Object => "object",
        Kind::Array => "list",
    }
    .to_owned();
    if property.required {
        kind += ", required";
    }
    if property.is_secret() {
        kind += ", secret: never answered";
    }
    if property.readonly {
        kind += ", read only";
    }
    let mut meaning = escape(&property.description);
    if !property.choices.is_empty() {
        let choices: Vec<String> = property.choices.iter().map(|c| escape(&c.value)).collect();
        meaning += &format!(" One of: {}.", choices.join(", "));
    }
    format!(
        "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td>{kind}</td><td>{}</td></tr>\n",
        escape(&property.title),
        escape(name),
        meaning.trim()
    )
}

/// Task, method and path of each call that the model offers.
fn calls(model: &Model, pkid: &str) -> Vec<(&'static str, &'static str, String)> {
    let base = format!("/api/{}", model.model_type);
    let at = "?hierarchy=[hierarchy]";
    [
        (Operation::List, "List", "GET", format!("{base}/{at}")),
        (Operation::Add, "Add form", "GET", format!("{base}/add/{at}")),
        (Operation::Add, "Create", "POST", format!("{base}/{at}")),
        (Operation::Get, "Get", "GET", format!("{base}/{pkid}/")),
        (Operation::Update, "Modify", "PUT", format!("{base}/{pkid}/")),
        (Operation::Remove, "Delete", "DELETE", format!("{base}/{pkid}/")),
        (Operation::Remove, "Bulk delete", "DELETE", format!("{base}/{at}")),
        (Operation::Get, "Schema", "GET", format!("{base}/schema/")),
        (Operation::Help, "This page", "GET", format!("{base}/help")),
    ]
    .into_iter()
    .filter(|(operation, ..)| model.offers(*operation))
    .map(|(_, task, method, path)| (task, method, path))
    .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
