//! One round of load: wrk with a few connections on the list, on one instance, and on creates.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::Subject;
use crate::layout;

pub const CONNECTIONS: u32 = 8;
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

pub fn round(wrk: &Path, subject: &mut Subject) -> Result<()> {
    let list = measure(wrk, subject, &subject.list, None)?;
    let one = measure(wrk, subject, &subject.one, None)?;
    let create = measure(wrk, subject, &subject.create, Some(&subject.body))?;
    subject.figures.list.push(list);
    subject.figures.one.push(one);
    subject.figures.create.push(create);
    Ok(())
}

fn measure(wrk: &Path, subject: &Subject, path: &str, body: Option<&str>) -> Result<Load> {
    let script = layout::target().join("bench/load.lua");
    fs::write(&script, SCRIPT).context("the script of the load generator")?;
    let mut command = Command::new(wrk);
    command
        .args(["-t1", "--timeout", "8s"])
        .arg(format!("-c{CONNECTIONS}"))
        .arg(format!("-d{SECONDS}s"))
        .arg("-s")
        .arg(script)
        .env_remove("BODY");
    for (name, value) in &subject.headers {
        command.arg("-H").arg(format!("{name}: {value}"));
    }
    if let Some(body) = body {
        command.env("BODY", body);
    }
    command.arg(format!("{}{path}", subject.running.base));

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
        bail!("{}: {bad} of {requests} requests to {path} went wrong", subject.name);
    }
    println!("    {path}: {per_second:.0} requests/s, median {median_ms:.2} ms");
    Ok(Load { per_second, median_ms, p99_ms })
}
