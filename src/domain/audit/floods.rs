//! What keeps a flood of refusals from filling the log: of those that are alike one is recorded in a
//! while, and no more than so many of all. The next record tells how many were left out.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Kinds that are remembered; beyond it those that have passed are forgotten.
const REMEMBERED: usize = 10_000;

pub struct Floods {
    /// Of events that are alike one is recorded in this time. Seconds.
    window: i64,
    /// Events of all kinds that are recorded in that time.
    most: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kinds: HashMap<String, Window>,
    all: Window,
    recorded: u32,
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

impl Floods {
    pub fn new(window: i64, most: u32) -> Self {
        Self { window, most, state: Mutex::default() }
    }

    /// Whether an event of that kind is recorded at `now` (Unix seconds).
    pub fn admit(&self, kind: &str, now: i64) -> Option<Admitted> {
        // Counts alone: a panic can't have left them half-true.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = state.kinds.get_mut(kind)
            && window.is_open(now)
        {
            window.left_out += 1;
            return None;
        }
        let mut others = 0;
        if !state.all.is_open(now) {
            others = std::mem::take(&mut state.all.left_out);
            (state.all.began, state.all.ends) = (now, now + self.window);
            state.recorded = 0;
        }
        if state.recorded >= self.most {
            state.all.left_out += 1;
            return None;
        }
        state.recorded += 1;
        others += state.forget(now);
        let window = Window { began: now, ends: now + self.window, left_out: 0 };
        let before = state.kinds.insert(kind.to_owned(), window);
        Some(Admitted { alike: before.map_or(0, |window| window.left_out), others })
    }
}

impl State {
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
    const PLAIN: Option<Admitted> = Some(Admitted { alike: 0, others: 0 });

    #[test]
    fn one_of_a_kind_is_recorded_in_a_minute_and_the_next_tells_of_the_others() {
        let floods = Floods::new(60, MOST);
        assert_eq!(floods.admit("a", 0), PLAIN);
        assert_eq!(floods.admit("b", 1), PLAIN);
        assert_eq!(floods.admit("a", 2), None);
        assert_eq!(floods.admit("a", 59), None);
        assert_eq!(floods.admit("a", 60), Some(Admitted { alike: 2, others: 0 }));
        assert_eq!(floods.admit("a", 60), None);
    }

    #[test]
    fn too_many_kinds_are_counted_together() {
        let floods = Floods::new(60, MOST);
        let recorded = (0..1000).filter(|n| floods.admit(&n.to_string(), 5).is_some()).count();
        assert_eq!(recorded, MOST as usize);
        let left_out = 1000 - u64::from(MOST);
        assert_eq!(floods.admit("x", 65), Some(Admitted { alike: 0, others: left_out }));
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_silence_the_log() {
        let floods = Floods::new(60, MOST);
        assert_eq!(floods.admit("a", 90_000), PLAIN);
        assert_eq!(floods.admit("a", 10), PLAIN);
    }
}
