//! What is secret between the program and Webex stays there: the real program authorises, refreshes
//! and syncs through a proxy that listens, and what went over the wire is looked for in everything
//! that the program keeps, answers and logs.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use reqwest::{Client, Response, Url, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    ADMIN, ORGANIZATION, Stage,
    process::{PASSWORD, Process},
    proxy::head,
};

type Wire = Arc<Mutex<Vec<u8>>>;

/// A forward proxy that keeps all that goes through it.
async fn listening_proxy() -> (String, Wire) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let wire = Wire::default();
    let kept = Arc::clone(&wire);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, Arc::clone(&kept)));
        }
    });
    (address, wire)
}

async fn pass_on(mut client: TcpStream, wire: Wire) -> Option<()> {
    let (head, host) = head(&mut client).await?;
    wire.lock().unwrap().extend(head.as_bytes());
    let mut server = TcpStream::connect(host).await.ok()?;
    server.write_all(head.as_bytes()).await.ok()?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(copy(from_client, to_server, &wire), copy(from_server, to_client, &wire));
    Some(())
}

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, wire: &Wire) {
    let mut piece = vec![0; 4096];
    while let Ok(read @ 1..) = from.read(&mut piece).await {
        wire.lock().unwrap().extend(&piece[..read]);
        if to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Every value that stands behind a mark, up to what ends it.
fn behind(text: &str, mark: &str, ends: &[char]) -> Vec<String> {
    let found = text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]);
    found.map(|rest| rest.split(ends).next().unwrap().to_owned()).collect()
}

/// A browser and a script at once, which keeps what it is answered.
struct Caller {
    client: Client,
    url: String,
    session: String,
    answers: String,
}

impl Caller {
    async fn of(url: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let form = [("username", "admin"), ("password", PASSWORD)];
        let answer = client.post(format!("{url}/login")).form(&form).send().await.unwrap();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let session = cookies
            .filter_map(|cookie| cookie.to_str().unwrap().strip_prefix("sessionid="))
            .map(|rest| rest.split(';').next().unwrap().to_owned())
            .next()
            .unwrap();
        Self { client, url: url.to_owned(), session, answers: String::new() }
    }

    /// A page, as the browser asks for it.
    async fn page(&mut self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request.header("cookie", format!("sessionid={}", self.session)).send().await.unwrap()
    }

    /// A page that is drawn.
    async fn read(&mut self, path: &str) {
        let answer = self.page(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        self.answers += &answer.text().await.unwrap();
    }

    async fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let method = method.parse().unwrap();
        let request = self.client.request(method, format!("{}{path}", self.url)).json(body);
        let answer = request.basic_auth("admin", Some(PASSWORD)).send().await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.unwrap();
        self.answers += &String::from_utf8_lossy(&bytes);
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_to_webex_and_comes_from_it_is_told_to_nobody() {
    let stage = Stage::start().await;
    let (proxy, wire) = listening_proxy().await;
    let data = tempfile::tempdir().unwrap();
    let settings = [
        ("TENANTRY_WEBEX_API_URL", stage.base.as_str()),
        ("TENANTRY_WEBEX_CLIENT_ID", "Csimulated"),
        ("TENANTRY_WEBEX_CLIENT_SECRET", "simulated-secret"),
    ];
    let process = Process::start(data.path(), "trace", &settings);
    let mut caller = Caller::of(&process.url).await;
    let node = |name: &str, node_type: &str| json!({ "name": name, "node_type": node_type });
    for (at, node) in [("sys", node("Acme", "provider")), ("sys.Acme", node("Cu", "customer"))] {
        let path = format!("/api/data/HierarchyNode/?hierarchy={at}");
        assert_eq!(caller.call("POST", &path, &node).await.0, 201);
    }
    let customer = json!({
        "name": "Oakland",
        "account_number_external": ORGANIZATION,
        "account_email": ADMIN,
        "http_proxy": format!("http://someone:p%40ss-word-of-the-proxy@{proxy}"),
    });
    let path = "/api/relation/SparkCustomer/?hierarchy=sys.Acme.Cu";
    let (status, made) = caller.call("POST", path, &customer).await;
    assert_eq!(status, 201);
    let pkid = made["pkid"].as_str().unwrap().to_owned();
    let own = format!("/api/relation/SparkCustomer/{pkid}");

    // Authorised as in a browser.
    let answer = caller.page(&format!("/oauth/webex/authorize/{pkid}")).await;
    let webex = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let mut form: Vec<(String, String)> = webex.query_pairs().into_owned().collect();
    form.push(("email".to_owned(), ADMIN.to_owned()));
    form.push(("decision".to_owned(), "accept".to_owned()));
    let answer = caller.client.post(webex).form(&form).send().await.unwrap();
    let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
    let handed: Vec<String> = back.query_pairs().map(|(_, value)| value.into_owned()).collect();
    assert_eq!(handed.len(), 2, "{back}");
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let answer = caller.page(&path).await;
    assert_eq!(answer.status(), 303);
    caller.answers += answer.headers()["location"].to_str().unwrap();

    let nothing = json!({});
    for act in ["RefreshAccessToken", "SyncWebexTeamsRolesLicences", "SyncWebexTeamsUsers"] {
        let (status, told) = caller.call("POST", &format!("{own}/+{act}"), &nothing).await;
        assert_eq!(status, 200, "{act} {told}");
    }
    let roles = "/api/device/spark/Role/";
    assert_ne!(caller.call("GET", roles, &nothing).await.1["pagination"]["total"], 0);
    // What is pasted, and what fails.
    let mut pasted = customer.clone();
    pasted["token"] = json!("a-token-that-was-pasted");
    assert_eq!(caller.call("PUT", &own, &pasted).await.0, 200);
    stage.simulator.revoke(ORGANIZATION);
    let (status, _) = caller.call("POST", &format!("{own}/+RefreshAccessToken"), &nothing).await;
    assert_eq!(status, 409);
    // The code is spent, and the return is shown once more.
    let answer = caller.page(&path).await;
    assert_eq!(answer.status(), 400);
    caller.answers += &answer.text().await.unwrap();

    // Everything that shows it.
    caller.call("GET", &format!("{own}?schema=true"), &nothing).await;
    caller.call("GET", "/api/tool/Transaction/?limit=2000", &nothing).await;
    for format in ["json", "raw_xlsx", "xlsx", "csv"] {
        let path = format!("{own}/export?export_format={format}");
        assert_eq!(caller.call("GET", &path, &nothing).await.0, 200, "{format}");
    }
    let page = format!("/models/relation/SparkCustomer/{pkid}");
    let list = "/models/relation/SparkCustomer";
    for path in ["/", list, &page, &format!("{page}?tab=history"), "/transactions"] {
        caller.read(path).await;
    }

    process.ask_to_end();
    let (status, said) = process.ended();
    assert_eq!(status.code(), Some(0));
    assert!(said.contains("TRACE") && said.contains("/oauth/webex/callback"));

    let wire = String::from_utf8_lossy(&wire.lock().unwrap()).into_owned();
    let mut secrets: Vec<String> = [
        "simulated-secret",
        "p@ss-word-of-the-proxy",
        "p%40ss-word-of-the-proxy",
        "a-token-that-was-pasted",
    ]
    .map(str::to_owned)
    .to_vec();
    secrets.extend(behind(&wire, "\"access_token\":\"", &['"']));
    secrets.extend(behind(&wire, "\"refresh_token\":\"", &['"']));
    let grants = secrets.len() - 4;
    assert!(grants >= 4, "{grants} tokens went over the wire");
    secrets.extend(behind(&wire, "code_verifier=", &['&', ' ', '\r']));
    secrets.extend(behind(&wire, "proxy-authorization: Basic ", &['\r']));
    secrets.extend(handed);
    assert!(secrets.len() >= 4 + grants + 4, "{secrets:?}");
    let mut kept = Vec::new();
    for entry in fs::read_dir(data.path()).unwrap() {
        kept.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    let kept = String::from_utf8_lossy(&kept).into_owned();
    assert!(kept.contains("/oauth/webex/authorize/"), "the database was read");
    for secret in secrets {
        assert!(secret.len() > 15, "{secret:?} is too short to be told from other text");
        for (place, text) in [("data", &kept), ("answers", &caller.answers), ("log", &said)] {
            let found = text.lines().find(|line| line.contains(&secret));
            assert_eq!(found, None, "{secret} in the {place}");
        }
    }
}
