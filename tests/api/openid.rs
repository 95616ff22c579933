//! The log-in at an `OpenID` provider, as far as it goes without one. `openid.spec.ts` has a real one.

use tenantry::domain::accounts::openid::{Settings, mapping};

use crate::support::{Answer, Options, TRANSACTIONS, TestApp};

async fn with_provider() -> TestApp {
    let lines = r#"[{"claim":"groups","value":"a","role":"Operator","node":"sys"}]"#;
    let openid = Some(Settings {
        // Nothing listens there.
        issuer: "http://127.0.0.1:9".to_owned(),
        client_id: "tenantry".to_owned(),
        client_secret: Some("a client secret".to_owned().into()),
        scopes: vec!["openid".to_owned()],
        name: "the lab".to_owned(),
        username_claim: "sub".to_owned(),
        mapping: mapping::read(lines).unwrap(),
    });
    TestApp::start_with(Options { openid, ..Options::default() }).await.unwrap()
}

async fn at(app: &TestApp, path: &str, cookie: Option<&str>) -> Answer {
    let call = app.call("GET", path).anonymous();
    match cookie {
        Some(cookie) => call.cookie(cookie).send().await,
        None => call.send().await,
    }
}

/// The log-in page that a refusal leads to, as its browser sees it.
async fn led_to(app: &TestApp, refusal: Answer) -> Answer {
    let refusal = refusal.expect(303);
    let to = refusal.header("location").unwrap();
    assert!(to == "/login" || to.starts_with("/login?next="), "{to}");
    assert_eq!(refusal.header("cache-control"), Some("no-store"));
    let set = refusal.cookies().into_iter().find(|c| c.starts_with("openid=")).unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let cookie = format!("openid={}", refusal.cookie("openid"));
    at(app, to, Some(&cookie)).await.expect(200)
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_log_in() {
    let app = TestApp::start().await;
    let page = at(&app, "/login", None).await.expect(200);
    assert!(!page.text().contains("/login/openid"));
    at(&app, "/login/openid", None).await.expect_fault(404, "not_found", &[]);
    at(&app, "/login/openid/callback?code=a&state=b", None).await.expect_fault(
        404,
        "not_found",
        &[],
    );
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_of_and_passwords_go_on() {
    let app = with_provider().await;
    let page = at(&app, "/login?next=%2Fmodels", None).await.expect(200);
    assert!(page.text().contains("Log in with the lab"), "{page}");
    assert!(page.text().contains("/login/openid?next=%2Fmodels"), "{page}");
    for next in ["", "https://evil.example/", "//evil.example", "/\\evil.example", "/models"] {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", next);
        let refusal = at(&app, &format!("/login/openid?{}", query.finish()), None).await;
        assert!(!refusal.header("location").unwrap().contains("evil"), "{refusal}");
        let page = led_to(&app, refusal).await;
        assert!(
            page.text().contains("the lab can&#x27;t be reached")
                || page.text().contains("the lab can't be reached"),
            "{page}"
        );
        assert!(!page.text().contains("a client secret"));
    }
    assert!(!app.session().await.is_empty());
}

#[tokio::test]
async fn what_nobody_was_sent_for_is_refused_and_recorded() {
    let app = with_provider().await;
    for query in ["", "?code=a", "?code=a&state=b", "?state=b&error=access_denied", "?error=x"] {
        let refusal = at(&app, &format!("/login/openid/callback{query}"), None).await;
        let page = led_to(&app, refusal).await;
        assert!(page.text().contains("begun in another browser"), "{query}: {page}");
        assert!(!page.text().contains("sessionid"));
    }
    let records = app.get(&format!("{TRANSACTIONS}?limit=100")).await.expect(200);
    let told = "A log-in as OpenID Connect was refused";
    assert!(records.text().contains(told), "{records}");
    // Any page could have a browser ask so, and keeps nobody from logging in by it.
    for _ in 0..12 {
        let refusal = at(&app, "/login/openid/callback?code=a&state=b", None).await;
        let page = led_to(&app, refusal).await;
        assert!(page.text().contains("begun in another browser"), "{page}");
    }
    at(&app, "/login/openid/callback?code=a&code=b", None).await.expect_fault(
        400,
        "unreadable",
        &[],
    );
    // An account's own log-in is none of that.
    assert!(!app.session().await.is_empty());
}
