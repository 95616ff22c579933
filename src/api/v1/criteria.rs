//! What a read is narrowed by: members of the JSON object in its body, or parameters of its query
//! string. Where both name the same criterion the body holds.

use axum::extract::{FromRequest, FromRequestParts, Request};
use serde_json::{Map, Value};

use super::super::{body::PlainObject, hrefs::Params};
use crate::{
    domain::{App, Caller, hierarchy::shortened, resources},
    fault::{Fault, FieldError},
};

/// What a criterion can be.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Boolean,
    /// A whole number between these, both included.
    Integer(u64, u64),
    Text,
}

/// Those that every read takes: the node that the caller is narrowed to, and the format, of which
/// there is one.
const COMMON: [(&str, Kind); 2] = [("hierarchy", Kind::Text), ("format", Kind::Text)];

/// As they were sent.
pub struct Sent {
    query: Vec<(String, String)>,
    body: Map<String, Value>,
}

impl FromRequest<App> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        // It can't fail.
        let query = Params::from_request_parts(&mut parts, app).await.map_or(Vec::new(), |p| p.0);
        let PlainObject(body) =
            PlainObject::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self { query, body })
    }
}

/// Checked: each is known, and of its type.
pub struct Criteria(Map<String, Value>);

impl Sent {
    /// Checks them against those that the call knows.
    pub fn check(self, known: &[(&str, Kind)]) -> Result<Criteria, Fault> {
        let Self { query, body } = self;
        let known: Vec<(&str, Kind)> = known.iter().copied().chain(COMMON).collect();
        let kind_of = |name: &str| known.iter().find(|(known, _)| *known == name).map(|k| k.1);
        let mut errors = Vec::new();
        let mut criteria = Map::new();
        for (name, text) in query.iter().filter(|(name, _)| !body.contains_key(name)) {
            match kind_of(name) {
                None => errors.push(unknown(name, &known)),
                Some(kind) => match kind.of_text(text) {
                    Some(value) if criteria.get(name).is_none_or(|known| *known == value) => {
                        criteria.insert(name.clone(), value);
                    }
                    Some(_) => errors.push(FieldError::new(
                        name,
                        "repeated",
                        format!("{name} is given twice; give it once."),
                    )),
                    None => errors.push(kind.refusal(name)),
                },
            }
        }
        for (name, value) in body {
            match kind_of(&name) {
                None => errors.push(unknown(&name, &known)),
                Some(kind) if !kind.takes(&value) => errors.push(kind.refusal(&name)),
                Some(_) => {
                    criteria.insert(name, value);
                }
            }
        }
        if errors.is_empty() { Ok(Criteria(criteria)) } else { Err(Fault::invalid(errors)) }
    }

    /// For calls that know none of their own.
    pub fn only_common(self) -> Result<Criteria, Fault> {
        self.check(&[])
    }
}

impl Criteria {
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.boolean(name) == Some(true)
    }

    pub fn integer(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The caller as if its node were the one that `hierarchy` names.
    pub fn narrow(&self, app: &App, caller: Caller) -> Result<Caller, Fault> {
        let node = resources::place(app, &caller, self.text("hierarchy"))?;
        Ok(Caller { node, ..caller })
    }
}

impl Kind {
    fn of_text(self, text: &str) -> Option<Value> {
        let value = match self {
            Self::Boolean => text.parse().ok().map(Value::Bool)?,
            // "+1" isn't how a number is written.
            Self::Integer(..) if !text.bytes().all(|b| b.is_ascii_digit()) => return None,
            Self::Integer(..) => text.parse::<u64>().ok().map(Value::from)?,
            Self::Text => Value::from(text),
        };
        self.takes(&value).then_some(value)
    }

    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Integer(least, most) => {
                value.as_u64().is_some_and(|n| (least..=most).contains(&n))
            }
            Self::Text => value.is_string(),
        }
    }

    fn refusal(self, name: &str) -> FieldError {
        let (code, must) = match self {
            Self::Boolean => ("wrong_type", "true or false".to_owned()),
            Self::Integer(least, u64::MAX) => {
                ("out_of_range", format!("a whole number from {least}"))
            }
            Self::Integer(least, most) => {
                ("out_of_range", format!("a whole number from {least} to {most}"))
            }
            Self::Text => ("wrong_type", "a text".to_owned()),
        };
        FieldError::new(name, code, format!("{name} must be {must}."))
    }
}

fn unknown(name: &str, known: &[(&str, Kind)]) -> FieldError {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    FieldError::new(
        name,
        "unknown_criterion",
        format!(
            "There is no criterion {:?} here; there are: {}.",
            shortened(name),
            names.join(", ")
        ),
    )
}
