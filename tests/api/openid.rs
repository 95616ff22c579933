//! The log-in at an `OpenID` provider, as far as it goes without one. `openid.spec.ts` has a real one.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{Json, Router, http::StatusCode, routing::get};
use serde_json::json;
use tenantry::domain::accounts::openid::{Settings, mapping};
use tokio::net::TcpListener;

use crate::support::{Answer, Options, TRANSACTIONS, TestApp};

async fn with_provider() -> TestApp {
    // Nothing listens there.
    with_provider_at("http://127.0.0.1:9".to_owned()).await
}

async fn with_provider_at(issuer: String) -> TestApp {
    let lines = r#"[{"claim":"groups","value":"a","role":"Operator","node":"sys"}]"#;
    let openid = Some(Settings {
        issuer,
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

/// A provider that says of itself what is needed to send browsers off, after it was asked in vain some
/// times. It confirms no log-in.
struct Provider {
    url: String,
    asked: Arc<AtomicUsize>,
}

impl Provider {
    async fn start(in_vain: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let (issuer, count) = (url.clone(), Arc::clone(&asked));
        let says = async move || {
            if count.fetch_add(1, SeqCst) < in_vain {
                return Err(StatusCode::SERVICE_UNAVAILABLE);
            }
            Ok(Json(json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            })))
        };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(says))
            .route("/keys", get(async || Json(json!({ "keys": [] }))));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }
}

/// Begins a log-in from an address; answers the state that the provider is given, and the cookie.
async fn sent_off(app: &TestApp, from: &str) -> (String, String) {
    let answer = app.call("GET", "/login/openid").anonymous().from(from).send().await.expect(303);
    let to = url::Url::parse(answer.header("location").unwrap()).unwrap();
    let state = to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    (state, format!("openid={}", answer.cookie("openid")))
}

#[tokio::test]
async fn a_provider_that_is_down_is_not_asked_at_each_try() {
    let provider = Provider::start(2).await;
    let app = with_provider_at(provider.url.clone()).await;
    let away = async || {
        let page = led_to(&app, at(&app, "/login/openid", None).await).await;
        assert!(page.text().contains("be reached or doesn"), "{page}");
    };
    for _ in 0..5 {
        away().await;
    }
    app.clock.advance(9);
    away().await;
    assert_eq!(provider.asked(), 1);
    app.clock.advance(1);
    away().await;
    assert_eq!(provider.asked(), 2);
    // Put back, the clock doesn't keep it away for longer. Now it answers, and is believed.
    app.clock.advance(-3600);
    sent_off(&app, "192.0.2.1").await;
    sent_off(&app, "192.0.2.1").await;
    assert_eq!(provider.asked(), 3);
}

#[tokio::test]
async fn whoever_is_sent_off_without_end_pushes_out_its_own_log_ins_alone() {
    let app = with_provider_at(Provider::start(0).await.url).await;
    let back = async |(state, cookie): (String, String)| {
        let path = format!("/login/openid/callback?code=a&state={state}");
        led_to(&app, at(&app, &path, Some(&cookie)).await).await
    };
    let mine = sent_off(&app, "192.0.2.1").await;
    let first = sent_off(&app, "2001:db8::1").await;
    for n in 0..1000 {
        sent_off(&app, &format!("2001:db8::{n:x}")).await;
    }
    let last = sent_off(&app, "2001:db8::2").await;
    let page = back(first).await;
    assert!(page.text().contains("begun in another browser, or too long ago"), "{page}");
    for known in [mine, last] {
        let page = back(known).await;
        assert!(page.text().contains("confirm the log-in"), "{page}");
    }
}
