//! The tokens of a sync: refreshed before they lapse, once after a refusal, and missed with the way
//! out.

use serde_json::json;
use tenantry::webex::simulator::{Failure, Fault};

use super::{
    super::{ORGANIZATION, Stage},
    USERS, counts,
};
use crate::support::{SPARK, TRANSACTIONS};

fn refused(path: &str, after: u64, times: u64) -> Fault {
    Fault { path: path.to_owned(), after, times, failure: Failure::Status(401) }
}

#[tokio::test]
async fn a_token_that_is_about_to_lapse_is_refreshed_first() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.app.clock.advance(1_209_599 - 299);
    stage.sync_users(&href).await.expect(200);
    // Nothing was refused on the way.
    assert_eq!(stage.simulator.calls("/roles"), 1);
    assert!(stage.simulator.calls("/access_token") >= 2);
    let expires = stage.app.data(&href).await["access_token_expires"].clone();
    assert!(expires.as_str().unwrap() > "2026-02-27", "{expires}");
}

#[tokio::test]
async fn a_refused_token_is_refreshed_once_and_the_call_repeated() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.set(|settings| settings.largest_page = 3);
    stage.simulator.fail(refused("/people", 1, 1));
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(7, 0, 0));
    assert_eq!(stage.simulator.calls("/people"), 4);
    assert_eq!(stage.simulator.calls("/access_token"), 2);
    // The refresh has a record of its own.
    let path = format!("{TRANSACTIONS}?filter_field=action&filter_text=Refresh%20Access%20Token");
    assert_eq!(stage.app.get(&path).await.json()["pagination"]["total"], 1);

    stage.simulator.fail(refused("/people", 0, 2));
    let answer = stage.sync_users(&href).await.expect(409);
    assert_eq!(answer.json()["code"], "not_authorised");
    assert_eq!(stage.simulator.calls("/access_token"), 3);
    let record = stage.record(&answer).await;
    assert_eq!(record["status"], "Fail");
    let message = record["message"].as_str().unwrap();
    assert!(message.contains("tracking id") && message.contains("by its link"), "{message}");
}

#[tokio::test]
async fn revoked_tokens_are_told_with_the_way_out() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_users(&href).await.expect(200);
    stage.simulator.revoke(ORGANIZATION);
    for answer in [stage.sync_users(&href).await, stage.sync_licences(&href).await] {
        let answer = answer.expect(409);
        assert_eq!(answer.json()["code"], "not_authorised");
        let record = stage.record(&answer).await;
        assert_eq!(
            (&record["status"], &record["message"]),
            (&json!("Fail"), &answer.json()["message"])
        );
        assert!(answer.text().contains("by its link"), "{answer}");
    }
    // What was there stays.
    assert_eq!(stage.app.total(USERS).await, 7);
}

#[tokio::test]
async fn a_pasted_token_works_without_a_refresh_token() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let tokens = stage.simulator.grant(ORGANIZATION);
    let data = json!({ "name": "Pasted", "token": tokens["access_token"] });
    let href = format!("{SPARK}{}/", stage.app.spark(&place, &data).await);
    stage.sync_users(&href).await.expect(200);
    stage.simulator.fail(refused("/roles", 0, 1));
    let answer = stage.sync_users(&href).await.expect(409);
    assert!(answer.text().contains("by its link"), "{answer}");
    assert_eq!(stage.simulator.calls("/access_token"), 0);
}

#[tokio::test]
async fn a_refresh_token_alone_is_enough() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let tokens = stage.simulator.grant(ORGANIZATION);
    let data = json!({ "name": "Pasted", "refresh_token": tokens["refresh_token"] });
    let href = format!("{SPARK}{}/", stage.app.spark(&place, &data).await);
    stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.app.data(&href).await["token"], "********");
}

#[tokio::test]
async fn a_missing_scope_is_told_with_webex_s_words() {
    let stage = Stage::start().await;
    let scope = "spark:people_read spark-admin:organizations_read spark-admin:people_read";
    stage.simulator.set(|settings| settings.granted_scope = Some(scope.to_owned()));
    let (href, _) = stage.authorised().await;
    for answer in [stage.sync_users(&href).await, stage.sync_licences(&href).await] {
        let answer = answer.expect(502);
        assert_eq!(answer.json()["code"], "webex");
        let message = stage.record(&answer).await["message"].clone();
        let message = message.as_str().unwrap();
        assert!(message.contains("lacks the scope spark-admin:roles_read"), "{message}");
        assert!(message.contains("Authorise it again"), "{message}");
    }
    // It isn't for want of a token.
    assert_eq!(stage.simulator.calls("/access_token"), 1);
}
