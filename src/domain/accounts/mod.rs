//! Log-in: passwords and second factors, browser sessions, and the bearer tokens of scripts. Tokens
//! are random and kept only as hashes; sessions are in the store and survive a restart.

pub mod api_tokens;
pub mod login;
pub mod openid;
pub mod own_password;
pub mod passwords;
pub mod second_factor;
pub mod sessions;
pub mod standing;
mod throttle;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

pub(in crate::domain) use throttle::source;

use super::{
    App, Caller, PROGRAM_ACCOUNT, access,
    audit::USERS,
    transactions::{Action, Happened, happened},
};
use crate::{
    fault::{Fault, FaultKind},
    store::{ApiTokenRow, ReadTx, SessionRow, TaskRow, WriteTx},
};

/// The account of the first start.
pub const FIRST_ADMIN: &str = "admin";

/// Verified log-ins kept in memory; beyond it the memory is cleared and filled anew.
const REMEMBERED: usize = 10_000;
/// That a session or a token is in use is noted at most this often, so that reading doesn't mean
/// writing. Seconds.
const NOTED_EACH: i64 = 300;

/// Who is at the other end of a request, as far as is known.
#[derive(Clone, Debug, Default)]
pub struct Client {
    pub address: Option<IpAddr>,
    /// What it calls itself, cut to a length that is shown.
    pub agent: String,
}

/// Log-ins that were verified a moment ago, so that a request needs neither a password hash nor
/// a look into the store. What is remembered holds for one generation of the accounts and of what
/// they may do.
#[derive(Default)]
pub struct Logins {
    sessions: Memory<(SessionRow, Caller)>,
    api_tokens: Memory<(ApiTokenRow, Caller)>,
    basic: Memory<(i64, standing::Proven)>,
    pending: login::Pending,
    openid: openid::OpenId,
    hashing: passwords::Hashing,
    throttle: throttle::Throttle,
}

/// What was read from the store, and the generation of it.
struct Remembered<V> {
    generation: u64,
    value: V,
}

/// Makes the first administrator where there is no account yet. Answers the password when it was
/// made up here, to be shown once.
pub async fn ensure_first_admin(
    app: &App,
    password: Option<String>,
) -> Result<Option<String>, Fault> {
    if app.store.read(|tx| Ok::<_, Fault>(tx.has_accounts()?)).await? {
        return Ok(None);
    }
    let (password, made_up) = match password.filter(|p| !p.is_empty()) {
        Some(given) => {
            passwords::judge(&given, FIRST_ADMIN).map_err(|refused| {
                let why = format!("TENANTRY_ADMIN_PASSWORD can't be used: {}", refused.message);
                Fault::new(FaultKind::BadInput, "validation", why)
            })?;
            (given, None)
        }
        None => {
            let password = app.env.token().chars().take(20).collect::<String>();
            (password.clone(), Some(password))
        }
    };
    let hash = passwords::hash(app, password).await?;
    app.store
        .write(move |tx| {
            let root = tx.root_node()?.ok_or_else(Fault::internal)?;
            Ok::<_, Fault>(tx.insert_account(FIRST_ADMIN, hash.as_str(), root.id)?)
        })
        .await?;
    Ok(made_up)
}

/// Whether two tokens are the same, in a time that doesn't tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// The account as a caller, with what it may do now; `None` when it is gone.
pub fn caller_of(tx: &ReadTx<'_>, account_id: i64) -> Result<Option<Caller>, Fault> {
    if account_id == PROGRAM_ACCOUNT {
        return Caller::program(tx).map(Some);
    }
    tx.account_by_id(account_id)?.map(|account| access::caller(tx, account)).transpose()
}

/// Who asked for a task, as it may go on: an API token does no more by a task than by a call. `None`
/// when the account or the token is gone.
pub fn caller_of_task(tx: &ReadTx<'_>, task: &TaskRow, now: i64) -> Result<Option<Caller>, Fault> {
    caller_again(tx, task.account_id, task.api_token.as_deref(), now)
}

/// Who asked for something, as it may go on now, by the API token of that pkid where it was by one.
/// `None` when the account or the token is gone.
pub fn caller_again(
    tx: &ReadTx<'_>,
    account_id: i64,
    api_token: Option<&str>,
    now: i64,
) -> Result<Option<Caller>, Fault> {
    let caller = caller_of(tx, account_id)?;
    match (caller, api_token) {
        (Some(owner), Some(pkid)) => api_tokens::again(tx, owner, pkid, now),
        (caller, _) => Ok(caller),
    }
}

/// How often it is looked whether another process has changed accounts.
const HEARD_EACH: std::time::Duration = std::time::Duration::from_secs(2);

/// Hears of accounts that were changed beside this program, until it is told to end.
pub async fn hear_of_others(app: &App) {
    while !app.tasks.is_stopping() {
        if let Err(error) = app.store.hear_of_others().await {
            tracing::warn!(%error, "changes of accounts can't be looked for");
        }
        tokio::select! {
            // Another process has no way to tell: this looks every other second.
            () = tokio::time::sleep(HEARD_EACH) => {}
            () = app.tasks.told_to_stop() => {}
        }
    }
}

/// Records what somebody has done with the own account.
fn tell(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    action: Action,
    message: &str,
) -> Result<(), Fault> {
    happened(
        app,
        tx,
        &Happened {
            action,
            model_type: USERS,
            href: "",
            username: &caller.username,
            node: &caller.node,
            message,
        },
    )
}

fn fingerprint(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is in there is a memory of the store; a panic can't have left it half-true.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Memory<V> = Mutex<HashMap<[u8; 32], Remembered<V>>>;

/// What is remembered, if nothing was changed since that it may depend on.
fn recall<V: Clone>(memory: &Memory<V>, key: &[u8; 32], generation: u64) -> Option<V> {
    let memory = lock(memory);
    memory.get(key).filter(|r| r.generation == generation).map(|r| r.value.clone())
}

/// `generation` is that of before `value` was read.
fn remember<V>(memory: &Memory<V>, key: [u8; 32], generation: u64, value: V) {
    let mut memory = lock(memory);
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
    memory.insert(key, Remembered { generation, value });
}
