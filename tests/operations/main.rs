//! Backups, restoring them, looking whether all is well, and what a start does with a database of
//! another version: the real program's own commands.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "shared; nothing is killed here")]
#[path = "../support/process.rs"]
mod process;
mod transfer;

use std::{fs, path::Path, process::Command};

use process::{PASSWORD, Process};
use reqwest::Client;
use rusqlite::Connection;
use serde_json::{Value, json};

/// What a command said, and whether it went well.
fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
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

    async fn names(&self) -> Vec<String> {
        let path = "/api/relation/SparkCustomer/?order_by=name&limit=2000";
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        let list: Value = answer.json().await.unwrap();
        let rows = list["resources"].as_array().unwrap();
        rows.iter().map(|row| row["data"]["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// A data folder with a customer whose token is a secret, and the program over it.
async fn served(data: &Path) -> (Process, Api) {
    let process = Process::start(data, "warn", &[]);
    let api = Api::of(&process);
    for (at, name, node_type) in [("sys", "Acme", "provider"), ("sys.Acme", "Cu", "customer")] {
        let path = format!("/api/data/HierarchyNode/?hierarchy={at}");
        api.post(&path, &json!({ "name": name, "node_type": node_type })).await;
    }
    add(&api, "Kept").await;
    (process, api)
}

async fn add(api: &Api, name: &str) {
    let path = "/api/relation/SparkCustomer/?hierarchy=sys.Acme.Cu";
    api.post(path, &json!({ "name": name, "token": "a-token-to-be-found" })).await;
}

fn secret_file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    text(&path).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_program_is_restored_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("backup"));
    let (process, api) = served(&data).await;
    let (done, said) = run(&["backup", text(&file), "--data-dir", text(&data)]);
    assert!(done && said.contains("It isn't encrypted"), "{said}");
    // What comes later isn't in it, and the program goes on.
    add(&api, "Later").await;
    assert_eq!(api.names().await, ["Kept", "Later"]);
    let (done, said) = run(&["check", "--data-dir", text(&data)]);
    assert!(done && said.contains("well   secrets"), "{said}");
    process.ask_to_end();
    assert_eq!(process.ended().0.code(), Some(0));

    let again = folder.path().join("again");
    let (done, said) = run(&["restore", text(&file), "--data-dir", text(&again)]);
    assert!(done && said.contains("database and key"), "{said}");
    let mut names: Vec<_> =
        fs::read_dir(&again).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["tenantry.db", "tenantry.key"]);
    let (done, said) = run(&["check", "--data-dir", text(&again)]);
    assert!(done, "{said}");
    let process = Process::start(&again, "warn", &[]);
    assert_eq!(Api::of(&process).names().await, ["Kept"]);
    drop(process);

    // Nothing is overwritten.
    let (done, said) = run(&["backup", text(&file), "--data-dir", text(&data)]);
    assert!(!done && said.contains("exists already"), "{said}");
    let (done, said) = run(&["restore", text(&file), "--data-dir", text(&again)]);
    assert!(!done && said.contains("isn't empty"), "{said}");
    let (done, said) = run(&["backup", "nowhere/backup", "--data-dir", text(&data)]);
    assert!(!done && said.contains("nowhere"), "{said}");
    let (done, said) = run(&["backup", text(&folder.path().join("b2")), "--data-dir", "missing"]);
    assert!(!done && said.contains("tenantry.db"), "{said}");
    assert!(!folder.path().join("b2").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_backup_needs_its_passphrase_and_shows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("backup"));
    drop(served(&data).await);
    let right = secret_file(folder.path(), "right", "long enough words\nand a second line\n");
    let wrong = secret_file(folder.path(), "wrong", "other words\n");
    let empty = secret_file(folder.path(), "empty", "\n");
    let seal = |with: &str| {
        run(&["backup", text(&file), "--data-dir", text(&data), "--passphrase-file", with])
    };
    let (done, said) = seal(&empty);
    assert!(!done && said.contains("no passphrase"), "{said}");
    let (done, said) = seal(&right);
    assert!(done && !said.contains("It isn't encrypted"), "{said}");
    let bytes = fs::read(&file).unwrap();
    let shown = String::from_utf8_lossy(&bytes);
    for told in ["SQLite format", "manifest", "a-token-to-be-found", "Kept"] {
        assert!(!shown.contains(told), "{told}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let again = folder.path().join("again");
    let restore = |more: &[&str]| {
        let arguments = ["restore", text(&file), "--data-dir", text(&again)];
        run(&[&arguments, more].concat())
    };
    let (done, said) = restore(&[]);
    assert!(!done && said.contains("--passphrase-file"), "{said}");
    let (done, said) = restore(&["--passphrase-file", &wrong]);
    assert!(!done && said.contains("passphrase"), "{said}");
    // Each refusal leaves the folder as empty as it was.
    assert_eq!(fs::read_dir(&again).unwrap().count(), 0);
    let (done, said) = restore(&["--passphrase-file", &right]);
    assert!(done, "{said}");
    assert_eq!(Api::of(&Process::start(&again, "warn", &[])).names().await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_backup_is_refused_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("backup"));
    drop(served(&data).await);
    assert!(run(&["backup", text(&file), "--data-dir", text(&data)]).0);
    let good = fs::read(&file).unwrap();
    let again = folder.path().join("again");
    let middle = good.len() / 2;
    let mut changed = good.clone();
    changed[middle] ^= 0x20;
    for bad in [&good[..middle], &good[..good.len() - 1], &changed, b"", b"tenantry"] {
        fs::write(&file, bad).unwrap();
        let (done, said) = run(&["restore", text(&file), "--data-dir", text(&again)]);
        assert!(!done && !said.contains("panicked"), "{said}");
        assert_eq!(fs::read_dir(&again).unwrap().count(), 0, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    let database = Connection::open(data.join("tenantry.db")).unwrap();
    let spoil = |sql: &str| database.execute_batch(sql).unwrap();
    let check = || run(&["check", "--data-dir", text(&data)]);
    let (done, said) = check();
    assert!(done, "{said}");
    // The last entry of the log, to be kept where those who write here can't.
    let entry = said.split("its last entry is ").nth(1).unwrap().lines().next().unwrap();
    let known = |entry: &str| run(&["check", "--data-dir", text(&data), "--known-entry", entry]);
    let (done, said) = known(entry);
    assert!(done && said.contains("is the one that is known"), "{said}");
    let later = entry.replacen(|c: char| c.is_ascii_digit(), "9", 1);
    let (done, said) = known(&format!("9{later}"));
    assert!(!done && said.contains("the newest records were taken away"), "{said}");
    let (done, said) = known("yesterday");
    assert!(!done && said.contains("64 hex digits"), "{said}");
    for (sql, undo, told) in [
        (
            "UPDATE instance_count SET n = n + 1 WHERE model = 'relation/SparkCustomer'",
            "UPDATE instance_count SET n = n - 1 WHERE model = 'relation/SparkCustomer'",
            "counted as 2",
        ),
        (
            "UPDATE node SET path = 'sys.Acme.Else' WHERE name = 'Cu'",
            "UPDATE node SET path = 'sys.Acme.Cu' WHERE name = 'Cu'",
            "isn't below its parent",
        ),
        (
            "CREATE TEMP TABLE gone AS SELECT * FROM node_closure WHERE ancestor_id <> node_id; \
             DELETE FROM node_closure WHERE ancestor_id <> node_id",
            "INSERT INTO node_closure SELECT * FROM gone",
            "isn't known to be below",
        ),
        (
            "CREATE TEMP TABLE texts AS SELECT id FROM text_pending; DELETE FROM text_pending; \
             DELETE FROM text_index WHERE rowid = (SELECT max(id) FROM instance)",
            "INSERT OR IGNORE INTO text_pending SELECT id FROM texts \
             UNION SELECT max(id) FROM instance",
            "the index of texts misses",
        ),
        (
            "UPDATE secret SET sealed = zeroblob(60)",
            "DELETE FROM secret",
            "can't be read with the key",
        ),
    ] {
        spoil(sql);
        let (done, said) = check();
        assert!(!done && said.contains("WRONG") && said.contains(told), "{told} in {said}");
        spoil(undo);
    }
    fs::remove_file(data.join("tenantry.key")).unwrap();
    let (done, said) = check();
    assert!(!done && said.contains("WRONG  secrets"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_database_is_left_alone_and_an_older_one_is_copied_first() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    let database = Connection::open(data.join("tenantry.db")).unwrap();
    let version: u32 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    database.pragma_update(None, "user_version", version + 1).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)];
    let (done, said) = run(&serve);
    assert!(!done && said.contains("newer version of the program"), "{said}");

    // One that a first version made.
    let newer = data;
    let data = folder.path().join("old");
    fs::create_dir(&data).unwrap();
    let database = Connection::open(data.join("tenantry.db")).unwrap();
    database.execute_batch(include_str!("../../src/store/migrations/0001_initial.sql")).unwrap();
    let old = "INSERT INTO node (pkid, name, node_type, path) VALUES ('a1', 'sys', 'sys', 'sys');\
               INSERT INTO node_closure VALUES (1, 1)";
    database.execute_batch(old).unwrap();
    database.pragma_update(None, "user_version", 1).unwrap();
    drop(database);
    // Its secrets would be lost under another key.
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)];
    let (done, said) = run(&serve);
    assert!(!done && said.contains("no tenantry.key"), "{said}");
    fs::copy(newer.join("tenantry.key"), data.join("tenantry.key")).unwrap();
    drop(Process::start(&data, "warn", &[]));
    let versions = ["tenantry.db.version-1", "tenantry.db"].map(|name| {
        let database = Connection::open(data.join(name)).unwrap();
        let version = database.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0));
        let root = "SELECT pkid FROM node WHERE path = 'sys'";
        assert_eq!(database.query_row(root, [], |row| row.get::<_, String>(0)).unwrap(), "a1");
        version.unwrap()
    });
    assert_eq!(versions, [1, version]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lists_of_an_older_database_are_kept_the_new_way() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    // As it was when triggers kept them.
    let database = Connection::open(data.join("tenantry.db")).unwrap();
    let before = "DROP TRIGGER instance_added; DROP TRIGGER instance_changed; \
         DROP TRIGGER instance_removed; DROP TRIGGER node_settled; DROP TABLE instance_touched; \
         CREATE TRIGGER \"listed_relation/SparkCustomer added\" AFTER INSERT ON instance \
         WHEN new.model = 'relation/SparkCustomer' BEGIN \
             INSERT INTO \"listed_relation/SparkCustomer\" (node_id, id) VALUES (new.node_id, new.id); \
         END";
    database.execute_batch(before).unwrap();
    for migration in [
        include_str!("../../src/store/migrations/0018_subtree_counts.sql"),
        include_str!("../../src/store/migrations/0019_text_index.sql"),
        include_str!("../../src/store/migrations/0020_list_generation.sql"),
    ] {
        for trigger in migration.split("CREATE TRIGGER ").filter(|t| t.starts_with("instance_")) {
            database.execute_batch(&format!("CREATE TRIGGER {trigger}")).unwrap();
        }
    }
    database.pragma_update(None, "user_version", 20).unwrap();
    drop(database);
    let process = Process::start(&data, "warn", &[]);
    let api = Api::of(&process);
    add(&api, "Later").await;
    assert_eq!(api.names().await, ["Kept", "Later"]);
    drop(process);
    // What another hand writes meanwhile is taken in at the next start.
    let database = Connection::open(data.join("tenantry.db")).unwrap();
    let renamed = "UPDATE instance SET data = json_set(data, '$.name', 'Renamed') \
         WHERE data ->> '$.name' = 'Kept' AND model = 'relation/SparkCustomer'";
    database.execute_batch(renamed).unwrap();
    drop(database);
    assert_eq!(Api::of(&Process::start(&data, "warn", &[])).names().await, ["Later", "Renamed"]);
    let (done, said) = run(&["check", "--data-dir", text(&data)]);
    assert!(done, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_keeps_out_of_what_is_somebodys() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    let serve = ["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", text(&data)];
    let (done, said) = run(&serve);
    assert!(!done && said.contains("without --demo"), "{said}");
    assert_eq!(Api::of(&Process::start(&data, "warn", &[])).names().await, ["Kept"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_open_to_the_machine_itself_and_not_to_what_a_proxy_passes_on() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "warn", &[]);
    let api = Api::of(&process);
    let ask = || api.client.get(format!("{}/metrics", api.url));
    let answer = ask().send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert!(text.contains("tenantry_database_bytes") && text.ends_with("# EOF\n"), "{text}");
    for header in ["x-forwarded-for", "forwarded"] {
        let answer = ask().header(header, "127.0.0.1").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{header}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_json_where_that_is_asked_for_with_a_line_for_each_request() {
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), "info", &[("TENANTRY_LOG_FORMAT", "json")]);
    let api = Api::of(&process);
    let path = "/api/data/HierarchyNode/?name=a-secret-query";
    let request = api.client.get(format!("{}{path}", api.url)).basic_auth("admin", Some(PASSWORD));
    let answer = request.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    process.ask_to_end();
    let (_, said) = process.ended();
    assert!(!said.contains("a-secret-query") && !said.contains(PASSWORD), "{said}");
    let lines = said.lines().filter(|line| line.starts_with('{'));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> = lines.iter().filter(|line| line["span"]["id"] == *id).collect();
    let [line] = &found[..] else { panic!("{said}") };
    assert_eq!(line["message"], "answered", "{line}");
    assert_eq!(line["status"], 200, "{line}");
    assert!(line["milliseconds"].as_f64().is_some_and(|took| took > 0.0), "{line}");
    assert_eq!(line["span"]["method"], "GET", "{line}");
    assert_eq!(line["span"]["path"], "/api/data/HierarchyNode", "{line}");
    assert_eq!(line["level"], "INFO", "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_locked_out_gets_another_password_beside_the_running_program() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let nowhere = folder.path().join("nowhere");
    let (done, said) = run(&["user", "list", "--data-dir", text(&nowhere)]);
    assert!(!done && said.contains("there is no tenantry.db"), "{said}");
    assert!(!nowhere.exists());

    let (process, _) = served(&data).await;
    let status = async |name: &str, password: &str| {
        let request = Client::new().get(format!("{}/api/data/HierarchyNode/", process.url));
        request.basic_auth(name, Some(password)).send().await.unwrap().status().as_u16()
    };
    let add = ["user", "add", "second", "--role", "ProviderAdmin", "--data-dir", text(&data)];
    let (done, said) = run(&add);
    assert!(!done && said.contains("for users at provider nodes"), "{said}");
    let (done, said) = run(&[&add[..], &["--at", "sys.Acme"]].concat());
    assert!(done, "{said}");
    let made_up = |said: &str| {
        let rest = said.split("The password is ").nth(1).unwrap().to_owned();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let first = made_up(&said);
    assert_eq!(status("second", &first).await, 200);
    let (done, said) = run(&["user", "password", "second", "--data-dir", text(&data)]);
    assert!(done, "{said}");
    assert_eq!(status("second", &made_up(&said)).await, 200);
    let (done, said) = run(&["user", "password", "nobody", "--data-dir", text(&data)]);
    assert!(!done && said.contains("There is no user \"nobody\""), "{said}");
    let (done, said) = run(&["user", "list", "--data-dir", text(&data)]);
    assert!(done, "{said}");
    assert!(said.contains("admin  SystemAdmin at sys\n"), "{said}");
    assert!(said.contains("second  ProviderAdmin at sys.Acme\n"), "{said}");
    let (done, said) = run(&["check", "--data-dir", text(&data)]);
    assert!(done, "{said}");
}
