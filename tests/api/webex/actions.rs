//! What is started on a Webex customer by `POST …/[pkid]/+[name]`, and what it answers.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::Stage;
use crate::support::{Answer, SPARK, TRANSACTIONS};

/// Of a failed call, its transaction's record.
async fn failed(stage: &Stage, answer: &Answer) -> Value {
    let body = answer.json();
    assert_eq!(body["success"], json!(false), "{answer}");
    let id = body["transaction_id"].as_str().unwrap_or_else(|| panic!("no id in {answer}"));
    let record = stage.app.data(&format!("{TRANSACTIONS}{id}/")).await;
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["message"], body["message"]);
    record
}

#[tokio::test]
async fn the_instance_offers_them_and_tells_its_connection() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    let meta = stage.app.get(&href).await.expect(200).json()["meta"].clone();
    assert_eq!(
        meta["connection"],
        json!({ "state": "healthy", "since": "2026-01-31T09:30:00.000000Z", "reason": "" })
    );
    let titles = [
        ("RefreshAccessToken", "Refresh Access Token"),
        ("SyncWebexTeamsRolesLicences", "Sync Webex Teams Roles Licences"),
        ("SyncWebexTeamsUsers", "Sync Webex Teams Users"),
    ];
    for (name, title) in titles {
        let actions = meta["actions"].as_array().unwrap();
        let action = actions.iter().find_map(|a| a.get(name)).unwrap();
        assert_eq!((&action["method"], &action["title"]), (&json!("POST"), &json!(title)));
        assert_eq!(action["support_async"], json!(true));
        let path = format!("/api/relation/SparkCustomer/{pkid}/+{name}");
        assert!(action["href"].as_str().unwrap().starts_with(&path), "{action}");
    }
}

#[tokio::test]
async fn a_refresh_answers_like_a_modify() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    stage.app.clock.advance(3600);
    let answer =
        stage.app.post(&format!("{href}+RefreshAccessToken/"), &json!({})).await.expect(200);
    let body = answer.json();
    assert_eq!((&body["success"], &body["pkid"]), (&json!(true), &json!(pkid)));
    assert_eq!(body["model_type"], "relation/SparkCustomer");
    assert!(answer.header("etag").is_some());
    let id = body["transaction_id"].as_str().unwrap();
    let record = stage.app.data(&format!("{TRANSACTIONS}{id}/")).await;
    assert_eq!((&record["status"], &record["username"]), (&json!("Success"), &json!("admin")));
    assert_eq!(record["action"], "Refresh Access Token");
    assert_eq!(record["href"], format!("/api/relation/SparkCustomer/{pkid}"));
    assert_eq!(record["before"]["access_token_expires"], "2026-02-14T09:29:59.000000Z");
    assert_eq!(record["after"]["access_token_expires"], "2026-02-14T10:29:59.000000Z");
    assert_eq!(stage.app.data(&href).await, record["after"]);
    assert_eq!(stage.simulator.calls("/access_token"), 2);
}

#[tokio::test]
async fn one_that_need_not_be_waited_for_is_accepted() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.app.clock.advance(60);
    // The plus may come encoded, and the body may be missing.
    let path = format!("{href}%2BRefreshAccessToken?nowait=true");
    let body = stage.app.call("POST", &path).send().await.expect(202).json();
    let id = body["transaction_id"].as_str().unwrap();
    assert_eq!(body["href"], format!("/api/tool/Transaction/{id}"));
    let record = stage.app.ended(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["status"], "Success");
    // And can be asked for again.
    let again = stage.app.post(&format!("{TRANSACTIONS}{id}/replay/"), &json!({})).await;
    let again = again.expect(202).json();
    let record = stage.app.ended(again["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(stage.simulator.calls("/access_token"), 3);
}

#[tokio::test]
async fn what_fails_says_why_and_by_which_transaction() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let pkid = stage.app.spark(&place, &json!({ "name": "Bare" })).await;
    for name in ["RefreshAccessToken", "SyncWebexTeamsRolesLicences", "SyncWebexTeamsUsers"] {
        let path = format!("{SPARK}{pkid}/+{name}");
        let answer = stage.app.post(&path, &json!({})).await.expect(409);
        assert_eq!(answer.json()["code"], "not_authorised");
        let record = failed(&stage, &answer).await;
        assert!(record["message"].as_str().unwrap().contains("link"), "{record}");
    }

    let (href, _) = stage.authorised_at(&place, "Oakland").await;
    let down = Failure::Status(503);
    let path = "/access_token".to_owned();
    stage.simulator.fail(Fault { path, after: 0, times: 99, failure: down });
    let path = format!("{href}+RefreshAccessToken");
    let answer = stage.app.post(&path, &json!({})).await.expect(502);
    assert!(answer.text().contains("tracking id"), "{answer}");
    failed(&stage, &answer).await;
    stage.simulator.heal();
    stage.simulator.revoke(super::ORGANIZATION);
    let answer = stage.app.post(&path, &json!({})).await.expect(409);
    failed(&stage, &answer).await;
    let meta = stage.app.get(&href).await.json()["meta"]["connection"].clone();
    assert_eq!(meta["state"], "failed", "{meta}");
}

#[tokio::test]
async fn what_isnt_there_cant_be_started() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    for name in ["+Refresh", "RefreshAccessToken", "+refreshaccesstoken", "+", "helpme"] {
        let answer = stage.app.post(&format!("{href}{name}"), &json!({})).await;
        answer.expect_fault(404, "not_found", &[]);
    }
    let path = format!("{href}+RefreshAccessToken");
    stage.app.get(&path).await.expect_fault(405, "not_offered", &[]);
    stage.app.post(&path, &json!([])).await.expect(400);
    let more = stage.app.post(&path, &json!({ "force": true })).await;
    more.expect_fault(400, "validation", &[("/force", "unknown")]);
    stage.app.call("POST", &path).anonymous().send().await.expect(401);
    let nobody = pkid.chars().rev().collect::<String>();
    let path = format!("{SPARK}{nobody}/+RefreshAccessToken");
    stage.app.post(&path, &json!({})).await.expect_fault(404, "not_found", &[]);
    // Others have no such calls.
    let place = stage.app.sys().await;
    let path = format!("/api/data/HierarchyNode/{}/+RefreshAccessToken", place.pkid);
    stage.app.post(&path, &json!({})).await.expect_fault(404, "not_found", &[]);
    assert_eq!(stage.simulator.calls("/access_token"), 1);
}
