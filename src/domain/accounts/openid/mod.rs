//! The log-in at an `OpenID` provider: authorisation code with PKCE. State, nonce and verifier are kept
//! here while a browser is away, and are good once, for the browser that was sent.

mod kept;
pub mod mapping;
mod provider;
mod users;

use kept::Kept;
use openidconnect::{Nonce, PkceCodeVerifier};
use secrecy::SecretString;
use serde_json::{Map, Value};

use super::{Client, fingerprint, standing::Proven, throttle};
use crate::{
    domain::{
        App,
        access::{self, Miscellaneous},
        audit,
        hierarchy::shortened,
    },
    fault::{Fault, FaultKind},
};

/// Where the provider sends browsers back to, below the public URL.
pub const CALLBACK: &str = "/login/openid/callback";

/// How it stands in records.
const WAY: &str = "OpenID Connect";

/// How long somebody may take to log in at the provider. Seconds.
const PATIENCE: i64 = 600;
/// The address to go to afterwards is shorter, or it is the start page: what is kept is kept in memory.
const LONGEST_NEXT: usize = 2000;

/// A provider, as the operator has set it.
#[derive(Clone, Debug)]
pub struct Settings {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<SecretString>,
    pub scopes: Vec<String>,
    /// What people know it by.
    pub name: String,
    /// The claim that users are named by.
    pub username_claim: String,
    pub mapping: Vec<mapping::Line>,
}

/// What the running program keeps of such log-ins.
#[derive(Default)]
pub struct OpenId {
    known: provider::Known,
    /// By the hash of the state.
    away: Kept<Away>,
    /// Why a browser is at the log-in page again, by the hash of what stands in its cookie.
    told: Kept<String>,
}

/// Keeps for a browser why it is led back to the log-in page: in an address it could be anybody's words.
pub fn tell(app: &App, client: &Client, browser: &str, why: String) {
    let (now, from) = (app.env.now_seconds(), throttle::of_address(client.address));
    app.logins.openid.told.put(fingerprint(browser), from, why, now + PATIENCE, now);
}

/// What was kept, once.
pub fn told(app: &App, browser: &str) -> Option<String> {
    app.logins.openid.told.take(&fingerprint(browser), app.env.now_seconds())
}

/// A browser that was sent to the provider.
struct Away {
    /// The hash of what stands in the browser's cookie.
    browser: [u8; 32],
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    next: String,
}

/// What a provider adds to the address that it sends browsers back to.
#[derive(Debug)]
pub struct Return {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
}

fn settings(app: &App) -> Result<&Settings, Fault> {
    app.settings.openid.as_ref().ok_or_else(|| Fault::not_found("There is no such page."))
}

/// Where to send the browser that has `browser` in its cookie, which is to go to `next` afterwards.
pub async fn begin(
    app: &App,
    client: &Client,
    browser: &str,
    next: String,
) -> Result<url::Url, Fault> {
    let sent = provider::sent(app, settings(app)?).await?;
    let away = Away {
        browser: fingerprint(browser),
        nonce: sent.nonce,
        verifier: sent.verifier,
        next: if next.len() > LONGEST_NEXT { "/".to_owned() } else { next },
    };
    let (now, from) = (app.env.now_seconds(), throttle::of_address(client.address));
    app.logins.openid.away.put(fingerprint(&sent.state), from, away, now + PATIENCE, now);
    Ok(sent.url)
}

/// A browser is back: who it is, and where it wanted to go. `browser` is what stands in its cookie.
pub async fn finish(
    app: &App,
    client: &Client,
    browser: Option<&str>,
    back: Return,
) -> Result<(Proven, String), Fault> {
    let settings = settings(app)?;
    let now = app.env.now_seconds();
    // Nobody has a name yet; what fails is counted by the address. No user's name has a space.
    let key = throttle::of_account(WAY, client.address);
    let turn = match app.logins.throttle.turn(key, now).await {
        Ok(turn) => turn,
        Err(fault) => {
            audit::log_in_refused(app, WAY, "too many have failed", client.address).await;
            return Err(fault);
        }
    };
    let mut username = WAY.to_owned();
    match judged(app, settings, browser, back, &mut username).await {
        Ok((proven, next)) => {
            turn.passed();
            audit::logged_in(app, &proven.caller, WAY, client.address).await;
            Ok((proven, next))
        }
        Err(fault) => {
            match fault.kind {
                FaultKind::Unauthenticated if fault.code != CANCELLED => drop(turn),
                // No state is guessed, and any page could have a browser show one that isn't ours.
                _ => turn.undecided(),
            }
            audit::log_in_refused(app, &username, &fault.message, client.address).await;
            Err(fault)
        }
    }
}

/// The code of a log-in that was given up at the provider.
const CANCELLED: &str = "cancelled";

async fn judged(
    app: &App,
    settings: &Settings,
    browser: Option<&str>,
    back: Return,
    username: &mut String,
) -> Result<(Proven, String), Fault> {
    let away = taken(app, browser, back.state.as_deref()).ok_or_else(|| {
        Fault::new(
            FaultKind::BadInput,
            "log_in_again",
            "This log-in was begun in another browser, or too long ago, or has been used. Log in \
             again.",
        )
    })?;
    if let Some(error) = back.error {
        tracing::info!(error = shortened(&error), "a log-in ended at the OpenID provider");
        let told = format!("The log-in at {} was cancelled or refused there.", settings.name);
        return Err(Fault::new(FaultKind::Unauthenticated, CANCELLED, told));
    }
    let code = back.code.ok_or_else(|| {
        Fault::new(FaultKind::BadInput, "log_in_again", "The code is missing. Log in again.")
    })?;
    let claims = provider::claims(app, settings, code, &away.nonce, away.verifier).await?;
    let person = person(settings, &claims)?;
    username.clone_from(&person.username);
    let line = mapping::first(&settings.mapping, &claims).ok_or_else(|| {
        Fault::forbidden(format!(
            "{} knows you as {}, but nothing there gives you a role here. Ask who administers your \
             account.",
            settings.name,
            shortened(&person.username)
        ))
    })?;
    let proven = users::proven(app, settings, person, line).await.map_err(|fault| {
        tracing::warn!(%fault, role = line.role, node = line.node, "an OpenID log-in");
        match fault.kind {
            // Of the mapping, or of a name that no user can have: for who operates this.
            FaultKind::BadInput | FaultKind::NotFound | FaultKind::Conflict => {
                Fault::forbidden(format!(
                    "You can't be given the role {} at {}: {} Ask who administers your account.",
                    line.role, line.node, fault.message
                ))
            }
            _ => fault,
        }
    })?;
    access::permit_miscellaneous(&proven.caller, Miscellaneous::Login)?;
    Ok((proven, away.next))
}

/// What was kept for a browser. Whoever shows its state has used it up.
fn taken(app: &App, browser: Option<&str>, state: Option<&str>) -> Option<Away> {
    let away = app.logins.openid.away.take(&fingerprint(state?), app.env.now_seconds())?;
    (away.browser == fingerprint(browser?)).then_some(away)
}

fn person(settings: &Settings, claims: &Map<String, Value>) -> Result<users::Person, Fault> {
    let text = |name: &str| {
        let found = mapping::claim(claims, name).and_then(Value::as_str);
        found.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let subject = text("sub");
    let username = text(&settings.username_claim);
    let (Some(subject), Some(username)) = (subject, username) else {
        return Err(Fault::forbidden(format!(
            "{} didn't say who you are: the claim {} is missing. Ask who administers your account.",
            settings.name, settings.username_claim
        )));
    };
    let known = [("first_name", "given_name"), ("last_name", "family_name"), ("email", "email")];
    let known = known
        .into_iter()
        .filter_map(|(name, claim)| Some((name.to_owned(), Value::String(text(claim)?))));
    Ok(users::Person { subject, username, known: known.collect() })
}
