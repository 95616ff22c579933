//! The entries of arrays, as inputs under their indices: they come, go, move, and those that are
//! empty aren't there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Pair, is_known, pick_name, value_of};
use crate::model::{definition::Model, pointer};

/// How many entries the form holds for the array at `pointer`. Never more than it has inputs
/// for them, whatever index somebody posts.
pub fn row_count(pairs: &[Pair], pointer: &str) -> usize {
    let rows = pairs.iter().filter_map(|(name, _)| row_of(name, pointer));
    let (inputs, end) = rows.fold((0, 0), |(n, end), (row, _)| (n + 1, (row + 1).max(end)));
    end.min(inputs)
}

/// The texts that the form holds for the entries of the array at `pointer`, in its order: each with
/// the name of its input below the entry.
pub fn entries<'a>(pairs: &'a [Pair], pointer: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs.iter().filter_map(move |(name, text)| Some((row_of(name, pointer)?.1, text.as_str())))
}

/// The form with one more entry, an empty one, in the array at `pointer`; or with the member of a
/// sparse object that was picked there.
pub fn add_row(pairs: &[Pair], pointer: &str) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    if let Some(picked) = value_of(&pairs, &pick_name(pointer)) {
        if !picked.is_empty() {
            pairs.push((pointer::child(pointer, picked), String::new()));
        }
        return pairs;
    }
    // Entries that are objects ignore a text of their own: it only says that they are there.
    let marker = pointer::entry(pointer, row_count(&pairs, pointer));
    pairs.push((marker, String::new()));
    pairs
}

/// Whether an input of this name belongs to the value at `pointer`, or to one below it.
pub fn is_within(name: &str, pointer: &str) -> bool {
    let rest = name.strip_prefix(pointer).filter(|_| !pointer.is_empty());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
}

/// The form with the entry at `pointer` in the place of the one before it, or after it.
pub fn move_row(pairs: &[Pair], pointer: &str, up: bool) -> Vec<Pair> {
    let other = pointer.rsplit_once('/').and_then(|(array, index)| {
        let index = pointer::index(index)?;
        let other = if up { index.checked_sub(1)? } else { index + 1 };
        (other < row_count(pairs, array)).then(|| pointer::entry(array, other))
    });
    let Some(other) = other else { return pairs.to_vec() };
    let swapped = |name: &str| {
        let to =
            |from, to: &str| is_within(name, from).then(|| to.to_owned() + &name[from.len()..]);
        to(pointer, &other).or_else(|| to(&other, pointer)).unwrap_or_else(|| name.to_owned())
    };
    pairs.iter().map(|(name, text)| (swapped(name), text.clone())).collect()
}

/// The form without the entry at `pointer`, those after it moved up; or without that member of a
/// sparse object.
pub fn remove_row(pairs: &[Pair], pointer: &str) -> Vec<Pair> {
    let gone = pointer.rsplit_once('/').and_then(|(a, i)| Some((a, pointer::index(i)?)));
    let Some((array, gone)) = gone else {
        return pairs.iter().filter(|(name, _)| !is_within(name, pointer)).cloned().collect();
    };
    let mut kept = Vec::with_capacity(pairs.len());
    for (name, text) in pairs {
        match row_of(name, array) {
            Some((row, _)) if row == gone => {}
            Some((row, rest)) if row > gone => {
                kept.push((format!("{}{rest}", pointer::entry(array, row - 1)), text.clone()));
            }
            _ => kept.push((name.clone(), text.clone())),
        }
    }
    kept
}

/// The index of the entry of `array` that an input belongs to, and the rest of its name.
fn row_of<'a>(name: &'a str, array: &str) -> Option<(usize, &'a str)> {
    let rest = name.strip_prefix(array)?.strip_prefix('/')?;
    let (token, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    Some((pointer::index(token)?, below))
}

/// The form without the entries in which all is empty, those after them moved up. Errors of
/// what [`from_pairs`] makes of a form name its fields as they are called here, so this is what
/// a form with errors shows.
pub fn tidy(model: &Model, pairs: &[Pair]) -> Vec<Pair> {
    // For every array, the entries that hold something, by index.
    let mut rows: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let known = |name: &str, text: &str| is_known(model, name, text);
    for (name, _) in pairs.iter().filter(|(n, t)| !t.is_empty() && known(n, t)) {
        each_row(name, |array, index| {
            rows.entry(array.to_owned()).or_default().insert(index);
            Some(index)
        });
    }
    pairs
        .iter()
        .filter_map(|(name, text)| {
            // An entry's new index is the number of those kept before it.
            let place = |array: &str, index| {
                let kept = rows.get(array).filter(|kept| kept.contains(&index))?;
                Some(kept.range(..index).count())
            };
            let name = if known(name, text) { each_row(name, place)? } else { name.clone() };
            Some((name, text.clone()))
        })
        .collect()
}

/// Goes through the indices in a name, each with the name of its array as it was posted, and
/// gives the name with those that `place` answers; none as soon as it answers none.
fn each_row(name: &str, mut place: impl FnMut(&str, usize) -> Option<usize>) -> Option<String> {
    let mut new = String::with_capacity(name.len());
    let mut at = 0;
    for token in name.split('/').skip(1) {
        new.push('/');
        // Names of properties begin with a letter, so a number can only be an index.
        match pointer::index(token) {
            Some(index) => new.push_str(&place(&name[..at], index)?.to_string()),
            None => new.push_str(token),
        }
        at += 1 + token.len();
    }
    Some(new)
}
