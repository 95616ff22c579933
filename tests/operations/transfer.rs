//! `tenantry export` and `tenantry import`, over a folder that is served and over one that isn't.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::{Api, Process, run, served, text};

const SPARK: &str = "relation/SparkCustomer";

/// A table of customers with these names.
fn table(path: &Path, names: impl Iterator<Item = String>) {
    let rows: String = names.map(|name| format!("{name}\n")).collect();
    fs::write(path, format!("name\n{rows}")).unwrap();
}

fn import(data: &Path, file: &Path, more: &[&str]) -> (bool, String) {
    let base = ["import", SPARK, text(file), "--data-dir", text(data), "--at", "sys.Acme.Cu"];
    run(&[&base, more].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_loaded_and_what_is_there_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("new.csv"));
    let (process, _) = served(&data).await;
    table(&file, ["One", "Two"].map(str::to_owned).into_iter());
    // What is served is loaded into by the program that serves it.
    let (done, said) = import(&data, &file, &[]);
    assert!(!done && said.contains("Another Tenantry process works on"), "{said}");
    drop(process);
    // Without a mode it is only tried.
    let (done, said) = import(&data, &file, &[]);
    assert!(done && said.contains("Dry run: all 2 rows can be loaded."), "{said}");
    let (done, said) = import(&data, &file, &["--mode", "all_or_nothing"]);
    assert!(done && said.contains("2 of 2 rows were loaded. Transaction "), "{said}");
    // The program shows them afterwards, and who did it.
    let process = Process::start(&data, "warn", &[]);
    let api = Api::of(&process);
    assert_eq!(api.names().await, ["Kept", "One", "Two"]);
    let id = said.split("Transaction ").nth(1).unwrap().trim_end().trim_end_matches('.');
    let record = api.get(&format!("/api/tool/Transaction/{id}")).await;
    assert_eq!(record["data"]["username"], "tenantry");
    assert_eq!(record["data"]["status"], "Success");

    let out = folder.path().join("out.csv");
    let export =
        |more: &[&str]| run(&[&["export", SPARK, "--data-dir", text(&data)], more].concat());
    let (done, said) =
        export(&[text(&out), "--format", "csv", "--query", "search=o&order_by=name"]);
    assert!(done && said.contains("out.csv holds relation/SparkCustomer"), "{said}");
    let made = fs::read_to_string(&out).unwrap();
    let found = |name: &str| made.lines().any(|line| line.contains(name));
    assert!(found("One") && found("Two") && !found("Kept"), "{made}");
    assert!(!made.contains("a-token-to-be-found"));
    // Beside a program it is recorded like any other export.
    let log = api.get("/api/tool/Transaction/?filter_field=action&filter_text=Export").await;
    assert_eq!(log["resources"][0]["data"]["username"], "tenantry", "{log}");
    for (arguments, told) in [
        (&[text(&out)][..], "exists already"),
        (&["-", "--query", "order_by=nothing"], "\"nothing\" is not an attribute"),
        (&["-", "--at", "sys.Nowhere"], "Nowhere"),
        (&["-", "--format", "pdf"], "possible values"),
    ] {
        let (done, said) = export(arguments);
        assert!(!done && said.contains(told) && !said.contains("panicked"), "{said}");
    }
    let (done, said) = run(&["export", "data/Nothing", "-", "--data-dir", text(&data)]);
    assert!(!done && said.contains("data/Nothing"), "{said}");
    drop(process);
    let (done, said) = export(&["-", "--format", "csv"]);
    assert!(done && said.contains("Kept"), "{said}");
    // What was written can be loaded as it is: nothing changes by it.
    let (done, said) = import(&data, &out, &["--mode", "row_by_row"]);
    assert!(done && said.contains("2 of 2 rows were loaded."), "{said}");
    let process = Process::start(&data, "warn", &[]);
    assert_eq!(Api::of(&process).names().await, ["Kept", "One", "Two"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_fail_are_told_and_written_to_be_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("new.csv"));
    drop(served(&data).await);
    fs::write(&file, "name,dirsync_enabled\nOne,true\nTwo,perhaps\n,false\n").unwrap();
    let errors = folder.path().join("errors.xlsx");
    let (done, said) = import(&data, &file, &["--mode", "all_or_nothing"]);
    assert!(!done && said.contains("2 of 3 rows can't be loaded, so none was."), "{said}");
    let more = ["--mode", "row_by_row", "--errors", text(&errors)];
    let (done, said) = import(&data, &file, &more);
    assert!(!done && said.contains("1 of 3 rows were loaded."), "{said}");
    assert!(said.contains("row 3: ") && said.contains("row 4: "), "{said}");
    assert!(said.contains("errors.xlsx holds the rows that failed."), "{said}");
    assert!(fs::read(&errors).unwrap().starts_with(b"PK"));
    let (done, said) = import(&data, &file, &more);
    assert!(!done && said.contains("exists already"), "{said}");
    fs::write(&file, "nothing that is a table \0").unwrap();
    // Looking for a folder that isn't there makes none.
    let nowhere = folder.path().join("nowhere");
    let (done, said) = import(&nowhere, &file, &[]);
    assert!(!done && said.contains("there is no tenantry.db"), "{said}");
    assert!(!nowhere.exists());
    let missing = folder.path().join("missing.csv");
    for (bad, told) in [(&file, "neither a workbook"), (&missing, "missing.csv")] {
        let (done, said) = import(&data, bad, &[]);
        assert!(!done && said.contains(told), "{said}");
    }
    let process = Process::start(&data, "warn", &[]);
    assert_eq!(Api::of(&process).names().await, ["Kept", "One"]);
}

/// Rows of the files below: some lines of progress, and more than are loaded in a moment.
const SOME: usize = 2500;
const MANY: usize = 15_000;

/// Begins to load so many rows, and answers once a part of them is in the database.
fn begun(
    folder: &Path,
    data: &Path,
    rows: usize,
) -> (std::process::Child, BufReader<std::process::ChildStderr>) {
    let file = folder.join("many.csv");
    table(&file, (0..rows).map(|n| format!("Row {n}")));
    let mut child = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(["import", SPARK, text(&file), "--data-dir", text(data), "--at", "sys.Acme.Cu"])
        .args(["--mode", "row_by_row"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(&format!(" of {rows} rows")) {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended early");
    }
    (child, said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_killed_is_carried_on_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    let (mut child, _said) = begun(folder.path(), &data, SOME);
    child.kill().unwrap();
    child.wait().unwrap();
    let process = Process::start(&data, "warn", &[]);
    let api = Api::of(&process);
    let record = api.ended_load().await;
    assert_eq!(record["counts"]["succeeded"], SOME, "{record}");
    assert_eq!(api.total().await, SOME + 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_interrupted_ends_before_its_next_rows() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    drop(served(&data).await);
    let (child, _said) = begun(folder.path(), &data, MANY);
    // Nobody serves the folder meanwhile.
    let serve = ["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)];
    let (done, said) = run(&serve);
    assert!(!done && said.contains("Another Tenantry process works on"), "{said}");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let process = Process::start(&data, "warn", &[]);
    let api = Api::of(&process);
    let record = api.ended_load().await;
    assert_eq!(record["status"], "Fail", "{record}");
    let done = usize::try_from(record["counts"]["succeeded"].as_u64().unwrap()).unwrap();
    assert!((1..MANY).contains(&done), "{record}");
    assert_eq!(api.total().await, done + 1);
    // How it went is said, as of any other load.
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(record["message"].as_str().unwrap()), "{said}");
}

impl Api {
    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = request.basic_auth("admin", Some(super::PASSWORD)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The record of the only load, when it has ended: its stream of news ends with it.
    async fn ended_load(&self) -> Value {
        let list = self.get("/api/tool/Transaction/?filter_field=action&filter_text=Import").await;
        let pkid = &list["resources"][0]["meta"]["references"]["self"][0]["pkid"];
        let path = format!("/api/tool/Transaction/{}", pkid.as_str().unwrap());
        let request = self.client.get(format!("{}{path}/events/", self.url));
        let news = request.basic_auth("admin", Some(super::PASSWORD)).send().await.unwrap();
        news.text().await.unwrap();
        self.get(&path).await["data"].clone()
    }

    async fn total(&self) -> usize {
        let list = self.get("/api/relation/SparkCustomer/?limit=1").await;
        usize::try_from(list["pagination"]["total"].as_u64().unwrap()).unwrap()
    }
}
