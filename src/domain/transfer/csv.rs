//! Comma-separated values: a raw table as text. Spreadsheets run what begins like a formula, so
//! such a text gets an apostrophe before it, which loading takes away again.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufWriter, Write},
};

use serde_json::{Map, Value};

use super::{
    cell::Cell,
    columns::{Column, Form},
    file::{self, failed},
    rows::Sink,
};
use crate::{fault::Fault, store::ListRow};

/// A file that is being written.
pub struct Csv<'c, 'm> {
    columns: &'c [Column<'m>],
    writer: csv::Writer<BufWriter<File>>,
}

impl<'c, 'm> Csv<'c, 'm> {
    /// Begins one, with the keys in its first line.
    pub fn begin(columns: &'c [Column<'m>]) -> Result<Self, Fault> {
        let mut buffer = BufWriter::new(file::temporary()?);
        // Without it spreadsheets take the text for one of an older alphabet.
        buffer.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(failed)?;
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(buffer);
        let keys = columns.iter().map(|c| guarded(&c.key).into_owned());
        writer.write_record(keys).map_err(csv_failed)?;
        Ok(Self { columns, writer })
    }

    pub fn finish(self) -> Result<File, Fault> {
        let buffer = self.writer.into_inner().map_err(|error| {
            failed(std::io::Error::new(error.error().kind(), error.error().to_string()))
        })?;
        buffer.into_inner().map_err(|error| failed(error.into_error()))
    }
}

impl Sink for Csv<'_, '_> {
    fn row(&mut self, row: &ListRow, data: Map<String, Value>) -> Result<(), Fault> {
        for column in self.columns {
            let is_text = column.attr().is_none_or(|a| matches!(a.form, Form::Text | Form::Json));
            let field = match column.cell(row, &data, false) {
                Cell::Blank => String::new(),
                Cell::Text(text) if is_text => guarded(&text).into_owned(),
                Cell::Text(text) => text,
                Cell::Number(number) => number.to_string(),
                Cell::Boolean(on) => on.to_string(),
            };
            self.writer.write_field(field).map_err(csv_failed)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(csv_failed)
    }
}

pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text that no spreadsheet runs.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if begins_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What [`guarded`] was given.
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet could run it; apostrophes before that count too, or one that was there
/// already would be taken for ours.
fn begins_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

fn csv_failed(error: csv::Error) -> Fault {
    failed(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_text_comes_back() {
        for text in ["", "=1+1", "+31 20", "-5", "@x", "'=x", "''@", "'tis", "a=b", "\tx", "\rx"] {
            let guarded = guarded(text);
            assert_eq!(unguarded(&guarded), text);
            assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']), "{guarded}");
        }
    }
}
