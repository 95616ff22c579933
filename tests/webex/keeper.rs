//! The keeper in the real program: it begins with it, and ends with it.

use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::{
    Stage,
    process::{PASSWORD, Process},
};

/// A webhook that says which states it is told of.
async fn webhook() -> (String, UnboundedReceiver<Value>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hidden-path", listener.local_addr().unwrap());
    let (tell, told) = unbounded_channel();
    let take = move |axum::Json(notice): axum::Json<Value>| async move {
        tell.send(notice).unwrap();
    };
    let router = axum::Router::new().route("/hidden-path", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, told)
}

async fn post(process: &Process, path: &str, body: &Value) -> Value {
    let request = Client::new().post(format!("{}/api/{path}", process.url)).json(body);
    let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_looks_after_its_customers_and_tells_of_them() {
    let stage = Stage::start().await;
    let (hook, mut told) = webhook().await;
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(
        data.path(),
        "info",
        &[
            ("TENANTRY_WEBEX_API_URL", stage.base.as_str()),
            ("TENANTRY_WEBEX_CLIENT_ID", "Csimulated"),
            ("TENANTRY_WEBEX_CLIENT_SECRET", "simulated-secret"),
            ("TENANTRY_NOTIFY_WEBHOOK", &hook),
        ],
    );
    for (above, name, kind) in [("sys", "P", "provider"), ("sys.P", "C", "customer")] {
        let node = json!({ "name": name, "node_type": kind });
        post(&process, &format!("data/HierarchyNode/?hierarchy={above}"), &node).await;
    }
    // Nobody asks for anything: Webex is asked about the one, and refuses to refresh the other.
    let alone = json!({ "name": "Alone", "token": "made-up" });
    post(&process, "relation/SparkCustomer/?hierarchy=sys.P.C", &alone).await;
    let notice = told.recv().await.unwrap();
    assert_eq!((&notice["customer"], &notice["state"]), (&json!("Alone"), &json!("lapsed")));
    let refused = json!({ "name": "Refused", "token": "made-up", "refresh_token": "made-up",
        "access_token_expires": "2099-01-01T00:00:00Z" });
    post(&process, "relation/SparkCustomer/?hierarchy=sys.P.C", &refused).await;
    let notice = told.recv().await.unwrap();
    assert_eq!((&notice["customer"], &notice["state"]), (&json!("Refused"), &json!("failed")));
    assert_eq!(stage.simulator.calls("/access_token"), 1);
    assert_eq!(stage.simulator.calls("/authorizations/tokenExpiry"), 1);

    process.ask_to_end();
    let (status, said) = process.ended();
    assert!(status.success(), "{said}");
    for secret in ["hidden-path", "simulated-secret", "_SIM1_", "made-up"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

/// What it says when it is started with these settings, with which it can't.
fn refusal(settings: &[(&str, &str)]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "/dev/null/nowhere"])
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn settings_that_can_not_be_are_refused_at_the_start() {
    let to = ("TENANTRY_NOTIFY_EMAIL", "ops@operator.example");
    let from = ("TENANTRY_NOTIFY_FROM", "tenantry@operator.example");
    for (settings, words) in [
        (vec![("TENANTRY_NOTIFY_WEBHOOK", "ftp://hooks.example/x")], "http or https URL"),
        (vec![("TENANTRY_WEBEX_TIMEOUT", "0")], "--webex-timeout"),
        (vec![("TENANTRY_WEBEX_TIMEOUT", "soon")], "--webex-timeout"),
        (vec![to], "TENANTRY_NOTIFY_FROM"),
        (vec![to, from], "TENANTRY_SMTP_URL"),
        (vec![to, from, ("TENANTRY_SMTP_URL", "http://me:hidden@m.example")], "smtp(s)://"),
    ] {
        let said = refusal(&settings);
        assert!(said.contains(words) && !said.contains("hidden"), "{said}");
    }
}
