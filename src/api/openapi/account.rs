//! The calls on one's own account: password, sessions, API tokens.

use serde_json::{Map, Value, json};

use super::call::{Call, Faults};

/// The call at the rest of a path below `/api/v01/auth`.
pub fn call(method: &str, rest: &str) -> Option<Call> {
    let read = |text: &str| Call::read(text, Faults::Model);
    let write = |text: &str| Call::write(text, Faults::Model);
    Some(match (method, rest) {
        ("POST", "/password") => write("Change one's password")
            .told("All other sessions of the account end.")
            .body(json!({
                "type": "object",
                "required": ["old_password", "new_password"],
                "properties": { "old_password": secret(), "new_password": secret() },
                "additionalProperties": false,
            }))
            .answers(200, "It is changed.", success()),
        ("GET", "/sessions") => read("One's sessions").answers(200, "Those that hold.", sessions()),
        ("DELETE", "/sessions") => write("End one's other sessions")
            .told("All but the one that the call is made with.")
            .answers(200, "They have ended.", success()),
        ("DELETE", "/sessions/{id}") => {
            write("End a session of one's own").answers(200, "It has ended.", success())
        }
        ("GET", "/tokens") => {
            let all = object(&["tokens"], json!({ "tokens": list(token()) }));
            read("One's API tokens").answers(200, "Without the tokens themselves.", all)
        }
        ("POST", "/tokens") => write("Make an API token").body(new_token()).answers(
            201,
            "It has the token, this once.",
            made_token(),
        ),
        ("DELETE", "/tokens/{id}") => {
            write("Revoke an API token").answers(200, "It holds no more.", success())
        }
        _ => return None,
    })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn maybe() -> Value {
    json!({ "type": ["string", "null"] })
}

fn secret() -> Value {
    json!({ "type": "string", "minLength": 1, "writeOnly": true, "format": "password" })
}

pub fn success() -> Value {
    object(&["success"], json!({ "success": { "const": true } }))
}

fn sessions() -> Value {
    let session = object(
        &["id", "kind", "created", "last_used", "expires", "current"],
        json!({
            "id": text(),
            "kind": { "enum": ["browser", "script"] },
            "created": { "type": "string", "format": "date-time" },
            "last_used": { "type": "string", "format": "date-time" },
            "expires": { "type": "string", "format": "date-time" },
            "address": maybe(),
            "user_agent": maybe(),
            "current": { "type": "boolean" },
        }),
    );
    object(&["sessions"], json!({ "sessions": list(session) }))
}

fn token() -> Value {
    object(&TOKEN, members())
}

const TOKEN: [&str; 7] = ["id", "name", "scope", "created", "expires", "expired", "last_used"];

fn scope() -> Value {
    json!({ "enum": ["everything", "read_only"] })
}

fn members() -> Value {
    let mut members = Map::new();
    for name in ["id", "name"] {
        members.insert(name.to_owned(), text());
    }
    members.insert("scope".to_owned(), scope());
    for name in ["created", "expires"] {
        members.insert(name.to_owned(), json!({ "type": "string", "format": "date-time" }));
    }
    members.insert("expired".to_owned(), json!({ "type": "boolean" }));
    for name in ["access_profile", "last_used"] {
        members.insert(name.to_owned(), maybe());
    }
    members.into()
}

fn made_token() -> Value {
    let mut members = members();
    members["token"] = text();
    let mut required = TOKEN.to_vec();
    required.push("token");
    object(&required, members)
}

fn new_token() -> Value {
    json!({
        "type": "object",
        "required": ["name", "scope"],
        "properties": {
            "name": { "type": "string", "minLength": 1 },
            "scope": scope(),
            "access_profile": maybe(),
            "expires": maybe(),
        },
        "additionalProperties": false,
    })
}
