//! The log of the database (its WAL) with an end that never came to the disk whole.

use std::{fs::OpenOptions, io::Write, path::Path};

use crate::{api::Api, check, process::Process, program};

/// Bytes of a page in the log, with the head of its frame.
const FRAME: u64 = 4096 + 24;

/// A folder with instances that were acknowledged, most of them in the log alone.
async fn killed(data: &Path) -> Vec<String> {
    let process = Process::start(data, "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let mut names = Vec::new();
    for i in 0..20 {
        let name = format!("A{i:02}");
        assert_eq!(api.create(&name).await.0, 201);
        names.push(name);
    }
    process.kill();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_frame_at_the_end_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let names = killed(folder.path()).await;
    let log = folder.path().join("tenantry.db-wal");
    let mut file = OpenOptions::new().append(true).open(log).unwrap();
    file.write_all(&[0xa5; 2_000]).unwrap();
    drop(file);
    let process = Process::start(folder.path(), "warn", &[]);
    assert_eq!(Api::of(&process).names().await, names);
    process.kill();
    let (well, said) = check(program(), folder.path());
    assert!(well, "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_lost_its_end_loses_whole_writes_only() {
    let folder = tempfile::tempdir().unwrap();
    let names = killed(folder.path()).await;
    let log = folder.path().join("tenantry.db-wal");
    let file = OpenOptions::new().write(true).open(&log).unwrap();
    let length = file.metadata().unwrap().len();
    assert!(length > 2 * FRAME);
    // A disk that lied: the last frame, which commits the last write, is cut in the middle.
    file.set_len(length - FRAME / 2).unwrap();
    drop(file);
    let process = Process::start(folder.path(), "warn", &[]);
    let api = Api::of(&process);
    // What was written last may be another thing than the last customer.
    let left = api.names().await;
    assert!(left.len() + 1 >= names.len() && names.starts_with(&left), "{left:?}");
    assert_eq!(api.create("B").await.0, 201);
    process.kill();
    let (well, said) = check(program(), folder.path());
    assert!(well, "{said}");
}
