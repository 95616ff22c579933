//! Command-line tools of the checks and measurements.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::{layout, process};

/// Checked with Rust 1.95.
const CARGO_DENY: &str = "0.20.2";

/// cargo-deny: the one on PATH, else compiled once into the target folder.
pub fn cargo_deny() -> Result<PathBuf> {
    if let Some(path) = process::find("cargo-deny") {
        return Ok(path);
    }
    let path = layout::tools().join("bin/cargo-deny");
    let version = process::output(Command::new(&path).arg("--version")).unwrap_or_default();
    if version.ends_with(CARGO_DENY) {
        return Ok(path);
    }
    println!(
        "    cargo-deny {CARGO_DENY} is missing; compiling it once, which takes a minute or two"
    );
    process::run(
        process::cargo()
            // Unoptimised it compiles in a third of the time and still checks in two seconds.
            .args(["install", "cargo-deny", "--locked", "--debug", "--quiet"])
            .args(["--version", CARGO_DENY, "--root"])
            .arg(layout::tools()),
    )
    .context("by hand: `cargo install cargo-deny`")?;
    Ok(path)
}

/// wrk, the load generator of the measurements.
pub fn wrk() -> Result<PathBuf> {
    if process::find("wrk").is_none() {
        println!("    wrk is missing; installing Debian's");
        apt::install(&["wrk"])?;
    }
    process::find("wrk").context("wrk was installed but isn't on PATH")
}

/// valgrind, which counts instructions.
pub fn valgrind() -> Result<PathBuf> {
    if process::find("valgrind").is_none() {
        println!("    valgrind is missing; installing Debian's");
        apt::install(&["valgrind"])?;
    }
    process::find("valgrind").context("valgrind was installed but isn't on PATH")
}
