//! A disk that fills up while the program writes.

use std::{fs::File, io::Write};

use reqwest::StatusCode;

use crate::{api::Api, check, disk::Disk, process::Process};

/// Takes what is left of the disk.
fn fill(disk: &Disk) -> std::path::PathBuf {
    let path = disk.reached().join("filler");
    let mut file = File::create(&path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    let Some(disk) = Disk::of(24) else { return };
    let process = Process::launch(disk.program(), &disk.path, "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let mut there = Vec::new();
    for i in 0..50 {
        let name = format!("A{i:04}");
        assert_eq!(api.create(&name).await.0, 201);
        there.push(name);
    }
    let filler = fill(&disk);
    // The log of the database has some room left from before.
    let mut refused = 0;
    for i in 0..5_000 {
        let name = format!("B{i:04}");
        let (status, answer) = api.create(&name).await;
        if status == 201 {
            there.push(name);
            continue;
        }
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
        assert_eq!(answer["code"], "storage_full", "{answer}");
        let said = answer["message"].as_str().unwrap();
        assert!(said.starts_with("The disk with the database is full, so nothing was changed."));
        refused += 1;
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk never became full");
    // It goes on reading, and says what is the matter.
    assert_eq!(api.names().await, there);
    let (status, said) = api.call(reqwest::Method::GET, "/readyz", None).await.unwrap();
    assert_eq!(status, 503, "{said}");
    assert!(said.as_str().unwrap().contains("full"), "{said}");

    std::fs::remove_file(filler).unwrap();
    assert_eq!(api.create("C0000").await.0, 201);
    there.push("C0000".to_owned());
    assert_eq!(api.names().await, there);
    assert_eq!(api.call(reqwest::Method::GET, "/readyz", None).await.unwrap().0, 200);
    let (well, said) = check(disk.program(), &disk.path);
    assert!(well, "{said}");
}

#[test]
fn a_start_on_a_full_disk_says_so() {
    let Some(disk) = Disk::of(1) else { return };
    fill(&disk);
    let output = disk.program().args(["serve", "--data-dir"]).arg(&disk.path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("full") || said.contains("No space left"), "{said}");
}
