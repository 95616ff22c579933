//! The server program and the browser library, each by its compiler, and the site files.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};

use crate::layout::{self, Profile};
use crate::process;
use crate::setup::wasm_target;
use crate::site;
use crate::step::step;

pub fn command(arguments: &[String]) -> Result<()> {
    if let Some(argument) = arguments.first() {
        bail!("`cargo xtask build` takes no argument, but got {argument}");
    }
    everything(Profile::Release)?;
    println!("{}", layout::server(Profile::Release).display());
    println!("{}", layout::site().display());
    Ok(())
}

/// Server and site files. The two compilers run side by side: each ends with a long stretch
/// (optimising and linking) that keeps only one core busy.
pub fn everything(profile: Profile) -> Result<()> {
    let toolchain = step("WebAssembly target", wasm_target::ensure)?;
    let wasm = step("server and browser library", || {
        thread::scope(|scope| {
            let browser = scope.spawn(|| browser_library(&toolchain));
            let server = server(profile);
            let wasm = browser
                .join()
                .map_err(|_| anyhow!("the thread of the browser library panicked"))?;
            server.and(wasm)
        })
    })?;
    step("site files", || site::write(&wasm))
}

pub fn server(profile: Profile) -> Result<()> {
    let mut what = vec!["--bin", "tenantry", "--features", "ssr"];
    if profile == Profile::Dev {
        // Beside a test, dependencies have the features that the tests give them. Without one, most of
        // them and the program would be compiled a second time.
        what.extend(["--test", "rotation"]);
    }
    program(&what, profile)
}

/// The program that the server is compared with.
pub fn limit(profile: Profile) -> Result<()> {
    program(&["--package", "limit"], profile)
}

fn program(what: &[&str], profile: Profile) -> Result<()> {
    let mut command = process::cargo();
    command.arg("build").args(what);
    if profile == Profile::Release {
        command.arg("--release");
    }
    process::run(&mut command)
}

fn browser_library(toolchain: &wasm_target::Toolchain) -> Result<PathBuf> {
    let target = layout::browser_target();
    let mut command = toolchain.cargo_build();
    command
        .args(["--lib", "--features", "hydrate", "--profile", "wasm-release"])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", browser_flags().join("\u{1f}"));
    run_prefixed("browser", &mut command)?;
    Ok(target.join("wasm32-unknown-unknown/wasm-release/tenantry.wasm"))
}

/// What the compiler is told for the browser alone.
fn browser_flags() -> Vec<String> {
    // Without the views' types, which are compiled once for each use: a quarter less to load.
    let mut flags = vec!["--cfg".to_owned(), "erase_components".to_owned()];
    // Panic messages name source files; the browser needn't load where they stood on this machine.
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    if let Some(home) = home {
        // Of two that fit, the compiler takes the later one. The registries that this program came from
        // are there.
        let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten();
        let mut registries: Vec<_> = registries.map(|registry| registry.path()).collect();
        registries.sort();
        flags.extend(
            [home]
                .into_iter()
                .chain(registries)
                .map(|path| format!("--remap-path-prefix={}=", path.join("").display())),
        );
    }
    flags
}

/// Runs a cargo command beside another one, its lines marked, so that one can tell them apart.
fn run_prefixed(prefix: &str, command: &mut Command) -> Result<()> {
    let line = process::shown(command);
    println!("    $ {line}");
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` can't be started"))?;
    if let Some(stderr) = child.stderr.take() {
        for text in BufReader::new(stderr).lines() {
            eprintln!("{prefix} | {}", text?);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}
