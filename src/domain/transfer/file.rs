//! A file that is answered: its name, its type, and its bytes in a nameless temporary file, which
//! the system takes back when nobody holds it any more.

use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
};

use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset, format_description::BorrowedFormatItem};

use crate::{fault::Fault, model::Model};

/// Of workbooks.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Of JSON exports, as the documents print it.
pub const ZIP: &str = "application/x-zip";
pub const CSV: &str = "text/csv; charset=utf-8";
pub const GZIP: &str = "application/gzip";

const OF_ZIP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]_[hour]:[minute]:[second].[subsecond digits:6]");
const OF_SHEET: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]_[hour]-[minute]-[second]");

/// A file to be answered.
pub struct Attachment {
    pub name: String,
    pub content_type: &'static str,
    /// At its beginning.
    pub file: File,
    /// Bytes.
    pub length: u64,
}

impl Attachment {
    /// Takes a file that has been written.
    pub fn new(name: String, content_type: &'static str, mut file: File) -> Result<Self, Fault> {
        let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        Ok(Self { name, content_type, file, length })
    }
}

/// A temporary file that has no name and goes with its last handle.
pub fn temporary() -> Result<File, Fault> {
    tempfile::tempfile().map_err(failed)
}

/// A failure of the disk.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub fn failed(error: io::Error) -> Fault {
    tracing::error!(%error, "a file that was to be answered can't be written");
    Fault::internal()
}

/// `relation_SparkCustomer`: a model's name in the names of files.
pub fn stem(model: &Model) -> String {
    model.model_type.replace('/', "_")
}

/// `export_2013-05-17_14:20:19.186444.json.zip`.
pub fn zip_name(now: OffsetDateTime) -> String {
    format!("export_{}.json.zip", text(now, OF_ZIP))
}

/// `relation_SparkCustomer_exportedsheet_2013-05-17_14-20-19.xlsx`, with `_formatted` for sheets
/// that people read.
pub fn sheet_name(model: &Model, formatted: bool, extension: &str, now: OffsetDateTime) -> String {
    let formatted = if formatted { "_formatted" } else { "" };
    format!("{}_exportedsheet{formatted}_{}.{extension}", stem(model), text(now, OF_SHEET))
}

/// `relation_SparkCustomer_errors_2013-05-17_14-20-19.xlsx`.
pub fn errors_name(model: &Model, now: OffsetDateTime) -> String {
    format!("{}_errors_{}.xlsx", stem(model), text(now, OF_SHEET))
}

/// `licences_granite_2013-05-17_14-20-19.xlsx`: what a tenant or a site is licensed for. Of its name
/// only what every system takes in a file's name stays.
pub fn licences_name(whose: &str, extension: &str, now: OffsetDateTime) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let whose: String = whose.chars().take(60).map(plain).collect();
    format!("licences_{whose}_{}.{extension}", text(now, OF_SHEET))
}

fn text(now: OffsetDateTime, format: &[BorrowedFormatItem<'_>]) -> String {
    // The formats ask for nothing that a UTC time lacks.
    now.to_offset(UtcOffset::UTC).format(format).unwrap_or_default()
}
