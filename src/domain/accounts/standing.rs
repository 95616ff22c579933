//! Whether what somebody has shown still holds in the write that follows from it. Between the two a
//! password may be changed, a second factor turned on or a session ended, which ends all that was opened
//! with it: nothing of that may come afterwards.

use super::fingerprint;
use crate::{
    domain::Caller,
    fault::Fault,
    store::{Account, ReadTx},
};

/// Which password an account had when it was looked at, and whether a second factor: as much as tells
/// whether what was enough to log in still is.
#[derive(Clone, PartialEq, Eq)]
pub struct Stamp {
    password: [u8; 32],
    second_factor: bool,
}

impl Stamp {
    pub fn of(tx: &ReadTx<'_>, account: &Account) -> Result<Self, Fault> {
        Ok(Self {
            password: fingerprint(&account.password_hash),
            second_factor: tx.has_second_factor(account.id)?,
        })
    }

    fn holds(&self, tx: &ReadTx<'_>, account_id: i64) -> Result<bool, Fault> {
        let Some(account) = tx.account_by_id(account_id)? else { return Ok(false) };
        Ok(Self::of(tx, &account)? == *self)
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
            "The password or the second factor was changed, or the session ended, while this was under \
             way; log in again.",
        ))
    }
}
