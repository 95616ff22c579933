//! `tenantry serve`.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use super::{listening::Listening, openid::OpenId};
use anyhow::Context;
use axum::Router;
use clap::Args;
use ipnet::IpNet;
use tenantry::{
    api::{self, site::Site},
    domain::{
        App, SIMULATOR, Settings, Start,
        accounts::{self, sessions::Lifetimes},
        audit,
        env::Env,
        texts,
        webex::{keeper, mail::Mail, notices::Notified},
    },
    operations::Hold,
    webex::client::{self, ClientCredentials},
};
use tokio::net::TcpListener;

const WEBEX_API_URL: &str = "https://webexapis.com/v1";

#[derive(Args)]
pub struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "TENANTRY_LISTEN", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    #[command(flatten)]
    listening: Listening,
    /// Folder of the database and its key file; made when it is missing.
    #[arg(long, env = "TENANTRY_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
    /// Origin under which browsers reach us; `http://` and the listening address when not given.
    #[arg(long, env = "TENANTRY_PUBLIC_URL")]
    public_url: Option<String>,
    /// Folder with further model files, beside those in the program.
    #[arg(long, env = "TENANTRY_MODELS_DIR")]
    models_dir: Option<PathBuf>,
    /// Fill an empty data folder with a sample hierarchy and sample customers, and let a simulator
    /// stand in for Webex unless its URL is given.
    #[arg(long, env = "TENANTRY_DEMO")]
    demo: bool,
    /// Days that transactions are kept, after which they are removed from the log; for ever when not
    /// given.
    #[arg(
        long,
        env = "TENANTRY_KEEP_TRANSACTIONS",
        value_parser = clap::value_parser!(u32).range(1..=36_500)
    )]
    keep_transactions: Option<u32>,
    #[command(flatten)]
    sessions: Sessions,
    #[command(flatten)]
    openid: OpenId,
    /// Hosts (`host` or `host:port`, separated by commas) to which `request_meta` may have
    /// outcomes posted; none when not given.
    #[arg(long, env = "TENANTRY_CALLBACK_HOSTS", value_delimiter = ',')]
    callback_hosts: Vec<String>,
    /// Proxies before us, as addresses or networks separated by commas, whose `X-Forwarded-For` is
    /// believed; nobody's when not given.
    #[arg(
        long,
        env = "TENANTRY_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_parser = network
    )]
    trusted_proxies: Vec<IpNet>,
    /// Base of the Webex API, with its version; `https://webexapis.com/v1` when not given.
    #[arg(long, env = "TENANTRY_WEBEX_API_URL")]
    webex_api_url: Option<url::Url>,
    /// Seconds that Webex may take to answer a call.
    #[arg(
        long,
        env = "TENANTRY_WEBEX_TIMEOUT",
        default_value_t = client::TIMEOUT.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=120)
    )]
    webex_timeout: u64,
    /// URL to which it is posted when a Webex customer needs somebody, or is well again; none when not
    /// given.
    #[arg(
        long,
        env = "TENANTRY_NOTIFY_WEBHOOK",
        hide_env_values = true,
        value_parser = Notified::webhook
    )]
    notify_webhook: Option<url::Url>,
    /// Addresses, separated by commas, that are written to then; none when not given. The mail server
    /// is named by `TENANTRY_SMTP_URL`: `smtp(s)://[user:password@]host[:port]`.
    #[arg(long, env = "TENANTRY_NOTIFY_EMAIL")]
    notify_email: Option<String>,
    /// Address that these mails come from.
    #[arg(long, env = "TENANTRY_NOTIFY_FROM")]
    notify_from: Option<String>,
}

impl Serve {
    /// Whom to tell, as far as all that it takes is set. The mail server is no flag: those are seen by
    /// all.
    fn notify(&self) -> anyhow::Result<Notified> {
        let set = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mail = match set(&self.notify_email) {
            None => None,
            Some(to) => {
                let from = set(&self.notify_from).context(
                    "e-mail notices need TENANTRY_NOTIFY_FROM, the address they come from",
                )?;
                let server = set(&std::env::var("TENANTRY_SMTP_URL").ok())
                    .context("e-mail notices need TENANTRY_SMTP_URL, the mail server")?;
                let mail = Mail::new(&to, &from, &server.into());
                Some(mail.map_err(anyhow::Error::msg).context("e-mail notices can't be sent")?)
            }
        };
        Ok(Notified { webhook: self.notify_webhook.clone(), mail })
    }
}

/// A network (`10.0.0.0/8`), or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| single()).map_err(|_| {
        format!("{text:?} is neither an address (192.0.2.1) nor a network (192.0.2.0/24).")
    })
}

/// How long browser sessions last.
#[derive(Args)]
struct Sessions {
    /// Minutes after which a browser session that isn't used ends.
    #[arg(
        long,
        env = "TENANTRY_SESSION_IDLE",
        default_value_t = Lifetimes::default().idle.as_secs() / 60,
        value_parser = clap::value_parser!(u64).range(1..=10_080)
    )]
    session_idle: u64,
    /// Hours after which a browser session ends however much it is used.
    #[arg(
        long,
        env = "TENANTRY_SESSION_LIFE",
        default_value_t = Lifetimes::default().life.as_secs() / 3600,
        value_parser = clap::value_parser!(u64).range(1..=720)
    )]
    session_life: u64,
}

impl Sessions {
    fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: Duration::from_mins(self.session_idle),
            life: Duration::from_hours(self.session_life),
        }
    }
}

/// Serves until it is asked to end.
pub async fn serve(options: Serve) -> anyhow::Result<()> {
    let notify = options.notify()?;
    let openid = options.openid.settings()?;
    let server = options.listening.prepared(&options.trusted_proxies)?;
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("listening on {}", options.listen))?;
    let here = listener.local_addr()?;
    let public_url = match options.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("{}://{here}", options.listening.scheme()),
    };
    let simulated = options.demo && options.webex_api_url.is_none();
    // The program calls its simulator without TLS: the certificate names the public host.
    let aside = if simulated && options.listening.scheme() == "https" {
        Some(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
    } else {
        None
    };
    let simulator_url = match (simulated, &aside) {
        (false, _) => None,
        (true, None) => Some(simulator_url(here)?),
        (true, Some(aside)) => Some(simulator_url(aside.local_addr()?)?),
    };
    // Where it can't be made, opening the database says why.
    drop(std::fs::create_dir_all(&options.data_dir));
    let _hold = Hold::take(&options.data_dir)?;
    let (app, password) = App::start(Start {
        data_dir: &options.data_dir,
        models_dir: options.models_dir,
        admin_password: std::env::var("TENANTRY_ADMIN_PASSWORD").ok(),
        env: Env::system(),
        settings: Settings {
            public_url,
            demo: options.demo,
            callback_hosts: options.callback_hosts,
            trusted_proxies: options.trusted_proxies,
            sessions: options.sessions.lifetimes(),
            openid,
            webex_api_url: match options.webex_api_url {
                Some(url) => url,
                None => WEBEX_API_URL.parse()?,
            },
            webex_client: webex_client(),
            metrics_token: metrics_token(),
            keep_transactions: options.keep_transactions,
            simulator_url,
            webex_timeout: Duration::from_secs(options.webex_timeout),
            notify,
        },
    })
    .await
    .with_context(|| format!("starting over the data in {}", options.data_dir.display()))?;
    if let Some(password) = password {
        println!("First start: log in as {} with the password {password}", accounts::FIRST_ADMIN);
        println!("It is shown this once.");
    }
    let site = Site::load().context("reading the site's files")?;
    if site.folder().is_none() {
        tracing::warn!(
            "no site folder was found: the console has no style and no WebAssembly; \
             `cargo xtask build` makes it"
        );
    }
    println!("Tenantry is at {}", app.settings.public_url);
    let kept = app.clone();
    tokio::spawn(async move {
        tokio::join!(
            keeper::run(&kept),
            audit::keep_within(&kept),
            audit::tell_sums(&kept),
            texts::keep_up(&kept),
            accounts::hear_of_others(&kept)
        )
    });
    if let (Some(aside), Some(simulator)) = (aside, &app.simulator) {
        let alone = Router::new().nest_service(SIMULATOR, simulator.router());
        tokio::spawn(axum::serve(aside, alone).into_future());
    }
    let watched = app.clone();
    let stop = async move {
        asked_to_stop().await;
        // Whoever watches a transaction is let go, and work comes to a resting point.
        watched.tasks.stop().await;
    };
    server.serve(listener, api::service(app.clone(), site), stop).await;
    app.stop().await;
    Ok(())
}

/// How this program reaches its own simulator: directly, whatever stands before it.
fn simulator_url(here: SocketAddr) -> anyhow::Result<url::Url> {
    let ip = match here.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    Ok(format!("http://{}{SIMULATOR}", SocketAddr::new(ip, here.port())).parse()?)
}

/// The integration, where both of its parts are set. They are no flags: those are seen by all.
fn webex_client() -> Option<ClientCredentials> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let id = set("TENANTRY_WEBEX_CLIENT_ID")?;
    Some(ClientCredentials { id, secret: set("TENANTRY_WEBEX_CLIENT_SECRET")?.into() })
}

/// What opens `/metrics` to others than this machine. No flag, like those.
fn metrics_token() -> Option<secrecy::SecretString> {
    let token = std::env::var("TENANTRY_METRICS_TOKEN").ok()?;
    (!token.is_empty()).then(|| token.into())
}

/// Answers when SIGTERM or Ctrl-C asks the program to end.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
}
