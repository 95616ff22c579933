//! Debian's packages, for what no other package registry of the set-up has.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// Installs packages, as root or through a sudo that asks for no password.
pub fn install(packages: &[&str]) -> Result<()> {
    let by_hand = || {
        let names = packages.join(" ");
        format!(
            "by hand: `apt-get update && apt-get install {names}` as root, or what your system has in their place"
        )
    };
    if process::find("apt-get").is_none() {
        bail!("there is no apt-get on this machine; {}", by_hand());
    }
    let mut install = apt_get().with_context(by_hand)?;
    install.args(["install", "--yes", "--no-install-recommends"]).args(packages);
    if process::run(&mut install).is_ok() {
        return Ok(());
    }
    // The package lists of a new machine are empty, those of an old one name files that are gone.
    println!("    that failed; trying once more with new package lists");
    process::run(apt_get()?.arg("update")).with_context(by_hand)?;
    process::run(&mut install).with_context(by_hand)
}

fn apt_get() -> Result<Command> {
    let mut command = if process::output(Command::new("id").arg("-u"))? == "0" {
        Command::new("env")
    } else if process::output(Command::new("sudo").args(["-n", "true"])).is_ok() {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    } else {
        bail!("installing packages needs root, or sudo without a password");
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2"])
        .stdin(Stdio::null())
        // dpkg's line for every file it unpacks is of no use here.
        .stdout(Stdio::null());
    Ok(command)
}
