//! What Webex has said of the tokens holds against what is sent, and what is odd loses none.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::{
    ORGANIZATION, Stage,
    keeper::{DAY, connection, pasted, tick},
};
use crate::support::{SPARK, TRANSACTIONS};

const TOKENS: &str = "/access_token";

fn answer(body: &str) -> Fault {
    Fault { path: TOKENS.to_owned(), after: 0, times: 1, failure: Failure::Body(body.to_owned()) }
}

#[tokio::test]
async fn a_save_that_leaves_the_tokens_leaves_their_times() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    let before = stage.app.data(&href).await;
    // Of an older reading, and of one that never had them.
    let mut old = before.clone();
    old["notes"] = json!("read long ago");
    old["access_token_expires"] = json!("2025-01-01T00:00:00Z");
    old["refresh_token_expires"] = json!("2025-03-01T00:00:00Z");
    stage.app.put(&href, &old).await.expect(200);
    stage.app.put(&href, &json!({ "name": "Oakland" })).await.expect(200);
    let data = stage.app.data(&href).await;
    for name in ["access_token_expires", "refresh_token_expires"] {
        assert_eq!(data[name], before[name]);
    }
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    // A change that is made again says nothing of the tokens that came since.
    stage.app.clock.advance(DAY);
    let modified = "filter_field=action&filter_text=Modify&filter_condition=equals";
    let list = stage.app.get(&format!("{TRANSACTIONS}?{modified}")).await;
    let replayed = list.json()["resources"][0]["meta"]["references"]["self"][0]["href"].clone();
    stage.app.post(&format!("{SPARK}{pkid}/+RefreshAccessToken"), &json!({})).await.expect(200);
    let refreshed = stage.app.data(&href).await["access_token_expires"].clone();
    assert_ne!(refreshed, before["access_token_expires"]);
    let again = stage.app.post(&format!("{}replay/", replayed.as_str().unwrap()), &json!({})).await;
    let again = again.expect(202).json();
    stage.app.ended(again["href"].as_str().unwrap()).await;
    assert_eq!(stage.app.data(&href).await["access_token_expires"], refreshed);
}

#[tokio::test]
async fn a_refresh_token_that_is_typed_in_is_not_judged_by_the_time_of_the_one_before() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let lapsed = json!({
        "refresh_token": "of-the-past",
        "access_token_expires": "2025-01-01T00:00:00Z",
        "refresh_token_expires": "2025-03-01T00:00:00Z",
    });
    let href = pasted(&stage, &place, ORGANIZATION, lapsed).await;
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "lapsed");
    let grant = stage.simulator.grant(ORGANIZATION);
    let mut data = stage.app.data(&href).await;
    data["token"] = grant["access_token"].clone();
    data["refresh_token"] = grant["refresh_token"].clone();
    stage.app.put(&href, &data).await.expect(200);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    let data = stage.app.data(&href).await;
    assert_eq!(data["refresh_token_expires"], "2026-05-01T09:29:59.000000Z");
}

#[tokio::test]
async fn the_scope_that_was_granted_is_known_after_a_refresh_that_names_none() {
    let stage = Stage::start().await;
    stage.simulator.set(|s| s.granted_scope = Some("spark:people_read".to_owned()));
    let (href, _) = stage.authorised().await;
    let narrow = connection(&stage.app, &href).await;
    assert!(narrow["reason"].as_str().unwrap().contains("spark-admin:roles_read"), "{narrow}");
    stage.simulator.set(|s| s.omits_scope = true);
    stage.app.post(&format!("{href}+RefreshAccessToken"), &json!({})).await.expect(200);
    assert_eq!(connection(&stage.app, &href).await, narrow);
}

#[tokio::test]
async fn odd_lifetimes_lose_no_tokens() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let path = format!("{href}+RefreshAccessToken");
    for (lifetime, expires) in [
        (json!("1209599"), json!("2026-02-14T09:29:59.000000Z")),
        (json!(i64::MAX), json!("2036-01-29T09:30:00.000000Z")),
        (json!(300_000_000_000_i64), json!("2036-01-29T09:30:00.000000Z")),
        (json!(-5), Value::Null),
        (json!({}), Value::Null),
    ] {
        let grant = stage.simulator.grant(ORGANIZATION);
        let mut body = grant.clone();
        body["expires_in"] = lifetime.clone();
        stage.simulator.fail(answer(&body.to_string()));
        stage.app.post(&path, &json!({})).await.expect(200);
        let data = stage.app.data(&href).await;
        assert_eq!(data["access_token_expires"], expires, "{lifetime}");
        assert_eq!(data["token"], "********");
    }
}

#[tokio::test]
async fn nothing_of_a_former_authorisation_stays() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    let data = stage.app.data(&href).await;
    // Which organisation it is, is known from now on.
    let number = data["account_number"].as_str().unwrap();
    assert!(number.starts_with("Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi"), "{number}");
    stage.simulator.set(|s| s.omits_refresh_token = true);
    let mut body = stage.simulator.grant(ORGANIZATION);
    body.as_object_mut().unwrap().shift_remove("refresh_token");
    body.as_object_mut().unwrap().shift_remove("refresh_token_expires_in");
    stage.simulator.fail(answer(&body.to_string()));
    stage.authorise(&pkid).await;
    let data = stage.app.data(&href).await;
    assert_eq!(
        (&data["refresh_token"], &data["refresh_token_expires"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(data["token"], "********");
    let told = connection(&stage.app, &href).await;
    assert!(told["reason"].as_str().unwrap().contains("no refresh token"), "{told}");
}

#[tokio::test]
async fn an_answer_of_something_in_between_ends_nothing() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.fail(Fault {
        path: TOKENS.to_owned(),
        after: 0,
        times: 1,
        failure: Failure::Html(400),
    });
    stage.app.post(&format!("{href}+RefreshAccessToken"), &json!({})).await.expect(502);
    let told = connection(&stage.app, &href).await;
    assert_eq!(told["state"], "failed", "{told}");
    stage.app.clock.advance(DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
}

#[tokio::test]
async fn tokens_that_were_revoked_are_not_said_to_work() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.revoke(ORGANIZATION);
    stage.app.post(&format!("{href}+SyncWebexTeamsUsers"), &json!({})).await.expect(409);
    let told = connection(&stage.app, &href).await;
    assert_eq!(told["state"], "lapsed", "{told}");
    assert!(told["reason"].as_str().unwrap().contains("Authorise the customer again"), "{told}");
}
