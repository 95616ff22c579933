//! One's own account: the password, the second factor, the sessions and the API tokens. Every button
//! posts to the page's own address (`api/account_posts.rs`).

mod parts;
mod password;
mod second_factor;
mod sessions;
mod tokens;

use leptos::prelude::*;

use super::{Page, Visit, parts::heading};
use crate::{
    domain::accounts::{api_tokens, second_factor as factor, sessions::list},
    server_fns::context::Did,
    ui::components::{Icon, IconName},
};

pub const ACCOUNT: &str = "/account";

/// What the buttons post as `_submit`.
pub mod deed {
    pub const CHANGE_PASSWORD: &str = "change_password";
    pub const BEGIN_FACTOR: &str = "begin_second_factor";
    pub const GIVE_UP_FACTOR: &str = "give_up_second_factor";
    pub const TURN_ON_FACTOR: &str = "turn_on_second_factor";
    pub const TURN_OFF_FACTOR: &str = "turn_off_second_factor";
    pub const END_SESSION: &str = "end_session";
    pub const END_OTHERS: &str = "end_other_sessions";
    pub const MAKE_TOKEN: &str = "make_token";
    pub const REVOKE_TOKEN: &str = "revoke_token";
}

/// What was done, as the address of the page that follows says it.
const TOLD: [(&str, &str); 6] = [
    (deed::CHANGE_PASSWORD, "Your password is changed. Your other sessions have ended."),
    (deed::GIVE_UP_FACTOR, "The second factor wasn't set up."),
    (deed::TURN_OFF_FACTOR, "The second factor is turned off."),
    (deed::END_SESSION, "The session has ended."),
    (deed::END_OTHERS, "All your other sessions have ended."),
    (deed::REVOKE_TOKEN, "The token is revoked: it no longer lets anybody in."),
];

/// The page after a deed.
pub fn after(deed: &str) -> String {
    if TOLD.iter().any(|(known, _)| *known == deed) {
        return format!("{ACCOUNT}?told={deed}");
    }
    ACCOUNT.to_owned()
}

pub(super) async fn page(visit: &Visit<'_>) -> Page {
    let (app, caller) = (visit.app, visit.caller);
    let log_in = visit.log_in().await;
    let (factor, sessions, tokens, scopes) = (
        factor::state(app, caller).await?,
        list(app, caller).await?,
        api_tokens::list(app, caller).await?,
        api_tokens::scopes(app, caller).await?,
    );
    let told = TOLD.iter().find(|(deed, _)| visit.value("told") == Some(*deed));
    let told = told.filter(|_| visit.posted.is_none()).map(|(_, words)| {
        view! {
            <div class="notice is-success" role="status">
                <Icon name=IconName::Check/>
                <p>{*words}</p>
            </div>
        }
    });
    let (codes, made) = match visit.did {
        Some(Did::TurnedOnSecondFactor(codes)) => (Some(codes), None),
        Some(Did::MadeToken(made)) => (None, Some(made)),
        _ => (None, None),
    };
    let title = "Your account".to_owned();
    let view = view! {
        <div class="form-page stack account">
            <div>
                {heading(title.clone())}
                <p class="muted">{caller.username.clone()} " at " {caller.node.path.clone()}</p>
            </div>
            {told}
            {password::section(visit)}
            {second_factor::section(visit, &factor, codes)}
            {sessions::section(visit, &sessions, log_in.as_deref())}
            {tokens::section(visit, &tokens, &scopes, made)}
        </div>
    };
    Ok((title, view.into_any()))
}
