//! Tenantry under measurement: a new data folder, one customer node, and its rows over the API.

use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};
use serde_json::{Value, json};

use super::http::Client;
use super::server::{self, Running};
use super::{Figures, Options, Subject};
use crate::layout::{self, Profile};
use crate::process;

const PASSWORD: &str = "bench-password-1";
const MODEL: &str = "/api/relation/SparkCustomer/";
const NODE: &str = "sys.Bench.Customer";
/// Writers that seed side by side: acknowledged writes wait for the disk, together.
const WRITERS: usize = 8;

pub fn start(options: &Options) -> Result<Subject> {
    let (folder, first, client) = fresh("tenantry")?;
    let create = format!("{MODEL}?hierarchy={NODE}");
    let url = format!("{}{create}", first.base);
    let (created, _) = client.post(&url, &row("Row 0"))?;
    let pkid = created.get("pkid").and_then(Value::as_str);
    let one = format!("{MODEL}{}/", pkid.context("a create's answer has no pkid")?);
    seed(&url, &client, options.rows)?;
    drop(first);

    // Measured with the rows there, as every start but the first is.
    let mut start_ms = Vec::new();
    let mut running = serve(&folder)?;
    for _ in 0..options.rounds {
        drop(running);
        running = serve(&folder)?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();
    let idle_mib = running.resident_mib()?;
    let client = log_in(&running.base)?;

    Ok(Subject {
        name: "Tenantry",
        headers: client.headers,
        list: format!("{MODEL}?hierarchy={NODE}&limit=25"),
        one,
        create,
        body: row("New @N@"),
        figures: Figures { start_ms, idle_mib, ..Figures::default() },
        running,
    })
}

/// A program over a new folder of that name with one customer node, and nothing in it.
pub fn start_empty(name: &str) -> Result<(Running, Client)> {
    let (_, running, client) = fresh(name)?;
    Ok((running, client))
}

fn fresh(name: &str) -> Result<(PathBuf, Running, Client)> {
    let folder = server::fresh_folder(name)?;
    let running = serve(&folder)?;
    let client = log_in(&running.base)?;
    for (parent, name, kind) in
        [("sys", "Bench", "provider"), ("sys.Bench", "Customer", "customer")]
    {
        let url = format!("{}/api/data/HierarchyNode/?hierarchy={parent}", running.base);
        client.post(&url, &json!({"name": name, "node_type": kind}).to_string())?;
    }
    Ok((folder, running, client))
}

fn row(name: &str) -> String {
    json!({"name": name}).to_string()
}

fn serve(folder: &Path) -> Result<Running> {
    let port = server::free_port()?;
    let mut command = process::here(layout::server(Profile::Release));
    command
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(folder.join("data"))
        .env("TENANTRY_ADMIN_PASSWORD", PASSWORD);
    let base = format!("http://127.0.0.1:{port}");
    Running::start(&mut command, base, "/healthz", &folder.join("log"))
}

/// A client with the session's cookies and its token for writes.
fn log_in(base: &str) -> Result<Client> {
    let body = json!({"username": "admin", "password": PASSWORD}).to_string();
    let url = format!("{base}/noninteractivelogin/");
    let (_, headers) = Client::new(Vec::new()).post(&url, &body)?;
    let cookies: Vec<&str> = headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
        .collect();
    let token = cookies
        .iter()
        .find_map(|cookie| cookie.strip_prefix("csrftoken="))
        .context("the log-in gave no csrftoken")?;
    Ok(Client::new(vec![
        ("Cookie".to_owned(), cookies.join("; ")),
        ("X-CSRFToken".to_owned(), token.to_owned()),
    ]))
}

fn seed(url: &str, client: &Client, rows: usize) -> Result<()> {
    let write = |writer: usize| {
        let client = Client::new(client.headers.clone());
        // The first row is there already.
        for number in (1..rows).filter(|number| number % WRITERS == writer) {
            client.post(url, &row(&format!("Row {number}")))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let writers: Vec<_> =
            (0..WRITERS).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().try_for_each(|writer| {
            let outcome: Result<()> = writer.join().map_err(|_| anyhow!("a writer panicked"))?;
            outcome
        })
    })
}
