//! Field display policies: a model like any other, and what they are held to.

use serde_json::{Value, json};

use crate::support::{TestApp, at};

const POLICIES: &str = "/api/data/FieldDisplayPolicy/";

fn policy(name: &str, fields: &Value) -> Value {
    json!({ "name": name, "model_type": "relation/SparkCustomer", "fields": fields })
}

#[tokio::test]
async fn a_policy_is_held_to_its_model() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    let path = at(POLICIES, &provider);
    let cases = [
        (json!([{ "name": "nonsense" }]), "/fields/0/name", "unknown_property"),
        (json!([{ "name": "notes" }, { "name": "notes" }]), "/fields/1/name", "duplicate_item"),
        (json!([{ "title": "No name" }]), "/fields/0/name", "required"),
        (
            json!([{ "name": "notes", "visibility": "sometimes" }]),
            "/fields/0/visibility",
            "not_a_choice",
        ),
        (json!([{ "name": "notes", "colour": "red" }]), "/fields/0/colour", "unknown_property"),
        (json!({ "name": "notes" }), "/fields", "wrong_type"),
    ];
    for (fields, field, code) in cases {
        let answer = app.post(&path, &policy("P", &fields)).await;
        answer.expect_fault(400, "validation", &[(field, code)]);
    }
    let mut body = policy("P", &json!([]));
    body["model_type"] = json!("relation/Nothing");
    app.post(&path, &body).await.expect_fault(
        400,
        "validation",
        &[("/model_type", "not_a_choice")],
    );
    assert_eq!(app.total(POLICIES).await, 0);
    app.post(&path, &policy("P", &json!([{ "name": "notes" }]))).await.expect(201);
    app.post(&path, &policy("P", &json!([]))).await.expect_fault(
        409,
        "taken",
        &[("/name", "taken")],
    );
}
