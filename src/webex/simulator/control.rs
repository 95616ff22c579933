//! What the simulator is told from outside: settings and failures, and what it has counted.

use axum::{
    Json,
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Fault, Settings, Simulator, answers::refusal};

/// What can be asked for; each part may be missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    /// In place of all settings; those that are missing have their defaults.
    settings: Option<Settings>,
    /// Beside those that wait already.
    #[serde(default)]
    faults: Vec<Fault>,
    #[serde(default)]
    clear_faults: bool,
    /// UUIDs of organisations whose tokens end.
    #[serde(default)]
    revoke: Vec<String>,
}

/// `POST /control`.
pub(super) async fn change(
    State(simulator): State<Simulator>,
    change: Result<Json<Change>, axum::extract::rejection::JsonRejection>,
) -> Response {
    let change = match change {
        Ok(Json(change)) => change,
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error.body_text()),
    };
    if let Some(settings) = change.settings {
        simulator.set(|kept| *kept = settings);
    }
    if change.clear_faults {
        simulator.heal();
    }
    for fault in change.faults {
        simulator.fail(fault);
    }
    for organization in change.revoke {
        simulator.revoke(&organization);
    }
    Json(told(&simulator)).into_response()
}

/// `GET /control`.
pub(super) async fn report(State(simulator): State<Simulator>) -> Json<Value> {
    Json(told(&simulator))
}

fn told(simulator: &Simulator) -> Value {
    let most = simulator.most_refreshes_at_once();
    let state = simulator.state();
    let organizations: Vec<Value> = state
        .organizations
        .iter()
        .map(|o| json!({ "uuid": o.uuid, "name": o.name, "admin": o.admin, "people": o.people.len() }))
        .collect();
    json!({
        "simulator": true,
        "settings": state.settings,
        "calls": state.calls,
        "most_refreshes_at_once": most,
        "organizations": organizations,
    })
}

/// Counts calls by their path.
pub(super) async fn count(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    *simulator.state().calls.entry(path).or_default() += 1;
    next.run(request).await
}
