//! Reading a file that is to be loaded, as the rows it holds. What it is is told by its content,
//! not by its name. Nothing here knows the store: a file is judged by itself, as a whole (a fault
//! with the reason) and row by row (errors that name their columns).
//!
//! - [`guard`]: what an archive may hold, found out before any of it is believed.
//! - [`workbook`], [`text`], [`json`]: the formats; [`header`]: which column is which attribute.
//! - [`cells`]: what the cells of a row say.

mod cells;
mod guard;
mod header;
mod json;
mod tags;
mod text;
mod workbook;

use std::{borrow::Cow, io::Read};

use serde_json::{Map, Value};

use super::columns::Column;
use crate::{
    domain::tasks::CellError,
    fault::{Fault, FaultKind, FieldError},
    model::Model,
};
pub use cells::Raw;
pub use header::{Header, Layout};

/// Bytes of an upload.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Bytes that an upload may become when it is unpacked.
pub const MOST_UNPACKED: u64 = 256 * 1024 * 1024;
/// Rows of a file.
pub const MOST_ROWS: u64 = 100_000;

/// What a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowAction {
    Add,
    Modify,
    Delete,
}

impl RowAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Modify => "modify",
            Self::Delete => "delete",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let known = [Self::Add, Self::Modify, Self::Delete];
        known.into_iter().find(|action| action.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// A row of a file.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// As the sheet counts it; of a JSON file the position of the instance, from 1.
    pub row: u64,
    pub action: Option<RowAction>,
    pub pkid: Option<String>,
    pub hierarchy: Option<String>,
    /// The attributes that the row names; null for those that it empties. An object holds the
    /// named part alone, a list is all of it.
    pub data: Map<String, Value>,
    /// What its cells got wrong.
    pub errors: Vec<CellError>,
}

/// The cells of a row that aren't empty, with their positions, and the row's number.
type Cells = Vec<(usize, Raw)>;
type Numbered = (u64, Cells);

/// What stands in a file, piece by piece. Each piece can stop the reading.
pub trait Visitor<'m> {
    /// The columns, before the first row. Not called for JSON, which has none.
    fn header(&mut self, _header: &Header<'m>) -> Result<(), Fault> {
        Ok(())
    }

    /// A row as it stands: position and content of the cells that aren't empty. `read` makes it
    /// what it says.
    fn record(
        &mut self,
        header: &Header<'m>,
        number: u64,
        cells: &[(usize, Raw)],
    ) -> Result<(), Fault> {
        self.row(header.read(number, cells))
    }

    fn row(&mut self, row: Row) -> Result<(), Fault>;
}

/// Reads the whole file. An error of the file as a whole may come after its first rows.
pub fn read<'m>(
    bytes: &[u8],
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    let bytes = unzipped(bytes)?;
    let bytes = bytes.as_ref();
    if bytes.is_empty() {
        return Err(refused("empty_file", "The file is empty."));
    }
    let mut counted = Counted { visitor, rows: 0 };
    if bytes.starts_with(b"PK\x03\x04") {
        match guard::inspect(bytes)? {
            guard::Package::Workbook => workbook::read(bytes, model, &mut counted)?,
            guard::Package::Json(name) => json::read_zipped(bytes, &name, model, &mut counted)?,
        }
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(refused(
            "encrypted",
            "This workbook is protected by a password, or in the format of before 2007. Save it \
             without a password as .xlsx.",
        ));
    } else if json::looks_like(bytes) {
        json::read(bytes, model, &mut counted)?;
    } else {
        text::read(bytes, model, &mut counted)?;
    }
    if counted.rows == 0 {
        return Err(refused("no_rows", "There are no rows in it: nothing to load."));
    }
    Ok(())
}

/// What is inside gzip; anything else as it is.
fn unzipped(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(Cow::Borrowed(bytes));
    }
    let most = MOST_BYTES as u64;
    let mut inner = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes)
        .take(most + 1)
        .read_to_end(&mut inner)
        .map_err(|_| refused("unreadable", "The file is damaged: its gzip can't be unpacked."))?;
    if inner.len() as u64 > most {
        return Err(too_much("The file"));
    }
    if inner.starts_with(b"\x1f\x8b") {
        return Err(refused("unreadable", "The file is packed twice; unpack it once."));
    }
    Ok(Cow::Owned(inner))
}

/// Passes rows on, up to the most that are loaded at once.
struct Counted<'v, 'm> {
    visitor: &'v mut dyn Visitor<'m>,
    rows: u64,
}

impl Counted<'_, '_> {
    fn another(&mut self) -> Result<(), Fault> {
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(refused(
                "too_many_rows",
                "The file has more than 100,000 rows; divide it into several.",
            ));
        }
        Ok(())
    }
}

impl<'m> Visitor<'m> for Counted<'_, 'm> {
    fn header(&mut self, header: &Header<'m>) -> Result<(), Fault> {
        self.visitor.header(header)
    }

    fn record(
        &mut self,
        header: &Header<'m>,
        number: u64,
        cells: &[(usize, Raw)],
    ) -> Result<(), Fault> {
        self.another()?;
        self.visitor.record(header, number, cells)
    }

    fn row(&mut self, row: Row) -> Result<(), Fault> {
        self.another()?;
        self.visitor.row(row)
    }
}

/// A refusal of the file as a whole.
fn refused(code: &str, message: impl Into<String>) -> Fault {
    let message = message.into();
    Fault::new(FaultKind::BadInput, code, message.clone())
        .with_errors(vec![FieldError::new("file", code, message)])
}

fn too_much(what: &str) -> Fault {
    refused(
        "unpacks_to_too_much",
        format!("{what} unpacks to far more than a file of this kind holds; it wasn't read."),
    )
}

/// A column's name in a message.
fn named(column: &Column<'_>) -> String {
    format!("{} ({})", column.title, column.key)
}
