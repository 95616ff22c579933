//! Webex customers at work, against the simulator: the authorise link and its return.

mod actions;
mod authorise;
pub mod keeper;
mod keeper_many;
mod keeper_pasted;
mod kept;
mod notices;
mod pages;
mod schedule;
mod simulator;
mod sync;
mod wire;

use axum::Router;
use reqwest::{Client, Url, redirect::Policy};
use tenantry::webex::{
    client::ClientCredentials,
    simulator::{Organization, Simulator},
};

use self::wire::Wire;
use crate::support::{Options, Place, SPARK, TestApp, clockwork_env};

pub const ORGANIZATION: &str = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
pub const ADMIN: &str = "admin@oakland.example";

/// A program that calls a simulator, and that simulator.
pub struct Stage {
    pub app: TestApp,
    pub simulator: Simulator,
    pub wire: Wire,
    /// Where the simulator is.
    pub base: String,
}

impl Stage {
    pub async fn start() -> Self {
        let organization =
            Organization::sample(ORGANIZATION, "Oakland", "oakland.example", ADMIN, 7);
        Self::start_with(vec![organization], |_| {}).await
    }

    pub async fn start_with(
        organizations: Vec<Organization>,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        // Set once in a process.
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let client =
            ClientCredentials { id: "Csimulated".to_owned(), secret: "simulated-secret".into() };
        let mut options = Options {
            webex_api_url: base.clone(),
            webex_client: Some(client.clone()),
            ..Options::default()
        };
        change(&mut options);
        let app = TestApp::start_with(options).await.unwrap();
        let simulator = Simulator::new(clockwork_env(&app.clock), &base, client, organizations);
        let wire = Wire::default();
        let router = wire.around(Router::new().nest("/v1", simulator.router()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { app, simulator, wire, base }
    }

    /// The href and pkid of a new customer with the simulator's organisation, authorised by its link.
    pub async fn authorised(&self) -> (String, String) {
        let place = self.app.tenant().await;
        self.authorised_at(&place, "Oakland").await
    }

    /// The same at a node, under a name.
    pub async fn authorised_at(&self, place: &Place, name: &str) -> (String, String) {
        let data = serde_json::json!({ "name": name, "account_email": ADMIN });
        let pkid = self.app.spark(place, &data).await;
        self.authorise(&pkid).await;
        (format!("{SPARK}{pkid}/"), pkid)
    }

    /// Authorises a customer as an administrator does, in a session of its own.
    pub async fn authorise(&self, pkid: &str) {
        let session = self.app.session().await;
        let link = format!("/oauth/webex/authorize/{pkid}");
        let answer = self.app.call("GET", &link).cookie(&session).send().await.expect(303);
        let back = self.consent(answer.header("location").unwrap(), "accept").await;
        self.app.call("GET", &back).cookie(&session).send().await.expect(303);
    }

    /// What the browser does at Webex: answers path and query of the return.
    pub async fn consent(&self, location: &str, decision: &str) -> String {
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let url = Url::parse(location).unwrap();
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("email".to_owned(), ADMIN.to_owned()));
        form.push(("decision".to_owned(), decision.to_owned()));
        let answer = browser.post(url).form(&form).send().await.unwrap();
        let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(back.host_str(), Some("console.test"));
        format!("{}?{}", back.path(), back.query().unwrap())
    }
}
