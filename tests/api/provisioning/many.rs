//! `/api/data/User/services/`: services and packs for many users at once, each all or nothing.

use serde_json::{Value, json};

use crate::support::{
    NORTH, PASSWORD, SERVICE_PACKS, TENANT, TRANSACTIONS, Tenancy, TestApp, USERS, limited,
    unlimited, wanted,
};

const ASSIGN: &str = "/api/data/User/services/";

/// Six users at a site, and a pack of which four are left.
async fn with_six() -> (TestApp, Tenancy, Vec<String>) {
    let app = TestApp::start().await;
    app.service("user", "Call Waiting").await;
    app.service("user", "Do Not Disturb").await;
    let tenancy = app.tenancy().await;
    app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(4)).await;
    app.license(TENANT, "userServices", "Call Waiting", unlimited()).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(5)).await.expect(200);
    let mut hrefs = Vec::new();
    for number in 0..6 {
        hrefs.push(format!("{USERS}{}/", app.user(&tenancy.north, &format!("u{number}")).await));
    }
    (app, tenancy, hrefs)
}

fn body(hrefs: &[String], services: &[&str], packs: &[&str]) -> Value {
    let mut body = wanted(services, packs);
    body["hrefs"] = json!(hrefs);
    body
}

async fn used(app: &TestApp) -> (u64, u64) {
    let pack = app.line(TENANT, "servicePacks", "Basic").await;
    let service = app.line(NORTH, "userServices", "Call Waiting").await;
    (pack["currentlyAllocated"].as_u64().unwrap(), service["inUse"].as_u64().unwrap())
}

#[tokio::test]
async fn each_user_gets_all_of_it_or_nothing() {
    let (app, _, hrefs) = with_six().await;
    let asked = body(&hrefs, &["Call Waiting"], &["Basic"]);
    let answer = app.post(ASSIGN, &asked).await.expect(200).json();
    assert_eq!(answer["model_type"], "data/User");
    assert_eq!(answer["success"], false);
    assert_eq!(answer["counts"], json!({ "total": 6, "succeeded": 4, "failed": 2 }));
    let rows = answer["sub_transactions"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = rows.iter().map(|r| (&r["href"], &r["message"])).collect();
    let refusal = json!("No Basic is left: 4 of 4 are assigned at the tenant foo.");
    for (index, href) in hrefs.iter().enumerate() {
        let expected = if index < 4 { json!("Assigned.") } else { refusal.clone() };
        assert_eq!(told[index], (&json!(href), &expected));
    }
    // Who got no pack got no service, either.
    assert_eq!(used(&app).await, (4, 4));
    let none = app.data(&hrefs[5]).await;
    assert_eq!(none, json!({ "user_id": "u5" }));
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Bulk Assign");
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["message"], "4 of 6 Users were assigned Basic, Call Waiting.");
    let row = record["sub_transactions"][0]["transaction_id"].as_str().unwrap();
    let row = app.data(&format!("{TRANSACTIONS}{row}")).await;
    assert_eq!(row["action"], "Assign");
    assert_eq!(row["parent"], id);
    assert_eq!(row["before"], json!({ "user_id": "u0" }));
    assert_eq!(
        row["after"],
        json!({ "user_id": "u0", "services": ["Call Waiting"], "service_packs": ["Basic"] })
    );

    // Back from all, those who hold nothing of it, too.
    let answer = app.call("DELETE", ASSIGN).json(&asked).send().await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 6, "succeeded": 6, "failed": 0 }));
    assert_eq!(used(&app).await, (0, 0));
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Bulk Unassign");
    assert_eq!(record["message"], "6 of 6 Users hold Basic, Call Waiting no more.");
}

#[tokio::test]
async fn a_filter_chooses_and_a_queue_carries_out() {
    let (app, tenancy, hrefs) = with_six().await;
    let mut asked = wanted(&[], &["Basic"]);
    asked["filter"] =
        json!({ "filter_field": "user_id", "filter_text": "u", "hierarchy": tenancy.north.path });
    asked["expected_total"] = json!(5);
    let answer = app.post(ASSIGN, &asked).await;
    answer.expect_fault(409, "count_changed", &[("/expected_total", "count_changed")]);
    asked["expected_total"] = json!(6);
    let answer = app.post(&format!("{ASSIGN}?nowait=true"), &asked).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["counts"], json!({ "total": 6, "succeeded": 4, "failed": 2 }));
    assert_eq!(used(&app).await, (4, 0));
    // The same once more, now that there are enough: who holds it keeps it.
    app.put(&format!("{TENANT}service_packs/Basic/"), &json!({ "quantity": unlimited() }))
        .await
        .expect(200);
    app.license(TENANT, "userServices", "Do Not Disturb", unlimited()).await.expect(200);
    let replay = format!("{}/replay/", answer["href"].as_str().unwrap());
    let again = app.call("POST", &replay).send().await.expect(202).json();
    let record = app.ended(again["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(used(&app).await, (6, 0));
    assert_eq!(app.data(&hrefs[5]).await["service_packs"], json!(["Basic"]));
}

#[tokio::test]
async fn rows_that_are_no_users_of_the_callers_fail_as_not_found() {
    let (app, tenancy, hrefs) = with_six().await;
    app.account("at-south", &tenancy.south).await;
    let pack = app.get(SERVICE_PACKS).await.json()["resources"][0]["meta"]["references"]["self"][0]
        ["href"]
        .as_str()
        .unwrap()
        .to_owned();
    let asked = body(&[hrefs[0].clone(), pack, "nonsense".to_owned()], &[], &["Basic"]);
    let answer = app.post(ASSIGN, &asked).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 3, "succeeded": 1, "failed": 2 }));
    let call = app.call("POST", ASSIGN).basic("at-south", PASSWORD).json(&asked);
    let answer = call.send().await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 3, "succeeded": 0, "failed": 3 }));
    assert_eq!(used(&app).await, (1, 0));
}

#[tokio::test]
async fn what_can_t_be_meant_is_refused_at_once() {
    let (app, _, hrefs) = with_six().await;
    let records = app.total(TRANSACTIONS).await;
    let cases = [
        (json!({ "hrefs": hrefs, "userServices": {} }), "/userServices"),
        (json!({ "hrefs": hrefs, "servicePacks": [{}] }), "/servicePacks/0/name"),
        (json!({ "hrefs": hrefs, "groupServices": [] }), "/groupServices"),
        (json!({ "hrefs": hrefs }), ""),
        (json!({ "hrefs": [], "servicePacks": [{ "name": "Basic" }] }), "/hrefs"),
        (json!({ "servicePacks": [{ "name": "Basic" }] }), "/hrefs"),
    ];
    for (asked, field) in &cases {
        for method in ["POST", "DELETE"] {
            let answer = app.call(method, ASSIGN).json(asked).send().await.expect(400).json();
            assert_eq!(answer["errors"][0]["field"], *field, "{answer}");
            assert_eq!(answer["success"], false);
        }
    }
    app.get(ASSIGN).await.expect(405);
    assert_eq!(app.total(TRANSACTIONS).await, records);
}

#[tokio::test]
async fn lists_and_instances_say_where_it_is_done() {
    let (app, tenancy, hrefs) = with_six().await;
    let list = app.get(&format!("{USERS}?hierarchy={}", tenancy.north.pkid)).await.json();
    let one = app.get(&hrefs[0]).await.json();
    for (name, method) in [("assign", "POST"), ("unassign", "DELETE")] {
        for (answer, path, queued) in [(&list, USERS, true), (&one, hrefs[0].as_str(), false)] {
            let actions = answer["meta"]["actions"].as_array().unwrap();
            let action = actions.iter().find_map(|action| action.get(name)).unwrap();
            let href = format!("{path}services/?hierarchy={}", tenancy.north.pkid);
            assert_eq!(action["href"], href);
            assert_eq!(action["method"], method);
            assert_eq!(action["support_async"], queued);
        }
    }
    let packs = app.get(SERVICE_PACKS).await.json();
    assert!(!packs["meta"]["actions"].to_string().contains("assign"));
}
