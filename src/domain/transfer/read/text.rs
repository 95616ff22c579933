//! Comma-separated values: UTF-8, with commas or semicolons or tabs, whichever the first line has
//! most of.

use super::{
    Raw, Visitor,
    header::{Head, letters},
    refused,
};
use crate::{
    domain::transfer::csv::{BYTE_ORDER_MARK, unguarded},
    fault::Fault,
    model::Model,
};

pub fn read<'m>(
    bytes: &[u8],
    model: &'m Model,
    visitor: &mut dyn Visitor<'m>,
) -> Result<(), Fault> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|b| *b == b'\n').count();
        refused(
            "not_text",
            format!(
                "This is neither a workbook, a JSON export nor text in UTF-8: line {line} isn't. \
                 Save a spreadsheet as .xlsx, or as CSV in UTF-8."
            ),
        )
    })?;
    if text.contains('\0') {
        return Err(refused("not_text", "This is neither a workbook, a JSON export nor text."));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut header = None;
    let mut number = 0;
    loop {
        let more = reader.read_record(&mut record).map_err(|error| {
            tracing::debug!(%error, "an uploaded CSV can't be read");
            refused("unreadable", format!("The text isn't valid CSV after row {number}."))
        })?;
        if !more {
            break;
        }
        number += 1;
        let cells: Vec<(usize, Raw)> = record
            .iter()
            .enumerate()
            .filter(|(_, field)| !field.is_empty())
            .map(|(at, field)| (at, Raw::Text(unguarded(field).to_owned())))
            .collect();
        if cells.is_empty() {
            continue;
        }
        let Some(header) = &header else {
            let mut head = Head::default();
            head.take(number, cells);
            let (found, _) = head.read(model)?;
            visitor.header(&found)?;
            header = Some(found);
            continue;
        };
        if let Some((position, _)) = cells.iter().find(|(at, _)| header.column_at(*at).is_none()) {
            return Err(refused(
                "unknown_column",
                format!(
                    "Row {number} has a value in column {}, which has no name in the first line. \
                     A value with a comma in it must stand in quotes.",
                    letters(*position)
                ),
            ));
        }
        visitor.record(header, number, &cells)?;
    }
    Ok(())
}

/// What parts the fields of the first line.
fn delimiter(text: &str) -> u8 {
    let line = text.lines().next().unwrap_or_default();
    let count = |mark: u8| line.bytes().filter(|b| *b == mark).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|mark| count(*mark)).unwrap_or(b',')
}
