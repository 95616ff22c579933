//! A clock that jumps by a day, forwards and backwards, as one does that was set wrong.

use serde_json::json;

use crate::{
    support::{ADMIN, PASSWORD, SPARK, TRANSACTIONS, TestApp, at},
    webex::{
        Stage,
        keeper::{ACCESS_TOKEN, DAY, connection, kept, tick},
    },
};

async fn cookie(app: &TestApp) -> String {
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let answer = app.call("POST", "/noninteractivelogin/").anonymous().json(&body).send().await;
    format!("sessionid={}", answer.expect(200).cookie("sessionid"))
}

#[tokio::test]
async fn what_was_written_before_a_jump_is_there_after_it_and_writing_goes_on() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut names = Vec::new();
    for (i, jump) in [0, DAY, -2 * DAY, DAY].into_iter().enumerate() {
        app.clock.advance(jump);
        // Whoever logs in now is in, whatever the time was before.
        let cookie = cookie(&app).await;
        app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
        let name = format!("Customer {i}");
        app.spark(&place, &json!({ "name": name, "token": "t" })).await;
        names.push(json!(name));
        let list = app.get(&format!("{}&order_by=name", at(SPARK, &place))).await.expect(200);
        let found: Vec<_> = list.json()["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["data"]["name"].clone())
            .collect();
        assert_eq!(found, names);
    }
    // Each has its record, in the order of the times that it had.
    let records = format!("{TRANSACTIONS}?filter_field=model_type&filter_text=SparkCustomer");
    let list = app.get(&format!("{records}&order_by=submitted&direction=asc")).await.expect(200);
    let list = list.json();
    let told: Vec<&str> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["data"]["message"].as_str().unwrap())
        .collect();
    // The first and the last had the same moment.
    let expected = [2, 0, 3, 1].map(|i| format!("Webex customer Customer {i} was added."));
    assert!(told[0] == expected[0] && told[3] == expected[3], "{told:?}");
    let app = app.restarted().await;
    assert_eq!(app.total(SPARK).await, 4);
}

#[tokio::test]
async fn a_session_ends_with_a_day_that_passed_and_a_new_one_holds() {
    let app = TestApp::start().await;
    let before = cookie(&app).await;
    app.clock.advance(-DAY);
    // It was opened tomorrow; that is no reason to end it.
    app.call("GET", SPARK).cookie(&before).send().await.expect(200);
    app.clock.advance(2 * DAY);
    app.call("GET", SPARK).cookie(&before).send().await.expect_fault(401, "unauthenticated", &[]);
    let after = cookie(&app).await;
    app.call("GET", SPARK).cookie(&after).send().await.expect(200);
}

#[tokio::test]
async fn tokens_are_neither_lost_nor_refreshed_again_and_again() {
    let stage = Stage::start().await;
    let href = kept(&stage).await;
    let calls = || stage.simulator.calls(ACCESS_TOKEN);
    let before = calls();
    for jump in [-DAY, 2 * DAY, -DAY, -DAY, DAY] {
        stage.app.clock.advance(jump);
        for _ in 0..5 {
            tick(&stage.app).await;
        }
        assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
    }
    assert!(calls() <= before + 1, "{} refreshes", calls() - before);
    // When the time has come it is refreshed, once.
    stage.app.clock.advance(8 * DAY);
    tick(&stage.app).await;
    assert!(calls() > before);
    assert_eq!(connection(&stage.app, &href).await["state"], "healthy");
}
