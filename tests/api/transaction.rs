//! `tool/Transaction`: the record that every change leaves, read-only.

use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::support::{SPARK, TRANSACTIONS, TestApp, at, unlinked};

/// The attributes of a transaction (contract.md), and `parent`: the bulk call it was a row of.
const ATTRIBUTES: [&str; 17] = [
    "status",
    "action",
    "model_type",
    "href",
    "username",
    "hierarchy",
    "submitted",
    "started",
    "completed",
    "message",
    "progress",
    "counts",
    "before",
    "after",
    "sub_transactions",
    "log",
    "parent",
];

fn time_of(record: &Value, name: &str) -> OffsetDateTime {
    let text = record[name].as_str().unwrap_or_else(|| panic!("no {name} in {record}"));
    assert!(text.ends_with('Z'), "{text}");
    OffsetDateTime::parse(text, &Rfc3339).unwrap()
}

#[tokio::test]
async fn each_change_tells_who_did_what_where_and_when() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.clock.advance(60);
    let one = json!({ "name": "One", "notes": "old" });
    let made = app.post(&at(SPARK, &place), &one).await.expect(201).json();
    let path = made["meta"]["uri"].as_str().unwrap();
    app.clock.advance(60);
    let two = json!({ "name": "Two" });
    let changed = app.put(path, &two).await.expect(200).json();
    app.clock.advance(60);
    let gone = app.delete(path).await.expect(200).json();

    let none = Value::Null;
    let cases = [
        (made.clone(), "Create", &none, &one, "One"),
        (changed, "Modify", &one, &two, "Two"),
        (gone, "Delete", &two, &none, "Two"),
    ];
    let mut last = None;
    for (answer, action, before, after, label) in cases {
        let id = answer["transaction_id"].as_str().unwrap();
        assert_eq!(id.len(), 36);
        let body = app.get(&format!("{TRANSACTIONS}{id}/")).await.expect(200).json();
        assert_eq!(body["meta"]["model_type"], "tool/Transaction");
        assert_eq!(body["meta"]["references"]["self"][0]["pkid"], id);
        let record = &body["data"];
        assert_eq!(record["status"], "Success");
        assert_eq!(record["action"], action);
        assert_eq!(record["model_type"], "relation/SparkCustomer");
        assert_eq!(record["href"], path);
        assert_eq!(record["username"], "admin");
        assert_eq!(record["hierarchy"], "sys.Provider.Customer");
        assert_eq!(record["progress"], json!({ "done": 1, "total": 1 }));
        assert_eq!(unlinked(record.get("before").unwrap_or(&none)), *before);
        assert_eq!(unlinked(record.get("after").unwrap_or(&none)), *after);
        assert!(record["message"].as_str().unwrap().contains(label), "{record}");
        let submitted = time_of(record, "submitted");
        assert!(submitted <= time_of(record, "started"));
        assert!(time_of(record, "started") <= time_of(record, "completed"));
        assert!(last.is_none_or(|last| last < submitted));
        last = Some(submitted);
    }
}

#[tokio::test]
async fn times_are_those_of_the_clock_in_utc() {
    let app = TestApp::start().await;
    app.provider("Acme").await;
    let record = app.last_transaction().await;
    let submitted = time_of(&record, "submitted");
    assert_eq!(submitted, time::macros::datetime!(2026-01-31 09:30:00 UTC));
}

#[tokio::test]
async fn secrets_are_masked_and_told_of_in_words() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One", "token": "s3cret-1" })).await;
    let record = app.last_transaction().await;
    assert_eq!(unlinked(&record["after"]), json!({ "name": "One", "token": "********" }));
    assert_logged(&record, "Admin Access Token");
    app.clock.advance(1);
    let path = format!("{SPARK}{pkid}");
    app.put(&path, &json!({ "name": "One", "token": "s3cret-2" })).await.expect(200);
    let record = app.last_transaction().await;
    assert_eq!(record["before"], record["after"]);
    assert_logged(&record, "Admin Access Token");
    app.clock.advance(1);
    app.put(&path, &json!({ "name": "One", "token": "" })).await.expect(200);
    let record = app.last_transaction().await;
    assert_eq!(unlinked(&record["after"]), json!({ "name": "One" }));
    assert_logged(&record, "Admin Access Token");
    let all = app.get(TRANSACTIONS).await.expect(200);
    assert!(!all.text().contains("s3cret"), "{all}");
}

/// The log's only line holds this text.
fn assert_logged(record: &Value, text: &str) {
    let log = record["log"].as_array().unwrap();
    assert_eq!(log.len(), 1, "{record}");
    assert_eq!(
        log[0].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["time", "level", "message"]
    );
    time_of(&log[0], "time");
    assert!(log[0]["message"].as_str().unwrap().contains(text), "{record}");
}

#[tokio::test]
async fn every_write_leaves_one_record_and_a_read_none() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let start = app.total(TRANSACTIONS).await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    assert_eq!(app.total(TRANSACTIONS).await, start + 1);
    let path = format!("{SPARK}{pkid}");
    app.put(&path, &json!({ "name": "Two" })).await.expect(200);
    assert_eq!(app.total(TRANSACTIONS).await, start + 2);
    app.get(&path).await.expect(200);
    app.get(SPARK).await.expect(200);
    assert_eq!(app.total(TRANSACTIONS).await, start + 2);
    app.delete(&path).await.expect(200);
    assert_eq!(app.total(TRANSACTIONS).await, start + 3);
}

#[tokio::test]
async fn the_newest_comes_first_and_the_records_of_an_instance_are_found_by_its_href() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let one = app.spark(&place, &json!({ "name": "One" })).await;
    app.clock.advance(1);
    app.spark(&place, &json!({ "name": "Other" })).await;
    app.clock.advance(1);
    app.put(&format!("{SPARK}{one}"), &json!({ "name": "Two" })).await.expect(200);
    let page = app.get(TRANSACTIONS).await.expect(200).json();
    assert_eq!(page["pagination"]["order_by"], "submitted");
    assert_eq!(page["pagination"]["direction"], "desc");
    assert_eq!(page["resources"][0]["data"]["action"], "Modify");
    let page = app
        .get(&format!(
            "{TRANSACTIONS}?filter_field=href&filter_text={SPARK}{one}&filter_condition=equals"
        ))
        .await
        .expect(200)
        .json();
    assert_eq!(page["pagination"]["total"], 2);
    let actions: Vec<&str> = page["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["data"]["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["Modify", "Create"]);
}

#[tokio::test]
async fn the_poll_tells_the_status() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let made = app.post(&at(SPARK, &place), &json!({ "name": "One" })).await.expect(201).json();
    let id = made["transaction_id"].as_str().unwrap();
    for path in
        [format!("{TRANSACTIONS}{id}/poll/?format=json"), format!("{TRANSACTIONS}{id}/poll")]
    {
        let body = app.get(&path).await.expect(200).json();
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), [id]);
        let told = &body[id];
        assert_eq!(
            told.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["status", "href", "description"]
        );
        assert_eq!(told["status"], "Success");
        assert_eq!(told["href"], format!("{TRANSACTIONS}{id}"));
        assert!(told["description"].as_str().unwrap().contains("One"), "{told}");
    }
    app.get(&format!("{TRANSACTIONS}none/poll/")).await.expect_fault(404, "not_found", &[]);
}

#[tokio::test]
async fn nobody_writes_transactions() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One" })).await;
    let page = app.get(TRANSACTIONS).await.expect(200).json();
    let own = page["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    let before = app.contents().await;
    let data = json!({ "status": "Fail", "action": "Create" });
    let hrefs = json!({ "hrefs": [own] });
    for (method, path, body) in
        [("POST", TRANSACTIONS, &data), ("PUT", own, &data), ("DELETE", TRANSACTIONS, &hrefs)]
    {
        app.call(method, path).json(body).send().await.expect_fault(405, "not_offered", &[]);
    }
    app.delete(own).await.expect_fault(405, "not_offered", &[]);
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn what_is_not_offered_is_not_offered_without_a_body_either() {
    let app = TestApp::start().await;
    app.provider("Acme").await;
    let page = app.get(TRANSACTIONS).await.expect(200).json();
    let own = page["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    for (method, path) in [("POST", TRANSACTIONS), ("PUT", own), ("DELETE", TRANSACTIONS)] {
        app.call(method, path).send().await.expect_fault(405, "not_offered", &[]);
    }
}

#[tokio::test]
async fn a_record_has_known_attributes_and_no_others() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One", "token": "t" })).await;
    app.clock.advance(1);
    app.delete_all(SPARK, &[format!("{SPARK}{pkid}"), format!("{SPARK}none")]).await.expect(200);
    let page = app.get(TRANSACTIONS).await.expect(200).json();
    let schema = app.get(&format!("{TRANSACTIONS}schema/")).await.expect(200).json();
    for row in page["resources"].as_array().unwrap() {
        for name in row["data"].as_object().unwrap().keys() {
            // The place is of the list, not of the record.
            if name != "hierarchy_friendly_name" {
                assert!(ATTRIBUTES.contains(&name.as_str()), "{name} in {row}");
                assert!(schema["properties"].get(name).is_some(), "{name} in {row}");
            }
        }
    }
}

#[tokio::test]
async fn a_row_of_a_bulk_call_leads_to_its_own_record() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let hrefs = [format!("{SPARK}{pkid}"), format!("{SPARK}none")];
    let answer = app.delete_all(SPARK, &hrefs).await.expect(200).json();
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    let rows = record["sub_transactions"].as_array().unwrap();
    let names = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    // What changed nothing has no record of its own.
    assert_eq!(names(&rows[0]), ["href", "status", "message", "transaction_id"]);
    assert_eq!(names(&rows[1]), ["href", "status", "message"]);
    let own = rows[0]["transaction_id"].as_str().unwrap();
    let own = app.data(&format!("{TRANSACTIONS}{own}")).await;
    assert_eq!(own["parent"], id);
    assert_eq!(own["before"]["name"], "One");
}
