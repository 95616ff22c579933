//! The description of the API as pages for people: an overview, a page for each heading with its
//! calls, and one with the shapes that they share. Drawn from the description alone, so what it
//! says is what they say.

mod calls;
mod shapes;

use leptos::prelude::*;
use serde_json::Value;

use super::{Drawn, html};
use crate::ui::components::table;

/// Where they stand.
pub const PATH: &str = "/api/docs";

/// The page with the shapes.
const SHAPES: &str = "shapes";

/// The page of a section, or the overview. `None` where there is no such section.
pub fn reference(description: &Value, section: Option<&str>) -> Option<Drawn> {
    let (title, body) = match section {
        None => ("The API".to_owned(), overview(description)),
        Some(SHAPES) => ("Shapes".to_owned(), shapes::shapes(description)),
        Some(section) => {
            let tag = tags(description).find(|tag| name_of(tag) == section)?;
            (text(tag, "name").to_owned(), calls::calls(description, tag))
        }
    };
    let up = section.map(|_| view! { " · " <a href=PATH>"The API: all sections"</a> });
    let view = view! {
        <main id="main" class="help-page stack">
            <p><a href="/">"Tenantry"</a> {up}</p>
            <h1>{title.clone()}</h1>
            {body}
        </main>
    };
    Some(Drawn { title, html: html(view.into_any()) })
}

fn overview(description: &Value) -> AnyView {
    let rows = tags(description)
        .map(|tag| {
            let count = calls::of_tag(description, text(tag, "name")).count();
            view! {
                <tr>
                    <th scope="row"><a href=href(tag)>{text(tag, "name").to_owned()}</a></th>
                    <td>{told(tag)}</td>
                    <td class="cell-number">{count}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let info = &description["info"];
    let refusals = ["Fault", "Error"].map(|prefix| refusals(description, prefix));
    let [models, provisioning] = refusals;
    view! {
        <p>{told(info)}</p>
        <p>
            "Version " {text(info, "version").to_owned()} ". For programs the same stands in "
            <a href="/api/openapi.json">"/api/openapi.json"</a> " (OpenAPI)."
        </p>
        <h2 id="sections">"Sections"</h2>
        {table("Sections", "", &["Section", "What it is about", "Calls"], rows)}
        <p><a href=format!("{PATH}/{SHAPES}")>"Shapes of bodies and answers"</a></p>
        <h2 id="callers">"Who calls"</h2>
        <ul>
            <li>"HTTP Basic, on any call."</li>
            <li>
                "A bearer token: " <code>"POST /api/v01/auth/login"</code>
                " answers an access token, and a refresh token for new ones."
            </li>
            <li>
                "A session: " <code>"POST /noninteractivelogin"</code> " sets the cookies "
                <code>"sessionid"</code> " and " <code>"csrftoken"</code>
                "; every write sends the second back in " <code>"X-CSRFToken"</code> "."
            </li>
        </ul>
        <h2 id="refusals">"Refusals"</h2>
        <p>
            "Those of the model API have the shape " {shapes::link("Fault")}
            ", those of the provisioning API " {shapes::link("Errors")} "."
        </p>
        {table("Refusals of the model API", "", &["Status", "When"], models)}
        <h3>"Of the provisioning API"</h3>
        {table("Refusals of the provisioning API", "", &["Status", "When"], provisioning)}
    }
    .into_any()
}

/// The rows of the statuses that calls of one surface refuse with.
fn refusals(description: &Value, prefix: &str) -> Vec<AnyView> {
    let used = description["paths"].to_string();
    let all = description["components"]["responses"].as_object();
    all.into_iter()
        .flatten()
        .filter(|(name, _)| used.contains(&format!("/responses/{name}\"")))
        .filter_map(|(name, answer)| {
            let status = name.strip_prefix(prefix)?.to_owned();
            Some(view! { <tr><th scope="row">{status}</th><td>{told(answer)}</td></tr> }.into_any())
        })
        .collect()
}

fn tags(description: &Value) -> impl Iterator<Item = &Value> {
    description["tags"].as_array().into_iter().flatten()
}

/// A heading as it stands in an address: `data.User`.
fn name_of(tag: &Value) -> String {
    text(tag, "name").replace('/', ".")
}

fn href(tag: &Value) -> String {
    href_of(text(tag, "name"))
}

/// Where the calls of a model, or of another heading, are.
pub fn href_of(name: &str) -> String {
    format!("{PATH}/{}", name.replace('/', "."))
}

/// A text member; empty where it is absent.
fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The description of something, where what stands between backticks is code.
fn told(value: &Value) -> AnyView {
    let parts = text(value, "description").split('`').enumerate();
    let parts: Vec<AnyView> = parts
        .map(|(number, part)| {
            let part = part.to_owned();
            if number % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
        })
        .collect();
    parts.into_any()
}

/// What a value refers to, or itself.
fn resolved<'a>(description: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    reference
        .and_then(|reference| description.pointer(reference.strip_prefix('#')?))
        .unwrap_or(value)
}
