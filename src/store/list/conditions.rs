//! The SQL of a list's filters.

use super::{Attr, ListFilter, query::Query, reckoning::Way};
use crate::{
    list_query::Condition,
    model::Kind,
    store::{
        listed::{Table, column, path_sql},
        texts,
    },
};

impl ListFilter {
    /// The text to compare with.
    pub fn wanted(&self) -> String {
        if self.ignore_case { self.text.to_lowercase() } else { self.text.clone() }
    }

    /// The condition on one attribute; `text` is the parameter that holds [`Self::wanted`].
    pub fn condition(&self, query: &Query<'_>, attr: &Attr, text: &str) -> String {
        if let Attr::Data(name, Kind::Array) = attr {
            return self.condition_on_entries(name, text);
        }
        let raw = query.value(attr);
        // Times of one form, in whose index they sort as they follow each other.
        match self.condition {
            Condition::From => return format!("{raw} >= {text} COLLATE NOCASE"),
            Condition::Before => return format!("{raw} < {text} COLLATE NOCASE"),
            _ => {}
        }
        if self.condition == Condition::Equals && self.uses_index(attr) {
            // A sign keeps SQLite from gathering the many that are equal, where few are wanted.
            let raw = if query.passes_equal(attr) { format!("+{raw}") } else { raw };
            // The indexes collate NOCASE; an exact comparison narrows by it first.
            let exact =
                if self.ignore_case { String::new() } else { format!(" AND {raw} = {text}") };
            return format!("{raw} = {text} COLLATE NOCASE{exact}");
        }
        let narrow = self.uses_index(attr) && !matches!(query.way, Way::Node);
        self.comparison(&raw, text, narrow)
    }

    /// What is asked of a list's entries: one of them fits, or for what isn't wanted none does. An
    /// empty text stands for a list without entries.
    fn condition_on_entries(&self, name: &str, text: &str) -> String {
        let path = path_sql(name);
        if self.text.is_empty() {
            let entries = format!("coalesce(json_array_length(i.data, {path}), 0)");
            return match self.condition {
                Condition::Equals => format!("{entries} = 0 AND {text} = ''"),
                Condition::NotEqual => format!("{entries} > 0 AND {text} = ''"),
                Condition::NotContain => format!("{text} <> ''"),
                Condition::Contains
                | Condition::StartsWith
                | Condition::EndsWith
                | Condition::From
                | Condition::Before => {
                    format!("{text} = ''")
                }
            };
        }
        let (condition, exists) = match self.condition {
            Condition::NotEqual => (Condition::Equals, "NOT EXISTS"),
            Condition::NotContain => (Condition::Contains, "NOT EXISTS"),
            other => (other, "EXISTS"),
        };
        let fits = match condition {
            // Without a call for each entry.
            Condition::Equals if !self.ignore_case => format!("value = {text}"),
            Condition::Equals if self.text.is_ascii() => format!("value = {text} COLLATE NOCASE"),
            _ => Self { condition, ..self.clone() }.comparison("value", text, false),
        };
        format!("{exists} (SELECT 1 FROM json_each(i.data, {path}) WHERE {fits})")
    }

    /// Compares one value; `narrow` where an index may be asked first.
    fn comparison(&self, raw: &str, text: &str, narrow: bool) -> String {
        // An attribute that isn't set is an empty text.
        let value = format!("coalesce(CAST({raw} AS TEXT), '')");
        let value = if self.ignore_case { format!("fold({value})") } else { value };
        match self.condition {
            Condition::Contains => format!("instr({value}, {text}) > 0"),
            Condition::NotContain => format!("instr({value}, {text}) = 0"),
            Condition::StartsWith => {
                // The index narrows to what begins so; nothing sorts behind the last character.
                let narrow = match self.narrowing(text).filter(|_| narrow) {
                    Some(begin) => format!(
                        "{raw} >= {begin} COLLATE NOCASE AND \
                         {raw} < {begin} || char(1114111) COLLATE NOCASE AND "
                    ),
                    None => String::new(),
                };
                format!("{narrow}substr({value}, 1, length({text})) = {text}")
            }
            Condition::EndsWith => format!(
                "length({value}) >= length({text}) AND \
                 substr({value}, length({value}) - length({text}) + 1) = {text}"
            ),
            Condition::Equals => format!("{value} = {text}"),
            Condition::NotEqual => format!("{value} <> {text}"),
            Condition::From => format!("{value} >= {text}"),
            Condition::Before => format!("{value} < {text}"),
        }
    }

    /// The column of the list in whose index an equality is looked up.
    pub fn equal_column(&self, table: &Table) -> Option<String> {
        match &self.attrs[..] {
            [attr @ Attr::Data(name, _)]
                if self.condition == Condition::Equals
                    && self.uses_index(attr)
                    && table.has(name) =>
            {
                Some(column(name))
            }
            _ => None,
        }
    }

    /// As much of the text as an index that folds ASCII alone finds the beginning of: up to a letter that
    /// others become in lower case, the signs for İstanbul's first and for Kelvin.
    fn narrowing(&self, text: &str) -> Option<String> {
        let folded = |letter: char| matches!(letter.to_ascii_lowercase(), 'i' | 'k');
        match self.text.chars().position(folded).filter(|_| self.ignore_case) {
            None => Some(text.to_owned()),
            Some(0) => None,
            Some(letters) => Some(format!("substr({text}, 1, {letters})")),
        }
    }

    /// What the index of texts is asked for; `None` where it can't say which instances this leaves.
    pub fn search(&self, table: &Table) -> Option<String> {
        let says = match self.condition {
            Condition::Contains | Condition::StartsWith | Condition::EndsWith => true,
            Condition::Equals
            | Condition::NotEqual
            | Condition::NotContain
            | Condition::From
            | Condition::Before => false,
        };
        // The index is in lower case, which some letters are given by those beside them.
        let folds = self.ignore_case || self.text.is_ascii();
        (says && folds && self.attrs.iter().all(|attr| table.lists(attr)))
            .then(|| texts::search(&self.text.to_lowercase()))
            .flatten()
    }

    /// Whether an equality can be looked up in an attribute's index, which folds ASCII only.
    fn uses_index(&self, attr: &Attr) -> bool {
        matches!(attr, Attr::Data(_, Kind::String))
            && !self.text.is_empty()
            && (self.text.is_ascii() || !self.ignore_case)
    }
}
