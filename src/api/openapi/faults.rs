//! Refusals of both surfaces: their shapes, and an answer for each status.

use serde_json::{Map, Value, json};

use super::call::{Faults, component, schema};

/// Status, and what it means.
const STATUSES: [(u16, &str); 15] = [
    (400, "Something of what was sent is wrong; `errors` says what and where."),
    (401, "No credentials that hold."),
    (403, "The caller is known and may not do this, or a cookie's write has no `X-CSRFToken`."),
    (404, "Unknown, or not visible from the caller's node."),
    (405, "Not offered."),
    (
        409,
        "What is stored stands against it: a key that is taken, a node that isn't empty, another number of matches, a transaction that has ended.",
    ),
    (412, "`If-Match` names another version than the stored one."),
    (413, "The body is too large."),
    (415, "The body is of a type that the call doesn't take."),
    (416, "The body is neither empty nor a JSON object."),
    (429, "Too much of it in a short time; `Retry-After` says when it is heard again."),
    (500, "A failure of the program; nothing was changed."),
    (502, "Webex refused, or can't be reached."),
    (503, "The program can't do it for now, or it took too long."),
    (504, "Webex didn't answer in time."),
];

/// The answers, by their names among the components.
pub fn responses() -> Map<String, Value> {
    let mut all = Map::new();
    for faults in [Faults::Model, Faults::Provisioning] {
        for (status, description) in STATUSES {
            all.insert(faults.name(status), response(faults, status, description));
        }
    }
    all
}

fn response(faults: Faults, status: u16, description: &str) -> Value {
    let shape = match faults {
        Faults::Model => "Fault",
        Faults::Provisioning => "Errors",
    };
    let mut response = json!({
        "description": description,
        "headers": { "X-Request-Id": component("headers", "RequestId") },
        "content": { "application/json": { "schema": schema(shape) } },
    });
    match status {
        401 => response["headers"]["WWW-Authenticate"] = component("headers", "Challenge"),
        429 => response["headers"]["Retry-After"] = component("headers", "RetryAfter"),
        _ => {}
    }
    response
}

/// Their shapes.
pub fn schemas() -> Value {
    json!({
        "Fault": {
            "title": "Refusal",
            "description": "Every refusal of the model API.",
            "type": "object",
            "required": ["success", "http_code", "code", "message", "errors"],
            "properties": {
                "success": { "const": false },
                "http_code": { "type": "integer", "description": "The status of the answer." },
                "code": { "type": "string", "description": "For programs, such as `validation` or `not_found`." },
                "message": { "type": "string", "description": "For people: what is wrong, and the way out." },
                "errors": { "type": "array", "items": schema("FieldError") },
                "transaction_id": {
                    "type": "string",
                    "description": "The transaction that failed by it, where one was begun.",
                },
                "error": {
                    "type": "string",
                    "description": "At the log-in for tokens: the message again.",
                },
            },
            "additionalProperties": false,
        },
        "FieldError": {
            "title": "One thing that is wrong",
            "type": "object",
            "required": ["field", "code", "message"],
            "properties": {
                "field": {
                    "type": "string",
                    "description": "A JSON Pointer into the body (`/name`), or the name of a parameter (`hierarchy`).",
                },
                "code": { "type": "string", "description": "For programs, such as `required` or `taken`." },
                "message": { "type": "string" },
            },
            "additionalProperties": false,
        },
        "Errors": {
            "title": "Refusal",
            "description": "Every refusal of the provisioning API.",
            "type": "object",
            "required": ["errors"],
            "properties": { "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["code", "error_code", "message"],
                    "properties": {
                        "code": { "type": "integer", "minimum": 1, "maximum": 12 },
                        "error_code": { "enum": [
                            "INTERNAL_ERROR", "INVALID_PARAMETERS", "JSON_SCHEMA_VALIDATION",
                            "UNAUTHENTICATED", "FORBIDDEN", "METHOD_NOT_ALLOWED", "BODY_TOO_LARGE",
                            "NOT_FOUND_AT_NE", "BODY_NOT_AN_OBJECT", "UNSUPPORTED_MEDIA_TYPE",
                            "UNAVAILABLE", "TOO_MANY_REQUESTS",
                        ] },
                        "message": { "type": "string" },
                        "details": {
                            "type": "object",
                            "properties": { "field": {
                                "type": "string",
                                "description": "A JSON Pointer into the body, or the name of a criterion.",
                            } },
                        },
                    },
                    "additionalProperties": false,
                },
            } },
            "additionalProperties": false,
        },
    })
}
