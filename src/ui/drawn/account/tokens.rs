//! The tokens that one has made for programs.

use leptos::prelude::*;
use secrecy::ExposeSecret;

use super::{
    super::{Visit, code::code_block, parts::refusal},
    deed::{MAKE_TOKEN, REVOKE_TOKEN},
    parts::{Field, above, form, refused, row_button, section as frame},
};
use crate::{
    domain::accounts::api_tokens::{Made, Scope, usual_day},
    store::ApiTokenRow,
    ui::components::{Icon, IconName, Time, table_of},
};

const HEADS: [(&str, &str); 5] =
    [("Name", ""), ("May do", ""), ("Until", ""), ("Last used", ""), ("Action", "")];

/// `scopes` are those that a new token can have.
pub fn section(
    visit: &Visit<'_>,
    tokens: &[ApiTokenRow],
    scopes: &[Scope],
    made: Option<&Made>,
) -> AnyView {
    let refused_revoke = refused(visit, REVOKE_TOKEN).map(|fault| refusal(fault, &[]));
    let rows: Vec<AnyView> = tokens.iter().map(|row| line(visit, row)).collect();
    let table = (!rows.is_empty())
        .then(|| table_of("", "", "Your API tokens".to_owned(), None, &HEADS, rows));
    let body = view! {
        <p>
            "A program sends its token as " <code>"Authorization: Bearer …"</code>
            ". It does what you may do, as far as you let it."
        </p>
        {made.map(shown)}
        {refused_revoke}
        {table}
        {make(visit, scopes)}
    };
    frame("account-tokens", "API tokens", body.into_any())
}

/// The new token, this once.
fn shown(made: &Made) -> AnyView {
    view! {
        <div class="notice is-success" role="status">
            <Icon name=IconName::Check/>
            <div>
                <p>
                    <strong>{format!("This is the token {}. ", made.row.name)}</strong>
                    "Copy it now: it isn't shown again."
                </p>
                <div class="new-token">
                    {code_block(made.token.expose_secret().to_owned(), "The new token")}
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn line(visit: &Visit<'_>, row: &ApiTokenRow) -> AnyView {
    let env = &visit.app.env;
    let ended = (row.expires <= env.now_seconds())
        .then(|| view! { " " <span class="badge is-warning">"Ended"</span> });
    let used = match row.last_used {
        Some(at) => view! { <Time at=env.text_at(at)/> }.into_any(),
        None => view! { <span class="muted">"never"</span> }.into_any(),
    };
    let scope = Scope::parse(&row.scope).map(|scope| scope.title());
    let label = format!("Revoke the token {}", row.name);
    view! {
        <tr>
            <th scope="row" class="wrap">{row.name.clone()}</th>
            <td>{scope.unwrap_or_default()}</td>
            <td><Time at=env.text_at(row.expires)/> {ended}</td>
            <td>{used}</td>
            <td>{row_button(REVOKE_TOKEN, "token", row.pkid.clone(), "Revoke", label)}</td>
        </tr>
    }
    .into_any()
}

fn make(visit: &Visit<'_>, scopes: &[Scope]) -> AnyView {
    let fault = refused(visit, MAKE_TOKEN);
    let typed = |name: &str| {
        let posted = visit.posted.filter(|_| fault.is_some())?;
        posted.pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };
    let name = Field {
        name: "name",
        label: "Name",
        kind: "text",
        autocomplete: "off",
        help: Some("What the token is for."),
        value: typed("name").unwrap_or_default(),
        fault,
        of: "token",
    };
    let expires = Field {
        name: "expires",
        label: "Last day",
        kind: "date",
        autocomplete: "off",
        help: Some("A year from now at most."),
        value: typed("expires").unwrap_or_else(|| usual_day(visit.app)),
        fault,
        of: "token",
    };
    let chosen = typed("scope");
    let options: Vec<AnyView> = scopes
        .iter()
        .map(|scope| {
            let selected = chosen.as_deref() == Some(&scope.name());
            view! { <option value=scope.name() selected=selected>{scope.title()}</option> }
                .into_any()
        })
        .collect();
    let scope = view! {
        <div class="field">
            <label class="field-label" for="token-scope">"May do"</label>
            <select class="input" id="token-scope" name="scope" autocomplete="off">{options}</select>
        </div>
    };
    let fields = vec![name.view(), scope.into_any(), expires.view()];
    view! {
        <h3>"Make a token"</h3>
        {above(fault)}
        {form(MAKE_TOKEN, fields, "Make token", "")}
    }
    .into_any()
}
