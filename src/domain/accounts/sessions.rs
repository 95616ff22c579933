//! What follows a log-in: a browser's session, or a script's pair of tokens. A session ends when it
//! isn't used for a while, and after a time however much it is used.

use std::time::Duration;

use super::{
    Client, NOTED_EACH, fingerprint, recall, remember,
    standing::{Proven, Standing},
    throttle,
};
use crate::{
    domain::{App, Caller, access},
    fault::{Fault, FaultKind},
    store::{LogInRow, SessionKind, SessionRow},
};

/// Life of a script's access token. Seconds.
const ACCESS_LIFE: i64 = 3600;
/// Life of a refresh token. Seconds.
const REFRESH_LIFE: i64 = 30 * 24 * 3600;
/// Log-ins of an account that hold at once, by browsers and by scripts each: one more ends the one of
/// its kind that wasn't used longest. The same of the access tokens of one log-in.
const MOST: u64 = 50;

/// How long browser sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Without a request.
    pub idle: Duration,
    /// At most.
    pub life: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: Duration::from_hours(2), life: Duration::from_hours(12) }
    }
}

impl Lifetimes {
    fn idle(self) -> i64 {
        i64::try_from(self.idle.as_secs()).unwrap_or(i64::MAX / 4)
    }

    fn life(self) -> i64 {
        i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX / 4)
    }
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

/// Who calls by a session or a token, and which of the caller's log-ins it belongs to.
#[derive(Clone, Debug)]
pub struct Held {
    pub caller: Caller,
    pub log_in: String,
    /// What a browser's writes must send back. Empty for tokens.
    pub csrf: String,
}

/// Opens a browser session for who has logged in.
pub async fn open(app: &App, client: &Client, proven: &Proven) -> Result<BrowserSession, Fault> {
    let caller = &proven.caller;
    let (token, csrf) = (app.env.token(), app.env.token());
    let (lifetimes, family) = (app.settings.sessions, app.env.pkid());
    let row = SessionRow {
        csrf: csrf.clone(),
        expires: app.env.now_seconds() + lifetimes.idle().min(lifetimes.life()),
        ..row(app, client, caller, &token, SessionKind::Cookie, &family, lifetimes.life())
    };
    put(app, Standing::Proof(proven.stamp.clone()), vec![row]).await?;
    Ok(BrowserSession { token, csrf })
}

/// Gives a script its pair of tokens.
pub async fn open_tokens(app: &App, client: &Client, proven: &Proven) -> Result<Tokens, Fault> {
    let (access, refresh) = (app.env.token(), app.env.token());
    let family = app.env.pkid();
    let row =
        |token: &str, kind, life| row(app, client, &proven.caller, token, kind, &family, life);
    let rows = vec![
        row(&access, SessionKind::Access, ACCESS_LIFE),
        row(&refresh, SessionKind::Refresh, REFRESH_LIFE),
    ];
    put(app, Standing::Proof(proven.stamp.clone()), rows).await?;
    Ok(Tokens { access, refresh })
}

/// A new access token for a refresh token.
pub async fn refresh(app: &App, client: &Client, refresh_token: &str) -> Result<String, Fault> {
    let (session, caller) = known(app, client, refresh_token, SessionKind::Refresh).await?;
    let access = app.env.token();
    let family = &session.family;
    let row = row(app, client, &caller, &access, SessionKind::Access, family, ACCESS_LIFE);
    put(app, Standing::LogIn(session.family), vec![row]).await?;
    Ok(access)
}

/// Who calls by the cookie of a browser session.
pub async fn of_cookie(app: &App, token: &str) -> Result<Held, Fault> {
    find(app, token, SessionKind::Cookie).await.map(held)
}

/// Who calls by an access token.
pub async fn of_access_token(app: &App, client: &Client, token: &str) -> Result<Held, Fault> {
    known(app, client, token, SessionKind::Access).await.map(held)
}

/// Ends the log-in that a token of any kind belongs to. A token that is unknown has ended already.
pub async fn log_out(app: &App, token: &str) -> Result<(), Fault> {
    for kind in [SessionKind::Cookie, SessionKind::Access, SessionKind::Refresh] {
        if let Ok((session, _)) = find(app, token, kind).await {
            return app.store.write(move |tx| Ok(tx.delete_sessions(&session.family)?)).await;
        }
    }
    Ok(())
}

/// The caller's own log-ins, the latest used first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<LogInRow>, Fault> {
    let (id, now) = (caller.account_id, app.env.now_seconds());
    app.store.read(move |tx| Ok(tx.log_ins(id, now)?)).await
}

/// Ends one of the caller's own log-ins.
pub async fn end(
    app: &App,
    caller: &Caller,
    standing: &Standing,
    log_in: &str,
) -> Result<(), Fault> {
    let (id, family) = (caller.account_id, log_in.to_owned());
    let (standing, now) = (standing.clone(), app.env.now_seconds());
    let ended = app
        .store
        .write(move |tx| {
            standing.expect(tx, id, now)?;
            Ok::<_, Fault>(tx.delete_log_in(id, &family)?)
        })
        .await?;
    if ended {
        return Ok(());
    }
    Err(Fault::not_found("You have no such session; it may have ended already."))
}

/// Ends all of the caller's own log-ins but the one that the caller has come by.
pub async fn end_others(app: &App, caller: &Caller, standing: &Standing) -> Result<(), Fault> {
    let (id, now, standing) = (caller.account_id, app.env.now_seconds(), standing.clone());
    app.store
        .write(move |tx| {
            standing.expect(tx, id, now)?;
            tx.delete_log_ins(id, standing.log_in())?;
            Ok(())
        })
        .await
}

fn held((session, caller): (SessionRow, Caller)) -> Held {
    Held { caller, log_in: session.family, csrf: session.csrf }
}

fn row(
    app: &App,
    client: &Client,
    caller: &Caller,
    token: &str,
    kind: SessionKind,
    family: &str,
    life: i64,
) -> SessionRow {
    let now = app.env.now_seconds();
    SessionRow {
        token_hash: fingerprint(token),
        kind,
        family: family.to_owned(),
        account_id: caller.account_id,
        csrf: String::new(),
        created: now,
        last_used: now,
        expires: now + life,
        ends: now + life,
        address: client.address.map_or_else(String::new, |address| address.to_string()),
        agent: client.agent.clone(),
    }
}

/// Stores what a log-in gives, of one account and one family, if what was shown for it still holds.
async fn put(app: &App, standing: Standing, rows: Vec<SessionRow>) -> Result<(), Fault> {
    let now = app.env.now_seconds();
    app.store
        .write(move |tx| {
            for row in &rows {
                standing.expect(tx, row.account_id, now)?;
                tx.insert_session(row, now)?;
                tx.end_oldest_log_ins(row, MOST)?;
                tx.end_oldest_access_tokens(&row.family, MOST)?;
            }
            Ok(())
        })
        .await
}

/// [`find`] for tokens that whoever calls may have made up: unknown ones are counted.
async fn known(
    app: &App,
    client: &Client,
    token: &str,
    kind: SessionKind,
) -> Result<(SessionRow, Caller), Fault> {
    let found = find(app, token, kind).await;
    if found.as_ref().is_err_and(|fault| fault.kind == FaultKind::Unauthenticated) {
        count_unknown(app, client)?;
    }
    found
}

/// Refuses more unknown tokens than there should be. Those that are known go on being taken.
pub(super) fn count_unknown(app: &App, client: &Client) -> Result<(), Fault> {
    app.logins.throttle.failed(throttle::of_tokens(client.address), app.env.now_seconds())
}

async fn find(app: &App, token: &str, kind: SessionKind) -> Result<(SessionRow, Caller), Fault> {
    let hash = fingerprint(token);
    let now = app.env.now_seconds();
    let generation = app.store.access_generation();
    let remembered = recall(&app.logins.sessions, &hash, generation)
        .filter(|(session, _)| session.kind == kind && session.expires > now);
    let (session, caller) = match remembered {
        Some(remembered) => remembered,
        None => {
            let found = app.store.read(move |tx| {
                let Some((session, account)) = tx.session(hash, kind, now)? else {
                    return Ok(None);
                };
                Ok::<_, Fault>(Some((session, access::caller(tx, account)?)))
            });
            let found = found.await?.ok_or_else(ended)?;
            remember(&app.logins.sessions, hash, generation, found.clone());
            found
        }
    };
    let idle = app.settings.sessions.idle();
    if now - session.last_used < NOTED_EACH.min(idle / 4) {
        return Ok((session, caller));
    }
    let expires = match kind {
        SessionKind::Cookie => session.ends.min(now + idle),
        SessionKind::Access | SessionKind::Refresh => session.expires,
    };
    let noted = app.store.write(move |tx| Ok::<_, Fault>(tx.use_session(hash, now, expires)?));
    match noted.await {
        Ok(true) => {}
        Ok(false) => return Err(ended()),
        Err(fault) => {
            // What only reads goes on where nothing can be written.
            tracing::warn!(%fault, "that a session is in use can't be noted");
            return Ok((session, caller));
        }
    }
    let session = SessionRow { last_used: now, expires, ..session };
    remember(&app.logins.sessions, hash, generation, (session.clone(), caller.clone()));
    Ok((session, caller))
}

fn ended() -> Fault {
    Fault::unauthenticated("The session or token has ended or is unknown; log in again.")
}
