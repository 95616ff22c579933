//! A disk that can't be written to.

use crate::{api::Api, disk::Disk, process::Process};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_on_a_read_only_disk_says_so_and_harms_nothing() {
    let Some(disk) = Disk::of(24) else { return };
    let process = Process::launch(disk.program(), &disk.path, "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    assert_eq!(api.create("Kept").await.0, 201);
    process.kill();

    disk.remount("ro");
    let output = disk.program().args(["serve", "--data-dir"]).arg(&disk.path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("can't be written"), "{said}");

    disk.remount("rw");
    let process = Process::launch(disk.program(), &disk.path, "warn", &[]);
    assert_eq!(Api::of(&process).names().await, ["Kept"]);
    process.kill();
}
