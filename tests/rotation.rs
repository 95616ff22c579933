//! Changing the key of the secrets: beside a running program, cut off, and what is left of the old one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/process.rs"]
mod process;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use process::{PASSWORD, Process};
use reqwest::Client;
use rusqlite::Connection;
use serde_json::{Value, json};

const TOKEN: &str = "a-token-to-be-found";

/// What a command said, and whether it went well.
fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry")).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn keys(data: &Path) -> Vec<String> {
    let file = fs::read_to_string(data.join("tenantry.key")).unwrap();
    file.lines().map(str::to_owned).collect()
}

/// How often the file's keys open what is kept: all of it, or the check fails.
fn is_well(data: &Path) {
    let (well, said) = run(&["check", "--data-dir", text(data)]);
    assert!(well && said.contains("well   secrets"), "{said}");
}

struct Api {
    client: Client,
    url: String,
}

impl Api {
    fn of(process: &Process) -> Self {
        // Set once in a process: the client asks for it, though it calls nothing over TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { client: Client::new(), url: process.url.clone() }
    }

    async fn post(&self, path: &str, body: &Value) {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    }

    /// Customers with a secret each.
    async fn add(&self, names: std::ops::Range<u32>) {
        let path = "/api/relation/SparkCustomer/?hierarchy=sys.Acme.Cu";
        for number in names {
            self.post(path, &json!({ "name": format!("C{number}"), "token": TOKEN })).await;
        }
    }
}

async fn served(data: &Path) -> (Process, Api) {
    let process = Process::start(data, "warn", &[]);
    let api = Api::of(&process);
    for (at, name, node_type) in [("sys", "Acme", "provider"), ("sys.Acme", "Cu", "customer")] {
        let path = format!("/api/data/HierarchyNode/?hierarchy={at}");
        api.post(&path, &json!({ "name": name, "node_type": node_type })).await;
    }
    (process, api)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_changed_beside_a_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (process, api) = served(&data).await;
    api.add(0..150).await;
    let old = keys(&data);
    assert_eq!(old.len(), 1);
    let early = folder.path().join("early");
    assert!(run(&["backup", text(&early), "--data-dir", text(&data)]).0);

    // Writes go on all the time.
    let arguments = ["rotate-key".to_owned(), "--data-dir".to_owned(), text(&data).to_owned()];
    let changing = tokio::task::spawn_blocking(move || {
        run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    });
    let mut next = 1000;
    while !changing.is_finished() {
        api.add(next..next + 1).await;
        next += 1;
    }
    let (done, said) = changing.await.unwrap();
    assert!(done && said.contains("the old one is gone"), "{said}");
    let new = keys(&data);
    assert_eq!(new.len(), 1);
    assert_ne!(new, old);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(data.join("tenantry.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    is_well(&data);
    // The program that runs seals with the new one.
    api.add(2000..2003).await;
    is_well(&data);
    let late = folder.path().join("late");
    assert!(run(&["backup", text(&late), "--data-dir", text(&data)]).0);
    process.kill();

    // So it does after a start, and backups have the key that they need.
    let process = Process::start(&data, "warn", &[]);
    Api::of(&process).add(3000..3003).await;
    is_well(&data);
    process.ask_to_end();
    let (status, said) = process.ended();
    assert!(status.success() && !said.contains("rotate-key"), "{said}");
    for (backup, key) in [(early, &old), (late, &new)] {
        let again = folder.path().join(format!("again-{}", key == &old));
        let (done, said) = run(&["restore", text(&backup), "--data-dir", text(&again)]);
        assert!(done, "{said}");
        assert_eq!(&keys(&again), key);
        is_well(&again);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_cut_off_loses_nothing_and_is_finished() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (process, api) = served(&data).await;
    api.add(0..350).await;
    let old = keys(&data);
    let mut changing = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(["rotate-key", "--data-dir", text(&data)])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Cut in as soon as it is in the middle; from then on the database is somebody else's.
    let lock = Connection::open(data.join("tenantry.db")).unwrap();
    let sealed = |new: bool| {
        let sql = "SELECT count(*) FROM secret \
                   WHERE (substr(sealed, 2, 8) = (SELECT id FROM sealing_key)) = ?1";
        lock.query_row(sql, [new], |row| row.get::<_, u64>(0)).unwrap()
    };
    loop {
        assert_eq!(changing.try_wait().unwrap(), None, "it ended before anybody cut in");
        if lock.execute_batch("BEGIN IMMEDIATE").is_ok() {
            if sealed(false) > 0 && sealed(true) > 0 {
                break;
            }
            lock.execute_batch("ROLLBACK").unwrap();
        }
    }
    let others = run(&["rotate-key", "--data-dir", text(&data)]);
    assert!(!others.0 && others.1.contains("under way"), "{}", others.1);
    changing.kill().unwrap();
    changing.wait().unwrap();
    drop(lock);

    // Both keys are there, and everything can be read and written.
    assert_eq!(keys(&data).len(), 2);
    assert_eq!(keys(&data)[1..], old);
    is_well(&data);
    api.add(1000..1003).await;
    is_well(&data);
    let backup = folder.path().join("backup");
    assert!(run(&["backup", text(&backup), "--data-dir", text(&data)]).0);
    process.kill();
    let process = Process::start(&data, "warn", &[]);
    Api::of(&process).add(2000..2003).await;
    is_well(&data);

    let (done, said) = run(&["rotate-key", "--data-dir", text(&data)]);
    assert!(done && said.contains("cut off is finished"), "{said}");
    assert_eq!(keys(&data).len(), 1);
    assert_ne!(keys(&data), old);
    Api::of(&process).add(3000..3003).await;
    is_well(&data);
    process.ask_to_end();
    let (status, said) = process.ended();
    assert!(status.success() && said.contains("tenantry rotate-key"), "{said}");

    let again = folder.path().join("again");
    let (done, said) = run(&["restore", text(&backup), "--data-dir", text(&again)]);
    assert!(done, "{said}");
    assert_eq!(keys(&again).len(), 2);
    is_well(&again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_before_its_first_write_it_is_finished_too() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (process, api) = served(&data).await;
    api.add(0..3).await;
    drop(process);
    let old = keys(&data);
    // The file has the new key, the database doesn't know of it; and a file that was never finished.
    let new = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    fs::write(data.join("tenantry.key"), format!("{new}\n{}\n", old[0])).unwrap();
    fs::write(data.join("tenantry.key.new"), "half").unwrap();
    is_well(&data);
    let process = Process::start(&data, "warn", &[]);
    Api::of(&process).add(10..13).await;
    is_well(&data);
    let (done, said) = run(&["rotate-key", "--data-dir", text(&data)]);
    assert!(done && said.contains("cut off is finished"), "{said}");
    assert_eq!(keys(&data), [new]);
    Api::of(&process).add(20..23).await;
    is_well(&data);
    assert!(!data.join("tenantry.key.new").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_secret_cannot_be_read_no_key_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (process, api) = served(&data).await;
    api.add(0..3).await;
    drop(process);
    let conn = Connection::open(data.join("tenantry.db")).unwrap();
    let sql = "UPDATE secret SET sealed = zeroblob(60) WHERE instance_id = \
               (SELECT max(instance_id) FROM secret)";
    conn.execute(sql, []).unwrap();
    drop(conn);
    let old = keys(&data);
    let (done, said) = run(&["rotate-key", "--data-dir", text(&data)]);
    assert!(!done && said.contains("can't be read"), "{said}");
    assert_eq!(keys(&data)[1..], old);

    let (done, said) = run(&["rotate-key", "--data-dir", text(&folder.path().join("none"))]);
    assert!(!done && said.contains("none"), "{said}");
    fs::write(data.join("tenantry.key"), "nonsense\n").unwrap();
    let (done, said) = run(&["rotate-key", "--data-dir", text(&data)]);
    assert!(!done && said.contains("doesn't hold keys"), "{said}");
}
