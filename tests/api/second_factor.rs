//! The second factor: set up on the account's page, asked for at each log-in, and turned off.

use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use crate::support::{ADMIN, Answer, PASSWORD, SPARK, SYSTEM_USERS, TestApp};

/// When the tests' clock begins.
const BEGAN: u64 = 1_769_851_800;

/// An account with a second factor, and what makes its codes.
struct Guarded {
    app: TestApp,
    cookie: String,
    totp: Totp,
    recovery: Vec<String>,
}

async fn post(app: &TestApp, cookie: &str, pairs: &[(&str, &str)]) -> Answer {
    app.call("POST", "/account").cookie(cookie).form(pairs).send().await
}

/// What stands between two texts.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Option<&'t str> {
    text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}

/// Begins the set-up; answers what makes the codes.
async fn begin(app: &TestApp, cookie: &str) -> Totp {
    let fields = [("_submit", "begin_second_factor"), ("password", PASSWORD)];
    post(app, cookie, &fields).await.expect(303);
    let page = app.call("GET", "/account").cookie(cookie).send().await.expect(200);
    let key = between(page.text(), "factor-key\">", "<").unwrap().replace(' ', "");
    assert!(page.text().contains("aria-label=\"QR code with the key\""));
    Builder::new().with_secret(Secret::try_from_base32(key).unwrap()).build().unwrap()
}

async fn guarded() -> Guarded {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    let totp = begin(&app, &cookie).await;
    let code = totp.generate(BEGAN).to_string();
    let page = post(&app, &cookie, &[("_submit", "turn_on_second_factor"), ("code", &code)]).await;
    let page = page.expect(200);
    let list = between(page.text(), "Recovery codes\"", "</ul>").unwrap();
    let recovery: Vec<String> =
        list.split("<code>").skip(1).map(|r| r.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(recovery.len(), 10, "{page}");
    app.clock.advance(30);
    Guarded { app, cookie, totp, recovery }
}

impl Guarded {
    /// The code of a moment, in seconds after the clock began.
    fn code(&self, after: u64) -> String {
        self.totp.generate(BEGAN + after).to_string()
    }

    async fn tokens(&self, code: Option<&str>) -> Answer {
        let mut body = json!({ "username": ADMIN, "password": PASSWORD });
        if let Some(code) = code {
            body["totp"] = json!(code);
        }
        self.app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await
    }

    async fn console(&self, pairs: &[(&str, &str)]) -> Answer {
        self.app.call("POST", "/login").anonymous().form(pairs).send().await
    }

    /// The first page of the log-in; answers the ticket for the second.
    async fn ticket(&self) -> String {
        let page =
            self.console(&[("username", ADMIN), ("password", PASSWORD), ("next", "/hierarchy")]);
        let page = page.await.expect(200);
        assert!(page.cookies().is_empty(), "{page}");
        assert!(!page.text().contains(PASSWORD), "{page}");
        assert!(page.text().contains("Enter your code"), "{page}");
        between(page.text(), "name=\"ticket\" value=\"", "\"").unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_log_in_asks_for_the_code_and_each_code_is_good_once() {
    let on = guarded().await;
    on.tokens(None).await.expect(401);
    let wrong_word = on.app.call("POST", "/noninteractivelogin/").anonymous();
    let body = json!({ "username": ADMIN, "password": PASSWORD });
    wrong_word.json(&body).send().await.expect_fault(401, "second_factor_required", &[]);
    // That of the set-up was used there.
    on.tokens(Some(&on.code(0))).await.expect(401);
    on.tokens(Some(&on.code(30))).await.expect(200);
    on.tokens(Some(&on.code(30))).await.expect(401);
    for wrong in ["000000", "12345", "", "abc", "aaaa-aaaa-aaaa-aaaa"] {
        on.tokens(Some(wrong)).await.expect(401);
    }
}

#[tokio::test]
async fn clocks_may_differ_by_a_step_and_no_more() {
    let on = guarded().await;
    on.app.clock.advance(600);
    on.tokens(Some(&on.code(570))).await.expect(401);
    on.tokens(Some(&on.code(690))).await.expect(401);
    on.tokens(Some(&on.code(600))).await.expect(200);
    on.tokens(Some(&on.code(660))).await.expect(200);
    // One that is older than one that was used is none any more.
    on.tokens(Some(&on.code(630))).await.expect(401);
}

#[tokio::test]
async fn the_console_asks_on_a_second_page() {
    let on = guarded().await;
    let ticket = on.ticket().await;
    let fields =
        |code: &'static str| [("ticket", ticket.as_str()), ("code", code), ("next", "/hierarchy")];
    let again = on.console(&fields("000000")).await.expect(401);
    assert!(again.text().contains("Enter your code"), "{again}");
    assert!(again.text().contains("wrong, or was used already"), "{again}");
    let code = on.code(30);
    let right = [("ticket", ticket.as_str()), ("code", code.as_str()), ("next", "/hierarchy")];
    let done = on.console(&right).await.expect(303);
    assert_eq!(done.header("location"), Some("/hierarchy"));
    let cookie = format!("sessionid={}", done.cookie("sessionid"));
    on.app.call("GET", SPARK).cookie(&cookie).send().await.expect(200);
    // The ticket is used up, made up, or too old.
    on.console(&right).await.expect(401);
    on.console(&[("ticket", "made-up"), ("code", &on.code(30))]).await.expect(401);
    let late = on.ticket().await;
    on.app.clock.advance(300);
    let page = on.console(&[("ticket", &late), ("code", &on.code(330))]).await.expect(401);
    assert!(page.text().contains("name=\"password\""), "{page}");
}

#[tokio::test]
async fn a_ticket_is_good_where_it_was_given() {
    let on = guarded().await;
    let ticket = on.ticket().await;
    let fields = [("ticket", ticket.as_str()), ("code", &on.code(30))];
    let elsewhere = on.app.call("POST", "/login").anonymous().form(&fields).from("192.0.2.9");
    elsewhere.send().await.expect(401);
}

#[tokio::test]
async fn recovery_codes_let_in_once_each() {
    let on = guarded().await;
    let code = on.recovery[0].clone();
    on.tokens(Some(&code.to_uppercase().replace('-', " "))).await.expect(200);
    on.tokens(Some(&code)).await.expect(401);
    on.tokens(Some(&on.recovery[1])).await.expect(200);
    let page = on.app.call("GET", "/account").cookie(&on.cookie).send().await;
    assert!(page.text().contains("8 recovery codes are left."), "{page}");
    assert!(!page.text().contains(&on.recovery[2]), "{page}");
    let bytes = on.app.stored_bytes();
    let kept =
        |text: &str| bytes.iter().any(|(_, b)| b.windows(text.len()).any(|w| w == text.as_bytes()));
    assert!(!on.recovery.iter().any(|code| kept(code) || kept(&code.replace('-', ""))));
}

#[tokio::test]
async fn basic_is_refused_with_the_way_out_and_api_tokens_go_on() {
    let on = guarded().await;
    let answer = on.app.call("GET", SPARK).send().await;
    let answer = answer.expect_fault(401, "second_factor_required", &[]);
    assert!(answer.text().contains("API token"), "{answer}");
    let csrf = on.cookie.split("csrftoken=").nth(1).unwrap();
    let call = on.app.call("POST", "/api/v01/auth/tokens").cookie(&on.cookie);
    let made =
        call.header("x-csrftoken", csrf).json(&json!({ "name": "A", "scope": "everything" }));
    let made = made.send().await.expect(201).json();
    let token = made["token"].as_str().unwrap();
    on.app.call("GET", SPARK).bearer(token).send().await.expect(200);
}

#[tokio::test]
async fn guessing_codes_is_throttled_also_between_right_passwords() {
    let on = guarded().await;
    for _ in 0..10 {
        on.tokens(None).await.expect(401);
        on.tokens(Some("000000")).await.expect(401);
    }
    on.tokens(Some(&on.code(30))).await.expect(429);
    on.console(&[("username", ADMIN), ("password", PASSWORD)]).await.expect(429);
}

#[tokio::test]
async fn setting_up_asks_for_the_password_and_a_code() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    post(&app, &cookie, &[("_submit", "turn_on_second_factor"), ("code", "123456")])
        .await
        .expect(409);
    let wrong = [("_submit", "begin_second_factor"), ("password", "wrong")];
    post(&app, &cookie, &wrong).await.expect(400);
    let totp = begin(&app, &cookie).await;
    let wrong = [("_submit", "turn_on_second_factor"), ("code", "000000")];
    let page = post(&app, &cookie, &wrong).await.expect(400);
    assert!(page.text().contains("factor-key"), "{page}");
    // Until then nothing is asked for.
    app.call("GET", SPARK).send().await.expect(200);
    post(&app, &cookie, &[("_submit", "give_up_second_factor")]).await.expect(303);
    let code = totp.generate(BEGAN).to_string();
    post(&app, &cookie, &[("_submit", "turn_on_second_factor"), ("code", &code)]).await.expect(409);
    app.call("GET", SPARK).send().await.expect(200);
}

#[tokio::test]
async fn turning_off_asks_for_password_and_code() {
    let on = guarded().await;
    let off = |password: &str, code: &str| {
        let pairs = [("_submit", "turn_off_second_factor"), ("password", password), ("code", code)];
        on.app.call("POST", "/account").cookie(&on.cookie).form(&pairs).send()
    };
    off("wrong", &on.code(30)).await.expect(400);
    off(PASSWORD, "000000").await.expect(400);
    off(PASSWORD, "").await.expect(400);
    on.tokens(None).await.expect(401);
    post(&on.app, &on.cookie, &[("_submit", "give_up_second_factor")]).await.expect(409);
    post(&on.app, &on.cookie, &[("_submit", "begin_second_factor"), ("password", PASSWORD)])
        .await
        .expect(409);
    off(PASSWORD, &on.code(30)).await.expect(303);
    on.tokens(None).await.expect(200);
    let records =
        on.app.get("/api/tool/Transaction/?filter_field=action&filter_text=Second%20F").await;
    for text in ["admin set up a second factor.", "admin turned the second factor off."] {
        assert!(records.text().contains(text), "{text}: {records}");
    }
}

#[tokio::test]
async fn an_administrator_turns_it_off_for_who_has_lost_it() {
    let app = TestApp::start().await;
    let place = app.reseller(&app.provider("Provider").await, "Reseller").await;
    let eve = app.system_user("eve", &place, "ResellerAdmin").await;
    app.system_user("bob", &place, "Operator").await;
    let form = [("username", "eve"), ("password", PASSWORD)];
    let answer = app.call("POST", "/login").anonymous().form(&form).send().await.expect(303);
    let cookie = format!("sessionid={}", answer.cookie("sessionid"));
    let totp = begin(&app, &cookie).await;
    let code = totp.generate(BEGAN).to_string();
    post(&app, &cookie, &[("_submit", "turn_on_second_factor"), ("code", &code)]).await.expect(200);
    app.call("GET", SPARK).basic("eve", PASSWORD).send().await.expect(401);
    let path = format!("{SYSTEM_USERS}{eve}/second_factor/");
    // Neither who may not change the user, nor the user by an open session or a token.
    let bob = app.call("DELETE", &path).basic("bob", PASSWORD).send().await;
    bob.expect_fault(403, "forbidden", &[]);
    let csrf = answer.cookie("csrftoken");
    let own = app.call("DELETE", &path).cookie(&cookie).header("x-csrftoken", &csrf).send().await;
    own.expect_fault(403, "forbidden", &[]);
    app.call("GET", SPARK).basic("eve", PASSWORD).send().await.expect(401);
    app.delete(&path).await.expect(200);
    app.call("GET", SPARK).basic("eve", PASSWORD).send().await.expect(200);
    app.delete(&path).await.expect_fault(409, "not_on", &[]);
    app.delete(&format!("{SYSTEM_USERS}nobody/second_factor/")).await.expect(404);
}

#[tokio::test]
async fn the_secret_is_sealed() {
    let on = guarded().await;
    let key = on.totp.secret().to_base32();
    let bytes = on.app.stored_bytes();
    assert!(!bytes.iter().any(|(_, b)| b.windows(key.len()).any(|w| w == key.as_bytes())));
    let raw = on.totp.secret().as_bytes();
    assert!(!bytes.iter().any(|(_, b)| b.windows(raw.len()).any(|w| w == raw)));
    let app = on.app.restarted().await;
    let code = on.totp.generate(BEGAN + 30).to_string();
    let body = json!({ "username": ADMIN, "password": PASSWORD, "totp": code });
    app.call("POST", "/api/v01/auth/login").anonymous().json(&body).send().await.expect(200);
}

#[tokio::test]
async fn a_password_that_changes_between_the_two_pages_is_asked_for_again() {
    let guarded = guarded().await;
    let ticket = guarded.ticket().await;
    let body = json!({ "old_password": PASSWORD, "new_password": "seven lanterns under water" });
    let change = guarded.app.call("POST", "/api/v01/auth/password").cookie(&guarded.cookie);
    let csrf = guarded.cookie.split("csrftoken=").nth(1).unwrap();
    change.header("x-csrftoken", csrf).json(&body).send().await.expect(200);
    let page = guarded.console(&[("ticket", &ticket), ("code", &guarded.code(30))]).await;
    let page = page.expect(401);
    assert!(page.cookies().is_empty(), "{page}");
    assert!(
        page.text().contains("The password or the second factor was changed meanwhile."),
        "{page}"
    );
    assert!(page.text().contains("name=\"password\""), "{page}");
    // The ticket is gone, and the code wasn't used up by it.
    let page = guarded.console(&[("ticket", &ticket), ("code", &guarded.code(30))]).await;
    assert!(page.expect(401).text().contains("The time to give the code is up."));
}
