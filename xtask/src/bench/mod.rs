//! Measures the release build: start, memory, requests a second over loopback, bundle bytes.
//! The same load then goes to `PocketBase`, so that the figures can be told from the machine's.

mod bulk;
mod http;
mod licences;
mod load;
mod pocketbase;
mod report;
pub mod server;
mod tenantry;
mod webex;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::layout::Profile;
use crate::setup::tools;
use crate::step::step;

use load::Load;
use server::Running;

/// What a program under measurement is called with.
struct Subject {
    name: &'static str,
    running: Running,
    /// Sent with each request, such as the session's cookies.
    headers: Vec<(String, String)>,
    list: String,
    one: String,
    create: String,
    /// The JSON of a create; `@N@` becomes a number that wasn't used before.
    body: String,
    figures: Figures,
}

/// One value a round; the report shows medians.
#[derive(Default)]
struct Figures {
    start_ms: Vec<f64>,
    idle_mib: f64,
    loaded_mib: f64,
    list: Vec<Load>,
    one: Vec<Load>,
    create: Vec<Load>,
}

#[expect(clippy::struct_excessive_bools, reason = "one switch for each flag")]
struct Options {
    rows: usize,
    rounds: usize,
    peer: bool,
    bulk: bool,
    licences: bool,
    webex: bool,
}

pub fn command(arguments: &[String]) -> Result<()> {
    let options = options(arguments)?;
    if options.bulk {
        build::everything(Profile::Release)?;
        return bulk::run(options.rows);
    }
    if options.webex {
        return webex::run(options.rows);
    }
    if options.licences {
        build::everything(Profile::Release)?;
        return licences::run(options.rows);
    }
    let wrk = step("load generator", tools::wrk)?;
    build::everything(Profile::Release)?;

    let mut subjects = vec![step("Tenantry: start and rows", || tenantry::start(&options))?];
    if options.peer {
        match step("PocketBase: start and rows", || pocketbase::start(&options)) {
            Ok(peer) => subjects.push(peer),
            Err(error) => println!("    going on without the peer: {error:#}"),
        }
    }
    // In turn, so that whatever else the machine does meets all of them.
    for round in 1..=options.rounds {
        for subject in &mut subjects {
            step(&format!("round {round}: {}", subject.name), || load::round(&wrk, subject))?;
        }
    }
    for subject in &mut subjects {
        subject.figures.loaded_mib = subject.running.resident_mib()?;
    }
    report::print(&subjects, &options)
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options =
        Options { rows: 10_000, rounds: 3, peer: true, bulk: false, licences: false, webex: false };
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let mut number = || -> Result<usize> {
            let value = rest.next().with_context(|| format!("{flag} needs a number"))?;
            let number = value.parse().ok().filter(|number| *number > 0);
            number.with_context(|| format!("{flag} needs a number from 1, but got {value}"))
        };
        match flag.as_str() {
            "--rows" => options.rows = number()?,
            "--rounds" => options.rounds = number()?,
            "--no-peer" => options.peer = false,
            "--bulk" => options.bulk = true,
            "--licences" => options.licences = true,
            "--webex" => options.webex = true,
            _ => bail!("`cargo xtask bench` knows no {flag}"),
        }
    }
    Ok(options)
}
