//! The parameters of a list, parsed once for the API and the console, whose URLs carry the same
//! names.

use serde::{Deserialize, Serialize};

use crate::fault::FieldError;

/// Rows of a page when the caller doesn't say.
pub const DEFAULT_LIMIT: u64 = 50;
/// More than this is clamped.
pub const MAXIMUM_LIMIT: u64 = 2000;

/// The place of an instance as an attribute of lists: the dot path of its node.
pub const LOCATED_AT: &str = "hierarchy_friendly_name";

/// Which nodes a list covers, seen from its node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Traversal {
    /// The node and all below it.
    #[default]
    Down,
    /// The node alone.
    Local,
    /// The node and all above it.
    Up,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Asc,
    Desc,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    #[default]
    Contains,
    StartsWith,
    EndsWith,
    Equals,
    NotEqual,
    NotContain,
    /// A time: then or later.
    From,
    /// A time: earlier.
    Before,
}

impl Condition {
    /// Those of attributes that are times.
    pub const OF_TIMES: [Self; 2] = [Self::From, Self::Before];

    pub const ALL: [Self; 8] = [
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Equals,
        Self::NotEqual,
        Self::NotContain,
        Self::From,
        Self::Before,
    ];

    /// As it stands in URLs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
            Self::Equals => "equals",
            Self::NotEqual => "notequal",
            Self::NotContain => "notcontain",
            Self::From => "from",
            Self::Before => "before",
        }
    }

    /// As it stands in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Equals => "is",
            Self::NotEqual => "is not",
            Self::NotContain => "doesn't contain",
            Self::From => "is from",
            Self::Before => "is before",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

/// One `filter_field`, `filter_text`, `filter_condition` group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    pub field: String,
    pub text: String,
    pub condition: Condition,
    pub ignore_case: bool,
}

/// What a list was asked for. Fields of the model are checked later, by who knows the model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// pkid or dot path; the caller's own node when absent.
    pub hierarchy: Option<String>,
    pub skip: u64,
    pub limit: u64,
    pub order_by: Option<String>,
    pub direction: Option<Direction>,
    pub traversal: Traversal,
    /// Whether the total is asked for; without it the total is answered as 0.
    pub count: bool,
    pub filters: Vec<Filter>,
    /// Text that any of the summary attributes contains: the console's search box.
    pub search: Option<String>,
    /// Whether `data` is cut down to the summary attributes.
    pub summary: bool,
    /// The attributes to show, in order; those of the model's list when there are none.
    pub columns: Vec<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            hierarchy: None,
            skip: 0,
            limit: DEFAULT_LIMIT,
            order_by: None,
            direction: None,
            traversal: Traversal::Down,
            count: true,
            filters: Vec::new(),
            search: None,
            summary: false,
            columns: Vec::new(),
        }
    }
}

impl ListQuery {
    /// Reads the pairs of a query string. All errors are reported at once, each with the name of
    /// its parameter.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        let mut fields = Vec::new();
        let mut texts = Vec::new();
        let mut conditions = Vec::new();
        let mut cases = Vec::new();
        for (name, value) in pairs {
            let value = value.as_str();
            match name.as_str() {
                // An empty one is none: a form's field that was left empty.
                "hierarchy" => query.hierarchy = Some(value.to_owned()).filter(|v| !v.is_empty()),
                "skip" => query.skip = number(name, value, 0, &mut errors),
                "limit" => {
                    query.limit =
                        number(name, value, DEFAULT_LIMIT, &mut errors).min(MAXIMUM_LIMIT);
                }
                "order_by" => query.order_by = Some(value.to_owned()).filter(|v| !v.is_empty()),
                "direction" => {
                    query.direction = one_of(
                        name,
                        value,
                        &[("asc", Direction::Asc), ("desc", Direction::Desc)],
                        &mut errors,
                    );
                }
                "traversal" => {
                    query.traversal = one_of(
                        name,
                        value,
                        &[
                            ("down", Traversal::Down),
                            ("local", Traversal::Local),
                            ("up", Traversal::Up),
                        ],
                        &mut errors,
                    )
                    .unwrap_or_default();
                }
                "count" => query.count = boolean(name, value, &mut errors).unwrap_or(true),
                "summary" => query.summary = boolean(name, value, &mut errors).unwrap_or(false),
                // Repeated by forms, in one by links.
                "columns" => {
                    for name in value.split(',').map(str::trim).filter(|n| !n.is_empty()) {
                        if !query.columns.iter().any(|known| known == name) {
                            query.columns.push(name.to_owned());
                        }
                    }
                }
                "search" => {
                    let text = value.trim();
                    query.search = (!text.is_empty()).then(|| text.to_owned());
                }
                "filter_field" => fields.push(value.to_owned()),
                "filter_text" => texts.push(value.to_owned()),
                "filter_condition" => conditions.push(value.to_owned()),
                // On unless it is `false`.
                "ignore_case" => cases.push(!value.eq_ignore_ascii_case("false")),
                // Scripts carry parameters of other calls along (`format`, `schema`, `cached`).
                _ => {}
            }
        }
        query.filters = groups(fields, texts, conditions, &cases, &mut errors);
        if query.limit == 0 {
            errors.push(FieldError::new("limit", "too_small", "limit must be 1 or more."));
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    /// The pairs that say the same; defaults are left out.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if let Some(hierarchy) = &self.hierarchy {
            push("hierarchy", hierarchy.clone());
        }
        if let Some(search) = &self.search {
            push("search", search.clone());
        }
        for filter in &self.filters {
            push("filter_field", filter.field.clone());
            push("filter_condition", filter.condition.as_str().to_owned());
            push("filter_text", filter.text.clone());
        }
        if self.filters.iter().any(|f| !f.ignore_case) {
            for filter in &self.filters {
                push("ignore_case", filter.ignore_case.to_string());
            }
        }
        if let Some(order_by) = &self.order_by {
            push("order_by", order_by.clone());
        }
        if let Some(direction) = self.direction {
            push("direction", direction.as_str().to_owned());
        }
        if self.traversal != Traversal::Down {
            push("traversal", self.traversal.as_str().to_owned());
        }
        if self.limit != DEFAULT_LIMIT {
            push("limit", self.limit.to_string());
        }
        if self.skip != 0 {
            push("skip", self.skip.to_string());
        }
        if !self.columns.is_empty() {
            push("columns", self.columns.join(","));
        }
        if !self.count {
            push("count", "false".to_owned());
        }
        pairs
    }
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

impl Traversal {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Local => "local",
            Self::Up => "up",
        }
    }
}

/// Puts the repeated filter parameters together, position by position.
fn groups(
    fields: Vec<String>,
    texts: Vec<String>,
    conditions: Vec<String>,
    cases: &[bool],
    errors: &mut Vec<FieldError>,
) -> Vec<Filter> {
    if texts.len() != fields.len() {
        errors.push(FieldError::new(
            "filter_text",
            "unpaired",
            "filter_field and filter_text go together: give as many of one as of the other.",
        ));
        return Vec::new();
    }
    if conditions.len() > fields.len() {
        errors.push(FieldError::new(
            "filter_condition",
            "unpaired",
            "There are more filter_condition parameters than filter_field.",
        ));
    }
    let mut conditions = conditions.into_iter();
    fields
        .into_iter()
        .zip(texts)
        .enumerate()
        .map(|(position, (field, text))| {
            let condition = conditions.next().unwrap_or_else(|| "contains".to_owned());
            let condition = Condition::parse(&condition).unwrap_or_else(|| {
                errors.push(FieldError::new(
                    "filter_condition",
                    "not_a_choice",
                    "filter_condition must be one of: contains, startswith, endswith, equals, \
                     notequal, notcontain, from, before.",
                ));
                Condition::Contains
            });
            // A single ignore_case speaks for every group.
            let ignore_case = cases.get(position).or(cases.last()).copied().unwrap_or(true);
            Filter { field, text, condition, ignore_case }
        })
        .collect()
}

fn number(name: &str, value: &str, default: u64, errors: &mut Vec<FieldError>) -> u64 {
    // SQLite counts rows in i64; nothing beyond it can name a row.
    match value.parse::<u64>() {
        Ok(n) if i64::try_from(n).is_ok() => n,
        _ => {
            errors.push(FieldError::new(
                name,
                "wrong_type",
                format!("{name} must be a whole number, 0 or more."),
            ));
            default
        }
    }
}

fn boolean(name: &str, value: &str, errors: &mut Vec<FieldError>) -> Option<bool> {
    let known = [("true", true), ("1", true), ("false", false), ("0", false)];
    one_of(name, &value.to_ascii_lowercase(), &known, errors)
}

fn one_of<T: Copy>(
    name: &str,
    value: &str,
    known: &[(&str, T)],
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    let found = known.iter().find(|(text, _)| *text == value).map(|(_, v)| *v);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(text, _)| *text).collect();
        errors.push(FieldError::new(
            name,
            "not_a_choice",
            format!("{name} must be one of: {}.", names.join(", ")),
        ));
    }
    found
}
