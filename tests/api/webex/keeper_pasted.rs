//! Tokens that somebody has typed in: Webex is asked when they lapse.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::{
    ORGANIZATION, Stage,
    keeper::{ACCESS_TOKEN, DAY, connection, pasted, tick, token_fault},
};

const EXPIRY: &str = "/authorizations/tokenExpiry";

fn fault(failure: Failure) -> Fault {
    Fault { path: EXPIRY.to_owned(), after: 0, times: 9, failure }
}

#[tokio::test]
async fn their_lapse_is_asked_for_before_they_are_refreshed() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let href = pasted(&stage, &place, ORGANIZATION, json!({ "refresh_token": "" })).await;
    let told = connection(&stage.app, &href).await;
    assert_eq!(
        (&told["state"], &told["reason"]),
        (&json!("healthy"), &json!("Webex is asked when the access token lapses."),)
    );
    // Due eleven days later, when what nothing renews is told of.
    assert_eq!(tick(&stage.app).await, Some(11 * DAY));
    assert_eq!((stage.simulator.calls(EXPIRY), stage.simulator.calls(ACCESS_TOKEN)), (1, 0));
    let data = stage.app.data(&href).await;
    assert_eq!(data["access_token_expires"], "2026-02-14T09:29:59.000000Z");
    let record = stage.app.last_transaction().await;
    assert_eq!((&record["action"], &record["username"]), (&json!("Modify"), &json!("tenantry")));
    assert_eq!(
        record["message"],
        "Webex customer Oakland: Webex told when its access token lapses."
    );
    let told = connection(&stage.app, &href).await;
    assert!(told["reason"].as_str().unwrap().contains("access ends on 2026-02-14"), "{told}");
    stage.app.clock.advance(11 * DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "expiring");
    stage.app.clock.advance(3 * DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "lapsed");
    assert_eq!(stage.simulator.calls(EXPIRY), 1);

    // With a refresh token, it is used right after: nobody knows how old it is.
    let other = pasted(&stage, &place, ORGANIZATION, json!({ "name": "Other" })).await;
    tick(&stage.app).await;
    assert_eq!((stage.simulator.calls(EXPIRY), stage.simulator.calls(ACCESS_TOKEN)), (2, 1));
    assert_eq!(connection(&stage.app, &other).await["state"], "healthy");
}

#[tokio::test]
async fn a_time_that_is_given_with_them_is_believed_and_one_of_the_token_before_is_not() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let given = json!({ "refresh_token": "", "access_token_expires": "2026-02-10T00:00:00Z" });
    let href = pasted(&stage, &place, ORGANIZATION, given).await;
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(EXPIRY), 0);
    // The form sends back the time that it shows beside the new token.
    stage.app.clock.advance(20 * DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "lapsed");
    let mut data = stage.app.data(&href).await;
    data["token"] = stage.simulator.grant(ORGANIZATION)["access_token"].clone();
    stage.app.put(&href, &data).await.expect(200);
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(EXPIRY), 1);
    let data = stage.app.data(&href).await;
    assert_eq!(data["access_token_expires"], "2026-03-06T09:29:59.000000Z");
}

#[tokio::test]
async fn one_that_webex_does_not_know_is_renewed_or_told_to_have_lapsed() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let renewed =
        pasted(&stage, &place, ORGANIZATION, json!({ "name": "A", "token": "made-up" })).await;
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &renewed).await["state"], "healthy");
    assert_eq!((stage.simulator.calls(EXPIRY), stage.simulator.calls(ACCESS_TOKEN)), (1, 1));

    let alone = json!({ "name": "B", "token": "made-up-too", "refresh_token": "" });
    let alone = pasted(&stage, &place, ORGANIZATION, alone).await;
    tick(&stage.app).await;
    let told = connection(&stage.app, &alone).await;
    assert_eq!(told["state"], "lapsed");
    assert!(told["reason"].as_str().unwrap().contains("A valid access token is needed"), "{told}");
    // Once is enough.
    stage.app.clock.advance(DAY);
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(EXPIRY), 2);
}

#[tokio::test]
async fn a_webex_that_can_not_say_is_asked_again_only_where_that_may_help() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    stage.simulator.fail(fault(Failure::Status(503)));
    let href = pasted(&stage, &place, ORGANIZATION, json!({ "refresh_token": "" })).await;
    assert_eq!(tick(&stage.app).await, Some(60));
    let told = connection(&stage.app, &href).await;
    assert!(told["reason"].as_str().unwrap().contains("asked to fail"), "{told}");
    stage.simulator.heal();
    stage.app.clock.advance(60);
    tick(&stage.app).await;
    assert_ne!(stage.app.data(&href).await["access_token_expires"], Value::Null);

    stage.simulator.fail(fault(Failure::Status(403)));
    let href =
        pasted(&stage, &place, ORGANIZATION, json!({ "name": "B", "refresh_token": "" })).await;
    let before = stage.simulator.calls(EXPIRY);
    tick(&stage.app).await;
    stage.app.clock.advance(60);
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(EXPIRY), before + 1);
    let told = connection(&stage.app, &href).await;
    assert!(told["reason"].as_str().unwrap().contains("isn't known when"), "{told}");
}

#[tokio::test]
async fn an_answer_that_does_not_say_is_asked_about_too() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let granted = stage.simulator.grant(ORGANIZATION);
    let body = json!({ "access_token": granted["access_token"] }).to_string();
    stage.simulator.fail(token_fault(1, Failure::Body(body)));
    let expires = json!({ "access_token_expires": "2026-02-14T00:00:00Z" });
    let href = pasted(&stage, &place, ORGANIZATION, expires).await;
    tick(&stage.app).await;
    assert_eq!((stage.simulator.calls(EXPIRY), stage.simulator.calls(ACCESS_TOKEN)), (1, 1));
    let data = stage.app.data(&href).await;
    assert_eq!(data["access_token_expires"], "2026-02-14T09:29:59.000000Z");
}

#[tokio::test]
async fn customers_from_before_are_looked_at_when_the_program_starts() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let href = pasted(&stage, &place, ORGANIZATION, json!({})).await;
    // As a version left it that kept nothing of connections.
    let files = stage.app.stored_bytes();
    let database = files.iter().find(|(path, _)| path.ends_with("tenantry.db")).unwrap();
    let database = rusqlite::Connection::open(&database.0).unwrap();
    database.execute("DELETE FROM webex_connection", []).unwrap();
    assert_eq!(tick(&stage.app).await, None);
    tenantry::domain::webex::keeper::begin(&stage.app.app).await.unwrap();
    assert_eq!(tick(&stage.app).await, Some(7 * DAY - 1));
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    assert_eq!((stage.simulator.calls(EXPIRY), stage.simulator.calls(ACCESS_TOKEN)), (1, 1));
}

#[tokio::test]
async fn one_that_webex_refuses_at_a_call_is_known_not_to_hold() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let given = json!({ "refresh_token": "", "access_token_expires": "2026-02-10T00:00:00Z" });
    let href = pasted(&stage, &place, ORGANIZATION, given).await;
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    stage.simulator.revoke(ORGANIZATION);
    let path = format!("{href}+SyncWebexTeamsRolesLicences/");
    stage.app.post(&path, &json!({})).await.expect(409);
    let told = connection(&stage.app, &href).await;
    assert_eq!(told["state"], "lapsed", "{told}");
    assert!(told["reason"].as_str().unwrap().contains("Webex refused"), "{told}");
}
