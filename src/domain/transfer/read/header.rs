//! Which column of a table is which attribute, by the keys or the titles over them; and what a
//! table must not be without.

use super::{
    super::{
        columns::{self, Column, Field, Layout as Columns, SPREAD, Step},
        lengths::Lengths,
        sheet::{ENTITY, HIERARCHY},
    },
    Cells, Numbered, Raw, named, refused,
};
use crate::{fault::Fault, model::Model};

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The keys stand over the instances.
    Raw,
    /// What the sheet is about, headings, titles, then perhaps the keys.
    Formatted,
    /// The titles stand over the instances.
    Titles,
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub struct Header<'m> {
    pub layout: Layout,
    /// The node that the sheet names in its first row: pkid or dot path.
    pub place: Option<String>,
    /// By position, as far as there are any.
    columns: Vec<Option<Column<'m>>>,
}

impl<'m> Header<'m> {
    pub fn column_at(&self, position: usize) -> Option<&Column<'m>> {
        self.columns.get(position).and_then(Option::as_ref)
    }

    /// The columns with their positions.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &Column<'m>)> {
        self.columns.iter().enumerate().filter_map(|(at, column)| Some((at, column.as_ref()?)))
    }
}

/// The first rows of a table, until it is known what the columns are.
#[derive(Default)]
pub struct Head {
    rows: Vec<Numbered>,
}

/// Rows among which the titles and the keys of a formatted sheet are looked for.
const TOP: u64 = 8;

impl Head {
    /// Takes the next row that isn't empty. `true` once no more rows are needed.
    pub fn take(&mut self, number: u64, cells: Cells) -> bool {
        self.rows.push((number, cells));
        !self.is_formatted() || number >= TOP
    }

    fn is_formatted(&self) -> bool {
        self.rows.first().is_some_and(|(_, cells)| about(cells, ENTITY).is_some())
    }

    /// The columns, and the rows that were taken and belong to the instances.
    pub fn read(mut self, model: &Model) -> Result<(Header<'_>, Vec<Numbered>), Fault> {
        if self.rows.is_empty() {
            return Err(refused("no_rows", "There are no rows in it: nothing to load."));
        }
        let (header, used) = if self.is_formatted() {
            self.formatted(model)?
        } else {
            (plain(model, &self.rows[0].1)?, 1)
        };
        let header = complete(model, header)?;
        Ok((header, self.rows.split_off(used)))
    }

    /// A formatted sheet's columns, and how many of its rows came before the instances.
    fn formatted<'m>(&self, model: &'m Model) -> Result<(Header<'m>, usize), Fault> {
        let first = &self.rows[0].1;
        let entity = about(first, ENTITY).unwrap_or_default();
        if entity != model.model_type {
            return Err(refused(
                "wrong_entity",
                format!(
                    "This sheet is for {:?}, and it was sent to {}. Load it there, or take the \
                     sheet of {}.",
                    crate::domain::hierarchy::shortened(&entity),
                    model.model_type,
                    model.model_type
                ),
            ));
        }
        let place = about(first, HIERARCHY).filter(|place| !place.is_empty());
        let found = |columns, used| {
            Ok((Header { layout: Layout::Formatted, place: place.clone(), columns }, used))
        };
        let signs = |cells: &[(usize, Raw)]| {
            let is_sign = |raw: &Raw| matches!(raw, Raw::Text(t) if ["@action", "@pkid", "@hierarchy"].contains(&t.as_str()));
            cells.iter().any(|(_, raw)| is_sign(raw))
        };
        if let Some(at) = self.rows.iter().position(|(_, cells)| signs(cells)) {
            return found(by_keys(model, &self.rows[at].1)?, at + 1);
        }
        // The hidden row is gone: the titles must do. They are the row that has most of them.
        let known = Titles::of(model);
        let matches = |cells: &[(usize, Raw)]| {
            cells.iter().filter(|(_, raw)| matches!(raw, Raw::Text(t) if known.has(t))).count()
        };
        let best = (1..self.rows.len().min(4)).max_by_key(|at| matches(&self.rows[*at].1));
        match best.filter(|at| matches(&self.rows[*at].1) > 0) {
            Some(at) => found(known.columns(&self.rows[at].1)?, at + 1),
            None => Err(refused(
                "no_columns",
                "The sheet has no row of titles below its first row. Take a new sheet to be \
                 filled in.",
            )),
        }
    }
}

/// What a cell of a formatted sheet's first row says behind `label`.
fn about(cells: &[(usize, Raw)], label: &str) -> Option<String> {
    cells.iter().find_map(|(_, raw)| match raw {
        Raw::Text(text) => Some(text.trim().strip_prefix(label)?.trim().to_owned()),
        _ => None,
    })
}

/// A table with keys or titles in its first row.
fn plain<'m>(model: &'m Model, cells: &[(usize, Raw)]) -> Result<Header<'m>, Fault> {
    let known_keys = cells
        .iter()
        .filter(
            |(_, raw)| matches!(raw, Raw::Text(t) if columns::by_key(model, t.trim()).is_some()),
        )
        .count();
    let titles = Titles::of(model);
    let known_titles =
        cells.iter().filter(|(_, raw)| matches!(raw, Raw::Text(t) if titles.has(t))).count();
    if known_keys == 0 && known_titles == 0 {
        return Err(refused(
            "no_columns",
            format!(
                "The first row names no attribute of {}. It must hold the keys, such as those of \
                 a raw export, or the titles.",
                model.model_type
            ),
        ));
    }
    let (layout, columns) = if known_keys >= known_titles {
        (Layout::Raw, by_keys(model, cells)?)
    } else {
        (Layout::Titles, titles.columns(cells)?)
    };
    Ok(Header { layout, place: None, columns })
}

fn by_keys<'m>(model: &'m Model, cells: &[(usize, Raw)]) -> Result<Vec<Option<Column<'m>>>, Fault> {
    placed(model, cells, |text| Ok(columns::by_key(model, text)))
}

/// The columns that cells name, each at its position.
fn placed<'m>(
    model: &Model,
    cells: &[(usize, Raw)],
    find: impl Fn(&str) -> Result<Option<Column<'m>>, Fault>,
) -> Result<Vec<Option<Column<'m>>>, Fault> {
    let mut columns: Vec<Option<Column<'m>>> = Vec::new();
    let mut unknown = Vec::new();
    for (position, raw) in cells {
        if *position >= columns::MOST_COLUMNS {
            return Err(too_many_columns());
        }
        let Raw::Text(text) = raw else {
            unknown.push(letters(*position));
            continue;
        };
        let text = text.trim();
        match find(text)? {
            Some(column) => {
                if columns.len() <= *position {
                    columns.resize(position + 1, None);
                }
                columns[*position] = Some(column);
            }
            None if text.is_empty() => {}
            None => unknown.push(format!(
                "{:?} ({})",
                crate::domain::hierarchy::shortened(text),
                letters(*position)
            )),
        }
    }
    if unknown.is_empty() {
        return Ok(columns);
    }
    Err(refused(
        "unknown_column",
        format!(
            "{} has no attribute for the column {}; remove it or correct its name.",
            model.model_type,
            some_of(&unknown)
        ),
    ))
}

/// Columns by the titles over them.
struct Titles<'m> {
    model: &'m Model,
    columns: Vec<Column<'m>>,
}

impl<'m> Titles<'m> {
    fn of(model: &'m Model) -> Self {
        // Lists as long as they are ever spread over columns.
        let lengths = Lengths::default();
        let layout = Columns { lengths: &lengths, spare: SPREAD, secrets: true };
        let mut columns = columns::raw(model, &layout);
        columns.push(columns::error_column());
        Self { model, columns }
    }

    fn has(&self, text: &str) -> bool {
        self.columns.iter().any(|column| column.title == text.trim())
    }

    fn columns(&self, cells: &[(usize, Raw)]) -> Result<Vec<Option<Column<'m>>>, Fault> {
        placed(self.model, cells, |text| {
            let mut found = self.columns.iter().filter(|column| column.title == text);
            match (found.next(), found.next()) {
                (Some(one), Some(another)) => Err(refused(
                    "ambiguous_column",
                    format!(
                        "{text:?} is the title of several attributes ({}, {}); name the column by \
                         its key.",
                        one.key, another.key
                    ),
                )),
                (found, _) => Ok(found.cloned()),
            }
        })
    }
}

/// Refuses columns that contradict each other, and a table that is without what it needs.
fn complete<'m>(model: &'m Model, header: Header<'m>) -> Result<Header<'m>, Fault> {
    let mut doubled = Vec::new();
    for (at, column) in header.columns() {
        let clashes = |other: &Column<'_>| {
            other.key == column.key
                || other.sign().is_some_and(|sign| column.sign() == Some(sign))
                || other.key.strip_prefix(&column.key).is_some_and(|rest| rest.starts_with('.'))
        };
        if let Some((other, _)) = header.columns().find(|(other, c)| *other != at && clashes(c)) {
            doubled.push(format!("{} ({} and {})", column.title, letters(at), letters(other)));
        }
    }
    if !doubled.is_empty() {
        return Err(refused(
            "doubled_column",
            format!("These columns say the same twice: {}; remove one of each.", some_of(&doubled)),
        ));
    }
    let missing = missing(model, &header);
    if !missing.is_empty() {
        return Err(refused(
            "missing_column",
            format!("These columns are missing: {}.", some_of(&missing)),
        ));
    }
    Ok(header)
}

/// Mandatory attributes without a column, and entries of lists that have some of their columns.
/// Rows that name their instance, in a table that isn't laid out for people, may say as little
/// as they like.
fn missing(model: &Model, header: &Header<'_>) -> Vec<String> {
    let mut missing = Vec::new();
    let by_pkid = header.columns().any(|(_, c)| matches!(c.field, Field::Pkid));
    if !by_pkid || header.layout == Layout::Formatted {
        for (name, property) in model.root.properties.iter().filter(|(_, p)| p.required) {
            if !header.columns().any(|(_, c)| c.attribute() == Some(name)) {
                missing.push(format!("{} ({name})", property.title));
            }
        }
    }
    let mut lengths = Lengths::default();
    for (_, column) in header.columns() {
        if let Some(attr) = column.attr() {
            lengths.reach(&attr.path);
        }
    }
    let layout = Columns { lengths: &lengths, spare: 0, secrets: true };
    let has = |key: &str| header.columns().any(|(_, c)| c.key == key);
    for column in columns::raw(model, &layout) {
        let Some(entry) = entry_of(&column) else { continue };
        let begun = header.columns().any(|(_, c)| {
            c.key.strip_prefix(&entry).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        if begun && !has(&column.key) {
            missing.push(named(&column));
        }
    }
    missing
}

/// The key of the list's entry that a column is a part of.
fn entry_of(column: &Column<'_>) -> Option<String> {
    let path = &column.attr()?.path;
    let first = path.iter().position(|step| matches!(step, Step::Entry(_)))?;
    let tokens: Vec<String> = path[..=first]
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.clone(),
            Step::Entry(entry) => entry.to_string(),
        })
        .collect();
    Some(tokens.join("."))
}

pub fn too_many_columns() -> Fault {
    refused("too_many_columns", "The sheet has more than 500 columns.")
}

/// A column as spreadsheets name it: A, B, …, AA.
pub fn letters(position: usize) -> String {
    let mut rest = position + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// As many names as a sentence bears.
fn some_of(names: &[String]) -> String {
    const SAID: usize = 10;
    let said = names.iter().take(SAID).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SAID) {
        0 => said,
        more => format!("{said} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        for (position, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(position), expected);
        }
    }
}
