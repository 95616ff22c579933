//! `data/Schedule`: what is done for a Webex customer again and again, and what becomes of it when
//! the customer changes.

use serde_json::{Value, json};
use tenantry::domain::webex::keeper;

use super::{
    ORGANIZATION, Stage,
    keeper::{ACCESS_TOKEN, DAY, HOUR, connection, pasted, tick},
};
use crate::support::{Answer, Place, SPARK, TRANSACTIONS, TestApp, at};

const SCHEDULES: &str = "/api/data/Schedule/";

fn hourly(more: Value) -> Value {
    let mut data = json!({
        "name": "Hourly",
        "spark_customer": "Oakland",
        "action": "RefreshAccessToken",
        "interval_minutes": 60,
    });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    data
}

async fn add(app: &TestApp, place: &Place, data: &Value) -> String {
    let made = app.post(&at(SCHEDULES, place), data).await.expect(201);
    format!("{SCHEDULES}{}/", made.json()["pkid"].as_str().unwrap())
}

/// A customer with tokens that are fresh, and its place.
async fn customer(stage: &Stage) -> (Place, String) {
    let place = stage.app.tenant().await;
    let href = pasted(stage, &place, ORGANIZATION, json!({})).await;
    tick(&stage.app).await;
    (place, href)
}

/// Waits until all that was queued has ended.
async fn settled(app: &TestApp) {
    let path = format!("{TRANSACTIONS}?limit=2000");
    let list = app.get(&path).await.expect(200).json();
    for row in list["resources"].as_array().unwrap() {
        if ["Queued", "In Progress"].contains(&row["data"]["status"].as_str().unwrap()) {
            let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
            app.ended(&format!("{TRANSACTIONS}{pkid}")).await;
        }
    }
}

async fn runs(app: &TestApp) -> usize {
    let path = format!(
        "{TRANSACTIONS}?limit=2000&filter_field=action&filter_text=Refresh&\
         filter_field=username&filter_text=tenantry"
    );
    app.get(&path).await.expect(200).json()["resources"].as_array().unwrap().len()
}

#[tokio::test]
async fn it_runs_when_it_is_due_and_is_planned_from_the_time_it_was_planned_for() {
    let stage = Stage::start().await;
    let (place, _) = customer(&stage).await;
    let href = add(&stage.app, &place, &hourly(json!({}))).await;
    let data = stage.app.data(&href).await;
    assert_eq!(data["next_run"], "2026-01-31T10:30:00.000000Z");
    assert_eq!(data["enabled"], true);
    let before = (stage.simulator.calls(ACCESS_TOKEN), runs(&stage.app).await);
    assert_eq!(tick(&stage.app).await, Some(HOUR));
    stage.app.clock.advance(HOUR - 1);
    tick(&stage.app).await;
    assert_eq!(runs(&stage.app).await, before.1);
    // Ten minutes late, and still at half past.
    stage.app.clock.advance(601);
    let records = stage.app.total(TRANSACTIONS).await;
    assert_eq!(tick(&stage.app).await, Some(3000));
    settled(&stage.app).await;
    assert_eq!(stage.app.data(&href).await["next_run"], "2026-01-31T11:30:00.000000Z");
    assert_eq!(
        (stage.simulator.calls(ACCESS_TOKEN), runs(&stage.app).await),
        (before.0 + 1, before.1 + 1)
    );
    // The plan itself leaves no record; the run's is the program's.
    assert_eq!(stage.app.total(TRANSACTIONS).await, records + 1);
    let record = stage.app.last_transaction().await;
    assert_eq!((&record["username"], &record["status"]), (&json!("tenantry"), &json!("Success")));

    // Down for two days and a half hour: one run, then the next half past.
    stage.app.clock.advance(2 * DAY);
    tick(&stage.app).await;
    settled(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), before.0 + 2);
    assert_eq!(stage.app.data(&href).await["next_run"], "2026-02-02T11:30:00.000000Z");
}

#[tokio::test]
async fn a_run_is_left_out_while_one_is_under_way() {
    let stage = Stage::start().await;
    let (place, customer) = customer(&stage).await;
    for name in ["One", "Two", "Three"] {
        add(&stage.app, &place, &hourly(json!({ "name": name }))).await;
    }
    // Queued behind what holds up the worker's four places.
    let before = runs(&stage.app).await;
    stage.app.clock.advance(HOUR);
    tick(&stage.app).await;
    settled(&stage.app).await;
    assert_eq!(runs(&stage.app).await, before + 1);
    assert_eq!(connection(&stage.app, &customer).await["state"], "healthy");
}

#[tokio::test]
async fn it_rests_when_it_is_told_to_and_a_change_plans_it_anew() {
    let stage = Stage::start().await;
    let (place, _) = customer(&stage).await;
    let href = add(&stage.app, &place, &hourly(json!({ "enabled": false }))).await;
    assert_eq!(stage.app.data(&href).await["next_run"], Value::Null);
    assert_eq!(tick(&stage.app).await, Some(7 * DAY - 1));
    let put = |more: Value| {
        let (app, href) = (&stage.app, href.clone());
        async move {
            app.put(&href, &hourly(more)).await.expect(200);
            app.data(&href).await["next_run"].clone()
        }
    };
    stage.app.clock.advance(60);
    assert_eq!(put(json!({})).await, "2026-01-31T10:31:00.000000Z");
    stage.app.clock.advance(60);
    assert_eq!(put(json!({ "name": "Other" })).await, "2026-01-31T10:31:00.000000Z");
    assert_eq!(put(json!({ "interval_minutes": 5 })).await, "2026-01-31T09:37:00.000000Z");
    assert_eq!(put(json!({ "enabled": false })).await, Value::Null);
    stage.app.clock.advance(DAY);
    let before = runs(&stage.app).await;
    tick(&stage.app).await;
    assert_eq!(runs(&stage.app).await, before);
}

#[tokio::test]
async fn bad_input_is_refused_at_its_field() {
    let stage = Stage::start().await;
    let (place, _) = customer(&stage).await;
    for name in ["Twin", "Twin"] {
        stage.app.spark(&place, &json!({ "name": name })).await;
    }
    let elsewhere = stage.app.customer(&stage.app.provider("Elsewhere").await, "Far").await;
    stage.app.spark(&elsewhere, &json!({ "name": "Distant" })).await;
    let records = stage.app.total(TRANSACTIONS).await;
    for (more, field, code) in [
        (json!({ "spark_customer": "Nobody" }), "/spark_customer", "not_found"),
        (json!({ "spark_customer": "oakland" }), "/spark_customer", "not_found"),
        (json!({ "spark_customer": "Distant" }), "/spark_customer", "not_found"),
        (json!({ "spark_customer": "Twin" }), "/spark_customer", "ambiguous"),
        (json!({ "spark_customer": "" }), "/spark_customer", "required"),
        (json!({ "action": "Explode" }), "/action", "not_a_choice"),
        (json!({ "interval_minutes": 4 }), "/interval_minutes", "too_small"),
        (json!({ "interval_minutes": 525_601 }), "/interval_minutes", "too_large"),
        (json!({ "interval_minutes": 7.5 }), "/interval_minutes", "wrong_type"),
        (json!({ "interval_minutes": "60" }), "/interval_minutes", "wrong_type"),
        (json!({ "enabled": "yes" }), "/enabled", "wrong_type"),
        (json!({ "name": "" }), "/name", "required"),
        (json!({ "next_run": "2026-01-31T10:30:00Z" }), "/next_run", "read_only"),
    ] {
        let answer = stage.app.post(&at(SCHEDULES, &place), &hourly(more.clone())).await;
        let told = answer.expect(400).json();
        assert_eq!(
            (&told["errors"][0]["field"], &told["errors"][0]["code"]),
            (&json!(field), &json!(code)),
            "{more}: {told}"
        );
    }
    assert_eq!(stage.app.total(TRANSACTIONS).await, records);
    let href = add(&stage.app, &place, &hourly(json!({}))).await;
    let again = stage.app.post(&at(SCHEDULES, &place), &hourly(json!({}))).await;
    again.expect_fault(409, "taken", &[("/name", "taken")]);
    let wrong = hourly(json!({ "spark_customer": "Nobody" }));
    stage.app.put(&href, &wrong).await.expect(400);
    let provider = stage.app.provider("Above").await;
    stage.app.post(&at(SCHEDULES, &provider), &hourly(json!({}))).await.expect(400);
}

#[tokio::test]
async fn the_form_offers_the_customers_of_the_place() {
    let stage = Stage::start().await;
    let (place, _) = customer(&stage).await;
    let session = stage.app.session().await;
    let path = format!("/models/data/Schedule/add?hierarchy={}", place.path);
    let form = stage.app.call("GET", &path).cookie(&session).send().await.expect(200);
    assert!(form.text().contains("<option value=\"Oakland\">"), "{}", form.text());
    assert!(form.text().contains("Sync Webex Teams Users"));

    let mut pairs = vec![
        ("/name", "Nightly"),
        ("/spark_customer", "Oakland"),
        ("/action", "SyncWebexTeamsUsers"),
        ("/interval_minutes", "1440"),
        ("/enabled", "true"),
    ];
    let post = |pairs: Vec<(&'static str, &'static str)>| {
        stage.app.call("POST", &path).cookie(&session).form(&pairs).send()
    };
    post(pairs.clone()).await.expect(303);
    let list = stage.app.get(SCHEDULES).await.expect(200).json();
    let data = &list["resources"][0]["data"];
    assert_eq!((&data["interval_minutes"], &data["enabled"]), (&json!(1440), &json!(true)));
    assert_eq!(data["next_run"], "2026-02-01T09:30:00.000000Z");
    let shown = stage.app.call("GET", "/models/data/Schedule").cookie(&session).send().await;
    assert!(shown.expect(200).text().contains("Nightly"));

    pairs[1].1 = "Nobody";
    let refused = post(pairs).await;
    let refused = refused.expect(400);
    assert!(refused.text().contains("There is no Webex customer"), "{refused}");
}

#[tokio::test]
async fn it_follows_its_customers_name() {
    let stage = Stage::start().await;
    let (place, customer) = customer(&stage).await;
    let href = add(&stage.app, &place, &hourly(json!({}))).await;
    let before = stage.app.get(&href).await.expect(200);
    let mut data = stage.app.data(&customer).await;
    data["name"] = json!("Oakland & Sons");
    stage.app.put(&customer, &data).await.expect(200);
    // Another takes the name that has become free, and gets nothing of it.
    stage.app.spark(&place, &json!({ "name": "Oakland" })).await;
    let after = stage.app.get(&href).await.expect(200);
    assert_eq!(after.json()["data"]["spark_customer"], "Oakland & Sons");
    assert_ne!(before.header("etag"), after.header("etag"));
    let mut renamed = hourly(json!({ "spark_customer": "Oakland & Sons", "name": "Still" }));
    stage.app.put(&href, &renamed).await.expect(200);
    stage.app.clock.advance(HOUR);
    let calls = stage.simulator.calls(ACCESS_TOKEN);
    tick(&stage.app).await;
    settled(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), calls + 1);
    // Given to the other one, which isn't authorised.
    renamed["spark_customer"] = json!("Oakland");
    stage.app.put(&href, &renamed).await.expect(200);
    stage.app.clock.advance(HOUR);
    tick(&stage.app).await;
    settled(&stage.app).await;
    assert_eq!(stage.app.last_transaction().await["status"], "Fail");
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), calls + 1);
}

async fn move_to(app: &TestApp, model: &str, href: &str, target: &Place) -> Answer {
    let path = format!("/api/tool/DataMove/?model_type={model}&context_hierarchy={}", target.path);
    app.post(&path, &json!({ "hrefs": [href.trim_end_matches('/')] })).await
}

#[tokio::test]
async fn it_goes_where_its_customer_goes_and_nowhere_else() {
    let stage = Stage::start().await;
    let (place, customer) = customer(&stage).await;
    let href = add(&stage.app, &place, &hourly(json!({}))).await;
    let other = stage
        .app
        .customer(&Place { path: "sys.Provider".to_owned(), ..place.clone() }, "Other")
        .await;
    move_to(&stage.app, "data/Schedule", &href, &other).await.expect(405);

    stage.app.spark(&other, &json!({ "name": "Theirs" })).await;
    let theirs = add(&stage.app, &other, &hourly(json!({ "spark_customer": "Theirs" }))).await;
    let refused = move_to(&stage.app, "relation/SparkCustomer", &customer, &other).await;
    let told = refused.expect(200).json();
    assert_eq!(told["success"], false);
    assert!(told.to_string().contains("Its schedule \\\"Hourly\\\" goes with it"), "{told}");
    let here = |place: &Place| {
        let path = format!("{SCHEDULES}?hierarchy={}&traversal=local", place.path);
        async { stage.app.get(&{ path }).await.expect(200).json()["pagination"]["total"].clone() }
    };
    assert_eq!((here(&place).await, here(&other).await), (json!(1), json!(1)));

    stage
        .app
        .put(&theirs, &hourly(json!({ "name": "Own", "spark_customer": "Theirs" })))
        .await
        .expect(200);
    let moved =
        move_to(&stage.app, "relation/SparkCustomer", &customer, &other).await.expect(200).json();
    assert_eq!(moved["success"], true, "{moved}");
    assert_eq!((here(&place).await, here(&other).await), (json!(0), json!(2)));
    // Its name is taken there now, and free where it was.
    let clash = hourly(json!({ "spark_customer": "Theirs" }));
    stage.app.post(&at(SCHEDULES, &other), &clash).await.expect(409);
    stage.app.spark(&place, &json!({ "name": "Oakland" })).await;
    add(&stage.app, &place, &hourly(json!({}))).await;
}

#[tokio::test]
async fn it_goes_with_its_customer() {
    let stage = Stage::start().await;
    let (place, customer) = customer(&stage).await;
    let other = stage.app.spark(&place, &json!({ "name": "Other" })).await;
    for (name, of) in [("A", "Oakland"), ("B", "Oakland"), ("C", "Other")] {
        add(&stage.app, &place, &hourly(json!({ "name": name, "spark_customer": of }))).await;
    }
    stage.app.delete(&customer).await.expect(200);
    let record = stage.app.last_transaction().await;
    assert_eq!(record["message"], "Webex customer Oakland was deleted, and with it 2 schedules.");
    assert_eq!(stage.app.total(SCHEDULES).await, 1);
    stage.app.delete(&format!("{SPARK}{other}/")).await.expect(200);
    assert!(
        stage.app.last_transaction().await["message"].as_str().unwrap().ends_with("1 schedule.")
    );
    assert_eq!(stage.app.total(SCHEDULES).await, 0);
    stage.app.clock.advance(HOUR);
    assert_eq!(tick(&stage.app).await, None);
}

#[tokio::test]
async fn it_is_kept_over_a_restart() {
    let mut stage = Stage::start().await;
    let (place, _) = customer(&stage).await;
    add(&stage.app, &place, &hourly(json!({}))).await;
    stage.app.clock.advance(3 * HOUR);
    stage.app = stage.app.restarted().await;
    keeper::begin(&stage.app.app).await.unwrap();
    let calls = stage.simulator.calls(ACCESS_TOKEN);
    assert_eq!(tick(&stage.app).await, Some(HOUR));
    settled(&stage.app).await;
    assert_eq!(stage.simulator.calls(ACCESS_TOKEN), calls + 1);
}
