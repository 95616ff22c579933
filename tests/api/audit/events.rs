//! What is recorded beside changes: log-ins, refusals and exports.

use serde_json::{Value, json};
use tenantry::domain::audit;

use crate::support::{PASSWORD, SPARK, TRANSACTIONS, TestApp, at};

/// The records of an action, the latest first.
async fn records(app: &TestApp, action: &str) -> Vec<Value> {
    let path = format!(
        "{TRANSACTIONS}?limit=2000&filter_field=action&filter_text={}&filter_condition=equals",
        action.replace(' ', "%20")
    );
    let list = app.get(&path).await.expect(200).json();
    let rows = list["resources"].as_array().unwrap();
    rows.iter().map(|row| row["data"].clone()).collect()
}

#[tokio::test]
async fn an_export_is_recorded_with_who_what_and_how_many() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let one = app.spark(&place, &json!({ "name": "One", "token": "s3cret" })).await;
    app.spark(&place, &json!({ "name": "Two" })).await;
    app.get(&format!("{SPARK}{one}/export/")).await.expect(200);
    app.clock.advance(1);
    let all = json!({ "filter": {}, "expected_total": 2 });
    let path = at(&format!("{SPARK}export/"), &place);
    app.post(&format!("{path}&export_format=csv"), &all).await.expect(200);
    // What is refused isn't an export.
    let wrong = json!({ "filter": {}, "expected_total": 3 });
    app.post(&path, &wrong).await.expect(409);
    let found = records(&app, "Export").await;
    assert_eq!(found.len(), 2, "{found:?}");
    for (record, count, what) in
        [(&found[0], 2, "csv at sys.Provider.Customer"), (&found[1], 1, "json at sys")]
    {
        assert_eq!(record["status"], "Success");
        assert_eq!(record["model_type"], "relation/SparkCustomer");
        assert_eq!(record["href"], "/api/relation/SparkCustomer");
        assert_eq!(record["username"], "admin");
        let message = record["message"].as_str().unwrap();
        assert_eq!(message, format!("admin exported {count} of relation/SparkCustomer: {what}."));
        assert!(record.get("before").is_none() && record.get("after").is_none(), "{record}");
    }
}

#[tokio::test]
async fn what_a_caller_may_not_do_is_recorded_where_it_belongs() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    app.account("below", &place).await;
    let cookie = app.session().await;
    let path = format!("{SPARK}{pkid}");
    // A cookie alone doesn't write.
    app.call("PUT", &path).cookie(&cookie).json(&json!({ "name": "Two" })).send().await.expect(403);
    let found = records(&app, "Refused").await;
    let [record] = &found[..] else { panic!("{found:?}") };
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["username"], "admin");
    assert_eq!(record["model_type"], "relation/SparkCustomer");
    assert_eq!(record["href"], path);
    assert_eq!(record["hierarchy"], "sys");
    let message = record["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("PUT {path}")) && message.contains("X-CSRFToken"),
        "{message}"
    );
    // Its page, and that it can't be replayed.
    let list = app.get(&format!("{TRANSACTIONS}?filter_field=action&filter_text=Refused")).await;
    let row = list.json()["resources"][0].clone();
    let id = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned();
    let page = app.call("GET", &format!("/transactions/{id}")).cookie(&cookie).send().await;
    let page = page.expect(200);
    assert!(page.text().contains("was refused") && !page.text().contains("Replay"), "{page}");
    let replay = app.post(&format!("{TRANSACTIONS}{id}/replay/"), &json!({})).await;
    replay.expect_fault(409, "not_replayed", &[]);
    // Alike ones are counted, and told of by the next.
    for _ in 0..5 {
        let call = app.call("PUT", &path).cookie(&cookie).json(&json!({ "name": "Two" }));
        call.send().await.expect(403);
    }
    assert_eq!(records(&app, "Refused").await.len(), 1);
    app.clock.advance(60);
    app.call("PUT", &path).cookie(&cookie).json(&json!({ "name": "Two" })).send().await.expect(403);
    let found = records(&app, "Refused").await;
    assert_eq!(found.len(), 2);
    assert!(found[0]["message"].as_str().unwrap().contains("without a record: 5"), "{found:?}");
    // What doesn't exist for a caller is no refusal, and tells nobody.
    app.call("GET", &format!("{SPARK}{}", "0".repeat(24))).send().await.expect(404);
    assert_eq!(records(&app, "Refused").await.len(), 2);
}

#[tokio::test]
async fn refused_log_ins_are_recorded_at_the_node_of_the_account() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.account("below", &place).await;
    let from = Some("192.0.2.7".parse().unwrap());
    audit::log_in_refused(&app.app, "below", "The password is wrong.", from).await;
    audit::log_in_refused(&app.app, &"x".repeat(5000), "There is no such account", None).await;
    let found = records(&app, "Log In Refused").await;
    assert_eq!(found.len(), 2);
    let known = found.iter().find(|record| record["username"] == "below").unwrap();
    assert_eq!(known["hierarchy"], "sys.Provider.Customer");
    assert_eq!(
        known["message"],
        "A log-in as below from 192.0.2.7 was refused: The password is wrong."
    );
    let unknown = found.iter().find(|record| record["username"] != "below").unwrap();
    assert_eq!(unknown["hierarchy"], "sys");
    assert!(unknown["username"].as_str().unwrap().chars().count() <= 81);
    // A flood of them, under names that are made up, is kept within limits.
    for n in 0..500 {
        audit::log_in_refused(&app.app, &format!("made-up-{n}"), "no", from).await;
    }
    let found = records(&app, "Log In Refused").await;
    assert_eq!(found.len(), 21);
    // It hides nobody else's.
    let elsewhere = Some("2001:db8::7".parse().unwrap());
    audit::log_in_refused(&app.app, "below", "no", elsewhere).await;
    assert_eq!(records(&app, "Log In Refused").await.len(), 22);
    // How many it was is recorded when the minute is over, once, whoever is refused then.
    app.clock.advance(60);
    audit::log_in_refused(&app.app, "later", "no", None).await;
    audit::record_sums(&app.app).await;
    let found = records(&app, "Log In Refused").await;
    assert_eq!(found.len(), 24);
    let sum = found.iter().find(|record| record["username"] == "tenantry").unwrap();
    assert_eq!(
        sum["message"],
        "481 more log-ins from 192.0.2.7 were refused in a minute, without a record of each."
    );
    assert_eq!(sum["hierarchy"], "sys");
    let later = found.iter().find(|record| record["username"] == "later").unwrap();
    assert_eq!(later["message"], "A log-in as later was refused: no.");
}

#[tokio::test]
async fn what_one_caller_may_not_do_hides_no_refusal_of_others() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for username in ["loud", "quiet"] {
        app.system_user(username, &place, "Auditor").await;
    }
    let data = json!({ "name": "One" });
    let mut pkids = Vec::new();
    for n in 0..25 {
        pkids.push(app.spark(&place, &json!({ "name": format!("Number {n}") })).await);
    }
    for pkid in &pkids {
        let call = app.call("PUT", &format!("{SPARK}{pkid}")).basic("loud", PASSWORD).json(&data);
        call.send().await.expect(403);
    }
    let path = format!("{SPARK}{}", pkids[0]);
    let call = app.call("PUT", &path).basic("quiet", PASSWORD).json(&data);
    call.send().await.expect(403);
    let of = async |username: &str| {
        let found = records(&app, "Refused").await;
        found.into_iter().filter(|record| record["username"] == username).collect::<Vec<_>>()
    };
    assert_eq!(of("loud").await.len(), 20);
    assert_eq!(of("quiet").await.len(), 1);
    // Nobody needs to be refused for the sum to be told.
    app.clock.advance(60);
    audit::record_sums(&app.app).await;
    let found = of("loud").await;
    assert_eq!(found.len(), 21);
    assert_eq!(
        found[0]["message"],
        "5 more calls of loud were refused in a minute, without a record of each."
    );
    assert_eq!(found[0]["hierarchy"], place.path);
}

#[tokio::test]
async fn what_a_flood_left_out_is_recorded_when_the_program_ends() {
    let app = TestApp::start().await;
    let from = Some("192.0.2.7".parse().unwrap());
    for n in 0..25 {
        audit::log_in_refused(&app.app, &format!("made-up-{n}"), "no", from).await;
    }
    let app = app.restarted().await;
    let found = records(&app, "Log In Refused").await;
    assert_eq!(found.len(), 21);
    let sum = found.iter().find(|record| record["username"] == "tenantry").unwrap();
    assert_eq!(
        sum["message"],
        "5 more log-ins from 192.0.2.7 were refused in a minute, without a record of each."
    );
}
