//! Bulk load as a browser without WebAssembly does it: the sheet, the file, what is made of it.

use serde_json::json;

use super::pages_nojs::{Browser, assert_page, location};
use super::transfer::loading::form as file_form;
use crate::support::{Answer, SPARK, TRANSACTIONS};

const LIST: &str = "/models/relation/SparkCustomer";

impl Browser {
    fn load(&self) -> String {
        format!("{LIST}/load?hierarchy={}", self.place.path)
    }

    /// Sends a file with the other fields of the page's form.
    async fn upload(&self, name: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
        let (kind, body) = file_form("file", name, file.as_bytes());
        let mark = format!("--{}", kind.split_once("boundary=").unwrap().1);
        let mut whole: Vec<u8> = Vec::new();
        for (name, value) in fields {
            let field = format!(
                "{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            whole.extend(field.into_bytes());
        }
        whole.extend(body);
        let call = self.call("POST", &self.load()).header("content-type", &kind);
        call.bytes(whole).send().await
    }

    /// The page of the transaction that a redirect leads to, once it has ended.
    async fn ended(&self, answer: &Answer) -> Answer {
        let path = location(answer).split('?').next().unwrap();
        let id = path.strip_prefix("/transactions/").unwrap();
        self.app.ended(&format!("{TRANSACTIONS}{id}")).await;
        self.follow(answer).await
    }
}

/// Three rows that are right and two that aren't.
const MIXED: &str =
    "name,account_email\nA,a@example.com\nB,nobody\nC,c@example.com\n,d@example.com\nE,\n";
const RIGHT: &str = "name,account_email\nA,a@example.com\nB,b@example.com\n";

#[tokio::test]
async fn the_page_has_the_sheet_and_takes_a_file() {
    let browser = Browser::start().await;
    let list = format!("{LIST}?hierarchy={}", browser.place.path);
    assert_page(&browser.get(&list).await, 200, &["Load…", "/load?hierarchy="]);
    let page = browser.get(&browser.load()).await;
    let texts =
        ["Load Webex customers", "multipart/form-data", "type=\"file\"", "row_by_row", "Tenant"];
    assert_page(&page, 200, &texts);
    let path = format!("{LIST}/template?hierarchy={}", browser.place.path);
    let sheet = browser.post(&path, &[]).await.expect(200);
    let name = sheet.header("content-disposition").unwrap();
    assert!(name.contains("relation_SparkCustomer_bulkloadsheet.xlsx.gz"), "{name}");
    assert!(sheet.body.starts_with(&[0x1f, 0x8b]));
    // What can't be loaded has no such page.
    assert_page(&browser.get("/transactions/load").await, 405, &[]);
    assert_page(&browser.get(&format!("{LIST}/load?hierarchy=sys.Nobody")).await, 404, &[]);
}

#[tokio::test]
async fn a_dry_run_tells_every_cell_and_the_right_rows_are_loaded_from_it() {
    let browser = Browser::start().await;
    let before = browser.app.total(SPARK).await;
    let answer = browser.upload("<b>mixed.csv", MIXED, &[("mode", "dry_run")]).await;
    let page = browser.ended(&answer).await;
    let texts = [
        "2 rows need attention. Nothing has been changed yet.",
        "Admin Account Email</strong> must be one email address",
        "Customer Name</strong> is required",
        "&lt;b&gt;mixed.csv",
        "Dry run",
        "errors.xlsx",
        "Load the 3 rows that are right",
    ];
    assert_page(&page, 200, &texts);
    assert!(!page.text().contains("Load all or nothing"));
    assert_eq!(browser.app.total(SPARK).await, before);

    let own = location(&answer).split('?').next().unwrap().to_owned();
    let id = own.strip_prefix("/transactions/").unwrap();
    let sheet = browser.get(&format!("{TRANSACTIONS}{id}/errors.xlsx")).await.expect(200);
    assert!(sheet.body.starts_with(b"PK"));

    let answer = browser.post(&own, &[("_submit", "row_by_row")]).await;
    let page = browser.ended(&answer).await;
    assert_page(&page, 200, &["3 of 5 rows were loaded", "2 rows need attention.", "Row by row"]);
    assert!(!page.text().contains("Load the 3 rows"));
    assert_eq!(browser.app.total(SPARK).await, before + 3);
}

#[tokio::test]
async fn a_file_that_is_right_is_checked_and_then_loaded_as_a_whole() {
    let browser = Browser::start().await;
    let answer = browser.upload("right.csv", RIGHT, &[("mode", "dry_run")]).await;
    let page = browser.ended(&answer).await;
    assert_page(&page, 200, &["Every row can be loaded.", "Load all or nothing"]);
    assert_eq!(browser.app.total(SPARK).await, 0);
    let own = location(&answer).to_owned();
    let page = browser.post(&own, &[("_submit", "some_of_it")]).await;
    assert_page(&page, 400, &["mode must be one of"]);
    let answer = browser.post(&own, &[("_submit", "all_or_nothing")]).await;
    let page = browser.ended(&answer).await;
    assert_page(&page, 200, &["2 of 2 rows were loaded.", "All or nothing"]);
    assert!(!page.text().contains("errors.xlsx"));
    assert_eq!(browser.app.total(SPARK).await, 2);
    // The file is gone with its success: there is nothing to load again.
    let page = browser.post(&own, &[("_submit", "row_by_row")]).await;
    assert_page(&page, 409, &["isn't kept any more"]);
    assert_eq!(browser.app.total(SPARK).await, 2);
    // What is loaded anyway is told at once, without a dry run.
    let answer = browser.upload("right.csv", RIGHT, &[("mode", "row_by_row")]).await;
    browser.ended(&answer).await;
}

#[tokio::test]
async fn a_template_of_the_place_fills_what_is_loaded() {
    let browser = Browser::start().await;
    let template = json!({
        "name": "Branch", "model_type": "relation/SparkCustomer",
        "defaults": { "notes": "From the template" },
    });
    let path = format!("/api/data/ConfigurationTemplate/?hierarchy={}", browser.place.path);
    browser.app.post(&path, &template).await.expect(201);
    let page = browser.get(&browser.load()).await;
    assert_page(&page, 200, &["name=\"template_name\"", "Branch"]);
    let fields = [("mode", "all_or_nothing"), ("template_name", "Branch")];
    let answer = browser.upload("right.csv", RIGHT, &fields).await;
    browser.ended(&answer).await;
    let row = browser.app.get(SPARK).await.json()["resources"][0]["data"].clone();
    assert_eq!(row["notes"], "From the template");
}

#[tokio::test]
async fn a_file_that_cannot_be_loaded_is_refused_on_the_page() {
    let browser = Browser::start().await;
    let before = browser.app.contents().await;
    let wrong = [
        ("", "", "Choose a file first."),
        ("x.csv", "", "empty"),
        ("x.csv", "foo,bar\n1,2\n", "names no attribute"),
        ("x.xlsx", "PK\u{3}\u{4} not really", ""),
    ];
    for (name, file, reason) in wrong {
        let page = browser.upload(name, file, &[("mode", "row_by_row")]).await;
        assert_page(&page, 400, &["role=\"alert\"", reason]);
        // The mode is still the one that was chosen.
        let chosen = page.text().split("value=\"row_by_row\"").nth(1).unwrap();
        assert!(chosen.split('>').next().unwrap().contains("checked"), "{page}");
    }
    let page = browser.upload("x.csv", RIGHT, &[("mode", "perhaps")]).await;
    assert_page(&page, 400, &["mode must be one of"]);
    // A form that isn't one with a file, another site's, and a stranger's.
    let page = browser.post(&browser.load(), &[("mode", "dry_run")]).await;
    assert_page(&page, 415, &["multipart/form-data"]);
    let (kind, body) = file_form("file", "x.csv", RIGHT.as_bytes());
    let call = browser.call("POST", &browser.load()).header("content-type", &kind);
    let answer = call.header("origin", "https://evil.example").bytes(body.clone()).send().await;
    assert_eq!(answer.status, 403, "{answer}");
    let call = browser.app.call("POST", &browser.load()).anonymous();
    let answer = call.header("content-type", &kind).bytes(body).send().await;
    assert_page(&answer, 401, &["session has ended"]);
    assert_eq!(browser.app.contents().await, before);
}
