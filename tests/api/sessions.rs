//! Sessions and tokens over time: they survive a restart, and they end.

use std::time::Duration;

use serde_json::json;
use tenantry::domain::accounts::sessions::Lifetimes;

use crate::support::{ADMIN, Options, PASSWORD, SPARK, TestApp};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

async fn cookie(app: &TestApp) -> String {
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let answer = app.call("POST", "/noninteractivelogin/").anonymous().json(&body).send().await;
    format!("sessionid={}", answer.expect(200).cookie("sessionid"))
}

async fn tokens(app: &TestApp) -> (String, String) {
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let answer = app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await;
    let body = answer.expect(200).json();
    let token = |name: &str| body[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

async fn status_with_cookie(app: &TestApp, cookie: &str) -> u16 {
    app.call("GET", SPARK).cookie(cookie).send().await.status
}

async fn status_with_token(app: &TestApp, token: &str) -> u16 {
    app.call("GET", SPARK).bearer(token).send().await.status
}

#[tokio::test]
async fn log_ins_survive_a_restart() {
    let app = TestApp::start().await;
    let cookie = cookie(&app).await;
    let (access, refresh) = tokens(&app).await;
    let app = app.restarted().await;
    assert_eq!(status_with_cookie(&app, &cookie).await, 200);
    assert_eq!(status_with_token(&app, &access).await, 200);
    app.call("GET", "/api/v01/auth/access_token").bearer(&refresh).send().await.expect(200);
}

#[tokio::test]
async fn a_log_out_holds_after_a_restart() {
    let app = TestApp::start().await;
    let (access, _) = tokens(&app).await;
    app.call("POST", "/api/v01/auth/logout").bearer(&access).send().await.expect(200);
    let app = app.restarted().await;
    assert_eq!(status_with_token(&app, &access).await, 401);
}

#[tokio::test]
async fn a_restart_changes_neither_the_password_nor_the_data() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One", "token": "s3cret" })).await;
    let before = app.contents().await;
    let app = app.restarted().await;
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let app = TestApp::start().await;
    let cookie = cookie(&app).await;
    app.clock.advance(HOUR);
    assert_eq!(status_with_cookie(&app, &cookie).await, 200);
    app.clock.advance(31 * DAY);
    assert_eq!(status_with_cookie(&app, &cookie).await, 401);
    // It has ended for good, after a restart too.
    let app = app.restarted().await;
    assert_eq!(status_with_cookie(&app, &cookie).await, 401);
}

#[tokio::test]
async fn a_session_in_use_goes_on() {
    let app = TestApp::start().await;
    let cookie = cookie(&app).await;
    for _ in 0..11 {
        app.clock.advance(HOUR);
        assert_eq!(status_with_cookie(&app, &cookie).await, 200);
    }
    let app = app.restarted().await;
    assert_eq!(status_with_cookie(&app, &cookie).await, 200);
    // It ends all the same, half a day after it was begun.
    app.clock.advance(HOUR);
    assert_eq!(status_with_cookie(&app, &cookie).await, 401);
}

#[tokio::test]
async fn how_long_sessions_last_is_set() {
    let sessions = Lifetimes { idle: Duration::from_mins(10), life: Duration::from_mins(30) };
    let app = TestApp::start_with(Options { sessions, ..Options::default() }).await.unwrap();
    let (used, unused) = (cookie(&app).await, cookie(&app).await);
    for _ in 0..3 {
        app.clock.advance(9 * 60);
        assert_eq!(status_with_cookie(&app, &used).await, 200);
    }
    assert_eq!(status_with_cookie(&app, &unused).await, 401);
    app.clock.advance(3 * 60);
    assert_eq!(status_with_cookie(&app, &used).await, 401);
}

#[tokio::test]
async fn a_log_in_makes_a_session_of_its_own_whatever_cookie_comes_with_it() {
    let app = TestApp::start().await;
    let before = cookie(&app).await;
    let form = [("username", ADMIN), ("password", PASSWORD)];
    for given in [before.as_str(), "sessionid=chosen-by-somebody-else"] {
        let call = app.call("POST", "/login").cookie(given).form(&form);
        let after = format!("sessionid={}", call.send().await.expect(303).cookie("sessionid"));
        assert_ne!(after, given);
        assert_eq!(status_with_cookie(&app, &after).await, 200);
    }
    assert_eq!(status_with_cookie(&app, "sessionid=chosen-by-somebody-else").await, 401);
}

#[tokio::test]
async fn a_refresh_token_outlives_its_access_token_and_ends_as_well() {
    let app = TestApp::start().await;
    let (access, refresh) = tokens(&app).await;
    assert_eq!(status_with_token(&app, &access).await, 200);
    app.clock.advance(DAY);
    assert_eq!(status_with_token(&app, &access).await, 401);
    let renew = || app.call("GET", "/api/v01/auth/access_token").bearer(&refresh).send();
    let renewed = renew().await.expect(200).json();
    let renewed = renewed["access_token"].as_str().unwrap();
    assert_eq!(status_with_token(&app, renewed).await, 200);
    app.clock.advance(365 * DAY);
    renew().await.expect_fault(401, "unauthenticated", &[]);
}
