//! The simulator that stands in for Webex in a demonstration: mounted in the program itself, its
//! customers in every state, its tokens good beyond a restart, its page for people.

use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::support::{Options, SPARK, TestApp};
use tenantry::api::{self, site::Site};

const CONTROL: &str = "/simulator/v1/control";

/// A demonstration that listens, as its simulator is called over the network.
struct Demo {
    app: TestApp,
    server: JoinHandle<()>,
}

fn listen(app: &TestApp, listener: TcpListener) -> JoinHandle<()> {
    let router = api::service(app.app.clone(), Site::load().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() })
}

impl Demo {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/simulator/v1", listener.local_addr().unwrap());
        let options = Options { demo: true, simulator_url: Some(url), ..Options::default() };
        let app = TestApp::start_with(options).await.unwrap();
        let server = listen(&app, listener);
        Self { app, server }
    }

    async fn restarted(self) -> Self {
        self.server.abort();
        drop(self.server.await);
        let at = self.app.app.settings.simulator_url.clone().unwrap();
        let app = self.app.restarted().await;
        let listener = TcpListener::bind(("127.0.0.1", at.port().unwrap())).await.unwrap();
        let server = listen(&app, listener);
        Self { app, server }
    }

    /// Pkid of the sample customer of that name.
    async fn customer(&self, name: &str) -> String {
        let name = name.replace(' ', "%20");
        let path = format!("{SPARK}?filter_field=name&filter_condition=equals&filter_text={name}");
        let found = self.app.get(&path).await.expect(200).json();
        found["resources"][0]["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned()
    }

    async fn connection(&self, pkid: &str) -> Value {
        self.app.get(&format!("{SPARK}{pkid}/")).await.expect(200).json()["meta"]["connection"]
            .clone()
    }

    async fn state(&self, name: &str) -> String {
        let pkid = self.customer(name).await;
        self.connection(&pkid).await["state"].as_str().unwrap().to_owned()
    }

    async fn act(&self, pkid: &str, name: &str) -> crate::support::Answer {
        self.app.post(&format!("{SPARK}{pkid}/+{name}/"), &json!({})).await
    }
}

#[tokio::test]
async fn without_a_demonstration_there_is_no_simulator() {
    let app = TestApp::start().await;
    for path in [CONTROL, "/simulator/v1/authorize", "/simulator"] {
        app.call("GET", path).anonymous().send().await.expect(404);
    }
    // Nor where the demonstration is given a Webex of its own.
    let app = TestApp::start_with(Options { demo: true, ..Options::default() }).await.unwrap();
    app.call("GET", CONTROL).anonymous().send().await.expect(404);
    let customers = app.get(SPARK).await.expect(200).json();
    assert!(customers["resources"].as_array().unwrap().len() > 5);
    for customer in customers["resources"].as_array().unwrap() {
        assert_eq!(customer["data"]["token"], Value::Null, "{customer}");
    }
}

#[tokio::test]
async fn the_sample_customers_stand_in_every_state() {
    let demo = Demo::start().await;
    for (name, state) in [
        ("Albatross Shipping", "healthy"),
        ("Edelweiss Hotels", "expiring"),
        ("Dunmore College", "lapsed"),
        ("Cobalt Foundry", "not_authorised"),
    ] {
        assert_eq!(demo.state(name).await, state, "{name}");
    }
    // Its refresh token is refused.
    let pkid = demo.customer("Brightwater Clinics").await;
    demo.act(&pkid, "RefreshAccessToken").await.expect(409);
    assert_eq!(demo.connection(&pkid).await["state"], "failed");
}

#[tokio::test]
async fn tokens_outlive_a_restart_and_not_a_revocation() {
    let demo = Demo::start().await;
    let pkid = demo.customer("Granite Insurance").await;
    demo.act(&pkid, "RefreshAccessToken").await.expect(200);
    demo.app.clock.advance(60);
    let demo = demo.restarted().await;
    demo.act(&pkid, "RefreshAccessToken").await.expect(200);
    let revoke = json!({ "revoke": ["6d5a29f6-9e4b-4a99-9d23-0a4f582a2907"] });
    demo.app.post(CONTROL, &revoke).await.expect(200);
    demo.act(&pkid, "RefreshAccessToken").await.expect(409);
    let other = demo.customer("Heron Rail Operations").await;
    demo.act(&other, "RefreshAccessToken").await.expect(200);
}

#[tokio::test]
async fn browsers_consent_at_the_public_address() {
    let demo = Demo::start().await;
    let pkid = demo.customer("Cobalt Foundry").await;
    let session = demo.app.session().await;
    let link = format!("/oauth/webex/authorize/{pkid}");
    let off = demo.app.call("GET", &link).cookie(&session).send().await.expect(303);
    let location = off.header("location").unwrap();
    let path = location.strip_prefix("http://console.test").unwrap();
    assert!(path.starts_with("/simulator/v1/authorize?"), "{location}");
    let page = demo.app.call("GET", path).anonymous().send().await.expect(200);
    assert!(page.text().contains("This is a simulator, not Webex."), "{page}");
    assert!(page.text().contains("operations@cobalt.example\" selected"), "{page}");
}

#[tokio::test]
async fn people_tell_the_simulator_how_to_behave() {
    let demo = Demo::start().await;
    let page = demo.app.call("GET", CONTROL).anonymous().header("accept", "text/html,*/*");
    let page = page.send().await.expect(200);
    for words in ["This is a simulator, not Webex.", "Let them fail", "Revoke its tokens"] {
        assert!(page.text().contains(words), "{words}: {page}");
    }
    let post = |pairs: &'static [(&'static str, &'static str)]| {
        demo.app.call("POST", CONTROL).anonymous().form(pairs).send()
    };
    let organization = "6d5a29f6-9e4b-4a99-9d23-0a4f582a2907";
    let people = |told: &Value| {
        let found = told["organizations"].as_array().unwrap().iter();
        found.clone().find(|o| o["uuid"] == organization).unwrap()["people"].as_u64().unwrap()
    };
    let told = || async { demo.app.get(CONTROL).await.expect(200).json() };
    let before = people(&told().await);
    post(&[
        ("what", "hire"),
        ("organization", "6d5a29f6-9e4b-4a99-9d23-0a4f582a2907"),
        ("people", "3"),
    ])
    .await
    .expect(303);
    assert_eq!(people(&told().await), before + 3);
    post(&[
        ("what", "dismiss"),
        ("organization", "6d5a29f6-9e4b-4a99-9d23-0a4f582a2907"),
        ("people", "5"),
    ])
    .await
    .expect(303);
    assert_eq!(people(&told().await), before - 2);
    post(&[("what", "tokens"), ("access_token_seconds", "60"), ("refresh_token_seconds", "120")])
        .await
        .expect(303);
    assert_eq!(told().await["settings"]["access_token_seconds"], 60);
    post(&[("what", "fail"), ("path", "/access_token"), ("failure", "html"), ("times", "99")])
        .await
        .expect(303);
    let pkid = demo.customer("Granite Insurance").await;
    demo.act(&pkid, "RefreshAccessToken").await.expect(502);
    post(&[("what", "heal")]).await.expect(303);
    demo.act(&pkid, "RefreshAccessToken").await.expect(200);

    for (wrong, words) in [
        (&[("what", "nonsense")][..], "nothing that the simulator knows"),
        (&[("what", "tokens"), ("access_token_seconds", "-1")], "whole seconds, from 1"),
        (&[("what", "fail"), ("failure", "earthquake")], "Choose a failure"),
        (&[("what", "revoke"), ("organization", "<b>")], "Choose an organization"),
        (
            &[
                ("what", "hire"),
                ("organization", "6d5a29f6-9e4b-4a99-9d23-0a4f582a2907"),
                ("people", "0"),
            ],
            "Between 1 and",
        ),
    ] {
        let refused = post(wrong).await.expect(400);
        assert!(refused.text().contains(words), "{refused}");
    }
    post(&[("what", "hire"), ("people", "many")]).await.expect(400);
    demo.app.post(CONTROL, &json!({ "surprise": true })).await.expect(400);
}
