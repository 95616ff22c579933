//! What an export covers, and what is refused.

use serde_json::json;

use super::{
    files::unzipped,
    things::{THINGS, add_all, hrefs, with_things},
};
use crate::support::{NODES, SPARK, TestApp};

const FORMATS: [&str; 4] = ["json", "raw_xlsx", "xlsx", "csv"];

#[tokio::test]
async fn the_whole_filtered_list_is_exported_in_its_order() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for n in 0..120 {
        app.spark(&place, &json!({ "name": format!("Customer {n:03}") })).await;
    }
    let filter = json!({
        "filter_field": ["name", "name"], "filter_text": ["customer", "5"],
        "filter_condition": ["startswith", "contains"],
        "order_by": "name", "direction": "desc", "limit": 2
    });
    let body = json!({ "filter": filter, "expected_total": 21 });
    let answer =
        app.post(&format!("{SPARK}export/?hierarchy={}", place.path), &body).await.expect(200);
    let file = unzipped(&answer.body).1;
    let names: Vec<String> = file["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["data"]["name"].as_str().unwrap().to_owned())
        .collect();
    let mut expected: Vec<String> =
        (0..120).map(|n| format!("Customer {n:03}")).filter(|name| name.contains('5')).collect();
    expected.reverse();
    assert_eq!(names, expected);

    let body = json!({ "filter": filter, "expected_total": 20 });
    let answer = app.post(&format!("{SPARK}export/"), &body).await;
    let answer = answer.expect_fault(409, "count_changed", &[("/expected_total", "count_changed")]);
    assert!(answer.json()["message"].as_str().unwrap().contains("21"), "{answer}");
}

#[tokio::test]
async fn a_filter_is_seen_from_its_own_place_or_the_calls() {
    let app = TestApp::start().await;
    let provider = app.provider("P").await;
    let (a, b) = (app.customer(&provider, "A").await, app.customer(&provider, "B").await);
    app.spark(&a, &json!({ "name": "in a" })).await;
    app.spark(&b, &json!({ "name": "in b" })).await;
    let total = async |path: String, filter| {
        // Refused with the number, where it is another.
        for expected in 0..3 {
            let body = json!({ "filter": filter, "expected_total": expected });
            let answer = app.post(&path, &body).await;
            if answer.status == 200 {
                let file = unzipped(&answer.body).1;
                assert_eq!(file["resources"].as_array().unwrap().len(), expected);
                return expected;
            }
            answer.expect(409);
        }
        panic!("more than two");
    };
    assert_eq!(total(format!("{SPARK}export/"), json!({})).await, 2);
    assert_eq!(total(format!("{SPARK}export/?hierarchy={}", a.path), json!({})).await, 1);
    let own = json!({ "hierarchy": provider.path });
    assert_eq!(total(format!("{SPARK}export/?hierarchy={}", a.path), own).await, 2);
    let local = json!({ "traversal": "local" });
    assert_eq!(total(format!("{SPARK}export/?hierarchy={}", provider.path), local).await, 0);
}

#[tokio::test]
async fn what_is_named_twice_is_exported_once_in_the_order_of_the_call() {
    let (app, place, _dir) = with_things().await;
    let things = [json!({ "label": "a" }), json!({ "label": "b" })];
    let pkids = add_all(&app, &place, &things).await;
    let named = hrefs(&pkids);
    let body = json!({ "hrefs": [named[1], named[0], format!("{}/", named[1])] });
    let answer = app.post(&format!("{THINGS}export/"), &body).await.expect(200);
    let file = unzipped(&answer.body).1;
    let labels: Vec<_> =
        file["resources"].as_array().unwrap().iter().map(|r| r["data"]["label"].clone()).collect();
    assert_eq!(labels, ["b", "a"]);
}

#[tokio::test]
async fn what_can_not_be_seen_gives_no_file() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let own = format!("{SPARK}{pkid}");
    let wrong = [
        format!("{SPARK}000000000000000000000000"),
        format!("{NODES}{}", place.pkid),
        format!("{SPARK}{}", place.pkid),
        "nonsense".to_owned(),
        String::new(),
        SPARK.to_owned(),
    ];
    for format in FORMATS {
        for href in &wrong {
            let body = json!({ "hrefs": [own, href] });
            app.post(&format!("{SPARK}export/?export_format={format}"), &body).await.expect_fault(
                404,
                "not_found",
                &[("/hrefs", "not_found")],
            );
        }
        app.get(&format!("{SPARK}{}/export?export_format={format}", place.pkid)).await.expect(404);
    }
    let path = format!("{SPARK}export/?hierarchy=sys.Nobody");
    app.post(&path, &json!({ "hrefs": [own] })).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
    app.call("GET", &format!("{own}/export")).anonymous().send().await.expect(401);
}

#[tokio::test]
async fn a_selection_that_says_nothing_is_refused_by_its_field() {
    let app = TestApp::start().await;
    let path = format!("{SPARK}export/");
    let cases = [
        (json!({}), "/hrefs"),
        (json!({ "hrefs": [] }), "/hrefs"),
        (json!({ "hrefs": "x" }), "/hrefs"),
        (json!({ "hrefs": [1] }), "/hrefs"),
        (json!({ "hrefs": [], "filter": {} }), "/filter"),
        (json!({ "filter": "name" }), "/filter"),
        (json!({ "filter": { "skip": {} }, "expected_total": 0 }), "/filter/skip"),
        (json!({ "filter": { "skip": "x" }, "expected_total": 0 }), "/filter/skip"),
        (
            json!({ "filter": { "filter_field": "name" }, "expected_total": 0 }),
            "/filter/filter_text",
        ),
        (json!({ "filter": {} }), "/expected_total"),
        (json!({ "filter": {}, "expected_total": "3" }), "/expected_total"),
        (json!({ "filter": {}, "expected_total": -3 }), "/expected_total"),
    ];
    for (body, field) in cases {
        let answer = app.post(&path, &body).await.expect(400).json();
        assert_eq!(answer["errors"][0]["field"], field, "{body}");
    }
    let secret = json!({
        "filter": { "filter_field": "token", "filter_text": "x" }, "expected_total": 0
    });
    app.post(&path, &secret).await.expect(400);
}

#[tokio::test]
async fn an_unknown_format_or_version_is_refused() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    for format in ["pdf", "", "XLSX", "xls"] {
        let answer = app
            .get(&format!("{SPARK}{pkid}/export?export_format={format}"))
            .await
            .expect_fault(400, "validation", &[("export_format", "not_a_choice")]);
        for name in FORMATS {
            assert!(answer.text().contains(name), "{answer}");
        }
    }
    app.get(&format!("{SPARK}{pkid}/export?version=1.2.7")).await.expect(200);
    app.get(&format!("{SPARK}{pkid}/export?tag_version=1.2.7")).await.expect(200);
    app.get(&format!("{SPARK}{pkid}/export?version=1.2.6")).await.expect_fault(
        404,
        "not_found",
        &[("version", "not_found")],
    );
}

#[tokio::test]
async fn an_export_changes_nothing() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One" })).await;
    let before = app.contents().await;
    for format in FORMATS {
        let path = format!("{SPARK}export/?export_format={format}");
        app.post(&path, &json!({ "filter": {}, "expected_total": 1 })).await.expect(200);
    }
    assert_eq!(app.contents().await, before);
}
