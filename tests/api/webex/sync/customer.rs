//! What was synced follows its customer: its first tokens, its name, its place and its end.

use serde_json::{Value, json};

use super::{
    super::{ORGANIZATION, Stage},
    LICENSES, ORGANIZATIONS, ROLES, USERS,
};
use crate::support::{NODES, SPARK, TRANSACTIONS};

/// The transaction that a record's log names as queued.
fn queued(record: &Value) -> Option<String> {
    let log = record["log"].as_array().unwrap();
    let line = log.iter().find_map(|line| {
        line["message"]
            .as_str()
            .unwrap()
            .strip_prefix("The sync of roles and licences was queued as ")
    })?;
    let id = line.trim_start_matches("the transaction ").trim_end_matches('.');
    Some(format!("{TRANSACTIONS}{id}"))
}

#[tokio::test]
async fn sync_on_create_follows_tokens_that_are_given_at_once() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let tokens = stage.simulator.grant(ORGANIZATION);
    let data = json!({ "name": "Oakland", "sync": true, "token": tokens["access_token"] });
    let pkid = stage.app.spark(&place, &data).await;
    let created = stage.app.get(&format!("{TRANSACTIONS}?filter_field=action&filter_text=Create&filter_condition=equals&filter_field=href&filter_text={pkid}")).await.json();
    let record = stage.app.ended(&queued(&created["resources"][0]["data"]).unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["username"], "admin");
    assert_eq!(record["href"], format!("/api/relation/SparkCustomer/{pkid}"));
    assert_eq!(stage.app.total(LICENSES).await, 6);
}

#[tokio::test]
async fn without_tokens_it_follows_the_first_authorisation() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let pkid = stage.app.spark(&place, &json!({ "name": "Oakland", "sync": true })).await;
    assert_eq!(queued(&stage.app.last_transaction().await), None);
    stage.authorise(&pkid).await;
    let path = format!("{TRANSACTIONS}?filter_field=message&filter_text=It%20was%20authorised");
    let authorised = stage.app.get(&path).await.json()["resources"][0]["data"].clone();
    let record = stage.app.ended(&queued(&authorised).unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(stage.app.total(ROLES).await, 6);
    // Once is enough.
    stage.app.clock.advance(60);
    stage.authorise(&pkid).await;
    let path = format!("{TRANSACTIONS}?filter_field=action&filter_text=Sync");
    assert_eq!(stage.app.get(&path).await.json()["pagination"]["total"], 1);
}

#[tokio::test]
async fn pasted_tokens_count_and_a_customer_that_wants_none_is_left_alone() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let tokens = stage.simulator.grant(ORGANIZATION);
    for (name, sync) in [("Quiet", false), ("Eager", true)] {
        let data = json!({ "name": name, "sync": sync });
        let href = format!("{SPARK}{}/", stage.app.spark(&place, &data).await);
        let mut data = data.clone();
        data["token"] = tokens["access_token"].clone();
        let answer = stage.app.put(&href, &data).await.expect(200);
        let queued = queued(&stage.record(&answer).await);
        assert_eq!(queued.is_some(), sync, "{name}");
        if let Some(transaction) = queued {
            assert_eq!(stage.app.ended(&transaction).await["status"], "Success");
        }
        // A later token is not the first.
        let next = stage.simulator.grant(ORGANIZATION);
        data["token"] = next["access_token"].clone();
        let answer = stage.app.put(&href, &data).await.expect(200);
        assert_eq!(self::queued(&stage.record(&answer).await), None);
    }
}

#[tokio::test]
async fn what_was_synced_carries_the_customer_s_name() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    stage.sync_users(&href).await.expect(200);
    let before = stage.all(USERS).await;
    let mut data = stage.app.data(&href).await;
    data["name"] = json!("Oakland \"The A's\" \\ Zoë");
    stage.app.put(&href, &data).await.expect(200);
    for collection in [ORGANIZATIONS, ROLES, LICENSES, USERS] {
        for instance in stage.all(collection).await {
            assert_eq!(instance["spark_customer"], data["name"]);
        }
    }
    // Nothing else of them was touched, so the next sync finds nothing changed.
    let mut after = stage.all(USERS).await;
    for instance in &mut after {
        instance["spark_customer"] = json!("Oakland");
    }
    assert_eq!(after, before);
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], super::counts(0, 0, 0));
}

#[tokio::test]
async fn what_was_synced_moves_with_the_customer() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    stage.sync_users(&href).await.expect(200);
    let target = stage.app.node("sys.Provider", "Elsewhere", "customer").await;
    let path = format!(
        "/api/tool/DataMove/{pkid}/?model_type=relation/SparkCustomer&context_hierarchy={}",
        target.pkid
    );
    stage.app.post(&path, &json!({})).await.expect(200);
    for (collection, n) in [(ORGANIZATIONS, 1), (ROLES, 6), (LICENSES, 6), (USERS, 7)] {
        let local = |path: &str| format!("{collection}?hierarchy={path}&traversal=local");
        let list = stage.app.get(&local("sys.Provider.Elsewhere")).await.json();
        assert_eq!(list["pagination"]["total"], n);
        assert_eq!(list["resources"].as_array().unwrap().len(), n);
        let left = stage.app.get(&local("sys.Provider.Customer")).await.json();
        assert_eq!(left["pagination"]["total"], 0);
    }
    // They are known again by the next sync, and new ones come to the new place.
    stage.simulator.change(ORGANIZATION, |organization| {
        let person = organization.person(8, "oakland.example");
        organization.add(person);
    });
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], super::counts(1, 0, 0));
    let path = format!("{USERS}?hierarchy={}&traversal=local", target.pkid);
    assert_eq!(stage.app.get(&path).await.json()["pagination"]["total"], 8);
}

#[tokio::test]
async fn what_was_synced_goes_with_the_customer() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    let place = stage.app.node("sys.Provider", "Second", "customer").await;
    let (other, _) = stage.authorised_at(&place, "Second").await;
    for href in [&href, &other] {
        stage.sync_licences(href).await.expect(200);
        stage.sync_users(href).await.expect(200);
    }
    // The node's obstacle is the customer alone: the rest goes with it.
    let nodes = stage
        .app
        .get(&format!("{NODES}?filter_field=name&filter_text=Customer&filter_condition=equals"))
        .await
        .json();
    let node =
        nodes["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap().to_owned();
    let refused =
        stage.app.delete(&node).await.expect_fault(409, "not_empty", &[("", "not_empty")]);
    assert!(
        refused.text().contains("1 Webex customer (relation/SparkCustomer): Oakland"),
        "{refused}"
    );

    let page = format!("/models/relation/SparkCustomer/{pkid}/delete");
    let page =
        stage.app.call("GET", &page).cookie(&stage.app.session().await).send().await.expect(200);
    let words = "1 organisation, 6 roles, 6 licences and 7 users";
    assert!(page.text().contains(words), "{page}");

    let answer = stage.app.delete(&href).await.expect(200);
    let record = stage.record(&answer).await;
    assert_eq!(
        record["message"],
        format!("Webex customer Oakland was deleted, and with it {words}.")
    );
    for (collection, n) in [(ORGANIZATIONS, 1), (ROLES, 6), (LICENSES, 6), (USERS, 7)] {
        assert_eq!(stage.app.total(collection).await, n);
        assert!(stage.all(collection).await.iter().all(|data| data["spark_customer"] == "Second"));
    }
    stage.app.delete(&node).await.expect(200);
}

#[tokio::test]
async fn the_page_before_many_are_deleted_tells_what_goes_with_each() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    stage.sync_users(&href).await.expect(200);
    let place = stage.app.node("sys.Provider", "Second", "customer").await;
    let bare = stage.app.spark(&place, &json!({ "name": "Bare" })).await;
    let session = stage.app.session().await;
    let list = "/models/relation/SparkCustomer/delete";
    for query in [format!("pkid={pkid}&pkid={bare}"), "expected_total=2".to_owned()] {
        let path = format!("{list}?{query}");
        let page = stage.app.call("GET", &path).cookie(&session).send().await.expect(200);
        let shown = page.text().replace("<!>", "");
        assert!(shown.contains("With them goes"), "{page}");
        assert!(shown.contains("<li>Oakland: 7 users</li>"), "{page}");
        assert!(!shown.contains("Bare: "), "{page}");
    }
    // One with nothing to it is deleted as before.
    let path = format!("/models/relation/SparkCustomer/{bare}/delete");
    let page = stage.app.call("GET", &path).cookie(&session).send().await.expect(200);
    assert!(!page.text().contains("With it goes"), "{page}");
    // A bulk delete takes it along, too.
    let hrefs = [format!("{SPARK}{pkid}"), format!("{SPARK}{bare}")];
    stage.app.delete_all(SPARK, &hrefs).await.expect(200);
    assert_eq!(stage.app.total(USERS).await, 0);
}
