//! A customer's connection, as it is told.

use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::facts::Facts;
use crate::{
    fault::Fault,
    store::{ReadTx, Stored},
};

/// How a customer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There are no tokens.
    NotAuthorised,
    Healthy,
    /// It works, and will stop by itself unless somebody acts.
    Expiring,
    /// Refreshing fails.
    Failed,
    /// The tokens have lapsed.
    Lapsed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAuthorised => "not_authorised",
            Self::Healthy => "healthy",
            Self::Expiring => "expiring",
            Self::Failed => "failed",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A customer's connection, as `meta.connection` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connection {
    /// `not_authorised`, `healthy`, `expiring`, `failed` or `lapsed`.
    pub state: String,
    /// Since when it is so. RFC 3339.
    pub since: String,
    /// What there is to know or to do, in sentences; empty where all is well.
    pub reason: String,
}

impl Connection {
    /// That of a stored customer. One that was never looked at has no tokens.
    pub fn of(tx: &ReadTx<'_>, stored: &Stored) -> Result<Self, Fault> {
        Ok(match tx.connection(stored.id)? {
            Some(row) => Self { state: row.state, since: row.since, reason: row.reason },
            None => Self {
                state: State::NotAuthorised.as_str().to_owned(),
                since: stored.created.clone(),
                reason: Facts::default().judge(0).reason,
            },
        })
    }
}

/// "on 2026-11-22 at 13:05 UTC"
pub(super) fn at(seconds: Option<i64>) -> String {
    let time = seconds.and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    let text = time.and_then(|time| time.format(&Rfc3339).ok());
    text.and_then(|text| {
        let (day, rest) = text.split_once('T')?;
        Some(format!("on {day} at {} UTC", rest.get(..5)?))
    })
    .unwrap_or_else(|| "at an unknown time".to_owned())
}

/// Unix seconds of an RFC 3339 time.
pub fn seconds(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}
