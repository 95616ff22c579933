//! What happens to the real program when the world around it fails: what was acknowledged is there,
//! what was refused isn't, it says what is the matter, and goes on by itself once that has passed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod disk;
mod flood;
mod full_disk;
mod killed;
mod locked;
#[expect(dead_code, reason = "shared; nothing is asked to end here")]
#[path = "../support/process.rs"]
mod process;
mod read_only;
mod torn_log;

use std::{path::Path, process::Command};

/// What `tenantry check` says of a folder, and whether all is well.
fn check(mut program: Command, data: &Path) -> (bool, String) {
    let output = program.args(["check", "--data-dir"]).arg(data).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The program's own binary.
fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tenantry"))
}
