//! Who calls: HTTP Basic, `/noninteractivelogin/` and `/api/v01/auth/`.

use serde_json::{Value, json};

use crate::support::{ADMIN, NODES, Options, PASSWORD, SPARK, TRANSACTIONS, TestApp, at};

const LOGIN: &str = "/noninteractivelogin/";
const TOKENS: &str = "/api/v01/auth/login";
const REFRESH: &str = "/api/v01/auth/access_token";
const LOGOUT: &str = "/api/v01/auth/logout";

fn credentials(password: &str) -> Value {
    json!({ "username": ADMIN, "password": password })
}

/// The cookies of a new session as a browser sends them back, and its `X-CSRFToken`.
async fn session(app: &TestApp) -> (String, String) {
    let answer =
        app.call("POST", LOGIN).anonymous().json(&credentials(PASSWORD)).send().await.expect(200);
    let csrf = answer.header("x-csrftoken").unwrap().to_owned();
    let cookie = format!(
        "sessionid={}; csrftoken={}",
        answer.cookie("sessionid"),
        answer.cookie("csrftoken")
    );
    (cookie, csrf)
}

/// An access token and a refresh token.
async fn tokens(app: &TestApp) -> (String, String) {
    let answer =
        app.call("POST", TOKENS).anonymous().json(&credentials(PASSWORD)).send().await.expect(200);
    let body = answer.json();
    assert_eq!(
        body.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["access_token", "refresh_token"]
    );
    let token = |name: &str| body[name].as_str().unwrap().to_owned();
    assert_ne!(token("access_token"), token("refresh_token"));
    (token("access_token"), token("refresh_token"))
}

#[tokio::test]
async fn without_credentials_nothing_is_answered_and_nothing_written() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let before = app.contents().await;
    let one = format!("{SPARK}{pkid}");
    for (method, path) in [
        ("GET", SPARK),
        ("GET", NODES),
        ("GET", TRANSACTIONS),
        ("GET", one.as_str()),
        ("GET", "/api/relation/SparkCustomer/add/"),
        ("GET", "/api/relation/SparkCustomer/schema/"),
        ("GET", "/api/relation/SparkCustomer/help"),
        ("POST", &at(SPARK, &place)),
        ("PUT", one.as_str()),
        ("DELETE", one.as_str()),
        ("DELETE", SPARK),
    ] {
        let answer = app.call(method, path).anonymous().json(&json!({ "name": "x" })).send().await;
        let answer = answer.expect_fault(401, "unauthenticated", &[]);
        assert!(answer.header("www-authenticate").is_some(), "{answer}");
    }
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn basic_credentials_must_be_right() {
    let app = TestApp::start().await;
    app.call("GET", SPARK).basic(ADMIN, PASSWORD).send().await.expect(200);
    let mut messages = Vec::new();
    for (username, password) in
        [(ADMIN, "wrong"), (ADMIN, ""), ("", ""), ("nobody", PASSWORD), ("Admin", PASSWORD)]
    {
        let answer = app.call("GET", SPARK).basic(username, password).send().await;
        let answer = answer.expect_fault(401, "unauthenticated", &[]);
        messages.push(answer.json()["message"].as_str().unwrap().to_owned());
    }
    // No answer tells which names exist.
    messages.dedup();
    assert_eq!(messages.len(), 1, "{messages:?}");
    app.call("GET", SPARK).basic(ADMIN, PASSWORD).send().await.expect(200);
}

#[tokio::test]
async fn a_malformed_authorization_is_no_log_in() {
    let app = TestApp::start().await;
    for value in ["Basic", "Basic ", "Basic !!!", "Basic YWRtaW4=", "Digest x", "Bearer ", "admin"]
    {
        app.call("GET", SPARK).header("authorization", value).send().await.expect_fault(
            401,
            "unauthenticated",
            &[],
        );
    }
}

#[tokio::test]
async fn a_session_has_two_cookies_and_a_header() {
    let app = TestApp::start().await;
    let answer =
        app.call("POST", LOGIN).anonymous().json(&credentials(PASSWORD)).send().await.expect(200);
    let (session, csrf) = (answer.cookie("sessionid"), answer.cookie("csrftoken"));
    assert_eq!(answer.header("x-csrftoken"), Some(csrf.as_str()));
    assert_ne!(session, csrf);
    assert!(session.len() >= 32 && csrf.len() >= 32);
    for cookie in answer.cookies() {
        assert!(cookie.contains("SameSite=Lax"), "{cookie}");
        assert!(cookie.contains("Path=/"), "{cookie}");
        assert!(!cookie.contains("Secure"), "{cookie}");
        assert_eq!(cookie.contains("HttpOnly"), cookie.starts_with("sessionid="), "{cookie}");
    }
    assert!(!answer.text().contains(&session), "{answer}");
}

#[tokio::test]
async fn cookies_are_secure_where_the_public_url_is() {
    let options = Options { public_url: "https://console.test".to_owned(), ..Options::default() };
    let app = TestApp::start_with(options).await.unwrap();
    let answer =
        app.call("POST", LOGIN).anonymous().json(&credentials(PASSWORD)).send().await.expect(200);
    assert_eq!(answer.cookies().len(), 2);
    assert!(answer.cookies().iter().all(|cookie| cookie.contains("Secure")));
}

#[tokio::test]
async fn a_write_with_a_cookie_needs_the_csrf_token_and_a_read_does_not() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let (cookie, csrf) = session(&app).await;
    app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
    let before = app.contents().await;
    let data = json!({ "name": "One" });
    let post = || app.call("POST", &at(SPARK, &place)).cookie(&cookie).json(&data);
    post().send().await.expect_fault(403, "csrf", &[]);
    for wrong in ["", "wrong", &csrf[1..], &format!("{csrf}x")] {
        post().header("x-csrftoken", wrong).send().await.expect_fault(403, "csrf", &[]);
    }
    // Nor that of another session.
    let (_, other) = session(&app).await;
    post().header("x-csrftoken", &other).send().await.expect_fault(403, "csrf", &[]);
    assert_eq!(app.contents().await, before);
    let made = post().header("x-csrftoken", &csrf).send().await.expect(201).json();
    let one = made["meta"]["uri"].as_str().unwrap().to_owned();
    for method in ["PUT", "DELETE"] {
        let call = || app.call(method, &one).cookie(&cookie).json(&data);
        call().send().await.expect_fault(403, "csrf", &[]);
        call().header("x-csrftoken", &csrf).send().await.expect(200);
    }
    let record = app.last_transaction().await;
    assert_eq!(record["username"], ADMIN);
}

#[tokio::test]
async fn a_log_in_that_is_wrong_gives_nothing() {
    let app = TestApp::start().await;
    for path in [LOGIN, TOKENS] {
        let answer =
            app.call("POST", path).anonymous().json(&credentials("wrong")).send().await.expect(401);
        assert_eq!(answer.json()["success"], false);
        assert_eq!(answer.json()["http_code"], 401);
        assert!(answer.cookies().is_empty());
        for body in [
            json!({}),
            json!({ "username": ADMIN }),
            json!({ "password": "x" }),
            json!({ "username": 7, "password": [] }),
        ] {
            let answer = app.call("POST", path).anonymous().json(&body).send().await.expect(400);
            assert!(!answer.json()["errors"].as_array().unwrap().is_empty(), "{answer}");
        }
        app.call("POST", path).anonymous().bytes("nonsense").send().await.expect(400);
    }
    // The word of that surface (reference/voss_apio.md, A.1).
    let answer = app.call("POST", TOKENS).anonymous().json(&credentials("wrong")).send().await;
    assert!(answer.json()["error"].is_string());
}

#[tokio::test]
async fn an_access_token_calls_and_a_refresh_token_only_renews() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let (access, refresh) = tokens(&app).await;
    app.call("GET", SPARK).bearer(&access).send().await.expect(200);
    let data = json!({ "name": "One" });
    app.call("POST", &at(SPARK, &place)).bearer(&access).json(&data).send().await.expect(201);
    app.call("GET", SPARK).bearer(&refresh).send().await.expect_fault(401, "unauthenticated", &[]);
    let renewed = app.call("GET", REFRESH).bearer(&refresh).send().await.expect(200).json();
    let renewed = renewed["access_token"].as_str().unwrap();
    assert_ne!(renewed, access);
    app.call("GET", SPARK).bearer(renewed).send().await.expect(200);
    app.call("GET", REFRESH).bearer(&access).send().await.expect(401);
    app.call("GET", REFRESH).anonymous().send().await.expect(401);
    app.call("GET", REFRESH).send().await.expect(401);
    app.call("GET", SPARK).bearer("unknown").send().await.expect(401);
    // A token stands in no cookie.
    app.call("GET", SPARK).cookie(&format!("sessionid={access}")).send().await.expect(401);
}

#[tokio::test]
async fn a_token_in_the_address_is_no_log_in() {
    let app = TestApp::start().await;
    let (access, _) = tokens(&app).await;
    for name in ["auth_token", "access_token", "token"] {
        app.call("GET", &format!("{SPARK}?{name}={access}")).anonymous().send().await.expect(401);
    }
}

#[tokio::test]
async fn log_out_ends_a_pair_of_tokens() {
    let app = TestApp::start().await;
    let (access, refresh) = tokens(&app).await;
    let (other, _) = tokens(&app).await;
    app.call("GET", SPARK).bearer(&access).send().await.expect(200);
    app.call("POST", LOGOUT).bearer(&access).send().await.expect(200);
    app.call("GET", SPARK).bearer(&access).send().await.expect(401);
    app.call("GET", REFRESH).bearer(&refresh).send().await.expect(401);
    app.call("GET", SPARK).bearer(&other).send().await.expect(200);
}

#[tokio::test]
async fn log_out_with_the_refresh_token_ends_both() {
    let app = TestApp::start().await;
    let (access, refresh) = tokens(&app).await;
    app.call("GET", SPARK).bearer(&access).send().await.expect(200);
    app.call("POST", LOGOUT).bearer(&refresh).send().await.expect(200);
    app.call("GET", SPARK).bearer(&access).send().await.expect(401);
    app.call("GET", REFRESH).bearer(&refresh).send().await.expect(401);
}

#[tokio::test]
async fn log_out_ends_a_session() {
    let app = TestApp::start().await;
    let (cookie, csrf) = session(&app).await;
    app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
    app.call("POST", LOGOUT).cookie(&cookie).send().await.expect_fault(403, "csrf", &[]);
    app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
    let answer = app
        .call("POST", LOGOUT)
        .cookie(&cookie)
        .header("x-csrftoken", &csrf)
        .send()
        .await
        .expect(200);
    assert_eq!(answer.cookie("sessionid"), "");
    app.call("GET", SPARK).cookie(&cookie).send().await.expect_fault(401, "unauthenticated", &[]);
    app.call("POST", LOGOUT).anonymous().send().await.expect(401);
}

#[tokio::test]
async fn an_answer_with_a_token_is_kept_by_no_cache() {
    let app = TestApp::start().await;
    let answer = app.call("POST", TOKENS).anonymous().json(&credentials(PASSWORD)).send().await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let refresh = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    let answer = app.call("GET", REFRESH).bearer(&refresh).send().await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}
