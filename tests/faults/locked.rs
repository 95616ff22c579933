//! Another process that holds the database.

use rusqlite::Connection;

use crate::{api::Api, process::Process};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_of_another_process_delays_then_refuses_writes() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    assert_eq!(api.create("Before").await.0, 201);

    let other = Connection::open(folder.path().join("tenantry.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // It reads on, and a write waits before it is refused.
    assert_eq!(api.names().await, ["Before"]);
    let (status, answer) = api.create("Refused").await;
    assert_eq!(status, 503, "{answer}");
    assert_eq!(answer["code"], "storage_locked", "{answer}");
    assert_eq!(api.names().await, ["Before"]);
    let (status, said) = api.call(reqwest::Method::GET, "/readyz", None).await.unwrap();
    assert_eq!(status, 503, "{said}");

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(api.create("After").await.0, 201);
    assert_eq!(api.names().await, ["After", "Before"]);
    assert_eq!(api.call(reqwest::Method::GET, "/readyz", None).await.unwrap().0, 200);
}
