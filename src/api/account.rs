//! One's own account, below `/api/v01/auth`: the password, the sessions and the API tokens of who
//! calls. An API token doesn't come in here.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    auth::unstored,
    body::JsonObject,
    caller::{From, Owner},
    routes::{Routes, Surface},
};
use crate::{
    domain::{
        App,
        accounts::{
            api_tokens::{self, Wanted},
            own_password, sessions,
        },
    },
    fault::{Fault, FieldError},
};

pub fn routes() -> Routes {
    Routes::of(Surface::Account)
        .post("/password", change_password)
        .get("/sessions", list_sessions)
        .delete("/sessions", end_other_sessions)
        .delete("/sessions/{id}", end_session)
        .get("/tokens", list_tokens)
        .post("/tokens", make_token)
        .delete("/tokens/{id}", revoke_token)
        .below("/api/v01/auth")
}

/// `{old_password, new_password}`. All other sessions end.
async fn change_password(
    State(app): State<App>,
    From(client): From,
    owner: Owner,
    JsonObject { object: body, .. }: JsonObject,
) -> Result<Response, Fault> {
    let [old, new] = texts(&body, ["old_password", "new_password"])?.map(Option::unwrap_or_default);
    let missing: Vec<FieldError> = [("/old_password", old), ("/new_password", new)]
        .into_iter()
        .filter(|(_, value)| value.is_empty())
        .map(|(field, _)| required(field))
        .collect();
    if !missing.is_empty() {
        return Err(Fault::invalid(missing));
    }
    own_password::change(&app, &client, &owner.caller, old, new, owner.log_in()).await?;
    Ok(success())
}

async fn list_sessions(State(app): State<App>, owner: Owner) -> Result<Response, Fault> {
    let log_in = owner.standing.log_in();
    let sessions: Vec<Value> = sessions::list(&app, &owner.caller)
        .await?
        .into_iter()
        .map(|row| {
            json!({
                "id": row.family,
                "kind": if row.is_browser { "browser" } else { "script" },
                "created": app.env.text_at(row.created),
                "last_used": app.env.text_at(row.last_used),
                "expires": app.env.text_at(row.expires),
                "address": row.address,
                "user_agent": row.agent,
                "current": log_in == Some(&row.family),
            })
        })
        .collect();
    Ok(Json(json!({ "sessions": sessions })).into_response())
}

/// All but the one that the call is made with.
async fn end_other_sessions(State(app): State<App>, owner: Owner) -> Result<Response, Fault> {
    sessions::end_others(&app, &owner.caller, &owner.standing).await?;
    Ok(success())
}

async fn end_session(
    State(app): State<App>,
    Owner { caller, standing }: Owner,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    sessions::end(&app, &caller, &standing, &id).await?;
    Ok(success())
}

async fn list_tokens(
    State(app): State<App>,
    Owner { caller, .. }: Owner,
) -> Result<Response, Fault> {
    let tokens = api_tokens::list(&app, &caller).await?;
    let tokens: Vec<Value> = tokens.iter().map(|row| api_tokens::answered(&app, row)).collect();
    Ok(Json(json!({ "tokens": tokens })).into_response())
}

/// `{name, scope, expires}`. The answer has the token, this once.
async fn make_token(
    State(app): State<App>,
    Owner { caller, standing }: Owner,
    JsonObject { object: body, .. }: JsonObject,
) -> Result<Response, Fault> {
    let [name, scope, expires] = texts(&body, ["name", "scope", "expires"])?;
    let wanted =
        Wanted { name: name.unwrap_or_default(), scope: scope.unwrap_or_default(), expires };
    let made = api_tokens::make(&app, &caller, &standing, wanted).await?;
    let mut answer = api_tokens::answered(&app, &made.row);
    answer["token"] = json!(secrecy::ExposeSecret::expose_secret(&made.token));
    Ok(unstored((StatusCode::CREATED, Json(answer)).into_response()))
}

async fn revoke_token(
    State(app): State<App>,
    Owner { caller, standing }: Owner,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    api_tokens::revoke(&app, &caller, &standing, &id).await?;
    Ok(success())
}

fn success() -> Response {
    Json(json!({ "success": true })).into_response()
}

fn required(field: &str) -> FieldError {
    let name = field.trim_start_matches('/');
    FieldError::new(field, "required", format!("{name} is required."))
}

/// The members of a body, which are texts where they are there, and the only ones.
fn texts<'b, const N: usize>(
    body: &'b Map<String, Value>,
    names: [&str; N],
) -> Result<[Option<&'b str>; N], Fault> {
    let mut errors = Vec::new();
    for (name, value) in body {
        let field = format!("/{name}");
        if !names.contains(&name.as_str()) {
            let why = format!("{name} isn't known here; {} are.", names.join(", "));
            errors.push(FieldError::new(field, "unknown_field", why));
        } else if !value.is_string() && !value.is_null() {
            errors.push(FieldError::new(field, "wrong_type", format!("{name} is a text.")));
        }
    }
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    Ok(names.map(|name| body.get(name).and_then(Value::as_str)))
}
