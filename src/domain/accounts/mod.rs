//! Log-in: passwords, browser sessions, and the bearer tokens of scripts. Tokens are random and
//! kept only as hashes; sessions are in the store and survive a restart.

pub mod passwords;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{App, Caller, PROGRAM_ACCOUNT, access};
use crate::{
    fault::{Fault, FaultKind},
    store::{ReadTx, SessionKind, SessionRow},
};

/// The account of the first start.
pub const FIRST_ADMIN: &str = "admin";

/// A browser's session ends after this long without a request. Seconds.
const COOKIE_LIFE: i64 = 12 * 3600;
/// A session's end is moved on at most this often, so that reading doesn't mean writing. Seconds.
const EXTEND_AFTER: i64 = 600;
/// Life of a script's access token. Seconds.
const ACCESS_LIFE: i64 = 3600;
/// Life of a refresh token. Seconds.
const REFRESH_LIFE: i64 = 30 * 24 * 3600;
/// How long a verified Basic password is trusted without being hashed again. Seconds.
const BASIC_LIFE: i64 = 300;
/// Verified log-ins kept in memory; beyond it the memory is cleared and filled anew.
const REMEMBERED: usize = 10_000;

const WRONG: &str = "The username or the password is wrong.";

/// Log-ins that were verified a moment ago, so that a request needs neither a password hash nor
/// a look into the store. What is remembered holds for one generation of the accounts and of what
/// they may do.
#[derive(Default)]
pub struct Logins {
    sessions: Memory<(SessionRow, Caller)>,
    basic: Memory<(i64, Caller)>,
    hashing: passwords::Hashing,
}

/// What was read from the store, and the generation of it.
struct Remembered<V> {
    generation: u64,
    value: V,
}

/// A session that was opened, with what the browser is given.
pub struct BrowserSession {
    /// For the cookie `sessionid`.
    pub token: String,
    /// For the cookie `csrftoken` and the header `X-CSRFToken`.
    pub csrf: String,
}

/// A script's tokens.
pub struct Tokens {
    pub access: String,
    pub refresh: String,
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
            Ok::<_, Fault>(tx.insert_account(FIRST_ADMIN, &hash, root.id)?)
        })
        .await?;
    Ok(made_up)
}

/// Checks a username and password.
pub async fn log_in(app: &App, username: &str, password: &str) -> Result<Caller, Fault> {
    let name = username.to_owned();
    let found = app
        .store
        .read(move |tx| {
            let Some(account) = tx.account_by_name(&name)? else { return Ok::<_, Fault>(None) };
            let hash = account.password_hash.clone();
            Ok(Some((hash, access::caller(tx, account)?)))
        })
        .await?;
    let (stored, caller) = found.unzip();
    let right = passwords::verify(app, stored, password).await?;
    match caller {
        Some(caller) if right => Ok(caller),
        _ => Err(Fault::unauthenticated(WRONG)),
    }
}

/// The caller of a request that carries a username and password of its own.
pub async fn basic(app: &App, username: &str, password: &str) -> Result<Caller, Fault> {
    let key: [u8; 32] = Sha256::new()
        .chain_update(username)
        .chain_update([0])
        .chain_update(password)
        .finalize()
        .into();
    let now = app.env.now_seconds();
    let generation = app.store.access_generation();
    if let Some((until, caller)) = recall(&app.logins.basic, &key, generation)
        && until > now
    {
        return Ok(caller);
    }
    let caller = log_in(app, username, password).await?;
    remember(&app.logins.basic, key, generation, (now + BASIC_LIFE, caller.clone()));
    Ok(caller)
}

/// Opens a browser session for who has logged in.
pub async fn open_session(app: &App, caller: &Caller) -> Result<BrowserSession, Fault> {
    let (token, csrf) = (app.env.token(), app.env.token());
    let family = app.env.pkid();
    put(app, caller, &token, SessionKind::Cookie, &family, csrf.clone(), COOKIE_LIFE).await?;
    Ok(BrowserSession { token, csrf })
}

/// Gives a script its pair of tokens.
pub async fn open_tokens(app: &App, caller: &Caller) -> Result<Tokens, Fault> {
    let (access, refresh) = (app.env.token(), app.env.token());
    let family = app.env.pkid();
    put(app, caller, &access, SessionKind::Access, &family, String::new(), ACCESS_LIFE).await?;
    put(app, caller, &refresh, SessionKind::Refresh, &family, String::new(), REFRESH_LIFE).await?;
    Ok(Tokens { access, refresh })
}

/// A new access token for a refresh token.
pub async fn refresh(app: &App, refresh_token: &str) -> Result<String, Fault> {
    let (session, caller) = find(app, refresh_token, SessionKind::Refresh).await?;
    let access = app.env.token();
    let kind = SessionKind::Access;
    put(app, &caller, &access, kind, &session.family, String::new(), ACCESS_LIFE).await?;
    Ok(access)
}

/// The caller of a browser session, and what its writes must send back in `X-CSRFToken`.
pub async fn session(app: &App, token: &str) -> Result<(Caller, String), Fault> {
    let generation = app.store.access_generation();
    let (session, caller) = find(app, token, SessionKind::Cookie).await?;
    let now = app.env.now_seconds();
    if session.expires < now + COOKIE_LIFE - EXTEND_AFTER {
        let (hash, expires) = (session.token_hash, now + COOKIE_LIFE);
        app.store.write(move |tx| Ok::<_, Fault>(tx.extend_session(hash, expires)?)).await?;
        let longer = SessionRow { expires, ..session.clone() };
        remember(&app.logins.sessions, hash, generation, (longer, caller.clone()));
    }
    Ok((caller, session.csrf))
}

/// The caller of a bearer token.
pub async fn bearer(app: &App, token: &str) -> Result<Caller, Fault> {
    find(app, token, SessionKind::Access).await.map(|(_, caller)| caller)
}

/// Ends the log-in that a token of any kind belongs to. A token that is unknown has ended already.
pub async fn log_out(app: &App, token: &str) -> Result<(), Fault> {
    for kind in [SessionKind::Cookie, SessionKind::Access, SessionKind::Refresh] {
        if let Ok((session, _)) = find(app, token, kind).await {
            lock(&app.logins.sessions).retain(|_, r| r.value.0.family != session.family);
            return app.store.write(move |tx| Ok(tx.delete_sessions(&session.family)?)).await;
        }
    }
    Ok(())
}

/// Whether two tokens are the same, in a time that doesn't tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

async fn put(
    app: &App,
    caller: &Caller,
    token: &str,
    kind: SessionKind,
    family: &str,
    csrf: String,
    life: i64,
) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    let session = SessionRow {
        token_hash: fingerprint(token),
        kind,
        family: family.to_owned(),
        account_id: caller.account_id,
        csrf,
        expires: now + life,
    };
    app.store.write(move |tx| Ok(tx.insert_session(&session, now)?)).await
}

async fn find(app: &App, token: &str, kind: SessionKind) -> Result<(SessionRow, Caller), Fault> {
    let hash = fingerprint(token);
    let now = app.env.now_seconds();
    let generation = app.store.access_generation();
    if let Some((session, caller)) = recall(&app.logins.sessions, &hash, generation)
        && session.kind == kind
        && session.expires > now
    {
        return Ok((session, caller));
    }
    let found = app
        .store
        .read(move |tx| {
            let Some((session, account)) = tx.session(hash, kind, now)? else { return Ok(None) };
            Ok::<_, Fault>(Some((session, access::caller(tx, account)?)))
        })
        .await?;
    let (session, caller) = found.ok_or_else(|| {
        Fault::unauthenticated("The session or token has ended or is unknown; log in again.")
    })?;
    remember(&app.logins.sessions, hash, generation, (session.clone(), caller.clone()));
    Ok((session, caller))
}

/// The account as a caller, for work that was queued by it; `None` when it is gone.
pub fn caller_of(tx: &ReadTx<'_>, account_id: i64) -> Result<Option<Caller>, Fault> {
    if account_id == PROGRAM_ACCOUNT {
        return Caller::program(tx).map(Some);
    }
    tx.account_by_id(account_id)?.map(|account| access::caller(tx, account)).transpose()
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
