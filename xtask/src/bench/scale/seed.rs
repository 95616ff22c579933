//! The databases, made once and kept: nodes over the API, instances by bulk loads.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use serde_json::json;

use crate::bench::http::Client;
use crate::bench::{PASSWORD, server, tenantry};
use crate::layout::Profile;

pub const OPERATOR: &str = "operator";
/// Changes whenever a database must be made anew.
const EDITION: &str = "2";
/// Rows of one load.
const CHUNK: usize = 20_000;

#[derive(Clone, Copy)]
pub struct Size {
    pub rows: usize,
    pub resellers: usize,
    /// Of each reseller; they hold the rows.
    pub customers: usize,
}

impl Size {
    pub fn nodes(self) -> usize {
        self.resellers * (self.customers + 1)
    }

    fn customer(self, number: usize) -> String {
        let number = number % (self.resellers * self.customers);
        let (reseller, customer) = (number / self.customers, number % self.customers);
        format!("sys.Bench.{}.{}", reseller_name(reseller), customer_name(reseller, customer))
    }
}

fn reseller_name(reseller: usize) -> String {
    format!("R{reseller:02}")
}

/// Tenants are named once in the whole hierarchy.
fn customer_name(reseller: usize, customer: usize) -> String {
    format!("C{reseller:02}-{customer:02}")
}

/// The folder of the database of this size.
pub fn folder(size: Size, profile: Profile) -> Result<PathBuf> {
    let name = format!("scale-{}", size.rows);
    let folder = server::folder(&name);
    let seeded = folder.join("seeded");
    if fs::read_to_string(&seeded).is_ok_and(|edition| edition == EDITION) {
        println!("    as it was made before");
        return Ok(folder);
    }
    let begin = Instant::now();
    let (running, client) = tenantry::start_empty(&name, profile)?;
    let client = client.patient();
    nodes(size, &client, &running.base)?;
    for from in (0..size.rows).step_by(CHUNK) {
        let to = size.rows.min(from + CHUNK);
        let rows: Vec<(String, usize)> =
            (from..to).map(|number| (size.customer(number), number)).collect();
        let rows = rows.iter().map(|(node, number)| (node.as_str(), *number));
        tenantry::load(&client, &running.base, rows)?;
        println!("    {to} rows after {:.0} s", begin.elapsed().as_secs_f64());
    }
    tenantry::wait_for_texts(&client, &running.base)?;
    println!("    and their texts after {:.0} s", begin.elapsed().as_secs_f64());
    drop(running);
    fs::write(seeded, EDITION)?;
    Ok(folder)
}

fn nodes(size: Size, client: &Client, base: &str) -> Result<()> {
    let add = |parent: &str, name: &str, kind: &str| -> Result<()> {
        let url = format!("{base}/api/data/HierarchyNode/?hierarchy={parent}");
        client.post(&url, &json!({"name": name, "node_type": kind}).to_string())?;
        Ok(())
    };
    for reseller in 0..size.resellers {
        let name = reseller_name(reseller);
        add("sys.Bench", &name, "reseller")?;
        for customer in 0..size.customers {
            let customer = customer_name(reseller, customer);
            add(&format!("sys.Bench.{name}"), &customer, "customer")?;
        }
    }
    let operator = json!({"username": OPERATOR, "role": "Operator", "password": PASSWORD});
    let url = format!("{base}/api/data/SystemUser/?hierarchy={}", size.customer(0));
    client.post(&url, &operator.to_string())?;
    Ok(())
}
