//! `PUT /api/relation/SparkCustomer/[pkid]/`: replaces everything but secrets, under `If-Match`.

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tenantry::store::StoreError;

use crate::support::{SPARK, TestApp};

const UUID: &str = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
const OTHER: &str = "01234567-89ab-cdef-0123-456789abcdef";
/// `ciscospark://us/ORGANIZATION/` and the other one's UUID, in base64.
const OTHER_ID: &str =
    "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi8wMTIzNDU2Ny04OWFiLWNkZWYtMDEyMy00NTY3ODlhYmNkZWY";

async fn with_one(data: &Value) -> (TestApp, String) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, data).await;
    (app, format!("{SPARK}{pkid}"))
}

#[tokio::test]
async fn what_the_payload_leaves_out_is_gone() {
    let data = json!({ "name": "One", "notes": "old", "dirsync_enabled": true, "sync": true });
    let (app, path) = with_one(&data).await;
    let put = json!({ "name": "Two", "email_domain": "example.com" });
    let answer = app.put(&path, &put).await.expect(200).json();
    assert_eq!(answer["success"], true);
    assert_eq!(answer["model_type"], "relation/SparkCustomer");
    assert_eq!(answer["meta"]["uri"], path.as_str());
    assert_eq!(answer["pkid"], path.rsplit('/').next().unwrap());
    assert!(answer["transaction_id"].is_string());
    assert_eq!(app.given(&path).await, put);
}

#[tokio::test]
async fn secrets_stay_unless_they_are_given_and_an_empty_one_clears() {
    let (app, path) = with_one(&json!({ "name": "One", "token": "first" })).await;
    let token = async || stored_secret(&app, &path, "/token").await;
    assert_eq!(token().await.as_deref(), Some("first"));
    // Absent, or the mask that reads have answered: kept.
    for kept in [json!({ "name": "Two" }), json!({ "name": "Three", "token": "********" })] {
        app.put(&path, &kept).await.expect(200);
        assert_eq!(app.data(&path).await["token"], "********");
        assert_eq!(token().await.as_deref(), Some("first"));
    }
    app.put(&path, &json!({ "name": "Three", "token": "second" })).await.expect(200);
    assert_eq!(app.data(&path).await["token"], "********");
    assert_eq!(token().await.as_deref(), Some("second"));
    app.put(&path, &json!({ "name": "Three", "token": "" })).await.expect(200);
    assert_eq!(app.given(&path).await, json!({ "name": "Three" }));
    assert_eq!(token().await, None);
    // A mask where nothing is set sets nothing.
    app.put(&path, &json!({ "name": "Three", "token": "********" })).await.expect(200);
    assert_eq!(app.given(&path).await, json!({ "name": "Three" }));
    assert_eq!(token().await, None);
}

#[tokio::test]
async fn a_fresh_version_is_written_and_a_stale_one_is_not() {
    let (app, path) = with_one(&json!({ "name": "One" })).await;
    let first = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    let put = |name: &str, version: &str| {
        let data = json!({ "name": name });
        app.call("PUT", &path).json(&data).header("if-match", version).send()
    };
    let second = put("Two", &first).await.expect(200).header("etag").unwrap().to_owned();
    let before = app.contents().await;
    for stale in [first.as_str(), "\"none\"", "none", "\"\"", &format!("W/{second}")] {
        put("Three", stale).await.expect_fault(412, "stale", &[]);
    }
    assert_eq!(app.contents().await, before);
    put("Three", &format!("{first}, {second}")).await.expect(200);
    put("Four", "*").await.expect(200);
    assert_eq!(app.data(&path).await["name"], "Four");
}

#[tokio::test]
async fn without_a_version_the_last_writer_holds() {
    let (app, path) = with_one(&json!({ "name": "One" })).await;
    app.put(&path, &json!({ "name": "Two" })).await.expect(200);
    app.put(&path, &json!({ "name": "Three" })).await.expect(200);
    assert_eq!(app.data(&path).await["name"], "Three");
}

#[tokio::test]
async fn the_internal_number_follows_a_new_external_one() {
    let (app, path) = with_one(&json!({ "name": "One", "account_number_external": UUID })).await;
    let put = json!({
        "name": "One",
        "account_number_external": OTHER.to_uppercase(),
        "account_number": "overruled",
    });
    app.put(&path, &put).await.expect(200);
    let stored = app.data(&path).await;
    assert_eq!(stored["account_number_external"], OTHER);
    assert_eq!(stored["account_number"], OTHER_ID);
    // Without an external number it is kept as it is given.
    app.put(&path, &json!({ "name": "One", "account_number": "given" })).await.expect(200);
    assert_eq!(app.given(&path).await, json!({ "name": "One", "account_number": "given" }));
}

#[tokio::test]
async fn a_number_that_another_instance_at_the_node_has_is_taken() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data =
        |name: &str, number: &str| json!({ "name": name, "account_number_external": number });
    app.spark(&place, &data("One", UUID)).await;
    let two = app.spark(&place, &data("Two", OTHER)).await;
    let path = format!("{SPARK}{two}");
    let before = app.contents().await;
    app.put(&path, &data("Two", UUID)).await.expect_fault(
        409,
        "taken",
        &[("/account_number_external", "taken")],
    );
    assert_eq!(app.contents().await, before);
    // Its own number is no obstacle, and one that it gives up is free.
    app.put(&path, &data("Three", OTHER)).await.expect(200);
    app.put(&path, &json!({ "name": "Three" })).await.expect(200);
    app.spark(&place, &data("Four", OTHER)).await;
}

#[tokio::test]
async fn with_nowait_the_transaction_is_answered() {
    let (app, path) = with_one(&json!({ "name": "One" })).await;
    let answer = app.put(&format!("{path}?nowait=true"), &json!({ "name": "Two" })).await;
    let body = answer.expect(202).json();
    assert_eq!(
        body.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["href", "success", "transaction_id"]
    );
    let record = app.ended(body["href"].as_str().unwrap()).await;
    assert_eq!(record["action"], "Modify");
    assert_eq!(app.data(&path).await["name"], "Two");
}

#[tokio::test]
async fn what_does_not_exist_can_not_be_modified() {
    let (app, path) = with_one(&json!({ "name": "One" })).await;
    let before = app.contents().await;
    let data = json!({ "name": "Two" });
    app.put(&format!("{SPARK}none"), &data).await.expect_fault(404, "not_found", &[]);
    app.call("PUT", &format!("{SPARK}none"))
        .json(&data)
        .header("if-match", "*")
        .send()
        .await
        .expect_fault(404, "not_found", &[]);
    app.put(&format!("{path}?hierarchy=sys.Nobody"), &data).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn what_was_read_can_be_sent_back_as_it_is() {
    let data = json!({
        "name": "One",
        "account_number_external": UUID,
        "token": "s3cret",
        "http_proxy": "http://proxy.example.com:8080",
        "shadow": [{ "name": "shade" }],
    });
    let (app, path) = with_one(&data).await;
    let read = app.data(&path).await;
    app.put(&path, &read).await.expect(200);
    assert_eq!(app.data(&path).await, read);
    let token = stored_secret(&app, &path, "/token").await;
    assert_eq!(token.as_deref(), Some("s3cret"));
}

/// The value that only the store knows.
async fn stored_secret(app: &TestApp, path: &str, field: &'static str) -> Option<String> {
    let pkid = path.rsplit('/').next().unwrap().to_owned();
    app.app
        .store
        .read(move |tx| {
            let root = tx.root_node()?.unwrap();
            let stored = tx.instance("relation/SparkCustomer", &pkid, root.id)?.unwrap();
            let secret = tx.secret(stored.id, &pkid, field)?;
            Ok::<_, StoreError>(secret.map(|value| value.expose_secret().to_owned()))
        })
        .await
        .unwrap()
}
