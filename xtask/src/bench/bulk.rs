//! Bulk work under measurement: rows loaded, modified, moved, exported and deleted, each as one
//! transaction, with its time and the memory that the program had at most by then.

use std::time::Instant;

use anyhow::Result;
use serde_json::{Value, json};

use super::http::Client;
use super::server::Running;
use super::{Options, tenantry, write};
use crate::step::step;

const MODEL: &str = "/api/relation/SparkCustomer/";
const FROM: &str = "sys.Bench.Customer";
const TO: &str = "sys.Bench.Other";

/// The goals.
const LOADED: usize = 10_000;
const EXPORTED: usize = 50_000;
const MEMORY: usize = 200;

/// One measured step.
struct Measure {
    what: String,
    seconds: f64,
    rows: usize,
    peak_mib: f64,
}

struct Bench {
    client: Client,
    running: Running,
    rows: usize,
    done: Vec<Measure>,
}

pub fn run(options: &Options) -> Result<()> {
    let rows = options.rows();
    let (running, client) =
        step("Tenantry: start", || tenantry::start_empty("tenantry-bulk", options.profile))?;
    let url = format!("{}/api/data/HierarchyNode/?hierarchy=sys.Bench", running.base);
    client.post(&url, &json!({ "name": "Other", "node_type": "customer" }).to_string())?;
    let mut bench = Bench { client: client.patient(), running, rows, done: Vec::new() };

    let sheet = sheet(rows);
    bench.load("dry run", "dry_run", &sheet)?;
    bench.load("load, all or nothing", "all_or_nothing", &sheet)?;
    bench.delete(FROM)?;
    bench.load("load, row by row", "row_by_row", &sheet)?;
    bench.modify()?;
    bench.relocate()?;
    for format in ["json", "raw_xlsx", "xlsx"] {
        bench.export(format)?;
    }
    bench.delete(TO)?;
    bench.report(options)
}

/// A sheet of customers as CSV, with the keys of the raw form.
fn sheet(rows: usize) -> String {
    let mut text =
        String::from("hierarchy,name,account_email,email_domain,dirsync_enabled,notes\n");
    for number in 0..rows {
        text += &format!(
            "{FROM},Customer {number},admin{number}@example.com,c{number}.example.com,true,A note\n"
        );
    }
    text
}

impl Bench {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base)
    }

    fn ended(&self, answer: &Value) -> Result<()> {
        self.client.ended(&self.running.base, answer)
    }

    fn measured(&mut self, what: &str, work: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        let begin = Instant::now();
        step(what, || work(self))?;
        self.done.push(Measure {
            what: what.to_owned(),
            seconds: begin.elapsed().as_secs_f64(),
            rows: self.rows,
            peak_mib: self.running.peak_mib()?,
        });
        Ok(())
    }

    fn load(&mut self, what: &str, mode: &str, sheet: &str) -> Result<()> {
        self.measured(what, |bench| {
            let url = bench.url(&format!("{MODEL}import/?hierarchy={FROM}&mode={mode}"));
            let answer = bench.client.upload(&url, "rows.csv", "text/csv", sheet)?;
            bench.ended(&answer)
        })
    }

    fn selection(&self, hierarchy: &str) -> Value {
        json!({ "filter": { "hierarchy": hierarchy }, "expected_total": self.rows })
    }

    fn modify(&mut self) -> Result<()> {
        self.measured("modify", |bench| {
            let mut body = bench.selection(FROM);
            body["notes"] = json!("Another note");
            let url = bench.url(&format!("{MODEL}bulk_update/?nowait=true"));
            let (answer, _) = bench.client.post(&url, &body.to_string())?;
            bench.ended(&answer)
        })
    }

    fn relocate(&mut self) -> Result<()> {
        self.measured("move", |bench| {
            let url = bench.url(&format!(
                "/api/tool/DataMove/?model_type=relation/SparkCustomer&context_hierarchy={TO}\
                 &nowait=true"
            ));
            let (answer, _) = bench.client.post(&url, &bench.selection(FROM).to_string())?;
            bench.ended(&answer)
        })
    }

    fn export(&mut self, format: &str) -> Result<()> {
        self.measured(&format!("export, {format}"), |bench| {
            let url = bench.url(&format!("{MODEL}export/?export_format={format}"));
            let body = bench.selection(TO).to_string();
            let bytes = bench.client.post_for_bytes(&url, &body)?;
            println!("    {} bytes", bytes.len());
            Ok(())
        })
    }

    fn delete(&mut self, hierarchy: &str) -> Result<()> {
        self.measured("delete", |bench| {
            let url = bench.url(&format!("{MODEL}?nowait=true"));
            let answer = bench.client.delete(&url, &bench.selection(hierarchy).to_string())?;
            bench.ended(&answer)
        })
    }

    fn report(&self, options: &Options) -> Result<()> {
        let mut text = write::heading(options)?;
        text += &format!(
            "{} rows, one transaction each. Goals: {LOADED} rows/s loaded, {EXPORTED} rows/s exported \
             as xlsx, under {MEMORY} MB of memory.\n\n\
             | work | seconds | rows/s | most memory so far, MiB |\n|---|---|---|---|\n",
            self.rows
        );
        for Measure { what, seconds, rows, peak_mib } in &self.done {
            #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^52")]
            let rate = *rows as f64 / seconds;
            text += &format!("| {what} | {seconds:.2} | {rate:.0} | {peak_mib:.0} |\n");
        }
        write::put(&text, "bulk", options)
    }
}
