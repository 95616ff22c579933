//! Running other programs: found on PATH, checked for their exit code, held to a time limit.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::layout;

/// The cargo that runs this program, so that no other toolchain gets in.
pub fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = here(program);
    // What it has set for this program would look like a change to build scripts that ask for it: after a
    // `cargo build` by hand, TLS and all that needs it would be compiled again, and the other way round.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// A command that works in the repository's root.
pub fn here(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(layout::root());
    command
}

/// Runs a command with our own output; an error if it doesn't exit with 0.
pub fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("    $ {line}");
    let status = command.status().with_context(|| format!("`{line}` can't be started"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// What a command says on standard output; an error if it doesn't exit with 0.
pub fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command
        .stderr(Stdio::null())
        .output()
        .with_context(|| format!("`{line}` can't be started"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// As `run`, but ended when it takes longer than the limit: for what may wait on a closed network.
pub fn run_within(limit: Duration, command: &mut Command) -> Result<()> {
    let line = shown(command);
    println!("    $ {line}");
    let mut child = command.spawn().with_context(|| format!("`{line}` can't be started"))?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("`{line}` ended with {status}");
            }
            return Ok(());
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("`{line}` was ended after {} s", limit.as_secs());
        }
        // The standard library waits for a process without a limit only.
        thread::sleep(Duration::from_millis(50));
    }
}

/// Where a program is on PATH, if it is.
pub fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let mut line =
        program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
