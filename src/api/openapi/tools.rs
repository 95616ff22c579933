//! The calls beside the models: moves, exports' options, transactions, log-in, health.

use serde_json::{Value, json};

use super::{
    account::success,
    call::{Call, Faults, schema},
};
use crate::domain::transfer::file;

/// The call at a path that belongs to no model, and the heading it stands under.
#[expect(clippy::too_many_lines, reason = "a table of calls")]
pub fn call(method: &str, path: &str) -> Option<(&'static str, Call)> {
    const TRANSACTIONS: &str = "tool/Transaction";
    const TOOLS: &str = "Tools";
    const LOG_IN: &str = "Log-in";
    const HEALTH: &str = "Health";
    let read = |text: &str| Call::read(text, Faults::Model);
    let write = |text: &str| Call::write(text, Faults::Model);
    Some(match (method, path) {
        ("GET", "/healthz") => (HEALTH, plain("Whether the program runs", "It runs.")),
        ("GET", "/readyz") => (
            HEALTH,
            plain("Whether the program can serve", "It can.").answers_as(
                503,
                "It can't for now; the text says why.",
                "text/plain",
                json!({ "type": "string" }),
            ),
        ),
        ("GET", "/metrics") => (
            HEALTH,
            Call::open("Figures for Prometheus")
                .told("For the machine itself, or with the token that is set for it as bearer.")
                .refuses(&[401, 403])
                .answers_as(
                    200,
                    "The figures, in their text form.",
                    "application/openmetrics-text",
                    json!({ "type": "string" }),
                ),
        ),
        ("GET", "/api/openapi.json") => (
            HEALTH,
            Call::open("This description").answers(
                200,
                "OpenAPI 3.1.",
                json!({ "type": "object" }),
            ),
        ),
        ("GET", "/api/docs") => (HEALTH, page("This description as a page for people")),
        ("GET", "/api/docs/{section}") => {
            (HEALTH, page("A section of this description as a page for people"))
        }
        ("POST", "/noninteractivelogin") => (
            LOG_IN,
            credentials("Log in with a cookie")
                .answers(200, "The session has begun.", logged_in())
                .with_header(200, "Set-Cookie", "SetCookie")
                .with_header(200, "X-CSRFToken", "CsrfToken"),
        ),
        ("POST", "/api/v01/auth/login") => (
            LOG_IN,
            credentials("Log in with tokens").answers(
                200,
                "An access token for an hour, and a refresh token for new ones.",
                tokens(&["access_token", "refresh_token"]),
            ),
        ),
        ("GET", "/api/v01/auth/access_token") => (
            LOG_IN,
            read("A new access token").told("With the refresh token as bearer.").answers(
                200,
                "It holds for an hour.",
                tokens(&["access_token"]),
            ),
        ),
        ("POST", "/api/v01/auth/logout") => (
            LOG_IN,
            write("Log out")
                .told("Ends the log-in of the bearer token, or of the session cookie.")
                .answers(200, "It has ended.", success()),
        ),
        ("GET", "/api/tool/DataMove") => (
            TOOLS,
            read("What a move asks for").takes(&["hierarchy"]).answers(
                200,
                "The parameters of a move.",
                schema("Form"),
            ),
        ),
        ("POST", "/api/tool/DataMove") => (
            TOOLS,
            moving(write("Move several")).body(schema("Selection")).answers(
                200,
                "What became of each.",
                schema("BulkOutcome"),
            ),
        ),
        ("POST", "/api/tool/DataMove/{pkid}") => (
            TOOLS,
            moving(write("Move one"))
                .optional_body(schema("MaybeSelection"))
                .answers(200, "It is moved.", schema("Written"))
                .with_header(200, "ETag", "ETag"),
        ),
        ("GET", "/api/view/ExportData/add") => (
            TOOLS,
            read("What an export asks for").takes(&["hierarchy"]).answers(
                200,
                "The options of an export.",
                schema("Form"),
            ),
        ),
        ("GET", "/api/tool/Transaction/{pkid}/poll") => (
            TRANSACTIONS,
            read("How a transaction stands").answers(200, "Its state.", schema("Poll")),
        ),
        ("GET", "/api/tool/Transaction/{pkid}/events") => (
            TRANSACTIONS,
            read("News of a transaction")
                .told(
                    "Server-sent events: how it stands, then each change, as `Event`; the stream \
                     ends with the transaction.",
                )
                .answers_as(200, "The stream.", "text/event-stream", event()),
        ),
        ("POST", "/api/tool/Transaction/{pkid}/cancel") => (
            TRANSACTIONS,
            write("Cancel a transaction").answers(
                200,
                "It is stopped before its next row.",
                schema("Accepted"),
            ),
        ),
        ("POST", "/api/tool/Transaction/{pkid}/replay") => (
            TRANSACTIONS,
            write("Ask for the same again").answers(202, "A new transaction.", schema("Accepted")),
        ),
        ("POST", "/api/tool/Transaction/{pkid}/apply") => (
            TRANSACTIONS,
            write("Load a file that was sent before").takes(&["mode"]).answers(
                202,
                "It is queued.",
                schema("Accepted"),
            ),
        ),
        ("GET", "/api/tool/Transaction/{pkid}/errors.xlsx") => (
            TRANSACTIONS,
            read("The failed rows of a load")
                .answers_as(
                    200,
                    "The file.",
                    file::XLSX,
                    json!({ "type": "string", "format": "binary" }),
                )
                .with_header(200, "Content-Disposition", "Disposition")
                .refuses(&[409]),
        ),
        _ => return None,
    })
}

/// One event of a stream.
fn event() -> Value {
    json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": schema("Event"),
        } },
    })
}

fn plain(summary: &str, description: &str) -> Call {
    let text = json!({ "type": "string" });
    Call::open(summary).answers_as(200, description, "text/plain", text)
}

fn credentials(summary: &str) -> Call {
    let text = json!({ "type": "string", "minLength": 1 });
    let mut password = text.clone();
    password["writeOnly"] = true.into();
    password["format"] = "password".into();
    Call::open(summary).refuses(&[400, 401, 403, 413, 415, 429]).body(json!({
        "type": "object",
        "required": ["username", "password"],
        "properties": {
            "username": text,
            "password": password,
            "totp": { "type": "string", "description": "The code of the second factor, where there is one." },
        },
    }))
}

fn logged_in() -> Value {
    json!({
        "type": "object",
        "required": ["success", "username"],
        "properties": { "success": { "const": true }, "username": { "type": "string" } },
    })
}

fn tokens(names: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn moving(call: Call) -> Call {
    call.takes_own(json!({
        "name": "model_type",
        "in": "query",
        "required": true,
        "description": "The model of the instances, such as `relation/SparkCustomer`.",
        "schema": { "type": "string" },
    }))
    .refuses(&[405])
    .takes(&["context_hierarchy", "hierarchy", "nowait"])
    .answers(202, "It is queued.", schema("Accepted"))
}

/// A page of this description.
fn page(summary: &str) -> Call {
    let text = json!({ "type": "string" });
    Call::open(summary).refuses(&[404]).answers_as(200, "The page.", "text/html", text)
}
