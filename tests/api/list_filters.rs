//! `filter_field`, `filter_text`, `filter_condition` and `ignore_case` of lists.

use serde_json::json;

use super::list::names;
use crate::support::{SPARK, TRANSACTIONS, TestApp};

/// Parameters of a query.
type Pairs = &'static [(&'static str, &'static str)];

async fn with_rows() -> TestApp {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for data in [
        json!({ "name": "Alpha Beta", "account_email": "x@example.com", "dirsync_enabled": true }),
        json!({ "name": "beta", "email_domain": "example.com", "dirsync_enabled": false }),
        json!({ "name": "Gamma" }),
        json!({ "name": "Ünïcode 50%_off" }),
    ] {
        app.spark(&place, &data).await;
    }
    app
}

/// The query string of these filters.
fn query(pairs: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs);
    format!("{SPARK}?{}", text.finish())
}

async fn found(app: &TestApp, pairs: &[(&str, &str)]) -> Vec<String> {
    let page = app.get(&query(pairs)).await.expect(200).json();
    let names = names(&page);
    assert_eq!(page["pagination"]["total"], names.len(), "{pairs:?}");
    names
}

#[tokio::test]
async fn each_condition_finds_its_rows() {
    let app = with_rows().await;
    let cases: [(&str, &str, &[&str]); 12] = [
        ("contains", "eta", &["Alpha Beta", "beta"]),
        ("contains", "BETA", &["Alpha Beta", "beta"]),
        ("startswith", "be", &["beta"]),
        ("startswith", "eta", &[]),
        ("endswith", "beta", &["Alpha Beta", "beta"]),
        ("endswith", "alpha beta and more", &[]),
        ("equals", "BETA", &["beta"]),
        ("equals", "bet", &[]),
        ("notequal", "beta", &["Alpha Beta", "Gamma", "Ünïcode 50%_off"]),
        ("notcontain", "a", &["Ünïcode 50%_off"]),
        ("contains", "üNÏ", &["Ünïcode 50%_off"]),
        // Not the wildcards of a database.
        ("contains", "%_", &["Ünïcode 50%_off"]),
    ];
    for (condition, text, expected) in cases {
        let pairs =
            [("filter_field", "name"), ("filter_text", text), ("filter_condition", condition)];
        assert_eq!(found(&app, &pairs).await, expected, "{condition} {text}");
    }
}

#[tokio::test]
async fn a_filter_without_a_condition_contains() {
    let app = with_rows().await;
    let pairs = [("filter_field", "name"), ("filter_text", "amm")];
    assert_eq!(found(&app, &pairs).await, ["Gamma"]);
}

#[tokio::test]
async fn case_is_ignored_unless_it_is_told_not_to_be() {
    let app = with_rows().await;
    let name = [("filter_field", "name"), ("filter_text", "beta")];
    for case in ["true", "yes", ""] {
        let pairs = [name[0], name[1], ("ignore_case", case)];
        assert_eq!(found(&app, &pairs).await, ["Alpha Beta", "beta"], "{case:?}");
    }
    let pairs = [name[0], name[1], ("ignore_case", "false")];
    assert_eq!(found(&app, &pairs).await, ["beta"]);
}

#[tokio::test]
async fn several_filters_hold_together() {
    let app = with_rows().await;
    let pairs = [
        ("filter_field", "name"),
        ("filter_text", "beta"),
        ("filter_condition", "contains"),
        ("filter_field", "account_email"),
        ("filter_text", "x@"),
        ("filter_condition", "startswith"),
    ];
    assert_eq!(found(&app, &pairs).await, ["Alpha Beta"]);
    // In parallel lists too, as scripts build them.
    let pairs = [
        ("filter_field", "name"),
        ("filter_field", "name"),
        ("filter_text", "beta"),
        ("filter_text", "alpha"),
        ("filter_condition", "contains"),
        ("filter_condition", "notcontain"),
    ];
    assert_eq!(found(&app, &pairs).await, ["beta"]);
}

#[tokio::test]
async fn an_attribute_that_is_absent_is_an_empty_text() {
    let app = with_rows().await;
    let pairs =
        [("filter_field", "email_domain"), ("filter_text", ""), ("filter_condition", "notequal")];
    assert_eq!(found(&app, &pairs).await, ["beta"]);
}

#[tokio::test]
async fn booleans_are_filtered_by_true_and_false() {
    let app = with_rows().await;
    for (text, expected) in [("true", "Alpha Beta"), ("false", "beta")] {
        let pairs = [
            ("filter_field", "dirsync_enabled"),
            ("filter_text", text),
            ("filter_condition", "equals"),
        ];
        assert_eq!(found(&app, &pairs).await, [expected]);
    }
    app.get(&query(&[("filter_field", "dirsync_enabled"), ("filter_text", "perhaps")]))
        .await
        .expect_fault(400, "validation", &[("filter_text", "wrong_type")]);
}

#[tokio::test]
async fn the_place_is_filtered_by_its_dot_path() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    for node in ["North", "South"] {
        let place = app.customer(&provider, node).await;
        app.spark(&place, &json!({ "name": format!("of {node}") })).await;
    }
    let pairs = [
        ("filter_field", "hierarchy_friendly_name"),
        ("filter_text", "sys.provider.south"),
        ("filter_condition", "equals"),
    ];
    assert_eq!(found(&app, &pairs).await, ["of South"]);
}

#[tokio::test]
async fn filters_that_can_not_hold_are_refused() {
    let app = with_rows().await;
    let cases: [(Pairs, &str, &str); 8] = [
        (&[("filter_field", "colour"), ("filter_text", "x")], "filter_field", "unknown_field"),
        (&[("filter_field", "token"), ("filter_text", "*")], "filter_field", "unknown_field"),
        (&[("filter_field", "http_proxy"), ("filter_text", "h")], "filter_field", "unknown_field"),
        (&[("filter_field", "shadow"), ("filter_text", "h")], "filter_field", "unknown_field"),
        (&[("filter_field", "name")], "filter_text", "unpaired"),
        (&[("filter_text", "x")], "filter_text", "unpaired"),
        (&[("filter_condition", "equals")], "filter_condition", "unpaired"),
        (
            &[("filter_field", "name"), ("filter_text", "x"), ("filter_condition", "like")],
            "filter_condition",
            "not_a_choice",
        ),
    ];
    for (pairs, field, code) in cases {
        app.get(&query(pairs)).await.expect_fault(400, "validation", &[(field, code)]);
    }
}

#[tokio::test]
async fn texts_that_mean_something_to_a_database_are_only_texts() {
    let app = with_rows().await;
    for text in ["'; DROP TABLE instance; --", "\"", "\\", "*", "\u{0}", "(((("] {
        let pairs = [("filter_field", "name"), ("filter_text", text)];
        assert_eq!(found(&app, &pairs).await, [""; 0], "{text:?}");
    }
    assert_eq!(app.total(SPARK).await, 4);
    app.get(&format!("{TRANSACTIONS}?filter_field=status&filter_text=Succ")).await.expect(200);
}

#[tokio::test]
async fn the_summary_holds_the_attributes_of_the_list_alone() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One", "notes": "long", "token": "s3cret" })).await;
    let page = app.get(&format!("{SPARK}?summary=true")).await.expect(200).json();
    let expected = json!({ "name": "One", "hierarchy_friendly_name": "sys.Provider.Customer" });
    assert_eq!(page["resources"][0]["data"], expected);
}
