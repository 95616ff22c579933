//! From the authorise link to the tokens, and everything that can come between.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::{ADMIN, ORGANIZATION, Stage};
use crate::support::{SPARK, TRANSACTIONS};

/// A customer with the simulator's organisation; its href and authorise link.
async fn customer(stage: &Stage, more: Value) -> (String, String) {
    let place = stage.app.tenant().await;
    let mut data = json!({ "name": "Oakland", "account_email": ADMIN });
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let pkid = stage.app.spark(&place, &data).await;
    let href = format!("{SPARK}{pkid}/");
    let link = stage.app.data(&href).await["token_link"].as_str().unwrap().to_owned();
    assert_eq!(link, format!("/oauth/webex/authorize/{pkid}"));
    (href, link)
}

/// Follows the link in a session and answers where it leads.
async fn follow(stage: &Stage, link: &str, session: &str) -> String {
    let answer = stage.app.call("GET", link).cookie(session).send().await.expect(303);
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn the_link_leads_through_webex_to_tokens() {
    let stage = Stage::start().await;
    let (href, link) = customer(&stage, json!({ "account_number_external": ORGANIZATION })).await;
    let log_in = stage.app.call("GET", &link).anonymous().send().await.expect(303);
    let next = link.replace('/', "%2F");
    assert_eq!(log_in.header("location"), Some(format!("/login?next={next}").as_str()));

    let session = stage.app.session().await;
    let location = follow(&stage, &link, &session).await;
    assert!(location.contains("code_challenge_method=S256"), "{location}");
    assert!(location.contains("login_hint=admin%40oakland.example"), "{location}");
    let back = stage.consent(&location, "accept").await;
    let done = stage.app.call("GET", &back).cookie(&session).send().await.expect(303);
    let page = done.header("location").unwrap();
    let pkid = link.rsplit('/').next().unwrap();
    assert!(page.starts_with(&format!("/models/relation/SparkCustomer/{pkid}?")), "{page}");
    assert_eq!(done.header("cache-control"), Some("no-store"));

    let data = stage.app.data(&href).await;
    assert_eq!((&data["token"], &data["refresh_token"]), (&json!("********"), &json!("********")));
    assert_eq!(data["access_token_expires"], "2026-02-14T09:29:59.000000Z");
    assert_eq!(data["refresh_token_expires"], "2026-05-01T09:29:59.000000Z");
    let id = page.split("transaction=").nth(1).unwrap();
    let record = stage.app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Authorise");
    assert_eq!(
        record["message"],
        "Webex customer Oakland: It was authorised for the organization Oakland."
    );

    // The state is spent.
    let again = stage.app.call("GET", &back).cookie(&session).send().await.expect(400);
    assert!(again.text().contains("was used before"), "{again}");
}

#[tokio::test]
async fn a_return_belongs_to_the_session_that_began_it() {
    let stage = Stage::start().await;
    let (href, link) = customer(&stage, json!({})).await;
    let session = stage.app.session().await;
    let other = stage.app.session().await;
    let back = {
        let location = follow(&stage, &link, &session).await;
        stage.consent(&location, "accept").await
    };
    let refused = stage.app.call("GET", &back).cookie(&other).send().await.expect(403);
    assert!(refused.text().contains("another session"), "{refused}");
    // And is void for its own, too.
    stage.app.call("GET", &back).cookie(&session).send().await.expect(400);
    assert_eq!(stage.app.data(&href).await["token"], Value::Null);
    assert_eq!(stage.simulator.calls("/access_token"), 0);

    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "accept").await;
    stage.app.call("GET", &back).anonymous().send().await.expect(303);
    stage.app.call("GET", &back).cookie(&session).send().await.expect(400);
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_changes_nothing() {
    let stage = Stage::start().await;
    let (href, link) = customer(&stage, json!({})).await;
    let session = stage.app.session().await;
    let before = stage.app.data(&href).await;
    let at = |path: String| stage.app.call("GET", &path).cookie(&session).send();

    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "decline").await;
    let declined = at(back).await.expect(409);
    assert!(declined.text().contains("The administrator declined."), "{declined}");

    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "accept").await;
    stage.app.clock.advance(601);
    let late = at(back).await.expect(400);
    assert!(late.text().contains("More than ten minutes"), "{late}");

    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "accept").await;
    stage.app.clock.advance(200);
    let expired = at(back).await.expect(409);
    assert!(expired.text().contains("The authorization code has expired."), "{expired}");

    let path = "/access_token".to_owned();
    stage.simulator.fail(Fault { path, after: 0, times: 1, failure: Failure::Status(503) });
    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "accept").await;
    let down = at(back).await.expect(502);
    assert!(down.text().contains("SIMULATOR_"), "{down}");

    for (query, words) in [
        ("", "carries no state"),
        ("?state=made-up&code=x", "was used before"),
        ("?code=x&state=", "carries no state"),
    ] {
        let refused = at(format!("/oauth/webex/callback{query}")).await.expect(400);
        assert!(refused.text().contains(words), "{refused}");
    }
    at("/oauth/webex/authorize/nobody".to_owned()).await.expect(404);
    assert_eq!(stage.app.data(&href).await, before);
}

#[tokio::test]
async fn another_organization_is_refused_with_both_names() {
    let stage = Stage::start().await;
    let number = "000fd0e4-83ef-4398-be23-d06998580fed";
    let (href, link) = customer(&stage, json!({ "account_number_external": number })).await;
    let session = stage.app.session().await;
    let location = follow(&stage, &link, &session).await;
    let back = stage.consent(&location, "accept").await;
    let refused = stage.app.call("GET", &back).cookie(&session).send().await.expect(409);
    assert!(refused.text().contains("organization Oakland"), "{refused}");
    assert!(refused.text().contains(number), "{refused}");
    assert_eq!(stage.app.data(&href).await["token"], Value::Null);
}

#[tokio::test]
async fn without_an_integration_the_page_says_what_to_set() {
    let app = crate::support::TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let session = app.session().await;
    let link = format!("/oauth/webex/authorize/{pkid}");
    let page = app.call("GET", &link).cookie(&session).send().await.expect(502);
    assert!(page.text().contains("TENANTRY_WEBEX_CLIENT_ID"), "{page}");
}
