//! The log-in page.

use leptos::prelude::*;

use super::parts::heading;
use crate::{
    server_fns::context::{LoginPage, login_page, provider_name},
    ui::{
        components::{Icon, IconName, icon::Mark},
        routes,
        theme::appearance_menu,
    },
};

/// `query` is that of the page's address.
pub fn page(query: &[(String, String)]) -> AnyView {
    let next = query.iter().find(|(name, _)| name == "next").map(|(_, value)| value.clone());
    view! {
        <div class="login">
            <div class="login-bar">{appearance_menu("/login")}</div>
            {form(login_page(next))}
        </div>
    }
    .into_any()
}

fn form(page: LoginPage) -> AnyView {
    let LoginPage { notice, username, next, draft, ticket } = page;
    let described = notice.is_some().then_some("login-notice");
    let notice = notice.map(|text| {
        view! {
            <div class="notice is-warning" id="login-notice" role="alert">
                <Icon name=IconName::Warning/>
                <p>{text}</p>
            </div>
        }
    });
    let draft = draft.map(|draft| view! { <input type="hidden" name="draft" value=draft/> });
    let provider = ticket.is_none().then(|| elsewhere(&next));
    let (title, fields) = match ticket {
        Some(ticket) => ("Enter your code", code(username, ticket)),
        None => ("Log in to Tenantry", credentials(username)),
    };
    view! {
        <div class="login-card card">
            <div class="login-head">
                <Mark/>
                {heading(title)}
            </div>
            {notice}
            <form class="stack" method="post" action="/login" aria-describedby=described>
                <input type="hidden" name="next" value=next/>
                {draft}
                {fields}
                <button type="submit" class="btn btn-primary btn-wide">"Log in"</button>
            </form>
            {provider}
        </div>
    }
    .into_any()
}

/// The way to the `OpenID` provider, where there is one.
fn elsewhere(next: &str) -> Option<AnyView> {
    let name = provider_name()?;
    let query = [("next".to_owned(), next.to_owned())];
    let href = routes::with_query("/login/openid", &query);
    let link = view! {
        <a class="btn btn-wide" href=href rel="external">{format!("Log in with {name}")}</a>
    };
    Some(link.into_any())
}

fn credentials(username: String) -> AnyView {
    let known = !username.is_empty();
    view! {
        <div class="field">
            <label class="field-label" for="username">"User name"</label>
            <input
                id="username"
                class="input"
                type="text"
                name="username"
                value=username
                autocomplete="username"
                autocapitalize="none"
                spellcheck="false"
                required
                autofocus=!known
            />
        </div>
        <div class="field">
            <label class="field-label" for="password">"Password"</label>
            <input
                id="password"
                class="input"
                type="password"
                name="password"
                autocomplete="current-password"
                required
                autofocus=known
            />
        </div>
    }
    .into_any()
}

/// The second page. The way back to the first is a link: the password isn't kept here.
fn code(username: String, ticket: String) -> AnyView {
    view! {
        <input type="hidden" name="ticket" value=ticket/>
        <input type="hidden" name="username" value=username/>
        <div class="field">
            <label class="field-label" for="code">"Code"</label>
            <input
                id="code"
                class="input"
                type="text"
                name="code"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="code-hint"
                required
                autofocus
            />
            <p class="field-help" id="code-hint">
                "The six digits that your authenticator app shows now, or one of your recovery codes. "
                <a href="/login">"Log in as somebody else"</a>
            </p>
        </div>
    }
    .into_any()
}
