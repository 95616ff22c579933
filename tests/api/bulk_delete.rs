//! `DELETE /api/relation/SparkCustomer/` with `{"hrefs": […]}`: each for itself, one transaction.

use serde_json::{Value, json};

use crate::support::{NODES, Place, SPARK, TRANSACTIONS, TestApp};

async fn with_three() -> (TestApp, Place, Vec<String>) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut hrefs = Vec::new();
    for name in ["One", "Two", "Three"] {
        let pkid = app.spark(&place, &json!({ "name": name })).await;
        hrefs.push(format!("{SPARK}{pkid}"));
    }
    (app, place, hrefs)
}

/// Href and status of each row.
fn statuses(rows: &Value) -> Vec<(&str, &str)> {
    rows.as_array()
        .unwrap()
        .iter()
        .map(|row| {
            assert!(row["message"].as_str().is_some_and(|text| !text.is_empty()), "{row}");
            (row["href"].as_str().unwrap(), row["status"].as_str().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn all_that_are_named_are_deleted() {
    let (app, place, hrefs) = with_three().await;
    let path = format!("{SPARK}?hierarchy={}", place.pkid);
    let answer = app.delete_all(&path, &hrefs[..2]).await.expect(200).json();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 2, "failed": 0 }));
    for href in &hrefs[..2] {
        app.get(href).await.expect(404);
    }
    app.get(&hrefs[2]).await.expect(200);
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["counts"], answer["counts"]);
    assert_eq!(record["progress"], json!({ "done": 2, "total": 2 }));
    assert_eq!(record["hierarchy"], place.path.as_str());
    assert_eq!(
        statuses(&record["sub_transactions"]),
        [(hrefs[0].as_str(), "Success"), (hrefs[1].as_str(), "Success")]
    );
}

#[tokio::test]
async fn one_that_can_not_go_leaves_the_others_deleted() {
    let (app, place, hrefs) = with_three().await;
    let node = format!("{NODES}{}", place.pkid);
    let named = [
        hrefs[0].clone(),
        format!("{SPARK}000000000000000000000000"),
        // Of another model, and under another model's path.
        node.clone(),
        format!("{SPARK}{}", place.pkid),
        // A trailing slash names the same.
        format!("{}/", hrefs[1]),
        "nonsense".to_owned(),
        String::new(),
    ];
    let answer = app.delete_all(SPARK, &named).await.expect(200).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["counts"], json!({ "total": 7, "succeeded": 2, "failed": 5 }));
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["counts"], answer["counts"]);
    let expected: Vec<(&str, &str)> = named
        .iter()
        .map(String::as_str)
        .zip(["Success", "Fail", "Fail", "Fail", "Success", "Fail", "Fail"])
        .collect();
    assert_eq!(statuses(&record["sub_transactions"]), expected);
    app.get(&hrefs[0]).await.expect(404);
    app.get(&hrefs[1]).await.expect(404);
    app.get(&hrefs[2]).await.expect(200);
    app.get(&node).await.expect(200);
    assert_eq!(app.total(SPARK).await, 1);
}

#[tokio::test]
async fn what_is_named_twice_is_deleted_once() {
    let (app, _, hrefs) = with_three().await;
    let twice = [hrefs[0].clone(), format!("{}/", hrefs[0])];
    let answer = app.delete_all(SPARK, &twice).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 1, "failed": 1 }));
    assert_eq!(app.total(SPARK).await, 2);
    let deletions = format!(
        "{TRANSACTIONS}?filter_field=action&filter_text=Delete&filter_condition=equals\
         &filter_field=href&filter_text={}&filter_condition=equals",
        hrefs[0]
    );
    let page = app.get(&deletions).await.expect(200).json();
    assert_eq!(page["pagination"]["total"], 1);
}

#[tokio::test]
async fn a_call_that_names_nothing_is_refused() {
    let (app, _, hrefs) = with_three().await;
    let before = app.contents().await;
    let cases = [
        json!({ "hrefs": [] }),
        json!({}),
        json!({ "hrefs": null }),
        json!({ "hrefs": hrefs[0] }),
        json!({ "hrefs": { "0": hrefs[0] } }),
        json!({ "hrefs": [hrefs[0], 7] }),
        json!({ "hrefs": [hrefs[0], null] }),
    ];
    for body in cases {
        let answer = app.call("DELETE", SPARK).json(&body).send().await.expect(400).json();
        assert_eq!(answer["success"], false, "{body}");
        assert_eq!(answer["errors"][0]["field"], "/hrefs", "{body}");
    }
    app.call("DELETE", SPARK).send().await.expect(400);
    app.call("DELETE", SPARK).bytes("[]").send().await.expect(400);
    let body = json!({ "hrefs": hrefs });
    app.call("DELETE", &format!("{SPARK}?hierarchy=sys.Nobody"))
        .json(&body)
        .send()
        .await
        .expect_fault(404, "not_found", &[("hierarchy", "not_found")]);
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_node_that_is_not_empty_fails_as_its_own_row() {
    let (app, place, _) = with_three().await;
    let provider = app.provider("Empty").await;
    let named = [format!("{NODES}{}", place.pkid), format!("{NODES}{}", provider.pkid)];
    let answer = app.delete_all(NODES, &named).await.expect(200).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 1, "failed": 1 }));
    let message = answer["sub_transactions"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("3 Webex customers (relation/SparkCustomer): One, Two, Three"),
        "{message}"
    );
    app.get(&named[0]).await.expect(200);
    app.get(&named[1]).await.expect(404);
}

#[tokio::test]
async fn a_node_goes_with_what_is_below_it_when_the_call_names_both() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let site = app.site(&place, "Office").await;
    let named = [site.pkid, place.pkid].map(|pkid| format!("{NODES}{pkid}"));
    let answer = app.delete_all(NODES, &named).await.expect(200).json();
    assert_eq!(answer["success"], true, "{answer}");
}

#[tokio::test]
async fn with_nowait_the_transaction_is_answered() {
    let (app, _, hrefs) = with_three().await;
    let answer = app.delete_all(&format!("{SPARK}?nowait=true"), &hrefs).await.expect(202).json();
    let id = answer["transaction_id"].as_str().unwrap();
    let expected = json!({ "href": format!("/api/tool/Transaction/{id}"), "success": true, "transaction_id": id });
    assert_eq!(answer.to_string(), expected.to_string());
    let record = app.ended(expected["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(app.total(SPARK).await, 0);
}
