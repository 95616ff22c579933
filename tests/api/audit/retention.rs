//! How long records are kept, and that what stays can still be checked.

use serde_json::json;

use super::chain::{database, wrong};
use crate::support::{Options, SPARK, TRANSACTIONS, TestApp, at};
use tenantry::domain::audit;

const DAY: i64 = 24 * 3600;

/// A program that keeps records for thirty days.
async fn start() -> TestApp {
    let options = Options { keep_transactions: Some(30), ..Options::default() };
    TestApp::start_with(options).await.unwrap()
}

#[tokio::test]
async fn old_records_go_behind_a_checkpoint_with_all_that_belongs_to_them() {
    let app = start().await;
    let place = app.tenant().await;
    let one = app.spark(&place, &json!({ "name": "One" })).await;
    let two = app.spark(&place, &json!({ "name": "Two" })).await;
    let gone = app.delete_all(SPARK, &[format!("{SPARK}{two}")]).await.expect(200).json();
    let old = gone["transaction_id"].as_str().unwrap().to_owned();
    app.clock.advance(29 * DAY);
    let young = app.put(&format!("{SPARK}{one}"), &json!({ "name": "Uno" })).await.expect(200);
    let young = young.json()["transaction_id"].as_str().unwrap().to_owned();
    assert_eq!(audit::remove_old(&app.app).await.unwrap(), 0);
    app.clock.advance(2 * DAY);
    let removed = audit::remove_old(&app.app).await.unwrap();
    assert!(removed >= 5, "{removed}");
    app.get(&format!("{TRANSACTIONS}{old}")).await.expect(404);
    app.get(&format!("{TRANSACTIONS}{young}")).await.expect(200);
    // What they told of stays.
    assert_eq!(app.data(&format!("{SPARK}{one}")).await["name"], "Uno");
    let conn = database(app.data_dir());
    for table in ["task_row", "task"] {
        let sql = format!("SELECT count(*) FROM {table} WHERE transaction_id = ?1");
        assert_eq!(conn.query_row(&sql, [&old], |row| row.get::<_, u64>(0)).unwrap(), 0, "{table}");
    }
    // It is said, and nothing is found to be wrong, now and after more.
    let list = app.get(&format!("{TRANSACTIONS}?filter_field=action&filter_text=Remove")).await;
    let told = list.json()["resources"][0]["data"].clone();
    assert_eq!(told["username"], "tenantry");
    let message = told["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("{removed} records from before 2026-02-01")), "{message}");
    let hash = conn.query_row("SELECT lower(hex(hash)) FROM audit_checkpoint", [], |row| {
        row.get::<_, String>(0)
    });
    assert!(message.contains(&hash.unwrap()), "{message}");
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    assert_eq!(audit::remove_old(&app.app).await.unwrap(), 0);
    let app = app.restarted().await;
    app.spark(&place, &json!({ "name": "Three" })).await;
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    // All of it, and then it begins anew from there.
    app.clock.advance(100 * DAY);
    assert!(audit::remove_old(&app.app).await.unwrap() > 0);
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    // A chain that was cut off by hand doesn't fit the checkpoint.
    conn.execute("UPDATE audit_checkpoint SET hash = zeroblob(32)", [])
        .expect_err("it only advances");
    conn.execute("DELETE FROM audit_checkpoint", []).expect_err("it stays");
    conn.execute_batch("DROP TRIGGER audit_checkpoint_advances").unwrap();
    conn.execute("UPDATE audit_checkpoint SET hash = zeroblob(32)", []).unwrap();
    let problems = wrong(app.data_dir());
    assert!(problems[0].contains("doesn't follow"), "{problems:?}");
    assert!(problems[1].contains("no record tells of the removal"), "{problems:?}");
}

#[tokio::test]
async fn what_still_waits_is_kept_and_so_is_what_came_after_it() {
    let app = start().await;
    let place = app.tenant().await;
    let id = "00000000-0000-4000-8000-000000000001";
    app.app
        .store
        .write(move |tx| {
            let data = json!({ "username": "admin", "submitted": "2026-01-31T09:30:00.000000Z" });
            let data = data.as_object().unwrap();
            let root = tx.root_node()?.unwrap();
            tx.insert_instance(&tenantry::store::NewInstance {
                pkid: id,
                model: "tool/Transaction",
                node_id: root.id,
                created: "2026-01-31T09:30:00.000000Z",
                data: &serde_json::to_string(data).unwrap(),
            })?;
            tx.chain_asked(id, "2026-01-31T09:30:00.000000Z", data)
        })
        .await
        .unwrap();
    let pkid = app.spark(&place, &json!({ "name": "After" })).await;
    let after = app.get(&at(&format!("{SPARK}{pkid}"), &place)).await.expect(200);
    app.clock.advance(90 * DAY);
    let removed = audit::remove_old(&app.app).await.unwrap();
    assert!(removed > 0);
    let list = app.get(&format!("{TRANSACTIONS}?limit=2000")).await.expect(200);
    assert!(list.text().contains("After") && list.text().contains(id), "{list}");
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    assert_eq!(after.json()["data"]["name"], "After");
}

#[tokio::test]
async fn records_are_kept_for_ever_unless_somebody_says_otherwise() {
    let app = TestApp::start().await;
    app.tenant().await;
    let before = app.total(TRANSACTIONS).await;
    app.clock.advance(10_000 * DAY);
    assert_eq!(audit::remove_old(&app.app).await.unwrap(), 0);
    assert!(app.total(TRANSACTIONS).await >= before);
}
