//! Programs in Python, each set in an environment of its own that is made once.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::{layout, process};

/// The Python of the environment of this name, which has these packages. `import` is what shows
/// that it has them.
pub fn with(name: &str, packages: &[&str], import: &str) -> Result<PathBuf> {
    let folder = layout::tools().join(name);
    let python = folder.join("bin/python");
    let has = Command::new(&python).args(["-c", import]).output();
    if has.is_ok_and(|output| output.status.success()) {
        return Ok(python);
    }
    let limit = Duration::from_mins(3);
    process::run_within(limit, Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    process::run_within(limit, Command::new(&python).args(install).args(packages))?;
    Ok(python)
}
