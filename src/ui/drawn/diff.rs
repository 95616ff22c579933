//! Two states of an instance side by side: only what differs, each line with a mark that says how.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    model::{MASK, Model, Property},
    ui::components::{
        Icon, IconName, table,
        value::{in_full, is_set, secret_state},
    },
};

/// How an attribute differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    Changed,
}

/// The attributes that differ: those of the model in its order, then any others.
pub fn changes(
    model: Option<&Model>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<(String, Change)> {
    let known = model.into_iter().flat_map(|m| m.root.properties.iter().map(|(name, _)| name));
    let mut names: Vec<&String> = known.collect();
    for name in before.keys().chain(after.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
        .into_iter()
        .filter_map(|name| {
            let old = before.get(name).filter(|v| is_set(v));
            let new = after.get(name).filter(|v| is_set(v));
            let change = match (old, new) {
                (None, Some(_)) => Change::Added,
                (Some(_), None) => Change::Removed,
                (Some(old), Some(new)) if old != new => Change::Changed,
                _ => return None,
            };
            Some((name.clone(), change))
        })
        .collect()
}

/// Field, before and after, one line for each attribute that differs.
pub fn diff_table(
    model: Option<&Model>,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    caption: &'static str,
) -> AnyView {
    let changes = changes(model, before, after);
    if changes.is_empty() {
        return view! { <p class="muted">"No attribute differs."</p> }.into_any();
    }
    let lines: Vec<AnyView> = changes
        .into_iter()
        .map(|(name, change)| {
            let property = model.and_then(|m| m.root.property(&name));
            let title = property.map_or(name.as_str(), |p| p.title.as_str()).to_owned();
            let old = before.get(&name).unwrap_or(&Value::Null);
            let new = after.get(&name).unwrap_or(&Value::Null);
            view! {
                <tr>
                    <th scope="row">{title}</th>
                    <td>{mark(change)}</td>
                    <td class="diff-before">{side(property, old)}</td>
                    <td class="diff-after">{side(property, new)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table(caption, "diff-table", &["Field", "Change", "Before", "After"], lines)
}

fn mark(change: Change) -> AnyView {
    let (class, icon, word) = match change {
        Change::Added => ("badge is-success", IconName::Plus, "Added"),
        Change::Removed => ("badge is-danger", IconName::Minus, "Removed"),
        Change::Changed => ("badge is-info", IconName::Edit, "Changed"),
    };
    view! {
        <span class=class>
            <Icon name=icon/>
            {word}
        </span>
    }
    .into_any()
}

/// A value of which nobody may know more than that it is set shows just that, whatever its field
/// is called.
fn side(property: Option<&Property>, value: &Value) -> AnyView {
    if value.as_str() == Some(MASK) {
        return secret_state(true);
    }
    in_full(property, value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_listed_and_empty_is_not_set() {
        let before = json!({"same": 1, "old": "x", "changed": [1], "empty": ""});
        let after = json!({"same": 1, "changed": [2], "new": false, "null": null});
        let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
            unreachable!("both are objects")
        };
        let expected = [
            ("old".to_owned(), Change::Removed),
            ("changed".to_owned(), Change::Changed),
            ("new".to_owned(), Change::Added),
        ];
        assert_eq!(changes(None, before, after), expected);
    }
}
