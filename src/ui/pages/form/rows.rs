//! Moving an entry of an array within a form, which only the browser does.

use crate::{
    model::{form::Pair, pointer},
    ui::components::fields::Move,
};

/// The form with the two entries in each other's place.
pub fn swap_rows(pairs: &[Pair], step: &Move) -> Vec<Pair> {
    let from = pointer::entry(&step.array, step.from);
    let to = pointer::entry(&step.array, step.to);
    let moved = |name: &str, old: &str, new: &str| {
        let rest = name.strip_prefix(old)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{new}{rest}"))
    };
    pairs
        .iter()
        .map(|(name, text)| {
            let name = moved(name, &from, &to)
                .or_else(|| moved(name, &to, &from))
                .unwrap_or_else(|| name.clone());
            (name, text.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_entries_change_places() {
        let pairs: Vec<Pair> = ["/a/1/x", "/a/2/x", "/a/10/x", "/a/2", "/b/1", "/a"]
            .map(|name| (name.to_owned(), name.to_owned()))
            .to_vec();
        let step = Move { array: "/a".to_owned(), from: 1, to: 2 };
        let names: Vec<String> = swap_rows(&pairs, &step).into_iter().map(|(n, _)| n).collect();
        assert_eq!(names, ["/a/2/x", "/a/1/x", "/a/10/x", "/a/1", "/b/1", "/a"]);
    }
}
