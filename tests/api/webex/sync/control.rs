//! Syncs under way: one of a kind at a time, told as they go on, cancelled, and begun anew after a
//! restart.

use std::sync::Arc;

use serde_json::json;

use super::{
    super::{ORGANIZATION, Stage, wire::Hold},
    USERS, counts,
};
use crate::support::TRANSACTIONS;

const SYNC_USERS: &str = "SyncWebexTeamsUsers";

/// Begins to sync people in pages of three, and answers the transaction's href when the first has
/// been taken over; the second is held up.
async fn at_second_page(stage: &Stage, href: &str) -> (String, Arc<Hold>) {
    stage.simulator.set(|settings| settings.largest_page = 3);
    let hold = stage.wire.hold_after("/people", 1);
    let transaction = stage.begin(href, SYNC_USERS).await;
    hold.reached().await;
    (transaction, hold)
}

#[tokio::test]
async fn it_can_be_queued_and_polled() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let transaction = stage.begin(&href, SYNC_USERS).await;
    let record = stage.app.ended(&transaction).await;
    assert_eq!((&record["status"], &record["counts"]), (&json!("Success"), &counts(7, 0, 0)));
    let poll = stage.app.get(&format!("{transaction}/poll/")).await.expect(200);
    assert!(poll.text().contains("Success"), "{poll}");
}

#[tokio::test]
async fn a_second_of_a_kind_is_refused_while_one_is_under_way() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let (transaction, _) = at_second_page(&stage, &href).await;
    let record = stage.app.data(&transaction).await;
    assert_eq!(record["status"], "In Progress");
    assert_eq!(record["counts"], counts(3, 0, 0));
    let before = stage.app.total(TRANSACTIONS).await;
    for path in [format!("{href}+{SYNC_USERS}"), format!("{href}+{SYNC_USERS}?nowait=true")] {
        let refused = stage.app.post(&path, &json!({})).await;
        let refused = refused.expect_fault(409, "busy", &[]);
        let id = transaction.rsplit('/').next().unwrap();
        assert!(refused.text().contains(id), "{refused}");
    }
    assert_eq!(stage.app.total(TRANSACTIONS).await, before);
    // Another kind isn't in its way, nor is another customer.
    stage.sync_licences(&href).await.expect(200);
    let place = stage.app.node("sys.Provider", "Second", "customer").await;
    let (other, _) = stage.authorised_at(&place, "Second").await;
    stage.sync_users(&other).await.expect(200);
}

#[tokio::test]
async fn a_restart_in_the_middle_begins_it_anew() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let (transaction, _) = at_second_page(&stage, &href).await;
    let Stage { app, simulator, wire, base } = stage;
    let stage = Stage { app: app.restarted().await, simulator, wire, base };
    let record = stage.app.ended(&transaction).await;
    assert_eq!(record["status"], "Success", "{record}");
    // Three were there from before.
    assert_eq!(record["counts"], counts(4, 0, 0));
    assert_eq!(record["progress"], json!({ "done": 7, "total": 7 }));
    assert_eq!(stage.app.total(USERS).await, 7);
    // And the way is free again.
    stage.sync_users(&href).await.expect(200);
}

#[tokio::test]
async fn it_is_cancelled_before_its_next_page() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.set(|settings| settings.largest_page = 3);
    stage.sync_users(&href).await.expect(200);
    stage.simulator.change(ORGANIZATION, |organization| {
        organization.people.truncate(1);
    });
    // Hung up on while the roles are read, and let go on once it is cancelled.
    let hold = stage.wire.hold("/roles");
    let transaction = stage.begin(&href, SYNC_USERS).await;
    hold.reached().await;
    stage.app.post(&format!("{transaction}/cancel/"), &json!({})).await.expect(200);
    hold.release();
    let record = stage.app.ended(&transaction).await;
    assert_eq!(record["status"], "Fail");
    assert!(record["message"].as_str().unwrap().starts_with("Transaction canceled."), "{record}");
    assert_eq!(stage.app.total(USERS).await, 7);
    stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.app.total(USERS).await, 1);
}

#[tokio::test]
async fn a_customer_that_goes_meanwhile_leaves_nothing_behind() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    let (transaction, hold) = at_second_page(&stage, &href).await;
    stage.app.delete(&href).await.expect(200);
    hold.release();
    let record = stage.app.ended(&transaction).await;
    assert_eq!(record["status"], "Fail");
    let message = record["message"].as_str().unwrap();
    assert!(message.starts_with("There is no such Webex customer."), "{message}");
    for collection in [super::ORGANIZATIONS, super::ROLES, super::LICENSES, USERS] {
        assert_eq!(stage.app.total(collection).await, 0, "{collection}");
    }
}

#[tokio::test]
async fn it_is_replayed_once_it_has_ended() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let first = stage.begin(&href, SYNC_USERS).await;
    stage.app.ended(&first).await;
    let hold = stage.wire.hold("/people");
    let again = stage.app.post(&format!("{first}/replay/"), &json!({})).await.expect(202).json();
    hold.reached().await;
    // Not beside the one that runs.
    let refused = stage.app.post(&format!("{first}/replay/"), &json!({})).await;
    refused.expect_fault(409, "busy", &[]);
    hold.release();
    let record = stage.app.ended(again["href"].as_str().unwrap()).await;
    assert_eq!(record["counts"], counts(0, 0, 0));
}

#[tokio::test]
async fn its_page_shows_how_many_came_and_what_became_of_them() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let session = stage.app.session().await;
    let page = async |href: &str| {
        let path = href.replace("/api/tool/Transaction", "/transactions");
        let answer = stage.app.call("GET", &path).cookie(&session).send().await.expect(200);
        answer.text().to_owned()
    };
    let (running, _) = at_second_page(&stage, &href).await;
    let shown = page(&running).await;
    assert!(shown.contains("3 so far"), "{shown}");
    let bar = shown.split("<progress").nth(1).unwrap().split('>').next().unwrap();
    assert!(!bar.contains("value="), "{bar}");

    let ended = stage.begin(&href, "SyncWebexTeamsRolesLicences").await;
    stage.app.ended(&ended).await;
    let shown = page(&ended).await;
    for text in ["<strong>13</strong>added", "<strong>0</strong>removed"] {
        assert!(shown.replace("<!>", "").contains(text), "{shown}");
    }
    assert!(!shown.contains("not run"), "{shown}");
    // It is of one customer, however many entries came.
    let replay = page(&format!("{ended}/replay")).await;
    assert!(replay.contains("Webex customer") && !replay.contains("13 Webex"), "{replay}");
}
