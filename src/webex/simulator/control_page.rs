//! The page on which people tell the simulator how to behave.

use axum::response::Html;

use super::{
    Simulator,
    html::{self, escaped},
};

/// Calls that can be made to fail: what their path ends with, and what they are.
const CALLS: [(&str, &str); 6] = [
    ("", "Any call"),
    ("/access_token", "Tokens"),
    ("/people", "People"),
    ("/licenses", "Licences"),
    ("/roles", "Roles"),
    ("/people/me", "Who the administrator is"),
];

const FAILURES: [(&str, &str); 7] = [
    ("429", "Too many requests (429), to be tried again after a second"),
    ("500", "A failure of Webex (500)"),
    ("403", "Not allowed (403)"),
    ("html", "A gateway's page in place of the answer (502)"),
    ("garbage", "An answer that can't be read"),
    ("breaks_off", "An answer that breaks off"),
    ("silence", "No answer"),
];

/// `done` says what was done just now, `wrong` why it wasn't.
pub(super) fn page(simulator: &Simulator, done: Option<&str>, wrong: Option<&str>) -> Html<String> {
    let (settings, organizations, calls, waiting) = {
        let state = simulator.state();
        let organizations: Vec<(String, String, usize)> = state
            .organizations
            .iter()
            .map(|o| (o.uuid.clone(), o.name.clone(), o.people.len()))
            .collect();
        let calls: u64 = state.calls.values().sum();
        (state.settings.clone(), organizations, calls, state.faults.waiting())
    };
    let said = match (done, wrong) {
        (_, Some(wrong)) => format!("<p role=\"alert\"><strong>{}</strong></p>", escaped(wrong)),
        (Some(done), None) => format!("<p role=\"status\"><strong>{}</strong></p>", escaped(done)),
        (None, None) => String::new(),
    };
    let which = options(
        organizations
            .iter()
            .map(|(uuid, name, people)| (uuid.as_str(), format!("{name} ({people} people)"))),
    );
    let of = |id: &str| {
        format!(
            "<p><label for=\"{id}\">Organization</label><br>\
             <select id=\"{id}\" name=\"organization\">{which}</select></p>"
        )
    };
    let number = |id: &str, name: &str, words: &str, value: i64| {
        format!(
            "<p><label for=\"{id}\">{words}</label><br>\
             <input id=\"{id}\" name=\"{name}\" type=\"number\" min=\"1\" value=\"{value}\"></p>"
        )
    };
    let body = format!(
        "{said}<p>It has answered {calls} calls.</p>\
         <h2>Tokens</h2><p>How long tokens live that are handed out from now on, and what they are \
         good for.</p>{}\
         <h2>Failures</h2><p>The next calls of a kind fail. Waiting to fail: {waiting}.</p>{}{}\
         <h2>Revocation</h2><p>Ends every token of an organization, as its administrator would in \
         Control Hub. The customer has to be authorised again.</p>{}\
         <h2>People</h2><p>The next sync of users tells who has come and who has gone.</p>{}",
        form(
            "tokens",
            &format!(
                "{}{}<p><label for=\"scopes\">Scopes granted at most, with spaces between; empty \
                 grants all</label><br><input id=\"scopes\" name=\"scopes\" value=\"{}\"></p>",
                number(
                    "access",
                    "access_token_seconds",
                    "Access token, seconds",
                    settings.access_token_seconds
                ),
                number(
                    "refresh",
                    "refresh_token_seconds",
                    "Refresh token, seconds",
                    settings.refresh_token_seconds
                ),
                escaped(&settings.granted_scope.unwrap_or_default()),
            ),
            &[("tokens", "Hand out such tokens")],
        ),
        form(
            "failures",
            &format!(
                "<p><label for=\"path\">Calls</label><br>\
                 <select id=\"path\" name=\"path\">{}</select></p>\
                 <p><label for=\"failure\">Failure</label><br>\
                 <select id=\"failure\" name=\"failure\">{}</select></p>{}",
                options(CALLS.iter().map(|(value, words)| (*value, (*words).to_owned()))),
                options(FAILURES.iter().map(|(value, words)| (*value, (*words).to_owned()))),
                number("times", "times", "How many", 1),
            ),
            &[("fail", "Let them fail")],
        ),
        form("healing", "", &[("heal", "Let no call fail any more")]),
        form("revocation", &of("revoked"), &[("revoke", "Revoke its tokens")]),
        form(
            "people",
            &format!("{}{}", of("staffed"), number("number", "people", "How many", 3)),
            &[("hire", "Let people come"), ("dismiss", "Let people go")],
        ),
    );
    html::page("What the simulator does", &body)
}

fn form(id: &str, fields: &str, buttons: &[(&str, &str)]) -> String {
    let buttons: String = buttons
        .iter()
        .map(|(value, words)| format!("<button name=\"what\" value=\"{value}\">{words}</button> "))
        .collect();
    format!("<form id=\"{id}\" method=\"post\">{fields}<p>{buttons}</p></form>")
}

fn options<'a>(options: impl Iterator<Item = (&'a str, String)>) -> String {
    options
        .map(|(value, words)| {
            format!("<option value=\"{}\">{}</option>", escaped(value), escaped(&words))
        })
        .collect()
}
