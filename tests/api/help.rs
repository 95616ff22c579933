//! `GET …/help`: the help page of a model and of an instance, as HTML.

use serde_json::json;

use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp};

#[tokio::test]
async fn the_help_of_a_model_names_its_fields_and_calls() {
    let app = TestApp::start().await;
    for collection in [SPARK, NODES, TRANSACTIONS] {
        let help = app.get(&format!("{collection}help")).await.expect(200);
        assert!(help.header("content-type").unwrap().starts_with("text/html"));
        let schema = app.get(&format!("{collection}schema")).await.expect(200).json();
        for (name, property) in schema["properties"].as_object().unwrap() {
            assert!(help.text().contains(&format!("<code>{name}</code>")), "{name}");
            assert!(help.text().contains(property["title"].as_str().unwrap()), "{name}");
        }
        assert!(help.text().contains(collection.trim_end_matches('/')));
    }
}

#[tokio::test]
async fn the_help_of_an_instance_stands_below_it() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let help = app.get(&format!("{SPARK}{pkid}/help?hierarchy={}", place.pkid)).await.expect(200);
    assert!(help.header("content-type").unwrap().starts_with("text/html"));
    assert!(help.text().contains(&pkid));
    app.get(&format!("{SPARK}unknown/help")).await.expect_fault(404, "not_found", &[]);
}
