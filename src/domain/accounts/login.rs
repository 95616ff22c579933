//! The log-in with username and password, and the second factor where there is one.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use super::{
    Client, fingerprint, passwords, recall, remember, second_factor,
    standing::{Proven, Stamp, Standing},
    throttle,
};
use crate::{
    domain::{
        App, Caller,
        access::{self, Miscellaneous},
        audit,
    },
    fault::{Fault, FaultKind},
};

/// How long a verified Basic password is trusted without being hashed again. Seconds.
const BASIC_LIFE: i64 = 300;
/// How long the second page of a log-in waits for its code. Seconds.
const PATIENCE: i64 = 300;
/// Log-ins that wait for their code; beyond it those whose time is up are forgotten, then all.
const WAITING: usize = 1000;

const WRONG: &str = "The username or the password is wrong.";
/// The code of the refusal that asks for a second factor.
pub const NEEDS_CODE: &str = "second_factor_required";

/// By which way somebody logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Console,
    /// `/noninteractivelogin/`
    Session,
    /// A script's pair of tokens.
    Token,
    /// With each request.
    Basic,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Session => "session",
            Self::Token => "token",
            Self::Basic => "basic",
        }
    }
}

/// What somebody logs in with.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub username: &'a str,
    pub password: &'a str,
    /// Of the second factor, or a recovery code.
    pub code: Option<&'a str>,
}

/// Log-ins on the console whose password was right and whose code is still to come.
#[derive(Default)]
pub struct Pending(Mutex<HashMap<[u8; 32], Waiting>>);

#[derive(Clone)]
struct Waiting {
    proven: Proven,
    from: Option<IpAddr>,
    until: i64,
}

impl Pending {
    fn keep(&self, ticket: &str, waiting: Waiting, now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= WAITING {
            all.retain(|_, waiting| waiting.until > now);
        }
        if all.len() >= WAITING {
            all.clear();
        }
        all.insert(fingerprint(ticket), waiting);
    }

    fn find(&self, ticket: &str, from: Option<IpAddr>, now: i64) -> Option<Waiting> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(&fingerprint(ticket))?;
        (found.until > now && found.from == from).then(|| found.clone())
    }

    fn forget(&self, ticket: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&fingerprint(ticket));
    }
}

/// Checks a username and password, and the code where the account has a second factor. Where it is
/// missing the refusal's code is [`NEEDS_CODE`].
pub async fn log_in(
    app: &App,
    client: &Client,
    way: Way,
    credentials: Credentials<'_>,
) -> Result<Proven, Fault> {
    let username = credentials.username;
    throttled(app, client, way, username, judged(app, credentials)).await
}

/// What comes of the first page of a log-in on the console.
pub enum First {
    In(Proven),
    /// The ticket for the second page, in the place of the password: a code is needed.
    Ticket(String),
}

/// The first page of a log-in on the console.
pub async fn begin(
    app: &App,
    client: &Client,
    username: &str,
    password: &str,
) -> Result<First, Fault> {
    let mut right = None;
    let work = async {
        let proven = by_password(app, username, password).await?;
        right = Some(proven.clone());
        second_factor::check(app, proven.caller.account_id, None).await?;
        Ok(proven)
    };
    let outcome = throttled(app, client, Way::Console, username, work).await;
    match (outcome, right) {
        (Err(fault), Some(proven)) if fault.code == NEEDS_CODE => {
            let now = app.env.now_seconds();
            let ticket = app.env.token();
            let waiting = Waiting { proven, from: client.address, until: now + PATIENCE };
            app.logins.pending.keep(&ticket, waiting, now);
            Ok(First::Ticket(ticket))
        }
        (outcome, _) => outcome.map(First::In),
    }
}

/// The second page. A ticket that isn't known, whose time is up, or whose password or second factor was
/// changed meanwhile, is a fault of the kind `Stale`: the password is asked for again.
pub async fn finish(app: &App, client: &Client, ticket: &str, code: &str) -> Result<Proven, Fault> {
    let stale = |why: &str| Fault::new(FaultKind::Stale, "log_in_again", why);
    let now = app.env.now_seconds();
    let waiting = app.logins.pending.find(ticket, client.address, now);
    let Waiting { proven, .. } =
        waiting.ok_or_else(|| stale("The time to give the code is up. Log in again."))?;
    let (id, standing) = (proven.caller.account_id, Standing::Proof(proven.stamp.clone()));
    if !app.store.read(move |tx| standing.holds(tx, id, now)).await? {
        app.logins.pending.forget(ticket);
        return Err(stale(
            "The password or the second factor was changed meanwhile. Log in again.",
        ));
    }
    let username = proven.caller.username.clone();
    let work = async {
        second_factor::check(app, id, Some(code)).await?;
        let found = app.store.read(move |tx| super::caller_of(tx, id)).await?;
        let caller = found.ok_or_else(|| Fault::unauthenticated(WRONG))?;
        Ok(Proven { caller, ..proven })
    };
    let proven = throttled(app, client, Way::Console, &username, work).await?;
    app.logins.pending.forget(ticket);
    Ok(proven)
}

/// Whether the password is the caller's, and the code that of the second factor where one is asked for
/// as well: for what needs more than an open session. What is done then expects that it still holds.
pub async fn confirm(
    app: &App,
    client: &Client,
    caller: &Caller,
    password: &str,
    code: Option<&str>,
) -> Result<Standing, Fault> {
    let key = throttle::of_account(&caller.username, client.address);
    let turn = app.logins.throttle.turn(key, app.env.now_seconds()).await?;
    let judged = confirmed(app, caller, password, code).await;
    let wrong = judged.as_ref().err().filter(|fault| fault.kind == FaultKind::BadInput);
    if let Some(fault) = wrong {
        drop(turn);
        let why = format!("in an open session: {}", fault.message);
        audit::log_in_refused(app, &caller.username, &why, client.address).await;
    } else {
        turn.undecided();
    }
    judged
}

async fn confirmed(
    app: &App,
    caller: &Caller,
    password: &str,
    code: Option<&str>,
) -> Result<Standing, Fault> {
    let id = caller.account_id;
    let found = app
        .store
        .read(move |tx| {
            let Some(account) = tx.account_by_id(id)? else { return Ok::<_, Fault>(None) };
            Ok(Some((Stamp::of(tx, &account)?, account.password_hash)))
        })
        .await?;
    let (stamp, hash) = found.unzip();
    let right = passwords::verify(app, hash, password).await?;
    let stamp = stamp
        .filter(|_| right)
        .ok_or_else(|| Fault::field("/password", "wrong", "That isn't your password."))?;
    if code.is_some() {
        second_factor::check(app, id, code).await.map_err(|fault| match fault.kind {
            FaultKind::Unauthenticated => Fault::field("/code", "wrong", fault.message),
            _ => fault,
        })?;
    }
    Ok(Standing::Proof(stamp))
}

/// The caller of a request that carries a username and password of its own.
pub async fn basic(
    app: &App,
    client: &Client,
    username: &str,
    password: &str,
) -> Result<Proven, Fault> {
    let key: [u8; 32] = Sha256::new()
        .chain_update(username)
        .chain_update([0])
        .chain_update(password)
        .finalize()
        .into();
    let now = app.env.now_seconds();
    let generation = app.store.access_generation();
    let known = || {
        recall(&app.logins.basic, &key, generation)
            .filter(|(until, _)| *until > now)
            .map(|(_, proven)| proven)
    };
    // Also for who is known: otherwise the answers would tell when a guess is right.
    let throttled = throttle::of_account(username, client.address);
    app.logins.throttle.check(throttled, now)?;
    if let Some(proven) = known() {
        return Ok(proven);
    }
    let work = async {
        // Another request with the same has been judged while this one waited for its turn.
        if let Some(proven) = known() {
            return Ok(proven);
        }
        let proven = judged(app, Credentials { username, password, code: None }).await?;
        remember(&app.logins.basic, key, generation, (now + BASIC_LIFE, proven.clone()));
        Ok(proven)
    };
    self::throttled(app, client, Way::Basic, username, work).await.map_err(|fault| {
        if fault.code == NEEDS_CODE {
            return Fault::new(
                FaultKind::Unauthenticated,
                NEEDS_CODE,
                "This account has a second factor, which HTTP Basic has no place for. Use an API \
                 token, or log in with username, password and \"totp\".",
            );
        }
        fault
    })
}

async fn judged(app: &App, credentials: Credentials<'_>) -> Result<Proven, Fault> {
    let proven = by_password(app, credentials.username, credentials.password).await?;
    second_factor::check(app, proven.caller.account_id, credentials.code).await?;
    Ok(proven)
}

async fn by_password(app: &App, username: &str, password: &str) -> Result<Proven, Fault> {
    let name = username.to_owned();
    let found = app
        .store
        .read(move |tx| {
            let Some(account) = tx.account_by_name(&name)? else { return Ok::<_, Fault>(None) };
            // Who has no password logs in some other way.
            let hash = Some(account.password_hash.clone()).filter(|hash| !hash.is_empty());
            let stamp = Stamp::of(tx, &account)?;
            Ok(Some((hash, Proven { caller: access::caller(tx, account)?, stamp })))
        })
        .await?;
    let (stored, proven) = found.unzip();
    let right = passwords::verify(app, stored.flatten(), password).await?;
    proven.filter(|_| right).ok_or_else(|| Fault::unauthenticated(WRONG))
}

/// Lets an attempt at an account go on if not too many have failed, counts it, and records it.
async fn throttled(
    app: &App,
    client: &Client,
    way: Way,
    username: &str,
    work: impl Future<Output = Result<Proven, Fault>>,
) -> Result<Proven, Fault> {
    let key = throttle::of_account(username, client.address);
    let refuse = async |why: &str| audit::log_in_refused(app, username, why, client.address).await;
    let turn = match app.logins.throttle.turn(key, app.env.now_seconds()).await {
        Ok(turn) => turn,
        Err(fault) => {
            refuse("too many have failed").await;
            return Err(fault);
        }
    };
    let outcome = match work.await {
        Ok(proven) if way == Way::Console => {
            access::permit_miscellaneous(&proven.caller, Miscellaneous::Login).map(|()| proven)
        }
        other => other,
    };
    match outcome {
        Ok(proven) => {
            turn.passed();
            audit::logged_in(app, &proven.caller, way.as_str(), client.address).await;
            Ok(proven)
        }
        Err(fault) if fault.kind == FaultKind::Unauthenticated && fault.code != NEEDS_CODE => {
            drop(turn);
            refuse(&fault.message).await;
            Err(fault)
        }
        // The password was right: no guess, and no reason to forget the guesses before it.
        Err(fault) => {
            turn.undecided();
            if fault.kind == FaultKind::Forbidden {
                refuse(&fault.message).await;
            }
            Err(fault)
        }
    }
}
