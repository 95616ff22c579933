//! What keeps a flood of refusals from filling the log: of those that are alike one is recorded in a
//! while, and no more than so many of one source and of all. The next record tells how many alike were
//! left out, or in all; of a source that had more than its part the sum is recorded by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Kinds that are remembered; beyond it those that have passed are forgotten.
const REMEMBERED: usize = 10_000;

/// `V` is what the record of a source's sum needs.
pub struct Floods<V> {
    /// Of events that are alike one is recorded in this time. Seconds.
    window: i64,
    /// Events of all kinds that are recorded in that time.
    most: u32,
    /// Of them, those of one source.
    of_one: u32,
    state: Mutex<State<V>>,
}

struct State<V> {
    kinds: HashMap<String, Window>,
    all: Window,
    recorded: u32,
    /// Of those that are recorded since `all` began: never more than these.
    sources: HashMap<String, Source<V>>,
    /// Sums that are still to be recorded, of sources that had all their part.
    sums: Vec<(V, u64)>,
}

struct Source<V> {
    what: V,
    recorded: u32,
    left_out: u64,
}

#[derive(Clone, Copy, Default)]
struct Window {
    /// Unix seconds.
    began: i64,
    ends: i64,
    left_out: u64,
}

impl Window {
    /// A clock that was put back doesn't keep it open.
    fn is_open(self, now: i64) -> bool {
        (self.began..self.ends).contains(&now)
    }
}

/// An event that is recorded, and what wasn't before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Events of its kind.
    pub alike: u64,
    /// Events of any kind, when there were too many kinds.
    pub others: u64,
}

impl<V> Floods<V> {
    pub fn new(window: i64, most: u32, of_one: u32) -> Self {
        let state = State {
            kinds: HashMap::new(),
            all: Window::default(),
            recorded: 0,
            sources: HashMap::new(),
            sums: Vec::new(),
        };
        Self { window, most, of_one, state: Mutex::new(state) }
    }

    /// What is to be told of sources whose time is over; each sum is answered once.
    pub fn sums(&self, now: i64) -> Vec<(V, u64)> {
        let mut state = self.lock();
        state.close(now);
        std::mem::take(&mut state.sums)
    }

    /// What is to be told of all sources, also of those whose time isn't over.
    pub fn last_sums(&self) -> Vec<(V, u64)> {
        let mut state = self.lock();
        state.end();
        std::mem::take(&mut state.sums)
    }

    fn lock(&self) -> MutexGuard<'_, State<V>> {
        // Counts alone: a panic can't have left them half-true.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an event of that kind and source is recorded at `now` (Unix seconds).
    pub fn admit(
        &self,
        kind: &str,
        source: &str,
        what: impl FnOnce() -> V,
        now: i64,
    ) -> Option<Admitted> {
        let mut state = self.lock();
        state.close(now);
        if let Some(window) = state.kinds.get_mut(kind)
            && window.is_open(now)
        {
            window.left_out += 1;
            return None;
        }
        if !state.all.is_open(now) {
            (state.all.began, state.all.ends) = (now, now + self.window);
        }
        let known = state.sources.get_mut(source);
        if let Some(known) = known.filter(|known| known.recorded >= self.of_one) {
            known.left_out += 1;
            return None;
        }
        if state.recorded >= self.most {
            state.all.left_out += 1;
            return None;
        }
        state.recorded += 1;
        let others = std::mem::take(&mut state.all.left_out) + state.forget(now);
        let source = state.sources.entry(source.to_owned());
        source.or_insert_with(|| Source { what: what(), recorded: 0, left_out: 0 }).recorded += 1;
        let window = Window { began: now, ends: now + self.window, left_out: 0 };
        let before = state.kinds.insert(kind.to_owned(), window);
        Some(Admitted { alike: before.map_or(0, |window| window.left_out), others })
    }
}

impl<V> State<V> {
    /// Begins anew with all sources, where their time is over.
    fn close(&mut self, now: i64) {
        if !self.all.is_open(now) {
            self.end();
        }
    }

    fn end(&mut self) {
        self.recorded = 0;
        let sources = self.sources.drain().map(|(_, source)| (source.what, source.left_out));
        self.sums.extend(sources.filter(|(_, left_out)| *left_out > 0));
    }

    /// Makes room, and answers how many events were left out of what is forgotten.
    fn forget(&mut self, now: i64) -> u64 {
        if self.kinds.len() < REMEMBERED {
            return 0;
        }
        let mut left_out = 0;
        self.kinds.retain(|_, window| {
            let stays = window.is_open(now);
            left_out += if stays { 0 } else { window.left_out };
            stays
        });
        if self.kinds.len() >= REMEMBERED {
            left_out += self.kinds.drain().map(|(_, window)| window.left_out).sum::<u64>();
        }
        left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: u32 = 120;
    const OF_ONE: u32 = 20;
    const PLAIN: Option<Admitted> = Some(Admitted { alike: 0, others: 0 });

    fn floods() -> Floods<String> {
        Floods::new(60, MOST, OF_ONE)
    }

    fn admit(floods: &Floods<String>, kind: &str, source: &str, now: i64) -> Option<Admitted> {
        floods.admit(kind, source, || source.to_owned(), now)
    }

    #[test]
    fn one_of_a_kind_is_recorded_in_a_minute_and_the_next_tells_of_the_others() {
        let floods = floods();
        assert_eq!(admit(&floods, "a", "x", 0), PLAIN);
        assert_eq!(admit(&floods, "b", "x", 1), PLAIN);
        assert_eq!(admit(&floods, "a", "x", 2), None);
        assert_eq!(admit(&floods, "a", "x", 59), None);
        assert_eq!(admit(&floods, "a", "x", 60), Some(Admitted { alike: 2, others: 0 }));
        assert_eq!(admit(&floods, "a", "x", 60), None);
    }

    #[test]
    fn a_source_takes_its_part_alone_and_its_sum_is_told_once() {
        let floods = floods();
        let recorded =
            (0..1000).filter(|n| admit(&floods, &n.to_string(), "x", 5).is_some()).count();
        assert_eq!(recorded, OF_ONE as usize);
        assert_eq!(admit(&floods, "of another", "y", 6), PLAIN);
        assert_eq!(floods.sums(64), []);
        let left_out = 1000 - u64::from(OF_ONE);
        assert_eq!(floods.sums(65), [("x".to_owned(), left_out)]);
        assert_eq!(floods.sums(65), []);
        assert_eq!(admit(&floods, "new", "x", 66), PLAIN);
    }

    #[test]
    fn a_sum_waits_until_somebody_asks_for_it() {
        let floods = floods();
        for n in 0..=OF_ONE {
            admit(&floods, &n.to_string(), "x", 0);
        }
        assert_eq!(admit(&floods, "a", "y", 200), PLAIN);
        assert_eq!(floods.sums(200), [("x".to_owned(), 1)]);
    }

    #[test]
    fn too_many_kinds_are_counted_together() {
        let floods = floods();
        let recorded = (0..1000)
            .filter(|n| admit(&floods, &n.to_string(), &n.to_string(), 5).is_some())
            .count();
        assert_eq!(recorded, MOST as usize);
        assert_eq!(floods.lock().sources.len(), MOST as usize);
        let left_out = 1000 - u64::from(MOST);
        let told = Some(Admitted { alike: 0, others: left_out });
        assert_eq!(admit(&floods, "x", "x", 65), told);
        assert_eq!(floods.sums(65), []);
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_silence_the_log() {
        let floods = floods();
        assert_eq!(admit(&floods, "a", "x", 90_000), PLAIN);
        assert_eq!(admit(&floods, "a", "x", 10), PLAIN);
    }
}
