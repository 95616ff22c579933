//! The real program, ended the hard way and the soft way: what it acknowledged is kept, what it
//! was asked for is finished, and its log tells no secret.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/process.rs"]
mod process;

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use process::{PASSWORD, Process};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedSender};

/// Times that the program is killed under load.
const ROUNDS: usize = 4;
/// Tasks that write at the same time.
const WRITERS: usize = 6;
/// Writes that are acknowledged before each kill.
const ACKNOWLEDGED: usize = 60;

/// A client of a running program.
#[derive(Clone)]
struct Api {
    client: Client,
    url: String,
}

impl Api {
    fn of(process: &Process) -> Self {
        // Set once in a process: the client asks for it, though it calls nothing over TLS.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self { client: Client::new(), url: process.url.clone() }
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url));
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }

    /// The pkid of what was created, once it is acknowledged.
    async fn post(&self, path: &str, body: &Value) -> reqwest::Result<String> {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await?;
        assert_eq!(answer.status(), 201);
        let body: Value = answer.json().await?;
        Ok(body["pkid"].as_str().unwrap().to_owned())
    }

    /// All rows of a list, page by page, with its total.
    async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let page = self.get(&format!("{path}&limit=2000&skip={}", rows.len())).await;
            let more = page["resources"].as_array().unwrap();
            rows.extend(more.iter().cloned());
            if more.is_empty() {
                assert_eq!(page["pagination"]["total"], rows.len(), "{path}");
                return rows;
            }
        }
    }

    async fn make_tenant(&self) {
        for (above, name, node_type) in
            [("sys", "Acme", "provider"), ("sys.Acme", "Cu", "customer")]
        {
            let path = format!("/api/data/HierarchyNode/?hierarchy={above}");
            self.post(&path, &json!({ "name": name, "node_type": node_type })).await.unwrap();
        }
    }
}

const CUSTOMERS: &str = "/api/relation/SparkCustomer/?hierarchy=sys.Acme.Cu";

fn pkid(row: &Value) -> String {
    row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned()
}

/// Creates instances under names that are never used twice, and reports each that is
/// acknowledged, until the program is gone.
async fn write(api: Api, writer: String, acknowledged: UnboundedSender<(String, String)>) {
    for i in 0.. {
        let name = format!("{writer} {i}");
        let data = json!({ "name": name, "token": "t", "email_domain": "example.com" });
        let Ok(pkid) = api.post(CUSTOMERS, &data).await else { return };
        if acknowledged.send((pkid, name)).is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let mut expected: HashMap<String, String> = HashMap::new();
    for round in 0..ROUNDS {
        let process = Process::start(data.path(), "warn", &[]);
        let api = Api::of(&process);
        if round == 0 {
            api.make_tenant().await;
        }
        let (sender, mut acknowledged) = mpsc::unbounded_channel();
        let writers: Vec<_> = (0..WRITERS)
            .map(|i| tokio::spawn(write(api.clone(), format!("{round}-{i}"), sender.clone())))
            .collect();
        drop(sender);
        for _ in 0..ACKNOWLEDGED {
            let (pkid, name) = acknowledged.recv().await.unwrap();
            expected.insert(pkid, name);
        }
        process.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        while let Some((pkid, name)) = acknowledged.recv().await {
            expected.insert(pkid, name);
        }
        check_file(data.path());
        check_contents(data.path(), &expected).await;
    }
    assert!(expected.len() >= ROUNDS * ACKNOWLEDGED);
}

/// Every acknowledged instance is there once, none is there twice, and each has its record.
async fn check_contents(data: &Path, expected: &HashMap<String, String>) {
    let process = Process::start(data, "warn", &[]);
    let api = Api::of(&process);
    let rows = api.all(&format!("{CUSTOMERS}&order_by=name")).await;
    let mut found: HashMap<String, String> = HashMap::new();
    let mut names = Vec::new();
    for row in &rows {
        let name = row["data"]["name"].as_str().unwrap().to_owned();
        assert_eq!(row["data"]["token"], "********");
        names.push(name.clone());
        assert_eq!(found.insert(pkid(row), name), None, "{row}");
    }
    for (pkid, name) in expected {
        assert_eq!(found.get(pkid), Some(name), "{name} was acknowledged");
    }
    names.sort();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "a name that was sent once is there twice");

    // The same instances whatever the order: the indexes agree with the table.
    let mut by_domain: Vec<String> =
        api.all(&format!("{CUSTOMERS}&order_by=email_domain")).await.iter().map(pkid).collect();
    by_domain.sort();
    let mut known: Vec<String> = found.keys().cloned().collect();
    known.sort();
    assert_eq!(by_domain, known);

    // A change and its record are written together or not at all.
    let records = "/api/tool/Transaction/?filter_field=model_type\
                   &filter_text=relation/SparkCustomer&filter_condition=equals";
    let mut recorded: Vec<String> = api
        .all(records)
        .await
        .iter()
        .map(|row| row["data"]["href"].as_str().unwrap().rsplit('/').next().unwrap().to_owned())
        .collect();
    recorded.sort();
    assert_eq!(recorded, known);
    process.kill();
}

/// The file itself is sound after the kill.
fn check_file(data: &Path) {
    let file = std::fs::read_dir(data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|end| end == "db"))
        .unwrap();
    let database = rusqlite::Connection::open(file).unwrap();
    let said: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
}

/// Instances that a bulk change is to go through when the program is killed.
const ROWS: usize = 800;

/// Answers once a transaction tells of a row that is done.
async fn under_way(api: &Api, href: &str) {
    let request = api.client.get(format!("{}{href}/events/", api.url));
    let mut answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
    let mut said = String::new();
    while let Some(bytes) = answer.chunk().await.unwrap() {
        said.push_str(&String::from_utf8_lossy(&bytes));
        let is_begun = |event: &Value| event["progress"]["done"].as_u64().unwrap_or(0) > 0;
        let events = said.lines().filter_map(|line| line.strip_prefix("data:"));
        if events.filter_map(|text| serde_json::from_str(text).ok()).any(|event| is_begun(&event)) {
            return;
        }
    }
    panic!("it ended before its first row: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_change_goes_on_at_its_next_row_after_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    for i in 0..ROWS {
        api.post(CUSTOMERS, &json!({ "name": format!("C{i}") })).await.unwrap();
    }
    let body = json!({
        "filter": { "hierarchy": "sys.Acme.Cu" },
        "expected_total": ROWS,
        "notes": "changed",
    });
    let path = "/api/relation/SparkCustomer/bulk_update/?nowait=true";
    let request = api.client.post(format!("{}{path}", api.url)).json(&body);
    let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let answer: Value = answer.json().await.unwrap();
    let href = answer["href"].as_str().unwrap();
    under_way(&api, href).await;
    process.kill();
    check_file(data.path());

    let process = Process::start(data.path(), "warn", &[]);
    let api = Api::of(&process);
    // The stream of news ends with the transaction.
    let request = api.client.get(format!("{}{href}/events/", api.url));
    let news = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
    news.text().await.unwrap();
    let record = api.get(href).await;
    assert_eq!(record["data"]["status"], "Success", "{}", record["data"]["message"]);
    let line = record["data"]["log"][0]["message"].as_str().unwrap();
    assert!(line.starts_with("The program was started again after "), "{line}");
    let counts = json!({ "total": ROWS, "succeeded": ROWS, "failed": 0 });
    assert_eq!(record["data"]["counts"], counts);
    for row in api.all(&format!("{CUSTOMERS}&order_by=name")).await {
        assert_eq!(row["data"]["notes"], "changed");
    }
    // No row was done twice, and none without its record.
    let id = href.rsplit('/').next().unwrap();
    let rows = format!(
        "/api/tool/Transaction/?filter_field=parent&filter_text={id}&filter_condition=equals"
    );
    assert_eq!(api.all(&rows).await.len(), ROWS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_ends_well_and_keeps_everything() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let pkid = api.post(CUSTOMERS, &json!({ "name": "One" })).await.unwrap();
    // The client still holds its connection open.
    process.ask_to_end();
    let (status, said) = process.ended();
    assert_eq!(status.code(), Some(0), "{said}");

    let process = Process::start(data.path(), "warn", &[]);
    let answer = Api::of(&process).get(&format!("/api/relation/SparkCustomer/{pkid}")).await;
    assert_eq!(answer["data"]["name"], "One");
    process.ask_to_end();
    assert_eq!(process.ended().0.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_finishes_what_is_under_way() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "warn", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let body = json!({ "name": "Under way" }).to_string();
    let address = process.url.strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let credentials = STANDARD.encode(format!("admin:{PASSWORD}"));
    let head = format!(
        "POST {CUSTOMERS} HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic {credentials}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The answer to `expect` comes once the call is being worked on.
    let mut line = [0; 25];
    stream.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"HTTP/1.1 100 Continue\r\n\r\n");
    process.ask_to_end();
    // It takes nothing new from now on…
    while TcpStream::connect(&address).is_ok() {
        std::thread::yield_now();
    }
    // … and finishes this.
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(process.ended().0.code(), Some(0));

    let process = Process::start(data.path(), "warn", &[]);
    let rows = Api::of(&process).all(&format!("{CUSTOMERS}&order_by=name")).await;
    assert_eq!(rows[0]["data"]["name"], "Under way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_no_secret() {
    let data = tempfile::tempdir().unwrap();
    let process = Process::start(data.path(), "trace", &[]);
    let api = Api::of(&process);
    api.make_tenant().await;
    let mut secrets = vec![PASSWORD.to_owned(), STANDARD.encode(format!("admin:{PASSWORD}"))];
    let mut secret = |name: &str| {
        secrets.push(format!("distinctive-{name}"));
        format!("distinctive-{name}")
    };
    let good = json!({
        "name": "One",
        "token": secret("token"),
        "http_proxy": format!("http://user:{}@proxy.example.com:8080", secret("proxy")),
    });
    let pkid = api.post(CUSTOMERS, &good).await.unwrap();
    // Bodies that are refused, at each stage at which one can be.
    let refused = [
        json!({ "name": "", "token": secret("refused") }).to_string(),
        json!({ "name": "x", "http_proxy": format!("ftp://u:{}@p:1", secret("ftp")) }).to_string(),
        format!("{{ \"token\": \"{}\"", secret("malformed")),
    ];
    for body in refused {
        let request = api.client.post(format!("{}{CUSTOMERS}", api.url)).body(body);
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        assert_eq!(answer.status(), 400);
    }
    let change = json!({ "name": "One", "token": secret("replaced") });
    let own = format!("{}/api/relation/SparkCustomer/{pkid}", api.url);
    let request = api.client.put(&own).json(&change).basic_auth("admin", Some(PASSWORD));
    assert_eq!(request.send().await.unwrap().status(), 200);

    // Log-ins of every kind, right and wrong.
    let login = |password: &str| json!({ "username": "admin", "password": password });
    let wrong = secret("wrong");
    for path in ["/noninteractivelogin/", "/api/v01/auth/login"] {
        let send = |body: Value| api.client.post(format!("{}{path}", api.url)).json(&body).send();
        assert_eq!(send(login(&wrong)).await.unwrap().status(), 401);
        let answer = send(login(PASSWORD)).await.unwrap();
        assert_eq!(answer.status(), 200);
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap().split_once('=').unwrap().1;
            secrets.push(cookie.split(';').next().unwrap().to_owned());
        }
        let body: Value = answer.json().await.unwrap();
        for name in ["access_token", "refresh_token"] {
            secrets.extend(body[name].as_str().map(str::to_owned));
        }
    }
    assert_eq!(secrets.len(), 13);
    let session = secrets.iter().find(|text| text.len() == 43).unwrap().clone();
    let page = |path: &str| api.client.post(format!("{}{path}", api.url));
    let answer = page("/login").form(&login(&wrong)).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let typed = "distinctive-typed".to_owned();
    let form = json!({ "/name": "", "/token": typed });
    let add = "/models/relation/SparkCustomer/add?hierarchy=sys.Acme.Cu";
    let answer = page(add)
        .form(&form)
        .header("cookie", format!("sessionid={session}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 400);
    secrets.push(typed);

    process.ask_to_end();
    let (status, said) = process.ended();
    assert_eq!(status.code(), Some(0));
    // The log was on, and says what was called.
    assert!(said.contains("TRACE") && said.contains("/api/relation/SparkCustomer"));
    for secret in secrets {
        let line = said.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}
