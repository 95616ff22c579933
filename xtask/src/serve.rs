//! Builds, then becomes the server.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::layout::{self, Profile};
use crate::{build, process};

pub fn command(arguments: &[String]) -> Result<()> {
    let debug = arguments.iter().any(|argument| argument == "--debug");
    let profile = if debug { Profile::Dev } else { Profile::Release };
    build::everything(profile)?;

    let mut server = process::here(layout::server(profile));
    server.arg("serve").args(arguments.iter().filter(|argument| *argument != "--debug"));
    println!("==> {}", process::shown(&server));
    // In place of this process, so that Ctrl-C and SIGTERM reach the server itself.
    Err(server.exec()).context("the server can't be started")
}
