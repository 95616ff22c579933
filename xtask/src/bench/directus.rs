//! A peer: Directus from the npm packages over `SQLite`, with a collection of the same rows. Its
//! calls are open and it doesn't wait for the disk, both of which Tenantry does.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use super::rows::{self, FIELDS};
use super::server::{self, Running};
use super::subject::{Figures, Subject};
use super::{Options, PASSWORD};
use crate::setup::node::{self, Node};
use crate::{layout, process};

const VERSION: &str = "12.4.0";
const SQLITE: &str = "5.1.7";
/// What Directus needs.
const NODE_MAJOR: u32 = 22;
const ITEMS: &str = "/items/customers";
const TOKEN: &str = "bench-token";
/// Rows of one call.
const CHUNK: usize = 500;

struct Directus {
    program: PathBuf,
    node: Node,
    folder: PathBuf,
}

pub fn start(options: &Options) -> Result<Subject> {
    let node = node::at_least(NODE_MAJOR)?;
    let program = install(&node)
        .with_context(|| format!("by hand: `npm install directus@{VERSION} sqlite3@{SQLITE}`"))?;
    let directus = Directus { program, node, folder: server::fresh_folder("directus")? };
    process::output(directus.command().arg("bootstrap")).context("the tables of Directus")?;

    let mut running = directus.serve()?;
    seed(&running.base, options.rows())?;
    let mut start_ms = Vec::new();
    for _ in 0..options.rounds {
        drop(running);
        running = directus.serve()?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();

    Ok(Subject {
        name: "Directus",
        version: VERSION.to_owned(),
        headers: Vec::new(),
        list: format!("{ITEMS}?limit=25&sort=name&meta=total_count"),
        one: format!("{ITEMS}/{}", options.rows() / 2 + 1),
        create: Some((ITEMS.to_owned(), rows::template().to_string())),
        page: None,
        figures: Figures { start_ms, idle_mib: running.resident_mib()?, ..Figures::default() },
        running,
    })
}

/// Its packages, once for each version.
fn install(node: &Node) -> Result<PathBuf> {
    let folder = layout::tools().join("directus");
    let program = folder.join("node_modules/directus/cli.js");
    let wanted = json!({
        "name": "directus-under-measurement", "private": true,
        "dependencies": { "directus": VERSION, "sqlite3": SQLITE },
    })
    .to_string();
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|from| from == wanted) {
        return Ok(program);
    }
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("package.json"), &wanted)?;
    process::run(
        node.npm()?
            .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder),
    )?;
    fs::write(installed, wanted)?;
    Ok(program)
}

impl Directus {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.node.program);
        command.arg(&self.program).current_dir(&self.folder);
        let database = self.folder.join("data.db");
        command.env("DB_FILENAME", database);
        for (name, value) in [
            ("NODE_ENV", "production"),
            ("HOST", "127.0.0.1"),
            ("DB_CLIENT", "sqlite3"),
            ("SECRET", "for-measurements-only-0123456789"),
            ("ADMIN_EMAIL", "admin@example.com"),
            ("ADMIN_PASSWORD", PASSWORD),
            ("ADMIN_TOKEN", TOKEN),
            ("LOG_LEVEL", "error"),
            ("TELEMETRY", "false"),
            ("CACHE_ENABLED", "false"),
            ("RATE_LIMITER_ENABLED", "false"),
            ("PRESSURE_LIMITER_ENABLED", "false"),
            ("WEBSOCKETS_ENABLED", "false"),
        ] {
            command.env(name, value);
        }
        command
    }

    fn serve(&self) -> Result<Running> {
        let port = server::free_port()?;
        let base = format!("http://127.0.0.1:{port}");
        let mut command = self.command();
        command.arg("start").env("PORT", port.to_string()).env("PUBLIC_URL", &base);
        Running::start(&mut command, base, "/server/ping", &self.folder.join("log"))
    }
}

/// Makes the collection, opens it to everybody, and fills it.
fn seed(base: &str, rows: usize) -> Result<()> {
    let client = Client::new(vec![("Authorization".to_owned(), format!("Bearer {TOKEN}"))]);
    let client = client.patient();
    let mut fields = vec![json!({
        "field": "id", "type": "integer", "meta": { "hidden": true },
        "schema": { "is_primary_key": true, "has_auto_increment": true },
    })];
    fields.extend(FIELDS.iter().map(|field| {
        let flag = matches!(*field, "active" | "vip");
        let kind = if flag { "boolean" } else { "string" };
        json!({ "field": field, "type": kind, "schema": { "is_indexed": *field == "name" } })
    }));
    let collection =
        json!({ "collection": "customers", "meta": {}, "schema": {}, "fields": fields });
    client.post(&format!("{base}/collections"), &collection.to_string())?;

    let policies = client.get_bytes(&format!("{base}/policies?fields=id,name"))?;
    let policies: Value = serde_json::from_slice(&policies)?;
    let public = policies["data"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|policy| policy["name"].as_str().is_some_and(|name| name.contains("public")))
        .context("Directus has no public policy")?;
    for action in ["read", "create"] {
        let permission = json!({
            "policy": public["id"], "collection": "customers", "action": action,
            "fields": ["*"], "permissions": {}, "validation": {},
        });
        client.post(&format!("{base}/permissions"), &permission.to_string())?;
    }
    for from in (0..rows).step_by(CHUNK) {
        let chunk: Vec<Value> = (from..rows.min(from + CHUNK)).map(rows::row).collect();
        client.post(&format!("{base}{ITEMS}"), &Value::from(chunk).to_string())?;
    }
    Ok(())
}
