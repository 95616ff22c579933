//! Whether what somebody has shown still holds in the write that follows from it. Between the two a
//! password may be changed or a session ended, which ends all that was opened with it: nothing of that
//! may come afterwards.

use super::fingerprint;
use crate::{
    domain::Caller,
    fault::Fault,
    store::{Account, ReadTx},
};

/// Which password an account had when it was looked at: as much as tells whether it has another.
#[derive(Clone, PartialEq, Eq)]
pub struct Stamp([u8; 32]);

impl Stamp {
    pub fn of(account: &Account) -> Self {
        Self(fingerprint(&account.password_hash))
    }

    fn holds(&self, tx: &ReadTx<'_>, account_id: i64) -> Result<bool, Fault> {
        let account = tx.account_by_id(account_id)?;
        Ok(account.is_some_and(|account| Self::of(&account) == *self))
    }
}

/// Somebody who has logged in.
#[derive(Clone)]
pub struct Proven {
    pub caller: Caller,
    pub stamp: Stamp,
}

/// By what somebody has come to the own account.
#[derive(Clone)]
pub enum Standing {
    /// A password, or what stands for it, which was judged a moment ago.
    Proof(Stamp),
    /// A session or token of this log-in.
    LogIn(String),
}

impl Standing {
    pub fn log_in(&self) -> Option<&str> {
        match self {
            Self::Proof(_) => None,
            Self::LogIn(family) => Some(family),
        }
    }

    /// Whether it holds at `now`, in the write that relies on it.
    pub fn holds(&self, tx: &ReadTx<'_>, account_id: i64, now: i64) -> Result<bool, Fault> {
        match self {
            Self::Proof(stamp) => stamp.holds(tx, account_id),
            Self::LogIn(family) => Ok(tx.has_log_in(account_id, family, now)?),
        }
    }

    pub fn expect(&self, tx: &ReadTx<'_>, account_id: i64, now: i64) -> Result<(), Fault> {
        if self.holds(tx, account_id, now)? {
            return Ok(());
        }
        Err(Fault::unauthenticated(
            "The password was changed, or the session ended, while this was under way; log in again.",
        ))
    }
}
