//! How much of something is licensed.

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use crate::{fault::FieldError, model::pointer};

/// A limit: none, or so many. 0 is "not licensed".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Unlimited,
    Limited(u32),
}

/// The largest limit, that of the systems that carry it out.
const LARGEST: u32 = 2_147_483_647;

impl Quantity {
    /// Not licensed.
    pub const NONE: Self = Self::Limited(0);

    /// From what the store keeps: no maximum is unlimited.
    pub(super) fn from_maximum(maximum: Option<u32>) -> Self {
        maximum.map_or(Self::Unlimited, Self::Limited)
    }

    pub(super) fn maximum(self) -> Option<u32> {
        match self {
            Self::Unlimited => None,
            Self::Limited(maximum) => Some(maximum),
        }
    }

    /// So many, and no more than can be licensed.
    pub(super) fn at_most(n: u64) -> Self {
        Self::Limited(u32::try_from(n).unwrap_or(LARGEST).min(LARGEST))
    }

    /// Whether `taken` fits.
    pub fn covers(self, taken: u64) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Limited(maximum) => taken <= u64::from(maximum),
        }
    }

    /// What is left when `taken` is used. It can't be less than nothing.
    #[must_use]
    pub fn less(self, taken: u64) -> Self {
        match self {
            Self::Unlimited => Self::Unlimited,
            Self::Limited(maximum) => Self::at_most(u64::from(maximum).saturating_sub(taken)),
        }
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unlimited, other) | (other, Self::Unlimited) => other,
            (Self::Limited(a), Self::Limited(b)) => Self::Limited(a.min(b)),
        }
    }

    pub fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// `{"unlimited":true}`, or `{"unlimited":false,"maximum":n}`.
    pub fn to_json(self) -> Value {
        json!(self)
    }

    /// Reads the form of [`Self::to_json`] at a JSON Pointer; `what` names the item in messages.
    /// Beside `unlimited: true` a maximum is ignored.
    pub fn read(value: Option<&Value>, at: &str, what: &str) -> Result<Self, FieldError> {
        let Some(value) = value else {
            let text = format!(
                "{what} has no quantity: add {{\"unlimited\":true}} or \
                 {{\"unlimited\":false,\"maximum\":n}}."
            );
            return Err(FieldError::new(at, "required", text));
        };
        let Some(object) = value.as_object() else {
            let text = format!(
                "The quantity of {what} must be an object: {{\"unlimited\":true}} or \
                 {{\"unlimited\":false,\"maximum\":n}}."
            );
            return Err(FieldError::new(at, "wrong_type", text));
        };
        if let Some(unknown) =
            object.keys().find(|k| !["unlimited", "maximum"].contains(&k.as_str()))
        {
            let text = format!(
                "The quantity of {what} has unlimited and maximum, no {:?}.",
                super::super::hierarchy::shortened(unknown)
            );
            return Err(FieldError::new(pointer::child(at, unknown), "unknown_field", text));
        }
        let unlimited = match object.get("unlimited") {
            None => false,
            Some(Value::Bool(unlimited)) => *unlimited,
            Some(_) => {
                let text = format!("unlimited of {what} must be true or false.");
                return Err(FieldError::new(pointer::child(at, "unlimited"), "wrong_type", text));
            }
        };
        if unlimited {
            return Ok(Self::Unlimited);
        }
        let at = pointer::child(at, "maximum");
        let Some(maximum) = object.get("maximum") else {
            let text = format!("{what} isn't unlimited, so it needs a maximum: a number from 0.");
            return Err(FieldError::new(at, "required", text));
        };
        let number = maximum.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= LARGEST);
        number.map(Self::Limited).ok_or_else(|| {
            let text = format!("The maximum of {what} must be a whole number from 0 to {LARGEST}.");
            FieldError::new(at, "out_of_range", text)
        })
    }
}

/// In the form of [`Quantity::to_json`].
impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let maximum = self.maximum();
        let mut quantity =
            serializer.serialize_struct("Quantity", 1 + usize::from(maximum.is_some()))?;
        quantity.serialize_field("unlimited", &maximum.is_none())?;
        if let Some(maximum) = maximum {
            quantity.serialize_field("maximum", &maximum)?;
        }
        quantity.end()
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unlimited => f.write_str("unlimited"),
            Self::Limited(maximum) => write!(f, "{maximum}"),
        }
    }
}
