//! The simulated log-in and consent: who comes with an authorise link chooses an organisation, is
//! told what is asked for, and accepts or declines.

use axum::{
    extract::{Form, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{Simulator, html, tokens};

/// What an authorise link carries; the form carries it on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub response_type: String,
    pub client_id: String,
    pub redirect_uri: String,
    pub scope: String,
    pub state: String,
    pub code_challenge: String,
    pub code_challenge_method: String,
    pub login_hint: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Decision {
    /// Who logs in.
    #[serde(default)]
    email: String,
    /// `log_in`, `accept` or `decline`.
    #[serde(default, rename = "decision")]
    choice: String,
    #[serde(flatten)]
    asked: Asked,
}

/// `GET /authorize`.
pub(super) async fn page(
    State(simulator): State<Simulator>,
    Query(asked): Query<Asked>,
) -> Response {
    if let Some(refusal) = refuse(&simulator, &asked) {
        return refusal;
    }
    html::log_in(&simulator, &asked, None).into_response()
}

/// `POST /authorize`.
pub(super) async fn decide(
    State(simulator): State<Simulator>,
    Form(Decision { email, choice, asked }): Form<Decision>,
) -> Response {
    if let Some(refusal) = refuse(&simulator, &asked) {
        return refusal;
    }
    let organization = {
        let state = simulator.state();
        let mine = |admin: &str| admin.eq_ignore_ascii_case(email.trim());
        state.organizations.iter().find(|o| mine(&o.admin)).cloned()
    };
    let Some(organization) = organization else {
        let text = "Nobody here has that address. Choose one of the list.";
        return html::log_in(&simulator, &asked, Some(text)).into_response();
    };
    match choice.as_str() {
        "accept" => {
            let granted = granted(&simulator, &asked.scope);
            let challenge = Some(asked.code_challenge.clone()).filter(|c| !c.is_empty());
            let code = tokens::code(
                &simulator,
                &organization.uuid,
                &asked.redirect_uri,
                challenge,
                &granted,
            );
            back(&asked, &[("code", &code)])
        }
        "decline" => back(
            &asked,
            &[("error", "access_denied"), ("error_description", "The administrator declined.")],
        ),
        _ => html::consent(&organization, &asked).into_response(),
    }
}

/// The scopes that are asked for, as far as the settings grant them.
fn granted(simulator: &Simulator, asked: &str) -> String {
    let limit = simulator.state().settings.granted_scope.clone();
    let granted = asked.split_whitespace().filter(|scope| {
        limit.as_ref().is_none_or(|limit| limit.split_whitespace().any(|g| g == *scope))
    });
    granted.collect::<Vec<_>>().join(" ")
}

/// What is wrong with the link itself is told here: the redirect can't be trusted then.
fn refuse(simulator: &Simulator, asked: &Asked) -> Option<Response> {
    let wrong = if asked.response_type != "code" {
        "response_type must be code."
    } else if simulator.integration(&asked.client_id).is_none() {
        "The client id isn't that of an integration."
    } else if !leads_back(simulator, &asked.redirect_uri) {
        "The redirect_uri isn't one of the integration's."
    } else if asked.scope.trim().is_empty() {
        "The scope is invalid."
    } else if !asked.code_challenge.is_empty() && asked.code_challenge_method != "S256" {
        "The code_challenge_method must be S256."
    } else {
        return None;
    };
    Some((StatusCode::BAD_REQUEST, html::refused(wrong)).into_response())
}

/// Whether a redirect leads to the product, or to a program on the browser's own machine.
fn leads_back(simulator: &Simulator, redirect: &str) -> bool {
    let Ok(url) = Url::parse(redirect) else { return false };
    let Some(product) = &simulator.0.product else { return true };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    is_local || Url::parse(product).is_ok_and(|product| product.origin() == url.origin())
}

/// Back to whoever sent the administrator here.
fn back(asked: &Asked, pairs: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(&asked.redirect_uri) else {
        return (StatusCode::BAD_REQUEST, html::refused("The redirect_uri isn't a URL."))
            .into_response();
    };
    url.query_pairs_mut().extend_pairs(pairs).append_pair("state", &asked.state);
    Redirect::to(url.as_str()).into_response()
}
