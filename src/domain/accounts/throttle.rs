//! Who fails to log in too often has to wait: an account from one address, and nobody else. Names that
//! don't exist are counted alike, so that no answer tells which do.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};
use tokio::sync::OwnedMutexGuard;

use crate::fault::{Fault, FaultKind};

/// So many failures in [`WINDOW`] are too many.
const MOST: usize = 10;
/// Seconds.
const WINDOW: i64 = 300;
/// Kinds of tries that are remembered. Beyond it those that have passed are forgotten, then the one
/// whose last failure is oldest.
const REMEMBERED: usize = 20_000;

/// What is tried, and from where, as a hash: names may be of any length.
pub type Key = [u8; 32];

/// The failures of a while.
#[derive(Default)]
pub struct Throttle(Mutex<HashMap<Key, Tries>>);

#[derive(Default)]
struct Tries {
    /// When, in Unix seconds; at most [`MOST`].
    failures: VecDeque<i64>,
    /// Tries of one kind go one after the other, so that none begins before the one before it has
    /// counted.
    gate: Arc<tokio::sync::Mutex<()>>,
}

impl Tries {
    /// After how many seconds the next try is heard, when there were too many.
    fn wait(&mut self, now: i64) -> Option<i64> {
        // What a clock that was put back shows as the future is forgotten.
        self.failures.retain(|at| (0..WINDOW).contains(&(now - at)));
        let first = self.failures.front().filter(|_| self.failures.len() >= MOST)?;
        Some(first + WINDOW - now)
    }

    fn fail(&mut self, now: i64) {
        if self.failures.len() >= MOST {
            self.failures.pop_front();
        }
        self.failures.push_back(now);
    }
}

/// A try that may go on. It counts as failed unless it is told otherwise, also when whoever waits for
/// it leaves.
pub struct Turn<'t> {
    throttle: &'t Throttle,
    key: Key,
    now: i64,
    failed: bool,
    _gate: OwnedMutexGuard<()>,
}

impl Turn<'_> {
    /// It was right: what failed before is forgotten.
    pub fn passed(mut self) {
        self.failed = false;
        if let Some(tries) = self.throttle.lock().get_mut(&self.key) {
            tries.failures.clear();
        }
    }

    /// It came to no judgement.
    pub fn undecided(mut self) {
        self.failed = false;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut all = self.throttle.lock();
        let Some(tries) = all.get_mut(&self.key) else { return };
        if self.failed {
            tries.fail(self.now);
        }
        // The map's and this turn's: nobody waits.
        if tries.failures.is_empty() && Arc::strong_count(&tries.gate) <= 2 {
            all.remove(&self.key);
        }
    }
}

impl Throttle {
    /// Waits for other tries of the same kind, then lets this one go on, unless too many have failed.
    pub async fn turn(&self, key: Key, now: i64) -> Result<Turn<'_>, Fault> {
        let gate = {
            let mut all = self.lock();
            make_room(&mut all, now);
            let tries = all.entry(key).or_default();
            heard(tries.wait(now))?;
            Arc::clone(&tries.gate)
        };
        let gate = gate.lock_owned().await;
        let wait = self.lock().entry(key).or_default().wait(now);
        heard(wait)?;
        Ok(Turn { throttle: self, key, now, failed: true, _gate: gate })
    }

    /// Refuses where too many have failed.
    pub fn check(&self, key: Key, now: i64) -> Result<(), Fault> {
        heard(self.lock().get_mut(&key).and_then(|tries| tries.wait(now)))
    }

    /// Counts a failure that took no work to see; refuses it when there were too many before it.
    pub fn failed(&self, key: Key, now: i64) -> Result<(), Fault> {
        let mut all = self.lock();
        make_room(&mut all, now);
        let tries = all.entry(key).or_default();
        heard(tries.wait(now))?;
        tries.fail(now);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Tries>> {
        // Counts alone: a panic can't have left them half-true.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(all: &mut HashMap<Key, Tries>, now: i64) {
    if all.len() < REMEMBERED {
        return;
    }
    all.retain(|_, tries| {
        tries.wait(now);
        !tries.failures.is_empty()
    });
    if all.len() >= REMEMBERED {
        let oldest = all.iter().min_by_key(|(_, tries)| tries.failures.back().copied());
        if let Some(key) = oldest.map(|(key, _)| *key) {
            all.remove(&key);
        }
    }
}

fn heard(wait: Option<i64>) -> Result<(), Fault> {
    let Some(seconds) = wait else { return Ok(()) };
    let seconds = u64::try_from(seconds).unwrap_or(1).max(1);
    let minutes = seconds.div_ceil(60);
    let time = if minutes == 1 { "a minute".to_owned() } else { format!("{minutes} minutes") };
    Err(Fault::new(
        FaultKind::TooMany,
        "too_many_failures",
        format!("Too many log-ins from here have failed. Try again in {time}."),
    )
    .retry_after(seconds))
}

/// The log-ins of an account from an address.
pub fn of_account(username: &str, from: Option<IpAddr>) -> Key {
    key("account", username, from)
}

/// Unknown tokens from an address.
pub fn of_tokens(from: Option<IpAddr>) -> Key {
    key("token", "", from)
}

/// An address alone.
pub fn of_address(from: Option<IpAddr>) -> Key {
    key("address", "", from)
}

fn key(what: &str, name: &str, from: Option<IpAddr>) -> Key {
    let from = from.map_or_else(String::new, |address| network(address).to_string());
    Sha256::new()
        .chain_update(what)
        .chain_update([0])
        .chain_update(from)
        .chain_update([0])
        .chain_update(name)
        .finalize()
        .into()
}

/// The address that a request counts for, in words.
pub fn source(from: Option<IpAddr>) -> Option<String> {
    from.map(network).map(|network| match network {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{address}/64"),
    })
}

/// Who has one address of IPv6 has a network of 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as requests have it")]
    fn from(address: &str) -> Option<IpAddr> {
        Some(address.parse().unwrap())
    }

    async fn fail(throttle: &Throttle, key: Key, now: i64) -> bool {
        throttle.turn(key, now).await.map(drop).is_ok()
    }

    #[tokio::test]
    async fn ten_failures_in_five_minutes_are_too_many() {
        let (throttle, key) = (Throttle::default(), of_account("ada", from("192.0.2.1")));
        for at in 0..10 {
            assert!(fail(&throttle, key, at).await);
        }
        let refused = throttle.turn(key, 100).await.err().unwrap();
        assert_eq!((refused.kind, refused.retry_after), (FaultKind::TooMany, Some(200)));
        assert!(!fail(&throttle, key, 299).await);
        // The first has passed; the one that follows makes it ten again.
        assert!(fail(&throttle, key, 300).await);
        assert!(!fail(&throttle, key, 300).await);
        assert!(fail(&throttle, of_account("bob", from("192.0.2.1")), 100).await);
        assert!(fail(&throttle, of_account("ada", from("192.0.2.2")), 100).await);
    }

    #[tokio::test]
    async fn a_right_one_clears_and_one_without_judgement_counts_nothing() {
        let (throttle, key) = (Throttle::default(), of_account("ada", None));
        for _ in 0..9 {
            assert!(fail(&throttle, key, 0).await);
        }
        throttle.turn(key, 0).await.unwrap().undecided();
        throttle.turn(key, 0).await.unwrap().passed();
        assert!(throttle.lock().is_empty());
        for _ in 0..10 {
            assert!(fail(&throttle, key, 0).await);
        }
        assert!(!fail(&throttle, key, 0).await);
    }

    #[tokio::test]
    async fn tries_at_once_go_one_after_the_other() {
        let throttle = Throttle::default();
        let key = of_account("ada", None);
        let first = throttle.turn(key, 0).await.unwrap();
        let second = throttle.turn(key, 0);
        tokio::pin!(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        first.passed();
        second.await.unwrap().passed();
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..REMEMBERED + 50 {
            throttle.failed(of_account(&n.to_string(), None), 0).unwrap();
        }
        assert!(throttle.lock().len() <= REMEMBERED);
        throttle.failed(of_account("later", None), WINDOW).unwrap();
        assert_eq!(throttle.lock().len(), 1);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        let of = |address| of_account("ada", from(address));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
