//! Load by wrk, in rounds: the list, one instance and the list's page are read, then rows created.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::first_byte;
use super::subject::{Headers, Subject};
use crate::layout;

pub const CONNECTIONS: u32 = 8;
/// Of creates that share what a write to the disk costs.
pub const WIDE: u32 = 64;
pub const SECONDS: u32 = 4;

/// What wrk is to send and to say in the end. Numbers in bodies go on from a random one, so
/// that rounds don't meet each other's names.
const SCRIPT: &str = r#"
local body = os.getenv("BODY")
local number = 0
function init()
  math.randomseed(os.time())
  number = math.random(1000000, 9000000) * 1000
  wrk.headers["Content-Type"] = body and "application/json" or nil
  wrk.method = body and "POST" or "GET"
end
function request()
  if not body then return wrk.format() end
  number = number + 1
  return wrk.format(nil, nil, nil, (body:gsub("@N@", string.format("%d", number))))
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %f %f %f %d %d\n",
    summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"#;

pub struct Load {
    pub per_second: f64,
    pub median_ms: f64,
    pub p99_ms: f64,
}

/// One request that is repeated, and how.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub name: &'a str,
    pub base: &'a str,
    pub headers: &'a Headers,
    pub path: &'a str,
    /// Makes it a POST; `@N@` in it becomes a number that wasn't used before.
    pub body: Option<&'a str>,
    pub connections: u32,
}

/// A round of reads, while everybody has the rows that they were given and no others.
pub fn reads(wrk: &Path, subject: &mut Subject) -> Result<()> {
    let list = measure(wrk, &call(subject, &subject.list))?;
    let one = measure(wrk, &call(subject, &subject.one))?;
    if let Some(page) = &subject.page {
        subject.figures.first_byte_ms.push(first_byte::median_ms(&subject.running.base, page)?);
        let load = measure(wrk, &Call { headers: &page.headers, ..call(subject, &page.path) })?;
        subject.figures.page.push(load);
    }
    subject.figures.list.push(list);
    subject.figures.one.push(one);
    Ok(())
}

/// A round of creates, of those that can.
pub fn creates(wrk: &Path, subject: &mut Subject) -> Result<()> {
    let Some((path, body)) = &subject.create else {
        return Ok(());
    };
    let few = Call { body: Some(body), ..call(subject, path) };
    let many = Call { connections: WIDE, ..few };
    let (few, many) = (measure(wrk, &few)?, measure(wrk, &many)?);
    subject.figures.create.push(few);
    subject.figures.create_wide.push(many);
    Ok(())
}

fn call<'a>(subject: &'a Subject, path: &'a str) -> Call<'a> {
    Call {
        name: subject.name,
        base: &subject.running.base,
        headers: &subject.headers,
        path,
        body: None,
        connections: CONNECTIONS,
    }
}

pub fn measure(wrk: &Path, call: &Call) -> Result<Load> {
    let Call { name, base, headers, path, body, connections } = *call;
    let script = layout::target().join("bench/load.lua");
    fs::write(&script, SCRIPT).context("the script of the load generator")?;
    let mut command = Command::new(wrk);
    command
        .args(["-t1", "--timeout", "8s"])
        .arg(format!("-c{connections}"))
        .arg(format!("-d{SECONDS}s"))
        .arg("-s")
        .arg(script)
        .env_remove("BODY");
    for (name, value) in headers {
        command.arg("-H").arg(format!("{name}: {value}"));
    }
    if let Some(body) = body {
        command.env("BODY", body);
    }
    command.arg(format!("{base}{path}"));

    let output = command.stderr(Stdio::inherit()).output().context("wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text
        .lines()
        .find_map(|line| line.strip_prefix("RESULT "))
        .with_context(|| format!("wrk said no result for {path}: {text}"))?
        .split(' ')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [per_second, median_ms, p99_ms, requests, bad] = numbers[..] else {
        bail!("wrk said another result for {path} than it was asked for: {text}");
    };
    // A server that refuses quickly isn't a quick server.
    if bad > 0.0 {
        bail!("{name}: {bad} of {requests} requests to {path} went wrong");
    }
    println!("    {path} x {connections}: {per_second:.0} requests/s, median {median_ms:.2} ms");
    Ok(Load { per_second, median_ms, p99_ms })
}
