//! What the simulator is told from outside, by programs in JSON and by people on a page: settings,
//! failures, tokens that end, people who come and go; and what it has counted.

use axum::{
    Json,
    extract::{Form, FromRequest, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Failure, Fault, Settings, Simulator, answers::refusal, control_page};
use crate::webex::client::ClientCredentials;

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
    /// Organisations that are called otherwise from now on, with all that is in them.
    #[serde(default)]
    renames: Vec<Rename>,
    /// Integrations of other programs, beside Tenantry's own.
    #[serde(default)]
    integrations: Vec<Integration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    /// The UUID.
    organization: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Integration {
    id: String,
    secret: String,
}

/// What a form of the page asks for; `what` says which of them it is.
#[derive(Deserialize)]
#[serde(default)]
struct Asked {
    what: String,
    access_token_seconds: i64,
    refresh_token_seconds: i64,
    scopes: String,
    path: String,
    failure: String,
    times: u64,
    organization: String,
    people: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            what: String::new(),
            access_token_seconds: 0,
            refresh_token_seconds: 0,
            scopes: String::new(),
            path: String::new(),
            failure: String::new(),
            times: 1,
            organization: String::new(),
            people: 1,
        }
    }
}

/// Nobody is hired beyond this number.
const MOST_PEOPLE: usize = 5000;

/// What the page says that it has done.
#[derive(Deserialize)]
pub(super) struct Said {
    done: Option<String>,
}

/// `POST /control`: JSON, or a form of the page.
pub(super) async fn change(State(simulator): State<Simulator>, request: Request) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return match Form::<Asked>::from_request(request, &()).await {
            Ok(Form(asked)) => by_form(&simulator, &asked),
            Err(error) => refusal(StatusCode::BAD_REQUEST, &error.body_text()),
        };
    }
    let change = match Json::<Change>::from_request(request, &()).await {
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
    for Rename { organization, name } in change.renames {
        simulator.change(&organization, |organization| organization.rename(&name));
    }
    for Integration { id, secret } in change.integrations {
        simulator.state().integrations.push(ClientCredentials { id, secret: secret.into() });
    }
    Json(told(&simulator)).into_response()
}

/// Does what a form asks for, and shows the page again with what was done.
fn by_form(simulator: &Simulator, asked: &Asked) -> Response {
    match carry_out(simulator, asked) {
        Ok(done) => {
            let query =
                form_urlencoded::Serializer::new(String::new()).append_pair("done", &done).finish();
            // Below its own path, wherever that is.
            Redirect::to(&format!("?{query}")).into_response()
        }
        Err(wrong) => {
            let page = control_page::page(simulator, None, Some(&wrong));
            (StatusCode::BAD_REQUEST, page).into_response()
        }
    }
}

fn carry_out(simulator: &Simulator, asked: &Asked) -> Result<String, String> {
    let known = || {
        let state = simulator.state();
        let found = state.organizations.iter().find(|o| o.uuid == asked.organization);
        found.map(|o| o.name.clone()).ok_or("Choose an organization of the list.".to_owned())
    };
    match asked.what.as_str() {
        "tokens" => {
            let (access, refresh) = (asked.access_token_seconds, asked.refresh_token_seconds);
            if access < 1 || refresh < 1 {
                return Err("Lifetimes are whole seconds, from 1.".to_owned());
            }
            let scopes = asked.scopes.trim();
            simulator.set(|settings| {
                settings.access_token_seconds = access;
                settings.refresh_token_seconds = refresh;
                settings.granted_scope = (!scopes.is_empty()).then(|| scopes.to_owned());
            });
            Ok("Tokens from now on are as you said.".to_owned())
        }
        "fail" => {
            let failure = failure(&asked.failure).ok_or("Choose a failure of the list.")?;
            let times = asked.times;
            let path = asked.path.clone();
            simulator.fail(Fault { path, after: 0, times, failure });
            Ok(format!("The next {times} of these calls will fail."))
        }
        "heal" => {
            simulator.heal();
            Ok("No call is waiting to fail any more.".to_owned())
        }
        "revoke" => {
            let name = known()?;
            simulator.revoke(&asked.organization);
            Ok(format!("No token of {name} holds any more."))
        }
        "hire" | "dismiss" => {
            let (name, people) = (known()?, asked.people);
            if !(1..=MOST_PEOPLE).contains(&people) {
                return Err(format!("Between 1 and {MOST_PEOPLE} people come or go at a time."));
            }
            simulator.change(&asked.organization, |organization| {
                if asked.what == "hire" {
                    organization.hire(people);
                } else {
                    organization.dismiss(people);
                }
            });
            Ok(format!("{people} people of {name} have come or gone."))
        }
        _ => Err("This form asks for nothing that the simulator knows.".to_owned()),
    }
}

fn failure(name: &str) -> Option<Failure> {
    Some(match name {
        "429" => Failure::Status(429),
        "403" => Failure::Status(403),
        "500" => Failure::Status(500),
        "html" => Failure::Html(502),
        "garbage" => Failure::Garbage,
        "breaks_off" => Failure::BreaksOff,
        "silence" => Failure::Silence,
        _ => return None,
    })
}

/// `GET /control`: the page for browsers, else JSON.
pub(super) async fn report(
    State(simulator): State<Simulator>,
    Query(said): Query<Said>,
    headers: HeaderMap,
) -> Response {
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        return control_page::page(&simulator, said.done.as_deref(), None).into_response();
    }
    Json(told(&simulator)).into_response()
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
