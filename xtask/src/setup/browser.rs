//! A Chromium for the browser tests: one that is there, else Debian's.
//! Playwright's own download isn't used, as it fails wherever only package registries are reachable.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::process;

/// Names a browser to use in place of those looked for.
pub const VARIABLE: &str = "TENANTRY_CHROMIUM";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

pub fn ensure() -> Result<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE).map(PathBuf::from) {
        if !path.is_file() {
            bail!("{VARIABLE} names {}, which isn't there", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = find() {
        println!("    browser: {}", path.display());
        return Ok(path);
    }
    println!("    no Chromium or Chrome here; installing Debian's chromium");
    apt::install(&["chromium"])
        .with_context(|| format!("or install Chromium or Chrome, or name one in {VARIABLE}"))?;
    find().context("chromium was installed but isn't on PATH")
}

fn find() -> Option<PathBuf> {
    NAMES.iter().find_map(|name| process::find(name))
}
