//! The same calls over a thousand instances in a few nodes and over a million in two thousand: what
//! a call costs may hardly depend on how much there is beside what it asks for.

mod calls;
mod seed;

use std::time::{Duration, Instant};

use anyhow::Result;

use super::http::Client;
use super::server::Running;
use super::subject::median;
use super::{Options, tenantry, write};
use crate::step::step;

use calls::Call;
use seed::Size;

const FEW: Size = Size { rows: 1000, resellers: 1, customers: 2 };
/// With the provider two thousand nodes.
const MANY: Size = Size { rows: 1_000_000, resellers: 40, customers: 49 };
/// Of the goal, times what the call costs over few.
const GOAL: f64 = 1.5;
/// A call is repeated so often, or until it has taken so long over many.
const TIMES: usize = 50;
const LONGEST: Duration = Duration::from_secs(3);

/// A program over one of the databases, with its two callers.
struct Side {
    size: Size,
    running: Running,
    admin: Client,
    /// Sees one customer's node alone.
    operator: Client,
    one: String,
}

pub fn run(options: &Options) -> Result<()> {
    let many = Size { rows: options.rows.unwrap_or(MANY.rows), ..MANY };
    let few = Side::start(FEW, options)?;
    let many = Side::start(many, options)?;

    let mut text = write::heading(options)?;
    text += &format!(
        "{} instances in {} nodes beside {} in {}; medians of up to {TIMES} requests in turn, one \
         at a time. Goal: at most {GOAL} times.\n\n",
        many.size.rows,
        many.size.nodes(),
        few.size.rows,
        few.size.nodes(),
    );
    text += &format!(
        "| call | {}, ms | {}, ms | ratio | |\n|---|---|---|---|---|\n",
        FEW.rows, many.size.rows
    );
    for call in calls::all() {
        let (few, many) = step(&call.what, || in_turn(&few, &many, &call))?;
        let ratio = many / few;
        let met = if ratio <= GOAL { "met" } else { "**missed**" };
        text += &format!("| {} | {few:.2} | {many:.2} | {ratio:.2} | {met} |\n", call.what);
    }
    let start = |side: &Side| side.running.start.as_secs_f64() * 1000.0;
    text += &format!(
        "| start to first answer (goal: 150 ms) | {:.0} | {:.0} | {:.2} | {} |\n",
        start(&few),
        start(&many),
        start(&many) / start(&few),
        if start(&many) <= 150.0 { "met" } else { "**missed**" },
    );
    text += &format!(
        "\nMemory after it all: {:.0} MiB and {:.0} MiB.\n",
        few.running.resident_mib()?,
        many.running.resident_mib()?,
    );
    write::put(&text, "scale", options)
}

impl Side {
    fn start(size: Size, options: &Options) -> Result<Self> {
        let what = format!("{} instances", size.rows);
        let folder = step(&what, || seed::folder(size, options.profile))?;
        let running = tenantry::serve(&folder, options.profile)?;
        let admin = tenantry::log_in(&running.base, "admin")?.patient();
        let operator = tenantry::log_in(&running.base, seed::OPERATOR)?.patient();
        let middle = calls::list(size, "order_by=name", size.rows / 2);
        let one = tenantry::first_of(&admin, &format!("{}{middle}", running.base))?;
        Ok(Self { size, running, admin, operator, one })
    }

    fn timed(&self, call: &Call) -> Result<Duration> {
        let client = if call.by_operator { &self.operator } else { &self.admin };
        let url = format!("{}{}", self.running.base, (call.path)(self.size, &self.one));
        let begin = Instant::now();
        client.get_bytes(&url)?;
        Ok(begin.elapsed())
    }
}

/// The medians of both sides in milliseconds.
fn in_turn(few: &Side, many: &Side, call: &Call) -> Result<(f64, f64)> {
    let mut times = (Vec::new(), Vec::new());
    let mut spent = Duration::ZERO;
    // The first of each fills caches.
    few.timed(call)?;
    many.timed(call)?;
    while times.0.len() < TIMES && spent < LONGEST {
        times.0.push(few.timed(call)?.as_secs_f64() * 1000.0);
        let time = many.timed(call)?;
        spent += time;
        times.1.push(time.as_secs_f64() * 1000.0);
    }
    let medians = (median(&times.0), median(&times.1));
    println!("    {:.2} ms and {:.2} ms", medians.0, medians.1);
    Ok(medians)
}
