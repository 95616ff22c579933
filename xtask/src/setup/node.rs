//! Node and the packages of `end2end/`, as its lock file names them.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{layout, process};

/// What Playwright needs.
const NODE_MAJOR: u32 = 18;

pub fn ensure() -> Result<()> {
    if process::find("node").is_none() || process::find("npm").is_none() {
        println!("    node or npm is missing; installing Debian's");
        apt::install(&["nodejs", "npm"])?;
    }
    let version = process::output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next();
    let major: u32 = major.and_then(|number| number.parse().ok()).unwrap_or(0);
    if major < NODE_MAJOR {
        bail!("node is {version}, but the browser tests need {NODE_MAJOR} or newer; install one");
    }
    packages().context("by hand: `npm ci` in end2end/")
}

/// `npm ci` when the lock file isn't the one that was installed from.
fn packages() -> Result<()> {
    let folder = layout::end2end();
    let lock = fs::read(folder.join("package-lock.json")).context("end2end/package-lock.json")?;
    let installed = folder.join("node_modules/.installed-from");
    if fs::read(&installed).is_ok_and(|from| from == lock) {
        println!("    npm packages: as the lock file names them");
        return Ok(());
    }
    process::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            // The browser comes from the system: see `browser`.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(&folder),
    )?;
    fs::write(installed, lock).context("node_modules can't be written to")
}
