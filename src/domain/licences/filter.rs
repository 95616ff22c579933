//! Which lines of a tenant or a site are looked at: the parameters of their screens and files.

use std::collections::HashMap;

use super::{Family, Level, Line};
use crate::fault::{Fault, FieldError};

/// All that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// A text in the name.
    pub search: Option<String>,
    pub family: Option<Family>,
    pub state: LineState,
    /// Only user services that the catalogue flags so; of several all must hold.
    pub flags: Vec<Flag>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineState {
    #[default]
    All,
    Licensed,
    /// Near full, full or over.
    Near,
}

impl LineState {
    pub const ALL: [Self; 3] = [Self::All, Self::Licensed, Self::Near];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Licensed => "licensed",
            Self::Near => "near",
        }
    }
}

/// What a user service is meant for, as `data/UserService` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    HuntGroup,
    CallCentre,
    Ivr,
    EndUser,
}

impl Flag {
    pub const ALL: [Self; 4] = [Self::HuntGroup, Self::CallCentre, Self::Ivr, Self::EndUser];

    /// The attribute of the model, and the parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HuntGroup => "for_hg",
            Self::CallCentre => "for_cc",
            Self::Ivr => "for_ivr",
            Self::EndUser => "for_enduser",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::HuntGroup => "Hunt groups",
            Self::CallCentre => "Call centres",
            Self::Ivr => "IVR",
            Self::EndUser => "End users",
        }
    }
}

/// What the list of user services says of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserServiceMarks {
    pub flags: Vec<Flag>,
    pub no_more_assignable: bool,
}

/// The marks by technical name.
pub type Marks = HashMap<String, UserServiceMarks>;

impl LineFilter {
    /// Reads the parameters `search`, `family`, `state` and the flags. An empty one isn't set.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, Fault> {
        let value = |name: &str| {
            let found = pairs.iter().find(|(n, value)| n == name && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        let mut errors = Vec::new();
        let mut wrong = |field: &str, choices: &str| {
            let text = format!("{field} is one of {choices}, or absent.");
            errors.push(FieldError::new(field, "not_a_choice", text));
        };
        let family = value("family").and_then(|text| {
            let family = Family::parse(text);
            if family.is_none() {
                wrong("family", "group, user");
            }
            family
        });
        let state = value("state").map_or(LineState::All, |text| {
            let state = LineState::ALL.into_iter().find(|state| state.as_str() == text);
            state.unwrap_or_else(|| {
                wrong("state", "all, licensed, near");
                LineState::All
            })
        });
        let flags = Flag::ALL
            .into_iter()
            .filter(|flag| match value(flag.as_str()) {
                Some("true") => true,
                None | Some("false") => false,
                Some(_) => {
                    wrong(flag.as_str(), "true, false");
                    false
                }
            })
            .collect();
        if !errors.is_empty() {
            return Err(Fault::invalid(errors));
        }
        let search = value("search").map(str::trim).filter(|text| !text.is_empty());
        Ok(Self { search: search.map(str::to_owned), family, state, flags })
    }

    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        if let Some(search) = &self.search {
            push("search", search);
        }
        if let Some(family) = self.family {
            push("family", family.as_str());
        }
        if self.state != LineState::All {
            push("state", self.state.as_str());
        }
        for flag in &self.flags {
            push(flag.as_str(), "true");
        }
        pairs
    }

    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }

    pub fn fits(&self, line: &Line, marks: &Marks) -> bool {
        self.family.is_none_or(|family| family == line.family)
            && self.state_fits(line.level())
            && self.flags_fit(line, marks)
            && self.search.as_deref().is_none_or(|text| is_in(text, &line.name))
    }

    fn state_fits(&self, level: Level) -> bool {
        match self.state {
            LineState::All => true,
            LineState::Licensed => level != Level::NotLicensed,
            LineState::Near => matches!(level, Level::NearFull | Level::Full | Level::Over),
        }
    }

    fn flags_fit(&self, line: &Line, marks: &Marks) -> bool {
        let marked = (line.family == Family::User).then(|| marks.get(&line.name)).flatten();
        self.flags.iter().all(|flag| marked.is_some_and(|marks| marks.flags.contains(flag)))
    }
}

fn is_in(text: &str, name: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}
