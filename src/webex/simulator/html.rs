//! The simulator's pages. Each says what it is.

use axum::{http::HeaderValue, response::Html};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::{Organization, Simulator, login::Asked};

/// Plain, so that nobody takes it for Webex or for the product.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0}\
    main{max-width:40rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}\
    .what{border:2px dashed;padding:.5rem .75rem}\
    form{border:1px solid GrayText;border-radius:6px;padding:0 1rem;margin:.75rem 0}\
    input,select,button{font:inherit;max-width:100%;padding:.25rem .5rem;min-height:2rem}";

/// What browsers let these pages do: their style, told by its sum, and forms. Those end where the
/// integration wants its browsers back, which may be anywhere.
pub(super) fn policy() -> Option<HeaderValue> {
    let sum = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{sum}'; img-src data:; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// The log-in page: one chooses who one is; passwords are not asked for.
pub(super) fn log_in(simulator: &Simulator, asked: &Asked, error: Option<&str>) -> Html<String> {
    let administrators: Vec<(String, String)> = {
        let state = simulator.state();
        state.organizations.iter().map(|o| (o.admin.clone(), o.name.clone())).collect()
    };
    let options: String = administrators
        .iter()
        .map(|(email, name)| {
            let chosen = if *email == asked.login_hint { " selected" } else { "" };
            format!(
                "<option value=\"{}\"{chosen}>{} ({})</option>",
                escaped(email),
                escaped(email),
                escaped(name)
            )
        })
        .collect();
    let error = error.map_or_else(String::new, |text| {
        format!("<p role=\"alert\"><strong>{}</strong></p>", escaped(text))
    });
    page(
        "Log in",
        &format!(
            "{error}<form method=\"post\">{}<p><label for=\"email\">Administrator</label><br>\
             <select id=\"email\" name=\"email\">{options}</select></p>\
             <p>No password is needed here.</p>\
             <p><button name=\"decision\" value=\"log_in\">Log in</button></p></form>",
            carried(asked)
        ),
    )
}

/// The consent page.
pub(super) fn consent(organization: &Organization, asked: &Asked) -> Html<String> {
    let scopes: String = asked
        .scope
        .split_whitespace()
        .map(|scope| format!("<li><code>{}</code></li>", escaped(scope)))
        .collect();
    page(
        "Give access",
        &format!(
            "<p>Tenantry asks for access to the organization <strong>{}</strong>:</p>\
             <ul>{scopes}</ul><form method=\"post\">{}\
             <input type=\"hidden\" name=\"email\" value=\"{}\">\
             <p><button name=\"decision\" value=\"accept\">Accept</button> \
             <button name=\"decision\" value=\"decline\">Decline</button></p></form>",
            escaped(&organization.name),
            carried(asked),
            escaped(&organization.admin)
        ),
    )
}

/// A link that can't be followed.
pub(super) fn refused(reason: &str) -> Html<String> {
    page("This link can't be followed", &format!("<p>{}</p>", escaped(reason)))
}

pub(super) fn page(title: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"data:,\">\
         <title>{title} · Webex simulator</title><style>{STYLE}</style></head><body><main>\
         <p class=\"what\"><strong>This is a simulator, not Webex.</strong> It is part of \
         Tenantry's demonstration; nothing here leaves this program.</p>\
         <h1>{title}</h1>{body}</main></body></html>"
    ))
}

fn carried(asked: &Asked) -> String {
    [
        ("response_type", &asked.response_type),
        ("client_id", &asked.client_id),
        ("redirect_uri", &asked.redirect_uri),
        ("scope", &asked.scope),
        ("state", &asked.state),
        ("code_challenge", &asked.code_challenge),
        ("code_challenge_method", &asked.code_challenge_method),
        ("login_hint", &asked.login_hint),
    ]
    .iter()
    .map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value))
    })
    .collect()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
