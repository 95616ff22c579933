//! Reading the files that the program answers.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// The whole list of a collection as a file.
pub async fn export_all(app: &TestApp, collection: &str, format: &str) -> Answer {
    let body = json!({ "filter": {}, "expected_total": app.total(collection).await });
    let path = format!("{collection}export/?export_format={format}");
    app.post(&path, &body).await.expect(200)
}

/// The file name of an attachment, whether it stands in quotes or not.
pub fn file_name(answer: &Answer) -> String {
    let header = answer.header("content-disposition").unwrap();
    let name = header.strip_prefix("attachment; filename=").unwrap();
    match name.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').unwrap().to_owned(),
        None => {
            assert!(!name.contains([':', ' ', ';', '"']), "{header}");
            name.to_owned()
        }
    }
}

/// The only file of a zip: its name and its JSON.
pub fn unzipped(bytes: &[u8]) -> (String, Value) {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), 1);
    let mut file = zip.by_index(0).unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    let name = file.name().unwrap().into_owned();
    (name, serde_json::from_str(&text).unwrap())
}

pub fn gunzipped(bytes: &[u8]) -> Vec<u8> {
    let mut inner = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut inner).unwrap();
    inner
}

/// A tab of a workbook.
pub struct Tab {
    pub name: String,
    pub rows: Vec<Vec<Data>>,
}

/// The tabs of a workbook, in their order.
pub fn tabs(bytes: &[u8]) -> Vec<Tab> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
            let cell = |at| range.get_value(at).cloned().unwrap_or(Data::Empty);
            let rows =
                (0..height).map(|row| (0..width).map(|column| cell((row, column))).collect());
            Tab { name, rows: rows.collect() }
        })
        .collect()
}

/// The first tab of a workbook.
pub fn first_tab(bytes: &[u8]) -> Tab {
    tabs(bytes).into_iter().next().unwrap()
}

impl Tab {
    /// The texts of a row.
    pub fn texts(&self, row: usize) -> Vec<String> {
        self.rows[row].iter().map(ToString::to_string).collect()
    }

    /// The first row below the key row that has this text in a column.
    pub fn row_with(&self, keys: usize, key: &str, text: &str) -> usize {
        let found = (keys + 1..self.rows.len()).find(|row| *self.cell(keys, *row, key) == *text);
        found.unwrap_or_else(|| panic!("no row whose {key} is {text}"))
    }

    /// The cell of a row, in the column that the key row names so.
    pub fn cell(&self, keys: usize, row: usize, key: &str) -> &Data {
        let at = self.rows[keys].iter().position(|cell| *cell == *key);
        &self.rows[row][at.unwrap_or_else(|| panic!("no column {key}: {:?}", self.texts(keys)))]
    }
}

/// A file inside a workbook, as text.
pub fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
