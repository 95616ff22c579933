//! The bounds of the machine: Tenantry's own bytes behind bare axum, as fixed bodies and as rows
//! that one prepared statement reads. The program is in `xtask/limit`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use super::server::{self, Running};
use super::subject::{Figures, Subject};
use super::{Options, tenantry};
use crate::{build, layout};

/// What the server is handed, in files of these names.
struct Answers {
    list: Vec<u8>,
    one: Vec<u8>,
    envelope: String,
    rows: String,
}

/// Both bounds, and the second with the rows counted for each list.
pub fn start(options: &Options, tenantry: &Subject) -> Result<[Subject; 3]> {
    if options.build {
        build::limit(options.profile)?;
    }
    let answers = Answers::of(tenantry)?;
    let middle = format!("/rows/one/{}", options.rows() / 2 + 1);
    Ok([
        answers.subject(
            options,
            "axum, fixed bodies",
            "limit-fixed",
            "/fixed/list",
            "/fixed/one",
        )?,
        answers.subject(options, "axum over SQLite", "limit-rows", "/rows/list", &middle)?,
        answers.subject(
            options,
            "axum over SQLite, counting",
            "limit-counted",
            "/rows/list/counted",
            &middle,
        )?,
    ])
}

impl Answers {
    fn of(tenantry: &Subject) -> Result<Self> {
        let client = Client::new(tenantry.headers.clone()).patient();
        let url = |path: &str| format!("{}{path}", tenantry.running.base);
        let list = client.get_bytes(&url(&tenantry.list))?;
        let mut envelope: Value = serde_json::from_slice(&list)?;
        envelope["resources"] = json!("@ROWS@");
        envelope["pagination"]["total"] = json!("@TOTAL@");
        let mut rows = String::new();
        for row in tenantry::rows(&client, &tenantry.running.base)? {
            let name = row["data"]["name"].as_str().context("a row without a name")?;
            rows += &format!("{name}\t{row}\n");
        }
        Ok(Self {
            one: client.get_bytes(&url(&tenantry.one))?,
            envelope: envelope.to_string(),
            list,
            rows,
        })
    }

    fn subject(
        &self,
        options: &Options,
        name: &'static str,
        folder: &str,
        list: &str,
        one: &str,
    ) -> Result<Subject> {
        let folder = server::fresh_folder(folder)?;
        fs::write(folder.join("list"), &self.list)?;
        fs::write(folder.join("one"), &self.one)?;
        fs::write(folder.join("envelope"), &self.envelope)?;
        fs::write(folder.join("rows"), &self.rows)?;

        let address = format!("127.0.0.1:{}", server::free_port()?);
        let mut command = Command::new(layout::limit(options.profile));
        command.arg(&address).arg(&folder);
        let log = folder.join("log");
        let running = Running::start(&mut command, format!("http://{address}"), list, &log)?;
        let answered = Client::new(Vec::new()).get_bytes(&format!("{}{list}", running.base))?;
        // A bound for other bytes would bound nothing.
        anyhow::ensure!(
            answered.len() == self.list.len(),
            "{name} answers {} bytes, but Tenantry {}",
            answered.len(),
            self.list.len()
        );
        Ok(Subject {
            name,
            version: String::new(),
            headers: Vec::new(),
            list: list.to_owned(),
            one: one.to_owned(),
            create: None,
            page: None,
            figures: Figures { idle_mib: running.resident_mib()?, ..Figures::default() },
            running,
        })
    }
}
