//! One round of load: wrk with a few connections on the list, on one instance, and on creates.

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
pub struct Call<'a> {
    pub name: &'a str,
    pub base: &'a str,
    pub headers: &'a Headers,
    pub path: &'a str,
    /// Makes it a POST; `@N@` in it becomes a number that wasn't used before.
    pub body: Option<&'a str>,
    pub connections: u32,
}

pub fn round(wrk: &Path, subject: &mut Subject) -> Result<()> {
    let figures = {
        let subject = &*subject;
        let call = |path| Call {
            name: subject.name,
            base: &subject.running.base,
            headers: &subject.headers,
            path,
            body: None,
            connections: CONNECTIONS,
        };
        let list = measure(wrk, &call(&subject.list))?;
        let one = measure(wrk, &call(&subject.one))?;
        let mut page = None;
        if let Some(of) = &subject.page {
            let call = Call { headers: &of.headers, ..call(&of.path) };
            let first_byte = first_byte::median_ms(&subject.running.base, of)?;
            page = Some((measure(wrk, &call)?, first_byte));
        }
        let mut create = None;
        if let Some((path, body)) = &subject.create {
            let few = Call { body: Some(body), ..call(path) };
            let many = Call { body: Some(body), connections: WIDE, ..call(path) };
            create = Some((measure(wrk, &few)?, measure(wrk, &many)?));
        }
        (list, one, page, create)
    };
    let (list, one, page, create) = figures;
    let of = &mut subject.figures;
    of.list.push(list);
    of.one.push(one);
    if let Some((load, first_byte)) = page {
        of.page.push(load);
        of.first_byte_ms.push(first_byte);
    }
    if let Some((few, many)) = create {
        of.create.push(few);
        of.create_wide.push(many);
    }
    Ok(())
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
