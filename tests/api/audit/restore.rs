//! Going back to a former version of an instance.

use serde_json::{Value, json};

use crate::support::{SPARK, TRANSACTIONS, TestApp, at, unlinked};

const ORGANISATION: &str = "5b1d9b3e-3b8c-4b8e-9b0a-0d6c1f2a3b4c";

/// The transaction of an answer.
fn id(answer: &Value) -> String {
    answer["transaction_id"].as_str().unwrap().to_owned()
}

/// A customer that was created as One, with notes and a token, and renamed to Two; its path, and the
/// transactions of both.
async fn renamed(app: &TestApp) -> (String, String, String) {
    let place = app.tenant().await;
    let one = json!({ "name": "One", "notes": "first", "token": "s3cret-1" });
    let made = app.post(&at(SPARK, &place), &one).await.expect(201).json();
    let path = made["meta"]["uri"].as_str().unwrap().to_owned();
    app.clock.advance(60);
    let changed = app.put(&path, &json!({ "name": "Two" })).await.expect(200).json();
    app.clock.advance(60);
    (path, id(&made), id(&changed))
}

async fn restore(app: &TestApp, path: &str, id: &str) -> crate::support::Answer {
    app.post(&format!("{path}/restore/"), &json!({ "transaction_id": id })).await
}

#[tokio::test]
async fn an_instance_becomes_what_it_was_and_its_record_says_which_version() {
    let app = TestApp::start().await;
    let (path, first, _) = renamed(&app).await;
    let before = app.data(&path).await;
    assert_eq!(unlinked(&before), json!({ "name": "Two", "token": "********" }));
    let answer = restore(&app, &path, &first).await.expect(200);
    assert!(answer.header("etag").is_some(), "{answer}");
    let after = app.data(&path).await;
    let expected = json!({ "name": "One", "notes": "first", "token": "********" });
    assert_eq!(unlinked(&after), expected);
    let record = app.data(&format!("{TRANSACTIONS}{}", id(&answer.json()))).await;
    assert_eq!(record["action"], "Restore");
    assert_eq!(record["status"], "Success");
    assert_eq!(record["href"], path);
    assert_eq!((&record["before"], &record["after"]), (&before, &after));
    let message = record["message"].as_str().unwrap();
    assert!(message.contains(&first) && message.contains("2026-01-31T09:30:00"), "{message}");
    // And back again: a restored version is one like any other.
    app.clock.advance(60);
    let second = id(&answer.json());
    app.put(&path, &json!({ "name": "Three" })).await.expect(200);
    restore(&app, &path, &second).await.expect(200);
    assert_eq!(unlinked(&app.data(&path).await), expected);
}

#[tokio::test]
async fn what_says_when_a_token_lapses_stays_with_the_token() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let expires = |day: &str| format!("2026-{day}T00:00:00Z");
    let one = json!({
        "name": "One", "token": "s3cret-1", "access_token_expires": expires("02-10"),
        "refresh_token": "s3cret-2", "refresh_token_expires": expires("03-10"),
    });
    let made = app.post(&at(SPARK, &place), &one).await.expect(201).json();
    let path = made["meta"]["uri"].as_str().unwrap().to_owned();
    app.clock.advance(60);
    let two =
        json!({ "name": "Two", "token": "s3cret-3", "access_token_expires": expires("04-10") });
    app.put(&path, &two).await.expect(200);
    let before = app.data(&path).await;
    restore(&app, &path, &id(&made)).await.expect(200);
    let after = app.data(&path).await;
    assert_eq!(after["name"], "One");
    for name in ["access_token_expires", "refresh_token_expires"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    assert_ne!(after["access_token_expires"], one["access_token_expires"]);
}

#[tokio::test]
async fn secrets_stay_as_they_are() {
    let app = TestApp::start().await;
    let (path, first, second) = renamed(&app).await;
    app.put(&path, &json!({ "name": "Two", "token": "" })).await.expect(200);
    restore(&app, &path, &first).await.expect(200);
    // None is set now, so none is shown.
    assert_eq!(unlinked(&app.data(&path).await), json!({ "name": "One", "notes": "first" }));
    app.put(&path, &json!({ "name": "One", "token": "s3cret-2" })).await.expect(200);
    restore(&app, &path, &second).await.expect(200);
    let data = app.data(&path).await;
    assert_eq!(unlinked(&data), json!({ "name": "Two", "token": "********" }));
    let log = app.get(&format!("{TRANSACTIONS}?limit=2000")).await;
    assert!(!log.text().contains("s3cret"), "{log}");
}

#[tokio::test]
async fn what_no_version_can_be_made_of_is_refused() {
    let app = TestApp::start().await;
    let (path, first, second) = renamed(&app).await;
    let collection = format!("{SPARK}?hierarchy=sys.Provider.Customer");
    let taken = json!({ "name": "Owner", "account_number_external": ORGANISATION });
    let owner = app.post(&collection, &taken).await.expect(201).json();
    let first_href = owner["meta"]["uri"].as_str().unwrap();
    app.put(first_href, &json!({ "name": "Owner", "account_number_external": "" }))
        .await
        .expect(200);
    let other = app.post(&collection, &taken).await.expect(201).json();
    let before = app.contents().await;
    // Somebody else has it by now.
    let field = [("/account_number_external", "taken")];
    restore(&app, first_href, &id(&owner)).await.expect_fault(409, "taken", &field);
    restore(&app, &path, &id(&other)).await.expect_fault(
        400,
        "validation",
        &[("/transaction_id", "other_instance")],
    );
    let none = "00000000-0000-4000-8000-000000000000";
    for unknown in [none, "x", "'; --", &"y".repeat(10_000)] {
        let field = [("/transaction_id", "not_found")];
        restore(&app, &path, unknown).await.expect_fault(404, "not_found", &field);
    }
    for (body, code) in [
        (json!({}), "required"),
        (json!({ "transaction_id": null }), "required"),
        (json!({ "transaction_id": "" }), "required"),
        (json!({ "transaction_id": 7 }), "wrong_type"),
        (json!({ "transaction_id": [second] }), "wrong_type"),
    ] {
        let answer = app.post(&format!("{path}/restore/"), &body).await;
        answer.expect_fault(400, "validation", &[("/transaction_id", code)]);
    }
    app.post(&format!("{path}/restore/"), &json!([1])).await.expect(400);
    let stale = app.call("POST", &format!("{path}/restore/")).header("if-match", "\"999\"");
    let stale = stale.json(&json!({ "transaction_id": second })).send().await;
    assert_eq!(stale.status, 412, "{stale}");
    app.call("POST", &format!("{path}/restore/")).anonymous().send().await.expect(401);
    assert_eq!(app.contents().await, before);
    // A record of something else about the instance: it shows nothing of it.
    let cookie = app.session().await;
    app.call("PUT", &path).cookie(&cookie).json(&json!({})).send().await.expect(403);
    let list = app.get(&format!("{TRANSACTIONS}?filter_field=action&filter_text=Refused")).await;
    let pkid = list.json()["resources"][0]["meta"]["references"]["self"][0]["pkid"].clone();
    restore(&app, &path, pkid.as_str().unwrap()).await.expect_fault(
        400,
        "validation",
        &[("/transaction_id", "no_version")],
    );
    // What is gone doesn't come back; a model that isn't changed has no versions to go back to.
    let gone = app.delete(&path).await.expect(200).json();
    for former in [first, id(&gone)] {
        restore(&app, &path, &former).await.expect_fault(404, "not_found", &[]);
    }
    let answer = restore(&app, &format!("{TRANSACTIONS}{}", id(&gone)), &id(&gone)).await;
    answer.expect_fault(404, "not_found", &[]);
}

#[tokio::test]
async fn the_page_shows_what_will_change_and_does_it_without_a_script() {
    let app = TestApp::start().await;
    let (path, first, second) = renamed(&app).await;
    let cookie = app.session().await;
    let page = format!("{}/restore?version={first}", path.replace("/api/", "/models/"));
    let shown = app.call("GET", &page).cookie(&cookie).send().await.expect(200);
    for text in ["Restore Two?", "Restore this version", "Please Note", "first", "_version"] {
        assert!(shown.text().contains(text), "{text} in {shown}");
    }
    assert!(!shown.text().contains("s3cret"));
    let same = page.replace(&first, &second);
    let same = app.call("GET", &same).cookie(&cookie).send().await.expect(200);
    assert!(same.text().contains("nothing to restore"), "{same}");
    for (address, status) in [
        (page.replace(&first, "none"), 404),
        (page.split('?').next().unwrap().to_owned(), 404),
        (page.replace("SparkCustomer/", "SparkCustomer/0"), 404),
    ] {
        app.call("GET", &address).cookie(&cookie).send().await.expect(status);
    }
    // Somebody was faster.
    let stale = [("_version", "1"), ("_submit", "save_and_stay")];
    let refused = app.call("POST", &page).cookie(&cookie).form(&stale).send().await;
    assert_eq!(refused.status, 412, "{refused}");
    let form = [("_version", "2"), ("_submit", "save_and_stay")];
    let done = app.call("POST", &page).cookie(&cookie).form(&form).send().await.expect(303);
    let to = done.header("location").unwrap();
    assert!(to.starts_with(&path.replace("/api/", "/models/")) && !to.contains("version="), "{to}");
    assert_eq!(app.data(&path).await["name"], "One");
}
