//! JSON text to a value, refusing what `serde_json` would let pass: a key that occurs twice.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::pointer;

/// The value of `text`, or where and why there is none.
pub(super) fn parse(text: &str) -> Result<Value, (String, String)> {
    let twice = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node { at: String::new(), twice: &twice }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| {
        twice.into_inner().map_or_else(
            || (String::new(), format!("not valid JSON: {error}")),
            |at| (at, "this key occurs twice in its object".to_owned()),
        )
    })
}

/// One value, and its place, so that a repeated key can be named by its pointer.
struct Node<'a> {
    at: String,
    twice: &'a RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let at = pointer::entry(&self.at, list.len());
            match entries.next_element_seed(Node { at, twice: self.twice })? {
                Some(entry) => list.push(entry),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let at = pointer::child(&self.at, &key);
            if map.contains_key(&key) {
                self.twice.replace(Some(at));
                return Err(A::Error::custom("a key occurs twice"));
            }
            let value = members.next_value_seed(Node { at, twice: self.twice })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_named_by_its_pointer() {
        let (at, _) = parse(r#"{"a":[{"b":1,"c":2,"b":3}]}"#).unwrap_err();
        assert_eq!(at, "/a/0/b");
    }

    #[test]
    fn otherwise_it_reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,1.5,"x\n",true,null,{}],"b":{"c":18446744073709551615}}"#;
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert!(parse("{} x").unwrap_err().1.starts_with("not valid JSON"));
    }
}
