//! Where one is logged in.

use leptos::prelude::*;

use super::{
    super::{Visit, parts::refusal},
    deed::{END_OTHERS, END_SESSION},
    parts::{refused, row_button, section as frame},
};
use crate::{
    store::LogInRow,
    ui::components::{Time, table_of},
};

const HEADS: [(&str, &str); 5] =
    [("Session", ""), ("Address", ""), ("Begun", ""), ("Last used", ""), ("Action", "")];

/// `current` is the log-in that the page is read with.
pub fn section(visit: &Visit<'_>, sessions: &[LogInRow], current: Option<&str>) -> AnyView {
    let fault = refused(visit, END_SESSION).or(refused(visit, END_OTHERS));
    let rows: Vec<AnyView> = sessions.iter().map(|row| line(visit, row, current)).collect();
    let others = sessions.iter().any(|row| Some(row.family.as_str()) != current).then(|| {
        view! {
            <form method="post" action=super::ACCOUNT>
                <button class="btn" name="_submit" value=END_OTHERS>"Log out everywhere else"</button>
            </form>
        }
    });
    let body = view! {
        {fault.map(|fault| refusal(fault, &[]))}
        {table_of("", "", "Your sessions".to_owned(), None, &HEADS, rows)}
        {others}
    };
    frame("account-sessions", "Sessions", body.into_any())
}

fn line(visit: &Visit<'_>, row: &LogInRow, current: Option<&str>) -> AnyView {
    let text_at = |seconds| visit.app.env.text_at(seconds);
    let name = match (row.is_browser, agent(&row.agent)) {
        (true, None) => "Browser".to_owned(),
        (false, None) => "Program with tokens".to_owned(),
        (true, Some(agent)) => agent,
        (false, Some(agent)) => format!("Program with tokens: {agent}"),
    };
    let is_current = Some(row.family.as_str()) == current;
    let action = if is_current {
        view! { <span class="badge">"This one"</span> }.into_any()
    } else {
        let label = format!("End the session {name}, begun {}", text_at(row.created));
        row_button(END_SESSION, "session", row.family.clone(), "End", label)
    };
    let address = if row.address.is_empty() { "–".to_owned() } else { row.address.clone() };
    view! {
        <tr>
            <th scope="row" class="wrap" title=row.agent.clone()>{name}</th>
            <td>{address}</td>
            <td><Time at=text_at(row.created)/></td>
            <td><Time at=text_at(row.last_used)/></td>
            <td>{action}</td>
        </tr>
    }
    .into_any()
}

/// Browser and system out of what a browser calls itself, where they are known; else all of it, cut.
fn agent(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name)
    };
    // Each of these calls itself all that stand after it, too.
    let browser = find(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(browser), None) => Some(browser.to_owned()),
        _ => Some(text.chars().take(60).collect()),
    }
}
