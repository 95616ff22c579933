//! `/api/relation/SparkCustomer/bulk_update/`: some attributes of several instances, each for
//! itself.

use serde_json::{Value, json};

use crate::support::{NODES, Place, SPARK, TRANSACTIONS, TestApp, at, unlinked};

const UPDATE: &str = "/api/relation/SparkCustomer/bulk_update/";

async fn with_three() -> (TestApp, Place, Vec<String>) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut hrefs = Vec::new();
    for name in ["One", "Two", "Three"] {
        let data = json!({ "name": name, "notes": "old", "token": "s3cret" });
        hrefs.push(format!("{SPARK}{}", app.spark(&place, &data).await));
    }
    (app, place, hrefs)
}

#[tokio::test]
async fn the_named_attributes_change_and_no_other() {
    let (app, place, hrefs) = with_three().await;
    let body = json!({
        "hrefs": [hrefs[0], format!("{}/", hrefs[1])],
        "email_domain": "example.org",
        "notes": null,
        "dirsync_enabled": true,
    });
    let path = format!("{UPDATE}?hierarchy={}", place.pkid);
    let answer = app.post(&path, &body).await.expect(200).json();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["model_type"], "relation/SparkCustomer");
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 2, "failed": 0 }));
    let changed = |name: &str| {
        json!({
            "name": name,
            "email_domain": "example.org",
            "dirsync_enabled": true,
            "token": "********",
        })
    };
    assert_eq!(app.given(&hrefs[0]).await, changed("One"));
    assert_eq!(app.given(&hrefs[1]).await, changed("Two"));
    assert_eq!(app.data(&hrefs[2]).await["notes"], "old");
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Bulk Modify");
    assert_eq!(record["message"], "2 of 2 Webex customers were modified.");
    let row = record["sub_transactions"][0]["transaction_id"].as_str().unwrap();
    let row = app.data(&format!("{TRANSACTIONS}{row}")).await;
    assert_eq!(row["parent"], id);
    assert_eq!(row["before"]["notes"], "old");
    assert_eq!(unlinked(&row["after"]), changed("One"));
}

#[tokio::test]
async fn a_secret_is_set_or_cleared_for_all() {
    let (app, _, hrefs) = with_three().await;
    app.post(UPDATE, &json!({ "hrefs": hrefs, "token": null })).await.expect(200);
    for href in &hrefs {
        assert!(app.data(href).await.get("token").is_none());
    }
    let body = json!({ "hrefs": hrefs, "refresh_token": "an0ther" });
    let answer = app.post(UPDATE, &body).await.expect(200);
    assert!(!answer.text().contains("an0ther"));
    for href in &hrefs {
        assert_eq!(app.data(href).await["refresh_token"], "********");
    }
    for (file, bytes) in app.stored_bytes() {
        assert!(!bytes.windows(7).any(|w| w == b"an0ther"), "{}", file.display());
    }
}

#[tokio::test]
async fn a_row_that_can_not_change_leaves_the_others_changed() {
    let (app, place, hrefs) = with_three().await;
    let named = [
        hrefs[0].clone(),
        format!("{SPARK}000000000000000000000000"),
        format!("{NODES}{}", place.pkid),
        hrefs[1].clone(),
    ];
    let body = json!({ "hrefs": named, "notes": "new" });
    let answer = app.post(UPDATE, &body).await.expect(200).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["counts"], json!({ "total": 4, "succeeded": 2, "failed": 2 }));
    let statuses: Vec<&Value> =
        answer["sub_transactions"].as_array().unwrap().iter().map(|r| &r["status"]).collect();
    assert_eq!(statuses, ["Success", "Fail", "Fail", "Success"]);
    let message = answer["sub_transactions"][1]["message"].as_str().unwrap();
    assert!(message.contains("There is no relation/SparkCustomer"), "{message}");
    assert_eq!(app.data(&hrefs[2]).await["notes"], "old");
}

#[tokio::test]
async fn a_key_that_one_row_takes_is_taken_for_the_next() {
    let (app, _, hrefs) = with_three().await;
    let body = json!({
        "hrefs": hrefs,
        "account_number_external": "000fd0e4-83ef-4398-be23-d06998580fed",
    });
    let answer = app.post(UPDATE, &body).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 3, "succeeded": 1, "failed": 2 }));
    let message = answer["sub_transactions"][2]["message"].as_str().unwrap();
    assert!(message.contains("is taken"), "{message}");
}

#[tokio::test]
async fn what_no_instance_could_take_is_refused_before_anything_is_done() {
    let (app, _, hrefs) = with_three().await;
    let before = app.contents().await;
    let cases = [
        (json!({ "name": "" }), "/name"),
        (json!({ "name": null }), "/name"),
        (json!({ "dirsync_enabled": "yes" }), "/dirsync_enabled"),
        (json!({ "default_calling_behaviour": "Telegraph" }), "/default_calling_behaviour"),
        (json!({ "account_email": "no address" }), "/account_email"),
        (json!({ "colour": "red" }), "/colour"),
        (json!({ "colour": null }), "/colour"),
    ];
    for (changes, field) in cases {
        let mut body = changes.clone();
        body["hrefs"] = json!(hrefs);
        let answer = app.post(UPDATE, &body).await.expect(400).json();
        let fields: Vec<&str> = answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["field"].as_str().unwrap())
            .collect();
        assert_eq!(fields, [field], "{changes}");
    }
    app.post(UPDATE, &json!({ "hrefs": hrefs })).await.expect_fault(400, "nothing_to_change", &[]);
    app.post(UPDATE, &json!({ "hrefs": [], "notes": "x" })).await.expect_fault(
        400,
        "validation",
        &[("/hrefs", "required")],
    );
    app.post(UPDATE, &json!({ "notes": "x" })).await.expect_fault(
        400,
        "validation",
        &[("/hrefs", "wrong_type")],
    );
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_filter_means_all_that_match_as_long_as_they_are_as_many_as_expected() {
    let (app, place, hrefs) = with_three().await;
    let body = |expected: Value| {
        json!({
            "notes": "new",
            "filter": {
                "hierarchy": place.pkid,
                "filter_field": ["name", "notes"],
                "filter_text": ["T", "old"],
                "filter_condition": ["startswith", "equals"],
            },
            "expected_total": expected,
        })
    };
    let before = app.contents().await;
    let answer = app.post(UPDATE, &body(json!(3))).await.expect_fault(
        409,
        "count_changed",
        &[("/expected_total", "count_changed")],
    );
    assert!(answer.json()["message"].as_str().unwrap().starts_with("2 Webex customers match now"));
    app.post(UPDATE, &body(Value::Null)).await.expect_fault(
        400,
        "validation",
        &[("/expected_total", "required")],
    );
    assert_eq!(app.contents().await, before);
    let answer = app.post(UPDATE, &body(json!(2))).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 2, "failed": 0 }));
    assert_eq!(app.data(&hrefs[0]).await["notes"], "old");
    assert_eq!(app.data(&hrefs[1]).await["notes"], "new");
    // A filter without a node means that of the call.
    let elsewhere = app.customer(&app.provider("Else").await, "Where").await;
    let body = json!({ "notes": "x", "filter": {}, "expected_total": 3 });
    app.post(&format!("{UPDATE}?hierarchy={}", elsewhere.pkid), &body).await.expect_fault(
        409,
        "count_changed",
        &[("/expected_total", "count_changed")],
    );
    app.post(&format!("{UPDATE}?hierarchy={}", place.pkid), &body).await.expect(200);
    // The same for a deletion; now nothing matches any more.
    let gone = json!({ "filter": { "search": "nobody" }, "expected_total": 0 });
    app.call("DELETE", SPARK).json(&gone).send().await.expect_fault(
        400,
        "validation",
        &[("/filter", "matches_nothing")],
    );
    let all = json!({ "filter": { "hierarchy": place.path }, "expected_total": 3 });
    let answer = app.call("DELETE", SPARK).json(&all).send().await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 3, "succeeded": 3, "failed": 0 }));
}

#[tokio::test]
async fn a_filter_that_no_list_would_take_is_refused() {
    let (app, _, hrefs) = with_three().await;
    let cases = [
        (json!({ "filter": [], "expected_total": 3 }), "/filter"),
        (json!({ "filter": { "order_by": { "a": 1 } }, "expected_total": 3 }), "/filter/order_by"),
        (json!({ "filter": { "limit": "x" }, "expected_total": 3 }), "/filter/limit"),
        (
            json!({ "filter": { "filter_field": "name" }, "expected_total": 3 }),
            "/filter/filter_text",
        ),
        (json!({ "filter": {}, "expected_total": 3, "hrefs": hrefs }), "/filter"),
        (json!({ "filter": {}, "expected_total": -1 }), "/expected_total"),
        (json!({ "filter": {}, "expected_total": "3" }), "/expected_total"),
    ];
    for (selection, field) in cases {
        let mut body = selection.clone();
        body["notes"] = json!("x");
        let answer = app.post(UPDATE, &body).await.expect(400).json();
        assert_eq!(answer["errors"][0]["field"], field, "{selection}");
    }
    let body = json!({
        "filter": { "filter_field": "token", "filter_text": "s" },
        "expected_total": 3,
        "notes": "x",
    });
    app.post(UPDATE, &body).await.expect(400);
    let body =
        json!({ "filter": { "hierarchy": "sys.Nobody" }, "expected_total": 3, "notes": "x" });
    app.post(UPDATE, &body).await.expect(404);
}

#[tokio::test]
async fn its_form_asks_for_nothing_and_says_where_it_goes() {
    let (app, place, _) = with_three().await;
    let form = app.get(&format!("{}&schema=1", at(UPDATE, &place))).await.expect(200).json();
    let action = &form["actions"][0]["bulk_update"];
    assert_eq!(action["class"], "update");
    assert_eq!(action["method"], "POST");
    assert_eq!(action["title"], "Bulk Modify");
    assert_eq!(action["support_async"], true);
    assert_eq!(action["href"], format!("{UPDATE}?hierarchy={}", place.pkid));
    let name = &form["schema"]["properties"]["name"];
    assert_eq!(name["title"], "Customer Name");
    assert!(name.get("required").is_none());
    assert!(form["schema"]["properties"]["sync"].get("default").is_none());
    app.get("/api/tool/Transaction/bulk_update/").await.expect(405);
    app.post("/api/tool/Transaction/bulk_update/", &json!({ "hrefs": ["x"], "status": "Fail" }))
        .await
        .expect(405);
}

#[tokio::test]
async fn all_that_match_are_done_in_the_order_of_the_list() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    // Added, and standing, in another order than that of their names.
    let (one, two) = (app.customer(&provider, "One").await, app.customer(&provider, "Two").await);
    for (place, name) in [(&two, "B"), (&one, "D"), (&two, "A"), (&one, "C")] {
        app.spark(place, &json!({ "name": name })).await;
    }
    for (direction, expected) in [("asc", "ABCD"), ("desc", "DCBA")] {
        let filter = json!({ "order_by": "name", "direction": direction });
        let body = json!({ "notes": direction, "filter": filter, "expected_total": 4 });
        let answer = app.post(&format!("{SPARK}bulk_update/"), &body).await.expect(200).json();
        let mut names = String::new();
        for row in answer["sub_transactions"].as_array().unwrap() {
            let data = app.data(row["href"].as_str().unwrap()).await;
            names.push_str(data["name"].as_str().unwrap());
        }
        assert_eq!(names, expected, "{answer}");
    }
}
