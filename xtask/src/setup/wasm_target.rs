//! A compiler that can build for `wasm32-unknown-unknown`.
//!
//! Normally the toolchain in use, with the target that rustup adds to it. Where rustup can't
//! download, Debian's `rustc-web` with the matching source of the standard library, which is
//! then compiled along with the browser library: a library of any other version wouldn't do.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::process;

const TARGET: &str = "wasm32-unknown-unknown";
/// rustup tries an unreachable server several times, each until the connection times out.
const RUSTUP_LIMIT: Duration = Duration::from_secs(90);
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Which compiler builds the browser library.
pub enum Toolchain {
    /// The one in use; it has the target.
    Own,
    /// Debian's, which compiles the standard library from source and needs to be told a linker.
    Debian { linker: PathBuf },
}

impl Toolchain {
    /// The `cargo build` of this toolchain for the target, to be given the rest.
    pub fn cargo_build(&self) -> Command {
        match self {
            Self::Own => {
                let mut command = process::cargo();
                command.args(["build", "--target", TARGET]);
                command
            }
            Self::Debian { linker } => {
                let mut command = process::here(DEBIAN_CARGO);
                command
                    // What rustup's cargo has set for this process would lead to its own compiler.
                    .env_remove("CARGO")
                    .env_remove("LD_LIBRARY_PATH")
                    .env_remove("RUSTUP_TOOLCHAIN")
                    .env("RUSTC", DEBIAN_RUSTC)
                    // build-std is an unstable flag; this lets a stable compiler take it.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .args(["build", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
                command
            }
        }
    }
}

pub fn ensure() -> Result<Toolchain> {
    if own_has_target()? {
        println!("    {TARGET}: the toolchain has it");
        return Ok(Toolchain::Own);
    }
    // Asked before rustup, so that later runs don't wait for its server again.
    if let Ok(toolchain) = debian() {
        println!("    {TARGET}: built by Debian's rustc with the standard library from source");
        return Ok(toolchain);
    }
    if process::find("rustup").is_some() {
        println!("    {TARGET} is missing; asking rustup for it");
        let added = process::run_within(
            RUSTUP_LIMIT,
            Command::new("rustup")
                .args(["target", "add", TARGET])
                // Its backtrace would hide what it says.
                .env_remove("RUST_BACKTRACE"),
        );
        match added {
            Ok(()) if own_has_target()? => return Ok(Toolchain::Own),
            Ok(()) => println!("    rustup added it to another toolchain than the one in use"),
            Err(error) => println!("    rustup couldn't: {error}"),
        }
    }
    println!("    falling back to Debian's rustc, which can compile the standard library itself");
    apt::install(&["rustc-web", "cargo-web", "rust-web-src"])
        .and_then(|()| {
            if find_linker().is_none() {
                apt::install(&["lld"])?;
            }
            debian()
        })
        .with_context(|| {
            format!("no compiler for {TARGET}; by hand: `rustup target add {TARGET}` for the toolchain in use")
        })
}

fn own_has_target() -> Result<bool> {
    let folder = process::output(process::here(own_rustc()).args([
        "--print",
        "target-libdir",
        "--target",
        TARGET,
    ]))?;
    let Ok(entries) = Path::new(&folder).read_dir() else {
        return Ok(false);
    };
    Ok(entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

/// Debian's toolchain, if it is complete and new enough.
fn debian() -> Result<Toolchain> {
    let version = process::output(Command::new(DEBIAN_RUSTC).arg("--version"))?;
    let needed = env!("CARGO_PKG_RUST_VERSION");
    if minor(&version) < minor(needed) {
        bail!("Debian's compiler is {version}, but {needed} is needed");
    }
    let sysroot = process::output(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"]))?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if !source.is_file() {
        bail!("{} is missing", source.display());
    }
    if !Path::new(DEBIAN_CARGO).is_file() {
        bail!("{DEBIAN_CARGO} is missing");
    }
    let linker =
        find_linker().context("no linker for WebAssembly: neither rust-lld nor wasm-ld")?;
    Ok(Toolchain::Debian { linker })
}

/// The linker of the toolchain in use, or one of LLVM's.
fn find_linker() -> Option<PathBuf> {
    let own = process::output(Command::new(own_rustc()).args(["--print", "sysroot"]))
        .ok()
        .and_then(|sysroot| {
            let targets = Path::new(&sysroot).join("lib/rustlib").read_dir().ok()?;
            targets
                .flatten()
                .map(|target| target.path().join("bin/rust-lld"))
                .find(|path| path.is_file())
        });
    own.or_else(|| process::find("wasm-ld")).or_else(|| {
        // Debian also has it with the version in its name only.
        (14..40).rev().find_map(|version| process::find(&format!("wasm-ld-{version}")))
    })
}

fn own_rustc() -> PathBuf {
    env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from)
}

/// The second number of a version of Rust, wherever it stands in the text: 95 of "rustc 1.95.0".
fn minor(version: &str) -> Option<u32> {
    version
        .split_whitespace()
        .find_map(|word| word.strip_prefix("1."))?
        .split('.')
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn versions_are_compared_by_their_second_number() {
        assert_eq!(minor("rustc 1.96.0 (ac68faa20 2026-05-25)"), Some(96));
        assert_eq!(minor("1.95"), Some(95));
        assert_eq!(minor("rustc"), None);
        assert!(minor("1.100.0") > minor("1.95"));
    }
}
