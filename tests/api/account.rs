//! One's own account: sessions and password, by calls and on the page.

use serde_json::{Value, json};

use crate::support::{ADMIN, PASSWORD, SPARK, TestApp};

const SESSIONS: &str = "/api/v01/auth/sessions";
const CHANGE: &str = "/api/v01/auth/password";
const NEW: &str = "seven lanterns under water";

async fn sessions(app: &TestApp, cookie: &str) -> Vec<Value> {
    let list = app.call("GET", SESSIONS).cookie(cookie).send().await.expect(200).json();
    list["sessions"].as_array().unwrap().clone()
}

async fn holds(app: &TestApp, cookie: &str) -> bool {
    match app.call("GET", SPARK).cookie(cookie).send().await.status {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

/// A write with a session's cookies.
async fn write(app: &TestApp, cookie: &str, method: &str, path: &str, body: &Value) -> u16 {
    let csrf = cookie.split("csrftoken=").nth(1).unwrap();
    app.call(method, path).cookie(cookie).header("x-csrftoken", csrf).json(body).send().await.status
}

#[tokio::test]
async fn one_sees_the_own_sessions_and_ends_one() {
    let app = TestApp::start().await;
    let form = [("username", ADMIN), ("password", PASSWORD)];
    let call = app.call("POST", "/login").anonymous().form(&form).from("192.0.2.7");
    let answer = call.header("user-agent", "Firefox/140").send().await.expect(303);
    let phone = format!("sessionid={}", answer.cookie("sessionid"));
    app.clock.advance(60);
    let cookie = app.session().await;
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let tokens =
        app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await.json();
    let all = sessions(&app, &cookie).await;
    assert_eq!(all.len(), 3, "{all:?}");
    let of = |test: &dyn Fn(&Value) -> bool| all.iter().find(|s| test(s)).unwrap().clone();
    let current = of(&|s| s["current"] == true);
    assert_eq!(current["kind"], "browser");
    assert_eq!(current["expires"], "2026-01-31T11:31:00.000000Z");
    assert_eq!(of(&|s| s["kind"] == "script")["current"], false);
    let other = of(&|s| s["address"] == "192.0.2.7");
    assert_eq!(other["user_agent"], "Firefox/140");
    assert_eq!(other["created"], "2026-01-31T09:30:00.000000Z");
    assert_eq!(other["last_used"], "2026-01-31T09:30:00.000000Z");
    assert!(!all.iter().any(|s| s.to_string().contains(&phone["sessionid=".len()..])));

    let one = format!("{SESSIONS}/{}", other["id"].as_str().unwrap());
    assert_eq!(write(&app, &cookie, "DELETE", &one, &json!({})).await, 200);
    assert!(!holds(&app, &phone).await);
    assert!(holds(&app, &cookie).await);
    assert_eq!(write(&app, &cookie, "DELETE", &one, &json!({})).await, 404);
    // And all others at once.
    assert_eq!(write(&app, &cookie, "DELETE", SESSIONS, &json!({})).await, 200);
    assert_eq!(sessions(&app, &cookie).await.len(), 1);
    let access = tokens["access_token"].as_str().unwrap();
    app.call("GET", SPARK).bearer(access).send().await.expect(401);
}

#[tokio::test]
async fn the_sessions_of_others_are_none_of_ones_business() {
    let app = TestApp::start().await;
    let place = app.provider("Provider").await;
    app.account("eve", &place).await;
    let cookie = app.session().await;
    let own = sessions(&app, &cookie).await[0]["id"].as_str().unwrap().to_owned();
    let eve = || app.call("GET", SESSIONS).basic("eve", PASSWORD);
    assert_eq!(eve().send().await.expect(200).json()["sessions"], json!([]));
    let end = app.call("DELETE", &format!("{SESSIONS}/{own}")).basic("eve", PASSWORD);
    end.send().await.expect_fault(404, "not_found", &[]);
    app.call("DELETE", SESSIONS).basic("eve", PASSWORD).send().await.expect(200);
    assert!(holds(&app, &cookie).await);
    app.call("GET", SESSIONS).anonymous().send().await.expect(401);
}

#[tokio::test]
async fn reading_notes_the_use_of_a_session_every_few_minutes_only() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    let used = async || sessions(&app, &cookie).await[0]["last_used"].as_str().unwrap().to_owned();
    app.clock.advance(299);
    assert_eq!(used().await, "2026-01-31T09:30:00.000000Z");
    app.clock.advance(1);
    assert_eq!(used().await, "2026-01-31T09:35:00.000000Z");
}

#[tokio::test]
async fn the_own_password_is_changed_with_the_old_one_and_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let (other, cookie) = (app.session().await, app.session().await);
    let change = json!({ "old_password": PASSWORD, "new_password": NEW });
    assert_eq!(write(&app, &cookie, "POST", CHANGE, &change).await, 200);
    assert!(holds(&app, &cookie).await);
    assert!(!holds(&app, &other).await);
    app.call("GET", SPARK).basic(ADMIN, PASSWORD).send().await.expect(401);
    app.call("GET", SPARK).basic(ADMIN, NEW).send().await.expect(200);
    let record =
        app.call("GET", "/api/tool/Transaction/?filter_field=action&filter_text=Change%20P");
    let record = record.basic(ADMIN, NEW).send().await.expect(200);
    assert!(record.text().contains("admin changed the own password."), "{record}");
    assert!(!record.text().contains(NEW) && !record.text().contains(PASSWORD), "{record}");
}

#[tokio::test]
async fn a_password_that_is_wrong_short_common_or_the_same_changes_nothing() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    let try_ = async |body: &Value| app.call("POST", CHANGE).json(body).send().await;
    let with = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    for (body, field, code) in [
        (with("not the password", NEW), "/old_password", "wrong"),
        (with(PASSWORD, "too short"), "/new_password", "too_short"),
        (with(PASSWORD, &"long words ".repeat(30)), "/new_password", "too_long"),
        (with(PASSWORD, "administrator"), "/new_password", "common"),
        (with(PASSWORD, "adminadminadmin"), "/new_password", "common"),
        (with(PASSWORD, PASSWORD), "/new_password", "unchanged"),
        (with(PASSWORD, ""), "/new_password", "required"),
        (with("", NEW), "/old_password", "required"),
        (json!({ "old_password": 7, "new_password": NEW }), "/old_password", "wrong_type"),
        (json!({ "old_password": PASSWORD, "new_password": NEW, "x": "" }), "/x", "unknown_field"),
    ] {
        let answer = try_(&body).await.expect_fault(400, "validation", &[(field, code)]);
        assert!(!answer.text().contains(PASSWORD) && !answer.text().contains(NEW), "{answer}");
    }
    app.call("POST", CHANGE).anonymous().json(&with(PASSWORD, NEW)).send().await.expect(401);
    app.call("GET", SPARK).send().await.expect(200);
    assert!(holds(&app, &cookie).await);
}

#[tokio::test]
async fn guessing_the_old_password_in_an_open_session_is_throttled() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    let csrf = cookie.split("csrftoken=").nth(1).unwrap();
    let guess = |old: &str| {
        let body = json!({ "old_password": old, "new_password": NEW });
        app.call("POST", CHANGE).cookie(&cookie).header("x-csrftoken", csrf).json(&body).send()
    };
    for n in 0..10 {
        guess(&format!("guess number {n}")).await.expect(400);
    }
    let answer = guess(PASSWORD).await.expect_fault(429, "too_many_failures", &[]);
    assert_eq!(answer.header("retry-after"), Some("300"));
    app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
}

#[tokio::test]
async fn the_page_shows_and_does_the_same() {
    let app = TestApp::start().await;
    let (other, cookie) = (app.session().await, app.session().await);
    let page = app.call("GET", "/account").cookie(&cookie).send().await.expect(200);
    for text in
        ["Your account", "Second factor", "API tokens", "This one", "Log out everywhere else"]
    {
        assert!(page.text().contains(text), "{text}: {page}");
    }
    let post =
        |pairs: &[(&str, &str)]| app.call("POST", "/account").cookie(&cookie).form(pairs).send();
    let all = sessions(&app, &cookie).await;
    let of_other = all.iter().find(|s| s["current"] == false).unwrap();
    let id = of_other["id"].as_str().unwrap();
    let done = post(&[("_submit", "end_session"), ("session", id)]).await.expect(303);
    let next = done.header("location").unwrap();
    assert!(!holds(&app, &other).await);
    let page = app.call("GET", next).cookie(&cookie).send().await.expect(200);
    assert!(page.text().contains("The session has ended."), "{page}");
    let refused = post(&[("_submit", "end_session"), ("session", id)]).await.expect(404);
    assert!(refused.text().contains("You have no such session"), "{refused}");

    let fields = [("_submit", "change_password"), ("old_password", "wrong"), ("new_password", NEW)];
    let refused = post(&fields).await.expect(400);
    assert!(
        refused.text().contains("That isn&#39;t your password.")
            || refused.text().contains("That isn't your password."),
        "{refused}"
    );
    assert!(!refused.text().contains(NEW), "{refused}");
    let fields =
        [("_submit", "change_password"), ("old_password", PASSWORD), ("new_password", NEW)];
    post(&fields).await.expect(303);
    app.call("GET", SPARK).basic(ADMIN, NEW).send().await.expect(200);
    post(&[("_submit", "nonsense")]).await.expect(400);

    // Nobody comes here without a session, nor from another site.
    let anonymous = app.call("POST", "/account").anonymous().form(&fields).send().await.expect(303);
    assert!(anonymous.header("location").unwrap().starts_with("/login"));
    app.call("GET", "/account").anonymous().send().await.expect(303);
    let foreign =
        app.call("POST", "/account").cookie(&cookie).header("origin", "http://evil.example");
    foreign.form(&fields).send().await.expect(403);
}
