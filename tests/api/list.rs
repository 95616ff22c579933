//! `GET /api/relation/SparkCustomer/`: the envelope of the documents, pages, order and total.

use serde_json::{Value, json};

use crate::support::{NODES, SPARK, TestApp, at};

/// The empty list that seeds/002 prints, its two unterminated strings closed.
const EMPTY_LIST: &str = include_str!("golden/spark_customer_empty_list.json");
/// The node of the printed list.
const PRINTED_PKID: &str = "6t0ggef2c0deab00hb595101";

/// The printed list for a node, as compact text in the printed order.
fn printed(pkid: &str) -> String {
    let text = EMPTY_LIST.replace(PRINTED_PKID, pkid).replace("[hierarchy]", pkid);
    serde_json::from_str::<Value>(&text).unwrap().to_string()
}

#[tokio::test]
async fn an_empty_list_is_what_the_document_prints() {
    let app = TestApp::start().await;
    let sys = app.sys().await;
    let list = app.get(&format!("{SPARK}?limit=3&format=json")).await.expect(200);
    assert_eq!(list.header("content-type"), Some("application/json"));
    assert_eq!(list.json().to_string(), printed(&sys.pkid));
}

#[tokio::test]
async fn a_hierarchy_that_is_given_stands_in_the_current_page() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for given in [&place.pkid, &place.path] {
        let list = app.get(&format!("{SPARK}?hierarchy={given}&limit=3")).await.expect(200);
        let own = "&traversal=down";
        let expected = printed(&place.pkid).replacen(own, &format!("{own}&hierarchy={given}"), 1);
        assert_eq!(list.json().to_string(), expected);
    }
}

#[tokio::test]
async fn the_list_answers_the_same_without_its_trailing_slash() {
    let app = TestApp::start().await;
    let with = app.get(SPARK).await.expect(200);
    let without = app.get(SPARK.trim_end_matches('/')).await.expect(200);
    assert_eq!(with.text(), without.text());
}

#[tokio::test]
async fn fifty_rows_stand_on_a_page_unless_another_number_is_asked_for() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for i in 0..52 {
        app.spark(&place, &json!({ "name": format!("Customer {i:02}") })).await;
    }
    let page = app.get(SPARK).await.expect(200).json();
    assert_eq!(page["pagination"]["limit"], 50);
    assert_eq!(page["pagination"]["skip"], 0);
    assert_eq!(page["pagination"]["total"], 52);
    assert_eq!(names(&page).len(), 50);

    let page = app.get(&format!("{SPARK}?skip=50")).await.expect(200).json();
    assert_eq!(page["pagination"]["skip"], 50);
    assert_eq!(page["pagination"]["total"], 52);
    assert_eq!(names(&page), ["Customer 50", "Customer 51"]);

    let page = app.get(&format!("{SPARK}?skip=2&limit=2")).await.expect(200).json();
    assert_eq!(names(&page), ["Customer 02", "Customer 03"]);

    let page = app.get(&format!("{SPARK}?skip=52")).await.expect(200).json();
    assert_eq!(page["pagination"]["total"], 52);
    assert_eq!(names(&page), [""; 0]);
}

#[tokio::test]
async fn a_limit_above_the_maximum_is_clamped() {
    let app = TestApp::start().await;
    for (asked, limit) in [("2000", 2000), ("2001", 2000), ("999999999999", 2000), ("1", 1)] {
        let page = app.get(&format!("{SPARK}?limit={asked}")).await.expect(200).json();
        assert_eq!(page["pagination"]["limit"], limit, "{asked}");
        assert_eq!(page["pagination"]["maximum_limit"], 2000);
        let current = page["pagination"]["current"].as_str().unwrap();
        assert!(current.contains(&format!("limit={limit}&")), "{current}");
    }
}

#[tokio::test]
async fn rows_come_in_the_order_that_is_asked_for() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for (name, email, dirsync) in [
        ("beta", "b@example.com", json!(true)),
        ("Alpha", "c@example.com", json!(false)),
        ("gamma", "a@example.com", json!(true)),
    ] {
        let data = json!({ "name": name, "account_email": email, "dirsync_enabled": dirsync });
        app.spark(&place, &data).await;
    }
    let cases = [
        ("", ["Alpha", "beta", "gamma"]),
        ("order_by=name", ["Alpha", "beta", "gamma"]),
        ("order_by=name&direction=asc", ["Alpha", "beta", "gamma"]),
        ("direction=desc", ["gamma", "beta", "Alpha"]),
        ("order_by=account_email", ["gamma", "beta", "Alpha"]),
        ("order_by=account_email&direction=desc", ["Alpha", "beta", "gamma"]),
    ];
    for (query, expected) in cases {
        let page = app.get(&format!("{SPARK}?{query}")).await.expect(200).json();
        assert_eq!(names(&page), expected, "{query}");
    }
    let page = app.get(&format!("{SPARK}?order_by=account_email&direction=desc")).await.json();
    assert_eq!(page["pagination"]["order_by"], "account_email");
    assert_eq!(page["pagination"]["direction"], "desc");
    let page = app.get(&format!("{SPARK}?order_by=dirsync_enabled")).await.expect(200).json();
    assert_eq!(names(&page)[0], "Alpha");
}

#[tokio::test]
async fn pages_of_rows_with_equal_values_neither_repeat_nor_miss_one() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for _ in 0..7 {
        app.spark(&place, &json!({ "name": "Same" })).await;
    }
    for direction in ["asc", "desc"] {
        let mut seen = Vec::new();
        for skip in 0..7 {
            let path = format!("{SPARK}?skip={skip}&limit=1&direction={direction}");
            seen.push(own_pkid(&app.get(&path).await.expect(200).json()["resources"][0]));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7, "{direction}");
    }
}

#[tokio::test]
async fn rows_are_ordered_by_their_place() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    for (node, name) in [("B", "one"), ("A", "two"), ("C", "three")] {
        let place = app.customer(&provider, node).await;
        app.spark(&place, &json!({ "name": name })).await;
    }
    let path = format!("{SPARK}?order_by=hierarchy_friendly_name");
    let page = app.get(&path).await.expect(200).json();
    assert_eq!(names(&page), ["two", "one", "three"]);
    let page = app.get(&format!("{path}&direction=desc")).await.expect(200).json();
    assert_eq!(names(&page), ["three", "one", "two"]);
}

#[tokio::test]
async fn what_no_list_can_be_ordered_by_is_refused() {
    let app = TestApp::start().await;
    // Secrets among them: an order tells of the values.
    for name in ["colour", "token", "refresh_token", "http_proxy", "https_proxy", "shadow", "id"] {
        app.get(&format!("{SPARK}?order_by={name}")).await.expect_fault(
            400,
            "validation",
            &[("order_by", "unknown_field")],
        );
    }
    app.get(&format!("{SPARK}?order_by=name%27%3B--")).await.expect_fault(
        400,
        "validation",
        &[("order_by", "unknown_field")],
    );
}

#[tokio::test]
async fn parameters_that_say_nothing_are_refused_with_their_names() {
    let app = TestApp::start().await;
    let cases = [
        ("skip=-1", "skip", "wrong_type"),
        ("skip=abc", "skip", "wrong_type"),
        ("skip=1.5", "skip", "wrong_type"),
        ("skip=", "skip", "wrong_type"),
        ("skip=99999999999999999999", "skip", "wrong_type"),
        ("limit=abc", "limit", "wrong_type"),
        ("limit=-5", "limit", "wrong_type"),
        ("limit=0", "limit", "too_small"),
        ("direction=up", "direction", "not_a_choice"),
        ("traversal=sideways", "traversal", "not_a_choice"),
        ("count=maybe", "count", "not_a_choice"),
    ];
    for (query, field, code) in cases {
        app.get(&format!("{SPARK}?{query}")).await.expect_fault(
            400,
            "validation",
            &[(field, code)],
        );
    }
    app.get(&format!("{SPARK}?skip=-1&limit=abc")).await.expect_fault(
        400,
        "validation",
        &[("skip", "wrong_type"), ("limit", "wrong_type")],
    );
}

#[tokio::test]
async fn the_total_follows_every_insert_and_delete() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    assert_eq!(app.total(SPARK).await, 0);
    let mut pkids = Vec::new();
    for count in 1..=3 {
        pkids.push(app.spark(&place, &json!({ "name": "One" })).await);
        assert_eq!(app.total(SPARK).await, count);
    }
    app.delete(&format!("{SPARK}{}", pkids[0])).await.expect(200);
    assert_eq!(app.total(SPARK).await, 2);
    let hrefs: Vec<String> = pkids[1..].iter().map(|p| format!("{SPARK}{p}")).collect();
    app.delete_all(SPARK, &hrefs).await.expect(200);
    assert_eq!(app.total(SPARK).await, 0);
    // A call that is refused counts nothing.
    app.post(&at(SPARK, &place), &json!({ "name": "" })).await.expect(400);
    assert_eq!(app.total(SPARK).await, 0);
}

#[tokio::test]
async fn without_count_the_total_is_zero_and_the_rows_are_there() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One" })).await;
    for (query, total) in [("count=false", 0), ("count=true", 1)] {
        let page = app.get(&format!("{SPARK}?{query}")).await.expect(200).json();
        assert_eq!(page["pagination"]["total"], total, "{query}");
        assert_eq!(names(&page), ["One"], "{query}");
    }
}

#[tokio::test]
async fn a_row_says_what_it_is_and_where_it_stands() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({ "name": "One", "token": "s3cret", "dirsync_enabled": true });
    let pkid = app.spark(&place, &data).await;
    let page = app.get(SPARK).await.expect(200).json();
    let row = &page["resources"][0];
    assert_eq!(row["data"]["name"], "One");
    assert_eq!(row["data"]["token"], "********");
    assert_eq!(row["data"]["dirsync_enabled"], true);
    assert_eq!(row["data"]["hierarchy_friendly_name"], "sys.Provider.Customer");
    assert_eq!(row["data"].get("refresh_token"), None);
    assert_eq!(row["meta"]["model_type"], "relation/SparkCustomer");
    assert_eq!(row["meta"]["path"], json!(["sys", "Provider", "Customer"]));
    let own = json!([{ "href": format!("{SPARK}{pkid}/"), "pkid": pkid }]);
    assert_eq!(row["meta"]["references"]["self"], own);
    let parent = json!([{ "href": format!("{NODES}{}", place.pkid), "pkid": place.pkid }]);
    assert_eq!(row["meta"]["references"]["parent"], parent);
    // The row's own href leads to it.
    app.get(own[0]["href"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn the_current_page_can_be_called_again() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for name in ["a1", "a2", "b1"] {
        app.spark(&place, &json!({ "name": name })).await;
    }
    let asked = format!(
        "{SPARK}?hierarchy={}&limit=1&skip=1&direction=desc&filter_field=name&filter_text=a\
         &filter_condition=startswith",
        place.path
    );
    let page = app.get(&asked).await.expect(200);
    assert_eq!(names(&page.json()), ["a1"]);
    let current = page.json()["pagination"]["current"].as_str().unwrap().to_owned();
    assert_eq!(app.get(&current).await.expect(200).text(), page.text());
}

pub fn names(page: &Value) -> Vec<String> {
    let rows = page["resources"].as_array().unwrap();
    rows.iter().map(|row| row["data"]["name"].as_str().unwrap().to_owned()).collect()
}

fn own_pkid(row: &Value) -> String {
    row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned()
}
