//! Tenantry under measurement: a new data folder, one customer node, and its rows by a bulk load.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::http::Client;
use super::rows::{self, FIELDS};
use super::server::{self, Running};
use super::subject::{Figures, Page, Subject};
use super::{Options, PASSWORD};
use crate::layout::{self, Profile};
use crate::process;

pub const NAME: &str = "Tenantry";
pub const MODEL: &str = "/api/relation/BenchCustomer/";
const NODE: &str = "sys.Bench.Customer";
/// A customer beside it, whose rows the list has to leave out.
const OTHER: &str = "sys.Bench.Other";
const FIELDS_OF_FORM: usize = 200;
/// Rows of one page when all of them are read.
const PAGE: usize = 2000;

pub fn start(options: &Options) -> Result<Subject> {
    let profile = options.profile;
    let rows = options.rows();
    let (folder, first, client) = fresh("tenantry", profile)?;
    seed(&client.patient(), &first.base, rows)?;
    drop(first);

    // Measured with the rows there, as every start but the first is.
    let mut start_ms = Vec::new();
    let mut running = serve(&folder, profile)?;
    for _ in 0..options.rounds {
        drop(running);
        running = serve(&folder, profile)?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();
    let idle_mib = running.resident_mib()?;
    let client = log_in(&running.base, "admin")?;
    let one = one(&client, &running.base, rows)?;

    Ok(Subject {
        name: NAME,
        version: version(profile)?,
        page: Some(Page { path: page(), headers: client.headers.clone() }),
        headers: client.headers,
        list: list(),
        one,
        create: Some(create()),
        figures: Figures { start_ms, idle_mib, ..Figures::default() },
        running,
    })
}

/// Gives the customer so many rows, and the one beside it a tenth as many.
pub fn seed(client: &Client, base: &str, rows: usize) -> Result<()> {
    let node = json!({"name": "Other", "node_type": "customer"}).to_string();
    client.post(&format!("{base}/api/data/HierarchyNode/?hierarchy=sys.Bench"), &node)?;
    load(client, base, (0..rows).map(|number| (NODE, number)))?;
    let others = rows..rows + rows / 10 + 1;
    load(client, base, others.map(|number| (OTHER, number)))
}

/// A page of the customer's rows, with how many there are in all.
pub fn list() -> String {
    format!("{MODEL}?hierarchy={NODE}&limit=25&order_by=name&direction=asc")
}

/// The same as a page that the server draws.
pub fn page() -> String {
    format!("/models/relation/BenchCustomer?hierarchy={NODE}&limit=25")
}

/// Where to post, and what; `@N@` becomes a number that wasn't used before.
pub fn create() -> (String, String) {
    let mut create = rows::template();
    // Encrypted before it is kept, which the ten fields of the others aren't.
    create["pin"] = json!("@N@");
    (format!("{MODEL}?hierarchy={NODE}"), create.to_string())
}

/// The path of one of the customer's rows, of which there are so many.
pub fn one(client: &Client, base: &str, rows: usize) -> Result<String> {
    first_of(client, &format!("{base}{MODEL}?hierarchy={NODE}&limit=1&skip={}", rows / 2))
}

/// The path of the first instance of a list.
pub fn first_of(client: &Client, list: &str) -> Result<String> {
    let list: Value = serde_json::from_slice(&client.get_bytes(list)?)?;
    let path = list["resources"][0]["meta"]["references"]["self"][0]["href"].as_str();
    Ok(path.context("a list without resources")?.to_owned())
}

/// Loads rows, each at its node, in one transaction.
pub fn load<'a>(
    client: &Client,
    base: &str,
    rows: impl Iterator<Item = (&'a str, usize)>,
) -> Result<()> {
    let mut sheet = format!("hierarchy,{}\n", FIELDS.join(","));
    for (node, number) in rows {
        sheet += &format!("{node},{}\n", rows::csv(number));
    }
    let url = format!("{base}{MODEL}import/?hierarchy=sys.Bench&mode=all_or_nothing");
    let answer = client.upload(&url, "rows.csv", "text/csv", &sheet)?;
    client.ended(base, &answer)
}

/// All rows of the customer, as its list has them.
pub fn rows(client: &Client, base: &str) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    loop {
        let page = format!("{MODEL}?hierarchy={NODE}&limit={PAGE}&skip={}", all.len());
        let page = client.get_bytes(&format!("{base}{page}"))?;
        let mut page: Value = serde_json::from_slice(&page)?;
        let rows = page["resources"].as_array_mut().context("a list without resources")?;
        if rows.is_empty() {
            return Ok(all);
        }
        all.append(rows);
    }
}

/// The program's own, and the commit that it was built from.
fn version(profile: Profile) -> Result<String> {
    let version = process::output(Command::new(layout::server(profile)).arg("--version"))?;
    let commit = process::output(process::here("git").args(["describe", "--always", "--dirty"]));
    let version = version.trim_start_matches("tenantry ");
    Ok(commit.map_or_else(|_| version.to_owned(), |commit| format!("{version} ({commit})")))
}

/// A program over a new folder of that name with one customer node, and nothing in it.
pub fn start_empty(name: &str, profile: Profile) -> Result<(Running, Client)> {
    let (_, running, client) = fresh(name, profile)?;
    Ok((running, client))
}

fn fresh(name: &str, profile: Profile) -> Result<(PathBuf, Running, Client)> {
    let folder = server::fresh_folder(name)?;
    let running = serve(&folder, profile)?;
    let client = log_in(&running.base, "admin")?;
    for (parent, name, kind) in
        [("sys", "Bench", "provider"), ("sys.Bench", "Customer", "customer")]
    {
        let url = format!("{}/api/data/HierarchyNode/?hierarchy={parent}", running.base);
        client.post(&url, &json!({"name": name, "node_type": kind}).to_string())?;
    }
    Ok((folder, running, client))
}

pub fn serve(folder: &Path, profile: Profile) -> Result<Running> {
    serve_by(process::here(layout::server(profile)), folder)
}

/// As `serve`, by a command that ends with the program's name, such as one that has another run it.
pub fn serve_by(mut command: Command, folder: &Path) -> Result<Running> {
    let port = server::free_port()?;
    command
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
        .arg(folder.join("data"))
        .arg("--models-dir")
        .arg(models()?)
        .env("TENANTRY_ADMIN_PASSWORD", PASSWORD);
    let base = format!("http://127.0.0.1:{port}");
    Running::start(&mut command, base, "/healthz", &folder.join("log"))
}

/// The folder of the models of the measurements.
fn models() -> Result<PathBuf> {
    let folder = server::folder("models").join("relation");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("BenchCustomer.json"), include_str!("../../BenchCustomer.json"))?;
    fs::write(folder.join("BenchForm.json"), form().to_string())?;
    Ok(server::folder("models"))
}

/// A model with so many fields that a form of it shows what a field costs.
fn form() -> Value {
    let fields: Map<String, Value> = (0..FIELDS_OF_FORM)
        .map(|number| {
            let field = json!({"title": format!("Field {number}"), "type": "string"});
            (format!("field_{number:03}"), field)
        })
        .collect();
    json!({
        "model_type": "relation/BenchForm",
        "title": "Form under measurement",
        "schema": {
            "$schema": "http://json-schema.org/draft-03/schema",
            "type": "object",
            "properties": fields,
            "schema_version": "1.0.0",
        },
    })
}

/// A client with the session's cookies and its token for writes.
pub fn log_in(base: &str, username: &str) -> Result<Client> {
    let body = json!({"username": username, "password": PASSWORD}).to_string();
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

/// Waits until the index of texts has taken all in.
pub fn wait_for_texts(client: &Client, base: &str) -> Result<()> {
    loop {
        let metrics = client.get_bytes(&format!("{base}/metrics"))?;
        if String::from_utf8_lossy(&metrics).lines().any(|l| l == "tenantry_texts_pending 0") {
            return Ok(());
        }
        // Nothing tells when it is done.
        thread::sleep(Duration::from_millis(200));
    }
}
