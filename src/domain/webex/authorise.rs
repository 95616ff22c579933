//! The authorise link: an administrator goes to Webex with it and comes back with a code, which is
//! traded for tokens. A state is good for one return, of the session that began it, within ten
//! minutes.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    MODEL, same_organization,
    tokens::{self, access, customer},
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        resources::from_json,
        transactions::{Action, Ticket},
    },
    fault::{Fault, FaultKind},
    store::BegunAuthorization,
    webex::{
        ErrorKind, Proxies, WebexError,
        oauth::{Authorization, Tokens},
        shapes::{Organization, Person},
    },
};

/// How long an administrator may take at Webex. Seconds.
const TEN_MINUTES: i64 = 600;

/// What Webex sent the browser back with.
#[derive(Clone, Debug, Default)]
pub struct Return {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

/// What came of it.
pub struct Authorised {
    pub pkid: String,
    pub transaction_id: String,
}

/// The authorise link of a customer, on this server.
pub fn link(pkid: &str) -> String {
    format!("/oauth/webex/authorize/{pkid}")
}

/// Where the redirect leads.
pub fn redirect_uri(app: &App) -> String {
    format!("{}/oauth/webex/callback", app.settings.public_url)
}

/// Begins an authorisation and answers where the browser goes. `session` is the browser's session
/// token.
pub async fn begin(app: &App, caller: &Caller, session: &str, pkid: &str) -> Result<String, Fault> {
    let (caller, wanted) = (caller.clone(), pkid.to_owned());
    let data = app
        .store
        .read(move |tx| {
            let stored = customer(tx, caller.node.id, &wanted)?;
            permit_type(&caller, MODEL, Permission::Update)?;
            from_json(&stored)
        })
        .await?;
    let hint = data.get("account_email").and_then(Value::as_str);
    let (state, verifier) = (app.env.token(), app.env.token());
    let redirect_uri = redirect_uri(app);
    let url = app.webex.authorize_url(&Authorization {
        redirect_uri: &redirect_uri,
        state: &state,
        verifier: &verifier,
        login_hint: hint,
    })?;
    let begun = BegunAuthorization {
        session_hash: hash(session),
        pkid: pkid.to_owned(),
        verifier: verifier.into(),
        expires: app.env.now_seconds() + TEN_MINUTES,
    };
    let now = app.env.now_seconds();
    app.store
        .write(move |tx| Ok::<_, Fault>(tx.begin_authorization(&hash(&state), &begun, now)?))
        .await?;
    Ok(url.into())
}

/// Takes a return from Webex. The state is spent by it, whatever comes of it. The pkid in the error
/// is the customer's, where it is known.
pub async fn finish(
    app: &App,
    caller: &Caller,
    session: &str,
    back: Return,
) -> Result<Authorised, (Option<String>, Fault)> {
    let begun = spend(app, session, back.state.as_deref()).await.map_err(|fault| (None, fault))?;
    let pkid = begun.pkid.clone();
    let (app, caller) = (app.clone(), caller.clone());
    // A task of its own: a code is good once, and a browser that goes away would lose what it brings.
    let trading = tokio::spawn(async move {
        // The end of the program waits for it.
        let running = app.tasks.begin_now();
        let traded = trade(&app, &caller, begun, back).await;
        drop(running);
        traded
    });
    match trading.await.unwrap_or_else(|_| Err(Fault::internal())) {
        Ok(transaction_id) => Ok(Authorised { pkid, transaction_id }),
        Err(fault) => Err((Some(pkid), fault)),
    }
}

/// Spends the state of a return that nobody may finish.
pub async fn burn(app: &App, back: Return) {
    if let Some(state) = back.state {
        let state = hash(&state);
        let taken = app.store.write(move |tx| Ok::<_, Fault>(tx.take_authorization(&state)?)).await;
        if let Err(fault) = taken {
            tracing::error!(%fault, "a state can't be spent");
        }
    }
}

async fn spend(app: &App, session: &str, state: Option<&str>) -> Result<BegunAuthorization, Fault> {
    let refuse = |code: &str, text: &str| Err(Fault::new(FaultKind::BadInput, code, text));
    let Some(state) = state.filter(|s| !s.is_empty()) else {
        return refuse(
            "no_state",
            "The return from Webex carries no state, so it can't be told what it belongs to. Start \
             again with the customer's authorise link.",
        );
    };
    let state = hash(state);
    let begun = app.store.write(move |tx| Ok::<_, Fault>(tx.take_authorization(&state)?)).await?;
    let Some(begun) = begun else {
        return refuse(
            "unknown_state",
            "This return from Webex was used before, or belongs to nothing that was begun here. \
             Start again with the customer's authorise link.",
        );
    };
    if begun.expires <= app.env.now_seconds() {
        return refuse(
            "expired_state",
            "More than ten minutes have gone by since the authorise link was followed. Start again \
             with it.",
        );
    }
    if !bool::from(begun.session_hash.ct_eq(&hash(session))) {
        return Err(Fault::forbidden(
            "This authorisation was begun in another session and can't be finished in this one; it \
             is void now. Start again with the customer's authorise link.",
        ));
    }
    Ok(begun)
}

async fn trade(
    app: &App,
    caller: &Caller,
    begun: BegunAuthorization,
    back: Return,
) -> Result<String, Fault> {
    if let Some(error) = back.error {
        let words = back.error_description.filter(|d| !d.is_empty()).unwrap_or(error);
        let words: String = words.chars().filter(|c| !c.is_control()).take(300).collect();
        return Err(Fault::new(
            FaultKind::Conflict,
            "declined",
            format!(
                "Webex gave no access: {words} Nothing was changed. Follow the authorise link again \
                 when the administrator agrees."
            ),
        ));
    }
    let Some(code) = back.code.filter(|c| !c.is_empty()).map(SecretString::from) else {
        return Err(Fault::new(
            FaultKind::BadInput,
            "no_code",
            "The return from Webex carries no code. Start again with the customer's authorise link.",
        ));
    };
    let (from, pkid) = (caller.node.id, begun.pkid.clone());
    let (access, data) = app
        .store
        .read(move |tx| {
            let stored = customer(tx, from, &pkid)?;
            Ok::<_, Fault>((access(tx, &stored)?, from_json(&stored)?))
        })
        .await?;
    let verifier = begun.verifier.expose_secret();
    let uri = redirect_uri(app);
    let tokens = app.webex.exchange(&access.proxies, &code, &uri, verifier).await?;
    let (organization, name) = confirm(app, &access.proxies, &tokens, &data).await?;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), begun.pkid);
    app.store
        .write(move |tx| {
            let now = from_json(&customer(tx, caller.node.id, &pkid)?)?;
            if recorded(&now) != recorded(&data) {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "other_organization",
                    "The customer's organization was changed while it was being authorised. Nothing \
                     was stored; follow the authorise link again.",
                ));
            }
            let told = format!("It was authorised for the organization {name}.");
            let ticket = Ticket::new(&app_).telling(Action::Authorise, &told);
            tokens::store(&app_, tx, &caller, &pkid, &tokens, Some(&organization), &ticket)
        })
        .await?
}

/// The organisation's id at Webex, as the record has it.
fn recorded(data: &Map<String, Value>) -> Option<&str> {
    data.get("account_number").and_then(Value::as_str).filter(|number| !number.is_empty())
}

/// Whose tokens they are: the organisation's id and name, or the refusal that names it and the
/// record's.
async fn confirm(
    app: &App,
    proxies: &Proxies,
    tokens: &Tokens,
    data: &Map<String, Value>,
) -> Result<(String, String), Fault> {
    let me: Person = app.webex.get(proxies, &tokens.access_token, "people/me").await?;
    if me.org_id.is_empty() {
        return Err(WebexError::new(
            ErrorKind::Malformed,
            "Webex didn't say to which organization the administrator belongs.",
        )
        .into());
    }
    let path = format!("organizations/{}", me.org_id);
    let found: Result<Organization, _> = app.webex.get(proxies, &tokens.access_token, &path).await;
    // Without the scope its name isn't known; whose it is, is.
    let name = found.ok().map(|o| o.display_name).filter(|n| !n.is_empty());
    let name = name.unwrap_or_else(|| me.org_id.clone());
    let expected = recorded(data);
    if expected.is_none_or(|expected| same_organization(expected, &me.org_id)) {
        return Ok((me.org_id, name));
    }
    let record = data.get("name").and_then(Value::as_str).unwrap_or_default();
    let number = data
        .get("account_number_external")
        .and_then(Value::as_str)
        .or(expected)
        .unwrap_or_default();
    Err(Fault::new(
        FaultKind::Conflict,
        "other_organization",
        format!(
            "The administrator who logged in at Webex belongs to the organization {name}, and \
             {record} is recorded with the organization {number}. Nothing was stored. Log in at \
             Webex as an administrator of the right one, or correct the record first."
        ),
    ))
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}
