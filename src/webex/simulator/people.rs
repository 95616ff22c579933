//! People, page by page.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    Simulator,
    answers::{not_found, refusal},
    resources::allowed,
};

#[derive(Deserialize)]
pub(super) struct Asked {
    max: Option<String>,
    /// The number of the first person of the page.
    after: Option<usize>,
    email: Option<String>,
    #[serde(rename = "displayName")]
    display_name: Option<String>,
    id: Option<String>,
    #[serde(rename = "orgId")]
    organization: Option<String>,
}

const PAGE: usize = 100;

pub(super) async fn list(
    State(simulator): State<Simulator>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let own = match allowed(&simulator, &headers, "spark-admin:people_read") {
        Ok(own) => own,
        Err(refusal) => return *refusal,
    };
    if asked.organization.as_ref().is_some_and(|id| *id != own.id()) {
        return not_found();
    }
    let Ok(max) = asked.max.as_deref().map_or(Ok(PAGE), str::parse::<usize>) else {
        return refusal(StatusCode::BAD_REQUEST, "max must be a number.");
    };
    let settings = simulator.state().settings.clone();
    let max = max.clamp(1, settings.largest_page.max(1));
    let from = asked.after.unwrap_or_default();
    let ids: Option<Vec<&str>> = asked.id.as_deref().map(|ids| ids.split(',').collect());
    let name = asked.display_name.as_ref().map(|name| name.to_lowercase());
    let mut matching = own.people.iter().filter(|person| {
        let full = || format!("{} {}", person.first_name, person.last_name).to_lowercase();
        asked.email.as_ref().is_none_or(|email| person.email.eq_ignore_ascii_case(email))
            && name.as_ref().is_none_or(|name| full().starts_with(name))
            && ids.as_ref().is_none_or(|ids| ids.contains(&person.id().as_str()))
    });
    let page: Vec<Value> = matching
        .by_ref()
        .skip(from)
        .take(max)
        .map(|person| own.person_json(person, settings.specified_shapes))
        .collect();
    let more = matching.next().is_some();
    let mut response = Json(json!({ "notFoundIds": null, "items": page })).into_response();
    if more {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("email", &asked.email), ("displayName", &asked.display_name)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("max", &max.to_string());
        let query = query.finish();
        let base = &simulator.0.base;
        // The parameter without a value is what Webex sends.
        let link = format!("<{base}/people?{query}&before&after={}>; rel=\"next\"", from + max);
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    response
}

/// `me`, or an id.
pub(super) async fn one(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let scope = if id == "me" { "spark:people_read" } else { "spark-admin:people_read" };
    let own = match allowed(&simulator, &headers, scope) {
        Ok(own) => own,
        Err(refusal) => return *refusal,
    };
    let specified = simulator.state().settings.specified_shapes;
    let found = own.people.iter().find(|person| match id.as_str() {
        "me" => person.email == own.admin,
        id => person.id() == id,
    });
    found.map_or_else(not_found, |person| Json(own.person_json(person, specified)).into_response())
}
