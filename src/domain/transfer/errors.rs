//! The error sheet of a load: the rows that failed, as they were sent, with what was wrong with
//! each before them and the wrong cells marked. Corrected, it can be loaded as it is. Secrets are
//! not in it: they have to be typed again.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    cell::{CLEAR, Cell},
    columns::{self, Column, Field, Layout as Columns},
    file::{Attachment, XLSX, errors_name},
    lengths::Lengths,
    read::{self, Header, Layout, Raw, Row, Visitor},
    sheet::{Book, LONGEST},
    upload::{is_load, loaded},
};
use crate::{
    domain::{
        App, Caller,
        tasks::{self, CellError, not_kept},
    },
    fault::{Fault, FaultKind},
    model::Model,
    store::ListRow,
};

/// The failed rows of a load as a workbook.
pub async fn error_sheet(
    app: &App,
    caller: &Caller,
    transaction_id: &str,
) -> Result<Attachment, Fault> {
    let (app_, caller, id) = (app.clone(), caller.clone(), transaction_id.to_owned());
    let (model, bytes, failed) = app
        .store
        .read(move |tx| {
            is_load(&app_, tx, &caller, &id)?;
            let rows = tasks::rows_of(tx, &id, true, 0, u64::MAX)?;
            let failed: BTreeMap<u64, Vec<CellError>> = rows
                .into_iter()
                .filter_map(|row| Some((row.row?, row.errors.unwrap_or_default())))
                .collect();
            if failed.is_empty() {
                return Err(Fault::new(
                    FaultKind::NotFound,
                    "no_errors",
                    "No row of this load has failed; there is no error sheet.",
                ));
            }
            let load = loaded(&app_, tx, &caller, &id)?;
            let (_, bytes) = tx.task_file(&load.file)?.ok_or_else(not_kept)?;
            Ok((app_.model(&load.model_type)?, bytes, failed))
        })
        .await?;
    let now = app.env.clock.now();
    let writing = tokio::task::spawn_blocking(move || {
        let mut found =
            Found { failed: &failed, header: None, records: Vec::new(), rows: Vec::new() };
        read::read(&bytes, &model, &mut found)?;
        let Found { header, records, rows, .. } = found;
        let (columns, cells, place) = match header {
            Some(header) => of_table(&header, records, &failed),
            None => of_json(&model, rows, &failed),
        };
        let mut book = match place {
            Some(place) => Book::formatted(&model, &columns, &place, now)?,
            None => Book::raw(&model, &columns, now)?,
        };
        for (cells, wrong) in cells {
            book.cells(cells, &wrong)?;
        }
        Attachment::new(errors_name(&model, now), XLSX, book.finish()?)
    });
    writing.await.map_err(|error| {
        tracing::error!(%error, "an error sheet can't be written");
        Fault::internal()
    })?
}

type Records = Vec<(u64, Vec<(usize, Raw)>)>;
/// The cells of a row, and the positions of the wrong ones.
type Marked = (Vec<Cell>, Vec<usize>);

/// Collects the rows that failed.
struct Found<'m, 'f> {
    failed: &'f BTreeMap<u64, Vec<CellError>>,
    header: Option<Header<'m>>,
    records: Records,
    rows: Vec<Row>,
}

impl<'m> Visitor<'m> for Found<'m, '_> {
    fn header(&mut self, header: &Header<'m>) -> Result<(), Fault> {
        self.header = Some(header.clone());
        Ok(())
    }

    fn record(
        &mut self,
        _header: &Header<'m>,
        number: u64,
        cells: &[(usize, Raw)],
    ) -> Result<(), Fault> {
        if self.failed.contains_key(&number) {
            self.records.push((number, cells.to_vec()));
        }
        Ok(())
    }

    fn row(&mut self, row: Row) -> Result<(), Fault> {
        if self.failed.contains_key(&row.row) {
            self.rows.push(row);
        }
        Ok(())
    }
}

/// The rows of a table, under its own columns.
fn of_table<'m>(
    header: &Header<'m>,
    records: Records,
    failed: &BTreeMap<u64, Vec<CellError>>,
) -> (Vec<Column<'m>>, Vec<Marked>, Option<String>) {
    // An error sheet that is loaded has its errors' column already.
    let kept: Vec<(usize, &Column<'m>)> =
        header.columns().filter(|(_, column)| !matches!(column.field, Field::Error)).collect();
    let mut columns = vec![columns::error_column()];
    columns.extend(kept.iter().map(|(_, column)| (*column).clone()));
    let rows = records
        .into_iter()
        .map(|(number, cells)| {
            let errors = failed.get(&number).map_or(&[][..], Vec::as_slice);
            let mut again = Vec::new();
            let mut shown = vec![Cell::Blank];
            for (position, column) in &kept {
                let raw = cells.iter().find(|(at, _)| at == position).map(|(_, raw)| raw);
                shown.push(match raw {
                    Some(_) if column.is_secret() => {
                        again.push(column.title.clone());
                        Cell::Blank
                    }
                    Some(Raw::Text(text)) if text.encode_utf16().count() <= LONGEST => {
                        Cell::Text(text.clone())
                    }
                    Some(Raw::Number(number)) => Cell::Number(*number),
                    Some(Raw::Boolean(on)) => Cell::Boolean(*on),
                    // Nothing that could be written as it was.
                    Some(Raw::Text(_) | Raw::Date | Raw::Error(_)) | None => Cell::Blank,
                });
            }
            shown[0] = told(errors, &again);
            let wrong = wrong(&columns, errors);
            (shown, wrong)
        })
        .collect();
    let place =
        (header.layout == Layout::Formatted).then(|| header.place.clone().unwrap_or_default());
    (columns, rows, place)
}

/// The instances of a JSON file, as a raw table.
fn of_json<'m>(
    model: &'m Model,
    rows: Vec<Row>,
    failed: &BTreeMap<u64, Vec<CellError>>,
) -> (Vec<Column<'m>>, Vec<Marked>, Option<String>) {
    let mut lengths = Lengths::default();
    for row in &rows {
        lengths.see(model, &row.data);
    }
    let mut columns = vec![columns::error_column()];
    columns.extend(columns::raw(model, &Columns { lengths: &lengths, spare: 0, secrets: true }));
    let cells = rows
        .into_iter()
        .map(|row| {
            let errors = failed.get(&row.row).map_or(&[][..], Vec::as_slice);
            let mut again = Vec::new();
            let mut shown: Vec<Cell> = Vec::with_capacity(columns.len());
            for column in &columns {
                shown.push(json_cell(column, &row, &mut again));
            }
            shown[0] = told(errors, &again);
            let wrong = wrong(&columns, errors);
            (shown, wrong)
        })
        .collect();
    (columns, cells, None)
}

fn json_cell(column: &Column<'_>, row: &Row, again: &mut Vec<String>) -> Cell {
    let text = |text: Option<&str>| text.map_or(Cell::Blank, |text| Cell::Text(text.to_owned()));
    match &column.field {
        Field::Error => Cell::Blank,
        Field::Action => text(row.action.map(read::RowAction::as_str)),
        Field::Pkid => text(row.pkid.as_deref()),
        Field::Hierarchy => text(row.hierarchy.as_deref()),
        Field::Attr(attr) => {
            let stated = stated(&row.data, &attr.pointer());
            match stated {
                None => Cell::Blank,
                Some(_) if column.is_secret() => {
                    again.push(column.title.clone());
                    Cell::Blank
                }
                Some(value) if value.is_null() || value.as_str() == Some("") => {
                    Cell::Text(CLEAR.to_owned())
                }
                Some(_) => column.cell(&nowhere(), &row.data, false),
            }
        }
        Field::Rest(_) => column.cell(&nowhere(), &row.data, false),
    }
}

fn stated<'d>(data: &'d Map<String, Value>, pointer: &str) -> Option<&'d Value> {
    crate::model::pointer::get(data, pointer)
}

/// The cells of attributes don't ask where the instance is.
fn nowhere() -> ListRow {
    ListRow {
        pkid: String::new(),
        version: 0,
        data: String::new(),
        node_pkid: String::new(),
        node_path: String::new(),
    }
}

/// What the first cell of a row says.
fn told(errors: &[CellError], again: &[String]) -> Cell {
    let mut lines: Vec<String> = errors.iter().map(|error| error.message.clone()).collect();
    if !again.is_empty() {
        lines.push(format!("Secrets aren't written down here; type again: {}.", again.join(", ")));
    }
    Cell::Text(lines.join("\n").chars().take(LONGEST / 2).collect())
}

/// The positions of the cells that errors are about.
fn wrong(columns: &[Column<'_>], errors: &[CellError]) -> Vec<usize> {
    let concerned = |column: &Column<'_>| {
        errors.iter().any(|error| match column.attr() {
            Some(attr) => {
                let pointer = attr.pointer();
                error.field == pointer
                    || error.field.strip_prefix(&pointer).is_some_and(|rest| rest.starts_with('/'))
            }
            None => error.field.is_empty() && [&column.title, &column.key].contains(&&error.column),
        })
    };
    columns
        .iter()
        .enumerate()
        .filter(|(_, column)| !matches!(column.field, Field::Error) && concerned(column))
        .map(|(at, _)| at)
        .collect()
}
