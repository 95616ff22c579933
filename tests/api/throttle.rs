//! Who fails too often waits: an account from an address, and nobody else.

use serde_json::json;

use crate::support::{ADMIN, Answer, Call, PASSWORD, SPARK, TestApp};

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "192.0.2.2";
const WRONG: &str = "not the password at all";

/// Every way to log in with a username and password.
fn ways(app: &TestApp, username: &str, password: &str) -> [Call; 4] {
    let body = json!({ "username": username, "password": password });
    [
        app.call("GET", SPARK).basic(username, password),
        app.call("POST", "/noninteractivelogin/").anonymous().json(&body),
        app.call("POST", "/api/v01/auth/login").anonymous().json(&body),
        app.call("POST", "/login")
            .anonymous()
            .form(&[("username", username), ("password", password)]),
    ]
}

async fn fail(app: &TestApp, username: &str, times: usize) {
    for n in 0..times {
        let [basic, session, tokens, console] = ways(app, username, WRONG);
        let call = [basic, session, tokens, console].into_iter().nth(n % 4).unwrap();
        call.from(HERE).send().await.expect(401);
    }
}

fn waits(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{answer}");
    assert!(answer.cookies().is_empty(), "{answer}");
    answer.header("retry-after").unwrap().parse().unwrap()
}

#[tokio::test]
async fn ten_failures_from_one_address_throttle_the_account_there_and_nowhere_else() {
    let app = TestApp::start().await;
    let place = app.provider("Provider").await;
    app.account("eve", &place).await;
    fail(&app, ADMIN, 10).await;
    app.clock.advance(60);
    // The right password is no better there, whichever way it comes.
    for call in ways(&app, ADMIN, PASSWORD) {
        assert_eq!(waits(&call.from(HERE).send().await), 240);
    }
    let answer = app.call("GET", SPARK).from(HERE).send().await;
    answer.expect_fault(429, "too_many_failures", &[]);
    let answer = app.call("GET", "/api/v1/tenants/").from(HERE).send().await.expect(429);
    assert_eq!(answer.json()["errors"][0]["error_code"], "TOO_MANY_REQUESTS");
    // Others there, and the account elsewhere, aren't concerned.
    for call in ways(&app, "eve", PASSWORD) {
        let status = call.from(HERE).send().await.status;
        assert!([200, 303].contains(&status), "{status}");
    }
    for call in ways(&app, ADMIN, PASSWORD) {
        let status = call.from(ELSEWHERE).send().await.status;
        assert!([200, 303].contains(&status), "{status}");
    }
    app.clock.advance(240);
    for call in ways(&app, ADMIN, PASSWORD) {
        let status = call.from(HERE).send().await.status;
        assert!([200, 303].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_throttled_alike() {
    let app = TestApp::start().await;
    fail(&app, "nobody", 10).await;
    for call in ways(&app, "nobody", WRONG) {
        assert_eq!(waits(&call.from(HERE).send().await), 300);
    }
    // And nobody else for it.
    app.call("GET", SPARK).from(HERE).send().await.expect(200);
}

#[tokio::test]
async fn a_log_in_forgets_the_failures_before_it_and_time_does() {
    let app = TestApp::start().await;
    fail(&app, ADMIN, 9).await;
    let [_, session, ..] = ways(&app, ADMIN, PASSWORD);
    session.from(HERE).send().await.expect(200);
    fail(&app, ADMIN, 9).await;
    app.clock.advance(300);
    fail(&app, ADMIN, 9).await;
    let [_, session, ..] = ways(&app, ADMIN, PASSWORD);
    session.from(HERE).send().await.expect(200);
}

#[tokio::test]
async fn what_is_open_already_stays_open() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    fail(&app, ADMIN, 10).await;
    app.call("GET", SPARK).cookie(&cookie).from(HERE).send().await.expect(200);
    app.call("GET", "/").cookie(&cookie).from(HERE).send().await.expect(200);
}

#[tokio::test]
async fn unknown_tokens_are_counted_by_address_and_known_ones_go_on() {
    let app = TestApp::start().await;
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    let tokens = app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await;
    let known = tokens.json()["access_token"].as_str().unwrap().to_owned();
    for n in 0..10 {
        let prefix = if n % 2 == 0 { "" } else { "tnt_" };
        let unknown = format!("{prefix}guess-{n}");
        app.call("GET", SPARK).bearer(&unknown).from(HERE).send().await.expect(401);
    }
    for unknown in ["guess", "tnt_guess"] {
        let answer = app.call("GET", SPARK).bearer(unknown).from(HERE).send().await;
        assert_eq!(waits(&answer), 300);
    }
    let renew = app.call("GET", "/api/v01/auth/access_token").bearer("guess").from(HERE);
    assert_eq!(waits(&renew.send().await), 300);
    app.call("GET", SPARK).bearer(&known).from(HERE).send().await.expect(200);
    app.call("GET", SPARK).bearer("guess").from(ELSEWHERE).send().await.expect(401);
    // Passwords from there are another matter.
    app.call("GET", SPARK).from(HERE).send().await.expect(200);
}

#[tokio::test]
async fn the_form_says_when_to_try_again() {
    let app = TestApp::start().await;
    fail(&app, ADMIN, 10).await;
    let [.., console] = ways(&app, ADMIN, PASSWORD);
    let page = console.from(HERE).send().await;
    assert_eq!(waits(&page), 300);
    assert!(page.text().contains("Try again in 5 minutes."), "{page}");
    assert!(page.text().contains("name=\"password\""), "{page}");
}
