//! What the product does, a workflow a file. Both API surfaces and the console come in here;
//! authorisation, validation, the transaction record and the write happen here, once, in one
//! database transaction. Knows neither HTTP nor SQL.

pub mod access;
pub mod accounts;
pub mod audit;
mod catalogue;
pub mod choices;
pub mod chosen;
pub mod comparison;
pub mod console;
mod delivery;
pub mod demo;
pub mod env;
pub mod forms;
mod hashes;
pub mod health;
pub mod hierarchy;
pub mod inherited;
mod keys;
pub mod licences;
pub mod lists;
mod once;
pub mod picks;
pub mod places;
pub mod policies;
pub mod provisioning_configs;
pub mod registry;
pub mod resources;
mod rounds;
pub mod samples;
mod secrets;
pub mod shown;
pub mod spark_customer;
pub mod tasks;
pub mod templates;
pub mod texts;
pub mod transaction_page;
pub mod transactions;
pub mod transfer;
pub mod views;
pub mod webex;
mod workflow;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use crate::{
    fault::Fault,
    model::Model,
    store::{Node, ReadTx, Store, StoreError},
    webex::{Webex, client::ClientCredentials, simulator::Simulator},
};
use env::Env;
use registry::{Registry, RegistryError};

/// The running program, as every request gets it. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub store: Store,
    pub models: Registry,
    pub env: Env,
    pub settings: Settings,
    pub logins: accounts::Logins,
    pub tasks: tasks::Tasks,
    pub audit: audit::Audit,
    pub catalogues: licences::KeptCatalogues,
    pub health: health::Health,
    pub webex: Webex,
    /// What stands in for Webex, where that was asked for.
    pub simulator: Option<Simulator>,
    pub flights: webex::tokens::Flights,
    pub keeper: webex::keeper::Keeper,
    /// For calls to the world outside: no redirects, and never longer than a few seconds.
    pub http: reqwest::Client,
}

/// What the operator has set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Origin under which browsers reach us, without a trailing slash.
    pub public_url: String,
    /// Sample data is in here, and the console says so.
    pub demo: bool,
    /// Hosts (`host` or `host:port`) to which outcomes may be posted.
    pub callback_hosts: Vec<String>,
    /// Proxies that are believed when they say where a request comes from.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// How long browser sessions last.
    pub sessions: accounts::sessions::Lifetimes,
    /// Days that transactions are kept; for ever when not given.
    pub keep_transactions: Option<u32>,
    /// What opens `/metrics` to others than this machine.
    pub metrics_token: Option<secrecy::SecretString>,
    /// Where people may log in instead of here.
    pub openid: Option<accounts::openid::Settings>,
    /// Base of the Webex API, with its version.
    pub webex_api_url: url::Url,
    /// The integration registered with Webex.
    pub webex_client: Option<ClientCredentials>,
    /// Under which URL this program reaches its own simulator, which then stands in for Webex.
    pub simulator_url: Option<url::Url>,
    /// How long Webex may take to answer a call.
    pub webex_timeout: Duration,
    /// Who is told when a Webex customer needs somebody.
    pub notify: webex::notices::Notified,
}

impl Settings {
    /// Those of a program that serves nobody and calls nobody.
    fn of_the_command_line() -> Result<Self, Fault> {
        // Never called.
        let webex_api_url = "http://localhost".parse().map_err(|_| Fault::internal())?;
        Ok(Self {
            public_url: String::new(),
            demo: false,
            callback_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            sessions: accounts::sessions::Lifetimes::default(),
            keep_transactions: None,
            metrics_token: None,
            openid: None,
            webex_api_url,
            webex_client: None,
            simulator_url: None,
            webex_timeout: crate::webex::client::TIMEOUT,
            notify: webex::notices::Notified::default(),
        })
    }
}

/// Where the simulator is, below the program's own origin.
pub const SIMULATOR: &str = "/simulator/v1";

/// Who is asking. Everything outside `node` and what stands below it doesn't exist for it.
#[derive(Clone, Debug)]
pub struct Caller {
    pub account_id: i64,
    pub username: String,
    pub node: Node,
    /// What it may do there.
    pub access: Arc<access::Access>,
    /// The pkid of the API token that it calls by, whose scope is in `access`.
    pub api_token: Option<Arc<str>>,
}

/// What stands for the program itself where it acts on its own.
const PROGRAM: &str = "tenantry";

/// No account has it.
const PROGRAM_ACCOUNT: i64 = 0;

impl Caller {
    /// The program itself, which sees everything.
    fn program(tx: &ReadTx<'_>) -> Result<Self, Fault> {
        let node = tx.root_node()?.ok_or_else(Fault::internal)?;
        let access = Arc::new(access::Access::full());
        Ok(Self {
            account_id: PROGRAM_ACCOUNT,
            username: PROGRAM.to_owned(),
            node,
            access,
            api_token: None,
        })
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Where a program's data is, and what it starts with.
pub struct Start<'a> {
    /// Folder of the database and its key; made when it is missing.
    pub data_dir: &'a Path,
    /// Folder with further model files.
    pub models_dir: Option<PathBuf>,
    /// Password of the first administrator, used when there is no account yet.
    pub admin_password: Option<String>,
    pub env: Env,
    pub settings: Settings,
}

/// Why a program can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Models(#[from] RegistryError),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Content(#[from] Fault),
    #[error("the HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

impl App {
    /// Loads the models, opens the database, and makes what the very first start makes: the root
    /// of the hierarchy, the catalogue of services, the first administrator, and the sample data when it is asked for.
    /// Answers the administrator's password beside it when it was made up here.
    pub async fn start(start: Start<'_>) -> Result<(Self, Option<String>), StartError> {
        let models = Registry::load(start.models_dir.as_deref())?;
        let store = Store::open(start.data_dir, &models.to_vec()).await?;
        let app = Self::over(store, models, start.env, start.settings)?;
        hierarchy::ensure_root(&app).await?;
        catalogue::ensure(&app).await?;
        access::shipped::ensure(&app).await?;
        let given = start.admin_password.clone().filter(|_| app.settings.demo);
        let password = accounts::ensure_first_admin(&app, start.admin_password).await?;
        access::users::ensure(&app).await?;
        if app.settings.demo {
            demo::fill(&app, password.clone().or(given)).await?;
        }
        tasks::start(&app).await?;
        Ok((app, password))
    }

    /// The data of a folder alone, for what is done from the command line: nothing is begun that
    /// waits there, also while another process serves it.
    pub async fn open(data_dir: &Path, models_dir: Option<&Path>) -> Result<Self, StartError> {
        let models = Registry::load(models_dir)?;
        let store = Store::open_existing(data_dir, &models.to_vec()).await?;
        let app = Self::over(store, models, Env::system(), Settings::of_the_command_line()?)?;
        access::shipped::ensure(&app).await?;
        access::users::ensure(&app).await?;
        Ok(app)
    }

    fn over(
        store: Store,
        models: Registry,
        env: Env,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let http = client()?;
        let simulator = simulator(&settings, &env);
        let webex =
            webex_of(&settings, &env, simulator.as_ref()).answering_within(settings.webex_timeout);
        Ok(Self(Arc::new(Inner {
            store,
            models,
            env,
            settings,
            logins: accounts::Logins::default(),
            tasks: tasks::Tasks::default(),
            audit: audit::Audit::default(),
            catalogues: licences::KeptCatalogues::default(),
            health: health::Health::default(),
            webex,
            simulator,
            flights: webex::tokens::Flights::default(),
            keeper: webex::keeper::Keeper::default(),
            http,
        })))
    }

    /// Lets what runs come to a point from which the next start goes on, then closes the store.
    pub async fn stop(&self) {
        self.tasks.stop().await;
        audit::record_last_sums(self).await;
        self.store.close().await;
    }

    /// The model of that type, or the fault that says there is none.
    pub fn model(&self, model_type: &str) -> Result<Arc<Model>, Fault> {
        self.models
            .get(model_type)
            .ok_or_else(|| Fault::not_found(format!("There is no model {model_type}.")))
    }
}

/// The simulator, for the demonstration's customers. Its integration is made up at each start.
fn simulator(settings: &Settings, env: &Env) -> Option<Simulator> {
    let base = settings.simulator_url.as_ref()?;
    let client = ClientCredentials { id: format!("C{}", env.token()), secret: env.token().into() };
    let simulator = Simulator::new(env.clone(), base.as_str(), client, demo::organizations());
    Some(simulator.within(&settings.public_url))
}

/// Webex, or the simulator: this program calls it directly, browsers come to it as they come here.
fn webex_of(settings: &Settings, env: &Env, simulator: Option<&Simulator>) -> Webex {
    let Some((base, simulator)) = settings.simulator_url.clone().zip(simulator) else {
        let (base, client) = (settings.webex_api_url.clone(), settings.webex_client.clone());
        return Webex::new(base, client, env.clone());
    };
    let seen_at = format!("{}{SIMULATOR}", settings.public_url).parse().unwrap_or(base.clone());
    Webex::new(base, Some(simulator.client().clone()), env.clone()).seen_by_browsers_at(&seen_at)
}

fn client() -> Result<reqwest::Client, reqwest::Error> {
    // Set once in a process; a second program in it finds it set.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("Tenantry/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(std::time::Duration::from_secs(5))
        .timeout(std::time::Duration::from_secs(30))
        .build()
}
