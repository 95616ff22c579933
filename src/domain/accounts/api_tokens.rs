//! The tokens that people make for their programs: each has a name, does as much of what its owner may
//! do as its scope says, and ends on a day. A token is shown once, to who has made it.

use secrecy::SecretString;
use serde_json::{Value, json};
use time::{Date, Month, OffsetDateTime, UtcOffset};

use super::{
    Client, NOTED_EACH, fingerprint, recall, remember, sessions, standing::Standing, tell,
};
use crate::{
    domain::{
        App, Caller,
        access::{self, Access, Miscellaneous, Permission, roles},
        transactions::Action,
    },
    fault::{Fault, FaultKind, FieldError},
    store::{ApiTokenRow, ReadTx},
};

/// How every one of them begins, so that one that leaks is recognised.
pub const PREFIX: &str = "tnt_";

/// Days that one holds when nothing is said.
pub const USUAL_DAYS: i64 = 90;
/// Days that one holds at most.
pub const MOST_DAYS: i64 = 365;
/// Of one account.
const MOST_TOKENS: usize = 100;
const LONGEST_NAME: usize = 80;
const DAY: i64 = 24 * 3600;

/// How much of what its owner may do a token does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    ReadOnly,
    Everything,
    /// What the access profile of that name gives, too. It is the nearest of that name at the owner's
    /// node or above it, as with roles.
    Profile(String),
}

/// What a scope that is a profile's name begins with.
const PROFILE: &str = "profile:";
/// Profiles that are offered in a form.
const OFFERED: u64 = 200;

impl Scope {
    /// By the name under which calls and the store know it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "everything" => Some(Self::Everything),
            "read_only" => Some(Self::ReadOnly),
            _ => text.strip_prefix(PROFILE).map(|name| Self::Profile(name.to_owned())),
        }
    }

    pub fn name(&self) -> String {
        match self {
            Self::Everything => "everything".to_owned(),
            Self::ReadOnly => "read_only".to_owned(),
            Self::Profile(name) => format!("{PROFILE}{name}"),
        }
    }

    /// In words.
    pub fn title(&self) -> String {
        match self {
            Self::Everything => "Everything you may do".to_owned(),
            Self::ReadOnly => "Read only".to_owned(),
            Self::Profile(name) => format!("As the profile {name}"),
        }
    }

    /// What it leaves of its owner's; `None` where there is no such profile.
    fn narrow(&self, tx: &ReadTx<'_>, owner: &Caller) -> Result<Option<Access>, Fault> {
        let access = &owner.access;
        Ok(match self {
            Self::Everything => Some(Access::clone(access)),
            Self::Profile(name) => {
                roles::profile_at(tx, owner.node.id, name)?.map(|profile| access.and(&profile))
            }
            Self::ReadOnly => {
                let profile = json!({
                    "miscellaneous_permissions": [Miscellaneous::ApiRoot.as_str()],
                    "permissions": [{
                        "type": "*",
                        "operations": [Permission::Read.as_str(), Permission::Export.as_str()],
                    }],
                });
                profile.as_object().map(|profile| access.and(&Access::of_profile(profile)))
            }
        })
    }
}

/// The scopes that a form offers to the caller.
pub async fn scopes(app: &App, caller: &Caller) -> Result<Vec<Scope>, Fault> {
    let node = caller.node.id;
    let profiles = app.store.read(move |tx| roles::profiles_at(tx, node, OFFERED)).await?;
    let fixed = [Scope::ReadOnly, Scope::Everything];
    Ok(fixed.into_iter().chain(profiles.into_iter().map(Scope::Profile)).collect())
}

/// A token that is asked for.
pub struct Wanted<'a> {
    pub name: &'a str,
    pub scope: &'a str,
    /// `YYYY-MM-DD`, the last day on which it holds (UTC).
    pub expires: Option<&'a str>,
}

/// A token that was made.
#[derive(Clone, Debug)]
pub struct Made {
    pub row: ApiTokenRow,
    /// Shown this once.
    pub token: SecretString,
}

/// Makes a token for the caller, who has come by `standing`.
pub async fn make(
    app: &App,
    caller: &Caller,
    standing: &Standing,
    wanted: Wanted<'_>,
) -> Result<Made, Fault> {
    let now = app.env.now_seconds();
    let (name, scope, expires) =
        (name_of(wanted.name), scope_of(wanted.scope), end_of(wanted.expires, now));
    let (name, scope, expires) = match (name, scope, expires) {
        (Ok(name), Ok(scope), Ok(expires)) => (name, scope, expires),
        (name, scope, expires) => {
            let errors = [name.err(), scope.err(), expires.err()];
            return Err(Fault::invalid(errors.into_iter().flatten().collect()));
        }
    };
    let token = format!("{PREFIX}{}", app.env.token());
    let row = ApiTokenRow {
        pkid: app.env.pkid(),
        account_id: caller.account_id,
        name,
        scope: scope.name(),
        created: now,
        expires,
        last_used: None,
    };
    let (made, hash) = (row.clone(), fingerprint(&token));
    let (app_, caller, standing) = (app.clone(), caller.clone(), standing.clone());
    app.store
        .write(move |tx| {
            standing.expect(tx, caller.account_id, now)?;
            let tokens = tx.api_tokens(caller.account_id)?;
            if tokens.iter().any(|other| other.name == made.name) {
                let why =
                    "You have a token of that name. Choose another, or revoke that one first.";
                return Err(Fault::conflict("/name", "taken", why));
            }
            if scope.narrow(tx, &caller)?.is_none() {
                return Err(Fault::invalid(vec![no_scope("not_a_choice")]));
            }
            if tokens.len() >= MOST_TOKENS {
                let why = format!(
                    "You have {MOST_TOKENS} tokens, which is the limit. Revoke one that isn't \
                     needed any more."
                );
                return Err(Fault::new(FaultKind::Conflict, "too_many", why));
            }
            tx.insert_api_token(&made, hash)?;
            let message = format!(
                "{} made the API token {} ({}, until {}).",
                caller.username,
                made.name,
                made.scope,
                app_.env.text_at(made.expires)
            );
            tell(&app_, tx, &caller, Action::CreateApiToken, &message)
        })
        .await?;
    Ok(Made { row, token: token.into() })
}

/// The caller's own, by their names; those that have ended are among them.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ApiTokenRow>, Fault> {
    let id = caller.account_id;
    app.store.read(move |tx| Ok(tx.api_tokens(id)?)).await
}

/// Takes one of the caller's own away.
pub async fn revoke(
    app: &App,
    caller: &Caller,
    standing: &Standing,
    pkid: &str,
) -> Result<(), Fault> {
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    let standing = standing.clone();
    app.store
        .write(move |tx| {
            standing.expect(tx, caller.account_id, app_.env.now_seconds())?;
            let gone = tx
                .delete_api_token(caller.account_id, &pkid)?
                .ok_or_else(|| Fault::not_found("You have no such token; it may be revoked."))?;
            let message = format!("{} revoked the API token {}.", caller.username, gone.name);
            tell(&app_, tx, &caller, Action::RevokeApiToken, &message)
        })
        .await
}

/// Who calls by a token: its owner, with what the scope leaves.
pub async fn caller(app: &App, client: &Client, token: &str) -> Result<Caller, Fault> {
    let (hash, now) = (fingerprint(token), app.env.now_seconds());
    let generation = app.store.access_generation();
    let remembered =
        recall(&app.logins.api_tokens, &hash, generation).filter(|(row, _)| row.expires > now);
    let (row, caller) = match remembered {
        Some(remembered) => remembered,
        None => match app.store.read(move |tx| look_up(tx, hash, now)).await? {
            Some(found) => {
                remember(&app.logins.api_tokens, hash, generation, found.clone());
                found
            }
            None => {
                sessions::count_unknown(app, client)?;
                return Err(unknown());
            }
        },
    };
    if row.last_used.is_none_or(|at| now - at >= NOTED_EACH) {
        let pkid = row.pkid.clone();
        let noted = app.store.write(move |tx| Ok::<_, Fault>(tx.use_api_token(&pkid, now)?)).await;
        match noted {
            Ok(false) => return Err(unknown()),
            Ok(true) => {
                let row = ApiTokenRow { last_used: Some(now), ..row };
                remember(&app.logins.api_tokens, hash, generation, (row, caller.clone()));
            }
            // What only reads goes on where nothing can be written.
            Err(fault) => tracing::warn!(%fault, "that a token is in use can't be noted"),
        }
    }
    Ok(caller)
}

fn unknown() -> Fault {
    Fault::unauthenticated("The API token is unknown, was revoked, or has ended; make another one.")
}

fn look_up(
    tx: &ReadTx<'_>,
    hash: [u8; 32],
    now: i64,
) -> Result<Option<(ApiTokenRow, Caller)>, Fault> {
    let Some((row, account)) = tx.api_token(hash, now)? else { return Ok(None) };
    let owner = access::caller(tx, account)?;
    Ok(narrowed(tx, owner, &row)?.map(|caller| (row, caller)))
}

/// The owner as one of its tokens leaves it, for work that was queued by that token; `None` when the
/// token is gone or has ended.
pub(super) fn again(
    tx: &ReadTx<'_>,
    owner: Caller,
    pkid: &str,
    now: i64,
) -> Result<Option<Caller>, Fault> {
    let mut tokens = tx.api_tokens(owner.account_id)?.into_iter();
    match tokens.find(|row| row.pkid == pkid && row.expires > now) {
        Some(row) => narrowed(tx, owner, &row),
        None => Ok(None),
    }
}

fn narrowed(tx: &ReadTx<'_>, owner: Caller, row: &ApiTokenRow) -> Result<Option<Caller>, Fault> {
    let Some(scope) = Scope::parse(&row.scope) else { return Ok(None) };
    // A profile that is gone leaves nothing.
    let access = scope.narrow(tx, &owner)?.unwrap_or_default().into();
    Ok(Some(Caller { access, api_token: Some(row.pkid.as_str().into()), ..owner }))
}

fn name_of(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    let refused = |code, why: &str| Err(FieldError::new("/name", code, why));
    if name.is_empty() {
        return refused("required", "Give the token a name that says what it is for.");
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return refused("malformed", "A name has at most 80 characters, on one line.");
    }
    Ok(name.to_owned())
}

fn scope_of(scope: &str) -> Result<Scope, FieldError> {
    let code = if scope.is_empty() { "required" } else { "not_a_choice" };
    Scope::parse(scope).ok_or_else(|| no_scope(code))
}

fn no_scope(code: &str) -> FieldError {
    let why = "scope is read_only, everything, or profile: followed by the name of an access profile \
               at your node or above it.";
    FieldError::new("/scope", code, why)
}

/// When the last day is over.
fn end_of(day: Option<&str>, now: i64) -> Result<i64, FieldError> {
    let refused = |code, why: String| Err(FieldError::new("/expires", code, why));
    let Some(day) = day.filter(|day| !day.is_empty()) else { return Ok(now + USUAL_DAYS * DAY) };
    let Some(date) = date_of(day) else {
        return refused("malformed", "expires is a day, written YYYY-MM-DD.".to_owned());
    };
    let end = date.midnight().assume_offset(UtcOffset::UTC).unix_timestamp() + DAY;
    if end <= now {
        return refused("out_of_range", "That day is over. Choose one that is to come.".to_owned());
    }
    if end > now + (MOST_DAYS + 1) * DAY {
        return refused(
            "out_of_range",
            format!("A token holds {MOST_DAYS} days at most; choose an earlier day."),
        );
    }
    Ok(end)
}

fn date_of(day: &str) -> Option<Date> {
    let mut parts = day.split('-');
    let [year, month, day] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// The day on which a token ends that is made now and says nothing of it, for a form to begin with.
pub fn usual_day(app: &App) -> String {
    day_of(app.env.now_seconds() + USUAL_DAYS * DAY)
}

/// A moment's day (UTC), `YYYY-MM-DD`.
pub fn day_of(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| String::new(), |at| at.date().to_string())
}

/// As calls answer it.
pub fn answered(app: &App, row: &ApiTokenRow) -> Value {
    json!({
        "id": row.pkid,
        "name": row.name,
        "scope": row.scope,
        "created": app.env.text_at(row.created),
        "expires": app.env.text_at(row.expires),
        "expired": row.expires <= app.env.now_seconds(),
        "last_used": row.last_used.map(|at| app.env.text_at(at)),
    })
}
