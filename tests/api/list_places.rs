//! `hierarchy` and `traversal` of lists: which nodes a list covers.

use serde_json::json;

use super::list::names;
use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp};

/// `sys > Acme > {North, South}`, with two Spark customers at North and one at South.
async fn with_places() -> TestApp {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let north = app.customer(&acme, "North").await;
    let south = app.customer(&acme, "South").await;
    app.site(&north, "Office").await;
    app.spark(&north, &json!({ "name": "n1" })).await;
    app.spark(&north, &json!({ "name": "n2" })).await;
    app.spark(&south, &json!({ "name": "s1" })).await;
    app
}

#[tokio::test]
async fn a_list_covers_its_node_and_those_below() {
    let app = with_places().await;
    let all: &[&str] = &["n1", "n2", "s1"];
    let cases: [(&str, &[&str]); 9] = [
        ("", all),
        ("hierarchy=", all),
        ("hierarchy=sys", all),
        ("hierarchy=sys.Acme", all),
        ("hierarchy=sys.Acme&traversal=down", all),
        ("hierarchy=sys.Acme.North", &["n1", "n2"]),
        ("hierarchy=sys.Acme.South", &["s1"]),
        ("hierarchy=sys.Acme&traversal=local", &[]),
        ("hierarchy=sys.Acme.North&traversal=local", &["n1", "n2"]),
    ];
    for (query, expected) in cases {
        let page = app.get(&format!("{SPARK}?{query}")).await.expect(200).json();
        assert_eq!(names(&page), expected, "{query}");
        assert_eq!(page["pagination"]["total"], expected.len(), "{query}");
    }
}

#[tokio::test]
async fn upwards_it_covers_its_node_and_those_above() {
    let app = with_places().await;
    let page = app.get(&format!("{SPARK}?hierarchy=sys.Acme.North.Office&traversal=up")).await;
    let page = page.expect(200).json();
    assert_eq!(names(&page), ["n1", "n2"]);
    assert_eq!(page["pagination"]["total"], 2);
    assert!(page["pagination"]["current"].as_str().unwrap().contains("traversal=up"));
    // Filters narrow it as they do any list.
    let page = app
        .get(&format!(
            "{SPARK}?hierarchy=sys.Acme.North.Office&traversal=up&filter_field=name&filter_text=2"
        ))
        .await
        .expect(200)
        .json();
    assert_eq!(names(&page), ["n2"]);
    assert_eq!(page["pagination"]["total"], 1);
}

#[tokio::test]
async fn nodes_are_listed_at_the_node_above_them() {
    let app = with_places().await;
    let page = app.get(&format!("{NODES}?hierarchy=sys.Acme&traversal=local")).await.expect(200);
    assert_eq!(names(&page.json()), ["North", "South"]);
    let page = app.get(&format!("{NODES}?hierarchy=sys.Acme.North")).await.expect(200).json();
    assert_eq!(names(&page), ["Office"]);
}

#[tokio::test]
async fn a_hierarchy_that_does_not_exist_is_not_found() {
    let app = with_places().await;
    let unknown = ["sys.Nobody", "Acme", "sys.Acme.", "000000000000000000000000", "%00", "%F0"];
    for collection in [SPARK, NODES, TRANSACTIONS] {
        for hierarchy in unknown {
            app.get(&format!("{collection}?hierarchy={hierarchy}")).await.expect_fault(
                404,
                "not_found",
                &[("hierarchy", "not_found")],
            );
        }
    }
    let long = "x".repeat(10_000);
    let answer = app.get(&format!("{SPARK}?hierarchy={long}")).await;
    let answer = answer.expect_fault(404, "not_found", &[("hierarchy", "not_found")]);
    assert!(answer.body.len() < 2000, "{answer}");
}
