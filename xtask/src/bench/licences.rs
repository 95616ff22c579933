//! What the licences of a tenant cost to read: with few users and with many, in two programs side by
//! side, where all users hold services and packs. They are loaded and assigned to in bulk.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use super::server::Running;
use super::subject::Headers;
use super::{Options, tenantry};
use crate::layout::Profile;
use crate::step::step;

const TENANT: &str = "/api/v1/tenants/Customer/";
const NODES: &str = "/api/data/HierarchyNode/";
const SITES: usize = 10;
const SERVICES: usize = 240;
/// Packs that users hold beside their primary one, in as many combinations as there are groups.
const OPTIONAL: usize = 7;
/// Users are assigned to by the last two digits of their numbers.
const GROUPS: usize = 100;
/// A group of one user each.
const FEW: usize = GROUPS;
/// Reads of which the median is taken.
const READS: usize = 200;

struct Bench {
    client: Client,
    running: Running,
}

/// A tenant of few users whose licences are read under load.
pub struct Tenant {
    bench: Bench,
}

impl Tenant {
    pub const PATH: &'static str = "/api/v1/tenants/Customer/licenses/";

    /// In a new folder of that name.
    pub fn start(name: &str, profile: Profile) -> Result<Self> {
        Ok(Self { bench: Bench::start(name, FEW, profile)? })
    }

    pub fn base(&self) -> &str {
        &self.bench.running.base
    }

    pub fn client(&self) -> &Client {
        &self.bench.client
    }

    pub fn headers(&self) -> &Headers {
        &self.bench.client.headers
    }

    /// Ends its program, and answers the headers, which hold for the next one over the folder.
    pub fn end(self) -> Result<Headers> {
        let Bench { client, running } = self.bench;
        let headers = client.headers.clone();
        // A connection that is kept open would have the program wait.
        drop(client);
        running.end()?;
        Ok(headers)
    }
}

pub fn run(options: &Options) -> Result<()> {
    let users = options.rows().next_multiple_of(GROUPS);
    let few = Bench::start("tenantry-few", FEW, options.profile)?;
    let many = Bench::start("tenantry-many", users, options.profile)?;
    println!("\n{SERVICES} services, {} packs, {GROUPS} combinations of packs.\n", OPTIONAL + 1);
    println!("| read | {FEW} users, ms | {users} users, ms | ratio |\n| --- | --- | --- | --- |");
    for (what, query) in [("licences", ""), ("with packs", "?includeServicePacks=true")] {
        let path = format!("{TENANT}licenses/{query}");
        let (few, many) = medians(&few, &many, &path)?;
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("| {what} | {:.2} | {:.2} | {ratio:.2} |", millis(few), millis(many));
    }
    Ok(())
}

/// What a read costs in both programs, which are asked in turn: whatever else the machine does
/// meets both.
fn medians(few: &Bench, many: &Bench, path: &str) -> Result<(Duration, Duration)> {
    let mut times = (Vec::with_capacity(READS), Vec::with_capacity(READS));
    for _ in 0..READS {
        times.0.push(few.read(path)?);
        times.1.push(many.read(path)?);
    }
    times.0.sort_unstable();
    times.1.sort_unstable();
    Ok((times.0[READS / 2], times.1[READS / 2]))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn service(number: usize) -> String {
    format!("Bench Service {number:03}")
}

impl Bench {
    /// A program with a tenant of so many users, all of whom hold something.
    fn start(name: &str, users: usize, profile: Profile) -> Result<Self> {
        let (running, client) = step("Tenantry: start", || tenantry::start_empty(name, profile))?;
        let bench = Self { client: client.patient(), running };
        step("catalogue, packs, licences", || bench.prepare())?;
        step(&format!("load {users} users"), || bench.load(users))?;
        step("assign", || bench.assign(users))?;
        Ok(bench)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        Ok(self.client.post(&self.url(path), &body.to_string())?.0)
    }

    fn total(&self, collection: &str) -> Result<usize> {
        let list = self.client.get_bytes(&self.url(&format!("{collection}?limit=1")))?;
        let list: Value = serde_json::from_slice(&list)?;
        let total = list["pagination"]["total"].as_u64().context("a list without a total")?;
        Ok(usize::try_from(total)?)
    }

    /// Fills the catalogue up, and gives the tenant and its sites all of it.
    fn prepare(&self) -> Result<()> {
        let names: Vec<String> =
            (self.total("/api/data/Service/")?..SERVICES).map(service).collect();
        for name in &names {
            let body = json!({ "family": "user", "name": name });
            self.post("/api/data/Service/?hierarchy=sys", &body)?;
        }
        let unlimited = json!({ "unlimited": true });
        let licensed = self.whole_catalogue(&unlimited)?.to_string();
        self.client.put(&self.url(&format!("{TENANT}licenses/")), &licensed)?;
        for site in 0..SITES {
            let body = json!({ "name": format!("Site {site}"), "node_type": "site" });
            self.post(&format!("{NODES}?hierarchy=sys.Bench.Customer"), &body)?;
            let path = format!("{TENANT}groups/Site%20{site}/licenses/");
            self.client.put(&self.url(&path), &licensed)?;
        }
        let options: Vec<Value> =
            (0..OPTIONAL).map(|pack| json!({ "name": format!("Optional {pack}") })).collect();
        let content = |from: usize, to: usize| -> Value {
            let services: Vec<Value> = names
                .iter()
                .skip(from)
                .take(to - from)
                .map(|name| json!({ "name": name }))
                .collect();
            json!({ "services": services })
        };
        let mut packs = vec![json!({
            "technical_name": "Primary",
            "authorization": 2,
            "content": content(0, 20),
            "options": options,
        })];
        packs.extend((0..OPTIONAL).map(|pack| {
            json!({
                "technical_name": format!("Optional {pack}"),
                "authorization": 1,
                "content": content(20 + pack * 5, 30 + pack * 5),
            })
        }));
        for pack in &packs {
            self.post("/api/data/ServicePack/?hierarchy=sys.Bench", pack)?;
        }
        let put: Vec<Value> = packs
            .iter()
            .map(|pack| json!({ "name": pack["technical_name"], "quantity": unlimited }))
            .collect();
        self.post(&format!("{TENANT}service_packs/"), &json!({ "servicePacksFromConfig": put }))?;
        Ok(())
    }

    /// Every service, as the body that licenses it.
    fn whole_catalogue(&self, quantity: &Value) -> Result<Value> {
        let lines = self.client.get_bytes(&self.url(&format!("{TENANT}licenses/")))?;
        let mut lines: Value = serde_json::from_slice(&lines)?;
        for list in ["groupServices", "userServices"] {
            for line in lines[list].as_array_mut().context("no list of services")? {
                line["allocated"] = quantity.clone();
            }
        }
        Ok(lines)
    }

    fn load(&self, users: usize) -> Result<()> {
        let mut sheet = String::from("hierarchy,user_id\n");
        for number in 0..users {
            sheet += &format!("sys.Bench.Customer.Site {},user-{number:06}\n", number % SITES);
        }
        let answer = self.client.upload(
            &self.url("/api/data/User/import/?hierarchy=sys.Bench&mode=row_by_row"),
            "users.csv",
            "text/csv",
            &sheet,
        )?;
        self.client.ended(&self.running.base, &answer)
    }

    /// Gives each group of users a service, and the optional packs that its number has as bits.
    fn assign(&self, users: usize) -> Result<()> {
        for group in 0..GROUPS {
            let mut packs = vec![json!({ "name": "Primary" })];
            packs.extend(
                (0..OPTIONAL)
                    .filter(|pack| group >> pack & 1 == 1)
                    .map(|pack| json!({ "name": format!("Optional {pack}") })),
            );
            let body = json!({
                "filter": {
                    "filter_field": "user_id",
                    "filter_text": format!("{group:02}"),
                    "filter_condition": "endswith",
                },
                "expected_total": users / GROUPS,
                "servicePacks": packs,
                "userServices": [{ "name": service(SERVICES - 1 - group % 50) }],
            });
            let answer = self.post("/api/data/User/services/?nowait=true", &body)?;
            self.client.ended(&self.running.base, &answer)?;
        }
        Ok(())
    }

    fn read(&self, path: &str) -> Result<Duration> {
        let begin = Instant::now();
        self.client.get_bytes(&self.url(path))?;
        Ok(begin.elapsed())
    }
}
