//! The keeper: looks at each connection when something about it is due, asks what pasted tokens are
//! worth, refreshes, and judges anew what only grew older. Starts what schedules ask for.

use std::{collections::HashSet, time::Duration};

use futures_util::{StreamExt, stream};
use serde_json::{Map, json};
use tokio::sync::Notify;

use super::{
    MODEL,
    facts::Step,
    notices, schedule,
    tokens::{self, access, customer},
};
use crate::{
    domain::{
        App, Caller,
        resources::{Expected, Revision, update_in},
        rounds::rounds,
        transactions::{Action, Ticket},
    },
    fault::Fault,
    store::WriteTx,
    webex::{ErrorKind, WebexError, shapes::TokenExpiry},
};

/// Customers whose tokens are refreshed side by side.
const SIDE_BY_SIDE: usize = 8;

/// Customers that are read at once.
const BATCH: u32 = 500;

/// Things that are done for a customer in one turn: to ask, to refresh, to judge.
const STEPS: usize = 3;

/// A customer whose turn came to nothing, for a failure of our own, has the next one so much later.
/// Seconds.
const DEFERRED: i64 = 60;

/// The longest wait, so that a clock that was set is noticed.
const LONGEST: Duration = Duration::from_mins(1);

/// Wakes the keeper before its time.
/// Said inside the write that makes something due earlier: the keeper looks by a write, which comes
/// after that one.
#[derive(Default)]
pub struct Keeper {
    pub(super) connections: Notify,
    pub(super) schedules: Notify,
    pub(super) notices: Notify,
}

/// Keeps connections alive until the program is told to end.
pub async fn run(app: &App) {
    if let Err(fault) = begin(app).await {
        tracing::error!(%fault, "the Webex connections can't be looked at");
    }
    let Keeper { connections, schedules, notices } = &app.keeper;
    // Each for itself: a Webex that is slow to answer keeps nothing else waiting.
    tokio::join!(
        rounds(app, connections, Some(LONGEST), "Webex connections", |app| async move {
            look_after_due(&app).await
        }),
        rounds(app, schedules, Some(LONGEST), "schedules", |app| async move {
            schedule::start_due(&app).await
        }),
        rounds(
            app,
            notices,
            Some(LONGEST),
            "notices",
            |app| async move { notices::tick(&app).await }
        ),
    );
}

/// What a start of the program changes: the operator may have mended what failed, and customers from
/// before connections were kept have none yet.
pub async fn begin(app: &App) -> Result<(), Fault> {
    loop {
        let app_ = app.clone();
        let looked_at = app
            .store
            .write(move |tx| {
                tx.hurry_failed_connections(app_.env.now_seconds())?;
                let new = tx.customers_never_judged(MODEL, BATCH)?;
                for pkid in &new {
                    if let Some(stored) = tx.instance_unscoped(MODEL, pkid)? {
                        tokens::settle(&app_, tx, &stored, |_| {})?;
                    }
                }
                Ok::<_, Fault>(new.len())
            })
            .await?;
        if looked_at == 0 {
            return Ok(());
        }
    }
}

/// Does all that is due now: starts what is scheduled, looks after connections. Answers when the next
/// is due, in Unix seconds.
pub async fn tick(app: &App) -> Result<Option<i64>, Fault> {
    let schedules = schedule::start_due(app).await?;
    let connections = look_after_due(app).await?;
    Ok(schedules.into_iter().chain(connections).min())
}

async fn look_after_due(app: &App) -> Result<Option<i64>, Fault> {
    let mut seen = HashSet::new();
    loop {
        let now = app.env.now_seconds();
        // By a write: it comes after those that are waiting to be committed.
        let due =
            app.store.write(move |tx| Ok::<_, Fault>(tx.connections_due(now, BATCH)?)).await?;
        let new: Vec<String> = due.into_iter().filter(|pkid| seen.insert(pkid.clone())).collect();
        if new.is_empty() {
            break;
        }
        stream::iter(new)
            .for_each_concurrent(SIDE_BY_SIDE, |pkid| async move {
                if !app.tasks.is_stopping() {
                    look_after(app, pkid).await;
                }
            })
            .await;
    }
    app.store.read(|tx| Ok(tx.next_connection_due()?)).await
}

/// Does what is due for one customer, one thing after the other; what is due even then has come to
/// nothing, and waits.
async fn look_after(app: &App, pkid: String) {
    for _ in 0..STEPS {
        let (app_, pkid_) = (app.clone(), pkid.clone());
        // In a task of its own: a panic is this customer's alone.
        let turn = tokio::spawn(async move { attend(&app_, &pkid_).await }).await;
        if let Err(fault) = turn.unwrap_or_else(|_| Err(Fault::internal())) {
            if fault.is_ours() {
                tracing::error!(%fault, pkid, "a Webex connection can't be looked after");
            }
            break;
        }
        if !matches!(is_due(app, &pkid).await, Ok(true)) {
            break;
        }
    }
    if app.tasks.is_stopping() {
        // The next start finds it due.
        return;
    }
    let (app_, pkid_) = (app.clone(), pkid.clone());
    let deferred = app
        .store
        .write(move |tx| {
            let now = app_.env.now_seconds();
            Ok::<_, Fault>(tx.defer_due_connection(&pkid_, now, now + DEFERRED)?)
        })
        .await;
    if let Err(fault) = deferred {
        tracing::error!(%fault, pkid, "a Webex connection can't be put off");
    }
}

async fn is_due(app: &App, pkid: &str) -> Result<bool, Fault> {
    let (now, pkid) = (app.env.now_seconds(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let Some(stored) = tx.instance_unscoped(MODEL, &pkid)? else { return Ok(false) };
            let due = tx.connection(stored.id)?.and_then(|row| row.due);
            Ok(due.is_some_and(|due| due <= now))
        })
        .await
}

async fn attend(app: &App, pkid: &str) -> Result<(), Fault> {
    let (app_, pkid_) = (app.clone(), pkid.to_owned());
    // Judged anew where nothing else is to be done.
    let (caller, next) = app
        .store
        .write(move |tx| {
            let caller = Caller::program(tx)?;
            let next = step(&app_, tx, &pkid_)?;
            if next == Step::Judge {
                tokens::settle(&app_, tx, &customer(tx, caller.node.id, &pkid_)?, |_| {})?;
            }
            Ok::<_, Fault>((caller, next))
        })
        .await?;
    match next {
        Step::Judge => Ok(()),
        Step::AskExpiry => ask_expiry(app, &caller, pkid).await,
        Step::Refresh if !app.webex.is_configured() => unset(app, &caller, pkid).await,
        Step::Refresh => {
            // How it went is kept with the connection, and recorded.
            tokens::refresh(app, &caller, pkid, Ticket::new(app)).await.map(drop)
        }
    }
}

fn step(app: &App, tx: &WriteTx<'_>, pkid: &str) -> Result<Step, Fault> {
    let stored = customer(tx, Caller::program(tx)?.node.id, pkid)?;
    let row = tx.connection(stored.id)?;
    Ok(tokens::facts(&stored, row.as_ref())?.step(app.env.now_seconds()))
}

/// Without an integration nobody is called, and nothing is recorded: the connection says it.
async fn unset(app: &App, caller: &Caller, pkid: &str) -> Result<(), Fault> {
    let Err(error) = app.webex.integration() else { return Ok(()) };
    let (app_, from, pkid) = (app.clone(), caller.node.id, pkid.to_owned());
    app.store
        .write(move |tx| {
            let now = app_.env.now_seconds();
            tokens::settle(&app_, tx, &customer(tx, from, &pkid)?, |facts| {
                facts.failed(&error, now);
            })
        })
        .await
}

/// Asks when an access token lapses that somebody typed in.
async fn ask_expiry(app: &App, caller: &Caller, pkid: &str) -> Result<(), Fault> {
    let (from, wanted) = (caller.node.id, pkid.to_owned());
    let access = app.store.read(move |tx| access(tx, &customer(tx, from, &wanted)?)).await?;
    let Some(token) = access.token else { return Ok(()) };
    let path = "authorizations/tokenExpiry";
    let answer: Result<TokenExpiry, WebexError> =
        app.webex.get(&access.proxies, &token, path).await;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    app.store
        .write(move |tx| {
            let stored = customer(tx, caller.node.id, &pkid)?;
            let now = app_.env.now_seconds();
            let same = tokens::access(tx, &stored)?.holds(&token);
            if !same {
                // Another was stored meanwhile.
                return Ok(());
            }
            let told = answer.and_then(|expiry| {
                let seconds = expiry.exp.div_euclid(1000);
                let wrong = || WebexError::new(ErrorKind::Malformed, "Webex named no time.");
                Some(app_.env.text_at(seconds)).filter(|text| !text.is_empty()).ok_or_else(wrong)
            });
            if let Ok(expires) = &told {
                let changes = Map::from_iter([("access_token_expires".to_owned(), json!(expires))]);
                let ticket = Ticket::new(&app_)
                    .telling(Action::Modify, "Webex told when its access token lapses.");
                let model = app_.model(MODEL)?;
                let revision = Revision::merge(changes);
                update_in(&app_, tx, &caller, &model, &pkid, &Expected::Any, revision, &ticket)?;
            }
            let stored = customer(tx, caller.node.id, &pkid)?;
            tokens::settle(&app_, tx, &stored, |facts| {
                facts.expiry_told(told.as_ref().map(drop), now);
            })
        })
        .await
}
