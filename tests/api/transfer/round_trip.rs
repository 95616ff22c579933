//! What was exported is loaded again, in every format: at its own place it changes nothing, and
//! elsewhere it makes the same instances.

use serde_json::{Value, json};

use super::{
    files::{export_all, first_tab, unzipped},
    loading::{cells, told, workbook},
    things::{THINGS, add_all, awkward, with_things},
};
use crate::support::{Place, SPARK, TRANSACTIONS, TestApp};

const FORMATS: [&str; 4] = ["json", "raw_xlsx", "xlsx", "csv"];

/// The whole list, versions and all.
async fn all(app: &TestApp, collection: &str) -> String {
    app.get(&format!("{collection}?limit=2000&order_by=hierarchy_friendly_name"))
        .await
        .text()
        .to_owned()
}

#[tokio::test]
async fn an_export_that_is_loaded_again_changes_nothing() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &awkward()).await;
    let before = all(&app, THINGS).await;
    for format in FORMATS {
        let file = export_all(&app, THINGS, format).await;
        for mode in ["dry_run", "all_or_nothing", "row_by_row"] {
            let transactions = app.total(TRANSACTIONS).await;
            let (_, record) = app.loaded(&format!("{THINGS}import/?mode={mode}"), &file.body).await;
            assert_eq!(record["status"], "Success", "{format} {record}");
            let rows = record["rows"].as_array().unwrap();
            assert_eq!(rows.len(), pkids.len());
            for row in rows {
                assert_eq!(row["status"], "Unchanged", "{format} {row}");
                assert_eq!(row["action"], "modify");
                assert_eq!(row.get("transaction_id"), None);
            }
            assert_eq!(all(&app, THINGS).await, before, "{format} {mode}");
            // That of the load, and none of its rows.
            assert_eq!(app.total(TRANSACTIONS).await, transactions + 1);
        }
    }
}

#[tokio::test]
async fn nodes_and_webex_customers_come_back_unchanged_too() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({
        "name": "Heron", "account_number_external": "0D5A4C1E-7C1B-4F0E-9A52-6F1D2B7C8E01",
        "token": "secret", "dirsync_enabled": false, "notes": "a\nb", "sync": true,
        "default_calling_behaviour": "Cisco Jabber app", "shadow": [{ "name": "x" }]
    });
    let pkid = app.spark(&place, &data).await;
    for collection in [SPARK, crate::support::NODES] {
        let before = all(&app, collection).await;
        for format in FORMATS {
            let file = export_all(&app, collection, format).await;
            let path = format!("{collection}import/?mode=row_by_row");
            let (_, record) = app.loaded(&path, &file.body).await;
            assert_eq!(record["status"], "Success", "{collection} {format} {record}");
            assert_eq!(all(&app, collection).await, before, "{collection} {format}");
        }
    }
    // The secret is still there.
    assert_eq!(app.data(&format!("{SPARK}{pkid}")).await["token"], "********");
}

#[tokio::test]
async fn what_only_the_server_writes_is_left_alone() {
    let from = TestApp::start().await;
    let place = from.tenant().await;
    let there = from.spark(&place, &json!({ "name": "Heron", "notes": "a\nb" })).await;
    let file = export_all(&from, SPARK, "json").await;
    let (_, mut file) = unzipped(&file.body);
    let row = &mut file["resources"][0];
    assert_eq!(row["data"]["token_link"], format!("/oauth/webex/authorize/{there}"));
    // In another system it is another instance.
    row["meta"].as_object_mut().unwrap().shift_remove("pkid").unwrap();
    let to = TestApp::start().await;
    to.tenant().await;
    to.provider("Else").await;
    let path = format!("{SPARK}import/?mode=row_by_row");
    let (_, record) = to.loaded(&path, file.to_string().as_bytes()).await;
    assert_eq!(record["status"], "Success", "{record}");
    let list = to.get(SPARK).await.expect(200).json();
    let row = &list["resources"][0];
    assert_eq!((&row["data"]["name"], &row["data"]["notes"]), (&json!("Heron"), &json!("a\nb")));
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    assert_ne!(pkid, there);
    assert_eq!(row["data"]["token_link"], format!("/oauth/webex/authorize/{pkid}"));
}

/// A value without what no export has: what is empty.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), bare(value)))
            .filter(|(_, value)| ![json!(null), json!(""), json!([]), json!({})].contains(value))
            .collect(),
        Value::Array(entries) => entries.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// The instances' attributes by label, without what no export has.
async fn data_at(app: &TestApp, place: &Place) -> Vec<Value> {
    let path = format!("{THINGS}?hierarchy={}&traversal=local&order_by=label", place.pkid);
    let list = app.get(&path).await.expect(200).json();
    let data = |row: &Value| {
        let mut data = row["data"].clone();
        let members = data.as_object_mut().unwrap();
        members.shift_remove("hierarchy_friendly_name");
        members.shift_remove("pin");
        if let Some(inner) = members.get_mut("inner").and_then(Value::as_object_mut) {
            inner.shift_remove("key");
        }
        bare(&data)
    };
    list["resources"].as_array().unwrap().iter().map(data).collect()
}

/// The same file with neither pkids nor places.
fn unbound(format: &str, file: &[u8]) -> Vec<u8> {
    match format {
        "json" => {
            let (_, mut file) = unzipped(file);
            for resource in file["resources"].as_array_mut().unwrap() {
                resource.as_object_mut().unwrap().shift_remove("meta");
            }
            file.to_string().into_bytes()
        }
        "csv" => {
            let mut reader = csv::Reader::from_reader(file);
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(reader.headers().unwrap()).unwrap();
            for record in reader.records() {
                let record = record.unwrap();
                let kept = record.iter().enumerate();
                writer.write_record(kept.map(|(at, f)| if at < 3 { "" } else { f })).unwrap();
            }
            writer.into_inner().unwrap()
        }
        _ => {
            let tab = first_tab(file);
            let mut rows = cells(&tab);
            let from = if format == "xlsx" { 4 } else { 1 };
            for row in &mut rows[from..] {
                row[..3].fill(Value::Null);
            }
            workbook(&tab.name, &rows)
        }
    }
}

#[tokio::test]
async fn an_export_makes_the_same_instances_elsewhere() {
    let (app, place, _dir) = with_things().await;
    add_all(&app, &place, &awkward()).await;
    let expected = data_at(&app, &place).await;
    assert_eq!(expected.len(), awkward().len());
    for (number, format) in FORMATS.into_iter().enumerate() {
        let provider = app.provider(&format!("Other{number}")).await;
        let other = app.customer(&provider, &format!("Elsewhere{number}")).await;
        let file = export_all(&app, THINGS, format).await;
        let path = format!("{THINGS}import/?mode=all_or_nothing&hierarchy={}", other.pkid);
        let (_, record) = app.loaded(&path, &unbound(format, &file.body)).await;
        assert_eq!(record["status"], "Success", "{format} {record}");
        assert!(told(&record).iter().all(|row| row.contains("add Success")), "{:?}", told(&record));
        let found = data_at(&app, &other).await;
        // A cell keeps the number, not whether it was written with a point.
        let plain = |data: &[Value]| json!(data).to_string().replace("3.0", "3");
        assert_eq!(plain(&found), plain(&expected), "{format}");
        // So that the next export is of the first ones alone.
        let made: Vec<String> = record["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["href"].as_str().unwrap().to_owned())
            .collect();
        app.delete_all(THINGS, &made).await.expect(200);
    }
}
