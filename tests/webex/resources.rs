//! Single resources, and what goes wrong with them.

use secrecy::SecretString;
use tenantry::webex::{
    ErrorKind, Proxies, Webex,
    shapes::{Organization, Person, TokenExpiry},
    simulator::{Failure, Fault},
};

use crate::{ADMIN, ORGANIZATION, Stage, closed_port, credentials};

/// What base64url makes of `ciscospark://us/ORGANIZATION/` and the UUID.
const ORGANIZATION_ID: &str =
    "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi85NmFiYzJhYS0zZGNjLTExZTUtYTE1Mi1mZTM0ODE5Y2RjOWE";

#[tokio::test]
async fn an_organization_is_found_by_either_id() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    for id in [ORGANIZATION, ORGANIZATION_ID] {
        let path = format!("organizations/{id}");
        let found: Organization = stage.webex.get(&proxies, &token, &path).await.unwrap();
        assert_eq!((found.id.as_str(), found.display_name.as_str()), (ORGANIZATION_ID, "Oakland"));
    }
    let me: Person = stage.webex.get(&proxies, &token, "people/me").await.unwrap();
    assert_eq!((me.emails[0].as_str(), me.org_id.as_str()), (ADMIN, ORGANIZATION_ID));
    let error = stage
        .webex
        .get::<Organization>(&proxies, &token, "organizations/another")
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused(404));
    assert!(error.tracking_id.unwrap().starts_with("SIMULATOR_"));
}

#[tokio::test]
async fn a_token_says_when_it_lapses_and_then_does() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    let path = "authorizations/tokenExpiry";
    let expiry: TokenExpiry = stage.webex.get(&proxies, &token, path).await.unwrap();
    assert_eq!(expiry.exp, (stage.env.now_seconds() + 1_209_599) * 1000);
    stage.clock.advance(1_209_599);
    let error = stage.webex.get::<TokenExpiry>(&proxies, &token, path).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
    let strange = SecretString::from("never-seen");
    let error = stage.webex.get::<TokenExpiry>(&proxies, &strange, path).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
}

#[tokio::test]
async fn a_revoked_token_and_a_missing_scope_are_told_apart() {
    let stage = Stage::start().await;
    stage.simulator.set(|s| s.granted_scope = Some("spark:people_read".to_owned()));
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    let path = format!("organizations/{ORGANIZATION}");
    let error = stage.webex.get::<Organization>(&proxies, &token, &path).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
    assert!(error.message.contains("spark-admin:organizations_read"), "{error}");
    stage.simulator.revoke(ORGANIZATION);
    let error = stage.webex.get::<Organization>(&proxies, &token, &path).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized);
}

#[tokio::test]
async fn pauses_are_as_long_as_webex_asks_within_bounds() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    for (retry_after, seconds) in
        [(Some("7"), 7), (Some("0"), 1), (Some("600"), 60), (Some("soon"), 5), (None, 5)]
    {
        stage.simulator.set(|s| s.retry_after = retry_after.map(str::to_owned));
        let path = "/people/me".to_owned();
        stage.simulator.fail(Fault { path, after: 0, times: 2, failure: Failure::Status(429) });
        let before = stage.env.now_seconds();
        stage.webex.get::<Person>(&proxies, &token, "people/me").await.unwrap();
        assert_eq!(stage.env.now_seconds() - before, 2 * seconds, "{retry_after:?}");
    }
    // However long it is asked to wait, it ends.
    stage.simulator.set(|s| s.retry_after = Some("60".to_owned()));
    let path = "/people/me".to_owned();
    stage.simulator.fail(Fault { path, after: 0, times: 99, failure: Failure::Status(429) });
    let error = stage.webex.get::<Person>(&proxies, &token, "people/me").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable(429));
}

#[tokio::test]
async fn what_is_no_answer_is_told_without_a_token_in_it() {
    let stage = Stage::start().await;
    let token = stage.tokens().await.access_token;
    let proxies = Proxies::default();
    for failure in [Failure::Garbage, Failure::Body("[]".to_owned())] {
        let path = "/people/me".to_owned();
        stage.simulator.fail(Fault { path, after: 0, times: 1, failure });
        let error = stage.webex.get::<Person>(&proxies, &token, "people/me").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Malformed);
        assert!(error.message.contains("/v1/people/me"), "{error}");
    }
    let nowhere = format!("http://{}/v1", closed_port().await).parse().unwrap();
    let webex = Webex::new(nowhere, Some(credentials()), stage.env.clone());
    let error = webex.get::<Person>(&proxies, &token, "people/me").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains("can't be reached"), "{error}");
}
