//! Work that is queued: run by the worker, watched, cancelled, replayed, and carried on after a
//! restart.

use serde_json::{Value, json};

use crate::support::{NODES, PASSWORD, Place, SPARK, TRANSACTIONS, TestApp, at};

/// Enough rows to be under way still when the next call arrives.
const MANY: usize = 2000;

async fn with_many(count: usize) -> (TestApp, Place) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for i in 0..count {
        app.spark(&place, &json!({ "name": format!("C{i:05}") })).await;
    }
    (app, place)
}

/// Asks for a change of all that match, and answers the transaction's path.
async fn change_all(app: &TestApp, place: &Place, total: usize, changes: &Value) -> String {
    let mut body = changes.clone();
    body["filter"] = json!({ "hierarchy": place.pkid });
    body["expected_total"] = json!(total);
    let path = format!("{SPARK}bulk_update/?nowait=true");
    let answer = app.post(&path, &body).await.expect(202).json();
    answer["href"].as_str().unwrap().to_owned()
}

async fn with_note(app: &TestApp, place: &Place, note: &str) -> u64 {
    let list = format!(
        "{}&filter_field=notes&filter_text={note}&filter_condition=equals&limit=1",
        at(SPARK, place)
    );
    app.get(&list).await.expect(200).json()["pagination"]["total"].as_u64().unwrap()
}

/// What a stream of news told, one by one.
fn told(news: &str) -> Vec<Value> {
    news.lines()
        .filter_map(|line| line.strip_prefix("data:"))
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

#[tokio::test]
async fn its_news_lead_from_where_it_stands_to_its_end() {
    let (app, place) = with_many(120).await;
    let href = change_all(&app, &place, 120, &json!({ "notes": "seen" })).await;
    let news = app.get(&format!("{href}/events/")).await.expect(200);
    assert_eq!(news.header("content-type"), Some("text/event-stream"));
    let told = told(news.text());
    let last = told.last().unwrap();
    assert_eq!(last["status"], "Success");
    assert_eq!(last["progress"], json!({ "done": 120, "total": 120 }));
    assert_eq!(last["message"], "120 of 120 Webex customers were modified.");
    let done: Vec<u64> = told.iter().map(|e| e["progress"]["done"].as_u64().unwrap()).collect();
    assert!(done.is_sorted(), "{done:?}");
    // Of what has ended, it tells the end.
    let again = app.get(&format!("{href}/events")).await.expect(200);
    assert_eq!(self::told(again.text()), std::slice::from_ref(last));
    assert_eq!(with_note(&app, &place, "seen").await, 120);
}

#[tokio::test]
async fn its_record_tells_when_it_was_asked_for_and_when_it_was_done() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let body = json!({ "name": "One", "token": "s3cret" });
    let answer = app.post(&path, &body).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Create");
    assert_eq!(record["message"], "Webex customer One was added.");
    assert_eq!(record["progress"], json!({ "done": 1, "total": 1 }));
    for name in ["submitted", "started", "completed"] {
        assert!(record[name].is_string(), "{name}: {record}");
    }
    assert_eq!(record["after"]["token"], "********");
    let created = app.data(record["href"].as_str().unwrap()).await;
    assert_eq!(created["name"], "One");
}

#[tokio::test]
async fn a_write_that_fails_later_ends_as_fail_with_the_reason() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let external = "000fd0e4-83ef-4398-be23-d06998580fed";
    let body = json!({ "name": "One", "account_number_external": external });
    app.spark(&place, &body).await;
    // That the key is taken shows only when it is written.
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let answer = app.post(&path, &body).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Fail");
    assert!(record["message"].as_str().unwrap().contains("is taken"), "{record}");
    let line = record["log"][0]["message"].as_str().unwrap();
    assert!(line.starts_with("/account_number_external: "), "{record}");
    assert_eq!(app.total(SPARK).await, 1);
}

#[tokio::test]
async fn what_runs_stops_before_its_next_row_when_it_is_cancelled() {
    let (app, place) = with_many(MANY).await;
    let href = change_all(&app, &place, MANY, &json!({ "notes": "new" })).await;
    let answer = app.post(&format!("{href}/cancel/"), &json!({})).await.expect(200).json();
    assert_eq!(answer["success"], true);
    let record = app.ended(&href).await;
    assert_eq!(record["status"], "Fail");
    let message = record["message"].as_str().unwrap();
    assert!(message.starts_with("Transaction canceled."), "{message}");
    // Every row that is done is told, and no other was touched.
    let done = record["counts"]["succeeded"].as_u64().unwrap();
    assert!(done < MANY as u64, "{record}");
    assert_eq!(record["sub_transactions"].as_array().unwrap().len() as u64, done);
    assert_eq!(with_note(&app, &place, "new").await, done);
    app.post(&format!("{href}/cancel/"), &json!({})).await.expect_fault(409, "ended", &[]);
}

#[tokio::test]
async fn what_waits_is_cancelled_without_having_begun() {
    let (app, place) = with_many(MANY).await;
    // More than run side by side.
    let mut hrefs = Vec::new();
    for i in 0..5 {
        hrefs.push(change_all(&app, &place, MANY, &json!({ "notes": format!("n{i}") })).await);
    }
    let last = hrefs.last().unwrap();
    assert_eq!(app.data(last).await["status"], "Queued");
    app.post(&format!("{last}/cancel/"), &json!({})).await.expect(200);
    let record = app.data(last).await;
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["message"], "Transaction canceled.");
    assert_eq!(record["counts"], json!({ "total": MANY, "succeeded": 0, "failed": 0 }));
    for href in &hrefs[..4] {
        // The first of them may have ended.
        let answer = app.post(&format!("{href}/cancel/"), &json!({})).await;
        assert!([200, 409].contains(&answer.status), "{answer}");
        app.ended(href).await;
    }
    assert_eq!(with_note(&app, &place, "n4").await, 0);
}

#[tokio::test]
async fn what_was_under_way_goes_on_after_a_restart_at_its_next_row() {
    let (app, place) = with_many(MANY).await;
    let href = change_all(&app, &place, MANY, &json!({ "notes": "new" })).await;
    let waiting = change_all(&app, &place, MANY, &json!({ "email_domain": "example.org" })).await;
    let app = app.restarted().await;
    let record = app.ended(&href).await;
    assert_eq!(record["status"], "Success", "{}", record["message"]);
    assert_eq!(record["counts"], json!({ "total": MANY, "succeeded": MANY, "failed": 0 }));
    let line = record["log"][0]["message"].as_str().unwrap();
    assert!(line.starts_with("The program was started again after "), "{line}");
    assert_eq!(with_note(&app, &place, "new").await, MANY as u64);
    // Each row was done once: one record each, and none is told twice.
    let rows = record["sub_transactions"].as_array().unwrap();
    assert_eq!(rows.len(), MANY);
    let id = href.rsplit('/').next().unwrap();
    let list = format!(
        "{TRANSACTIONS}?filter_field=parent&filter_text={id}&filter_condition=equals&limit=1"
    );
    assert_eq!(app.get(&list).await.json()["pagination"]["total"], MANY);
    assert_eq!(app.ended(&waiting).await["status"], "Success");
}

#[tokio::test]
async fn what_has_ended_can_be_asked_for_again() {
    let (app, place) = with_many(3).await;
    let href = change_all(&app, &place, 3, &json!({ "notes": "again" })).await;
    app.ended(&href).await;
    let rows = app.data(&href).await["sub_transactions"].clone();
    let one = rows[0]["href"].as_str().unwrap();
    app.put(one, &json!({ "name": "Renamed" })).await.expect(200);
    let replay = app.post(&format!("{href}/replay/"), &json!({})).await.expect(202).json();
    let replayed = replay["href"].as_str().unwrap();
    assert_ne!(replayed, href);
    let record = app.ended(replayed).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Bulk Modify");
    let id = href.rsplit('/').next().unwrap();
    assert!(record["log"][0]["message"].as_str().unwrap().contains(id), "{record}");
    assert_eq!(app.given(one).await, json!({ "name": "Renamed", "notes": "again" }));
}

#[tokio::test]
async fn single_writes_are_replayed_from_their_records() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let made = app.post(&at(SPARK, &place), &json!({ "name": "One" })).await.expect(201).json();
    let path = made["meta"]["uri"].as_str().unwrap();
    let gone = app.delete(path).await.expect(200).json();
    let replay = |answer: &Value| {
        format!("{TRANSACTIONS}{}/replay/", answer["transaction_id"].as_str().unwrap())
    };
    let answer = app.post(&replay(&made), &json!({})).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(app.data(record["href"].as_str().unwrap()).await["name"], "One");
    // What is gone can't be deleted again; the replay says so.
    let answer = app.post(&replay(&gone), &json!({})).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Fail");
    assert!(record["message"].as_str().unwrap().contains("There is no"), "{record}");
}

#[tokio::test]
async fn what_held_secrets_or_was_a_row_is_not_replayed() {
    let (app, place) = with_many(1).await;
    let body = json!({ "name": "Two", "token": "s3cret" });
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let answer = app.post(&path, &body).await.expect(202).json();
    let queued = answer["href"].as_str().unwrap();
    assert_eq!(app.ended(queued).await["status"], "Success");
    let at_once = app.post(&at(SPARK, &place), &body).await.expect(201).json();
    let at_once = format!("{TRANSACTIONS}{}", at_once["transaction_id"].as_str().unwrap());
    for href in [queued, &at_once] {
        app.post(&format!("{href}/replay/"), &json!({})).await.expect_fault(
            409,
            "input_not_kept",
            &[],
        );
    }
    let bulk = change_all(&app, &place, 3, &json!({ "notes": "n" })).await;
    let row = app.ended(&bulk).await["sub_transactions"][0]["transaction_id"].clone();
    let row = format!("{TRANSACTIONS}{}", row.as_str().unwrap());
    app.post(&format!("{row}/replay/"), &json!({})).await.expect_fault(409, "row", &[]);
}

#[tokio::test]
async fn a_failed_write_with_secrets_can_be_replayed_with_them() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let external = "000fd0e4-83ef-4398-be23-d06998580fed";
    let first =
        app.spark(&place, &json!({ "name": "A", "account_number_external": external })).await;
    let body = json!({ "name": "B", "account_number_external": external, "token": "s3cret" });
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let answer = app.post(&path, &body).await.expect(202).json();
    let failed = answer["href"].as_str().unwrap();
    assert_eq!(app.ended(failed).await["status"], "Fail");
    app.delete(&format!("{SPARK}{first}")).await.expect(200);
    let answer = app.post(&format!("{failed}/replay/"), &json!({})).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success", "{record}");
    assert_eq!(record["after"]["token"], "********");
    for (file, bytes) in app.stored_bytes() {
        assert!(!bytes.windows(6).any(|w| w == b"s3cret"), "{}", file.display());
    }
}

/// The names of a transaction's own calls that its `meta` offers.
async fn offered(app: &TestApp, href: &str, username: &str) -> Vec<String> {
    let answer = app.call("GET", href).basic(username, PASSWORD).send().await.expect(200).json();
    let names = answer["meta"]["actions"].as_array().unwrap().iter();
    let names = names.map(|action| action.as_object().unwrap().keys().next().unwrap().clone());
    names.filter(|name| ["cancel", "replay"].contains(&name.as_str())).collect()
}

#[tokio::test]
async fn what_can_be_done_with_it_is_what_is_offered() {
    let app = TestApp::start().await;
    let provider = app.provider("Provider").await;
    let place = app.customer(&provider, "Customer").await;
    app.system_user("looks", &provider, "Operator").await;
    app.system_user("manages", &provider, "ProviderAdmin").await;
    for i in 0..MANY {
        app.spark(&place, &json!({ "name": format!("C{i:05}") })).await;
    }
    let body = json!({
        "notes": "new", "filter": { "hierarchy": place.pkid }, "expected_total": MANY,
    });
    let path = format!("{SPARK}bulk_update/?nowait=true");
    let call = app.call("POST", &path).basic("manages", PASSWORD).json(&body);
    let answer = call.send().await.expect(202).json();
    let href = answer["href"].as_str().unwrap().to_owned();
    assert_eq!(offered(&app, &href, "admin").await, ["cancel"]);
    assert_eq!(offered(&app, &href, "manages").await, ["cancel"]);
    assert!(offered(&app, &href, "looks").await.is_empty());
    app.post(&format!("{href}/cancel/"), &json!({})).await.expect(200);
    app.ended(&href).await;
    assert_eq!(offered(&app, &href, "admin").await, ["replay"]);
    assert_eq!(offered(&app, &href, "manages").await, ["replay"]);
    assert!(offered(&app, &href, "looks").await.is_empty());
    // What only happened is never done again.
    let logins = format!("{TRANSACTIONS}?filter_field=action&filter_text=Log");
    let list = app.get(&logins).await.expect(200).json();
    for row in list["resources"].as_array().unwrap() {
        let href = row["meta"]["references"]["self"][0]["href"].as_str().unwrap();
        assert!(offered(&app, href, "admin").await.is_empty(), "{row}");
    }
}

#[tokio::test]
async fn only_posts_cancel_and_replay() {
    let (app, place) = with_many(1).await;
    let href = change_all(&app, &place, 1, &json!({ "notes": "n" })).await;
    app.ended(&href).await;
    for action in ["cancel", "replay"] {
        app.get(&format!("{href}/{action}/")).await.expect_fault(405, "not_offered", &[]);
    }
    let unknown = format!("{TRANSACTIONS}00000000-0000-4000-8000-000000000000");
    for action in ["cancel", "replay"] {
        app.post(&format!("{unknown}/{action}/"), &json!({})).await.expect(404);
    }
    app.get(&format!("{unknown}/events/")).await.expect(404);
    let meta = app.get(&href).await.expect(200).json()["meta"]["actions"].clone();
    let named = |name: &str| {
        meta.as_array().unwrap().iter().find_map(|a| a.get(name)).cloned().unwrap_or_default()
    };
    // It has ended.
    assert!(named("cancel").is_null());
    assert_eq!(named("replay")["href"], format!("{href}/replay/"));
    assert_eq!(named("replay")["method"], "POST");
}

#[tokio::test]
async fn what_can_be_judged_at_once_is_refused_at_once() {
    let (app, place) = with_many(1).await;
    let before = app.total(TRANSACTIONS).await;
    let nowait =
        |path: &str| format!("{path}{}nowait=true", if path.contains('?') { '&' } else { '?' });
    app.post(&nowait(&at(SPARK, &place)), &json!({})).await.expect(400);
    app.post(&nowait(&format!("{SPARK}?hierarchy=sys")), &json!({ "name": "x" }))
        .await
        .expect_fault(400, "validation", &[("hierarchy", "wrong_place")]);
    let unknown = format!("{SPARK}000000000000000000000000");
    app.put(&nowait(&unknown), &json!({ "name": "x" })).await.expect(404);
    app.delete(&nowait(&unknown)).await.expect(404);
    let list = app.get(&at(SPARK, &place)).await.json();
    let one = list["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    app.call("PUT", &nowait(one))
        .header("if-match", "\"9\"")
        .json(&json!({ "name": "x" }))
        .send()
        .await
        .expect(412);
    app.put(&nowait(one), &json!({ "name": 7 })).await.expect(400);
    // What the server writes is refused as it is without nowait.
    app.put(&nowait(one), &json!({ "name": "x", "token_link": "/elsewhere" })).await.expect_fault(
        400,
        "validation",
        &[("/token_link", "read_only")],
    );
    app.delete(&nowait(&format!("{NODES}{}", "unknown"))).await.expect(404);
    assert_eq!(app.total(TRANSACTIONS).await, before);
}

#[tokio::test]
async fn another_accounts_transactions_out_of_sight_do_not_exist() {
    let (app, place) = with_many(1).await;
    let href = change_all(&app, &place, 1, &json!({ "notes": "n" })).await;
    app.ended(&href).await;
    // The record of a call without a node stands at the caller's own, here at sys.
    app.account("reseller", &place).await;
    for (method, path) in [
        ("GET", format!("{href}/")),
        ("GET", format!("{href}/events/")),
        ("POST", format!("{href}/cancel/")),
        ("POST", format!("{href}/replay/")),
    ] {
        app.call(method, &path).basic("reseller", PASSWORD).send().await.expect(404);
    }
}
