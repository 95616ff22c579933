//! The licence table as a file: what a tenant or a site is licensed for, for spreadsheets.

use std::{
    fs::File,
    io::{BufWriter, Write},
};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, XlsxError};
use time::OffsetDateTime;

use super::{Level, Line, Quantity};
use crate::{
    domain::{
        App, Caller,
        access::TENANT_LICENCES,
        audit,
        transfer::{
            csv::{BYTE_ORDER_MARK, guarded},
            file::{self, Attachment, CSV, XLSX},
        },
    },
    fault::Fault,
};

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableFormat {
    Xlsx,
    Csv,
}

impl TableFormat {
    /// Reads the parameter `format`; there is no default.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "xlsx" => Ok(Self::Xlsx),
            "csv" => Ok(Self::Csv),
            _ => Err(Fault::field("format", "not_a_choice", "format is one of xlsx, csv.")),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

const TITLES: [&str; 8] =
    ["family", "name", "description", "allocated", "used", "by packs", "free", "state"];

/// What stands in a cell.
enum Cell<'l> {
    Text(&'l str),
    Number(u64),
}

/// The lines as a file for the caller, in their order. `whose` is the tenant, or the tenant and the
/// site: it is in the file's name.
pub async fn table(
    app: &App,
    caller: &Caller,
    lines: &[Line],
    whose: &str,
    format: TableFormat,
) -> Result<Attachment, Fault> {
    let now = app.env.clock.now();
    let (file, content_type) = match format {
        TableFormat::Xlsx => (workbook(lines, now).map_err(unwritten)??, XLSX),
        TableFormat::Csv => (text(lines)?, CSV),
    };
    let made =
        Attachment::new(file::licences_name(whose, format.as_str(), now), content_type, file)?;
    let what = format!("{} of {whose}", format.as_str());
    audit::exported(app, caller, TENANT_LICENCES, lines.len() as u64, &what).await;
    Ok(made)
}

fn cells(line: &Line) -> [Cell<'_>; 8] {
    [
        Cell::Text(line.family.as_str()),
        Cell::Text(&line.name),
        Cell::Text(&line.description),
        quantity(line.allocated),
        Cell::Number(line.used),
        Cell::Number(line.packs),
        quantity(line.free()),
        Cell::Text(level_words(line.level())),
    ]
}

fn quantity(quantity: Quantity) -> Cell<'static> {
    match quantity {
        Quantity::Unlimited => Cell::Text("unlimited"),
        Quantity::Limited(number) => Cell::Number(u64::from(number)),
    }
}

/// How much of a limit is taken, in words.
pub fn level_words(level: Level) -> &'static str {
    match level {
        Level::NotLicensed => "Not licensed",
        Level::Free => "Available",
        Level::NearFull => "Near full",
        Level::Full => "Full",
        Level::Over => "Over",
    }
}

fn text(lines: &[Line]) -> Result<File, Fault> {
    let mut buffer = BufWriter::new(file::temporary()?);
    // Without it spreadsheets take the text for one of an older alphabet.
    buffer.write_all(BYTE_ORDER_MARK.as_bytes()).map_err(file::failed)?;
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(buffer);
    let failed = |error: csv::Error| file::failed(error.into());
    writer.write_record(TITLES).map_err(failed)?;
    for line in lines {
        let fields = cells(line).map(|cell| match cell {
            Cell::Text(text) => guarded(text).into_owned(),
            Cell::Number(number) => number.to_string(),
        });
        writer.write_record(fields).map_err(failed)?;
    }
    let buffer = writer.into_inner().map_err(|error| {
        file::failed(std::io::Error::new(error.error().kind(), error.error().to_string()))
    })?;
    buffer.into_inner().map_err(|error| file::failed(error.into_error()))
}

/// Text is written as text, whatever it begins with: nothing in a cell is a formula.
fn workbook(lines: &[Line], now: OffsetDateTime) -> Result<Result<File, Fault>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(now.unix_timestamp())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let (bold, plain) = (Look::new().set_bold(), Look::new().set_num_format("@"));
    let whole = Look::new().set_num_format("0");
    let sheet = workbook.add_worksheet();
    sheet.set_name("Licences")?;
    sheet.set_freeze_panes(1, 2)?;
    for (at, (title, width)) in
        (0..).zip(TITLES.iter().zip([10.0, 38.0, 50.0, 12.0, 10.0, 10.0, 12.0, 14.0]))
    {
        sheet.write_string_with_format(0, at, *title, &bold)?;
        sheet.set_column_width(at, width)?;
    }
    for (row, line) in (1..).zip(lines) {
        for (at, cell) in (0..).zip(cells(line)) {
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(row, at, text, &plain)?,
                #[expect(clippy::cast_precision_loss, reason = "counts of users and licences")]
                Cell::Number(number) => {
                    sheet.write_number_with_format(row, at, number as f64, &whole)?
                }
            };
        }
    }
    let made = file::temporary().and_then(|file| {
        let handle = file.try_clone().map_err(file::failed)?;
        Ok((file, handle))
    });
    match made {
        Ok((file, handle)) => workbook.save_to_writer(handle).map(|()| Ok(file)),
        Err(fault) => Ok(Err(fault)),
    }
}

/// A workbook that couldn't be written: the disk, or a slip of ours.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unwritten(error: XlsxError) -> Fault {
    tracing::error!(%error, "a licence table can't be written");
    Fault::internal()
}
