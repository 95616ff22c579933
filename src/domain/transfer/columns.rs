//! A model as columns: how each attribute, nested ones too, has its place in a table, and what
//! stands in its cell.

use serde_json::{Map, Value};

use super::{
    cell::{Cell, cell_of, shown_choice},
    lengths::{Lengths, join},
};
use crate::{
    fault::Fault,
    model::{Kind, Model, Property, pointer},
    store::ListRow,
};

/// A list of up to so many entries has columns for each of them; a longer one is JSON text.
pub const SPREAD: usize = 20;

/// Entries of a list for which a sheet to be filled in has columns at least.
pub const SPARE: usize = 3;

/// Columns of a table at most.
pub const MOST_COLUMNS: usize = 500;

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column<'m> {
    /// How raw tables name it: the attribute's keys, joined by dots (`shadow.0.name`).
    pub key: String,
    /// How formatted sheets name it.
    pub title: String,
    /// The heading it stands under in formatted sheets.
    pub group: &'m str,
    pub field: Field<'m>,
}

/// What a column is about.
#[derive(Clone, Debug)]
pub enum Field<'m> {
    /// What is wrong with the row; only in sheets that tell errors.
    Error,
    /// What is to be done with the row: add, modify, delete.
    Action,
    Pkid,
    /// Dot path of the node where the instance stands.
    Hierarchy,
    Attr(Attr<'m>),
    /// The attributes that the model doesn't name, as one JSON object.
    Rest(&'m Model),
}

/// An attribute, or a part of one.
#[derive(Clone, Debug)]
pub struct Attr<'m> {
    pub path: Vec<Step>,
    pub property: &'m Property,
    pub form: Form,
    /// Whether an instance can't be without it.
    pub mandatory: bool,
    /// Whether only the server writes it.
    pub server: bool,
}

/// One step from an instance to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Name(String),
    Entry(usize),
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Integer,
    Number,
    Boolean,
    /// A list, an object or anything at all, as JSON text.
    Json,
}

/// What a table shows of a model.
pub struct Layout<'l> {
    pub lengths: &'l Lengths,
    /// Entries of a list for which there are columns at least.
    pub spare: usize,
    /// Whether secrets have columns: only where they are to be filled in.
    pub secrets: bool,
}

/// The columns of a raw table: every attribute, in the order of the schema.
pub fn raw<'m>(model: &'m Model, layout: &Layout<'_>) -> Vec<Column<'m>> {
    let mut columns = identification(model);
    columns.extend(attributes(model, layout, |_, _| true));
    if model.root.additional_properties {
        columns.push(rest(model));
    }
    columns
}

/// The columns of a formatted sheet: under the headings of the form and in their order, without
/// what the model doesn't display. A mandatory attribute always has its columns.
pub fn formatted<'m>(model: &'m Model, layout: &Layout<'_>) -> Vec<Column<'m>> {
    let mut columns = identification(model);
    let shown = |_: &str, p: &Property| p.required || p.displayable;
    let mut found: Vec<Option<Column<'m>>> =
        attributes(model, layout, shown).into_iter().map(Some).collect();
    for group in &model.groups {
        for name in &group.fields {
            for slot in &mut found {
                if slot.as_ref().is_some_and(|column| column.attribute() == Some(name)) {
                    columns.extend(slot.take());
                }
            }
        }
    }
    columns.extend(found.into_iter().flatten());
    if model.root.additional_properties {
        columns.push(rest(model));
    }
    columns
}

/// The columns of a sheet to be filled in: like a formatted one, with the secrets, and without
/// what only the server writes.
pub fn template(model: &Model) -> Vec<Column<'_>> {
    let layout = Layout { lengths: &Lengths::default(), spare: SPARE, secrets: true };
    let mut columns = formatted(model, &layout);
    columns.retain(|column| match &column.field {
        Field::Attr(attr) => attr.mandatory || !attr.server,
        _ => true,
    });
    columns
}

/// The column that a raw table's key names; an attribute's part by its dotted path.
pub fn by_key<'m>(model: &'m Model, key: &str) -> Option<Column<'m>> {
    let own = identification(model).into_iter().chain([error_column()]);
    // With the sign they can be meant by nothing else, whatever the model's attributes are.
    if let Some(column) = own.into_iter().find(|c| c.key == key || c.sign() == Some(key)) {
        return Some(column);
    }
    if key == REST {
        return model.root.additional_properties.then(|| rest(model));
    }
    let mut property = &model.root;
    let mut path = Vec::new();
    let (mut mandatory, mut title) = (true, String::new());
    for token in key.split('.') {
        if property.kind == Kind::Array {
            let entry = pointer::index(token).filter(|entry| *entry < MOST_COLUMNS)?;
            property = property.items.as_deref()?;
            path.push(Step::Entry(entry));
            title = format!("{title} {}", entry + 1);
            mandatory = false;
        } else {
            property = property.property(token)?;
            path.push(Step::Name(token.to_owned()));
            title = join_titles(&title, &property.title);
            mandatory &= property.required;
        }
    }
    let server = matches!(path.first(), Some(Step::Name(name)) if is_server_field(model, name));
    let form = form_of(property);
    let attr = Attr { path, property, form, mandatory, server };
    Some(Column { key: key.to_owned(), title, group: "", field: Field::Attr(attr) })
}

const REST: &str = "*";

fn identification(model: &Model) -> Vec<Column<'_>> {
    let column = |name: &str, title: &str, field| Column {
        // An attribute of that name keeps it.
        key: if model.root.property(name).is_some() { format!("@{name}") } else { name.to_owned() },
        title: title.to_owned(),
        group: "Row",
        field,
    };
    vec![
        column("action", "Action", Field::Action),
        column("pkid", "Pkid", Field::Pkid),
        column("hierarchy", "Located At", Field::Hierarchy),
    ]
}

/// The column of sheets that tell errors.
pub fn error_column<'m>() -> Column<'m> {
    Column {
        key: "@error".to_owned(),
        title: "Error".to_owned(),
        group: "Row",
        field: Field::Error,
    }
}

fn rest(model: &Model) -> Column<'_> {
    Column {
        key: REST.to_owned(),
        title: "Further Attributes".to_owned(),
        group: "",
        field: Field::Rest(model),
    }
}

fn attributes<'m>(
    model: &'m Model,
    layout: &Layout<'_>,
    shown: impl Fn(&str, &Property) -> bool,
) -> Vec<Column<'m>> {
    let spread = |spread: bool| {
        let mut columns = Columns { layout, spread, found: Vec::new(), group: "", server: false };
        for (name, property) in &model.root.properties {
            if shown(name, property) {
                columns.group = group_of(model, name);
                columns.server = is_server_field(model, name);
                let at = At { schema: name.clone(), key: name.clone(), title: String::new() };
                let path = vec![Step::Name(name.clone())];
                columns.add(property, &at.titled(&property.title), path, property.required);
            }
        }
        columns.found
    };
    let columns = spread(true);
    // A table that is too wide to be read keeps its lists together.
    if columns.len() > MOST_COLUMNS { spread(false) } else { columns }
}

/// The heading over an attribute.
fn group_of<'m>(model: &'m Model, name: &str) -> &'m str {
    let named = model.groups.iter().find(|g| g.fields.iter().any(|field| field == name));
    named.map_or(if model.groups.is_empty() { &model.title } else { "More" }, |g| g.title.as_str())
}

/// Whether only the server writes an attribute.
pub fn is_server_field(model: &Model, name: &str) -> bool {
    model.managed.iter().any(|managed| managed == name)
        || model.root.property(name).is_some_and(|p| p.readonly)
}

/// Where the walk through a schema is: in the schema, as a key, in words.
struct At {
    schema: String,
    key: String,
    title: String,
}

impl At {
    fn titled(mut self, title: &str) -> Self {
        self.title = join_titles(&self.title, title);
        self
    }
}

struct Columns<'l, 'm> {
    layout: &'l Layout<'l>,
    spread: bool,
    found: Vec<Column<'m>>,
    group: &'m str,
    server: bool,
}

impl<'m> Columns<'_, 'm> {
    fn add(&mut self, property: &'m Property, at: &At, path: Vec<Step>, mandatory: bool) {
        if property.is_secret() && !self.layout.secrets {
            return;
        }
        match property.kind {
            Kind::Object if !is_open(property) => {
                for (name, member) in &property.properties {
                    let below = At {
                        schema: join(&at.schema, name),
                        key: join(&at.key, name),
                        title: at.title.clone(),
                    };
                    let mut path = path.clone();
                    path.push(Step::Name(name.clone()));
                    let below = below.titled(&member.title);
                    self.add(member, &below, path, mandatory && member.required);
                }
            }
            Kind::Array => match (&property.items, self.entries(property, &at.schema)) {
                (Some(items), Some(entries)) => {
                    for entry in 0..entries {
                        let below = At {
                            schema: join(&at.schema, "*"),
                            key: join(&at.key, &entry.to_string()),
                            title: format!("{} {}", at.title, entry + 1),
                        };
                        let mut path = path.clone();
                        path.push(Step::Entry(entry));
                        self.add(items, &below, path, false);
                    }
                }
                _ => self.push(property, at, path, mandatory, Form::Json),
            },
            _ => self.push(property, at, path, mandatory, form_of(property)),
        }
    }

    fn push(
        &mut self,
        property: &'m Property,
        at: &At,
        path: Vec<Step>,
        mandatory: bool,
        form: Form,
    ) {
        let attr = Attr { path, property, form, mandatory, server: self.server };
        self.found.push(Column {
            key: at.key.clone(),
            title: at.title.clone(),
            group: self.group,
            field: Field::Attr(attr),
        });
    }

    /// For how many entries a list has columns; `None` keeps it together as JSON text.
    fn entries(&self, property: &Property, at: &str) -> Option<usize> {
        let seen = self.layout.lengths.of(at);
        let entries = match property.max_items {
            Some(most) => seen.max(most),
            None => seen.max(self.layout.spare),
        };
        (self.spread && entries <= SPREAD).then_some(entries)
    }
}

impl<'m> Column<'m> {
    /// The name of the attribute that it is, or is a part of.
    pub fn attribute(&self) -> Option<&String> {
        match &self.field {
            Field::Attr(Attr { path, .. }) => match path.first() {
                Some(Step::Name(name)) => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn attr(&self) -> Option<&Attr<'m>> {
        match &self.field {
            Field::Attr(attr) => Some(attr),
            _ => None,
        }
    }

    pub fn is_secret(&self) -> bool {
        self.attr().is_some_and(|attr| attr.property.is_secret())
    }

    pub fn is_mandatory(&self) -> bool {
        self.attr().is_some_and(|attr| attr.mandatory)
    }

    /// The name that no attribute can have, of a column that is none.
    pub fn sign(&self) -> Option<&'static str> {
        match self.field {
            Field::Error => Some("@error"),
            Field::Action => Some("@action"),
            Field::Pkid => Some("@pkid"),
            Field::Hierarchy => Some("@hierarchy"),
            Field::Attr(_) | Field::Rest(_) => None,
        }
    }

    /// What the row's cell in this column holds. In a formatted sheet choices stand by their
    /// titles.
    pub fn cell(&self, row: &ListRow, data: &Map<String, Value>, titles: bool) -> Cell {
        match &self.field {
            Field::Error | Field::Action => Cell::Blank,
            Field::Pkid => Cell::Text(row.pkid.clone()),
            Field::Hierarchy => Cell::Text(row.node_path.clone()),
            Field::Attr(attr) => value_at(data, &attr.path)
                .map_or(Cell::Blank, |value| cell_of(attr.property, attr.form, value, titles)),
            Field::Rest(model) => {
                let unnamed = data.iter().filter(|(name, _)| model.root.property(name).is_none());
                let rest: Map<String, Value> =
                    unnamed.map(|(name, value)| (name.clone(), value.clone())).collect();
                if rest.is_empty() {
                    Cell::Blank
                } else {
                    Cell::Text(Value::Object(rest).to_string())
                }
            }
        }
    }
}

impl Attr<'_> {
    /// The JSON Pointer of the value.
    pub fn pointer(&self) -> String {
        pointer_of(&self.path)
    }

    /// The choices as a formatted sheet offers them.
    pub fn shown_choices(&self) -> Vec<&str> {
        self.property.choices.iter().map(|c| shown_choice(&self.property.choices, c)).collect()
    }
}

/// The JSON Pointer of a path.
pub fn pointer_of(path: &[Step]) -> String {
    path.iter().fold(String::new(), |at, step| match step {
        Step::Name(name) => pointer::child(&at, name),
        Step::Entry(entry) => pointer::entry(&at, *entry),
    })
}

fn value_at<'d>(data: &'d Map<String, Value>, path: &[Step]) -> Option<&'d Value> {
    let Some((Step::Name(first), rest)) = path.split_first() else { return None };
    rest.iter().try_fold(data.get(first)?, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Entry(entry) => value.get(entry),
    })
}

/// Whether an object may hold what its schema doesn't name: it has no columns of its own then.
fn is_open(property: &Property) -> bool {
    property.properties.is_empty() || property.additional_properties
}

fn form_of(property: &Property) -> Form {
    match property.kind {
        Kind::String => Form::Text,
        Kind::Integer => Form::Integer,
        Kind::Number => Form::Number,
        Kind::Boolean => Form::Boolean,
        Kind::Any | Kind::Object | Kind::Array => Form::Json,
    }
}

/// Refuses a table that no spreadsheet can hold.
pub fn check_width(columns: &[Column<'_>], most: usize) -> Result<(), Fault> {
    if columns.len() <= most {
        return Ok(());
    }
    Err(Fault::field(
        "export_format",
        "too_many_columns",
        format!(
            "This would take {} columns, and a sheet has {most}. Export as json instead.",
            columns.len()
        ),
    ))
}

fn join_titles(at: &str, title: &str) -> String {
    if at.is_empty() { title.to_owned() } else { format!("{at}: {title}") }
}
