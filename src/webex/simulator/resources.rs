//! Organisations, roles and licences.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Organization, Simulator,
    answers::{not_found, refusal, unauthorized},
    tokens::bearer,
    world::{ROLES, role_id},
};

/// The caller's organisation, if its token holds and has the scope.
pub(super) fn allowed(
    simulator: &Simulator,
    headers: &HeaderMap,
    scope: &str,
) -> Result<Arc<Organization>, Box<Response>> {
    let grant = bearer(simulator, headers).ok_or_else(|| Box::new(unauthorized()))?;
    if !scope.is_empty() && !grant.scope.split(' ').any(|granted| granted == scope) {
        let text = format!("The token lacks the scope {scope}.");
        return Err(Box::new(refusal(StatusCode::FORBIDDEN, &text)));
    }
    let state = simulator.state();
    let found = state.organizations.iter().find(|o| o.uuid == grant.organization).cloned();
    found.ok_or_else(|| Box::new(unauthorized()))
}

#[derive(Deserialize)]
pub(super) struct OfOrganization {
    #[serde(rename = "orgId")]
    organization: Option<String>,
}

fn items(items: Vec<Value>) -> Response {
    Json(json!({ "items": items })).into_response()
}

pub(super) async fn organizations(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
) -> Response {
    match allowed(&simulator, &headers, "spark-admin:organizations_read") {
        Ok(own) => items(vec![own.json()]),
        Err(refusal) => *refusal,
    }
}

pub(super) async fn organization(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match allowed(&simulator, &headers, "spark-admin:organizations_read") {
        Ok(own) if id == own.id() || id.eq_ignore_ascii_case(&own.uuid) => {
            Json(own.json()).into_response()
        }
        Ok(_) => not_found(),
        Err(refusal) => *refusal,
    }
}

fn role_json((key, name): &(&str, &str)) -> Value {
    json!({ "id": role_id(key), "name": name })
}

pub(super) async fn roles(State(simulator): State<Simulator>, headers: HeaderMap) -> Response {
    match allowed(&simulator, &headers, "spark-admin:roles_read") {
        Ok(_) => items(ROLES.iter().map(role_json).collect()),
        Err(refusal) => *refusal,
    }
}

pub(super) async fn role(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = allowed(&simulator, &headers, "spark-admin:roles_read") {
        return *refusal;
    }
    let found = ROLES.iter().find(|(key, _)| role_id(key) == id);
    found.map_or_else(not_found, |role| Json(role_json(role)).into_response())
}

pub(super) async fn licenses(
    State(simulator): State<Simulator>,
    Query(of): Query<OfOrganization>,
    headers: HeaderMap,
) -> Response {
    match allowed(&simulator, &headers, "spark-admin:licenses_read") {
        Ok(own) if of.organization.as_ref().is_none_or(|id| *id == own.id()) => {
            items(own.licenses.iter().map(|license| own.license_json(license)).collect())
        }
        Ok(_) => not_found(),
        Err(refusal) => *refusal,
    }
}

pub(super) async fn license(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match allowed(&simulator, &headers, "spark-admin:licenses_read") {
        Ok(own) => {
            let found = own.licenses.iter().find(|license| own.license_id(license) == id);
            found.map_or_else(not_found, |found| Json(own.license_json(found)).into_response())
        }
        Err(refusal) => *refusal,
    }
}
