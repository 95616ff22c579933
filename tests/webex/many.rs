//! Many people, synced by the real program in a process of its own: its memory doesn't follow their
//! number. `PEOPLE` says how many; `cargo xtask bench --webex` prints the figures for 100,000.

use std::time::Instant;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    ORGANIZATION, Stage, credentials,
    process::{PASSWORD, Process},
};

/// People unless it is said otherwise.
const PEOPLE: usize = 1500;

/// The program may have so much in memory at once, however many there are. MiB.
const MOST_MEMORY: u64 = 150;

const USERS: &str = "/api/device/spark/User/";

struct Api {
    process: Process,
    client: reqwest::Client,
}

impl Api {
    async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.process.url));
        let answer = request.basic_auth("admin", Some(PASSWORD)).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, &json!({})).await
    }

    /// Syncs the users of a customer and answers the transaction's record, when it has ended.
    async fn sync(&self, pkid: &str) -> Value {
        let path = format!("/api/relation/SparkCustomer/{pkid}/+SyncWebexTeamsUsers?nowait=true");
        let asked = self.call(Method::POST, &path, &json!({})).await;
        let href = asked["href"].as_str().unwrap();
        // Its news end with it.
        let news = self.client.get(format!("{}{href}/events", self.process.url));
        news.basic_auth("admin", Some(PASSWORD)).send().await.unwrap().text().await.unwrap();
        self.get(href).await["data"].clone()
    }

    /// The most that it had in memory at once.
    fn peak_mib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() / 1024
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_people_cost_no_memory() {
    let people = std::env::var("PEOPLE").map_or(PEOPLE, |text| text.parse().unwrap());
    let stage = Stage::with_people(people).await;
    let data = tempfile::tempdir().unwrap();
    let client = credentials();
    let process = Process::start(
        data.path(),
        "warn",
        &[
            ("TENANTRY_WEBEX_API_URL", stage.base.as_str()),
            ("TENANTRY_WEBEX_CLIENT_ID", &client.id),
            ("TENANTRY_WEBEX_CLIENT_SECRET", secrecy::ExposeSecret::expose_secret(&client.secret)),
        ],
    );
    let api = Api { process, client: reqwest::Client::new() };
    for (above, name, node_type) in [("sys", "Telco", "provider"), ("sys.Telco", "Foo", "customer")]
    {
        let path = format!("/api/data/HierarchyNode/?hierarchy={above}");
        api.call(Method::POST, &path, &json!({ "name": name, "node_type": node_type })).await;
    }
    let token = stage.simulator.grant(ORGANIZATION)["access_token"].clone();
    let path = "/api/relation/SparkCustomer/?hierarchy=sys.Telco.Foo";
    let made = api.call(Method::POST, path, &json!({ "name": "Oakland", "token": token })).await;
    let pkid = made["pkid"].as_str().unwrap();
    println!("start: peak {} MiB", api.peak_mib());

    for (what, added) in [("first sync", people), ("second sync", 0)] {
        let begun = Instant::now();
        let record = api.sync(pkid).await;
        let seconds = begun.elapsed().as_secs_f64();
        assert_eq!(record["status"], "Success", "{record}");
        assert_eq!(record["counts"], json!({ "added": added, "changed": 0, "removed": 0 }));
        #[expect(clippy::cast_precision_loss, reason = "it is told, roughly")]
        let rate = people as f64 / seconds;
        println!(
            "{what}: {people} people in {seconds:.1} s, {rate:.0} a second, peak {} MiB",
            api.peak_mib()
        );
    }
    let begun = Instant::now();
    let licence =
        "filter_field=licenses&filter_condition=equals&filter_text=Contact%20Center%20Agent";
    let found = api.get(&format!("{USERS}?limit=1&{licence}")).await;
    assert_eq!(found["pagination"]["total"], 0);
    println!("users by a licence that none has: {} ms", begun.elapsed().as_millis());
    let begun = Instant::now();
    let found = api.get(&format!("{USERS}?limit=1")).await;
    assert_eq!(found["pagination"]["total"], people);
    println!("first page of users: {} ms", begun.elapsed().as_millis());

    stage.simulator.change(ORGANIZATION, |organization| organization.people.truncate(people / 2));
    let begun = Instant::now();
    let record = api.sync(pkid).await;
    let removed = people - people / 2;
    assert_eq!(record["counts"], json!({ "added": 0, "changed": 0, "removed": removed }));
    println!("half of them removed: {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let path = format!("/api/relation/SparkCustomer/{pkid}/");
    api.call(Method::DELETE, &path, &json!({})).await;
    assert_eq!(api.get(&format!("{USERS}?limit=1")).await["pagination"]["total"], 0);
    println!("the customer and the rest deleted: {:.1} s", begun.elapsed().as_secs_f64());
    let peak = api.peak_mib();
    println!("in all: peak {peak} MiB");
    assert!(peak < MOST_MEMORY, "{peak} MiB");
    api.process.kill();
}
