//! `POST /api/<type>/<Model>/import/`: what becomes of the rows.

use serde_json::{Value, json};

use super::{
    files::{first_tab, gunzipped},
    loading::{cells, told, workbook},
    things::{THINGS, add_all, with_things},
};
use crate::support::{Place, SPARK, TRANSACTIONS, TestApp, at};

fn path(place: &Place, mode: &str) -> String {
    format!("{THINGS}import/?hierarchy={}&mode={mode}", place.pkid)
}

/// A raw sheet of things.
fn sheet(rows: &[Value]) -> Vec<u8> {
    let rows: Vec<Vec<Value>> = rows.iter().map(|row| row.as_array().unwrap().clone()).collect();
    workbook("Thing", &rows)
}

async fn labels(app: &TestApp) -> Vec<String> {
    let list = app.get(&format!("{THINGS}?limit=2000&order_by=label")).await.expect(200).json();
    let label = |row: &Value| row["data"]["label"].as_str().unwrap().to_owned();
    list["resources"].as_array().unwrap().iter().map(label).collect()
}

#[tokio::test]
async fn rows_add_modify_and_delete() {
    let (app, place, _dir) = with_things().await;
    let things =
        ["a", "b", "c", "d"].map(|label| json!({ "label": label, "size": 1, "story": "old" }));
    let pkids = add_all(&app, &place, &things).await;
    let file = sheet(&[
        json!(["action", "pkid", "hierarchy", "label", "size", "story"]),
        json!([null, pkids[0], null, null, 2, null]),
        json!(["Modify", null, place.path, "b", null, "<clear>"]),
        json!(["delete", pkids[2], null, null, null, null]),
        json!(["delete", null, null, "d", null, null]),
        json!(["add", null, place.pkid, "e", 5, null]),
        json!([null, null, null, "f", null, "new"]),
        json!([null, null, null, "b", 7, null]),
    ]);
    let (href, record) = app.loaded(&path(&place, "row_by_row"), &file).await;
    assert_eq!(
        told(&record),
        [
            "2 modify Success",
            "3 modify Success",
            "4 delete Success",
            "5 delete Success",
            "6 add Success",
            "7 add Success",
            "8 modify Success"
        ]
    );
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Data Import");
    assert_eq!(record["mode"], "row_by_row");
    assert_eq!(record["file"], "sheet.xlsx");
    assert_eq!(record["counts"], json!({ "total": 7, "succeeded": 7, "failed": 0 }));
    assert_eq!(record["progress"], json!({ "done": 7, "total": 7 }));
    assert_eq!(labels(&app).await, ["a", "b", "e", "f"]);
    let data = |at: usize| app.data(record["rows"][at]["href"].as_str().unwrap());
    assert_eq!(data(0).await, json!({ "label": "a", "size": 2, "story": "old" }));
    assert_eq!(data(1).await, json!({ "label": "b", "size": 7 }));
    assert_eq!(data(4).await, json!({ "label": "e", "size": 5 }));
    // Each row has its record, and leads back to the load.
    let own = record["rows"][4]["transaction_id"].as_str().unwrap();
    let own = app.data(&format!("{TRANSACTIONS}{own}")).await;
    assert_eq!(own["action"], "Create");
    assert_eq!(own["parent"], href.rsplit('/').next().unwrap());
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_sees_what_the_rows_do_to_each_other() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &[json!({ "label": "old" })]).await;
    let before = app.get(&format!("{THINGS}?limit=10")).await.text().to_owned();
    let transactions = app.total(TRANSACTIONS).await;
    let file = sheet(&[
        json!(["action", "pkid", "label", "size"]),
        json!(["add", null, "one", 1]),
        json!(["add", null, "one", 2]),
        json!(["modify", null, "one", 3]),
        json!(["delete", pkids[0], null, null]),
        json!(["add", null, "old", 4]),
        json!(["add", null, "two", "x"]),
    ]);
    // Without a mode it is a dry run.
    let import = format!("{THINGS}import/?hierarchy={}", place.pkid);
    let (href, record) = app.loaded(&import, &file).await;
    assert_eq!(
        told(&record),
        [
            "2 add Success",
            "3 add Fail Label /label",
            "4 modify Success",
            "5 delete Success",
            "6 add Success",
            "7 add Fail Size /size"
        ]
    );
    assert_eq!(record["mode"], "dry_run");
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["counts"], json!({ "total": 6, "succeeded": 4, "failed": 2 }));
    assert_eq!(app.get(&format!("{THINGS}?limit=10")).await.text(), before);
    assert_eq!(app.total(TRANSACTIONS).await, transactions + 1);

    // The same file for real, without sending it again: first all or nothing.
    let apply = |mode: &str| format!("{href}/apply/?mode={mode}");
    let asked = app.post(&apply("all_or_nothing"), &json!({})).await.expect(202).json();
    let record = app.ended(asked["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["counts"], json!({ "total": 6, "succeeded": 0, "failed": 2 }));
    assert_eq!(
        told(&record),
        [
            "2 add Not Done",
            "3 add Fail Label /label",
            "4 modify Not Done",
            "5 delete Not Done",
            "6 add Not Done",
            "7 add Fail Size /size"
        ]
    );
    assert_eq!(app.get(&format!("{THINGS}?limit=10")).await.text(), before);
    // Then row by row.
    let asked = app.post(&apply("row_by_row"), &json!({})).await.expect(202).json();
    let record = app.ended(asked["href"].as_str().unwrap()).await;
    assert_eq!(record["counts"], json!({ "total": 6, "succeeded": 4, "failed": 2 }));
    assert_eq!(labels(&app).await, ["old", "one"]);
}

#[tokio::test]
async fn all_or_nothing_writes_all_when_nothing_is_wrong() {
    let (app, place, _dir) = with_things().await;
    let file = sheet(&[json!(["label"]), json!(["a"]), json!([null]), json!(["b"])]);
    let (href, record) = app.loaded(&path(&place, "all_or_nothing"), &file).await;
    assert_eq!(told(&record), ["2 add Success", "4 add Success"]);
    assert_eq!(labels(&app).await, ["a", "b"]);
    let own = record["rows"][0]["transaction_id"].as_str().unwrap();
    assert_eq!(
        app.data(&format!("{TRANSACTIONS}{own}")).await["parent"],
        href.rsplit('/').next().unwrap()
    );
    // What is loaded isn't kept.
    app.post(&format!("{href}/apply/"), &json!({})).await.expect(409);
    app.post(&format!("{href}/replay/"), &json!({})).await.expect(409);
    app.get(&format!("{href}/errors.xlsx")).await.expect(404);
}

#[tokio::test]
async fn what_a_cell_gets_wrong_is_said_at_its_column() {
    let (app, place, _dir) = with_things().await;
    let file = sheet(&[
        json!(["action", "pkid", "hierarchy", "label", "size", "live", "colour", "weight", "any"]),
        json!(["change", null, null, "a", null, null, null, null, null]),
        json!([null, null, null, 12, null, null, null, null, null]),
        json!([null, null, null, "c", 1.5, "maybe", "green", "heavy", "{x"]),
        json!([null, null, null, null, 1, null, null, null, null]),
        json!([null, "000000000000000000000000", null, "e", null, null, null, null, null]),
        json!([null, null, "sys.Nowhere", "f", null, null, null, null, null]),
        json!([null, null, "sys", "g", null, null, null, null, null]),
        json!(["add", "000000000000000000000000", null, "h", null, null, null, null, null]),
        json!(["delete", null, null, "nobody", null, null, null, null, null]),
        json!([null, null, null, true, null, true, "Sky blue", "1.5", "[1]"]),
        json!([null, null, null, "fine", "7", "yes", "Sky blue", 2, 3]),
    ]);
    let (_, record) = app.loaded(&path(&place, "row_by_row"), &file).await;
    assert_eq!(
        told(&record),
        [
            "2 add Fail Action",
            "3 add Fail Label /label",
            "4 add Fail Size /size, Live /live, Weight /weight, Any /any, Colour /colour",
            "5 add Fail Label /label",
            "6 - Fail Pkid",
            "7 - Fail Located At",
            "8 add Fail Located At",
            "9 add Fail Pkid",
            "10 delete Fail Pkid",
            "11 add Fail Label /label",
            "12 add Success",
        ]
    );
    let text = record["rows"][1]["errors"][0]["message"].as_str().unwrap();
    assert!(text.contains("holds a number") && text.contains("format the cell as text"), "{text}");
    let made = app.data(record["rows"][10]["href"].as_str().unwrap()).await;
    assert_eq!(
        made,
        json!({ "label": "fine", "size": 7, "weight": 2, "live": true, "colour": "blue", "any": 3 })
    );
}

#[tokio::test]
async fn a_date_where_text_belongs_is_said_so() {
    let (app, place, _dir) = with_things().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let tab = book.add_worksheet();
    tab.write_string(0, 0, "label").unwrap();
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 1, 31).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    tab.write_datetime_with_format(1, 0, &date, &format).unwrap();
    let (_, record) = app.loaded(&path(&place, "dry_run"), &book.save_to_buffer().unwrap()).await;
    let text = record["rows"][0]["errors"][0]["message"].as_str().unwrap();
    assert!(text.contains("Label holds a date where text belongs"), "{text}");
}

#[tokio::test]
async fn every_one_of_a_thousand_wrong_rows_is_told() {
    let (app, place, _dir) = with_things().await;
    let mut rows = vec![json!(["label", "size"])];
    rows.extend((0..1000).map(|n| json!([format!("thing {n}"), "many"])));
    rows.push(json!(["fine", 1]));
    for mode in ["dry_run", "all_or_nothing", "row_by_row"] {
        let (_, record) = app.loaded(&path(&place, mode), &sheet(&rows)).await;
        assert_eq!(record["counts"]["failed"], 1000, "{mode}");
        let told = told(&record);
        assert_eq!(told.len(), 1001);
        assert_eq!(told[999], "1001 add Fail Size /size");
    }
    assert_eq!(labels(&app).await, ["fine"]);
}

#[tokio::test]
async fn the_filled_in_sheet_is_loaded_with_its_secrets_lists_and_place() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let call = format!("{SPARK}export_bulkload_template/?hierarchy={}", place.pkid);
    let answer = app.call("POST", &call).send().await.expect(200);
    let tab = first_tab(&gunzipped(&answer.body));
    let keys = tab.texts(3);
    let mut rows = cells(&tab);
    let row = |values: &[(&str, Value)]| -> Vec<Value> {
        keys.iter()
            .map(|key| {
                values.iter().find(|(k, _)| k == key).map_or(Value::Null, |(_, v)| v.clone())
            })
            .collect()
    };
    rows.push(row(&[
        ("name", json!("Heron")),
        ("token", json!("plain-token")),
        ("shadow.0.name", json!("shade")),
        ("dirsync_enabled", json!("no")),
        ("default_calling_behaviour", json!("Cisco Jabber app")),
    ]));
    rows.push(row(&[("name", json!("Wrong")), ("account_email", json!("nobody"))]));
    let file = workbook(&tab.name, &rows);
    // The sheet names its place; the call needn't.
    let (href, record) = app.loaded(&format!("{SPARK}import/?mode=row_by_row"), &file).await;
    assert_eq!(told(&record), ["5 add Success", "6 add Fail Admin Account Email /account_email"]);
    assert_eq!(record["hierarchy"], place.path.as_str());
    let made = app.given(record["rows"][0]["href"].as_str().unwrap()).await;
    assert_eq!(
        made,
        json!({
            "name": "Heron", "token": "********", "shadow": [{ "name": "shade" }],
            "dirsync_enabled": false, "sync": false,
            "default_calling_behaviour": "Cisco Jabber app"
        })
    );
    // Neither the record nor any file tells the secret.
    let record = app.get(&href).await.text().to_owned();
    assert!(!record.contains("plain-token"));
    for (file, bytes) in app.stored_bytes() {
        let found = bytes.windows(11).any(|window| window == b"plain-token");
        assert!(!found, "{}", file.display());
    }
    // Cleared by the same way.
    let pkid = app.get(&format!("{SPARK}?limit=1")).await.json()["resources"][0]["meta"]["references"]
        ["self"][0]["pkid"].as_str().unwrap().to_owned();
    let file =
        sheet(&[json!(["pkid", "token", "shadow.0.name"]), json!([pkid, "<clear>", "<clear>"])]);
    let (_, record) = app.loaded(&format!("{SPARK}import/?mode=row_by_row"), &file).await;
    assert_eq!(told(&record), ["2 modify Success"]);
    let data = app.data(&format!("{SPARK}{pkid}")).await;
    assert_eq!((data.get("token"), data.get("shadow")), (None, None));
}

#[tokio::test]
async fn a_list_is_what_its_cells_say() {
    let (app, place, _dir) = with_things().await;
    let parts = json!([{ "code": "a", "count": 1 }, { "code": "b" }]);
    let data = json!({ "label": "x", "parts": parts, "tags": ["1", "2"], "inner": { "code": "i", "deep": { "flag": true } } });
    let pkids = add_all(&app, &place, std::slice::from_ref(&data)).await;
    let keys = json!([
        "pkid",
        "parts.0.code",
        "parts.0.count",
        "parts.1.code",
        "parts.1.count",
        "tags.0",
        "tags.1",
        "inner.code"
    ]);
    let load = async |row: Value| {
        let (_, record) =
            app.loaded(&path(&place, "row_by_row"), &sheet(&[keys.clone(), row])).await;
        assert_eq!(record["status"], "Success", "{record}");
        app.data(&format!("{THINGS}{}", pkids[0])).await
    };
    // Nothing in any of its cells keeps it.
    let same = load(json!([pkids[0], null, null, null, null, null, null, null])).await;
    assert_eq!(same, data);
    let found =
        load(json!([pkids[0], "c", null, null, null, "<clear>", "<clear>", "<clear>"])).await;
    assert_eq!(
        found,
        json!({ "label": "x", "parts": [{ "code": "c" }], "inner": { "deep": { "flag": true } } })
    );
    // An entry in the middle is left out, and those behind it move up.
    let found = load(json!([pkids[0], "<clear>", "<clear>", "d", 4, null, "z", null])).await;
    assert_eq!(found["parts"], json!([{ "code": "d", "count": 4 }]));
    assert_eq!(found["tags"], json!(["z"]));
}

#[tokio::test]
async fn what_an_account_does_not_see_can_not_be_loaded() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let file = sheet(&[json!(["name"]), json!(["x"])]);
    let path = format!("{SPARK}import/?hierarchy=sys.Nowhere");
    app.import(&path, &file).await.expect_fault(404, "not_found", &[("hierarchy", "not_found")]);
    let path = format!("{TRANSACTIONS}import/?hierarchy={}", place.pkid);
    app.import(&path, &file).await.expect(405);
    app.get(&format!("{SPARK}import/")).await.expect(405);
    let unknown = "/api/tool/Transaction/00000000-0000-4000-8000-000000000000";
    app.get(&format!("{unknown}/errors.xlsx")).await.expect(404);
    app.post(&format!("{unknown}/apply/"), &json!({})).await.expect(404);
    // Of a transaction that loaded nothing.
    app.spark(&place, &json!({ "name": "x" })).await;
    let last = app.get(&format!("{TRANSACTIONS}?limit=1")).await.json()["resources"][0]["meta"]["references"]
        ["self"][0]["href"].as_str().unwrap().trim_end_matches('/').to_owned();
    app.get(&format!("{last}/errors.xlsx")).await.expect_fault(409, "not_a_load", &[]);
    app.post(&format!("{last}/apply/"), &json!({})).await.expect_fault(409, "not_a_load", &[]);
    let wrong = format!("{}&mode=quickly", at(&format!("{SPARK}import/"), &place));
    app.import(&wrong, &file).await.expect_fault(400, "validation", &[("mode", "not_a_choice")]);
}

#[tokio::test]
async fn a_load_that_holds_everything_up_can_be_cancelled() {
    let (app, place, _dir) = with_things().await;
    let mut csv = "label\n".to_owned();
    for n in 0..20_000 {
        csv += &format!("thing {n}\n");
    }
    let before = app.total(THINGS).await;
    for mode in ["dry_run", "all_or_nothing"] {
        let mut news = app.app.tasks.events.listen();
        let asked = app.import(&path(&place, mode), csv.as_bytes()).await.expect(202).json();
        let href = asked["href"].as_str().unwrap();
        // Once it is in the middle of its rows.
        while news.recv().await.unwrap().progress.done == 0 {}
        app.call("POST", &format!("{href}/cancel/")).send().await.expect(200);
        let record = app.ended(href).await;
        assert_eq!(record["status"], "Fail", "{record}");
        let message = record["message"].as_str().unwrap();
        assert!(message.starts_with("Transaction canceled."), "{message}");
        assert_eq!(app.total(THINGS).await, before);
        // It can be done again.
        let asked =
            app.post(&format!("{href}/apply/?mode=dry_run"), &json!({})).await.expect(202).json();
        app.call("POST", &format!("{}/cancel/", asked["href"].as_str().unwrap()))
            .send()
            .await
            .expect(200);
        app.ended(asked["href"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn a_restart_in_the_middle_loads_each_row_once() {
    let (mut app, place, _dir) = with_things().await;
    let mut csv = "label\n".to_owned();
    for n in 0..800 {
        csv += &format!("thing {n:04}\n");
    }
    for mode in ["row_by_row", "all_or_nothing"] {
        let mut news = app.app.tasks.events.listen();
        let asked = app.import(&path(&place, mode), csv.as_bytes()).await.expect(202).json();
        let href = asked["href"].as_str().unwrap().to_owned();
        while news.recv().await.unwrap().progress.done == 0 {}
        drop(news);
        app = app.restarted().await;
        let record = app.ended(&href).await;
        assert_eq!(record["status"], "Success", "{mode} {}", record["message"]);
        assert_eq!(record["counts"]["succeeded"], 800);
        let told = told(&record);
        assert_eq!(told.len(), 800);
        assert_eq!(told[799], "801 add Success");
        assert_eq!(app.total(THINGS).await, 800);
        let log = record["log"].to_string();
        assert!(log.contains("started again"), "it was cut off: {log}");
        let hrefs: Vec<String> = record["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["href"].as_str().unwrap().to_owned())
            .collect();
        app.delete_all(THINGS, &hrefs).await.expect(200);
        assert_eq!(app.total(THINGS).await, 0);
    }
}
