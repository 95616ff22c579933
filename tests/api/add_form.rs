//! `GET …/add/`: the form to add an instance with, where the model may be added.

use serde_json::{Value, json};

use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp};

#[tokio::test]
async fn the_add_form_has_schema_defaults_and_where_the_result_goes() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let form = app.get(&format!("{SPARK}add/?hierarchy={}", place.path)).await.expect(200).json();
    let parts: Vec<&String> = form.as_object().unwrap().keys().collect();
    assert_eq!(parts, ["meta", "schema", "data", "actions"]);
    assert_eq!(form["data"], json!({ "sync": false }));
    assert_eq!(form["meta"]["model_type"], "relation/SparkCustomer");
    let parent = &form["meta"]["references"]["parent"][0];
    assert_eq!(parent["pkid"], place.pkid.as_str());
    let create = json!([{ "create": {
        "class": "add",
        "href": format!("{SPARK}?hierarchy={}", place.pkid),
        "method": "POST",
        "support_async": true,
        "title": "Create",
    } }]);
    assert_eq!(form["actions"].to_string(), create.to_string());
    let schema = app.get(&format!("{SPARK}schema/")).await.expect(200).json();
    assert_eq!(form["schema"].to_string(), schema.to_string());
}

#[tokio::test]
async fn what_the_form_describes_can_be_sent_where_it_says() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let form = app.get(&format!("{SPARK}add/?hierarchy={}", place.pkid)).await.expect(200).json();
    let mut data: Value = form["data"].clone();
    data["name"] = json!("One");
    let create = &form["actions"][0]["create"];
    let made = app
        .call(create["method"].as_str().unwrap(), create["href"].as_str().unwrap())
        .json(&data)
        .send()
        .await
        .expect(201);
    let uri = made.json()["meta"]["uri"].as_str().unwrap().to_owned();
    assert_eq!(app.given(&uri).await, json!({ "name": "One", "sync": false }));
}

#[tokio::test]
async fn there_is_no_add_form_where_the_model_can_not_be_added() {
    let app = TestApp::start().await;
    let provider = app.provider("Acme").await;
    let reseller = app.reseller(&provider, "Re").await;
    let customer = app.customer(&reseller, "Cu").await;
    let site = app.site(&customer, "Si").await;
    for path in ["sys", &provider.path, &reseller.path, &site.path] {
        app.get(&format!("{SPARK}add/?hierarchy={path}")).await.expect_fault(
            400,
            "validation",
            &[("hierarchy", "wrong_place")],
        );
    }
    // Without a hierarchy it is the caller's own node, sys.
    app.get(&format!("{SPARK}add/")).await.expect_fault(
        400,
        "validation",
        &[("hierarchy", "wrong_place")],
    );
    app.get(&format!("{SPARK}add/?hierarchy={}", customer.path)).await.expect(200);
    app.get(&format!("{NODES}add/?hierarchy={}", customer.path)).await.expect(200);
}

#[tokio::test]
async fn an_add_form_at_an_unknown_place_is_not_found() {
    let app = TestApp::start().await;
    app.get(&format!("{SPARK}add/?hierarchy=sys.Nobody")).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
}

#[tokio::test]
async fn transactions_have_no_add_form() {
    let app = TestApp::start().await;
    app.get(&format!("{TRANSACTIONS}add/")).await.expect_fault(405, "not_offered", &[]);
}
