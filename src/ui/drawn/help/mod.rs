//! The help page of a model: what it is, its fields, and its calls with examples to copy. It stands
//! below `/api`, so it is a document of its own, in the console's look.

mod calls;
mod fields;

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{Drawn, calls::to_send, code::code_block, html, reference};
use crate::{
    domain::{App, samples},
    model::Model,
    store::Node,
    ui::routes::{at_node, list_href},
};

/// Where the help of a model stands, with examples for a node.
pub fn href(model_type: &str, node: Option<&str>) -> String {
    at_node(&format!("/api/{model_type}/help"), node)
}

/// What the page is drawn for.
pub struct Help<'a> {
    pub app: &'a App,
    pub model: &'a Model,
    /// The node that the examples are for.
    pub place: &'a Node,
    /// The instance that they are for: its pkid and attributes, secrets masked.
    pub instance: Option<(&'a str, &'a Map<String, Value>)>,
}

/// The page's title, and what stands in its `<body>`.
pub fn help(help: &Help) -> Drawn {
    let Help { app, model, place, instance } = *help;
    let pkid = instance.map(|(pkid, _)| pkid);
    let title = model.title_plural.clone();
    let places = if model.allowed_at.is_empty() {
        "at any node".to_owned()
    } else {
        let types: Vec<&str> = model.allowed_at.iter().map(|t| t.as_str()).collect();
        format!("at {} nodes", types.join(", "))
    };
    let sample = samples::instance(&app.models, model);
    let modified = instance.map_or_else(|| sample.clone(), |(_, data)| to_send(model, data));
    let view = view! {
        <main id="main" class="help-page stack">
            <p>
                <a href="/">"Tenantry"</a> " · "
                <a href=at_node(&list_href(&model.model_type), Some(&place.path))>{title.clone()}</a>
            </p>
            <h1>{title.clone()}</h1>
            <p>{model.description.clone()}</p>
            <p>
                "Model " <code>{model.model_type.clone()}</code> ", schema version "
                {model.schema_version.clone()} ". Instances stand " {places} "."
            </p>
            <h2>"Fields"</h2>
            {fields::fields(model)}
            <h2>"Calls"</h2>
            <p>
                "Paths work with and without their trailing slash. "<code>"hierarchy"</code>
                " is a node's pkid or dot path; without it the caller's own node is meant. Run the \
                examples in a shell; curl asks for the password."
            </p>
            <p>
                "Parameters, bodies and answers of every call: "
                <a href=reference::href_of(&model.model_type)>"the description of the API"</a> "."
            </p>
            {calls::overview(model, pkid)}
            <section class="api-call">
                <h3>"Once, before the others"</h3>
                {code_block(calls::set_up(app, place, pkid), "Once, before the others")}
                <p class="field-help">{format!("NODE is {}.", place.path)}</p>
            </section>
            {calls::examples(model, sample, modified)}
        </main>
    };
    Drawn { title, html: html(view.into_any()) }
}
