//! What is opened doesn't outlive what it was opened with: a password that is changed, or a log-in that
//! is ended, at the same moment. And an account has no more log-ins than anybody needs.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{ADMIN, PASSWORD, SPARK, SYSTEM_USERS, TestApp};

const NEW: &str = "seven lanterns under water";
const TOKENS: &str = "/api/v01/auth/tokens";

/// Does to the database what another program over it would do: the server hears nothing of it.
fn beside(app: &TestApp, sql: &str) {
    let database = Connection::open(app.data_dir().join("tenantry.db")).unwrap();
    assert!(database.execute(sql, []).unwrap() > 0, "{sql}");
}

async fn cookie(app: &TestApp) -> String {
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let answer = app.call("POST", "/noninteractivelogin/").anonymous().json(&body).send().await;
    format!("sessionid={}", answer.expect(200).cookie("sessionid"))
}

async fn with_cookie(app: &TestApp, cookie: &str) -> u16 {
    app.call("GET", SPARK).cookie(cookie).send().await.status
}

async fn tokens(app: &TestApp) -> (String, String) {
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let answer = app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await;
    let body = answer.expect(200).json();
    let token = |name: &str| body[name].as_str().unwrap().to_owned();
    (token("access_token"), token("refresh_token"))
}

#[tokio::test]
async fn no_log_in_with_the_old_password_outlives_its_change() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let user = format!("{SYSTEM_USERS}{}", app.system_user("ann", &place, "CustomerAdmin").await);
    let mut password = PASSWORD;
    for next in [NEW, PASSWORD, NEW] {
        let change = json!({ "username": "ann", "role": "CustomerAdmin", "password": next });
        let credentials = json!({ "username": "ann", "password": password });
        let log_in =
            async |path: &str| app.call("POST", path).anonymous().json(&credentials).send().await;
        // All are let in before the change is made, or refused; some are on their way meanwhile.
        let (changed, session, tokens) = tokio::join!(
            app.put(&user, &change),
            log_in("/noninteractivelogin/"),
            log_in("/api/v01/auth/login")
        );
        changed.expect(200);
        if session.status == 200 {
            let cookie = format!("sessionid={}", session.cookie("sessionid"));
            assert_eq!(with_cookie(&app, &cookie).await, 401);
        }
        if tokens.status == 200 {
            let access = tokens.json()["access_token"].as_str().unwrap().to_owned();
            app.call("GET", SPARK).bearer(&access).send().await.expect(401);
        }
        password = next;
    }
}

#[tokio::test]
async fn a_session_that_is_gone_is_not_used_on() {
    let app = TestApp::start().await;
    let cookie = cookie(&app).await;
    assert_eq!(with_cookie(&app, &cookie).await, 200);
    beside(&app, "DELETE FROM session");
    app.clock.advance(301);
    assert_eq!(with_cookie(&app, &cookie).await, 401);
}

#[tokio::test]
async fn a_refresh_token_that_is_gone_gives_no_access() {
    let app = TestApp::start().await;
    let (_, refresh) = tokens(&app).await;
    let renew = || app.call("GET", "/api/v01/auth/access_token").bearer(&refresh).send();
    renew().await.expect(200);
    beside(&app, "DELETE FROM session");
    renew().await.expect_fault(401, "unauthenticated", &[]);
}

#[tokio::test]
async fn an_api_token_that_is_gone_is_not_used_on() {
    let app = TestApp::start().await;
    let made = app.post(TOKENS, &json!({ "name": "Mine", "scope": "read_only" })).await.expect(201);
    let token = made.json()["token"].as_str().unwrap().to_owned();
    app.call("GET", SPARK).bearer(&token).send().await.expect(200);
    beside(&app, "DELETE FROM api_token");
    app.clock.advance(301);
    let answer = app.call("GET", SPARK).bearer(&token).send().await;
    answer.expect_fault(401, "unauthenticated", &[]);
}

#[tokio::test]
async fn no_api_token_is_made_by_what_does_not_hold_any_more() {
    let app = TestApp::start().await;
    let (access, _) = tokens(&app).await;
    let cookie = app.session().await;
    let wanted = json!({ "name": "Mine", "scope": "everything" });
    // Each is known to the server by now.
    app.get(SPARK).await.expect(200);
    app.call("GET", SPARK).bearer(&access).send().await.expect(200);
    app.call("GET", "/account").cookie(&cookie).send().await.expect(200);
    beside(&app, "DELETE FROM session");
    beside(&app, "UPDATE account SET password_hash = 'another'");
    let by_token = app.call("POST", TOKENS).bearer(&access).json(&wanted).send().await;
    by_token.expect_fault(401, "unauthenticated", &[]);
    app.post(TOKENS, &wanted).await.expect_fault(401, "unauthenticated", &[]);
    let form = [("_submit", "make_token"), ("name", "Mine"), ("scope", "everything")];
    let page = app.call("POST", "/account").cookie(&cookie).form(&form).send().await;
    assert!(page.status != 200 && !page.text().contains("tnt_"), "{page}");
    let database = Connection::open(app.data_dir().join("tenantry.db")).unwrap();
    let made: i64 =
        database.query_row("SELECT count(*) FROM api_token", [], |row| row.get(0)).unwrap();
    assert_eq!(made, 0);
}

#[tokio::test]
async fn the_own_account_is_not_changed_by_what_does_not_hold_any_more() {
    let app = TestApp::start().await;
    let kept = cookie(&app).await;
    app.clock.advance(1);
    let (access, _) = tokens(&app).await;
    let session = app.session().await;
    let post = async |pairs: &[(&str, &str)]| {
        app.call("POST", "/account").cookie(&session).form(pairs).send().await
    };
    post(&[("_submit", "begin_second_factor"), ("password", PASSWORD)]).await.expect(303);
    let wanted = json!({ "name": "Mine", "scope": "everything" });
    let made = app.post(TOKENS, &wanted).await.expect(201).json();
    let token = made["id"].as_str().unwrap();
    let sessions = "/api/v01/auth/sessions";
    let list = app.call("GET", sessions).bearer(&access).send().await.expect(200).json();
    let rows = list["sessions"].as_array().unwrap();
    let row = rows.iter().find(|row| row["created"] != rows[0]["created"]).unwrap();
    let other = row["id"].as_str().unwrap();
    app.call("GET", "/account").cookie(&session).send().await.expect(200);

    beside(&app, "DELETE FROM session WHERE created > (SELECT min(created) FROM session)");
    for path in [sessions, &format!("{sessions}/{other}"), &format!("{TOKENS}/{token}")] {
        let answer = app.call("DELETE", path).bearer(&access).send().await;
        answer.expect_fault(401, "unauthenticated", &[]);
    }
    for pairs in [
        [("_submit", "turn_on_second_factor"), ("code", "000000")],
        [("_submit", "give_up_second_factor"), ("code", "")],
        [("_submit", "end_session"), ("session", other)],
        [("_submit", "end_other_sessions"), ("session", "")],
        [("_submit", "revoke_token"), ("token", token)],
    ] {
        post(&pairs).await.expect(401);
    }
    assert_eq!(with_cookie(&app, &kept).await, 200);
    let database = Connection::open(app.data_dir().join("tenantry.db")).unwrap();
    for table in ["session", "second_factor", "api_token"] {
        let count = format!("SELECT count(*) FROM {table}");
        let rows: i64 = database.query_row(&count, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1, "{table}");
    }
}

#[tokio::test]
async fn a_password_that_was_enough_is_not_once_there_is_a_second_factor() {
    let app = TestApp::start().await;
    let form = [("_submit", "begin_second_factor"), ("password", PASSWORD)];
    let session = app.session().await;
    app.call("POST", "/account").cookie(&session).form(&form).send().await.expect(303);
    // Judged, and known to the server by now.
    app.get(SPARK).await.expect(200);
    beside(&app, "UPDATE second_factor SET confirmed = 1");
    let wanted = json!({ "name": "Mine", "scope": "everything" });
    app.post(TOKENS, &wanted).await.expect_fault(401, "unauthenticated", &[]);
}

#[tokio::test]
async fn one_log_in_too_many_ends_the_one_of_its_kind_that_was_not_used_longest() {
    let app = TestApp::start().await;
    let (used, unused) = (cookie(&app).await, cookie(&app).await);
    app.clock.advance(400);
    assert_eq!(with_cookie(&app, &used).await, 200);
    for _ in 0..48 {
        app.clock.advance(1);
        cookie(&app).await;
    }
    assert_eq!(with_cookie(&app, &unused).await, 200);
    // Scripts end no browser's.
    let (oldest, _) = tokens(&app).await;
    let mut latest = String::new();
    for _ in 0..50 {
        app.clock.advance(1);
        (latest, _) = tokens(&app).await;
    }
    assert_eq!(with_cookie(&app, &used).await, 200);
    app.call("GET", SPARK).bearer(&oldest).send().await.expect(401);
    app.clock.advance(1);
    let last = cookie(&app).await;
    assert_eq!(with_cookie(&app, &used).await, 401);
    assert_eq!(with_cookie(&app, &unused).await, 200);
    assert_eq!(with_cookie(&app, &last).await, 200);
    let sessions = "/api/v01/auth/sessions";
    let held = app.call("GET", sessions).bearer(&latest).send().await.expect(200).json();
    let of = |kind: &str| {
        held["sessions"].as_array().unwrap().iter().filter(|row| row["kind"] == kind).count()
    };
    assert_eq!((of("browser"), of("script")), (50, 50));
}

#[tokio::test]
async fn a_log_in_has_no_more_access_tokens_than_anybody_needs() {
    let app = TestApp::start().await;
    let (first, refresh) = tokens(&app).await;
    let mut latest = Value::Null;
    for _ in 0..50 {
        app.clock.advance(1);
        let renew = app.call("GET", "/api/v01/auth/access_token").bearer(&refresh).send().await;
        latest = renew.expect(200).json()["access_token"].clone();
    }
    app.call("GET", SPARK).bearer(&first).send().await.expect(401);
    app.call("GET", SPARK).bearer(latest.as_str().unwrap()).send().await.expect(200);
}
