//! The comparison: Tenantry, its peers and the machine's bounds, over the same rows and in turn.

use std::path::Path;

use anyhow::Result;

use super::licences::Tenant;
use super::load::{self, CONNECTIONS, Call, Load};
use super::subject::Subject;
use super::{Options, directus, disk, django, limit, pocketbase, report, tenantry};
use crate::setup::tools;
use crate::step::step;

type Start = fn(&Options) -> Result<Subject>;

const PEERS: [(&str, Start); 3] = [
    ("PocketBase", pocketbase::start),
    ("Django REST framework", django::start),
    ("Directus", directus::start),
];

/// All that was measured.
pub struct Measured {
    pub subjects: Vec<Subject>,
    /// Reads of a tenant's licences; one value a round, as in what follows.
    pub licences: Vec<Load>,
    /// Small writes a second that the machine can make last.
    pub syncs: Vec<f64>,
}

pub fn run(options: &Options) -> Result<()> {
    let wrk = step("load generator", tools::wrk)?;
    let mut subjects = vec![step("Tenantry: start and rows", || tenantry::start(options))?];
    if options.peers {
        match step("bounds: start and rows", || limit::start(options, &subjects[0])) {
            Ok(bounds) => subjects.extend(bounds),
            Err(error) => println!("    going on without the bounds: {error:#}"),
        }
        for (name, start) in PEERS {
            match step(&format!("{name}: start and rows"), || start(options)) {
                Ok(peer) => subjects.push(peer),
                Err(error) => println!("    going on without {name}: {error:#}"),
            }
        }
    }
    let tenant = step("tenant: licences", || Tenant::start("tenantry-licences", options.profile))?;
    let mut measured = Measured { subjects, licences: Vec::new(), syncs: Vec::new() };

    // In turn, so that whatever else the machine does meets all of them.
    for round in 1..=options.rounds {
        for subject in &mut measured.subjects {
            turn("reads", round, subject, |subject| load::reads(&wrk, subject))?;
        }
        measured.licences.push(licences(&wrk, &tenant)?);
    }
    for round in 1..=options.rounds {
        for subject in &mut measured.subjects {
            turn("creates", round, subject, |subject| load::creates(&wrk, subject))?;
        }
        measured.syncs.push(disk::syncs_per_second()?);
    }
    for subject in &mut measured.subjects {
        subject.figures.loaded_mib = subject.running.resident_mib()?;
    }
    report::print(&measured, options)
}

/// One subject's part of a round. A peer that fails lacks it; Tenantry may not fail.
fn turn(
    what: &str,
    round: usize,
    subject: &mut Subject,
    work: impl FnOnce(&mut Subject) -> Result<()>,
) -> Result<()> {
    match step(&format!("{what} {round}: {}", subject.name), || work(subject)) {
        Err(error) if subject.name != tenantry::NAME => {
            println!("    going on without that: {error:#}");
            Ok(())
        }
        outcome => outcome,
    }
}

fn licences(wrk: &Path, tenant: &Tenant) -> Result<Load> {
    load::measure(
        wrk,
        &Call {
            name: tenantry::NAME,
            base: tenant.base(),
            headers: tenant.headers(),
            path: Tenant::PATH,
            body: None,
            connections: CONNECTIONS,
        },
    )
}
