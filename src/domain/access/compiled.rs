//! What an access profile comes to: for any type the permissions that its most particular line
//! gives. `data/User` is more particular than `data/*`, and that is more particular than `*`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Miscellaneous, Permission};

/// What a caller may do, whatever the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// By a type, or by a wildcard: what a type begins with, then `*`.
    types: BTreeMap<String, Permissions>,
    miscellaneous: u8,
}

/// A set of [`Permission`]s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Permissions(u16);

impl Permissions {
    const ALL: Self = Self((1 << Permission::ALL.len()) - 1);

    fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u16)
    }

    fn has(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u16 != 0
    }

    fn lacks_of(self, other: Self) -> Self {
        Self(other.0 & !self.0)
    }
}

impl Access {
    /// Everything.
    pub fn full() -> Self {
        Self {
            types: BTreeMap::from([("*".to_owned(), Permissions::ALL)]),
            miscellaneous: Miscellaneous::ALL.into_iter().fold(0, |all, m| all | bit(m)),
        }
    }

    /// What the attributes of a `data/AccessProfile` give. What it names and nobody knows gives
    /// nothing.
    pub fn of_profile(profile: &Map<String, Value>) -> Self {
        if profile.get("full_access").and_then(Value::as_bool) == Some(true) {
            return Self::full();
        }
        let mut access = Self::default();
        for name in texts(profile.get("miscellaneous_permissions")) {
            access.miscellaneous |= Miscellaneous::parse(name).map_or(0, bit);
        }
        let lines = profile.get("permissions").and_then(Value::as_array);
        for line in lines.into_iter().flatten() {
            let Some(type_) = line.get("type").and_then(Value::as_str) else { continue };
            let entry = access.types.entry(type_.to_owned()).or_default();
            *entry = texts(line.get("operations"))
                .filter_map(Permission::parse)
                .fold(*entry, Permissions::with);
        }
        access
    }

    /// Whether something may be done with instances of a type.
    pub fn allows(&self, type_: &str, permission: Permission) -> bool {
        self.of_type(type_).has(permission)
    }

    /// What may be done with instances of a type, as a number that is the same for all who may do the
    /// same.
    pub fn key(&self, type_: &str) -> u16 {
        self.of_type(type_).0
    }

    pub fn may(&self, what: Miscellaneous) -> bool {
        self.miscellaneous & bit(what) != 0
    }

    /// Whether `other` asks for no more than this gives.
    pub fn covers(&self, other: &Self) -> bool {
        self.lacks_of(other).is_none()
    }

    /// The first thing that `other` gives and this doesn't, in words; `None` when there is none.
    pub fn lacks_of(&self, other: &Self) -> Option<String> {
        let missing = Miscellaneous::ALL.into_iter().find(|m| other.may(*m) && !self.may(*m));
        if let Some(missing) = missing {
            return Some(missing.as_str().to_owned());
        }
        // A type that neither names is answered for by the wildcard that both come to, so each
        // line of both, asked for as if it were a type, stands for all the types it decides.
        self.types.keys().chain(other.types.keys()).find_map(|type_| {
            let lacking = self.of_type(type_).lacks_of(other.of_type(type_));
            let permission = Permission::ALL.into_iter().find(|p| lacking.has(*p))?;
            Some(format!("{} on {type_}", permission.as_str()))
        })
    }

    /// What both give.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let lines = self.types.keys().chain(other.types.keys());
        let both = |t: &String| Permissions(self.of_type(t).0 & other.of_type(t).0);
        Self {
            types: lines.map(|type_| (type_.clone(), both(type_))).collect(),
            miscellaneous: self.miscellaneous & other.miscellaneous,
        }
    }

    fn of_type(&self, type_: &str) -> Permissions {
        if let Some(exact) = self.types.get(type_) {
            return *exact;
        }
        let wildcards = self.types.iter().filter_map(|(line, permissions)| {
            let prefix = line.strip_suffix('*')?;
            type_.starts_with(prefix).then_some((prefix.len(), *permissions))
        });
        wildcards.max_by_key(|(length, _)| *length).map_or(Permissions::default(), |(_, p)| p)
    }
}

fn bit(what: Miscellaneous) -> u8 {
    1 << what as u8
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Access, Miscellaneous, Permission};

    fn access(profile: &Value) -> Access {
        Access::of_profile(profile.as_object().unwrap())
    }

    fn lines(lines: &[(&str, &[&str])]) -> Access {
        let lines: Vec<Value> =
            lines.iter().map(|(t, ops)| json!({ "type": t, "operations": ops })).collect();
        access(&json!({ "permissions": lines }))
    }

    #[test]
    fn the_most_particular_line_decides() {
        let all = lines(&[
            ("*", &["Read", "Update"]),
            ("device/*", &["Read"]),
            ("device/spark/*", &["Export"]),
            ("device/spark/User", &[]),
        ]);
        assert!(all.allows("data/User", Permission::Update));
        assert!(!all.allows("device/other/Thing", Permission::Update));
        assert!(all.allows("device/other/Thing", Permission::Read));
        assert!(!all.allows("device/spark/Role", Permission::Read));
        assert!(all.allows("device/spark/Role", Permission::Export));
        assert!(!all.allows("device/spark/User", Permission::Export));
    }

    #[test]
    fn full_access_is_everything_whatever_else_the_profile_says() {
        let lines = json!([{ "type": "data/User", "operations": [] }]);
        let full = access(&json!({ "full_access": true, "permissions": lines }));
        assert!(Permission::ALL.into_iter().all(|p| full.allows("data/User", p)));
        assert!(Miscellaneous::ALL.into_iter().all(|m| full.may(m)));
        assert_eq!(full, Access::full());
    }

    #[test]
    fn an_unknown_name_gives_nothing() {
        let odd = access(&json!({
            "miscellaneous_permissions": ["Everything"],
            "permissions": [{ "type": "*", "operations": ["Anything", "read"] }, {}, 7],
        }));
        assert!(!odd.allows("data/User", Permission::Read));
        assert!(!odd.may(Miscellaneous::Login));
    }

    #[test]
    fn a_line_that_takes_away_below_a_wildcard_is_seen_when_they_are_compared() {
        let reseller = lines(&[("*", &["Read", "Update"]), ("data/Service", &["Read"])]);
        let reader = lines(&[("*", &["Read"])]);
        let all = lines(&[("*", &["Read", "Update"])]);
        let one = lines(&[("data/Service", &["Update"])]);
        assert!(reseller.covers(&reader));
        assert!(reseller.covers(&reseller));
        assert!(!reseller.covers(&all));
        assert_eq!(reseller.lacks_of(&all).unwrap(), "Update on data/Service");
        assert!(!reseller.covers(&one));
        assert!(!reader.covers(&reseller));
        let services = lines(&[("data/*", &["Update"]), ("data/Service", &["Read"])]);
        assert!(reseller.covers(&services));
        assert!(Access::full().covers(&all) && !all.covers(&Access::full()));
    }

    #[test]
    fn and_gives_what_both_give() {
        let one = lines(&[("*", &["Read", "Update"]), ("data/Service", &["Read"])]);
        let other = lines(&[("data/*", &["Update", "Create", "Read"])]);
        let both = one.and(&other);
        assert!(both.allows("data/User", Permission::Update));
        assert!(!both.allows("data/User", Permission::Create));
        assert!(!both.allows("data/Service", Permission::Update));
        assert!(both.allows("data/Service", Permission::Read));
        assert!(!both.allows("tool/Transaction", Permission::Read));
        assert!(one.covers(&both) && other.covers(&both));
    }
}
