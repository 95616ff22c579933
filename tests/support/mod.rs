//! A program to test from outside: the real router over a real database in a folder of its own,
//! with a clock that stands still until a test moves it and randomness that repeats.

mod answer;
mod call;
mod clockwork;
mod provisioning;
mod world;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use axum::Router;
use serde_json::Value;
use tempfile::TempDir;
use tenantry::{
    api::{self, site::Site},
    domain::{
        App, Settings, Start, StartError,
        accounts::{openid, sessions::Lifetimes},
        env::Env,
        webex::notices::Notified,
    },
    webex::client::{ClientCredentials, TIMEOUT},
};

pub use answer::Answer;
pub use call::Call;
pub use clockwork::{Clockwork, env as clockwork_env};
pub use provisioning::{
    NORTH, SERVICE_PACKS, SERVICES, SOUTH, TENANT, Tenancy, USER_SERVICES, USERS, limited,
    unlimited, wanted,
};
pub use world::{at, unlinked};

pub const ADMIN: &str = "admin";
pub const PASSWORD: &str = "correct horse battery staple";

pub const ROLES: &str = "/api/data/Role/";
pub const SYSTEM_USERS: &str = "/api/data/SystemUser/";
pub const METRICS_TOKEN: &str = "metrics-token";

pub const NODES: &str = "/api/data/HierarchyNode/";
pub const SPARK: &str = "/api/relation/SparkCustomer/";
pub const TRANSACTIONS: &str = "/api/tool/Transaction/";

/// The program under test.
pub struct TestApp {
    pub app: App,
    pub clock: Clockwork,
    router: Router,
    env: Env,
    options: Options,
    data: TempDir,
}

/// How it is started.
#[derive(Clone)]
pub struct Options {
    pub public_url: String,
    pub models_dir: Option<PathBuf>,
    pub demo: bool,
    pub callback_hosts: Vec<String>,
    pub trusted_proxies: Vec<ipnet::IpNet>,
    pub sessions: Lifetimes,
    pub openid: Option<openid::Settings>,
    pub webex_api_url: String,
    pub webex_client: Option<ClientCredentials>,
    pub simulator_url: Option<String>,
    pub webex_timeout: Duration,
    pub notify: Notified,
    pub keep_transactions: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: "http://console.test".to_owned(),
            models_dir: None,
            demo: false,
            callback_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            sessions: Lifetimes::default(),
            openid: None,
            // Nothing listens there.
            webex_api_url: "http://127.0.0.1:9/v1".to_owned(),
            webex_client: None,
            simulator_url: None,
            webex_timeout: TIMEOUT,
            notify: Notified::default(),
            keep_transactions: None,
        }
    }
}

/// A node that a test has made.
#[derive(Clone, Debug)]
pub struct Place {
    pub pkid: String,
    /// The dot path.
    pub path: String,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await.unwrap()
    }

    pub async fn start_with(options: Options) -> Result<Self, StartError> {
        let data = tempfile::tempdir().unwrap();
        let clock = Clockwork::default();
        let env = clockwork::env(&clock);
        let app = open(&data, &env, &options).await?;
        let router = api::service(app.clone(), Site::load().unwrap());
        Ok(Self { app, clock, router, env, options, data })
    }

    /// The same data under a program that has been stopped and started again.
    pub async fn restarted(self) -> Self {
        self.restarted_with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn restarted_with(self, change: impl FnOnce(&mut Options)) -> Self {
        let Self { app, clock, env, mut options, data, .. } = self;
        change(&mut options);
        app.stop().await;
        drop(app);
        let app = open(&data, &env, &options).await.unwrap();
        let router = api::service(app.clone(), Site::load().unwrap());
        Self { app, clock, router, env, options, data }
    }

    /// Where the data is.
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// Every byte of every file of the data folder, file by file.
    pub fn stored_bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        std::fs::read_dir(self.data.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect()
    }

    /// A request, as the administrator unless the call is given other credentials.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.router.clone(), method, path)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send().await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call("PUT", path).json(body).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send().await
    }

    /// `DELETE` of several.
    pub async fn delete_all(&self, collection: &str, hrefs: &[String]) -> Answer {
        let body = serde_json::json!({ "hrefs": hrefs });
        self.call("DELETE", collection).json(&body).send().await
    }
}

async fn open(data: &TempDir, env: &Env, options: &Options) -> Result<App, StartError> {
    let start = Start {
        data_dir: data.path(),
        models_dir: options.models_dir.clone(),
        admin_password: Some(PASSWORD.to_owned()),
        env: env.clone(),
        settings: Settings {
            public_url: options.public_url.clone(),
            demo: options.demo,
            callback_hosts: options.callback_hosts.clone(),
            trusted_proxies: options.trusted_proxies.clone(),
            sessions: options.sessions,
            openid: options.openid.clone(),
            webex_api_url: options.webex_api_url.parse().unwrap(),
            webex_client: options.webex_client.clone(),
            metrics_token: Some(METRICS_TOKEN.into()),
            keep_transactions: options.keep_transactions,
            simulator_url: options.simulator_url.as_ref().map(|url| url.parse().unwrap()),
            webex_timeout: options.webex_timeout,
            notify: options.notify.clone(),
        },
    };
    App::start(start).await.map(|(app, _)| app)
}
