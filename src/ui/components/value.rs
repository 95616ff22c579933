//! Values as people read them: by the titles of their choices, as words instead of `true`, and
//! never more of a secret than that it is set.

use leptos::prelude::*;
use serde_json::Value;

use super::{Icon, IconName, Time};
use crate::model::{Format, Kind, Property};

/// A value in the cell of a table: one line.
pub fn in_cell(property: Option<&Property>, value: &Value) -> AnyView {
    match (property, value) {
        (_, Value::Array(entries)) => entries_count(entries.len()).into_any(),
        (_, Value::Object(members)) => fields_count(members.len()).into_any(),
        _ => one(property, value),
    }
}

/// A value where there is room for all of it.
pub fn in_full(property: Option<&Property>, value: &Value) -> AnyView {
    match value {
        Value::Array(entries) if entries.is_empty() => not_set(),
        Value::Object(members) if members.is_empty() => not_set(),
        Value::Array(entries) => {
            let items = property.and_then(|p| p.items.as_deref());
            let entries: Vec<AnyView> = entries
                .iter()
                .map(|entry| view! { <li>{in_full(items, entry)}</li> }.into_any())
                .collect();
            view! { <ol class="value-list">{entries}</ol> }.into_any()
        }
        // What is only a name needs no title.
        Value::Object(members) if members.len() == 1 && only_member(property).is_some() => {
            let member = only_member(property);
            members.values().map(|value| in_full(member, value)).collect_view().into_any()
        }
        Value::Object(members) if property.is_some_and(|p| !p.properties.is_empty()) => {
            let members: Vec<AnyView> = members
                .iter()
                .filter_map(|(name, value)| {
                    let property = property.and_then(|p| p.property(name));
                    let hidden = property.is_some_and(|p| !p.displayable);
                    let title = property.map_or(name.as_str(), |p| p.title.as_str()).to_owned();
                    (!hidden).then(|| {
                        view! {
                            <div>
                                <dt>{title}</dt>
                                <dd>{in_full(property, value)}</dd>
                            </div>
                        }
                        .into_any()
                    })
                })
                .collect();
            view! { <dl class="value-fields">{members}</dl> }.into_any()
        }
        Value::Object(_) => json(value),
        Value::String(text) if property.is_some_and(|p| p.format == Some(Format::Multiline)) => {
            view! { <span class="value-lines">{text.clone()}</span> }.into_any()
        }
        _ => one(property, value),
    }
}

/// The member of an entry that can have no other.
fn only_member(property: Option<&Property>) -> Option<&Property> {
    let property = property.filter(|p| !p.additional_properties)?;
    match property.properties.as_slice() {
        [(_, only)] if only.displayable && only.is_scalar() => Some(only),
        _ => None,
    }
}

/// A value in words, for sentences and attributes.
pub fn words(property: Option<&Property>, value: &Value) -> String {
    if property.is_some_and(Property::is_secret) {
        return if is_set(value) { "set" } else { "not set" }.to_owned();
    }
    match value {
        Value::Null => "not set".to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::String(text) => choice(property, text).unwrap_or(text).to_owned(),
        Value::Number(number) => number_in_words(property, number),
        Value::Array(entries) => entries_count(entries.len()),
        Value::Object(members) => fields_count(members.len()),
    }
}

/// Words that a filter or a form has as text, e.g. "Yes" for `true`.
pub fn text_in_words(property: Option<&Property>, text: &str) -> String {
    match (property.map(|p| p.kind), text) {
        (Some(Kind::Boolean), "true") => "Yes".to_owned(),
        (Some(Kind::Boolean), "false") => "No".to_owned(),
        _ => choice(property, text).unwrap_or(text).to_owned(),
    }
}

/// JSON as text, indented.
pub fn json(value: &Value) -> AnyView {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    view! { <pre class="value-json">{text}</pre> }.into_any()
}

/// What is there when there is nothing.
pub fn not_set() -> AnyView {
    view! {
        <span class="muted">
            <span aria-hidden="true">"–"</span>
            <span class="sr-only">"Not set"</span>
        </span>
    }
    .into_any()
}

/// Whether a secret is kept, in words with an icon.
pub fn secret_state(set: bool) -> AnyView {
    if set {
        view! {
            <span class="badge">
                <Icon name=IconName::Lock/>
                "Set"
            </span>
        }
        .into_any()
    } else {
        view! { <span class="muted">"Not set"</span> }.into_any()
    }
}

/// 1284 as "1,284".
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 node", "2 nodes".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// The address as a link may have it: http(s), or a path on this server. Anything else (another
/// scheme, another host without saying so) stays text.
pub fn safe_href(text: &str) -> Option<&str> {
    let text = text.trim();
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let absolute = lower.starts_with("https://") || lower.starts_with("http://");
    let here = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    (absolute || here).then_some(text)
}

/// Whether anything is there: empty text counts as nothing.
pub fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

fn one(property: Option<&Property>, value: &Value) -> AnyView {
    if property.is_some_and(Property::is_secret) {
        return secret_state(is_set(value));
    }
    match value {
        Value::Bool(yes) => {
            let (icon, word) =
                if *yes { (IconName::Check, "Yes") } else { (IconName::Minus, "No") };
            view! {
                <span class="value-flag" class:is-off=!*yes>
                    <Icon name=icon/>
                    {word}
                </span>
            }
            .into_any()
        }
        Value::String(text) if !text.is_empty() => text_value(property, text),
        Value::Number(number) => number_in_words(property, number).into_any(),
        Value::Object(_) | Value::Array(_) => json(value),
        Value::Null | Value::String(_) => not_set(),
    }
}

fn text_value(property: Option<&Property>, text: &str) -> AnyView {
    match property.and_then(|p| p.format) {
        Some(Format::DateTime) => view! { <Time at=text.to_owned()/> }.into_any(),
        Some(Format::Link) => link(text),
        _ => choice(property, text).unwrap_or(text).to_owned().into_any(),
    }
}

fn link(text: &str) -> AnyView {
    match safe_href(text) {
        Some(href) => view! {
            <a href=href.to_owned() target="_blank" rel="noopener noreferrer">
                {text.to_owned()}
                <Icon name=IconName::External/>
                <span class="sr-only">" (opens in a new tab)"</span>
            </a>
        }
        .into_any(),
        None => text.to_owned().into_any(),
    }
}

/// The title of its choice, where it is one.
fn number_in_words(property: Option<&Property>, number: &serde_json::Number) -> String {
    let text = number.to_string();
    choice(property, &text).map(str::to_owned).unwrap_or(text)
}

/// The title of a choice.
fn choice<'a>(property: Option<&'a Property>, text: &str) -> Option<&'a str> {
    property?.choices.iter().find(|c| c.value == text).map(|c| c.title.as_str())
}

fn entries_count(count: usize) -> String {
    counted(count as u64, "entry", "entries")
}

fn fields_count(count: usize) -> String {
    counted(count as u64, "field", "fields")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (12, "12"), (999, "999"), (1284, "1,284"), (1_000_000, "1,000,000")]
        {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn only_web_addresses_and_own_paths_become_links() {
        for good in ["https://a.example/x", "HTTP://a", "/oauth/webex"] {
            assert_eq!(safe_href(good), Some(good));
        }
        for bad in ["javascript:alert(1)", "//evil.example", "/\\evil", "data:x", "a", ""] {
            assert_eq!(safe_href(bad), None, "{bad}");
        }
    }
}
