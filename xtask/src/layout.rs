//! Where things are: the repository, the target folder and what lies in it.

use std::env;
use std::path::PathBuf;

/// The repository's root. Cargo tells the manifest's folder at run time; the one known at
/// compile time would be wrong after the repository was moved.
pub fn root() -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(xtask) => PathBuf::from(xtask).join(".."),
        None => PathBuf::from("."),
    }
    .canonicalize()
    .unwrap_or_else(|_| PathBuf::from("."))
}

pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// What the browser library is built in. A folder of its own, because another compiler may
/// have to build it, and so that it can be built beside the server (cargo locks its folder).
/// It is the one that cargo-leptos uses for the same purpose.
pub fn browser_target() -> PathBuf {
    target().join("front")
}

pub fn site() -> PathBuf {
    target().join("site")
}

/// Tools that are compiled from source and kept.
pub fn tools() -> PathBuf {
    target().join("tools")
}

pub fn end2end() -> PathBuf {
    root().join("end2end")
}

pub fn server(profile: Profile) -> PathBuf {
    target().join(profile.folder()).join("tenantry")
}

/// The program that bounds what a server could reach, for the measurements.
pub fn limit(profile: Profile) -> PathBuf {
    target().join(profile.folder()).join("limit")
}

/// How the server is compiled. The browser library always is as small as it can be.
#[derive(Clone, Copy, PartialEq)]
pub enum Profile {
    /// Shared with the tests, so that they compile nothing twice.
    Dev,
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}
