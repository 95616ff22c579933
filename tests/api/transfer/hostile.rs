//! Files that are refused as a whole, with the reason, before anything is queued.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{Formula, Workbook};
use serde_json::{Value, json};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    files::{first_tab, gunzipped},
    loading::{cells, fill, form, workbook},
    things::{THINGS, with_things},
};
use crate::support::{Place, SPARK, TestApp};

struct Refusals {
    app: TestApp,
    place: Place,
    before: Vec<String>,
    _dir: tempfile::TempDir,
}

impl Refusals {
    async fn start() -> Self {
        let (app, place, dir) = with_things().await;
        let before = app.contents().await;
        Self { app, place, before, _dir: dir }
    }

    /// The file is refused with that code, and its message says all of `words`.
    async fn expect(&self, file: &[u8], code: &str, words: &[&str]) {
        for mode in ["dry_run", "row_by_row"] {
            let path = format!("{THINGS}import/?hierarchy={}&mode={mode}", self.place.pkid);
            let answer = self.app.import(&path, file).await;
            let answer = answer.expect_fault(400, code, &[("file", code)]);
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            for word in words {
                assert!(message.contains(word), "{word}: {message}");
            }
        }
        assert_eq!(self.app.contents().await, self.before);
    }
}

fn row(cells: &[&str]) -> Vec<Value> {
    cells.iter().map(|cell| json!(cell)).collect()
}

fn raw(header: &[&str], cells: &[&str]) -> Vec<u8> {
    workbook("Thing", &[row(header), row(cells)])
}

/// A zip of these files.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with a file added to it, or one of its own replaced.
fn with_part(book: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let mut files = parts(book);
    files.retain(|(known, _)| known != name);
    files.push((name.to_owned(), content.to_vec()));
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zipped(&files)
}

fn parts(book: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            std::io::copy(&mut file, &mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

#[tokio::test]
async fn what_is_no_sheet_at_all() {
    let refusals = Refusals::start().await;
    refusals.expect(b"", "empty_file", &[]).await;
    refusals.expect(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "encrypted", &["password"]).await;
    refusals.expect(b"PK\x03\x04rest", "unreadable", &[]).await;
    refusals.expect(b"\x1f\x8brest", "unreadable", &[]).await;
    refusals.expect(b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not_text", &["line 2"]).await;
    refusals.expect(b"label\nx\0y\n", "not_text", &[]).await;
    refusals.expect(b"<html></html>", "no_columns", &[]).await;
    refusals.expect(b"{\"resources\": [", "unreadable", &[]).await;
    refusals.expect(b"{\"data\": []}", "not_an_export", &["resources"]).await;
    refusals.expect(b"{\"resources\": {}}", "unreadable", &["list"]).await;
    refusals.expect(b"{\"resources\": []}", "no_rows", &[]).await;
    refusals.expect(&zipped(&[("a.txt", b"x")]), "unknown_format", &[]).await;
    refusals.expect(&zipped(&[("a.json", b"{}"), ("b.json", b"{}")]), "unknown_format", &[]).await;
    let ods = zipped(&[("mimetype", b"x"), ("content.xml", b"<x/>")]);
    refusals.expect(&ods, "unknown_format", &["OpenDocument"]).await;
    refusals.expect(&zipped(&[("xl/workbook.xml", b"<workbook")]), "unreadable", &[]).await;
    let half = raw(&["label"], &["x"]);
    refusals.expect(&half[..half.len() / 2], "unreadable", &[]).await;
}

#[tokio::test]
async fn forms_without_a_file() {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?hierarchy={}", place.pkid);
    let (kind, body) = form("sheet", "a.xlsx", b"x");
    let call = app.call("POST", &path).header("content-type", &kind).bytes(body);
    call.send().await.expect_fault(400, "validation", &[("file", "required")]);
    app.post(&path, &json!({})).await.expect_fault(415, "unsupported_media_type", &[]);
    let (kind, mut body) = form("file", "a.xlsx", b"x");
    body.truncate(body.len() - 10);
    let call = app.call("POST", &path).header("content-type", &kind).bytes(body);
    call.send().await.expect_fault(400, "unreadable", &[]);
    app.call("POST", &path).anonymous().send().await.expect(401);
}

#[tokio::test]
async fn an_upload_over_the_limit() {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?hierarchy={}", place.pkid);
    let large = vec![b'x'; 33 * 1024 * 1024];
    let answer = app.import(&path, &large).await;
    let answer = answer.expect_fault(413, "too_large", &[("file", "too_large")]);
    assert!(answer.text().contains("32 MiB"), "{answer}");
    // Over the limit of other calls it is fine.
    let mut csv = "label,story\n".to_owned();
    for n in 0..300 {
        csv += &format!("thing {n},{}\n", "x".repeat(8000));
    }
    assert!(csv.len() > 2 * 1024 * 1024);
    let (_, record) = app.loaded(&path, csv.as_bytes()).await;
    assert_eq!(record["counts"]["succeeded"], 300);
    app.post(
        &format!("{THINGS}?hierarchy={}", place.pkid),
        &json!({ "label": "x".repeat(2_000_000) }),
    )
    .await
    .expect(413);
}

#[tokio::test]
async fn archives_that_unpack_to_too_much() {
    let refusals = Refusals::start().await;
    let zeros = vec![b' '; 20 * 1024 * 1024];
    let book = raw(&["label"], &["x"]);
    let code = "unpacks_to_too_much";
    refusals.expect(&with_part(&book, "xl/worksheets/sheet2.xml", &zeros), code, &[]).await;
    refusals.expect(&with_part(&book, "docProps/thumbnail.jpeg", &zeros), code, &[]).await;
    let json = zipped(&[("data_Thing.json", &zeros)]);
    refusals.expect(&json, code, &[]).await;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&zeros).unwrap();
    gzip.write_all(&zeros).unwrap();
    refusals.expect(&gzip.finish().unwrap(), code, &[]).await;
    let many: Vec<(String, &[u8])> =
        (0..3000).map(|n| (format!("xl/{n}.xml"), &b"<x/>"[..])).collect();
    let many: Vec<(&str, &[u8])> =
        many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    refusals.expect(&zipped(&many), code, &[]).await;
    let mut formats = b"<styleSheet><cellXfs>".to_vec();
    formats.extend(b"<xf/>".repeat(80_000));
    refusals.expect(&with_part(&book, "xl/styles.xml", &formats), code, &[]).await;
}

#[tokio::test]
async fn what_a_sheet_of_data_has_no_need_of() {
    let refusals = Refusals::start().await;
    let book = raw(&["label"], &["x"]);
    refusals.expect(&with_part(&book, "xl/vbaProject.bin", b"x"), "macros", &["macros"]).await;
    refusals.expect(&with_part(&book, "xl/macrosheets/sheet1.xml", b"<x/>"), "macros", &[]).await;
    let link = "xl/externalLinks/externalLink1.xml";
    refusals.expect(&with_part(&book, link, b"<x/>"), "external_links", &[]).await;
    refusals.expect(&with_part(&book, "xl/connections.xml", b"<x/>"), "external_links", &[]).await;
    let mut with_formula = Workbook::new();
    let tab = with_formula.add_worksheet();
    fill(tab, &[row(&["label", "story"]), row(&["a", "b"])]);
    tab.write_formula(2, 1, Formula::new("=HYPERLINK(\"http://evil.example\")")).unwrap();
    let book = with_formula.save_to_buffer().unwrap();
    refusals.expect(&book, "formulas", &["B3", "formula"]).await;
}

#[tokio::test]
async fn sheets_with_wrong_columns() {
    let refusals = Refusals::start().await;
    let unknown = raw(&["label", "lable", "sise"], &["a", "b", "c"]);
    refusals.expect(&unknown, "unknown_column", &["\"lable\" (B)", "\"sise\" (C)"]).await;
    let doubled = raw(&["label", "size", "label"], &["a", "1", "b"]);
    refusals.expect(&doubled, "doubled_column", &["Label (A and C)"]).await;
    let overlapping = raw(&["label", "tags", "tags.0"], &["a", "[]", "b"]);
    refusals.expect(&overlapping, "doubled_column", &["Tags (B and C)"]).await;
    let twice = raw(&["label", "pkid", "@pkid"], &["a", "b", "c"]);
    refusals.expect(&twice, "doubled_column", &["Pkid"]).await;
    let missing = raw(&["size", "story"], &["1", "a"]);
    refusals.expect(&missing, "missing_column", &["Label (label)"]).await;
    let half = raw(&["pkid", "parts.0.code"], &["1", "a"]);
    refusals.expect(&half, "missing_column", &["parts.0.count"]).await;
    let untitled = workbook("x", &[row(&["label"]), row(&["a", "b"])]);
    refusals.expect(&untitled, "unknown_column", &["Column B", "row 2"]).await;
    refusals.expect(b"label,size\na,1,2\n", "unknown_column", &["Row 2", "column C"]).await;
    refusals.expect(&raw(&["hello", "world"], &["a", "b"]), "no_columns", &[]).await;
    let number = workbook("x", &[vec![json!("label"), json!(7)], row(&["a", "b"])]);
    refusals.expect(&number, "unknown_column", &["B"]).await;
    refusals.expect(&workbook("x", &[row(&["label"])]), "no_rows", &[]).await;
}

#[tokio::test]
async fn workbooks_with_the_wrong_sheets() {
    let refusals = Refusals::start().await;
    refusals
        .expect(&workbook("#Thing", &[row(&["label"]), row(&["x"])]), "no_data_sheet", &[])
        .await;
    refusals.expect(&workbook("Thing", &[]), "no_data_sheet", &[]).await;
    let mut two = Workbook::new();
    for name in ["One", "#notes", "Two", "Empty"] {
        let tab = two.add_worksheet().set_name(name).unwrap();
        if name != "Empty" {
            fill(tab, &[row(&["label"]), row(&["x"])]);
        }
    }
    refusals.expect(&two.save_to_buffer().unwrap(), "several_sheets", &["One, Two"]).await;

    // A sheet of another model.
    let call = refusals.app.call("POST", &format!("{SPARK}export_bulkload_template/"));
    let other = first_tab(&gunzipped(&call.send().await.expect(200).body));
    let mut rows = cells(&other);
    rows.push(row(&["", "", "", "x"]));
    let words = ["relation/SparkCustomer", "data/Thing"];
    refusals.expect(&workbook("x", &rows), "wrong_entity", &words).await;
    let json = json!({ "meta": { "model_type": "data/User" }, "resources": [{ "data": {} }] });
    refusals.expect(json.to_string().as_bytes(), "wrong_entity", &["data/User"]).await;

    // A formatted sheet whose mandatory column is gone.
    let call = refusals.app.call("POST", &format!("{THINGS}export_bulkload_template/"));
    let own = first_tab(&gunzipped(&call.send().await.expect(200).body));
    let at = own.texts(3).iter().position(|key| key == "label").unwrap();
    let mut rows = cells(&own);
    rows.push(own.texts(3).iter().map(|_| json!("x")).collect());
    for row in &mut rows[1..] {
        row.remove(at);
    }
    refusals.expect(&workbook("Thing", &rows), "missing_column", &["Label"]).await;
}

#[tokio::test]
async fn more_rows_and_columns_than_are_loaded() {
    let refusals = Refusals::start().await;
    let mut csv = "label\n".to_owned();
    for n in 0..=100_000 {
        csv += &format!("{n}\n");
    }
    refusals.expect(csv.as_bytes(), "too_many_rows", &["100,000"]).await;

    // One cell, as far away as there is one.
    let mut far = Workbook::new();
    let tab = far.add_worksheet();
    fill(tab, &[row(&["label"]), row(&["x"])]);
    tab.write_string(1_048_575, 16_383, "far").unwrap();
    refusals.expect(&far.save_to_buffer().unwrap(), "too_many_columns", &["500"]).await;
    let mut deep = Workbook::new();
    let tab = deep.add_worksheet();
    fill(tab, &[row(&["label"]), row(&["x"])]);
    tab.write_string(1_048_575, 0, "deep").unwrap();
    let path = format!("{THINGS}import/?hierarchy={}", refusals.place.pkid);
    let (_, record) = refusals.app.loaded(&path, &deep.save_to_buffer().unwrap()).await;
    assert_eq!(record["rows"][1]["row"], 1_048_576);
}

#[tokio::test]
async fn titles_do_where_the_keys_are_gone() {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?hierarchy={}&mode=row_by_row", place.pkid);
    let call = app.call("POST", &format!("{THINGS}export_bulkload_template/"));
    let own = first_tab(&gunzipped(&call.send().await.expect(200).body));
    let mut rows = cells(&own);
    rows.remove(3);
    let mut filled = vec![Value::Null; rows[2].len()];
    let at = |title: &str| own.texts(2).iter().position(|known| known == title).unwrap();
    filled[at("Label")] = json!("by title");
    filled[at("Inner: Code")] = json!("i");
    filled[at("Parts 2: Code")] = json!("p");
    rows.push(filled);
    let (_, record) = app.loaded(&path, &workbook("Thing", &rows)).await;
    assert_eq!(record["status"], "Success", "{record}");
    let data = app.data(record["rows"][0]["href"].as_str().unwrap()).await;
    assert_eq!(
        data,
        json!({ "label": "by title", "inner": { "code": "i" }, "parts": [{ "code": "p" }] })
    );

    let csv = "\u{feff}Label;Size;Live\r\n\"semi;colon\";3;no\r\n";
    let (_, record) = app.loaded(&path, csv.as_bytes()).await;
    let data = app.data(record["rows"][0]["href"].as_str().unwrap()).await;
    assert_eq!(data, json!({ "label": "semi;colon", "size": 3, "live": false }));
}
