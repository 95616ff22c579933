//! Field display policies: a model like any other, and what they are held to.

use serde_json::{Value, json};

use crate::support::{Place, SPARK, TestApp, at, unlinked};

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

/// Renames, hides, orders and groups.
fn arranged() -> Value {
    json!([
        { "name": "email_domain", "title": "Mail domain", "help": "Ours.", "group": "Mail" },
        { "name": "name", "visibility": "hidden", "title": "Account" },
        { "name": "account_email", "group": "Mail", "visibility": "readonly" },
        { "name": "notes", "visibility": "hidden" },
        { "name": "sync", "visibility": "hidden" }
    ])
}

async fn with_arranged() -> (TestApp, Place, Place) {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    let customer = app.customer(&provider, "Customer").await;
    app.post(&at(POLICIES, &provider), &policy("Arranged", &arranged())).await.expect(201);
    (app, provider, customer)
}

#[tokio::test]
async fn the_add_form_obeys_the_nearest_policy_or_the_one_that_is_named() {
    let (app, _, customer) = with_arranged().await;
    let path = format!("{SPARK}add/?hierarchy={}", customer.pkid);
    let form = app.get(&path).await.expect(200).json();
    let properties = form["schema"]["properties"].as_object().unwrap();
    let first: Vec<&str> = properties.keys().map(String::as_str).take(6).collect();
    let wanted =
        ["email_domain", "name", "account_email", "notes", "sync", "account_number_external"];
    assert_eq!(first, wanted);
    assert_eq!(properties.len(), 17);
    assert_eq!(properties["email_domain"]["title"], "Mail domain");
    assert_eq!(properties["email_domain"]["description"], "Ours.");
    assert_eq!(properties["account_email"]["readonly"], true);
    assert_eq!(properties["notes"]["displayable"], false);
    // Mandatory fields always show and can be edited.
    assert_eq!(properties["name"]["title"], "Account");
    assert_eq!(properties["name"].get("displayable"), None);
    assert_eq!(properties["name"]["required"], true);
    let shown = &form["meta"]["field_display_policy"];
    assert_eq!(shown["name"], "Arranged");
    assert_eq!(
        shown["groups"][0],
        json!({ "title": "Mail", "fields": ["email_domain", "account_email"] })
    );
    // What is hidden keeps its default.
    assert_eq!(form["data"], json!({ "sync": false }));

    let plain = app.get(&format!("{path}&policy_name=")).await.expect(200).json();
    let schema = app.get(&format!("{SPARK}schema/")).await.expect(200).json();
    assert_eq!(plain["schema"].to_string(), schema.to_string());
    assert_eq!(plain["meta"].get("field_display_policy"), None);

    // At one node the first by name; a named one from further up.
    let near = json!([{ "name": "notes", "title": "Remarks" }]);
    for name in ["Near B", "near a"] {
        app.post(&at(POLICIES, &customer), &policy(name, &near)).await.expect(201);
    }
    let form = app.get(&path).await.expect(200).json();
    assert_eq!(form["meta"]["field_display_policy"]["name"], "near a");
    assert_eq!(form["schema"]["properties"]["notes"]["title"], "Remarks");
    let named = app.get(&format!("{path}&policy_name=Arranged")).await.expect(200).json();
    assert_eq!(named["schema"]["properties"]["email_domain"]["title"], "Mail domain");
    let pkid = shown["pkid"].as_str().unwrap();
    let named = app.get(&format!("{path}&policy={pkid}")).await.expect(200).json();
    assert_eq!(named["meta"]["field_display_policy"]["name"], "Arranged");
    for (choice, parameter) in [("policy_name=Nothing", "policy_name"), ("policy=0123", "policy")] {
        app.get(&format!("{path}&{choice}")).await.expect_fault(
            404,
            "not_found",
            &[(parameter, "not_found")],
        );
    }
}

#[tokio::test]
async fn the_schema_of_an_instance_obeys_it_and_the_data_is_all_there() {
    let (app, provider, customer) = with_arranged().await;
    let body = json!({ "name": "One", "notes": "Hidden, not gone." });
    let pkid = app.spark(&customer, &body).await;
    let path = format!("{SPARK}{pkid}/?schema=true");
    let answer = app.get(&path).await.expect(200).json();
    assert_eq!(unlinked(&answer["data"]), body);
    assert_eq!(answer["schema"]["properties"]["notes"]["displayable"], false);
    assert_eq!(answer["meta"]["field_display_policy"]["name"], "Arranged");
    let plain = app.get(&format!("{path}&policy_name=")).await.expect(200).json();
    assert_eq!(plain["schema"]["properties"]["notes"].get("displayable"), None);
    app.get(&format!("{path}&policy_name=Nothing")).await.expect_fault(
        404,
        "not_found",
        &[("policy_name", "not_found")],
    );
    // Writes are judged by the model: what a policy hides or locks can be sent.
    let all = json!({ "name": "One", "notes": "New", "account_email": "a@example.com" });
    app.put(&format!("{SPARK}{pkid}/"), &all).await.expect(200);
    assert_eq!(app.given(&format!("{SPARK}{pkid}/")).await, all);

    let list = app.get(&at(&format!("{SPARK}field_display_policy/"), &customer)).await.expect(200);
    let answer = list.json();
    assert_eq!(answer["resources"][0]["data"]["name"], "Arranged");
    assert_eq!(answer["resources"][0]["data"]["hierarchy_friendly_name"], provider.path.as_str());
    assert_eq!(answer["actions"][0]["create"]["href"], at(POLICIES, &customer).as_str());
}
