//! Workbooks, cell by cell: a sheet is never laid out in memory, since its last cell may be a
//! million rows away.

use std::io::Cursor;

use calamine::{Reader, SheetType, Xlsx, XlsxCellReader, XlsxError};

use super::{
    Numbered, Raw, Visitor,
    header::{Head, Header, letters, too_many_columns},
    refused,
};
use crate::{domain::transfer::columns::MOST_COLUMNS, fault::Fault, model::Model};

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads the only sheet of data. `bytes` have passed the guard.
pub fn read<'m>(
    bytes: &[u8],
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let name = data_sheet(&mut book)?;
    let cells = book.worksheet_cells_reader(&name).map_err(|e| unreadable(&e))?;
    let mut rows = Rows { cells, waiting: None, ended: false };
    let mut head = Head::default();
    while let Some((number, cells)) = rows.next()? {
        if head.take(number, cells) {
            break;
        }
    }
    let (header, taken) = head.read(model)?;
    visitor.header(&header)?;
    for (number, cells) in taken {
        record(visitor, &header, number, &cells)?;
    }
    while let Some((number, cells)) = rows.next()? {
        record(visitor, &header, number, &cells)?;
    }
    Ok(())
}

/// Passes a row on; one that says nothing but blanks is none.
fn record<'m>(
    visitor: &mut dyn Visitor<'m>,
    header: &Header<'m>,
    number: u64,
    cells: &[(usize, Raw)],
) -> Result<(), Fault> {
    if let Some((position, _)) = cells.iter().find(|(at, _)| header.column_at(*at).is_none()) {
        return Err(refused(
            "unknown_column",
            format!(
                "Column {} has no title, and row {number} has a value there; remove it or give it \
                 one.",
                letters(*position)
            ),
        ));
    }
    visitor.record(header, number, cells)
}

/// The name of the one sheet that holds something, tabs that begin with # left aside.
fn data_sheet(book: &mut Book<'_>) -> Result<String, Fault> {
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && !sheet.name.starts_with('#'))
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut found = Vec::new();
    for name in names {
        let cells = book.worksheet_cells_reader(&name).map_err(|e| unreadable(&e))?;
        if (Rows { cells, waiting: None, ended: false }).next()?.is_some() {
            found.push(name);
        }
    }
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(refused(
            "no_data_sheet",
            "The workbook has no sheet with data. Tabs whose name begins with # aren't loaded.",
        )),
        several => Err(refused(
            "several_sheets",
            format!(
                "The workbook has several sheets with data: {}. Keep one, or begin the names of the \
                 others with #.",
                several.join(", ")
            ),
        )),
    }
}

/// The rows of a sheet that hold something.
struct Rows<'a, 'b> {
    cells: XlsxCellReader<'a, Cursor<&'b [u8]>>,
    waiting: Option<(u64, usize, Raw)>,
    /// The reader goes on behind the sheet's end, into what it doesn't know.
    ended: bool,
}

impl Rows<'_, '_> {
    fn next(&mut self) -> Result<Option<Numbered>, Fault> {
        let Some((number, first, raw)) = self.take()? else { return Ok(None) };
        let mut cells = vec![(first, raw)];
        while let Some((row, column, raw)) = self.take()? {
            if row != number {
                if row < number {
                    return Err(damaged());
                }
                self.waiting = Some((row, column, raw));
                break;
            }
            cells.push((column, raw));
        }
        Ok(Some((number, cells)))
    }

    /// The next cell that isn't empty: row from 1, column from 0.
    fn take(&mut self) -> Result<Option<(u64, usize, Raw)>, Fault> {
        if let Some(waiting) = self.waiting.take() {
            return Ok(Some(waiting));
        }
        while !self.ended {
            let Some(cell) = self.cells.next_cell().map_err(|e| unreadable(&e))? else {
                self.ended = true;
                break;
            };
            let (row, column) = cell.get_position();
            let Some(raw) = Raw::of(cell.get_value()) else { continue };
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            // The instructions in the first row may run on; nothing else does.
            if column >= MOST_COLUMNS {
                return Err(too_many_columns());
            }
            return Ok(Some((u64::from(row) + 1, column, raw)));
        }
        Ok(None)
    }
}

/// A workbook that the library doesn't understand. What it says names parts, not content.
fn unreadable(error: &XlsxError) -> Fault {
    match error {
        XlsxError::Password => {
            refused("encrypted", "This workbook is protected by a password; save it without one.")
        }
        _ => {
            tracing::debug!(%error, "an uploaded workbook can't be read");
            damaged()
        }
    }
}

fn damaged() -> Fault {
    refused("unreadable", "The workbook is damaged; open it, save it again as .xlsx, and retry.")
}
