//! What the forms of `/account` post: done, and told on the page that follows. What is shown once, a
//! new token or recovery codes, is on the answer itself.

use axum::{
    Extension, Form,
    extract::State,
    http::{header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    caller::{From, Owner},
    pages::{Console, Pairs},
};
use crate::{
    domain::{
        App,
        accounts::{
            Client,
            api_tokens::{self, Wanted},
            own_password, second_factor, sessions,
        },
    },
    fault::{Fault, FaultKind},
    model::form::value_of,
    server_fns::{context::Did, views::Posted},
    ui::{
        drawn::account::{ACCOUNT, after, deed},
        routes::login_href,
    },
};

/// What is shown again of a form that was refused; no password or code is among it.
const SHOWN: [&str; 4] = ["_submit", "name", "scope", "expires"];

/// `POST /account`
pub async fn account_form(
    State(app): State<App>,
    Extension(console): Extension<Console>,
    From(client): From,
    owner: Option<Owner>,
    parts: Parts,
    Form(mut pairs): Form<Pairs>,
) -> Result<Response, Fault> {
    let Some(owner) = owner else {
        return Ok(Redirect::to(&login_href(ACCOUNT)).into_response());
    };
    let outcome = carry_out(&app, &client, &owner, &pairs).await;
    pairs.retain(|(name, _)| SHOWN.contains(&name.as_str()));
    let posted = |fault| Posted { pairs, fault, notice: None };
    match outcome {
        Ok(None) => {
            let asked = posted(None).pairs;
            Ok(Redirect::to(&after(value_of(&asked, "_submit").unwrap_or_default()))
                .into_response())
        }
        Ok(Some(did)) => {
            let posted = posted(None);
            Ok(console.answer_form(app, owner.caller, &parts, posted, Some(did)).await)
        }
        Err(fault) => {
            let told = fault.clone().into_response();
            let posted = posted(Some(fault));
            let mut response = console.answer_form(app, owner.caller, &parts, posted, None).await;
            if response.status().is_success() {
                *response.status_mut() = told.status();
            }
            let wait = told.headers().get(header::RETRY_AFTER).cloned();
            response.headers_mut().extend(wait.map(|wait| (header::RETRY_AFTER, wait)));
            Ok(response)
        }
    }
}

/// Does what the button says; answers what is shown of it, where that is more than that it is done.
async fn carry_out(
    app: &App,
    client: &Client,
    owner: &Owner,
    pairs: &Pairs,
) -> Result<Option<Did>, Fault> {
    let Owner { caller, standing } = owner;
    let value = |name: &str| value_of(pairs, name).unwrap_or_default();
    match value("_submit") {
        deed::CHANGE_PASSWORD => {
            let (old, new) = (value("old_password"), value("new_password"));
            own_password::change(app, client, caller, old, new, owner.log_in()).await?;
        }
        deed::BEGIN_FACTOR => {
            second_factor::begin(app, client, caller, value("password")).await?;
        }
        deed::GIVE_UP_FACTOR => second_factor::give_up(app, caller, standing).await?,
        deed::TURN_ON_FACTOR => {
            let codes = second_factor::turn_on(app, caller, standing, value("code")).await?;
            return Ok(Some(Did::TurnedOnSecondFactor(codes)));
        }
        deed::TURN_OFF_FACTOR => {
            let (password, code) = (value("password"), value("code"));
            second_factor::turn_off(app, client, caller, password, code).await?;
        }
        deed::END_SESSION => sessions::end(app, caller, standing, value("session")).await?,
        deed::END_OTHERS => sessions::end_others(app, caller, standing).await?,
        deed::MAKE_TOKEN => {
            let wanted = Wanted {
                name: value("name"),
                scope: value("scope"),
                expires: value_of(pairs, "expires"),
            };
            let made = api_tokens::make(app, caller, standing, wanted).await?;
            return Ok(Some(Did::MadeToken(made)));
        }
        deed::REVOKE_TOKEN => api_tokens::revoke(app, caller, standing, value("token")).await?,
        _ => {
            return Err(Fault::new(
                FaultKind::BadInput,
                "unknown_action",
                "Press one of the buttons of this page.",
            ));
        }
    }
    Ok(None)
}
