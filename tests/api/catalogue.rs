//! The catalogue of services that comes with the program.

use serde_json::{Value, json};

use crate::support::{TRANSACTIONS, TestApp};

const SERVICES: &str = "/api/data/Service/";

async fn names(app: &TestApp, family: &str) -> Vec<String> {
    let filter = "filter_condition=equals&filter_field=family&filter_text=";
    let list = app.get(&format!("{SERVICES}?limit=2000&{filter}{family}")).await.expect(200).json();
    let rows = list["resources"].as_array().unwrap();
    rows.iter().map(|row| row["data"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn it_has_the_services_of_the_documents_in_their_families() {
    let app = TestApp::start().await;
    let (group, user) = (names(&app, "group").await, names(&app, "user").await);
    assert!(group.len() >= 30 && user.len() >= 100, "{} {}", group.len(), user.len());
    for name in
        ["Account/Authorization Codes", "Auto Attendant", "Call Park", "Call Pickup", "Hunt Group"]
    {
        assert!(group.iter().any(|n| n == name), "{name}");
    }
    for name in [
        "3G/4G Continuity",
        "Advice Of Charge",
        "Anonymous Call Rejection",
        "Basic Call Logs",
        "Call Forwarding Always",
        "Call Forwarding Busy",
    ] {
        assert!(user.iter().any(|n| n == name), "{name}");
    }
    // One name, two services.
    assert!(group.iter().any(|n| n == "Find-me/Follow-me"));
    assert!(user.iter().any(|n| n == "Find-me/Follow-me"));
}

#[tokio::test]
async fn one_record_says_what_was_put_in() {
    let app = TestApp::start().await;
    let path = format!("{TRANSACTIONS}?filter_field=model_type&filter_text=data/Service");
    let list = app.get(&path).await.expect(200).json();
    assert_eq!(list["pagination"]["total"], 1);
    let record = &list["resources"][0]["data"];
    assert_eq!(record["model_type"], "data/Service");
    assert_eq!(record["hierarchy"], "sys");
    let id = &list["resources"][0]["meta"]["references"]["self"][0]["pkid"];
    let replay = format!("{TRANSACTIONS}{}/replay/", id.as_str().unwrap());
    app.post(&replay, &json!({})).await.expect_fault(409, "not_replayed", &[]);
    let put_in = |family: &str| -> Vec<String> {
        let listed = record["after"][family].as_array().unwrap();
        listed.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    for family in ["group", "user"] {
        let (mut told, mut there) = (put_in(family), names(&app, family).await);
        told.sort();
        there.sort();
        assert_eq!(told, there);
    }
}

#[tokio::test]
async fn what_was_deleted_or_changed_stays_so_after_a_restart() {
    let app = TestApp::start().await;
    let total = app.total(SERVICES).await;
    let list = app.get(&format!("{SERVICES}?limit=2")).await.expect(200).json();
    let href =
        |row: &Value| row["meta"]["references"]["self"][0]["href"].as_str().unwrap().to_owned();
    let (gone, kept) = (href(&list["resources"][0]), href(&list["resources"][1]));
    let mut data = app.data(&kept).await;
    data["description"] = json!("In our own words.");
    app.put(&kept, &data).await.expect(200);
    app.delete(&gone).await.expect(200);
    let app = app.restarted().await;
    assert_eq!(app.total(SERVICES).await, total - 1);
    assert_eq!(app.data(&kept).await["description"], "In our own words.");

    // Nor does it come back once all of it is gone.
    let filter = json!({ "filter": {}, "expected_total": total - 1 });
    app.call("DELETE", SERVICES).json(&filter).send().await.expect(200);
    let app = app.restarted().await;
    assert_eq!(app.total(SERVICES).await, 0);
}
