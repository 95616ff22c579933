//! What a change of licences or packs has changed, as its record tells it: a line for each limit.

use leptos::prelude::*;
use serde_json::{Map, Value};

use crate::{
    domain::{
        licences::Quantity,
        transactions::Action::{SetLicences, SetServicePacks},
    },
    ui::components::{table, value::not_set},
};

use super::gauge::quantity;

/// Whether the record of this action is one of limits.
pub fn is_of_limits(action: &str) -> bool {
    [SetLicences, SetServicePacks].iter().any(|known| known.as_str() == action)
}

/// The limits that differ. `before` and `after` hold them by family and name.
pub fn limits(before: &Map<String, Value>, after: &Map<String, Value>) -> AnyView {
    let mut rows = Vec::new();
    for (family, kind) in [
        ("servicePacks", Some("Service pack")),
        ("groupServices", Some("Group")),
        ("userServices", None),
    ] {
        let side = |side: &Map<String, Value>| {
            side.get(family).and_then(Value::as_object).cloned().unwrap_or_default()
        };
        let (old, new) = (side(before), side(after));
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        let differing = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
        rows.extend(differing.map(|name| row(name, kind, old.get(name), new.get(name))));
    }
    if rows.is_empty() {
        return view! { <p class="muted">"No limit differs."</p> }.into_any();
    }
    table("What changed", "diff-table", &["Limit of", "Before", "After"], rows)
}

fn row(
    name: &str,
    kind: Option<&'static str>,
    before: Option<&Value>,
    after: Option<&Value>,
) -> AnyView {
    view! {
        <tr>
            <th scope="row">
                {name.to_owned()}
                " "
                {kind.map(|kind| view! { <span class="type-badge">{kind}</span> })}
            </th>
            <td class="diff-before">{words(before)}</td>
            <td class="diff-after">{words(after)}</td>
        </tr>
    }
    .into_any()
}

fn words(limit: Option<&Value>) -> AnyView {
    match limit.filter(|limit| !limit.is_null()).map(|limit| Quantity::read(Some(limit), "", "")) {
        Some(Ok(limit)) => quantity(limit).into_any(),
        _ => not_set(),
    }
}
