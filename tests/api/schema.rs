//! `GET …/schema/`: the bare schema, name by name that of the document.

use serde_json::{Value, json};

use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp};

/// The schema that seeds/002 prints, without its descriptions: those have our own wording.
const PRINTED: &str = include_str!("golden/spark_customer_schema.json");

/// The titles of everything described are those of the document; the descriptions are ours.
fn without_descriptions(mut schema: Value) -> Value {
    fn strip(property: &mut Value) {
        if let Some(members) = property.as_object_mut() {
            members.shift_remove("description");
        }
        for part in ["properties", "items"] {
            match property.get_mut(part) {
                Some(Value::Object(inner)) if part == "properties" => {
                    inner.values_mut().for_each(strip);
                }
                Some(items) => strip(items),
                None => {}
            }
        }
    }
    strip(&mut schema);
    schema
}

#[tokio::test]
async fn the_schema_is_that_of_the_document_in_names_titles_types_flags_and_order() {
    let app = TestApp::start().await;
    let schema = app.get(&format!("{SPARK}schema/")).await.expect(200).json();
    let printed: Value = serde_json::from_str(PRINTED).unwrap();
    assert_eq!(without_descriptions(schema).to_string(), printed.to_string());
}

#[tokio::test]
async fn every_field_of_the_document_is_described() {
    let app = TestApp::start().await;
    let schema = app.get(&format!("{SPARK}schema/?format=json")).await.expect(200).json();
    for (name, property) in schema["properties"].as_object().unwrap() {
        // The document describes all but this one.
        if name != "shadow" {
            assert!(property["description"].as_str().unwrap().len() > 20, "{name}");
        }
    }
}

#[tokio::test]
async fn every_model_has_a_bare_schema() {
    let app = TestApp::start().await;
    for collection in [NODES, SPARK, TRANSACTIONS] {
        let schema = app.get(&format!("{collection}schema/")).await.expect(200).json();
        assert_eq!(schema["type"], "object");
        assert!(schema["properties"].is_object());
        assert!(schema["schema_version"].is_string());
        assert_eq!(schema.get("model_type"), None);
    }
}

#[tokio::test]
async fn a_schema_at_an_unknown_place_is_not_found() {
    let app = TestApp::start().await;
    app.get(&format!("{SPARK}schema/?hierarchy=sys.Nobody")).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
}

#[tokio::test]
async fn the_version_of_the_schema_can_be_named_and_no_other() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let paths = [
        SPARK.to_owned(),
        format!("{SPARK}{pkid}/"),
        format!("{SPARK}schema/"),
        format!("{SPARK}add/"),
    ];
    for path in paths {
        for name in ["version", "tag_version"] {
            let at = format!("{path}?hierarchy={}&{name}", place.pkid);
            app.get(&format!("{at}=1.2.7")).await.expect(200);
            app.get(&format!("{at}=")).await.expect(200);
            let fault = app.get(&format!("{at}=1.2.6")).await;
            let fault = fault.expect_fault(404, "not_found", &[(name, "not_found")]);
            assert!(fault.text().contains("there is 1.2.7"), "{fault}");
        }
    }
}
