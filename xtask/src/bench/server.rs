//! A server under measurement, on a free loopback port, ended when it is dropped.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http;
use crate::{layout, process};

const START_LIMIT: Duration = Duration::from_mins(1);
const END_LIMIT: Duration = Duration::from_mins(1);
/// Long enough for what a server does after its first answer.
const SETTLING: Duration = Duration::from_secs(2);

pub struct Running {
    child: Child,
    pub base: String,
    /// From process start to the first answer.
    pub start: Duration,
}

impl Running {
    /// Starts the command and waits until the path answers with 200. Its output goes to a log.
    pub fn start(command: &mut Command, base: String, ready: &str, log: &Path) -> Result<Self> {
        let output = File::create(log).with_context(|| log.display().to_string())?;
        let line = process::shown(command);
        let begin = Instant::now();
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("`{line}` can't be started"))?;
        let mut running = Self { child, base, start: Duration::ZERO };
        while http::get(&format!("{}{ready}", running.base)).is_err() {
            if let Some(status) = running.child.try_wait()? {
                bail!("`{line}` ended with {status}, see {}", log.display());
            }
            if begin.elapsed() > START_LIMIT {
                bail!("`{line}` doesn't answer {ready}, see {}", log.display());
            }
            // The step of the measured start time; without it the asking would take a core.
            thread::sleep(Duration::from_millis(1));
        }
        running.start = begin.elapsed();
        Ok(running)
    }

    /// Ends it the way an operator does, and waits until it has: what it has written is in its files then,
    /// and who counts has counted.
    pub fn end(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        process::output(Command::new("kill").args(["-TERM", &id]))?;
        let begin = Instant::now();
        while begin.elapsed() < END_LIMIT {
            if let Some(status) = self.child.try_wait()? {
                if !status.success() {
                    bail!("{} ended with {status}", self.base);
                }
                return Ok(());
            }
            // The standard library waits for a process without a limit only.
            thread::sleep(Duration::from_millis(10));
        }
        bail!("{} doesn't end within {} s of SIGTERM", self.base, END_LIMIT.as_secs())
    }

    /// Lets a server come to rest before its idle memory is read.
    pub fn settle() {
        // There is no sign to wait for: what a server frees and writes after its start shows nowhere.
        thread::sleep(SETTLING);
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The memory that is in RAM, of the process and those that it started.
    pub fn resident_mib(&self) -> Result<f64> {
        tree(self.child.id()).into_iter().map(|process| memory_mib(process, "VmRSS:")).sum()
    }

    /// The most that the process had in RAM at once.
    pub fn peak_mib(&self) -> Result<f64> {
        memory_mib(self.child.id(), "VmHWM:")
    }
}

/// The process and those that it started, and so on.
fn tree(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|line| line.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<u32>>());
    std::iter::once(process).chain(children.flat_map(tree)).collect()
}

fn memory_mib(process: u32, name: &str) -> Result<f64> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path).with_context(|| path.clone())?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .and_then(|value| value.parse::<f64>().ok())
        .with_context(|| format!("{path} tells no {name}"))?;
    Ok(kib / 1024.0)
}

impl Drop for Running {
    fn drop(&mut self) {
        // By now its number may be another process's.
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let others: Vec<String> =
            tree(self.child.id()).into_iter().skip(1).map(|id| id.to_string()).collect();
        // An error means that it has ended already.
        let _ = self.child.kill();
        if !others.is_empty() {
            let _ = Command::new("kill").arg("-KILL").args(others).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}

/// The folder of this name.
pub fn folder(name: &str) -> PathBuf {
    layout::target().join("bench").join(name)
}

/// An empty folder of this name for one run.
pub fn fresh_folder(name: &str) -> Result<PathBuf> {
    let folder = folder(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
