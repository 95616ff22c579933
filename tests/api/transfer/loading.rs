//! Sending files to be loaded, and making them.

use calamine::Data;
use rust_xlsxwriter::{Workbook, Worksheet};
use serde_json::{Value, json};

use super::files::Tab;
use crate::support::{Answer, TestApp};

/// A boundary that no file of a test holds.
const BOUNDARY: &str = "part-f3c1d0a9b8e7";

impl TestApp {
    /// Sends a file to be loaded.
    pub async fn import(&self, path: &str, bytes: &[u8]) -> Answer {
        let (kind, body) = form("file", "sheet.xlsx", bytes);
        self.call("POST", path).header("content-type", &kind).bytes(body).send().await
    }

    /// Sends a file that can be loaded, and answers its transaction's path and record.
    pub async fn loaded(&self, path: &str, bytes: &[u8]) -> (String, Value) {
        let asked = self.import(path, bytes).await.expect(202).json();
        let href = asked["href"].as_str().unwrap().to_owned();
        assert_eq!(
            href,
            format!("/api/tool/Transaction/{}", asked["transaction_id"].as_str().unwrap())
        );
        assert_eq!(asked["success"], true);
        let record = self.ended(&href).await;
        (href, record)
    }
}

/// A form with one file: its content type and body.
pub fn form(field: &str, name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// A workbook of one tab.
pub fn workbook(name: &str, rows: &[Vec<Value>]) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name(name).unwrap(), rows);
    book.save_to_buffer().unwrap()
}

pub fn fill(sheet: &mut Worksheet, rows: &[Vec<Value>]) {
    for (row, cells) in (0..).zip(rows) {
        for (column, value) in (0..).zip(cells) {
            let written = match value {
                Value::Null => continue,
                Value::Bool(on) => sheet.write_boolean(row, column, *on),
                Value::Number(n) => sheet.write_number(row, column, n.as_f64().unwrap()),
                Value::String(text) => sheet.write_string(row, column, text),
                _ => panic!("no cell: {value}"),
            };
            written.unwrap();
        }
    }
}

/// The cells of a tab that was read, to be changed and written again.
pub fn cells(tab: &Tab) -> Vec<Vec<Value>> {
    let cell = |data: &Data| match data {
        Data::Empty => Value::Null,
        Data::String(text) => json!(text),
        Data::Float(number) => json!(number),
        Data::Bool(on) => json!(on),
        other => panic!("{other:?}"),
    };
    tab.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
}

/// The rows' numbers, actions and statuses, and what is wrong as `column: field`.
pub fn told(record: &Value) -> Vec<String> {
    record["rows"]
        .as_array()
        .unwrap_or_else(|| panic!("{record}"))
        .iter()
        .map(|row| {
            let errors: Vec<String> = row["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| {
                    assert!(e["message"].as_str().unwrap().len() > 10, "{row}");
                    format!("{} {}", e["column"].as_str().unwrap(), e["field"].as_str().unwrap())
                        .trim()
                        .to_owned()
                })
                .collect();
            let action = row["action"].as_str().unwrap_or("-");
            let status = row["status"].as_str().unwrap();
            format!("{} {action} {status} {}", row["row"], errors.join(", ")).trim_end().to_owned()
        })
        .collect()
}
