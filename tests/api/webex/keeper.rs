//! Tokens stay alive by themselves: refreshed in time, one refresh at a time, failures shown when they
//! last, and nothing tried that can't help.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tenantry::{
    domain::webex::keeper,
    webex::{
        client::ClientCredentials,
        simulator::{Failure, Fault},
    },
};

use super::{ORGANIZATION, Stage};
use crate::support::{Answer, Place, SPARK, TRANSACTIONS, TestApp};

pub const ACCESS_TOKEN: &str = "/access_token";
pub const HOUR: i64 = 3600;
pub const DAY: i64 = 24 * HOUR;

/// A customer of the simulator's organisation with pasted tokens; its href. The tokens that the
/// simulator has given away are in `more`'s place where that names others.
pub async fn pasted(stage: &Stage, place: &Place, organization: &str, more: Value) -> String {
    let granted = stage.simulator.grant(organization);
    let mut data = json!({
        "name": "Oakland",
        "token": granted["access_token"],
        "refresh_token": granted["refresh_token"],
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("{SPARK}{}/", stage.app.spark(place, &data).await)
}

/// One that has been refreshed just now: its tokens' age is known.
pub async fn kept(stage: &Stage) -> String {
    let place = stage.app.tenant().await;
    let more = json!({ "access_token_expires": "2026-02-14T09:29:59Z" });
    let href = pasted(stage, &place, ORGANIZATION, more).await;
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    href
}

/// Does what is due; answers in how many seconds the next is.
pub async fn tick(app: &TestApp) -> Option<i64> {
    let next = keeper::tick(&app.app).await.unwrap();
    next.map(|at| at - app.app.env.now_seconds())
}

pub async fn connection(app: &TestApp, href: &str) -> Value {
    app.get(href).await.expect(200).json()["meta"]["connection"].clone()
}

pub fn token_fault(times: u64, failure: Failure) -> Fault {
    Fault { path: ACCESS_TOKEN.to_owned(), after: 0, times, failure }
}

async fn refresh(app: &TestApp, href: &str, status: u16) -> Value {
    app.post(&format!("{href}+RefreshAccessToken"), &json!({})).await.expect(status).json()
}

/// The newest transactions that the program itself has made.
async fn of_the_program(app: &TestApp) -> Vec<Value> {
    let path = format!("{TRANSACTIONS}?filter_field=username&filter_text=tenantry&limit=2000");
    let list = app.get(&path).await.expect(200).json();
    let all = list["resources"].as_array().unwrap().iter().map(|row| row["data"].clone());
    all.filter(|record| record["action"] != "Set Up").collect()
}

#[tokio::test]
async fn tokens_are_refreshed_after_seven_days_and_after_half_of_a_shorter_life() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    let before = stage.simulator.calls(ACCESS_TOKEN);
    assert_eq!(tick(&stage.app).await, Some(7 * DAY - 1));
    stage.app.clock.advance(7 * DAY - 2);
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before);

    stage.simulator.set(|s| s.access_token_seconds = 2 * HOUR);
    stage.app.clock.advance(1);
    assert_eq!(tick(&stage.app).await, Some(HOUR));
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 1);
    let data = stage.app.data(&href).await;
    // As the answer says, not as tokens usually live.
    assert_eq!(data["access_token_expires"], "2026-02-07T11:29:59.000000Z");
    let record = of_the_program(&stage.app).await[0].clone();
    assert_eq!((&record["status"], &record["username"]), (&json!("Success"), &json!("tenantry")));
    assert_eq!(record["action"], "Refresh Access Token");
    assert_eq!(record["message"], "Webex customer Oakland: Its tokens were refreshed.");

    stage.app.clock.advance(HOUR - 1);
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 1);
    stage.app.clock.advance(1);
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 2);
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
}

/// Starts so many refreshes of a customer, and lets Webex answer only once all of them wait.
async fn at_once(stage: &Stage, href: &str, many: usize) -> Vec<Answer> {
    let app = &stage.app;
    let path = format!("{href}+RefreshAccessToken");
    let body = json!({});
    let hold = stage.wire.hold(ACCESS_TOKEN);
    let release = async {
        hold.reached().await;
        let pkid = href.trim_end_matches('/').rsplit('/').next().unwrap();
        while app.app.flights.waiting(pkid) != many {
            tokio::task::yield_now().await;
        }
        hold.release();
    };
    let (answers, ()) = tokio::join!(join_all((0..many).map(|_| app.post(&path, &body))), release);
    answers
}

#[tokio::test]
async fn refreshes_at_once_share_one_call_and_its_outcome() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    let app = &stage.app;
    let before = stage.simulator.calls(ACCESS_TOKEN);
    let (mut own, mut shared) = (0, 0);
    for answer in at_once(&stage, &href, 12).await {
        let id = answer.expect(200).json()["transaction_id"].as_str().unwrap().to_owned();
        let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
        assert_eq!(record["status"], "Success");
        match record["message"].as_str().unwrap() {
            text if text.ends_with("which was under way.") => shared += 1,
            _ => own += 1,
        }
    }
    assert_eq!((own, shared), (1, 11));
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 1);

    stage.simulator.fail(token_fault(5, Failure::Status(503)));
    for answer in at_once(&stage, &href, 4).await {
        let fault = answer.expect(502).json();
        let id = fault["transaction_id"].as_str().unwrap();
        assert_eq!(app.data(&format!("{TRANSACTIONS}{id}")).await["status"], "Fail");
    }
    // Five tries of one call.
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 6);
    assert_eq!(stage.simulator.most_refreshes_at_once(), 1);
}

#[tokio::test]
async fn failures_are_tried_again_later_and_later_shown_when_they_last_and_healed() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    let fresh = stage.app.data(&href).await;
    stage.app.clock.advance(7 * DAY);
    stage.simulator.fail(token_fault(9999, Failure::Status(503)));
    let mut pauses = Vec::new();
    let mut states = Vec::new();
    for _ in 0..7 {
        let pause = tick(&stage.app).await.unwrap();
        let connection = connection(&stage.app, &href).await;
        states.push(connection["state"].as_str().unwrap().to_owned());
        pauses.push(pause);
        stage.app.clock.advance(pause - 1);
        let before = stage.simulator.calls(ACCESS_TOKEN);
        assert_eq!(tick(&stage.app).await, Some(1));
        assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before);
        stage.app.clock.advance(1);
    }
    assert_eq!(states[..3], ["healthy", "healthy", "failed"]);
    assert_eq!(pauses, [60, 300, 900, HOUR, 4 * HOUR, 12 * HOUR, 12 * HOUR]);
    let told = connection(&stage.app, &href).await;
    assert!(told["reason"].as_str().unwrap().contains("The simulator was asked to fail."));
    assert!(told["reason"].as_str().unwrap().contains("tracking id SIMULATOR_"), "{told}");
    // The first of them is recorded, with Webex's words; the tokens are what they were.
    let failed: Vec<Value> = of_the_program(&stage.app)
        .await
        .into_iter()
        .filter(|record| record["status"] == "Fail")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["action"], "Refresh Access Token");
    assert_eq!(failed[0]["href"].as_str().unwrap(), href.trim_end_matches('/'));
    assert!(failed[0]["message"].as_str().unwrap().contains("asked to fail. (tracking id"));
    assert_eq!(stage.app.data(&href).await, fresh);

    // Without an answer until the access token lapses, then healed.
    stage.app.clock.advance(7 * DAY);
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "lapsed");
    stage.simulator.heal();
    stage.app.clock.advance(12 * HOUR);
    tick(&stage.app).await;
    let healed = connection(&stage.app, &href).await;
    assert_eq!((&healed["state"], &healed["reason"]), (&json!("healthy"), &json!("")));
}

#[tokio::test]
async fn a_refused_grant_is_not_tried_again_in_either_shape() {
    for refusal in [None, Some(Failure::Status(400)), Some(Failure::Status(401))] {
        let stage = Stage::start().await;
        let href = kept(&stage).await;
        // Without a failure asked for, the revoked token is refused as OAuth does it.
        match refusal.clone() {
            Some(failure) => stage.simulator.fail(token_fault(1, failure)),
            None => stage.simulator.revoke(ORGANIZATION),
        }
        stage.app.clock.advance(7 * DAY);
        tick(&stage.app).await;
        let told = connection(&stage.app, &href).await;
        assert_eq!(told["state"], "failed", "{refusal:?}");
        assert!(told["reason"].as_str().unwrap().contains("Authorise the customer again."));
        let before = stage.simulator.calls(ACCESS_TOKEN);
        stage.app.clock.advance(7 * DAY);
        assert_eq!(tick(&stage.app).await, None);
        assert_eq!(connection(&stage.app, &href).await["state"], "lapsed");
        assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before, "{refusal:?}");
        assert_eq!(of_the_program(&stage.app).await[0]["status"], "Fail");
        // An administrator can have it tried all the same, and new tokens heal it.
        let granted = stage.simulator.grant(ORGANIZATION);
        let mut data = stage.app.data(&href).await;
        data["token"] = granted["access_token"].clone();
        data["refresh_token"] = granted["refresh_token"].clone();
        stage.app.put(&href, &data).await.expect(200);
        tick(&stage.app).await;
        assert_eq!(connection(&stage.app, &href).await["state"], "healthy", "{refusal:?}");
    }
}

#[tokio::test]
async fn the_refresh_token_of_the_answer_is_kept_and_the_old_one_where_there_is_none() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    stage.simulator.set(|s| s.omits_refresh_token = true);
    let expires = stage.app.data(&href).await["refresh_token_expires"].clone();
    stage.app.clock.advance(60);
    refresh(&stage.app, &href, 200).await;
    // It is good for another one.
    refresh(&stage.app, &href, 200).await;
    assert_eq!(stage.app.data(&href).await["refresh_token_expires"], expires);

    stage.simulator.set(|s| {
        s.omits_refresh_token = false;
        s.rotates_refresh_tokens = true;
        s.refresh_token_seconds = 5_086_614;
    });
    refresh(&stage.app, &href, 200).await;
    refresh(&stage.app, &href, 200).await;
    let data = stage.app.data(&href).await;
    assert_eq!(data["refresh_token_expires"], "2026-03-31T06:27:54.000000Z");
    assert_eq!(data["refresh_token"], "********");
}

#[tokio::test]
async fn a_refresh_token_that_is_not_prolonged_is_told_in_time() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    stage.simulator.set(|s| s.omits_refresh_token = true);
    let mut seen = Vec::new();
    // Ninety days of refreshes, each when it is due.
    for _ in 0..40 {
        let Some(pause) = tick(&stage.app).await else { break };
        seen.push(connection(&stage.app, &href).await["state"].as_str().unwrap().to_owned());
        stage.app.clock.advance(pause.max(1));
    }
    seen.push(connection(&stage.app, &href).await["state"].as_str().unwrap().to_owned());
    seen.dedup();
    assert_eq!(seen, ["healthy", "expiring", "lapsed"]);
    let reason = connection(&stage.app, &href).await["reason"].clone();
    assert!(reason.as_str().unwrap().starts_with("The refresh token lapsed on 2026-05-01"));
}

#[tokio::test]
async fn what_is_due_is_due_after_a_restart_and_failures_are_tried_at_once() {
    let mut stage = Stage::start().await;
    let href = kept(&stage).await;
    stage.app.clock.advance(8 * DAY);
    stage.app = stage.app.restarted().await;
    let before = stage.simulator.calls(ACCESS_TOKEN);
    keeper::begin(&stage.app.app).await.unwrap();
    tick(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 1);

    stage.app.clock.advance(7 * DAY);
    stage.simulator.fail(token_fault(5, Failure::Html(502)));
    assert_eq!(tick(&stage.app).await, Some(60));
    stage.app = stage.app.restarted().await;
    keeper::begin(&stage.app.app).await.unwrap();
    assert_eq!(tick(&stage.app).await, Some(7 * DAY - 1));
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
}

#[tokio::test]
async fn without_an_integration_nobody_is_called_and_the_connection_says_what_to_set() {
    let mut client: Option<ClientCredentials> = None;
    let organization = super::Organization::sample(ORGANIZATION, "Oakland", "o.example", "a", 1);
    let mut stage = Stage::start_with(vec![organization], |options| {
        client = options.webex_client.take();
    })
    .await;
    let place = stage.app.tenant().await;
    let more = json!({ "access_token_expires": "2026-02-14T09:29:59Z" });
    let href = pasted(&stage, &place, ORGANIZATION, more).await;
    let records = stage.app.total(TRANSACTIONS).await;
    assert_eq!(tick(&stage.app).await, Some(900));
    let told = connection(&stage.app, &href).await;
    assert_eq!(told["state"], "failed");
    assert!(told["reason"].as_str().unwrap().contains("TENANTRY_WEBEX_CLIENT_ID"));
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), 0);
    assert_eq!(stage.app.total(TRANSACTIONS).await, records);
    let fault = refresh(&stage.app, &href, 502).await;
    assert!(fault["message"].as_str().unwrap().contains("TENANTRY_WEBEX_CLIENT_SECRET"));

    stage.app = stage.app.restarted_with(|options| options.webex_client = client).await;
    keeper::begin(&stage.app.app).await.unwrap();
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");

    // One that Webex doesn't know is shown at once, too, and mended by another start.
    let wrong = ClientCredentials { id: "Cother".to_owned(), secret: "wrong".into() };
    let mut right = None;
    stage.app =
        stage.app.restarted_with(|options| right = options.webex_client.replace(wrong)).await;
    stage.app.clock.advance(7 * DAY);
    tick(&stage.app).await;
    let told = connection(&stage.app, &href).await;
    assert_eq!(told["state"], "failed");
    assert!(told["reason"].as_str().unwrap().contains("Client Id is invalid"), "{told}");
    stage.app = stage.app.restarted_with(|options| options.webex_client = right).await;
    keeper::begin(&stage.app.app).await.unwrap();
    tick(&stage.app).await;
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
}

#[tokio::test]
async fn a_webex_that_does_not_answer_is_asked_twice_and_told_as_504() {
    let organization = super::Organization::sample(ORGANIZATION, "Oakland", "o.example", "a", 1);
    let stage = Stage::start_with(vec![organization], |options| {
        options.webex_timeout = Duration::from_millis(300);
    })
    .await;
    let href = kept(&stage).await;
    let before = stage.simulator.calls(ACCESS_TOKEN);
    stage.simulator.fail(token_fault(99, Failure::Silence));
    let fault = refresh(&stage.app, &href, 504).await;
    assert_eq!(fault["code"], "no_answer");
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before + 2);
    let id = fault["transaction_id"].as_str().unwrap();
    assert_eq!(stage.app.data(&format!("{TRANSACTIONS}{id}")).await["status"], "Fail");
    stage.simulator.heal();
    refresh(&stage.app, &href, 200).await;
}

#[tokio::test]
async fn a_customer_without_tokens_is_left_alone_and_one_that_goes_is_forgotten() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let pkid = stage.app.spark(&place, &json!({ "name": "Bare" })).await;
    let bare = format!("{SPARK}{pkid}/");
    assert_eq!(tick(&stage.app).await, None);
    assert_eq!(connection(&stage.app, &bare).await["state"], "not_authorised");
    let fault = refresh(&stage.app, &bare, 409).await;
    assert_eq!(fault["code"], "not_authorised");
    let href = pasted(&stage, &place, ORGANIZATION, json!({})).await;
    assert_eq!(tick(&stage.app).await, Some(7 * DAY - 1));
    stage.app.delete(&href).await.expect(200);
    assert_eq!(tick(&stage.app).await, None);
}

#[tokio::test]
async fn tokens_that_come_during_a_refresh_stay() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    let path = format!("{href}+RefreshAccessToken");
    for outcome in [None, Some(Failure::Status(400))] {
        let given = stage.simulator.grant(ORGANIZATION);
        let refused = outcome.is_some();
        let expires = if refused { "2026-02-14T13:00:00Z" } else { "2026-02-14T12:00:00Z" };
        if let Some(failure) = outcome {
            stage.simulator.fail(token_fault(1, failure));
        }
        let hold = stage.wire.hold(ACCESS_TOKEN);
        let body = json!({});
        let paste = async {
            hold.reached().await;
            let mut data = stage.app.data(&href).await;
            data["token"] = given["access_token"].clone();
            data["refresh_token"] = given["refresh_token"].clone();
            data["access_token_expires"] = json!(expires);
            stage.app.put(&href, &data).await.expect(200);
            hold.release();
        };
        let (answer, ()) = tokio::join!(stage.app.post(&path, &body), paste);
        let code = if refused { "not_authorised" } else { "superseded" };
        assert_eq!(answer.expect(409).json()["code"], code);
        let data = stage.app.data(&href).await;
        assert_eq!(data["access_token_expires"], expires);
        assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    }
}

#[tokio::test]
async fn a_refresh_that_is_in_the_air_when_the_program_ends_is_stored() {
    let mut stage = Stage::start().await;
    let href = kept(&stage).await;
    // Losing the answer would be losing the customer.
    stage.simulator.set(|s| s.rotates_refresh_tokens = true);
    stage.app.clock.advance(7 * DAY);
    let hold = stage.wire.hold(ACCESS_TOKEN);
    let app = stage.app.app.clone();
    let turn = tokio::spawn(async move { keeper::tick(&app).await });
    hold.reached().await;
    let app = stage.app.app.clone();
    let release = async {
        app.tasks.told_to_stop().await;
        hold.release();
    };
    (stage.app, ()) = tokio::join!(stage.app.restarted(), release);
    drop(turn.await.unwrap());
    assert_eq!(stage.app.data(&href).await["access_token_expires"], "2026-02-21T09:29:59.000000Z");
    refresh(&stage.app, &href, 200).await;
}
