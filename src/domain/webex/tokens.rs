//! A customer's tokens: read for a call, refreshed, stored as they came. Of one customer one refresh
//! is under way at a time; whoever wants one meanwhile has its outcome.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::{
    MODEL,
    connection::{self, Facts},
};
use crate::{
    domain::{
        App, Caller,
        resources::{Expected, Revision, from_json, update_in},
        secrets::SecretEdit,
        transactions::{Action, Ticket},
    },
    fault::{Fault, FaultKind},
    store::{ReadTx, Stored, WriteTx},
    webex::{Proxies, WebexError, oauth::Tokens},
};

/// What a customer's calls go with.
#[derive(Clone)]
pub struct Access {
    pub proxies: Proxies,
    pub token: Option<SecretString>,
    pub refresh_token: Option<SecretString>,
    /// Unix seconds.
    pub token_expires: Option<i64>,
}

/// What a refresh came to.
pub type Refreshed = Result<String, Fault>;

/// Refreshes that are under way, by customer.
#[derive(Default)]
pub struct Flights(Mutex<HashMap<String, watch::Receiver<Option<Refreshed>>>>);

/// Refreshes a customer's tokens now, or waits for the refresh that is under way. Answers the
/// transaction that records it: that of `ticket`, unless another refresh was under way.
pub async fn refresh(app: &App, caller: &Caller, pkid: &str, ticket: Ticket) -> Refreshed {
    let mut outcome = {
        let mut flights = app.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(pkid) {
            flight.clone()
        } else {
            let (tell, hear) = watch::channel(None);
            flights.insert(pkid.to_owned(), hear.clone());
            let (app, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
            // A task of its own: whoever asked may go away, the refresh is carried to its end.
            tokio::spawn(async move {
                let outcome = fly(&app, &caller, &pkid, ticket).await;
                app.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pkid);
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
    let answer = app.webex.refresh(&access.proxies, &token).await;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    app.store
        .write(move |tx| match answer {
            Ok(tokens) => {
                let ticket =
                    ticket.telling(Action::RefreshAccessToken, "Its tokens were refreshed.");
                store(&app_, tx, &caller, &pkid, &tokens, &ticket)
            }
            Err(error) => {
                let stored = customer(tx, caller.node.id, &pkid)?;
                // Tokens that came meanwhile are none the worse for it.
                let same = access_token_of(tx, &stored)?
                    .is_some_and(|now| now.expose_secret() == token.expose_secret());
                if same {
                    note_failure(&app_, tx, &stored, &error)?;
                }
                Ok(Err(Fault::from(error)))
            }
        })
        .await?
}

fn access_token_of(tx: &ReadTx<'_>, stored: &Stored) -> Result<Option<SecretString>, Fault> {
    Ok(tx.secret(stored.id, &stored.pkid, "/refresh_token")?)
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
/// transaction.
pub(super) fn store(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    pkid: &str,
    tokens: &Tokens,
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
    } else if let Some(expires) = at(tokens.refresh_token_expires_in) {
        changes.insert("refresh_token_expires".to_owned(), expires);
    }
    let model = app.model(MODEL)?;
    let revision = Revision::Merge(changes);
    update_in(app, tx, caller, &model, pkid, &Expected::Any, revision, ticket)?;
    let stored = customer(tx, caller.node.id, pkid)?;
    settle(app, tx, &stored, |facts| {
        facts.refreshed = Some(now);
        if tokens.scope.is_some() {
            facts.scope.clone_from(&tokens.scope);
        }
        facts.failures = 0;
        facts.failure = None;
        facts.failed_at = None;
        facts.is_final = false;
    })?;
    Ok(Ok(ticket.id.clone()))
}

/// Judges a customer anew that was saved. Tokens that were typed in have an age that nobody knows, and
/// what failed before says nothing of them.
pub(in crate::domain) fn given(
    app: &App,
    tx: &WriteTx<'_>,
    pkid: &str,
    edits: &[SecretEdit],
) -> Result<(), Fault> {
    let Some(stored) = tx.instance_unscoped(MODEL, pkid)? else { return Err(Fault::internal()) };
    let other =
        edits.iter().any(|edit| ["/token", "/refresh_token"].contains(&edit.field.as_str()));
    settle(app, tx, &stored, |facts| {
        if other {
            *facts = Facts {
                refreshed: None,
                scope: None,
                failures: 0,
                failure: None,
                failed_at: None,
                is_final: false,
                ..facts.clone()
            };
        }
    })
}

fn note_failure(
    app: &App,
    tx: &WriteTx<'_>,
    stored: &Stored,
    error: &WebexError,
) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    settle(app, tx, stored, |facts| facts.failed(error, now))
}

/// Judges a customer's connection anew, after a change of its facts, and keeps the verdict.
pub(super) fn settle(
    app: &App,
    tx: &WriteTx<'_>,
    stored: &Stored,
    change: impl FnOnce(&mut Facts),
) -> Result<(), Fault> {
    let before = tx.connection(stored.id)?;
    let data = from_json(stored)?;
    let mut facts = Facts {
        has_token: data.contains_key("token"),
        has_refresh_token: data.contains_key("refresh_token"),
        token_expires: time_of(&data, "access_token_expires"),
        refresh_token_expires: time_of(&data, "refresh_token_expires"),
        ..Facts::default()
    };
    if let Some(row) = &before {
        facts.refreshed = row.refreshed;
        facts.scope = row.scope.as_ref().map(|s| s.split_whitespace().map(str::to_owned).collect());
        facts.failures = row.failures;
        facts.failure.clone_from(&row.failure);
        facts.failed_at = row.failed_at;
        facts.is_final = row.is_final;
    }
    change(&mut facts);
    let row = facts.keep(before.as_ref(), app.env.now_seconds(), &app.env.now_text());
    tx.put_connection(stored.id, &row)?;
    Ok(())
}
