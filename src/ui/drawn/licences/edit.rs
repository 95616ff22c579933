//! The fields of a licence table that is typed into: how they are named, drawn and read. Each line
//! posts what it showed beside what was typed, so that only what somebody has changed is set.

use std::collections::{HashMap, HashSet};

use leptos::prelude::*;
use serde_json::json;

use crate::{
    domain::licences::{Family, Limit, Line, Quantity},
    fault::{Fault, FieldError},
    ui::components::{Icon, IconName},
};

type Pairs = [(String, String)];

/// The buttons of the form, as values of `_submit`.
pub const PREVIEW: &str = "preview";
pub const APPLY: &str = "apply";
pub const GO_ON: &str = "edit";
pub const SET_NUMBER: &str = "set_number";
pub const SET_UNLIMITED: &str = "set_unlimited";
pub const SET_NONE: &str = "set_none";
/// The number for all lines at once.
pub const SET_TO: &str = "set_to";

const MAXIMUM: &str = "maximum";
const UNLIMITED: &str = "unlimited";
const WAS: &str = "was";

/// What was typed at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub family: Family,
    pub name: String,
    /// What the line showed when it was drawn.
    pub was: Option<Quantity>,
    pub maximum: String,
    pub unlimited: bool,
}

impl Edit {
    /// The limit that is meant.
    pub fn wanted(&self) -> Result<Limit, FieldError> {
        let text = self.maximum.trim();
        let value = if self.unlimited {
            // A number beside the box that was ticked before means that it was overlooked.
            if self.was == Some(Quantity::Unlimited) && !text.is_empty() {
                let text = format!("Untick Unlimited to limit {}, or clear the number.", self.name);
                return Err(FieldError::new(self.field(UNLIMITED), "contradiction", text));
            }
            json!({ "unlimited": true })
        } else {
            if text.is_empty() {
                let text = format!("{} needs a number: 0 is not licensed.", self.name);
                return Err(FieldError::new(self.field(MAXIMUM), "required", text));
            }
            let maximum = text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
            json!({ "unlimited": false, "maximum": maximum })
        };
        let allocated = Quantity::read(Some(&value), "", &self.name)?;
        Ok(Limit { family: self.family, name: self.name.clone(), allocated })
    }

    /// Whether the line is to become something else than it showed.
    pub fn is_change(&self) -> bool {
        self.wanted().map_or(true, |limit| Some(limit.allocated) != self.was)
    }

    fn field(&self, what: &str) -> String {
        field(what, self.family, &self.name)
    }
}

/// The name of an input: `maximum:user:Call Waiting`.
fn field(what: &str, family: Family, name: &str) -> String {
    format!("{what}:{}:{name}", family.as_str())
}

/// The lines of a form that is posted, in its order.
pub fn edits(pairs: &Pairs) -> Vec<Edit> {
    let values: HashMap<&str, &str> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut seen = HashSet::new();
    let lines = pairs.iter().filter_map(|(name, value)| {
        let (family, name) = name.strip_prefix(WAS)?.strip_prefix(':')?.split_once(':')?;
        let family = Family::parse(family)?;
        if !seen.insert((family, name)) {
            return None;
        }
        Some(Edit {
            family,
            name: name.to_owned(),
            was: read_was(value),
            maximum: (*values.get(field(MAXIMUM, family, name).as_str()).unwrap_or(&"")).to_owned(),
            unlimited: values.contains_key(field(UNLIMITED, family, name).as_str()),
        })
    });
    lines.collect()
}

/// Those that are to become something else.
pub fn changes(pairs: &Pairs) -> Vec<Edit> {
    edits(pairs).into_iter().filter(Edit::is_change).collect()
}

fn read_was(text: &str) -> Option<Quantity> {
    match text {
        "unlimited" => Some(Quantity::Unlimited),
        number => number.parse().ok().map(Quantity::Limited),
    }
}

/// The same form with all its lines set to what the pressed button says; as it is for any other
/// button.
pub fn set_all(pairs: &Pairs) -> Result<Vec<(String, String)>, Fault> {
    let value = |wanted: &str| {
        let found = pairs.iter().rev().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let (maximum, unlimited) = match value("_submit") {
        SET_NUMBER => {
            let number = value(SET_TO);
            let typed = Edit {
                family: Family::User,
                name: "The lines shown".to_owned(),
                was: None,
                maximum: number.to_owned(),
                unlimited: false,
            };
            typed.wanted().map_err(|error| {
                Fault::invalid(vec![FieldError { field: SET_TO.to_owned(), ..error }])
            })?;
            (number.to_owned(), false)
        }
        SET_UNLIMITED => (String::new(), true),
        SET_NONE => ("0".to_owned(), false),
        _ => return Ok(pairs.to_vec()),
    };
    let mut set = vec![("_submit".to_owned(), PREVIEW.to_owned())];
    for edit in edits(pairs) {
        let was = edit.was.map(|was| was.to_string()).unwrap_or_default();
        set.push((edit.field(WAS), was));
        set.push((edit.field(MAXIMUM), maximum.clone()));
        if unlimited {
            set.push((edit.field(UNLIMITED), "1".to_owned()));
        }
    }
    Ok(set)
}

/// What a line holds, as if it had been typed.
pub fn as_it_is(line: &Line) -> Edit {
    let (maximum, unlimited) = match line.allocated {
        Quantity::Unlimited => (String::new(), true),
        Quantity::Limited(number) => (number.to_string(), false),
    };
    Edit {
        family: line.family,
        name: line.name.clone(),
        was: Some(line.allocated),
        maximum,
        unlimited,
    }
}

/// The fields of a line. `wrong` is what is said of them.
pub fn fields(edit: &Edit, wrong: Option<&str>) -> AnyView {
    let name = edit.field(MAXIMUM);
    let error_id = format!("error-{}", super::line_id(edit.family, &edit.name));
    let error = wrong.map(|text| {
        view! {
            <p class="field-error" id=error_id.clone()>
                <Icon name=IconName::Warning/>
                <span>{text.to_owned()}</span>
            </p>
        }
    });
    view! {
        <div class="limit-fields">
            {was(edit)}
            <input
                type="text"
                inputmode="numeric"
                class="input limit-number"
                name=name
                value=edit.maximum.clone()
                autocomplete="off"
                aria-label=format!("Maximum of {}", edit.name)
                aria-invalid=wrong.map(|_| "true")
                aria-describedby=wrong.map(|_| error_id.clone())
            />
            <label class="check">
                <input
                    type="checkbox"
                    name=edit.field(UNLIMITED)
                    value="1"
                    checked=edit.unlimited
                    autocomplete="off"
                    aria-label=format!("{} unlimited", edit.name)
                />
                <span aria-hidden="true">"Unlimited"</span>
            </label>
        </div>
        {error}
    }
    .into_any()
}

/// The same, for a line that isn't typed into any more.
pub fn hidden_fields(edit: &Edit) -> AnyView {
    let unlimited = edit
        .unlimited
        .then(|| view! { <input type="hidden" name=edit.field(UNLIMITED) value="1"/> });
    view! {
        {was(edit)}
        <input type="hidden" name=edit.field(MAXIMUM) value=edit.maximum.clone()/>
        {unlimited}
    }
    .into_any()
}

fn was(edit: &Edit) -> AnyView {
    let was = edit.was.map(|was| was.to_string()).unwrap_or_default();
    view! { <input type="hidden" name=edit.field(WAS) value=was/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn only_what_was_typed_differently_is_a_change() {
        let posted = pairs(&[
            ("was:user:A: b", "5"),
            ("maximum:user:A: b", " 7 "),
            ("was:user:C", "unlimited"),
            ("maximum:user:C", ""),
            ("unlimited:user:C", "1"),
            ("was:group:C", "0"),
            ("maximum:group:C", "x"),
            ("was:other:C", "0"),
        ]);
        let changed = changes(&posted);
        let names: Vec<_> = changed.iter().map(|e| (e.family, e.name.as_str())).collect();
        assert_eq!(names, [(Family::User, "A: b"), (Family::Group, "C")]);
        assert_eq!(changed[0].wanted().map(|l| l.allocated), Ok(Quantity::Limited(7)));
        let error = changed[1].wanted().err().map(|e| e.message);
        assert_eq!(
            error.as_deref(),
            Some("The maximum of C must be a whole number from 0 to 2147483647.")
        );
    }

    #[test]
    fn a_number_beside_unlimited_is_not_passed_over() {
        let wanted = |was: &str, maximum: &str| {
            let posted = pairs(&[
                ("was:user:A", was),
                ("maximum:user:A", maximum),
                ("unlimited:user:A", "1"),
            ]);
            let wanted = edits(&posted).first().map(Edit::wanted);
            wanted.map(|limit| limit.map(|limit| limit.allocated).map_err(|error| error.code))
        };
        assert_eq!(wanted("5", "5"), Some(Ok(Quantity::Unlimited)));
        assert_eq!(wanted("unlimited", ""), Some(Ok(Quantity::Unlimited)));
        assert_eq!(wanted("unlimited", "7"), Some(Err("contradiction".to_owned())));
    }

    #[test]
    fn all_lines_are_set_by_one_button() {
        let posted = |submit: &str, to: &str| {
            pairs(&[
                ("was:user:A", "5"),
                ("maximum:user:A", "9"),
                ("was:group:B", "unlimited"),
                ("unlimited:group:B", "1"),
                ("set_to", to),
                ("_submit", submit),
            ])
        };
        let wanted = |submit: &str, to: &str| {
            let set = set_all(&posted(submit, to)).map_err(|fault| fault.message)?;
            Ok(edits(&set).iter().filter_map(|e| e.wanted().ok()).map(|l| l.allocated).collect())
        };
        assert_eq!(wanted(SET_NUMBER, "12"), Ok(vec![Quantity::Limited(12); 2]));
        assert_eq!(wanted(SET_UNLIMITED, ""), Ok(vec![Quantity::Unlimited; 2]));
        assert_eq!(wanted(SET_NONE, ""), Ok(vec![Quantity::NONE; 2]));
        for wrong in ["", "-1", "1.5", "many", "1099511627776"] {
            let refused: Result<Vec<Quantity>, String> = wanted(SET_NUMBER, wrong);
            assert!(refused.is_err(), "{wrong}");
        }
    }
}
