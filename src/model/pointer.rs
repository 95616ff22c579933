//! JSON Pointers (RFC 6901): how errors and form fields name a value within an instance.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// A name as one token of a pointer: `~` and `/` escaped.
pub fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

/// The name that a token stands for.
pub fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The pointer one step below `parent`.
pub fn child(parent: &str, name: &str) -> String {
    format!("{parent}/{}", escape(name))
}

/// The pointer of an entry of the array at `parent`.
pub fn entry(parent: &str, index: usize) -> String {
    format!("{parent}/{index}")
}

/// A token that is an array index in its one spelling: no sign, no leading zero.
pub fn index(token: &str) -> Option<usize> {
    let canonical = token.len() < 10
        && token.bytes().all(|b| b.is_ascii_digit())
        && (token == "0" || !token.starts_with('0'));
    if canonical { token.parse().ok() } else { None }
}

/// The value at `pointer` in an instance; the empty pointer, being the instance, gives none.
pub fn get<'a>(data: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let rest = pointer.strip_prefix('/')?;
    let (first, below) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    data.get(unescape(first).as_ref())?.pointer(below)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_survive_the_way_through_a_token() {
        for name in ["plain", "a/b", "~", "~1", "", "a~0/b"] {
            assert_eq!(unescape(&escape(name)), name);
        }
        assert_eq!(child("/a", "b/c~d"), "/a/b~1c~0d");
    }

    #[test]
    fn an_index_has_one_spelling() {
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("12"), Some(12));
        for wrong in ["", "01", "+1", "-1", "1a", "99999999999999999999"] {
            assert_eq!(index(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn get_walks_objects_and_arrays() {
        let data = json!({"a/b": {"c": [1, {"d": 2}]}, "n": 3});
        let data = data.as_object().unwrap();
        assert_eq!(get(data, "/a~1b/c/1/d"), Some(&json!(2)));
        assert_eq!(get(data, "/n"), Some(&json!(3)));
        assert_eq!(get(data, "/n/x"), None);
        assert_eq!(get(data, ""), None);
    }
}
