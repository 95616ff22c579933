//! A flood of log-ins with wrong passwords.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{api::Api, process::Process};

/// Made-up accounts that are tried at the same time.
const ACCOUNTS: usize = 24;
/// Times that each is tried: more often than is borne.
const TRIES: usize = 14;
/// Failures of an account from one address that are borne.
const BORNE: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_log_ins_slows_nobody_else_and_is_let_in_nowhere() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "error", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let mut flood = JoinSet::new();
    for account in 0..ACCOUNTS {
        let url = format!("{}/api/v01/auth/login", api.url);
        flood.spawn(async move {
            let client = Client::new();
            let mut statuses = Vec::new();
            for n in 0..TRIES {
                let body =
                    json!({ "username": format!("nobody{account}"), "password": n.to_string() });
                let answer = client.post(&url).json(&body).send().await.unwrap();
                if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                    let after = answer.headers()["retry-after"].to_str().unwrap();
                    assert!((1..=300).contains(&after.parse::<u64>().unwrap()), "{after}");
                }
                statuses.push(answer.status().as_u16());
            }
            statuses
        });
    }
    // Meanwhile others work.
    let expected: Vec<u16> = (0..TRIES).map(|n| if n < BORNE { 401 } else { 429 }).collect();
    let mut served = 0;
    while !flood.is_empty() {
        let (status, answer) = api.create(&format!("During {served}")).await;
        assert_eq!(status, 201, "{answer}");
        served += 1;
        while let Some(statuses) = flood.try_join_next() {
            assert_eq!(statuses.unwrap(), expected);
        }
    }
    assert_eq!(api.names().await.len(), served);
    // The log of it doesn't grow with the flood.
    let records =
        "/api/tool/Transaction/?filter_field=action&filter_text=Log%20In%20Refused&limit=1";
    let (_, refused): (_, Value) = api.call(Method::GET, records, None).await.unwrap();
    let refused = refused["pagination"]["total"].as_u64().unwrap();
    assert!((1..=(ACCOUNTS * 2) as u64).contains(&refused), "{refused}");
}
