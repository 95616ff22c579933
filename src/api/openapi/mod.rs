//! The description of the interface, OpenAPI 3.1, made from the router's own list of routes and from
//! the models. Each part has a file: what calls there are, what they take, what they answer.

mod account;
mod call;
mod envelopes;
mod faults;
mod models;
mod parameters;
mod provisioning;
mod shapes;
mod tools;

use std::sync::{Arc, OnceLock};

use axum::{
    body::Bytes,
    extract::{Extension, Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use models::Known;
use serde_json::{Map, Value, json};

use super::{
    caller::cookie,
    pages::Console,
    protection,
    routes::{self, Route, Surface},
    v1,
};
use crate::{
    domain::App,
    fault::Fault,
    ui::{self, theme},
};

const TITLE: &str = "Tenantry";

/// The description, made when it is first asked for: neither models nor routes change later.
#[derive(Clone, Default)]
pub struct Description(Arc<OnceLock<Made>>);

struct Made {
    document: Value,
    /// As it is sent.
    text: Bytes,
}

impl Description {
    fn made(&self, app: &App) -> &Made {
        self.0.get_or_init(|| {
            let document = document(app);
            let text = document.to_string().into();
            Made { document, text }
        })
    }
}

/// `GET /api/openapi.json`
pub async fn json(
    State(app): State<App>,
    Extension(description): Extension<Description>,
) -> Response {
    let text = description.made(&app).text.clone();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}

/// `GET /api/docs`: the same for people.
pub async fn overview(
    State(app): State<App>,
    Extension(description): Extension<Description>,
    Extension(console): Extension<Console>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    page(&app, &description, &console, &headers, None)
}

/// `GET /api/docs/{section}`
pub async fn section(
    State(app): State<App>,
    Extension(description): Extension<Description>,
    Extension(console): Extension<Console>,
    Path(section): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    page(&app, &description, &console, &headers, Some(&section))
}

/// In the theme of the reader's console.
fn page(
    app: &App,
    description: &Description,
    console: &Console,
    headers: &HeaderMap,
    section: Option<&str>,
) -> Result<Response, Fault> {
    let page = ui::reference(&description.made(app).document, section).ok_or_else(|| {
        Fault::not_found("The description has no such section; /api/docs has all.")
    })?;
    let theme = theme::known_theme(cookie(headers, theme::THEME).as_deref());
    let page = Html(ui::document(&console.assets, theme, page));
    Ok((protection::of_document(), page).into_response())
}

/// The whole description.
pub fn document(app: &App) -> Value {
    let mut paths = Map::new();
    let mut tags: Vec<String> = Vec::new();
    for route in routes::all(app) {
        let Some((tag, operation)) = operation(app, &route) else { continue };
        if !tags.contains(&tag) {
            tags.push(tag);
        }
        let method = route.method.as_str().to_lowercase();
        paths.entry(route.path).or_insert_with(|| json!({}))[method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Paths work with and without a trailing slash. Bodies are JSON objects \
                that name each member once, at most 1 MB. Where a placeholder of a path holds a \
                slash it is `%2F`.",
        },
        "servers": [{ "url": app.settings.public_url }],
        "security": [{ "basic": [] }, { "bearer": [] }, { "session": [] }],
        "tags": tags.iter().map(|tag| tag_of(app, tag)).collect::<Vec<_>>(),
        "paths": paths,
        "components": components(app),
    })
}

/// Whether a route is one that programs call, and so has to be described.
pub fn is_described(route: &Route) -> bool {
    route.offered && route.surface != Surface::Console
}

/// The operation of a route, and the heading it stands under. `None` for what isn't offered, and for
/// what nobody has described, which a test finds.
fn operation(app: &App, route: &Route) -> Option<(String, Value)> {
    if !is_described(route) {
        return None;
    }
    let method = route.method.as_str();
    let (tag, call) = if let Some(model_type) = &route.model_type {
        let model = app.models.get(model_type)?;
        let rest = route.path.strip_prefix(&format!("/api/{model_type}"))?;
        let Known::Call(call) = models::call(&model, method, rest) else { return None };
        (model_type.clone(), *call)
    } else if let Some(rest) =
        route.path.strip_prefix(v1::BASE).filter(|_| route.surface == Surface::Provisioning)
    {
        ("Provisioning".to_owned(), provisioning::call(method, rest)?)
    } else if let Some(rest) =
        route.path.strip_prefix("/api/v01/auth").filter(|_| route.surface == Surface::Account)
    {
        ("Account".to_owned(), account::call(method, rest)?)
    } else {
        let (tag, call) = tools::call(method, &route.path)?;
        (tag.to_owned(), call)
    };
    let operation = call.finish(method, &route.path, &tag);
    Some((tag, operation))
}

/// Routes of the API that nothing is said about; there should be none.
pub fn undescribed(app: &App) -> Vec<Route> {
    let is_left_out = |route: &Route| {
        let Some(model) = route.model_type.as_ref().and_then(|name| app.models.get(name)) else {
            return false;
        };
        let rest = route.path.strip_prefix(&format!("/api/{}", model.model_type));
        rest.is_some_and(|rest| {
            matches!(models::call(&model, route.method.as_str(), rest), Known::NotOffered)
        })
    };
    routes::all(app)
        .into_iter()
        .filter(|route| {
            is_described(route) && !is_left_out(route) && operation(app, route).is_none()
        })
        .collect()
}

fn tag_of(app: &App, tag: &str) -> Value {
    match app.models.get(tag) {
        Some(model) => json!({ "name": tag, "description": model.description }),
        None => json!({ "name": tag, "description": about(tag) }),
    }
}

/// What the headings that are no model are about.
fn about(tag: &str) -> &'static str {
    match tag {
        "Health" => "How the program is, and this description.",
        "Log-in" => "Tokens and cookies for a password, and their end.",
        "Account" => "The caller's own password, second factor, sessions and API tokens.",
        "Tools" => "Moving instances and loading files of them.",
        "Provisioning" => {
            "Limits and packs of tenants and sites, and what users are given of them."
        }
        _ => "",
    }
}

fn components(app: &App) -> Value {
    let mut schemas = Map::new();
    for part in [faults::schemas(), envelopes::schemas(), provisioning::schemas()] {
        if let Value::Object(part) = part {
            schemas.extend(part);
        }
    }
    for model in app.models.iter() {
        schemas.insert(shapes::name(model), shapes::sent(model));
        schemas.insert(shapes::name_read(model), shapes::answered(model));
    }
    json!({
        "schemas": schemas,
        "parameters": parameters::parameters(),
        "headers": parameters::headers(),
        "responses": faults::responses(),
        "securitySchemes": {
            "basic": { "type": "http", "scheme": "basic" },
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token of `/api/v01/auth/login`.",
            },
            "session": { "type": "apiKey", "in": "cookie", "name": "sessionid" },
            "csrf": {
                "type": "apiKey",
                "in": "header",
                "name": "X-CSRFToken",
                "description": "The value of the cookie `csrftoken`, with every write by cookie.",
            },
        },
    })
}
