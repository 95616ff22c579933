//! How many instructions the hot calls take, by valgrind: as good as the same from run to run, whatever else
//! the machine does. One program is asked for a call some times, and valgrind for its count then. What the
//! program does beside its answers, on its own time, would be counted with whatever is asked for meanwhile:
//! the counting begins when there is nothing of it to do, and the least of several counts is a call's own.

use std::fs;
use std::ops::RangeFrom;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use super::http::Client;
use super::licences::Tenant;
use super::server::{self, Running};
use super::tenantry;
use crate::layout::{self, Profile};
use crate::process;
use crate::step::step;

const FOLDER: &str = "instructions";
/// Of the customer whose rows are read.
const ROWS: usize = 1000;
/// Who fills caches: at once, so that as many connections to the database are open as are ever needed.
const FIRST: usize = 4;
/// Answers of each call to each of them.
const FIRST_TIMES: usize = 10;
/// Answers that a count is the mean of.
const TIMES: usize = 10;
/// Counts of each call.
const COUNTS: usize = 3;
/// For valgrind to hear a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call whose cost is felt.
#[derive(Clone, Copy)]
pub enum Hot {
    List,
    One,
    Create,
    Licences,
    Page,
}

impl Hot {
    pub const ALL: [Self; 5] = [Self::List, Self::One, Self::Create, Self::Licences, Self::Page];

    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list page of 25",
            Self::One => "one instance",
            Self::Create => "create",
            Self::Licences => "licences of a tenant",
            Self::Page => "list drawn by the server",
        }
    }
}

/// What one call takes.
pub struct Count {
    pub call: Hot,
    pub instructions: u64,
    /// Which functions they are of.
    pub profile: PathBuf,
}

/// A program under valgrind, and how to ask it.
pub struct Counting {
    /// What valgrind hears commands by.
    vgdb: PathBuf,
    running: Running,
    client: Client,
    /// The path of an instance.
    one: String,
    /// Of instances that were created.
    number: AtomicUsize,
}

/// Seeds a database, and starts the program anew over it.
pub fn start(valgrind: &Path) -> Result<Counting> {
    let tenant = Tenant::start(FOLDER, Profile::Release)?;
    tenantry::seed(tenant.client(), tenant.base(), ROWS)?;
    let one = tenantry::one(tenant.client(), tenant.base(), ROWS)?;
    let headers = tenant.end()?;
    let mut command = process::here(valgrind);
    command
        // Without what somebody has set for all of theirs.
        .args(["--command-line-only=yes", "--tool=callgrind", "--instr-atstart=no"])
        .arg(format!("--vgdb-prefix={}", commands().display()))
        .arg(format!("--callgrind-out-file={}", profile().display()))
        .arg(layout::server(Profile::Release))
        // Several would look for work at each other's.
        .env("TOKIO_WORKER_THREADS", "1");
    let running = tenantry::serve_by(command, &server::folder(FOLDER))?;
    let client = Client::new(headers).patient();
    let vgdb = valgrind.with_file_name("vgdb");
    Ok(Counting { vgdb, running, client, one, number: AtomicUsize::new(0) })
}

/// The first words of the names of the pipes by which valgrind hears commands.
fn commands() -> PathBuf {
    server::folder(FOLDER).join("commands")
}

/// Where valgrind writes its counts, a number behind it each time.
fn profile() -> PathBuf {
    server::folder(FOLDER).join("callgrind.out")
}

impl Counting {
    /// An error where valgrind can't be told anything while the program runs.
    pub fn hears(&self) -> Result<()> {
        // As it is already.
        self.tell("instrumentation off")
    }

    /// The instructions of each call.
    pub fn count(&self) -> Result<Vec<Count>> {
        step("first answers", || self.first())?;
        // Valgrind is quicker while it counts nothing.
        step("texts of the rows", || self.wait_for_texts())?;
        self.tell("instrumentation on")?;
        step("answers that are counted", || {
            let mut dumps = 1..;
            Hot::ALL.into_iter().map(|call| self.least(call, &mut dumps)).collect()
        })
    }

    /// The least of several counts. `dumps` numbers what valgrind writes.
    fn least(&self, call: Hot, dumps: &mut RangeFrom<usize>) -> Result<Count> {
        let mut counts = Vec::with_capacity(COUNTS);
        for dump in dumps.take(COUNTS) {
            self.wait_for_texts()?;
            self.tell("zero")?;
            self.ask(&self.client, call, TIMES)?;
            self.tell("dump")?;
            let profile = profile().with_added_extension(dump.to_string());
            counts.push(Count { call, instructions: total(&profile)? / TIMES as u64, profile });
        }
        counts.into_iter().min_by_key(|count| count.instructions).context("nothing was counted")
    }

    /// Taking texts into their index is what the program does soon after a write.
    fn wait_for_texts(&self) -> Result<()> {
        tenantry::wait_for_texts(&self.client, &self.running.base)
    }

    fn first(&self) -> Result<()> {
        let all = || -> Result<()> {
            let client = Client::new(self.client.headers.clone()).patient();
            Hot::ALL.into_iter().try_for_each(|call| self.ask(&client, call, FIRST_TIMES))
        };
        thread::scope(|scope| {
            let all: Vec<_> = (0..FIRST).map(|_| scope.spawn(all)).collect();
            all.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow!("given up"))?)
        })
    }

    fn ask(&self, client: &Client, call: Hot, times: usize) -> Result<()> {
        let base = &self.running.base;
        let get = |path: &str| client.get_bytes(&format!("{base}{path}")).map(drop);
        let create = || {
            let (path, body) = tenantry::create();
            let number = self.number.fetch_add(1, Ordering::Relaxed);
            let body = body.replace("@N@", &number.to_string());
            client.post(&format!("{base}{path}"), &body).map(drop)
        };
        (0..times).try_for_each(|_| match call {
            Hot::List => get(&tenantry::list()),
            Hot::One => get(&self.one),
            Hot::Create => create(),
            Hot::Licences => get(Tenant::PATH),
            Hot::Page => get(&tenantry::page()),
        })
    }

    /// Has valgrind do something while the program runs.
    fn tell(&self, what: &str) -> Result<()> {
        let mut command = Command::new(&self.vgdb);
        command
            .arg(format!("--vgdb-prefix={}", commands().display()))
            .arg(format!("--pid={}", self.running.id()))
            .args(what.split(' '));
        process::run_within(PATIENCE, &mut command).context("valgrind doesn't hear")
    }
}

fn total(profile: &Path) -> Result<u64> {
    let text = fs::read_to_string(profile).with_context(|| profile.display().to_string())?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok());
    total.with_context(|| format!("{} has no total", profile.display()))
}
