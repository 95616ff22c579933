//! kill -9 while writes of every kind are under way. Each writer counts up; after the kill what is
//! there is what was acknowledged last, or the one after it that was never answered.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{api::Api, check, process::Process, program};

/// Times that the program is killed.
const ROUNDS: u64 = 3;
/// Writes that are acknowledged before each kill.
const ACKNOWLEDGED: u64 = 150;

/// Rows of each file that is loaded.
const ROWS: u64 = 3;

const TENANT: &str = "sys.Northwind Telecom.Harbour Voice.Albatross Shipping";
const LICENCES: &str = "/api/v1/tenants/albatross/licenses/";
const NODES: &str = "/api/data/HierarchyNode/";
const CUSTOMERS: &str = "/api/relation/SparkCustomer/";
const RUNNING: [&str; 2] = ["Queued", "In Progress"];

/// How far a writer has come.
#[derive(Default)]
struct Count {
    sent: AtomicU64,
    acknowledged: AtomicU64,
}

impl Count {
    /// Whether the store may hold this after a kill.
    fn allows(&self, found: u64) -> bool {
        let last = self.acknowledged.load(Ordering::SeqCst);
        (last..=self.sent.load(Ordering::SeqCst)).contains(&found)
    }
}

/// What every writer has.
#[derive(Clone)]
struct Load {
    api: Api,
    round: u64,
    all: Arc<AtomicU64>,
    counts: Arc<[Count; 7]>,
}

const MODIFIED: usize = 0;
const LICENSED: usize = 1;
const CHANGED_IN_BULK: usize = 2;
const ADDED: usize = 3;
const DELETED: usize = 4;
const MOVED: usize = 5;
const LOADED: usize = 6;

impl Load {
    /// Calls until the program is gone; `call` is told the number that it is to write.
    async fn count(self, which: usize, call: impl AsyncFn(&Self, u64) -> Option<()>) {
        let count = &self.counts[which];
        loop {
            let next = count.acknowledged.load(Ordering::SeqCst) + 1;
            count.sent.store(next, Ordering::SeqCst);
            if call(&self, next).await.is_none() {
                return;
            }
            count.acknowledged.store(next, Ordering::SeqCst);
            self.all.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The answer to a call that must go well while the program is there.
    async fn done(&self, method: Method, path: &str, body: &Value) -> Option<Value> {
        let (status, answer) = self.api.call(method.clone(), path, Some(body)).await.ok()?;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        assert_ne!(status, StatusCode::MULTI_STATUS, "{answer}");
        Some(answer)
    }
}

/// A row of a list by an attribute of it, with its pkid.
async fn find(api: &Api, list: &str, field: &str, text: &str) -> (String, Value) {
    let path = format!(
        "{list}?filter_field={field}&filter_condition=equals&filter_text={}",
        text.replace(' ', "%20")
    );
    let answer = api.get(&path).await;
    let row = answer["resources"][0].clone();
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().expect(text).to_owned();
    (pkid, row)
}

async fn write(load: Load, writers: &mut JoinSet<()>) {
    let (person, row) = find(&load.api, "/api/data/User/", "user_id", "ada.albers").await;
    let mut data = row["data"].clone();
    data.as_object_mut().unwrap().remove("hierarchy_friendly_name");
    let own = format!("/api/data/User/{person}");
    writers.spawn(load.clone().count(MODIFIED, async move |load, n| {
        let mut data = data.clone();
        data["first_name"] = json!(format!("A{n}"));
        load.done(Method::PUT, &own, &data).await.map(drop)
    }));
    writers.spawn(load.clone().count(LICENSED, async |load, n| {
        let allocated = json!({ "unlimited": false, "maximum": 100 + n });
        let body =
            json!({ "groupServices": [{ "name": "Auto Attendant", "allocated": allocated }] });
        load.done(Method::PUT, LICENCES, &body).await.map(drop)
    }));
    writers.spawn(load.clone().count(CHANGED_IN_BULK, async |load, n| {
        let filter =
            json!({ "hierarchy": "sys.Northwind Telecom.Heron Rail", "traversal": "down" });
        let body = json!({ "filter": filter, "expected_total": 2, "notes": format!("N{n}") });
        let path = format!("{CUSTOMERS}bulk_update/");
        load.done(Method::POST, &path, &body).await.map(drop)
    }));
    writers.spawn(load.clone().count(ADDED, async |load, n| {
        let body = json!({ "name": format!("R{}-{n}", load.round), "node_type": "site" });
        let path = format!("{NODES}?hierarchy={TENANT}");
        load.done(Method::POST, &path, &body).await.map(drop)
    }));
    writers.spawn(load.clone().count(DELETED, async |load, n| {
        let body = json!({ "name": format!("Gone {}-{n}", load.round), "token": "t" });
        let path = format!("{CUSTOMERS}?hierarchy={TENANT}");
        let made = load.done(Method::POST, &path, &body).await?;
        let own = format!("{CUSTOMERS}{}", made["pkid"].as_str().unwrap());
        load.done(Method::DELETE, &own, &json!({})).await.map(drop)
    }));
    let (person, _) = find(&load.api, "/api/data/User/", "user_id", "hugo.holm").await;
    writers.spawn(load.clone().count(MOVED, async move |load, n| {
        let site = if n % 2 == 1 { "Rotterdam" } else { "Antwerp" };
        let body = json!({ "hrefs": [format!("/api/data/User/{person}")] });
        let path =
            format!("/api/tool/DataMove/?model_type=data/User&context_hierarchy={TENANT}.{site}");
        load.done(Method::POST, &path, &body).await.map(drop)
    }));
    writers.spawn(load.clone().count(LOADED, async |load, n| {
        let mut csv = "name,notes\n".to_owned();
        for row in 0..ROWS {
            csv += &format!("Loaded {}-{n}-{row},from a file\n", load.round);
        }
        let path = format!("{CUSTOMERS}import/?mode=all_or_nothing&hierarchy={TENANT}");
        load.api.load(&path, &csv).await.ok()
    }));
    // What Webex is asked for by the way: the kill may find any step of it.
    for name in ["SyncWebexTeamsUsers", "RefreshAccessToken", "SyncWebexTeamsRolesLicences"] {
        let (pkid, _) = find(&load.api, CUSTOMERS, "name", "Heron Rail Operations").await;
        let path = format!("{CUSTOMERS}{pkid}/+{name}");
        let api = load.api.clone();
        writers.spawn(async move {
            while let Ok((status, answer)) = api.call(Method::POST, &path, None).await {
                assert_ne!(status, 500, "{name}: {answer}");
            }
        });
    }
}

/// Answers when all that was begun has ended.
async fn settle(api: &Api) {
    for status in RUNNING {
        let path = format!(
            "/api/tool/Transaction/?filter_field=status&filter_condition=equals&filter_text={}",
            status.replace(' ', "%20")
        );
        for row in api.get(&path).await["resources"].as_array().unwrap() {
            // The stream of news ends with the transaction.
            let href = row["meta"]["references"]["self"][0]["href"].as_str().unwrap();
            api.call(Method::GET, &format!("{href}events/"), None).await.unwrap();
        }
    }
}

/// The number behind the first letter of a text.
fn number(text: &Value) -> u64 {
    let text = text.as_str().unwrap();
    text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
}

async fn compare(api: &Api, round: u64, counts: &[Count; 7]) {
    let allows = |which: usize, found: u64| {
        let count = &counts[which];
        assert!(count.allows(found), "{which}: {found}, acknowledged {:?}", count.acknowledged);
    };
    let (_, person) = find(api, "/api/data/User/", "user_id", "ada.albers").await;
    allows(MODIFIED, number(&person["data"]["first_name"]));
    let licences = api.get(LICENCES).await;
    let lines = licences["groupServices"].as_array().unwrap();
    let line = lines.iter().find(|line| line["name"] == "Auto Attendant").unwrap();
    allows(LICENSED, line["allocated"]["maximum"].as_u64().unwrap() - 100);
    let path = format!("{CUSTOMERS}?hierarchy=sys.Northwind Telecom.Heron Rail&columns=notes");
    for row in api.get(&path).await["resources"].as_array().unwrap() {
        allows(CHANGED_IN_BULK, number(&row["data"]["notes"]));
    }
    let path = format!("{NODES}?hierarchy={TENANT}&limit=2000&search=R{round}-");
    let nodes = api.get(&path).await;
    let mut added: Vec<u64> = Vec::new();
    for row in nodes["resources"].as_array().unwrap() {
        let name = row["data"]["name"].as_str().unwrap();
        added.extend(name.strip_prefix(&format!("R{round}-")).and_then(|n| n.parse::<u64>().ok()));
    }
    added.sort_unstable();
    let all: Vec<u64> = (1..=added.len() as u64).collect();
    assert_eq!(added, all);
    allows(ADDED, all.len() as u64);
    let left = api.get(&format!("{CUSTOMERS}?search=Gone&limit=2000")).await;
    let left = left["pagination"]["total"].as_u64().unwrap();
    // One that was added and not yet deleted when each kill came.
    assert!(left <= round + 1, "{left}");
    let rows = api.get(&format!("{CUSTOMERS}?search=Loaded {round}-&limit=1")).await;
    let rows = rows["pagination"]["total"].as_u64().unwrap();
    assert_eq!(rows % ROWS, 0, "a load is there whole or not at all");
    allows(LOADED, rows / ROWS);
    let (_, person) = find(api, "/api/data/User/", "user_id", "hugo.holm").await;
    let at = person["meta"]["path"].as_array().unwrap().last().unwrap().clone();
    let moved = &counts[MOVED];
    let last = moved.acknowledged.load(Ordering::SeqCst);
    let expected = |n: u64| if n % 2 == 1 { "Rotterdam" } else { "Antwerp" };
    assert!(last == 0 || at == expected(last) || at == expected(last + 1), "{at}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_of_every_kind_are_whole_after_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let demo = [("TENANTRY_DEMO", "true")];
    for round in 0..ROUNDS {
        let process = Process::start(data.path(), "warn", &demo);
        let load =
            Load { api: Api::of(&process), round, all: Arc::default(), counts: Arc::default() };
        let mut writers = JoinSet::new();
        write(load.clone(), &mut writers).await;
        while load.all.load(Ordering::SeqCst) < ACKNOWLEDGED {
            tokio::task::yield_now().await;
        }
        process.kill();
        while let Some(writer) = writers.join_next().await {
            writer.unwrap();
        }
        let (well, said) = check(program(), data.path());
        assert!(well, "{said}");

        let process = Process::start(data.path(), "warn", &demo);
        let api = Api::of(&process);
        settle(&api).await;
        compare(&api, round, &load.counts).await;
        process.kill();
        let (well, said) = check(program(), data.path());
        assert!(well, "{said}");
    }
}
