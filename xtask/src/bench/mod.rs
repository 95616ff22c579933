//! Measures the release build: start, memory, requests a second over loopback, bundle bytes. The
//! same load goes to its peers and to the machine's bounds, so that the figures can be told from
//! the machine's. Each other kind of measurement is a flag.

mod browser;
mod bulk;
mod compare;
mod directus;
mod disk;
mod django;
mod first_byte;
mod http;
pub mod instructions;
mod licences;
mod limit;
mod load;
mod pocketbase;
mod report;
mod rows;
mod scale;
pub mod server;
mod subject;
mod tenantry;
mod webex;
mod write;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::layout::Profile;

/// Of the administrators of all programs under measurement.
const PASSWORD: &str = "bench-password-1";

/// What is measured.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Compare,
    Browser,
    Bulk,
    Licences,
    Scale,
    Webex,
}

struct Options {
    kind: Kind,
    rows: Option<usize>,
    rounds: usize,
    /// Whether the peers and the bounds are measured, too.
    peers: bool,
    /// Whether the programs are built first.
    build: bool,
    /// A document that the report is put in, between the marks of its kind.
    write: Option<PathBuf>,
    profile: Profile,
    /// As it was typed.
    line: String,
}

impl Options {
    /// How many rows there are, where nobody asked for another number.
    fn rows(&self) -> usize {
        self.rows.unwrap_or(10_000)
    }
}

pub fn command(arguments: &[String]) -> Result<()> {
    let options = options(arguments)?;
    if options.kind == Kind::Webex {
        return webex::run(options.rows());
    }
    match options.profile {
        _ if !options.build => {}
        Profile::Release => build::everything(Profile::Release)?,
        // The site files of an earlier build do for trying a measurement out.
        Profile::Dev => build::server(Profile::Dev)?,
    }
    match options.kind {
        Kind::Browser => browser::run(&options),
        Kind::Bulk => bulk::run(&options),
        Kind::Licences => licences::run(&options),
        Kind::Scale => scale::run(&options),
        _ => compare::run(&options),
    }
}

fn options(arguments: &[String]) -> Result<Options> {
    let mut options = Options {
        kind: Kind::Compare,
        rows: None,
        rounds: 3,
        peers: true,
        build: true,
        write: None,
        profile: Profile::Release,
        line: format!("cargo xtask bench {}", arguments.join(" ")).trim_end().to_owned(),
    };
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let mut value = || rest.next().with_context(|| format!("{flag} needs a value"));
        let number = |value: &String| -> Result<usize> {
            let number = value.parse().ok().filter(|number| *number > 0);
            number.with_context(|| format!("{flag} needs a number from 1, but got {value}"))
        };
        match flag.as_str() {
            "--rows" => options.rows = Some(number(value()?)?),
            "--rounds" => options.rounds = number(value()?)?,
            "--no-peers" => options.peers = false,
            "--no-build" => options.build = false,
            "--write" => options.write = Some(PathBuf::from(value()?)),
            "--debug" => options.profile = Profile::Dev,
            "--browser" => options.kind = Kind::Browser,
            "--bulk" => options.kind = Kind::Bulk,
            "--licences" => options.kind = Kind::Licences,
            "--scale" => options.kind = Kind::Scale,
            "--webex" => options.kind = Kind::Webex,
            _ => bail!("`cargo xtask bench` knows no {flag}"),
        }
    }
    Ok(options)
}
