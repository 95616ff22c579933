//! The calls to Webex, against the simulator over HTTP: what is sent, what is made of answers good
//! and bad, and that the simulator is what it should be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/clockwork.rs"]
mod clockwork;
mod keeper;
mod lists;
mod many;
#[path = "../support/process.rs"]
mod process;
mod proxy;
mod resources;
mod secrets;
mod tokens;

use std::net::SocketAddr;

use axum::Router;
use clockwork::Clockwork;
use reqwest::{Client, Url, redirect::Policy};
use secrecy::SecretString;
use tenantry::{
    domain::env::Env,
    webex::{
        Proxies, Webex,
        client::ClientCredentials,
        oauth::{Authorization, Tokens},
        simulator::{Organization, Simulator},
    },
};

const ORGANIZATION: &str = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
const ADMIN: &str = "admin@oakland.example";
const REDIRECT: &str = "http://console.test/oauth/webex/callback";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";

/// A simulator that is being served, and a client of it.
struct Stage {
    clock: Clockwork,
    env: Env,
    simulator: Simulator,
    webex: Webex,
    base: Url,
}

impl Stage {
    async fn start() -> Self {
        Self::with_people(7).await
    }

    async fn with_people(people: usize) -> Self {
        // Set once in a process: the client asks for it, though it calls nothing over TLS here.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let clock = Clockwork::default();
        let env = clockwork::env(&clock);
        let organization =
            Organization::sample(ORGANIZATION, "Oakland", "oakland.example", ADMIN, people);
        let simulator = Simulator::new(env.clone(), &base, credentials(), vec![organization]);
        let router = Router::new().nest("/v1", simulator.router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let base = Url::parse(&base).unwrap();
        let webex = Webex::new(base.clone(), Some(credentials()), env.clone());
        Self { clock, env, simulator, webex, base }
    }

    /// A client with other credentials.
    fn webex_as(&self, id: &str, secret: &str) -> Webex {
        let credentials = ClientCredentials { id: id.to_owned(), secret: secret.into() };
        Webex::new(self.base.clone(), Some(credentials), self.env.clone())
    }

    /// Consents as the administrator's browser would, and answers the query of the redirect.
    async fn consent(&self, decision: &str) -> Vec<(String, String)> {
        let url = self.webex.authorize_url(&asked("the-state")).unwrap();
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let page = browser.get(url.clone()).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains("This is a simulator, not Webex."), "{page}");
        assert!(page.contains(&format!("value=\"{ADMIN}\" selected")), "{page}");
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("email".to_owned(), ADMIN.to_owned()));
        let consent = browser.post(url.clone()).form(&form).send().await.unwrap();
        assert!(consent.text().await.unwrap().contains("spark-admin:roles_read"));
        form.push(("decision".to_owned(), decision.to_owned()));
        let answer = browser.post(url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(back.as_str().starts_with(REDIRECT), "{back}");
        back.query_pairs().into_owned().collect()
    }

    /// The code that consent brings.
    async fn code(&self) -> SecretString {
        let query = self.consent("accept").await;
        assert_eq!(query[1], ("state".to_owned(), "the-state".to_owned()));
        query[0].1.clone().into()
    }

    async fn tokens(&self) -> Tokens {
        let code = self.code().await;
        let proxies = Proxies::default();
        self.webex.exchange(&proxies, &code, REDIRECT, VERIFIER).await.unwrap()
    }
}

fn credentials() -> ClientCredentials {
    ClientCredentials { id: "Csimulated".to_owned(), secret: "simulated-secret".into() }
}

fn asked(state: &str) -> Authorization<'_> {
    Authorization { redirect_uri: REDIRECT, state, verifier: VERIFIER, login_hint: Some(ADMIN) }
}

/// An address on which nothing listens.
async fn closed_port() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}
