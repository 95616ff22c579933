//! API tokens: made by people for their programs, narrowed by a scope, ended by a day.

use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, SPARK, TestApp, at};

const TOKENS: &str = "/api/v01/auth/tokens";
const DAY: i64 = 24 * 3600;

async fn make(app: &TestApp, body: &Value) -> Answer {
    app.call("POST", TOKENS).json(body).send().await
}

async fn token(app: &TestApp, name: &str, scope: &str) -> String {
    let made = make(app, &json!({ "name": name, "scope": scope })).await.expect(201).json();
    made["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_is_shown_once_and_calls_as_its_owner() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let made = make(&app, &json!({ "name": "Nightly", "scope": "everything" })).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let body = made.json();
    let token = body["token"].as_str().unwrap();
    assert!(token.starts_with("tnt_") && token.len() >= 40, "{token}");
    assert_eq!(body["expires"], "2026-05-01T09:30:00.000000Z");
    assert_eq!(body["last_used"], Value::Null);
    let data = json!({ "name": "One" });
    app.call("POST", &at(SPARK, &place)).bearer(token).json(&data).send().await.expect(201);
    assert_eq!(app.last_transaction().await["username"], "admin");
    let list = app.get(TOKENS).await.expect(200);
    assert!(!list.text().contains(token), "{list}");
    assert_eq!(list.json()["tokens"][0]["last_used"], "2026-01-31T09:30:00.000000Z");
    assert_eq!(list.json()["tokens"][0]["scope"], "everything");
    // Nothing that is kept has it.
    let bytes = app.stored_bytes();
    assert!(!bytes.iter().any(|(_, b)| b.windows(token.len()).any(|w| w == token.as_bytes())));
    let app = app.restarted().await;
    app.call("GET", SPARK).bearer(token).send().await.expect(200);
}

#[tokio::test]
async fn a_read_only_token_reads_and_does_nothing_else() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let token = token(&app, "Reader", "read_only").await;
    let before = app.contents().await;
    let one = format!("{SPARK}{pkid}");
    app.call("GET", &one).bearer(&token).send().await.expect(200);
    let data = json!({ "name": "Two" });
    for (method, path) in [("POST", at(SPARK, &place).as_str()), ("PUT", &one), ("DELETE", &one)] {
        let answer = app.call(method, path).bearer(&token).json(&data).send().await;
        answer.expect_fault(403, "forbidden", &[]);
    }
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_token_does_what_its_profile_and_its_owner_may_do() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.system_user("eve", &place, "Operator").await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let one = format!("{SPARK}{pkid}");
    let data = json!({ "name": "Two" });
    // The owner may do more than the profile gives,
    let narrow = token(&app, "Narrow", "profile:Operator").await;
    // or the profile gives more than the owner has.
    let body = json!({ "name": "Wide", "scope": "profile:SystemAdmin" });
    let made = app.call("POST", TOKENS).basic("eve", PASSWORD).json(&body).send().await.expect(201);
    let wide = made.json()["token"].as_str().unwrap().to_owned();
    for token in [&narrow, &wide] {
        app.call("GET", &one).bearer(token).send().await.expect(200);
        let put = app.call("PUT", &one).bearer(token).json(&data).send().await;
        put.expect_fault(403, "forbidden", &[]);
    }
    let above = app.call("GET", SPARK).bearer(&wide).send().await.expect(200);
    assert_eq!(above.json()["pagination"]["total"], 1);
    let unknown = make(&app, &json!({ "name": "A", "scope": "profile:Nobody's" })).await;
    unknown.expect_fault(400, "validation", &[("/scope", "not_a_choice")]);
    let cookie = app.session().await;
    let page = app.call("GET", "/account").cookie(&cookie).send().await.expect(200);
    assert!(page.text().contains("value=\"profile:Operator\""), "{page}");
}

#[tokio::test]
async fn a_token_ends_on_its_day_and_when_it_is_revoked() {
    let app = TestApp::start().await;
    let body = json!({ "name": "Short", "scope": "read_only", "expires": "2026-02-02" });
    let made = make(&app, &body).await.expect(201).json();
    assert_eq!(made["expires"], "2026-02-03T00:00:00.000000Z");
    let short = made["token"].as_str().unwrap();
    let long = token(&app, "Long", "read_only").await;
    app.clock.advance(2 * DAY);
    app.call("GET", SPARK).bearer(short).send().await.expect(200);
    app.clock.advance(DAY);
    app.call("GET", SPARK).bearer(short).send().await.expect_fault(401, "unauthenticated", &[]);
    app.call("GET", SPARK).bearer(&long).send().await.expect(200);
    let list = app.get(TOKENS).await.expect(200).json();
    let by_name = |name: &str| {
        list["tokens"].as_array().unwrap().iter().find(|t| t["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (&by_name("Short")["expired"], &by_name("Long")["expired"]),
        (&json!(true), &json!(false))
    );
    let one = format!("{TOKENS}/{}", by_name("Long")["id"].as_str().unwrap());
    app.delete(&one).await.expect(200);
    app.call("GET", SPARK).bearer(&long).send().await.expect(401);
    app.delete(&one).await.expect_fault(404, "not_found", &[]);
    let records =
        app.get("/api/tool/Transaction/?filter_field=action&filter_text=API%20Token").await;
    for text in [
        "admin made the API token Short",
        "admin made the API token Long",
        "admin revoked the API token Long",
    ] {
        assert!(records.text().contains(text), "{text}: {records}");
    }
}

#[tokio::test]
async fn a_token_does_not_reach_the_account_of_its_owner() {
    let app = TestApp::start().await;
    let token = token(&app, "All", "everything").await;
    let id = app.get(TOKENS).await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "old_password": PASSWORD, "new_password": "seven lanterns under water",
        "name": "Another", "scope": "everything" });
    for (method, path) in [
        ("POST", TOKENS.to_owned()),
        ("GET", TOKENS.to_owned()),
        ("DELETE", format!("{TOKENS}/{id}")),
        ("GET", "/api/v01/auth/sessions".to_owned()),
        ("DELETE", "/api/v01/auth/sessions".to_owned()),
        ("POST", "/api/v01/auth/password".to_owned()),
    ] {
        let answer = app.call(method, &path).bearer(&token).json(&body).send().await;
        answer.expect_fault(403, "not_by_api_token", &[]);
    }
    // Nor does it stand in a cookie, or renew anything.
    app.call("GET", SPARK).cookie(&format!("sessionid={token}")).send().await.expect(401);
    app.call("GET", "/api/v01/auth/access_token").bearer(&token).send().await.expect(401);
    app.call("GET", SPARK).bearer(&token).send().await.expect(200);
}

#[tokio::test]
async fn the_tokens_of_others_are_none_of_ones_business() {
    let app = TestApp::start().await;
    let place = app.provider("Provider").await;
    app.account("eve", &place).await;
    token(&app, "Mine", "everything").await;
    let id = app.get(TOKENS).await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    let list = app.call("GET", TOKENS).basic("eve", PASSWORD).send().await.expect(200);
    assert_eq!(list.json()["tokens"], json!([]));
    let gone = app.call("DELETE", &format!("{TOKENS}/{id}")).basic("eve", PASSWORD).send().await;
    gone.expect_fault(404, "not_found", &[]);
}

#[tokio::test]
async fn what_is_wrong_with_a_token_that_is_asked_for_is_said() {
    let app = TestApp::start().await;
    token(&app, "Taken", "everything").await;
    let of = |name: &str, scope: &str, expires: &str| json!({ "name": name, "scope": scope, "expires": expires });
    for (body, field, code) in [
        (of("", "everything", ""), "/name", "required"),
        (of(&"x".repeat(81), "everything", ""), "/name", "malformed"),
        (of("two\nlines", "everything", ""), "/name", "malformed"),
        (of("A", "", ""), "/scope", "required"),
        (of("A", "nothing", ""), "/scope", "not_a_choice"),
        (of("A", "everything", "soon"), "/expires", "malformed"),
        (of("A", "everything", "2026-02-30"), "/expires", "malformed"),
        (of("A", "everything", "2026-1-1"), "/expires", "malformed"),
        (of("A", "everything", "2026-01-30"), "/expires", "out_of_range"),
        (of("A", "everything", "2027-02-02"), "/expires", "out_of_range"),
        (json!({ "name": "A", "scope": "everything", "days": 7 }), "/days", "unknown_field"),
        (json!({ "name": 7, "scope": "everything" }), "/name", "wrong_type"),
    ] {
        make(&app, &body).await.expect_fault(400, "validation", &[(field, code)]);
    }
    let taken = make(&app, &of("Taken", "everything", "")).await;
    taken.expect_fault(409, "taken", &[("/name", "taken")]);
    make(&app, &of("A", "everything", "2027-01-31")).await.expect(201);
    assert_eq!(app.get(TOKENS).await.json()["tokens"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_page_makes_a_token_shows_it_once_and_revokes_it() {
    let app = TestApp::start().await;
    let cookie = app.session().await;
    let post =
        |pairs: &[(&str, &str)]| app.call("POST", "/account").cookie(&cookie).form(pairs).send();
    let page = app.call("GET", "/account").cookie(&cookie).send().await;
    assert!(page.text().contains("2026-05-01"), "{page}");
    let fields = [
        ("_submit", "make_token"),
        ("name", "Backup"),
        ("scope", "read_only"),
        ("expires", "2026-06-30"),
    ];
    let page = post(&fields).await.expect(200);
    let rest = page.text().split("tnt_").nth(1).unwrap();
    let end = rest.find('<').unwrap();
    let token = format!("tnt_{}", &rest[..end]);
    app.call("GET", SPARK).bearer(&token).send().await.expect(200);
    let page = app.call("GET", "/account").cookie(&cookie).send().await;
    assert!(page.text().contains("Backup") && !page.text().contains("tnt_"), "{page}");
    let again = post(&fields).await.expect(409);
    assert!(again.text().contains("You have a token of that name."), "{again}");
    assert!(again.text().contains("value=\"2026-06-30\""), "{again}");
    let id = app.get(TOKENS).await.json()["tokens"][0]["id"].as_str().unwrap().to_owned();
    post(&[("_submit", "revoke_token"), ("token", &id)]).await.expect(303);
    app.call("GET", SPARK).bearer(&token).send().await.expect(401);
}

#[tokio::test]
async fn a_token_does_no_more_by_a_task_than_by_a_call() {
    let app = TestApp::start().await;
    let sys = app.sys().await;
    // It makes users, and reads, and so gives only what reads and makes users.
    let permissions = json!([
        { "type": "*", "operations": ["Read", "Export"] },
        { "type": "data/SystemUser", "operations": ["Read", "Export", "Create"] },
    ]);
    let profile = json!({
        "name": "Maker",
        "miscellaneous_permissions": ["Api Root", "Login"],
        "permissions": permissions,
    });
    app.post(&at("/api/data/AccessProfile/", &sys), &profile).await.expect(201);
    let maker = token(&app, "Maker", "profile:Maker").await;
    let users = at("/api/data/SystemUser/", &sys);
    let user = |role: &str| json!({ "username": role, "password": PASSWORD, "role": role });
    let call = app.call("POST", &users).bearer(&maker).json(&user("SystemAdmin"));
    call.send().await.expect_fault(403, "more_than_own", &[]);
    let later = format!("{users}&nowait=true");
    let asked = app.call("POST", &later).bearer(&maker).json(&user("SystemAdmin")).send().await;
    let record = app.ended(asked.expect(202).json()["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Fail", "{record}");
    let asked = app.call("POST", &later).bearer(&maker).json(&user("Operator")).send().await;
    let record = app.ended(asked.expect(202).json()["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success", "{record}");
    assert_eq!(app.total("/api/data/SystemUser/").await, 2);
}

#[tokio::test]
async fn tokens_end_with_a_password_that_somebody_else_gives_and_give_none_to_their_owner() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.system_user("ann", &place, "CustomerAdmin").await;
    let body = json!({ "name": "Hers", "scope": "everything" });
    let made = app.call("POST", TOKENS).basic("ann", PASSWORD).json(&body).send().await.expect(201);
    let hers = made.json()["token"].as_str().unwrap().to_owned();
    let user = format!("/api/data/SystemUser/{pkid}");
    let change = json!({ "username": "ann", "role": "CustomerAdmin",
        "password": "seven lanterns under water" });
    let put = app.call("PUT", &user).bearer(&hers).json(&change).send().await;
    put.expect_fault(403, "forbidden", &[]);
    app.call("GET", SPARK).bearer(&hers).send().await.expect(200);
    app.put(&user, &change).await.expect(200);
    app.call("GET", SPARK).bearer(&hers).send().await.expect_fault(401, "unauthenticated", &[]);
}
