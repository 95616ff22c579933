//! What Webex answers, read with patience: fields may be absent or null, flags come as booleans or
//! as texts, lists of ids as lists or as one text with commas. Ids are opaque.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Organization {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(rename = "displayName", default, deserialize_with = "or_default")]
    pub display_name: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Role {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
}

/// A name may occur more than once, by site or subscription: the id is the key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct License {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// -1 has been seen for "no limit".
    #[serde(default, deserialize_with = "number")]
    pub total_units: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub consumed_units: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub consumed_by_users: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub consumed_by_workspaces: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    pub subscription_id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub site_url: String,
    #[serde(default, deserialize_with = "or_default")]
    pub site_type: String,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default, deserialize_with = "texts")]
    pub emails: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub display_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub first_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub last_name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub org_id: String,
    #[serde(default, deserialize_with = "texts")]
    pub roles: Vec<String>,
    #[serde(default, deserialize_with = "texts")]
    pub licenses: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    #[serde(default, deserialize_with = "flag")]
    pub login_enabled: Option<bool>,
    #[serde(default, deserialize_with = "flag")]
    pub invite_pending: Option<bool>,
}

/// When a token lapses: `exp` in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct TokenExpiry {
    pub exp: i64,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items<T> {
    pub items: Vec<T>,
    /// How many entries couldn't be read, for want of an id or by their type.
    pub unreadable: usize,
}

/// Reads `{"items":[…]}`; `None` where the answer isn't of that shape.
pub(super) fn items<T: DeserializeOwned>(body: &[u8]) -> Option<Items<T>> {
    #[derive(Deserialize)]
    struct Page {
        items: Vec<Value>,
    }
    let page: Page = serde_json::from_slice(body).ok()?;
    let total = page.items.len();
    let items: Vec<T> =
        page.items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
    Some(Items { unreadable: total - items.len(), items })
}

/// An entry without one can't be told from others.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    if id.is_empty() { Err(serde::de::Error::custom("the id is empty")) } else { Ok(id) }
}

/// Null is as good as absent.
fn or_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => Some(flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    })
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let parts = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(list) => list.iter().filter_map(Value::as_str).flat_map(parts).collect(),
        Value::String(text) => parts(&text),
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_read_in_the_live_shape_and_in_that_of_the_specification() {
        let live = r#"{"notFoundIds":null,"items":[{"id":"p1","emails":["a@b.example"],
            "displayName":"A B","roles":["r1","r2"],"licenses":["l1"],"status":"unknown",
            "invitePending":true,"loginEnabled":false,"type":"person","firstName":null}]}"#;
        let page: Items<Person> = items(live.as_bytes()).unwrap();
        let person = &page.items[0];
        assert_eq!((person.invite_pending, person.login_enabled), (Some(true), Some(false)));
        assert_eq!((person.roles.len(), person.first_name.as_str()), (2, ""));
        let specified = r#"{"items":[{"id":"p1","roles":["r1,r2"],"licenses":"l1, l2",
            "invitePending":"false","loginEnabled":"TRUE"},{"emails":[]},7,{"id":""}]}"#;
        let page: Items<Person> = items(specified.as_bytes()).unwrap();
        assert_eq!(page.unreadable, 3);
        let person = &page.items[0];
        assert_eq!((person.invite_pending, person.login_enabled), (Some(false), Some(true)));
        assert_eq!((person.roles.len(), person.licenses.len()), (2, 2));
    }

    #[test]
    fn a_license_has_nulls_and_more_fields_than_we_know() {
        let text = r#"{"items":[{"id":"l","name":"Calling","totalUnits":-1,"consumedUnits":3,
            "consumedByUsers":null,"consumedByWorkspaces":1,"siteUrl":null,"new":{}}]}"#;
        let page: Items<License> = items(text.as_bytes()).unwrap();
        let license = &page.items[0];
        assert_eq!((license.total_units, license.consumed_by_users), (Some(-1), None));
        assert_eq!(license.site_url, "");
        assert_eq!(items::<License>(b"{}"), None);
        assert_eq!(items::<License>(b"<html>"), None);
        assert_eq!(items::<License>(b"{\"items\":null}"), None);
    }
}
