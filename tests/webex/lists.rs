//! Lists in pages, whole and cut short.

use std::collections::BTreeSet;

use secrecy::SecretString;
use tenantry::webex::{
    ErrorKind, Proxies,
    pages::Cursor,
    shapes::{License, Person, Role},
    simulator::{Failure, Fault},
};

use crate::Stage;

/// Reads people to the end: how many on each page, and all addresses.
async fn people(
    stage: &Stage,
    token: &SecretString,
    max: &str,
) -> (Vec<usize>, BTreeSet<String>, Cursor) {
    let mut cursor = stage.webex.list("people", &[("max", max)]);
    let (mut pages, mut all) = (Vec::new(), BTreeSet::new());
    let proxies = Proxies::default();
    while let Some(page) = stage.webex.page::<Person>(&proxies, token, &mut cursor).await.unwrap() {
        pages.push(page.len());
        all.extend(page.into_iter().flat_map(|person| person.emails));
    }
    (pages, all, cursor)
}

fn fault(after: u64, failure: Failure) -> Fault {
    Fault { path: "/people".to_owned(), after, times: 1, failure }
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let (pages, all, cursor) = people(&stage, &token, "3").await;
    assert_eq!(pages, [3, 3, 1]);
    assert_eq!(all.len(), 7);
    assert!(cursor.is_complete());
    stage.simulator.set(|s| s.specified_shapes = true);
    let (pages, _, cursor) = people(&stage, &token, "100").await;
    assert_eq!(pages, [7]);
    assert!(cursor.is_complete());
}

#[tokio::test]
async fn roles_and_licences_come_on_one_page() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    let mut cursor = stage.webex.list("roles", &[]);
    let roles = stage.webex.page::<Role>(&proxies, &token, &mut cursor).await.unwrap().unwrap();
    assert!(roles.iter().any(|role| role.name == "Full Administrator"));
    assert!(cursor.is_complete());
    let mut cursor = stage.webex.list("licenses", &[]);
    let licenses: Vec<License> =
        stage.webex.page(&proxies, &token, &mut cursor).await.unwrap().unwrap();
    assert_eq!(licenses.len(), 6);
    let meetings = licenses.iter().find(|l| l.name == "Webex Meetings Suite").unwrap();
    assert_eq!(meetings.consumed_by_workspaces, None);
    assert_eq!(meetings.site_url, "oakland.webex.example");
    let calling = &licenses[0];
    assert_eq!(calling.consumed_units, Some(calling.consumed_by_users.unwrap() + 4));
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_not_the_end() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    stage.simulator.fail(fault(1, Failure::EmptyPage));
    let (pages, all, cursor) = people(&stage, &token, "3").await;
    assert_eq!(pages, [3, 0, 1]);
    assert_eq!(all.len(), 4);
    assert!(cursor.is_complete());
}

#[tokio::test]
async fn a_list_that_is_cut_short_says_so() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let own = format!("<{}/people?max=3>; rel=\"next\"", stage.base);
    for (link, words) in [
        ("<http://127.0.0.1:9/v1/people?after=3>; rel=\"next\"", "isn't where the list came from"),
        ("string", "can't be read"),
        (own.as_str(), "read already"),
    ] {
        stage.simulator.fail(fault(0, Failure::Link(link.to_owned())));
        let (pages, _, cursor) = people(&stage, &token, "3").await;
        assert_eq!(pages, [3], "{link}");
        assert!(!cursor.is_complete(), "{link}");
        assert!(cursor.problems()[0].contains(words), "{:?}", cursor.problems());
    }
    let odd = r#"{"items":[{"id":"one"},{"displayName":"without an id"},null]}"#;
    stage.simulator.fail(fault(0, Failure::Body(odd.to_owned())));
    let (pages, _, cursor) = people(&stage, &token, "100").await;
    assert_eq!(pages, [1]);
    assert_eq!(cursor.problems(), ["2 entries of a page couldn't be read."]);
}

#[tokio::test]
async fn a_page_that_failed_is_asked_for_again() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    for failure in [Failure::Status(429), Failure::Status(500), Failure::Html(502)] {
        stage.simulator.fail(fault(1, failure));
    }
    let (pages, _, cursor) = people(&stage, &token, "3").await;
    assert_eq!(pages, [3, 3, 1]);
    assert!(cursor.is_complete());

    let mut cursor = stage.webex.list("people", &[("max", "3")]);
    let proxies = Proxies::default();
    stage.simulator.fail(fault(0, Failure::Garbage));
    let error = stage.webex.page::<Person>(&proxies, &token, &mut cursor).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Malformed);
    assert!(!cursor.is_complete());
    let page = stage.webex.page::<Person>(&proxies, &token, &mut cursor).await.unwrap();
    assert_eq!(page.unwrap().len(), 3);
}
