//! A customer's tokens: read for a call, refreshed, stored as they came. Of one customer one refresh
//! is under way at a time; whoever wants one meanwhile has its outcome.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::{
    MODEL,
    connection::{self, State},
    facts::Facts,
    notices,
};
use crate::{
    domain::{
        App, Caller,
        resources::{Expected, Revision, from_json, href, update_in},
        tasks,
        transactions::{self, Action, Opening, Ticket},
        workflow::Save,
    },
    fault::{Fault, FaultKind},
    store::{ConnectionRow, ReadTx, Stored, WriteTx},
    webex::{ErrorKind, Proxies, WebexError, oauth::Tokens},
};

/// How long an answer is waited for once the program is told to end.
const GRACE: Duration = Duration::from_secs(5);

/// Before renewed tokens are offered to the store again.
const STORE_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// What a customer's calls go with.
#[derive(Clone)]
pub struct Access {
    pub proxies: Proxies,
    pub token: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    /// Unix seconds.
    pub token_expires: Option<i64>,
}

impl Access {
    /// Whether this is the access token.
    pub fn holds(&self, token: &SecretString) -> bool {
        self.token.as_ref().is_some_and(|own| own.expose_secret() == token.expose_secret())
    }
}

/// Notes with the connection that Webex doesn't accept an access token which nothing renews.
pub(super) async fn refused(
    app: &App,
    caller: &Caller,
    pkid: &str,
    token: &SecretString,
    error: &WebexError,
) -> Result<(), Fault> {
    let (app_, from, pkid) = (app.clone(), caller.node.id, pkid.to_owned());
    let (token, error) = (token.clone(), error.clone());
    app.store
        .write(move |tx| {
            let stored = customer(tx, from, &pkid)?;
            if !access(tx, &stored)?.holds(&token) {
                // Another was stored meanwhile.
                return Ok(());
            }
            let now = app_.env.now_seconds();
            settle(&app_, tx, &stored, |facts| facts.expiry_told(Err(&error), now))
        })
        .await
}

/// What a refresh came to.
pub type Refreshed = Result<String, Fault>;

/// Refreshes that are under way, by customer.
#[derive(Default)]
pub struct Flights(Mutex<HashMap<String, watch::Sender<Option<Refreshed>>>>);

impl Flights {
    /// How many wait for the refresh of a customer that is under way.
    pub fn waiting(&self, pkid: &str) -> usize {
        let flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flights.get(pkid).map_or(0, watch::Sender::receiver_count)
    }
}

/// Refreshes a customer's tokens now, or waits for the refresh that is under way. Answers the
/// transaction that records it: that of `ticket`, unless another refresh was under way.
pub async fn refresh(app: &App, caller: &Caller, pkid: &str, ticket: Ticket) -> Refreshed {
    let mut outcome = {
        let mut flights = app.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(pkid) {
            flight.subscribe()
        } else {
            let (tell, hear) = watch::channel(None);
            flights.insert(pkid.to_owned(), tell.clone());
            let (app, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
            // A task of its own: whoever asked may go away, the refresh is carried to its end.
            tokio::spawn(async move {
                // The end of the program waits for it; one that has begun to end has no more room.
                let running = app.tasks.begin_now();
                let landing = Landing { app: &app, pkid: &pkid };
                let outcome = fly(&app, &caller, &pkid, ticket).await;
                drop((landing, running));
                tell.send_replace(Some(outcome));
            });
            hear
        }
    };
    match outcome.wait_for(Option::is_some).await {
        Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(Fault::internal())),
        // The task ended without an outcome: it panicked.
        Err(_) => Err(Fault::internal()),
    }
}

/// Ends a flight, also where it panics: the next may begin.
struct Landing<'a> {
    app: &'a App,
    pkid: &'a str,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.app.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(self.pkid);
    }
}

async fn fly(app: &App, caller: &Caller, pkid: &str, ticket: Ticket) -> Refreshed {
    let (from, wanted) = (caller.node.id, pkid.to_owned());
    let access = app.store.read(move |tx| access(tx, &customer(tx, from, &wanted)?)).await?;
    let Some(token) = access.refresh_token.clone() else {
        return Err(Fault::new(
            FaultKind::Conflict,
            "not_authorised",
            "There is no refresh token for this customer. Authorise it by its link first.",
        ));
    };
    let answer = tokio::select! {
        answer = app.webex.refresh(&access.proxies, &token) => answer,
        () = cut_short(app) => return Err(Fault::new(
            FaultKind::NoAnswer,
            "stopping",
            "The program ended before Webex had answered; the tokens are refreshed when it is \
             started again.",
        )),
    };
    let flight = Flight { app, caller, pkid, token, ticket };
    match answer {
        Ok(tokens) => flight.keep(tokens).await,
        Err(error) => {
            flight.fail(error.clone()).await?;
            Err(error.into())
        }
    }
}

/// Answers some seconds after the program is told to end: a pause between two tries would keep it.
async fn cut_short(app: &App) {
    app.tasks.told_to_stop().await;
    // A limit, not a wait: an answer that comes before ends it.
    tokio::time::sleep(GRACE).await;
}

/// A refresh that Webex has answered.
struct Flight<'a> {
    app: &'a App,
    caller: &'a Caller,
    pkid: &'a str,
    /// The refresh token that was sent.
    token: SecretString,
    ticket: Ticket,
}

impl Flight<'_> {
    /// Stores what it brought. Tokens that were renewed may be the only ones that still hold: they
    /// aren't given up for a store that fails once.
    async fn keep(self, tokens: Tokens) -> Refreshed {
        let tokens = Arc::new(tokens);
        let mut pauses = STORE_PAUSES.into_iter();
        loop {
            let (app, caller, pkid) = (self.app.clone(), self.caller.clone(), self.pkid.to_owned());
            let (tokens, token) = (Arc::clone(&tokens), self.token.clone());
            let told = "Its tokens were refreshed.";
            let ticket = self.ticket.clone().telling(Action::RefreshAccessToken, told);
            let kept = self.app.store.write(move |tx| {
                let caller = seeing_all(tx, &caller)?;
                if is_stored(tx, &customer(tx, caller.node.id, &pkid)?, &token)? {
                    return store(&app, tx, &caller, &pkid, &tokens, None, &ticket);
                }
                Err(Fault::new(
                    FaultKind::Conflict,
                    "superseded",
                    "Other tokens were stored while these were being refreshed. Those stay.",
                ))
            });
            match (kept.await.flatten(), pauses.next()) {
                (Err(fault), Some(pause)) if fault.is_ours() => {
                    let pkid = self.pkid;
                    tracing::error!(pkid, "renewed tokens can't be stored; it is tried again");
                    self.app.env.pauses.pause(pause).await;
                }
                (Err(fault), _) => {
                    let why = format!("The tokens came, and can't be stored. {}", fault.message);
                    self.fail(WebexError::new(ErrorKind::Malformed, why)).await?;
                    return Err(fault);
                }
                (kept, _) => return kept,
            }
        }
    }

    /// Keeps that it failed. Tokens that came meanwhile are none the worse for it.
    async fn fail(self, error: WebexError) -> Result<(), Fault> {
        let Self { app, caller, pkid, token, ticket } = self;
        let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
        app.store
            .write(move |tx| {
                let caller = seeing_all(tx, &caller)?;
                let stored = customer(tx, caller.node.id, &pkid)?;
                if is_stored(tx, &stored, &token)? {
                    note_failure(&app_, tx, &caller, &stored, &error, &ticket)?;
                }
                Ok(())
            })
            .await
    }
}

/// The caller as it began: a customer that was moved out of its sight meanwhile is no reason to lose
/// the tokens that came.
fn seeing_all(tx: &ReadTx<'_>, caller: &Caller) -> Result<Caller, Fault> {
    Ok(Caller { node: Caller::program(tx)?.node, ..caller.clone() })
}

/// Whether a refresh token is the one that is stored.
fn is_stored(tx: &ReadTx<'_>, stored: &Stored, token: &SecretString) -> Result<bool, Fault> {
    let now = tx.secret(stored.id, &stored.pkid, "/refresh_token")?;
    Ok(now.is_some_and(|now| now.expose_secret() == token.expose_secret()))
}

/// The customer of that pkid, if it is seen from a node.
pub(super) fn customer(tx: &ReadTx<'_>, from: i64, pkid: &str) -> Result<Stored, Fault> {
    tx.instance(MODEL, pkid, from)?
        .ok_or_else(|| Fault::not_found("There is no such Webex customer."))
}

/// What the calls of a customer go with.
pub(super) fn access(tx: &ReadTx<'_>, stored: &Stored) -> Result<Access, Fault> {
    let secret = |field: &str| tx.secret(stored.id, &stored.pkid, field);
    let data = from_json(stored)?;
    Ok(Access {
        proxies: Proxies { http: secret("/http_proxy")?, https: secret("/https_proxy")? },
        token: secret("/token")?,
        refresh_token: secret("/refresh_token")?,
        token_expires: time_of(&data, "access_token_expires"),
    })
}

fn time_of(data: &Map<String, Value>, name: &str) -> Option<i64> {
    data.get(name).and_then(Value::as_str).and_then(connection::seconds)
}

/// Stores tokens as they came, with the connection's state, and records it. Answers the id of the
/// transaction. `grant` is the organisation's id where they are of a new authorisation, from which
/// nothing of the former one stays.
pub(super) fn store(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    pkid: &str,
    tokens: &Tokens,
    grant: Option<&str>,
    ticket: &Ticket,
) -> Result<Refreshed, Fault> {
    let now = app.env.now_seconds();
    let at = |seconds: Option<i64>| seconds.map(|s| json!(app.env.text_at(now + s)));
    let mut changes = Map::new();
    changes.insert("token".to_owned(), json!(tokens.access_token.expose_secret()));
    // What isn't said isn't known any more.
    changes.insert("access_token_expires".to_owned(), at(tokens.expires_in).unwrap_or_default());
    if let Some(refresh_token) = &tokens.refresh_token {
        changes.insert("refresh_token".to_owned(), json!(refresh_token.expose_secret()));
        let expires = at(tokens.refresh_token_expires_in).unwrap_or_default();
        changes.insert("refresh_token_expires".to_owned(), expires);
    } else if grant.is_some() {
        changes.insert("refresh_token".to_owned(), Value::Null);
        changes.insert("refresh_token_expires".to_owned(), Value::Null);
    } else if let Some(expires) = at(tokens.refresh_token_expires_in) {
        changes.insert("refresh_token_expires".to_owned(), expires);
    }
    if let Some(organization) = grant
        && !from_json(&customer(tx, caller.node.id, pkid)?)?.contains_key("account_number")
    {
        // From now on it is this one's.
        changes.insert("account_number".to_owned(), json!(organization));
    }
    let model = app.model(MODEL)?;
    let revision = Revision::merge(changes);
    update_in(app, tx, caller, &model, pkid, &Expected::Any, revision, ticket)?;
    let stored = customer(tx, caller.node.id, pkid)?;
    settle(app, tx, &stored, |facts| {
        facts.refreshed = Some(now);
        if tokens.scope.is_some() || grant.is_some() {
            facts.scope.clone_from(&tokens.scope);
        }
        facts.failures = 0;
        facts.failure = None;
        facts.failed_at = None;
        facts.is_final = false;
        facts.asks_expiry = tokens.expires_in.is_none();
        facts.token_refused = false;
    })?;
    Ok(Ok(ticket.id.clone()))
}

/// Judges a customer anew that was saved. Tokens that were typed in have an age that nobody knows, and
/// what failed before says nothing of them; nor does a time of lapse that stayed as it was.
pub(in crate::domain) fn given(app: &App, tx: &WriteTx<'_>, save: &Save<'_>) -> Result<(), Fault> {
    let Some(stored) = tx.instance_unscoped(MODEL, save.pkid)? else {
        return Err(Fault::internal());
    };
    let edited = |name: &str| save.edits.iter().any(|edit| edit.field == name);
    let expires = |data: &Map<String, Value>| time_of(data, "access_token_expires");
    let said = expires(save.after)
        .is_some_and(|said| save.before.is_none_or(|before| expires(before) != Some(said)));
    settle(app, tx, &stored, |facts| {
        if edited("/token") || edited("/refresh_token") {
            *facts = Facts {
                refreshed: None,
                scope: None,
                failures: 0,
                failure: None,
                failed_at: None,
                is_final: false,
                token_refused: facts.token_refused && !edited("/token"),
                ..facts.clone()
            };
        }
        if said {
            facts.asks_expiry = false;
        } else if edited("/token") {
            facts.asks_expiry = facts.has_token;
        }
    })
}

/// Notes that a refresh failed. What nobody asked for has no record of its own yet: it is given one
/// when it fails for the first time in a row, and when it is given up.
fn note_failure(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    stored: &Stored,
    error: &WebexError,
    ticket: &Ticket,
) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    let failed_before = tx.connection(stored.id)?.is_some_and(|row| row.failures > 0);
    let mut given_up = false;
    settle(app, tx, stored, |facts| {
        facts.failed(error, now);
        given_up = facts.is_final;
    })?;
    if ticket.is_asked_for() || (failed_before && !given_up) {
        return Ok(());
    }
    let opening = Opening {
        action: Action::RefreshAccessToken,
        model_type: MODEL,
        href: &href(MODEL, &stored.pkid),
        node: &stored.node,
        message: "Its tokens are being refreshed.",
        total: 1,
        log: Vec::new(),
    };
    transactions::open(tx, caller, &ticket.id, &ticket.now, &opening)?;
    tasks::failed(app, tx, &ticket.id, &Fault::from(error.clone()))?;
    Ok(())
}

/// Judges a customer's connection anew, after a change of its facts, and keeps the verdict.
pub(super) fn settle(
    app: &App,
    tx: &WriteTx<'_>,
    stored: &Stored,
    change: impl FnOnce(&mut Facts),
) -> Result<(), Fault> {
    let before = tx.connection(stored.id)?;
    let mut facts = facts(stored, before.as_ref())?;
    change(&mut facts);
    let row = facts.keep(before.as_ref(), app.env.now_seconds(), &app.env.now_text());
    tx.put_connection(stored.id, &row)?;
    let state = before.as_ref().map_or(State::NotAuthorised.as_str(), |row| row.state.as_str());
    notices::changed(app, tx, stored, state, &row)?;
    if row.due.is_some() && row.due != before.and_then(|row| row.due) {
        app.keeper.connections.notify_one();
    }
    Ok(())
}

/// What is known of a customer's connection.
pub(super) fn facts(stored: &Stored, row: Option<&ConnectionRow>) -> Result<Facts, Fault> {
    let data = from_json(stored)?;
    let mut facts = Facts {
        has_token: data.contains_key("token"),
        has_refresh_token: data.contains_key("refresh_token"),
        token_expires: time_of(&data, "access_token_expires"),
        refresh_token_expires: time_of(&data, "refresh_token_expires"),
        ..Facts::default()
    };
    if let Some(row) = row {
        facts.refreshed = row.refreshed;
        facts.scope = row.scope.as_ref().map(|s| s.split_whitespace().map(str::to_owned).collect());
        facts.failures = row.failures;
        facts.failure.clone_from(&row.failure);
        facts.failed_at = row.failed_at;
        facts.is_final = row.is_final;
        facts.asks_expiry = row.asks_expiry;
        facts.token_refused = row.token_refused;
    } else {
        facts.asks_expiry = facts.has_token && facts.token_expires.is_none();
    }
    Ok(facts)
}
