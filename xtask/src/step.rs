//! Says what is being done and how long it took, and keeps a table of outcomes.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Runs one step, announced and timed. The error of a failed one names the step.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {what}");
    let start = Instant::now();
    let outcome = work();
    let time = seconds(start.elapsed());
    match outcome {
        Ok(value) => {
            println!("    {what}: {time}");
            Ok(value)
        }
        Err(error) => {
            println!("    {what}: FAILED after {time}");
            Err(error).with_context(|| format!("{what} failed"))
        }
    }
}

pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

/// The outcomes of several checks, none of which stops the others.
#[derive(Default)]
pub struct Summary {
    rows: Vec<Row>,
}

struct Row {
    what: &'static str,
    time: Duration,
    outcome: Result<String>,
}

impl Summary {
    /// Runs one check. Its word is what the table says of it, such as "passed".
    pub fn check(&mut self, what: &'static str, work: impl FnOnce() -> Result<String>) {
        let start = Instant::now();
        let outcome = step(what, work);
        if let Err(error) = &outcome {
            eprintln!("    {error:#}");
        }
        self.rows.push(Row { what, time: start.elapsed(), outcome });
    }

    /// Prints the table; an error if a check failed.
    pub fn finish(self) -> Result<()> {
        println!("\n{:<28} {:>9}  outcome", "check", "time");
        for row in &self.rows {
            let outcome = row.outcome.as_deref().unwrap_or("FAILED");
            println!("{:<28} {:>9}  {outcome}", row.what, seconds(row.time));
        }
        let failed: Vec<_> = self.rows.iter().filter(|row| row.outcome.is_err()).collect();
        if failed.is_empty() {
            return Ok(());
        }
        println!();
        for row in &failed {
            if let Err(error) = &row.outcome {
                println!("{error:#}");
            }
        }
        bail!("{} of {} checks failed", failed.len(), self.rows.len())
    }
}
