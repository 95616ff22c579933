//! `raw_xlsx`, `xlsx`, `csv`, and the sheet to be filled in.

use calamine::Data;
use serde_json::json;

use super::{
    files::{export_all, file_name, first_tab, gunzipped, part, tabs},
    things::{THINGS, add_all, awkward, hrefs, with_things},
};
use crate::support::{SPARK, TRANSACTIONS, TestApp};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[tokio::test]
async fn sheets_have_the_names_and_headers_of_the_documents() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "Heron" })).await;
    let cases = [
        ("raw_xlsx", XLSX, "relation_SparkCustomer_exportedsheet_2026-01-31_09-30-00.xlsx"),
        ("xlsx", XLSX, "relation_SparkCustomer_exportedsheet_formatted_2026-01-31_09-30-00.xlsx"),
        (
            "csv",
            "text/csv; charset=utf-8",
            "relation_SparkCustomer_exportedsheet_2026-01-31_09-30-00.csv",
        ),
    ];
    for (format, kind, name) in cases {
        let one = app.get(&format!("{SPARK}{pkid}/export?export_format={format}")).await;
        let body = json!({ "hrefs": [format!("{SPARK}{pkid}")] });
        let many = app.post(&format!("{SPARK}export/?export_format={format}"), &body).await;
        for answer in [one.expect(200), many.expect(200)] {
            assert_eq!(
                answer.header("content-disposition"),
                Some(format!("attachment; filename={name}").as_str())
            );
            assert_eq!(answer.header("content-language"), Some("en"));
            assert_eq!(answer.header("content-type"), Some(kind));
        }
    }
}

#[tokio::test]
async fn a_zip_is_not_compressed_again_on_its_way() {
    let app = TestApp::start().await;
    let path = format!("{SPARK}export/?export_format=xlsx");
    let call = app.call("POST", &path).json(&json!({ "filter": {}, "expected_total": 0 }));
    let answer = call.header("accept-encoding", "gzip, br").send().await.expect(200);
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(first_tab(&answer.body).name, "SparkCustomer");
}

#[tokio::test]
async fn a_raw_sheet_has_the_keys_in_its_first_row() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &awkward()).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let path = format!("{THINGS}export/?export_format=raw_xlsx");
    let answer = app.post(&path, &body).await.expect(200);
    let all = tabs(&answer.body);
    assert_eq!(all.len(), 1);
    let tab = &all[0];
    assert_eq!(
        tab.texts(0),
        [
            "action",
            "pkid",
            "hierarchy",
            "label",
            "story",
            "size",
            "big",
            "weight",
            "live",
            "colour",
            "inner.code",
            "inner.deep.flag",
            "parts.0.code",
            "parts.0.count",
            "parts.1.code",
            "parts.1.count",
            "tags.0",
            "tags.1",
            "tags.2",
            "tags.3",
            "open",
            "any"
        ]
    );
    let cell = |row: usize, key: &str| tab.cell(0, row, key).clone();
    assert_eq!(cell(1, "action"), Data::Empty);
    assert_eq!(cell(1, "pkid"), text(&pkids[0]));
    assert_eq!(cell(1, "hierarchy"), text(&place.path));
    assert_eq!(cell(1, "label"), text("=SUM(A1:A9)"));
    assert_eq!(cell(1, "story"), text("Line one\nline two\r\nline three\tend "));
    assert_eq!(cell(1, "size"), Data::Float(-5.0));
    assert_eq!(cell(1, "big"), text("9007199254740993"));
    assert_eq!(cell(1, "weight"), Data::Float(0.1));
    assert_eq!(cell(1, "live"), Data::Bool(false));
    assert_eq!(cell(1, "colour"), text("red"));
    assert_eq!(cell(1, "inner.code"), text("+31 20 555"));
    assert_eq!(cell(1, "inner.deep.flag"), Data::Bool(true));
    assert_eq!(cell(1, "parts.0.count"), Data::Float(1.0));
    assert_eq!(cell(1, "parts.1.code"), text("-b"));
    assert_eq!(cell(1, "tags.0"), text("@x"));
    assert_eq!(cell(1, "tags.2"), Data::Empty);
    assert_eq!(cell(1, "open"), text(r#"{"k":[1,{"z":null}],"=":"=1"}"#));
    assert_eq!(cell(1, "any"), text("\"text\""));
    assert_eq!(cell(2, "label"), text("  spaces  "));
    assert_eq!(cell(2, "story"), text(awkward()[1]["story"].as_str().unwrap()));
    assert_eq!(cell(2, "weight"), Data::Float(1e300));
    assert_eq!(cell(2, "size"), Data::Float(0.0));
    assert_eq!(cell(2, "live"), Data::Empty);
    assert_eq!(cell(3, "story"), text("_x000D_ <b>&amp;</b> \"a\",b;c"));
    assert_eq!(cell(4, "label"), text("0012"));
    assert_eq!(cell(4, "big"), text("-9223372036854775808"));
    assert!(!part(&answer.body, "xl/worksheets/sheet1.xml").contains("<f>"));
}

#[tokio::test]
async fn a_formatted_sheet_is_laid_out_like_the_one_to_be_filled_in() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &awkward()).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let path = format!("{THINGS}export/?export_format=xlsx&hierarchy={}", place.path);
    let answer = app.post(&path, &body).await.expect(200);
    let all = tabs(&answer.body);
    let names: Vec<&str> = all.iter().map(|tab| tab.name.as_str()).collect();
    assert_eq!(names, ["Thing", "#help", "#choices"]);
    let tab = &all[0];
    assert_eq!(tab.rows[0][0], text("entity: data/Thing"));
    assert_eq!(tab.rows[0][1], text(&format!("hierarchy: {}", place.path)));
    assert_eq!(tab.texts(1)[..6], ["Row", "", "", "Looks", "", "Numbers"]);
    assert_eq!(
        tab.texts(2)[..10],
        [
            "Action",
            "Pkid",
            "Located At",
            "Colour",
            "Label",
            "Size",
            "Weight",
            "Big",
            "Story",
            "Live"
        ]
    );
    assert_eq!(
        tab.texts(3)[..8],
        ["@action", "@pkid", "@hierarchy", "colour", "label", "size", "weight", "big"]
    );
    assert_eq!(*tab.cell(3, 4, "label"), text("=SUM(A1:A9)"));
    // A choice stands by its title.
    assert_eq!(*tab.cell(3, 4, "colour"), text("Deep red, almost brown"));
    assert_eq!(*tab.cell(3, 4, "parts.1.code"), text("-b"));
    assert!(tab.texts(3).contains(&"parts.2.code".to_owned()), "room for another entry");
    for secret in ["pin", "inner.key"] {
        assert!(!tab.texts(3).contains(&secret.to_owned()), "{secret}");
    }
    assert_eq!(tab.rows.len(), 4 + pkids.len());

    let sheet = part(&answer.body, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("'#choices'!$A$2:$A$3"), "{sheet}");
    assert!(sheet.contains(r#"<row r="4""#) && sheet.contains(r#"hidden="1""#));

    let sheet = app.call("POST", &format!("{THINGS}export_bulkload_template/")).send().await;
    let sheet = first_tab(&gunzipped(&sheet.expect(200).body));
    // The same columns in the same order, and the secrets besides.
    let without_secrets = |keys: Vec<String>| {
        keys.into_iter().filter(|k| k != "pin" && k != "inner.key").collect::<Vec<_>>()
    };
    assert_eq!(without_secrets(sheet.texts(3)), tab.texts(3));
}

#[tokio::test]
async fn the_sheet_to_be_filled_in_says_what_is_mandatory_and_what_can_be_chosen() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let path = format!("{SPARK}export_bulkload_template/?hierarchy={}", place.pkid);
    let answer = app.call("POST", &path).send().await.expect(200);
    assert_eq!(file_name(&answer), "relation_SparkCustomer_bulkloadsheet.xlsx.gz");
    assert_eq!(answer.header("content-type"), Some("application/gzip"));
    assert_eq!(answer.header("content-encoding"), None);
    let book = gunzipped(&answer.body);
    let all = tabs(&book);
    assert_eq!(all[0].name, "SparkCustomer");
    assert_eq!(all[0].rows.len(), 4);
    assert_eq!(all[0].rows[0][0], text("entity: relation/SparkCustomer"));
    assert_eq!(all[0].rows[0][1], text(&format!("hierarchy: {}", place.path)));
    let keys = all[0].texts(3);
    for key in ["name", "token", "refresh_token", "http_proxy", "shadow.0.name"] {
        assert!(keys.contains(&key.to_owned()), "{key}: {keys:?}");
    }
    // Only the server writes it.
    assert!(!keys.contains(&"token_link".to_owned()));
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert!(
        sheet.contains("Calling in Webex App,Calling in Webex App (Unified CM),Cisco Jabber app"),
        "{sheet}"
    );

    let help = &all[1];
    assert_eq!(help.name, "#help");
    let of_name = help.rows.iter().find(|row| row[1] == text("name")).unwrap();
    assert_eq!(of_name[0], text("Customer Name"));
    assert_eq!(of_name[3], text("yes"));
    let of_domain = help.rows.iter().find(|row| row[1] == text("email_domain")).unwrap();
    assert_eq!(of_domain[3], Data::Empty);
}

#[tokio::test]
async fn a_csv_holds_nothing_that_a_spreadsheet_would_run() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &awkward()).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let path = format!("{THINGS}export/?export_format=csv");
    let answer = app.post(&path, &body).await.expect(200);
    let text = answer.text().strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at =
        |key: &str, headers: &csv::StringRecord| headers.iter().position(|h| h == key).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), pkids.len());
    assert_eq!(&rows[0][at("label", &headers)], "'=SUM(A1:A9)");
    assert_eq!(&rows[0][at("size", &headers)], "-5");
    assert_eq!(&rows[0][at("live", &headers)], "false");
    assert_eq!(&rows[0][at("big", &headers)], "9007199254740993");
    assert_eq!(&rows[2][at("label", &headers)], "'quoted");
    assert_eq!(&rows[5][at("label", &headers)], "''=x");
    assert_eq!(&rows[0][at("story", &headers)], "Line one\nline two\r\nline three\tend ");
}

#[tokio::test]
async fn transactions_have_their_own_columns_beside_those_of_the_row() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "Heron", "token": "secret-token" })).await;
    for (format, keys) in [("raw_xlsx", 0), ("xlsx", 3)] {
        let answer = export_all(&app, TRANSACTIONS, format).await;
        let tab = first_tab(&answer.body);
        let row = tab.row_with(keys, "model_type", "relation/SparkCustomer");
        assert_eq!(
            tab.texts(keys)[..3],
            ["@action", "@pkid", "@hierarchy"].map(|key| {
                // Only what an attribute is called too needs the sign in a raw sheet.
                if format == "raw_xlsx" && key == "@pkid" { "pkid" } else { key }
            })
        );
        assert_eq!(*tab.cell(keys, row, "@action"), Data::Empty);
        assert_eq!(*tab.cell(keys, row, "action"), text("Create"));
        assert_eq!(*tab.cell(keys, row, "hierarchy"), text(&place.path));
        let after = tab.cell(keys, row, "after").to_string();
        let after: serde_json::Value = serde_json::from_str(&after).unwrap();
        assert_eq!(after["name"], "Heron");
        assert!(!tab.rows.iter().flatten().any(|cell| cell.to_string().contains("secret-token")));
    }
    app.call("POST", &format!("{TRANSACTIONS}export_bulkload_template/"))
        .send()
        .await
        .expect_fault(405, "not_offered", &[]);
}

#[tokio::test]
async fn a_text_that_no_cell_holds_is_refused_where_the_sheet_could_be_loaded() {
    let (app, place, _dir) = with_things().await;
    let long: Vec<String> = (0..5).map(|n| n.to_string().repeat(8000)).collect();
    let pkids = add_all(&app, &place, &[json!({ "label": "a", "any": long })]).await;
    let path = format!("{THINGS}{}/export", pkids[0]);
    let answer = app.get(&format!("{path}?export_format=raw_xlsx")).await.expect_fault(
        400,
        "validation",
        &[("export_format", "text_too_long")],
    );
    assert!(answer.text().contains("Any in row 2"), "{answer}");
    app.get(&format!("{path}?export_format=json")).await.expect(200);
    app.get(&format!("{path}?export_format=csv")).await.expect(200);
    // The record of it can't be loaded; there its beginning will do.
    let answer = export_all(&app, TRANSACTIONS, "xlsx").await;
    let tab = first_tab(&answer.body);
    let row = tab.row_with(3, "action", "Create");
    let after = tab.cell(3, row, "after").to_string();
    assert_eq!(after.chars().count(), 32_767);
    assert!(after.ends_with("(cut off: the json export has all of it)"));
}
