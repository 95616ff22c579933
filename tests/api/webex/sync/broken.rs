//! Answers that are cut short, broken or missing: what came is kept, and nothing is taken for gone.

use std::time::Duration;

use serde_json::json;
use tenantry::webex::simulator::{Failure, Fault, Organization};

use super::{
    super::{ADMIN, ORGANIZATION, Stage},
    LICENSES, ROLES, USERS, counts,
};

fn fault(path: &str, after: u64, times: u64, failure: Failure) -> Fault {
    Fault { path: path.to_owned(), after, times, failure }
}

/// Seven people in pages of three are stored, of whom one has gone at Webex since.
async fn synced() -> (Stage, String) {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.set(|settings| settings.largest_page = 3);
    stage.sync_users(&href).await.expect(200);
    stage.simulator.change(ORGANIZATION, |organization| {
        organization.people.remove(1);
        "Newlywed".clone_into(&mut organization.people[1].last_name);
    });
    (stage, href)
}

#[tokio::test]
async fn a_list_that_is_cut_short_removes_nothing() {
    let elsewhere = "<http://elsewhere.example/v1/people?after=3>; rel=\"next\"";
    let round = |base: &str| format!("<{base}/people?max=100&excludeStatus=true>; rel=\"next\"");
    for link in [Some(elsewhere), Some("string"), None] {
        let (stage, href) = synced().await;
        let link = link.map_or_else(|| round(&stage.base), str::to_owned);
        stage.simulator.fail(fault("/people", 0, 1, Failure::Link(link)));
        let calls = stage.simulator.calls("/people");
        let answer = stage.sync_users(&href).await.expect(502);
        assert_eq!(answer.json()["code"], "incomplete");
        // Nowhere was called that the link leads to.
        assert_eq!(stage.simulator.calls("/people"), calls + 1);
        let record = stage.record(&answer).await;
        assert_eq!(record["counts"], counts(0, 1, 0), "{record}");
        let message = record["message"].as_str().unwrap();
        assert!(message.contains("nothing was removed"), "{message}");
        assert_eq!(stage.app.total(USERS).await, 7);
        // The next whole one does it.
        let answer = stage.sync_users(&href).await.expect(200);
        assert_eq!(stage.record(&answer).await["counts"], counts(0, 0, 1));
        assert_eq!(stage.app.total(USERS).await, 6);
    }
}

#[tokio::test]
async fn entries_that_cannot_be_read_remove_nothing() {
    for body in
        ["{\"items\":[{\"emails\":[]},7,{\"id\":\"\"},{\"id\":\"new\"}]}", "{\"items\":[null]}"]
    {
        let (stage, href) = synced().await;
        stage.simulator.fail(fault("/people", 1, 1, Failure::Body(body.to_owned())));
        let answer = stage.sync_users(&href).await.expect(502);
        assert_eq!(answer.json()["code"], "incomplete");
        assert!(answer.text().contains("couldn't be read"), "{answer}");
        let added = u64::from(body.contains("new"));
        assert_eq!(stage.record(&answer).await["counts"], counts(added, 1, 0));
        assert_eq!(stage.app.total(USERS).await, 7 + added);
    }
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_passed_over() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.set(|settings| settings.largest_page = 3);
    stage.simulator.fail(fault("/people", 1, 1, Failure::EmptyPage));
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(4, 0, 0));
}

#[tokio::test]
async fn a_failure_in_the_middle_keeps_what_came_and_removes_nothing() {
    for (failure, words) in [
        (Failure::Status(500), "tracking id"),
        (Failure::Status(400), "tracking id"),
        (Failure::Html(502), "status 502"),
        (Failure::Status(429), "tracking id"),
        (Failure::Garbage, "isn't what it should be"),
        (Failure::BreaksOff, "broke off"),
    ] {
        let (stage, href) = synced().await;
        stage.simulator.fail(fault("/people", 1, 99, failure));
        let answer = stage.sync_users(&href).await.expect(502);
        assert_eq!(answer.json()["code"], "webex");
        let record = stage.record(&answer).await;
        assert_eq!(record["status"], "Fail");
        assert_eq!(record["counts"], counts(0, 1, 0), "{record}");
        let message = record["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
        assert!(message.contains("What had come until then was taken over."), "{message}");
        assert_eq!(stage.app.total(USERS).await, 7);
    }
}

#[tokio::test]
async fn silence_is_told_as_504() {
    let organization = Organization::sample(ORGANIZATION, "Oakland", "oakland.example", ADMIN, 7);
    let stage = Stage::start_with(vec![organization], |options| {
        options.webex_timeout = Duration::from_millis(700);
    })
    .await;
    let (href, _) = stage.authorised().await;
    stage.simulator.fail(fault("/licenses", 0, 99, Failure::Silence));
    for answer in [stage.sync_users(&href).await, stage.sync_licences(&href).await] {
        let answer = answer.expect(504);
        assert_eq!(answer.json()["code"], "no_answer");
        let record = stage.record(&answer).await;
        assert_eq!(
            (&record["status"], &record["message"]),
            (&json!("Fail"), &answer.json()["message"])
        );
    }
    // What came before the silence stays.
    assert_eq!(stage.app.total(ROLES).await, 6);
    stage.simulator.heal();
    stage.sync_licences(&href).await.expect(200);
}

#[tokio::test]
async fn overload_that_passes_is_waited_for() {
    let (stage, href) = synced().await;
    stage.simulator.fail(fault("/people", 1, 2, Failure::Status(429)));
    stage.simulator.fail(fault("/licenses", 0, 1, Failure::Status(503)));
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(0, 1, 1));
}

#[tokio::test]
async fn one_broken_list_keeps_the_others_from_removing() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    let fewer = "{\"items\":[{\"id\":\"only\",\"name\":\"Only\"}]}".to_owned();
    stage.simulator.fail(fault("/roles", 0, 1, Failure::Body(fewer)));
    stage.simulator.fail(fault("/licenses", 0, 1, Failure::Link("nonsense".to_owned())));
    let answer = stage.sync_licences(&href).await.expect(502);
    assert!(answer.text().contains("list of licenses is incomplete"), "{answer}");
    assert_eq!(stage.record(&answer).await["counts"], counts(1, 0, 0));
    assert_eq!(stage.app.total(ROLES).await, 7);
    assert_eq!(stage.app.total(LICENSES).await, 6);
}
