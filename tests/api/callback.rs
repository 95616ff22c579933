//! `request_meta`: the outcome of a queued transaction is posted to a URL on a host that the
//! operator has allowed.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
};

use crate::support::{Options, Place, SPARK, TestApp, at};

/// What was posted: the Authorization header and the body.
type Posted = (Option<String>, Value);

/// Somebody who is told of outcomes. It answers 503 until it has been asked `refusals` times.
struct Receiver {
    host: String,
    posted: UnboundedReceiver<Posted>,
}

#[derive(Clone)]
struct Answers {
    posted: UnboundedSender<Posted>,
    refusals: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

async fn take(
    State(answers): State<Answers>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> StatusCode {
    use std::sync::atomic::Ordering::SeqCst;
    let authorization = headers.get("authorization").map(|v| v.to_str().unwrap().to_owned());
    answers.posted.send((authorization, body)).unwrap();
    match answers.refusals.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => StatusCode::SERVICE_UNAVAILABLE,
        Err(_) => StatusCode::NO_CONTENT,
    }
}

impl Receiver {
    async fn start(refusals: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (sender, posted) = mpsc::unbounded_channel();
        let answers = Answers { posted: sender, refusals: std::sync::Arc::new(refusals.into()) };
        let router = Router::new().route("/told", post(take)).with_state(answers);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { host, posted }
    }

    fn meta(&self) -> Value {
        json!({
            "external_id": "E-1",
            "external_reference": "order 7",
            "callback_url": format!("http://{}/told", self.host),
            "callback_username": "hook",
            "callback_password": "hook s3cret",
        })
    }
}

async fn allowing(hosts: &[&str]) -> (TestApp, Place) {
    let callback_hosts = hosts.iter().map(|h| (*h).to_owned()).collect();
    let options = Options { callback_hosts, ..Options::default() };
    let app = TestApp::start_with(options).await.unwrap();
    let place = app.tenant().await;
    (app, place)
}

/// The transaction's log line of that number, once it is there: the receiver knows of an attempt
/// before its outcome is noted.
async fn logged(app: &TestApp, href: &str, number: usize) -> String {
    loop {
        let record = app.data(href).await;
        if let Some(line) = record["log"].get(number - 1) {
            return line["message"].as_str().unwrap().to_owned();
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_outcome_is_posted_with_the_callers_own_names_for_it() {
    let mut receiver = Receiver::start(0).await;
    let (app, place) = allowing(&["elsewhere.example", &receiver.host]).await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let body = json!({ "name": "One", "request_meta": receiver.meta() });
    let answer = app.post(&path, &body).await.expect(202).json();
    let (authorization, posted) = receiver.posted.recv().await.unwrap();
    assert_eq!(authorization.as_deref(), Some("Basic aG9vazpob29rIHMzY3JldA=="));
    assert_eq!(posted["transaction_id"], answer["transaction_id"]);
    assert_eq!(posted["href"], answer["href"]);
    assert_eq!(posted["success"], true);
    assert_eq!(posted["status"], "Success");
    assert_eq!(posted["action"], "Create");
    assert_eq!(posted["external_id"], "E-1");
    assert_eq!(posted["external_reference"], "order 7");
    // It leads to the new instance.
    assert_eq!(app.data(posted["resource"]["href"].as_str().unwrap()).await["name"], "One");
    for (file, bytes) in app.stored_bytes() {
        assert!(!bytes.windows(11).any(|w| w == b"hook s3cret"), "{}", file.display());
    }
}

#[tokio::test]
async fn failures_are_posted_too_and_so_is_a_bulk_calls_count() {
    let mut receiver = Receiver::start(0).await;
    let (app, _) = allowing(&["127.0.0.1"]).await;
    let body = json!({
        "hrefs": [format!("{SPARK}000000000000000000000000")],
        "notes": "x",
        "request_meta": receiver.meta(),
    });
    app.post(&format!("{SPARK}bulk_update/?nowait=true"), &body).await.expect(202);
    let (_, posted) = receiver.posted.recv().await.unwrap();
    assert_eq!(posted["success"], false);
    assert_eq!(posted["status"], "Fail");
    assert_eq!(posted["counts"], json!({ "total": 1, "succeeded": 0, "failed": 1 }));
}

#[tokio::test]
async fn a_host_that_fails_is_tried_again_and_the_log_tells() {
    let mut receiver = Receiver::start(1).await;
    let (app, place) = allowing(&[&receiver.host]).await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let body = json!({ "name": "One", "request_meta": receiver.meta() });
    let answer = app.post(&path, &body).await.expect(202).json();
    receiver.posted.recv().await.unwrap();
    let href = answer["href"].as_str().unwrap();
    let line = logged(&app, href, 1).await;
    assert!(line.contains("answered 503. Again in 1 seconds."), "{line}");
    app.clock.advance(1);
    let (_, again) = receiver.posted.recv().await.unwrap();
    assert_eq!(again["transaction_id"], answer["transaction_id"]);
    let line = logged(&app, href, 2).await;
    assert!(line.contains("was posted to 127.0.0.1"), "{line}");
    assert_eq!(app.data(href).await["status"], "Success");
}

#[tokio::test]
async fn only_allowed_hosts_are_called() {
    let receiver = Receiver::start(0).await;
    let (app, place) = allowing(&["hooks.example", "other.example:8443"]).await;
    let port = receiver.host.rsplit(':').next().unwrap();
    let before = app.contents().await;
    let urls = [
        format!("http://{}/told", receiver.host),
        "https://hooks.example.attacker.example/".to_owned(),
        "https://other.example/".to_owned(),
        format!("http://hooks.example@127.0.0.1:{port}/"),
        "ftp://hooks.example/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "hooks.example".to_owned(),
        String::from("http://user:pass@hooks.example/"),
    ];
    for url in urls {
        let body = json!({ "name": "One", "request_meta": { "callback_url": url } });
        for path in [at(SPARK, &place), format!("{}&nowait=true", at(SPARK, &place))] {
            app.post(&path, &body).await.expect_fault(
                400,
                "validation",
                &[("/request_meta/callback_url", "not_allowed")],
            );
        }
    }
    for (meta, field) in [
        (json!("x"), "/request_meta"),
        (json!({ "callback_url": 7 }), "/request_meta/callback_url"),
        (json!({ "external_id": {} }), "/request_meta/external_id"),
    ] {
        let body = json!({ "name": "One", "request_meta": meta });
        let answer = app.post(&at(SPARK, &place), &body).await.expect(400).json();
        assert_eq!(answer["errors"][0]["field"], field);
    }
    assert_eq!(app.contents().await, before);
    // What asks for no callback is no attribute either.
    let body = json!({ "name": "One", "request_meta": { "external_id": "E-2" } });
    app.post(&at(SPARK, &place), &body).await.expect(201);
}

#[tokio::test]
async fn what_could_not_be_posted_is_posted_after_a_restart() {
    let mut receiver = Receiver::start(1).await;
    let (app, place) = allowing(&[&receiver.host]).await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let body = json!({ "name": "One", "request_meta": receiver.meta() });
    let answer = app.post(&path, &body).await.expect(202).json();
    receiver.posted.recv().await.unwrap();
    logged(&app, answer["href"].as_str().unwrap(), 1).await;
    let app = app.restarted().await;
    app.clock.advance(1);
    receiver.posted.recv().await.unwrap();
}

#[tokio::test]
async fn an_allowed_host_leads_to_no_other() {
    let mut inside = Receiver::start(0).await;
    let target = format!("http://{}/told", inside.host);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let leading = Router::new()
        .route("/told", post(move || async move { axum::response::Redirect::temporary(&target) }));
    tokio::spawn(async move { axum::serve(listener, leading).await.unwrap() });
    let (app, place) = allowing(&[&host]).await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    let meta = json!({ "callback_url": format!("http://{host}/told") });
    let body = json!({ "name": "One", "request_meta": meta });
    let answer = app.post(&path, &body).await.expect(202).json();
    // It was posted, and answered with a redirect, which is a failure and nothing else.
    let told = logged(&app, answer["href"].as_str().unwrap(), 1).await;
    assert!(told.contains("307"), "{told}");
    assert!(inside.posted.try_recv().is_err());
}
