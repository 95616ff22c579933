//! Somebody else has saved since the form was opened: both versions side by side, and nothing
//! overwritten until the user has decided.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    model::{Model, form::is_editable},
    ui::components::{
        Icon, IconName, table,
        value::{in_full, is_set},
    },
};

/// The element that takes the focus.
pub const ID: &str = "conflict";

type Data = Map<String, Value>;

/// An attribute on which the two versions differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub name: String,
    pub yours: Value,
    pub stored: Value,
    /// Whether the user has changed it since the form was opened; true when that isn't known.
    pub by_you: bool,
    /// Whether somebody else has.
    pub by_others: bool,
}

/// Where what the form holds differs from what is stored now. `base` is what the form was opened
/// with, where that is still known.
pub fn differences(
    model: &Model,
    base: Option<&Data>,
    yours: &Data,
    stored: &Data,
) -> Vec<Difference> {
    let set = |data: &Data, name: &str| data.get(name).filter(|v| is_set(v)).cloned();
    model
        .root
        .properties
        .iter()
        .filter(|(_, property)| property.displayable)
        .filter_map(|(name, _)| {
            let (mine, theirs) = (set(yours, name), set(stored, name));
            if mine == theirs {
                return None;
            }
            let old = base.map(|b| set(b, name));
            let changed = |now: &Option<Value>| old.as_ref().is_none_or(|old| old != now);
            Some(Difference {
                name: name.clone(),
                by_you: changed(&mine),
                by_others: changed(&theirs),
                yours: mine.unwrap_or_default(),
                stored: theirs.unwrap_or_default(),
            })
        })
        .collect()
}

/// The stored version with what the user changed put over it.
pub fn merged(model: &Model, base: &Data, yours: &Data, stored: &Data) -> Data {
    let mut data = stored.clone();
    for name in model.root.properties.iter().map(|(name, _)| name) {
        if !is_editable(model, name, true) || yours.get(name) == base.get(name) {
            continue;
        }
        match yours.get(name) {
            Some(value) => data.insert(name.clone(), value.clone()),
            None => data.remove(name),
        };
    }
    data
}

/// Both versions, and under them the ways on.
pub fn conflict_view(model: &Model, differences: &[Difference], ways_on: AnyView) -> AnyView {
    let lines: Vec<AnyView> = differences.iter().map(|line| row(model, line)).collect();
    let table = if lines.is_empty() {
        view! { <p>"What was saved is the same as what you have here."</p> }.into_any()
    } else {
        table(
            "Your version and the stored one",
            "diff-table",
            &["Field", "Yours", "Stored now", "Changed by"],
            lines,
        )
    };
    view! {
        <section id=ID class="notice is-warning conflict" role="alert" tabindex="-1">
            <Icon name=IconName::Warning/>
            <div class="stack">
                <h2>"Somebody saved this since you opened it"</h2>
                <p>"Nothing of yours has been saved yet, and nothing of theirs is overwritten."</p>
                {table}
                {ways_on}
            </div>
        </section>
    }
    .into_any()
}

fn row(model: &Model, line: &Difference) -> AnyView {
    let property = model.root.property(&line.name);
    let title = property.map_or(line.name.as_str(), |p| p.title.as_str()).to_owned();
    let who = match (line.by_you, line.by_others) {
        (true, true) => "Both of you",
        (true, false) => "You",
        (false, _) => "Somebody else",
    };
    let secret = property.is_some_and(crate::model::Property::is_secret);
    let yours = if secret && line.by_you {
        let words = if is_set(&line.yours) { "A new value" } else { "Cleared" };
        words.into_any()
    } else {
        in_full(property, &line.yours)
    };
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td>{yours}</td>
            <td>{in_full(property, &line.stored)}</td>
            <td>{who}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model() -> Model {
        crate::model::parse(
            "thing.json",
            r#"{"model_type": "data/Thing", "title": "Thing", "title_plural": "Things",
                "description": "A thing.", "section": "", "summary_attrs": ["a"], "order_by": "a",
                "operations": ["list", "get", "add", "update", "remove"],
                "schema": {"type": "object", "properties": {
                    "a": {"title": "A", "type": "string"},
                    "b": {"title": "B", "type": "string"},
                    "c": {"title": "C", "type": "string"}}, "schema_version": "1.0.0"}}"#,
        )
        .expect("the model is well-formed")
    }

    fn data(value: Value) -> Data {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_others_changed_stays_where_you_changed_nothing() {
        let base = data(json!({"a": "1", "b": "1", "c": "1"}));
        let yours = data(json!({"a": "2", "b": "1"}));
        let stored = data(json!({"a": "3", "b": "3", "c": "1"}));
        let merged = merged(&model(), &base, &yours, &stored);
        assert_eq!(merged, data(json!({"a": "2", "b": "3"})));
        let who: Vec<(String, bool, bool)> = differences(&model(), Some(&base), &yours, &stored)
            .into_iter()
            .map(|d| (d.name, d.by_you, d.by_others))
            .collect();
        let expected = [("a", true, true), ("b", false, true), ("c", true, false)];
        assert_eq!(who, expected.map(|(n, y, o)| (n.to_owned(), y, o)));
    }
}
