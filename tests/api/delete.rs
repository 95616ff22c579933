//! `DELETE /api/relation/SparkCustomer/[pkid]/`

use serde_json::json;

use crate::support::{SPARK, TestApp};

#[tokio::test]
async fn a_deleted_instance_is_gone() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One", "token": "s3cret" })).await;
    let path = format!("{SPARK}{pkid}");
    let answer = app.delete(&format!("{path}/?hierarchy={}", place.pkid)).await.expect(200).json();
    assert_eq!(
        answer.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["pkid", "model_type", "meta", "success", "transaction_id"]
    );
    assert_eq!(answer["pkid"], pkid.as_str());
    assert_eq!(answer["success"], true);
    app.get(&path).await.expect_fault(404, "not_found", &[]);
    assert_eq!(app.total(SPARK).await, 0);
    let before = app.contents().await;
    app.delete(&path).await.expect_fault(404, "not_found", &[]);
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_stale_version_is_not_deleted() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let path = format!("{SPARK}{pkid}");
    let first = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    app.put(&path, &json!({ "name": "Two" })).await.expect(200);
    let second = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    let before = app.contents().await;
    let delete = |tag: &str| app.call("DELETE", &path).header("if-match", tag).send();
    delete(&first).await.expect_fault(412, "stale", &[]);
    assert_eq!(app.contents().await, before);
    delete(&second).await.expect(200);
}

#[tokio::test]
async fn with_nowait_the_transaction_is_answered() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let answer = app.delete(&format!("{SPARK}{pkid}?nowait=true")).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["action"], "Delete");
    assert_eq!(app.total(SPARK).await, 0);
}

#[tokio::test]
async fn an_unknown_hierarchy_stops_a_deletion() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    app.delete(&format!("{SPARK}{pkid}?hierarchy=sys.Nobody")).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
    app.get(&format!("{SPARK}{pkid}")).await.expect(200);
}
