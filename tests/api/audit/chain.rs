//! The chain of the log: every record is in it, none of those that have ended can be changed, and
//! what was changed all the same is found.

use std::{fs, path::Path};

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tenantry::operations::{LogEntry, inspect};

use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp, at};

/// What is wrong with the log of a data folder.
pub fn wrong(data: &Path) -> Vec<String> {
    let findings = inspect(data, None).unwrap();
    let of_log = findings.into_iter().filter(|finding| finding.what.ends_with("of the log"));
    let mut looked_at = 0;
    let problems =
        of_log.inspect(|_| looked_at += 1).flat_map(|finding| finding.problems).collect::<Vec<_>>();
    assert_eq!(looked_at, 2, "chain and records are looked at");
    problems
}

pub fn database(data: &Path) -> Connection {
    let conn = Connection::open(data.join("tenantry.db")).unwrap();
    conn.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    conn
}

/// The kinds of the chain's entries about a record, in their order.
fn entries(data: &Path, record: &str) -> Vec<String> {
    let conn = database(data);
    let mut statement =
        conn.prepare("SELECT kind FROM audit_chain WHERE record = ?1 ORDER BY seq").unwrap();
    let rows = statement.query_map([record], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Changes of many kinds: at once and queued, single and with rows, done and refused.
async fn changed(app: &TestApp) -> Vec<String> {
    let place = app.tenant().await;
    let spark = at(SPARK, &place);
    let mut ids = Vec::new();
    let made = app.post(&spark, &json!({ "name": "One" })).await.expect(201).json();
    ids.push(made["transaction_id"].as_str().unwrap().to_owned());
    let path = made["meta"]["uri"].as_str().unwrap().to_owned();
    let queued = app.put(&format!("{path}?nowait=true"), &json!({ "name": "Two" })).await;
    ids.push(queued.expect(202).json()["transaction_id"].as_str().unwrap().to_owned());
    let two = app.spark(&place, &json!({ "name": "Three" })).await;
    let bulk = app.delete_all(SPARK, &[path.clone(), format!("{SPARK}{two}"), path]).await;
    ids.push(bulk.json()["transaction_id"].as_str().unwrap().to_owned());
    for id in &ids {
        app.ended(&format!("{TRANSACTIONS}{id}")).await;
    }
    ids
}

#[tokio::test]
async fn every_record_is_in_the_chain_when_it_is_asked_for_and_at_its_end() {
    let app = TestApp::start().await;
    let ids = changed(&app).await;
    let kinds: Vec<_> = ids.iter().map(|id| entries(app.data_dir(), id)).collect();
    assert_eq!(kinds[0], ["ended"]);
    assert_eq!(kinds[1], ["asked", "ended"]);
    assert_eq!(kinds[2], ["asked", "ended"]);
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    // A node that goes hands its records to the one above it, unchanged.
    let provider = app.provider("Gone").await;
    app.delete(&format!("{NODES}{}", provider.pkid)).await.expect(200);
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    let app = app.restarted().await;
    app.provider("Later").await;
    assert_eq!(wrong(app.data_dir()), [""; 0]);
}

#[tokio::test]
async fn what_has_ended_is_neither_changed_nor_taken_away() {
    let app = TestApp::start().await;
    let ids = changed(&app).await;
    let conn = database(app.data_dir());
    let before = app.get(&format!("{TRANSACTIONS}?limit=2000")).await.expect(200);
    for (sql, told) in [
        ("UPDATE instance SET data = '{}' WHERE pkid = ?1", "is not changed"),
        ("UPDATE instance SET pkid = 'other' WHERE pkid = ?1", "is not changed"),
        (
            "UPDATE instance SET node_id = (SELECT max(id) FROM node) WHERE pkid = ?1",
            "stays at its node",
        ),
        ("DELETE FROM instance WHERE pkid = ?1", "with its entries"),
        ("UPDATE audit_chain SET time = '' WHERE record = ?1", "is not changed"),
        ("DELETE FROM audit_chain WHERE record = ?1", "checkpoint"),
        ("UPDATE task_row SET data = '{}' WHERE transaction_id = ?1", "is not changed"),
        ("DELETE FROM task_row WHERE transaction_id = ?1", "with it only"),
        (
            "INSERT INTO task_row (transaction_id, position, failed, data) VALUES (?1, 99, 0, '')",
            "no more rows",
        ),
    ] {
        let error = conn.execute(sql, [&ids[2]]).expect_err(sql).to_string();
        assert!(error.contains(told), "{sql}: {error}");
    }
    let after = app.get(&format!("{TRANSACTIONS}?limit=2000")).await.expect(200);
    assert_eq!(before.text(), after.text());
}

/// What somebody does who may write the file, and what is found then.
struct Tampering {
    sql: &'static str,
    found: &'static [&'static str],
}

const TAMPERINGS: [Tampering; 11] = [
    Tampering {
        sql: "UPDATE instance SET data = json_set(data, '$.username', 'somebody') WHERE pkid = ?1",
        found: &["its record isn't what it was when it ended"],
    },
    Tampering { sql: "DELETE FROM instance WHERE pkid = ?1", found: &["its record is missing"] },
    Tampering {
        sql: "DELETE FROM audit_chain WHERE record = ?1",
        found: &["are missing before the entry", "isn't in the chain"],
    },
    Tampering {
        sql: "UPDATE audit_chain SET time = '2020-01-01T00:00:00.000000Z' WHERE record = ?1",
        found: &["doesn't follow from the one before it"],
    },
    Tampering {
        sql: "UPDATE audit_chain SET digest = zeroblob(32) WHERE record = ?1",
        found: &["doesn't follow from the one before it", "isn't what it was"],
    },
    Tampering {
        sql: "INSERT INTO instance (pkid, model, node_id, version, created, modified, data) \
              SELECT 'put-in', model, node_id, 1, created, modified, data FROM instance \
              WHERE pkid = ?1",
        found: &["the record put-in isn't in the chain"],
    },
    Tampering {
        sql: "UPDATE task_row SET data = replace(data, 'Success', 'Fail') WHERE transaction_id = ?1",
        found: &["its record isn't what it was when it ended"],
    },
    Tampering {
        sql: "DELETE FROM task_row WHERE transaction_id = ?1 AND position = 1",
        found: &["its record isn't what it was when it ended"],
    },
    Tampering {
        sql: "UPDATE audit_chain SET seq = seq + 1000 WHERE record = ?1",
        found: &["are missing before the entry"],
    },
    // Out of the sight of whom it is about, and into that of somebody else.
    Tampering {
        sql: "UPDATE instance SET node_id = (SELECT id FROM node WHERE path = 'sys') \
              WHERE model = 'tool/Transaction' AND pkid <> ?1 AND data ->> '$.hierarchy' <> 'sys'",
        found: &["is at sys and tells of sys."],
    },
    Tampering {
        sql: "UPDATE instance SET node_id = (SELECT id FROM node WHERE name = 'Later') \
              WHERE pkid = ?1",
        found: &["is at sys.Later and tells of sys"],
    },
];

#[tokio::test]
async fn what_was_changed_all_the_same_is_found() {
    let app = TestApp::start().await;
    let id = changed(&app).await.pop().unwrap();
    app.provider("Later").await;
    app.app.stop().await;
    for Tampering { sql, found } in TAMPERINGS {
        let copy = tempfile::tempdir().unwrap();
        for file in fs::read_dir(app.data_dir()).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
        assert_eq!(wrong(copy.path()), [""; 0]);
        let conn = database(copy.path());
        for trigger in triggers(&conn) {
            conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        assert!(conn.execute(sql, params![id]).unwrap() > 0, "{sql}");
        drop(conn);
        let problems = wrong(copy.path());
        for told in found {
            assert!(problems.iter().any(|p| p.contains(told)), "{sql}: {told} in {problems:?}");
        }
    }
}

fn triggers(conn: &Connection) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'";
    let mut statement = conn.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn the_first_broken_entry_is_named_first() {
    let app = TestApp::start().await;
    let ids = changed(&app).await;
    app.app.stop().await;
    let conn = database(app.data_dir());
    for trigger in triggers(&conn) {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    for id in [&ids[1], &ids[0]] {
        conn.execute("UPDATE audit_chain SET time = 'then' WHERE record = ?1", [id]).unwrap();
    }
    let problems = wrong(app.data_dir());
    assert!(problems[0].contains(&ids[0]), "{problems:?}");
}

#[tokio::test]
async fn records_from_before_the_chain_are_put_into_it_once() {
    let app = TestApp::start().await;
    let ids = changed(&app).await;
    app.app.stop().await;
    {
        let conn = database(app.data_dir());
        for trigger in triggers(&conn) {
            conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        }
        conn.execute("DELETE FROM audit_chain", []).unwrap();
        conn.execute("DELETE FROM done_once WHERE name = 'audit_chain'", []).unwrap();
    }
    assert!(wrong(app.data_dir())[0].contains("aren't chained yet"));
    let app = app.restarted().await;
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    assert_eq!(entries(app.data_dir(), &ids[1]), ["ended"]);
    app.app.stop().await;
    // What is put in later isn't taken for one of them.
    database(app.data_dir())
        .execute(
            "INSERT INTO instance (pkid, model, node_id, version, created, modified, data) \
             SELECT 'put-in', model, node_id, 1, created, modified, data FROM instance \
             WHERE pkid = ?1",
            [&ids[0]],
        )
        .unwrap();
    let app = app.restarted().await;
    assert_eq!(wrong(app.data_dir()), ["the record put-in isn't in the chain"]);
}

#[tokio::test]
async fn a_line_that_comes_after_the_end_is_in_the_record_and_the_chain() {
    let app = TestApp::start().await;
    let ids = changed(&app).await;
    let (id, ended) = (ids[0].clone(), app.data(&format!("{TRANSACTIONS}{}", ids[0])).await);
    let line =
        json!({ "time": "2026-01-31T09:30:00.000000Z", "level": "info", "message": "Told." });
    let text = line.to_string();
    app.app
        .store
        .write(move |tx| tx.note_ended(&id, "2026-01-31T09:30:00.000000Z", &text))
        .await
        .unwrap();
    let mut expected = ended;
    expected["log"].as_array_mut().unwrap().push(line);
    let record: Value = app.data(&format!("{TRANSACTIONS}{}", ids[0])).await;
    assert_eq!(record, expected);
    assert_eq!(entries(app.data_dir(), &ids[0]), ["ended", "noted"]);
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    let conn = database(app.data_dir());
    for sql in ["UPDATE audit_note SET data = '{}'", "DELETE FROM audit_note"] {
        conn.execute(sql, []).expect_err(sql);
    }
    conn.execute_batch("DROP TRIGGER audit_note_stays").unwrap();
    conn.execute("UPDATE audit_note SET data = '{}'", []).unwrap();
    let problems = wrong(app.data_dir());
    assert!(problems[0].contains("its line isn't what it was"), "{problems:?}");
}

/// What `check` says of the chain, where an entry is known from before.
fn with_known(data: &Path, known: &LogEntry) -> (Vec<String>, Vec<String>) {
    let findings = inspect(data, Some(known)).unwrap();
    let chain = findings.into_iter().find(|found| found.what == "the chain of the log").unwrap();
    (chain.notes, chain.problems)
}

/// The chain's last entry, as `check` tells of it.
fn last_entry(data: &Path) -> LogEntry {
    let findings = inspect(data, None).unwrap();
    let mut notes = findings.iter().flat_map(|finding| &finding.notes);
    notes.find_map(|note| note.strip_prefix("its last entry is ")).unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_entry_that_is_known_tells_whether_the_newest_were_taken_away() {
    let app = TestApp::start().await;
    changed(&app).await;
    let early = last_entry(app.data_dir());
    app.provider("Later").await;
    let late = last_entry(app.data_dir());
    for known in [&early, &late] {
        let (notes, problems) = with_known(app.data_dir(), known);
        assert_eq!(problems, [""; 0]);
        assert!(notes.contains(&format!("the entry {} is the one that is known", known.seq)));
    }
    app.app.stop().await;
    let conn = database(app.data_dir());
    for trigger in triggers(&conn) {
        conn.execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
    }
    // Whoever takes the newest away leaves a chain that is whole.
    conn.execute_batch(&format!(
        "DELETE FROM instance WHERE pkid IN (SELECT record FROM audit_chain WHERE seq > {0}); \
         DELETE FROM audit_chain WHERE seq > {0};",
        early.seq
    ))
    .unwrap();
    assert_eq!(wrong(app.data_dir()), [""; 0]);
    assert_eq!(with_known(app.data_dir(), &early).1, [""; 0]);
    let problems = with_known(app.data_dir(), &late).1;
    let told = format!("the entry {} is missing, and the last is {}", late.seq, early.seq);
    assert!(problems[0].starts_with(&told), "{problems:?}");
    // And another history of the same length has other hashes.
    let other = LogEntry { hash: late.hash, ..early };
    let problems = with_known(app.data_dir(), &other).1;
    assert!(problems[0].contains("isn't the one that is known"), "{problems:?}");
}

#[test]
fn what_is_not_an_entry_is_refused() {
    let hash = "ab".repeat(32);
    assert!(
        format!("7:{hash}").parse::<LogEntry>().is_ok_and(|e| e.to_string() == format!("7:{hash}"))
    );
    for text in [
        "",
        "7",
        "7:",
        "7:ab",
        ":ab",
        &format!("0:{hash}"),
        &format!("x:{hash}"),
        &format!("7:{hash}ab"),
        &format!("7:{}", "é".repeat(32)),
        &format!("7:{}", "zz".repeat(32)),
    ] {
        assert!(text.parse::<LogEntry>().is_err(), "{text}");
    }
}
