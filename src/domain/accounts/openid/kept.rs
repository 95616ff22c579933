//! What is kept for browsers until they come back: for a while, and once. Anybody may be sent off, so it
//! is bounded, and by the address first: whoever is sent off without end pushes out its own alone.

use std::{
    cmp::Reverse,
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::super::throttle::Key;

/// Of all addresses together.
const OF_ALL: usize = 20_000;
/// Beyond that, so many are forgotten at a time.
const A_TENTH: usize = OF_ALL / 10;
/// Of one address, which may be many people's.
const OF_ONE: usize = 1000;

pub struct Kept<V>(Mutex<State<V>>);

struct State<V> {
    all: HashMap<Key, One<V>>,
    /// The same by the address, in the order in which it was kept.
    from: HashMap<Key, VecDeque<Key>>,
}

struct One<V> {
    value: V,
    from: Key,
    until: i64,
}

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self(Mutex::new(State { all: HashMap::new(), from: HashMap::new() }))
    }
}

impl<V> Kept<V> {
    /// Keeps something until then (Unix seconds) for a browser at the address `from`.
    pub fn put(&self, key: Key, from: Key, value: V, until: i64, now: i64) {
        let mut state = self.lock();
        state.remove(&key);
        if state.all.len() >= OF_ALL {
            state.make_room(now);
        }
        let State { all, from: addresses } = &mut *state;
        let mine = addresses.entry(from).or_default();
        if mine.len() >= OF_ONE
            && let Some(oldest) = mine.pop_front()
        {
            all.remove(&oldest);
        }
        mine.push_back(key);
        all.insert(key, One { value, from, until });
    }

    /// What was kept, once.
    pub fn take(&self, key: &Key, now: i64) -> Option<V> {
        let one = self.lock().remove(key)?;
        (one.until > now).then_some(one.value)
    }

    fn lock(&self) -> MutexGuard<'_, State<V>> {
        // Nothing in here panics half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> State<V> {
    fn remove(&mut self, key: &Key) -> Option<One<V>> {
        let one = self.all.remove(key)?;
        if let Some(keys) = self.from.get_mut(&one.from) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.from.remove(&one.from);
            }
        }
        Some(one)
    }

    /// Makes room for many, as it walks through all. Forgets those whose time is up; where that isn't
    /// enough, what those addresses have that have most, and of such as have as many what is oldest.
    fn make_room(&mut self, now: i64) {
        let Self { all, from } = self;
        all.retain(|_, one| one.until > now);
        let excess = all.len().saturating_sub(OF_ALL - A_TENTH);
        // How many later ones its address has, and until when it is kept.
        let mut ranked: Vec<_> = from
            .values()
            .flat_map(|keys| keys.iter().rev().filter(|key| all.contains_key(*key)).enumerate())
            .map(|(later, key)| (Reverse(later), all.get(key).map(|one| one.until), *key))
            .collect();
        ranked.sort_unstable();
        for (.., key) in ranked.iter().take(excess) {
            all.remove(key);
        }
        from.retain(|_, keys| {
            keys.retain(|key| all.contains_key(key));
            !keys.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> Key {
        let mut key = Key::default();
        key[..8].copy_from_slice(&n.to_le_bytes());
        key
    }

    #[test]
    fn what_is_kept_is_given_once_and_in_time() {
        let kept = Kept::default();
        kept.put(key(1), key(0), "one", 10, 0);
        kept.put(key(2), key(0), "two", 10, 0);
        kept.put(key(1), key(3), "another", 10, 0);
        assert_eq!(kept.take(&key(1), 9), Some("another"));
        assert_eq!(kept.take(&key(1), 9), None);
        assert_eq!(kept.take(&key(2), 10), None);
        assert!(kept.lock().all.is_empty() && kept.lock().from.is_empty());
    }

    #[test]
    fn an_address_pushes_out_its_own_alone() {
        let kept = Kept::default();
        kept.put(key(0), key(1), (), 600, 0);
        for n in 1..=OF_ALL {
            kept.put(key(n), key(2), (), 600, 0);
        }
        assert_eq!(kept.lock().all.len(), OF_ONE + 1);
        assert!(kept.take(&key(0), 0).is_some());
        assert!(kept.take(&key(OF_ALL - OF_ONE), 0).is_none());
        assert!(kept.take(&key(OF_ALL - OF_ONE + 1), 0).is_some());
    }

    #[test]
    fn many_addresses_push_out_what_the_busiest_has() {
        let kept = Kept::default();
        kept.put(key(0), key(0), (), 600, 0);
        for n in 1..2 * OF_ALL {
            kept.put(key(n), key(n % 30 + 1), (), 600, 0);
        }
        assert!(kept.lock().all.len() <= OF_ALL);
        assert!(kept.take(&key(0), 0).is_some());
        // Later their time is up.
        for n in 0..OF_ALL {
            kept.put(key(n), key(n % 30 + 1), (), 1200, 600);
        }
        assert!(kept.lock().all.len() <= OF_ALL);
        let State { all, from } = &*kept.lock();
        assert_eq!(from.values().map(VecDeque::len).sum::<usize>(), all.len());
    }

    #[test]
    fn room_is_made_for_many_at_a_time_by_what_is_oldest_where_no_address_has_more() {
        let kept = Kept::default();
        let until = |n: usize| 600 + i64::try_from(n).unwrap();
        for n in 0..=OF_ALL {
            kept.put(key(n), key(n), (), until(n), 0);
        }
        assert_eq!(kept.lock().all.len(), OF_ALL - A_TENTH + 1);
        assert!(kept.take(&key(A_TENTH - 1), 0).is_none());
        assert!(kept.take(&key(A_TENTH), 0).is_some() && kept.take(&key(OF_ALL), 0).is_some());
    }
}
