//! What is remembered of lists as long as nothing is written to their models: totals that had to be
//! counted, and milestones on the way to pages deep in a list, or behind what a filter leaves out, from which
//! the next such page goes on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{OptionalExtension, types::Value as Sql};

use super::{Attr, ListSpec};
use crate::store::{ReadTx, StoreError};

/// Lists that something is remembered of.
const LISTS: usize = 128;
/// Milestones of one list.
const MILESTONES: usize = 1500;
/// Bytes of a text that is remembered.
const LONGEST: usize = 256;

/// Shared by all reads. Writes remember nothing: what they see may be undone.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    known: HashMap<String, Known>,
    /// Goes up with each use.
    clock: u64,
}

#[derive(Default)]
struct Known {
    /// Of the model, when it was remembered.
    generation: i64,
    used: u64,
    total: Option<u64>,
    /// By how many are before them.
    milestones: Vec<Milestone>,
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// Rows before it.
    pub before: u64,
    /// What the list is ordered by there.
    pub value: Sql,
    pub id: i64,
}

impl Milestone {
    /// Whether it is small enough to be kept.
    pub fn is_short(&self) -> bool {
        !matches!(&self.value, Sql::Text(text) if text.len() > LONGEST)
    }
}

impl Memory {
    fn lists(&self) -> MutexGuard<'_, Lists> {
        // Nothing in between leaves it half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, key: &Key, work: impl FnOnce(&mut Known) -> T) -> T {
        let lists = &mut *self.lists();
        lists.clock += 1;
        if lists.known.len() >= LISTS && !lists.known.contains_key(&key.list) {
            let oldest = lists.known.iter().min_by_key(|(_, known)| known.used);
            if let Some(oldest) = oldest.map(|(list, _)| list.clone()) {
                lists.known.remove(&oldest);
            }
        }
        let known = lists.known.entry(key.list.clone()).or_default();
        if known.generation != key.generation {
            *known = Known { generation: key.generation, ..Known::default() };
        }
        known.used = lists.clock;
        work(known)
    }
}

/// What a list is remembered by.
pub struct Key {
    list: String,
    generation: i64,
}

impl ReadTx<'_> {
    /// What a list, in its order or in any, is remembered by in this view of the database; `None` of
    /// what isn't remembered.
    fn key(&self, spec: &ListSpec, ordered: bool) -> Result<Option<(Key, &Memory)>, StoreError> {
        let Some(memory) = self.memory else { return Ok(None) };
        let ListSpec { model, cover, filters, .. } = spec;
        let mut list = format!("{model} {cover:?} {filters:?}");
        if list.len() > 4 * LONGEST {
            return Ok(None);
        }
        if ordered {
            list += &format!(" {:?}", spec.order);
        }
        let generation = self.generation_of(model)?;
        Ok(generation.map(|generation| (Key { list, generation }, memory)))
    }

    /// A number that goes up with each write of the model's instances; `None` while there were none yet.
    fn generation_of(&self, model: &str) -> Result<Option<i64>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT n FROM list_generation WHERE model = ?1")?;
        Ok(statement.query_row([model], |row| row.get(0)).optional()?)
    }

    /// A number that goes up with each write of instances of these models. `None` within a write, whose
    /// own changes may be undone: nothing that is read there is to be remembered.
    pub fn generation(&self, models: &[&str]) -> Result<Option<i64>, StoreError> {
        if self.memory.is_none() {
            return Ok(None);
        }
        let mut sum = 0;
        for model in models {
            sum += self.generation_of(model)?.unwrap_or_default();
        }
        Ok(Some(sum))
    }

    /// The total of a list, which is counted where it isn't known.
    pub(super) fn remembered_total(
        &self,
        spec: &ListSpec,
        count: impl FnOnce() -> Result<u64, StoreError>,
    ) -> Result<u64, StoreError> {
        let Some((key, memory)) = self.key(spec, false)? else { return count() };
        if let Some(total) = memory.with(&key, |known| known.total) {
            return Ok(total);
        }
        let total = count()?;
        memory.with(&key, |known| known.total = Some(total));
        Ok(total)
    }

    /// The last milestone that isn't behind the beginning of a page.
    pub(super) fn milestone(&self, spec: &ListSpec) -> Result<Option<Milestone>, StoreError> {
        // The beginning is found at once, unless a filter leaves nothing there.
        let is_near = spec.skip == 0 && spec.filters.is_empty();
        if is_near || !matches!(spec.order.attr, Attr::Data(..)) {
            return Ok(None);
        }
        let Some((key, memory)) = self.key(spec, true)? else { return Ok(None) };
        Ok(memory.with(&key, |known| {
            let reached = known.milestones.partition_point(|m| m.before <= spec.skip);
            reached.checked_sub(1).and_then(|last| known.milestones.get(last)).cloned()
        }))
    }

    /// Remembers where rows stand.
    pub(super) fn remember(
        &self,
        spec: &ListSpec,
        come_past: Vec<Milestone>,
    ) -> Result<(), StoreError> {
        if come_past.is_empty() {
            return Ok(());
        }
        let Some((key, memory)) = self.key(spec, true)? else { return Ok(()) };
        memory.with(&key, |known| {
            for milestone in come_past {
                let at = known.milestones.partition_point(|m| m.before < milestone.before);
                let is_known =
                    known.milestones.get(at).is_some_and(|m| m.before == milestone.before);
                if !is_known && known.milestones.len() < MILESTONES {
                    known.milestones.insert(at, milestone);
                }
            }
        });
        Ok(())
    }
}
