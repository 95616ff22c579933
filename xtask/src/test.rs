//! Every check, in the order in which a failure is soonest known. None stops the next.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::budget::{first_page, instructions, program};
use crate::layout::{self, Profile};
use crate::setup::{browser, node, tools};
use crate::step::{Summary, step};
use crate::{build, openapi, process, sdks, sheets};

const NAMES: [&str; 9] =
    ["fmt", "clippy", "deny", "unit", "sheets", "sdks", "openapi", "budget", "e2e"];

pub fn command(arguments: &[String]) -> Result<()> {
    let only = selection(arguments)?;
    let wanted = |name: &str| only.is_empty() || only.iter().any(|chosen| chosen == name);
    let mut summary = Summary::default();

    if wanted("fmt") {
        summary.check("fmt", formatting);
    }
    if wanted("clippy") {
        summary.check("clippy (server, tools)", || {
            clippy(&["--workspace", "--all-targets", "--features", "ssr"])
        });
        // For this machine, not for wasm32: it sees the same code and needs no other target.
        summary.check("clippy (browser)", || clippy(&["--lib", "--features", "hydrate"]));
    }
    if wanted("deny") {
        summary.check("deny", deny);
    }
    if wanted("unit") {
        summary.check("unit and API tests", unit);
    }
    if wanted("sheets") {
        summary.check("sheets in other programs", sheets::check);
    }
    if wanted("sdks") {
        summary.check("Webex SDKs and the simulator", sdks::check);
    }
    if wanted("openapi") {
        summary.check("answers and their description", openapi::check);
    }
    if wanted("budget") || wanted("e2e") {
        summary.check("release build", || build::everything(Profile::Release).map(|()| passed()));
    }
    if wanted("budget") {
        summary.check("bytes of the first page", first_page::check);
        summary.check("bytes of the program", program::check);
        summary.check("instructions of hot calls", instructions::check);
    }
    if wanted("e2e") {
        summary.check("browser tests", end_to_end);
    }
    summary.finish()
}

/// The names after `--only`.
fn selection(arguments: &[String]) -> Result<Vec<String>> {
    let names = match arguments {
        [] => return Ok(Vec::new()),
        [flag, names] if flag == "--only" => names,
        _ => bail!("usage: cargo xtask test [--only {}]", NAMES.join(",")),
    };
    let names: Vec<String> = names.split(',').map(str::to_owned).collect();
    if let Some(unknown) = names.iter().find(|name| !NAMES.contains(&name.as_str())) {
        bail!("there is no check named {unknown}, only {}", NAMES.join(", "));
    }
    Ok(names)
}

fn passed() -> String {
    "passed".to_owned()
}

fn formatting() -> Result<String> {
    process::run(process::cargo().args(["fmt", "--all", "--check"]))?;
    Ok(passed())
}

fn clippy(what: &[&str]) -> Result<String> {
    process::run(process::cargo().arg("clippy").args(what).args(["--", "-D", "warnings"]))?;
    Ok(passed())
}

fn deny() -> Result<String> {
    let program = tools::cargo_deny()?;
    let deny = || {
        let mut command = process::here(&program);
        command.arg("--all-features");
        command
    };
    process::run(deny().args(["--log-level", "error", "check", "bans", "licenses", "sources"]))?;

    // The list of advisories isn't in a package registry, so a closed network can't reach it.
    // That alone must not fail the checks, but never goes unsaid.
    let limit = Duration::from_mins(1);
    if process::run_within(limit, deny().args(["--log-level", "off", "fetch", "db"])).is_err() {
        println!("    advisories: database not reachable, not checked");
        return Ok("passed; advisories NOT checked: database not reachable".to_owned());
    }
    process::run(deny().args(["check", "--disable-fetch", "advisories"]))?;
    Ok(passed())
}

/// With nextest where it is installed, which is quicker; both leave out documentation tests.
fn unit() -> Result<String> {
    let nextest = process::find("cargo-nextest").is_some();
    // One package after the other: together, each would get features of dependencies that only the other
    // asks for, and the checks that run the program would have to compile nearly all of it again.
    for what in [["--package", "tenantry", "--features", "ssr"].as_slice(), &["--package", "xtask"]]
    {
        let mut command = process::cargo();
        if nextest {
            command.args(["nextest", "run"]);
        } else {
            command.args(["test", "--lib", "--bins", "--tests"]);
        }
        process::run(command.args(what))?;
    }
    Ok(passed())
}

fn end_to_end() -> Result<String> {
    let chromium = step("browser", browser::ensure)?;
    step("npm packages", node::ensure)?;
    step("server for the browser tests", || build::server(Profile::Release))?;
    let npx = |arguments: &[&str]| {
        process::run(
            Command::new("npx")
                .arg("--no-install")
                .args(arguments)
                .current_dir(layout::end2end())
                .env(browser::VARIABLE, &chromium)
                .env("TENANTRY_BIN", layout::server(Profile::Release)),
        )
    };
    step("types of the browser tests", || npx(&["tsc", "--noEmit"]))?;
    npx(&["playwright", "test"])?;
    Ok(passed())
}
