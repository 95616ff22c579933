//! Whether the program does what its description says: schemathesis makes up requests for every call
//! of `/api/openapi.json`, sends them to a demonstration, and holds the answers against it.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::bench::server::{self, Running};
use crate::layout::{self, Profile};
use crate::{build, process, python};

const TOOL: &str = "schemathesis==4.32.5";

/// What tells it of the instances that there are.
const HOOKS: &str = "end2end/openapi/hooks.py";

const USERNAME: &str = "admin";
const PASSWORD: &str = "correct horse battery staple";

/// Each run begins with it, so a failure comes again.
const SEED: &str = "6";
/// Made-up requests for each call, beside those that try the limits of each parameter.
const EXAMPLES: &str = "3";
const LIMIT: Duration = Duration::from_mins(8);

/// What is held against the description. That every call asks for credentials is a test of its own:
/// wrong ones would soon be answered by 429 alone.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,\
                      unsupported_method,allow_header_conformance";

/// Two at a time share the work by the paths of their calls. Those about the log-in come last: they
/// end sessions, and wrong passwords shut out who sends them.
const PARTS: [(&str, &[&str]); 2] = [
    ("data", &["--include-path-regex", "^/api/data/"]),
    ("rest", &["--exclude-path-regex", "^/(api/data/|api/v01/|noninteractivelogin)"]),
];
const LAST: (&str, &[&str]) =
    ("log-in", &["--include-path-regex", "^/(api/v01/|noninteractivelogin)"]);

/// Starts a demonstration and has all of its calls tried.
pub fn check() -> Result<String> {
    let python = match python::with("schemathesis", &[TOOL], "import schemathesis") {
        Ok(python) => python,
        Err(error) => {
            println!("    {error:#}");
            return Ok("NOT checked: schemathesis can't be installed here".to_owned());
        }
    };
    build::server(Profile::Dev)?;
    let folder = server::fresh_folder("openapi")?;
    let listen = format!("127.0.0.1:{}", server::free_port()?);
    let base = format!("http://{listen}");
    let mut demo = process::here(layout::server(Profile::Dev));
    demo.args(["serve", "--demo", "--listen", &listen, "--data-dir"]).arg(folder.join("store"));
    demo.env("TENANTRY_ADMIN_PASSWORD", PASSWORD);
    demo.env_remove("TENANTRY_WEBEX_API_URL").env_remove("TENANTRY_PUBLIC_URL");
    let log = folder.with_file_name("openapi.log");
    let running = Running::start(&mut demo, base, "/healthz", &log)?;
    let part = |(name, calls): (&str, &[&str])| {
        run(&mut schemathesis(&python, &running.base, &folder, name, calls))
    };
    thread::scope(|scope| {
        let all = PARTS.map(|one| scope.spawn(move || part(one)));
        all.into_iter().try_for_each(|one| {
            one.join().map_err(|_| anyhow!("a part of the check was given up"))?
        })
    })?;
    part(LAST)?;
    Ok(format!("passed with {TOOL}"))
}

fn run(command: &mut Command) -> Result<()> {
    process::run_within(LIMIT, command)
}

fn schemathesis(python: &Path, base: &str, folder: &Path, name: &str, calls: &[&str]) -> Command {
    let mut command = process::here(python.with_file_name("schemathesis"));
    command
        .args(["run", &format!("{base}/api/openapi.json")])
        .args(["--auth", &format!("{USERNAME}:{PASSWORD}")])
        .args(["--phases", "coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", SEED])
        .args(["--checks", CHECKS, "--continue-on-failure", "--no-shrink"])
        .args(["--request-timeout", "60", "--warnings", "off", "--no-color"])
        .args(["--report", "json", "--report-json-path"])
        .arg(folder.join(format!("{name}.json")))
        .args(calls)
        .env("SCHEMATHESIS_HOOKS", layout::root().join(HOOKS))
        .env("TENANTRY_BASE", base)
        .env("TENANTRY_ADMIN_PASSWORD", PASSWORD)
        // Examples that are kept would make each run another one.
        .env("HYPOTHESIS_STORAGE_DIRECTORY", folder.join(format!("{name}.hypothesis")));
    command
}
