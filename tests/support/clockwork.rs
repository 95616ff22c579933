//! Time and randomness of the tests: a clock that stands still until it is moved, pauses that take no
//! time, and random bytes that repeat from run to run.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tenantry::domain::env::{Clock, Env, Pauses, Random};
use time::{OffsetDateTime, macros::datetime};

/// A clock that goes only when it is told to.
#[derive(Clone, Default)]
pub struct Clockwork(Arc<AtomicI64>);

impl Clockwork {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Clockwork {
    fn now(&self) -> OffsetDateTime {
        let passed = time::Duration::seconds(self.0.load(Ordering::SeqCst));
        datetime!(2026-01-31 09:30:00 UTC) + passed
    }
}

/// A pause takes no time: the clock has gone on by as much.
impl Pauses for Clockwork {
    fn pause(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.advance(i64::try_from(duration.as_secs()).unwrap());
        Box::pin(tokio::task::yield_now())
    }
}

/// Bytes that never repeat within a test and are the same in every run of it (splitmix64).
#[derive(Default)]
struct Repeatable(AtomicU64);

impl Random for Repeatable {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
            let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

pub fn env(clock: &Clockwork) -> Env {
    Env {
        clock: Arc::new(clock.clone()),
        random: Arc::new(Repeatable::default()),
        pauses: Arc::new(clock.clone()),
    }
}
