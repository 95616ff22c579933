//! Which role and place somebody has whom an `OpenID` provider vouches for: the first line of the
//! mapping that fits what it says of them.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The name of a claim, or a JSON Pointer into them (`/realm_access/roles`).
    claim: String,
    /// What it has to be; of a list, what has to stand in it.
    value: String,
    /// The name of a `data/Role`.
    pub role: String,
    /// The dot path of a node.
    pub node: String,
}

/// Reads a mapping: a JSON list of lines. The error is a sentence.
pub fn read(text: &str) -> Result<Vec<Line>, String> {
    let lines: Vec<Line> = serde_json::from_str(text).map_err(|error| {
        format!(
            "it isn't a JSON list of {{\"claim\", \"value\", \"role\", \"node\"}}, all of them texts: \
             {error}"
        )
    })?;
    if lines.is_empty() {
        return Err("it has no line: nobody could log in".to_owned());
    }
    for (number, line) in (1..).zip(&lines) {
        let parts = [&line.claim, &line.value, &line.role, &line.node];
        if parts.iter().any(|part| part.trim().is_empty()) {
            return Err(format!("line {number} has an empty text"));
        }
    }
    Ok(lines)
}

/// The first line that fits.
pub fn first<'l>(lines: &'l [Line], claims: &Map<String, Value>) -> Option<&'l Line> {
    lines
        .iter()
        .find(|line| claim(claims, &line.claim).is_some_and(|found| has(found, &line.value)))
}

/// A claim by its name, or by a pointer to it.
pub fn claim<'c>(claims: &'c Map<String, Value>, name: &str) -> Option<&'c Value> {
    // Some providers name claims by URLs, which are no pointers.
    let Some(pointer) = name.strip_prefix('/') else { return claims.get(name) };
    let mut parts = pointer.split('/').map(|part| part.replace("~1", "/").replace("~0", "~"));
    let first = claims.get(&parts.next()?)?;
    parts.try_fold(first, |value, part| value.get(part))
}

fn has(found: &Value, wanted: &str) -> bool {
    match found {
        Value::String(text) => text == wanted,
        Value::Bool(_) | Value::Number(_) => found.to_string().as_str() == wanted,
        Value::Array(all) => all.iter().any(|one| !one.is_array() && has(one, wanted)),
        Value::Null | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(claims: &Value) -> Option<String> {
        let lines = read(
            r#"[{"claim":"groups","value":"admins","role":"A","node":"sys"},
                {"claim":"/realm/roles","value":"reader","role":"B","node":"sys"},
                {"claim":"https://x.example/level","value":"3","role":"C","node":"sys"},
                {"claim":"groups","value":"all","role":"D","node":"sys"}]"#,
        )
        .unwrap();
        first(&lines, claims.as_object().unwrap()).map(|line| line.role.clone())
    }

    #[test]
    fn the_first_line_that_fits_holds() {
        assert_eq!(role(&json!({ "groups": ["all", "admins"] })).as_deref(), Some("A"));
        assert_eq!(role(&json!({ "groups": "admins" })).as_deref(), Some("A"));
        assert_eq!(role(&json!({ "realm": { "roles": ["reader"] } })).as_deref(), Some("B"));
        assert_eq!(role(&json!({ "https://x.example/level": 3 })).as_deref(), Some("C"));
        assert_eq!(role(&json!({ "groups": ["other", "all"] })).as_deref(), Some("D"));
        for nothing in [
            json!({}),
            json!({ "groups": ["Admins", "admins2", ["admins"], { "admins": true }] }),
            json!({ "groups": null, "realm": "reader", "/realm/roles": "reader" }),
            json!({ "group": "admins", "realm": { "roles": { "reader": true } } }),
        ] {
            assert_eq!(role(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_mapping_that_says_nothing_is_refused() {
        for text in [
            "",
            "{}",
            "[]",
            r#"[{"claim":"a","value":"b","role":"c"}]"#,
            r#"[{"claim":"a","value":"b","role":"c","node":""}]"#,
            r#"[{"claim":"a","value":1,"role":"c","node":"sys"}]"#,
            r#"[{"claim":"a","value":"b","role":"c","node":"sys","else":1}]"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
