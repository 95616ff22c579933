//! Programs in Python, each set in an environment of its own that is made once.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

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

/// The Python of the environment of this name with these packages, each of its version alone.
pub fn pinned(name: &str, packages: &[(&str, &str)]) -> Result<PathBuf> {
    let installed: Vec<String> =
        packages.iter().map(|(package, version)| format!("{package}=={version}")).collect();
    let installed: Vec<&str> = installed.iter().map(String::as_str).collect();
    let checks: Vec<String> = packages
        .iter()
        .map(|(package, version)| format!("assert version('{package}') == '{version}'"))
        .collect();
    let check = format!("from importlib.metadata import version; {}", checks.join("; "));
    with(name, &installed, &check)
        .with_context(|| format!("by hand: `pip install {}`", installed.join(" ")))
}
