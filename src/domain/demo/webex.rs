//! Webex customers in every state that a connection can have, and what the simulator has of their
//! organisations.

use serde_json::{Map, Value, json};
use time::Duration;

use super::Filler;
use crate::{
    domain::{
        App, spark_customer,
        webex::{self, Act},
    },
    fault::Fault,
    webex::simulator::{Organization, Simulator},
};

/// How a sample customer stands with Webex.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    NotAuthorised,
    Healthy,
    /// An access token for two more days, and nothing that renews it.
    Expiring,
    /// Its access token works; its refresh token is refused.
    Failed,
    /// Both tokens have ended long ago.
    Lapsed,
}

use Standing::{Expiring, Failed, Healthy, Lapsed, NotAuthorised};

struct Sample {
    /// The customer node.
    node: &'static str,
    name: &'static str,
    /// The organisation's UUID; empty where nobody has told it yet.
    organization: &'static str,
    email: &'static str,
    standing: Standing,
    /// So many people are in its organisation.
    people: usize,
}

const fn sample(
    (node, name): (&'static str, &'static str),
    (organization, email): (&'static str, &'static str),
    standing: Standing,
    people: usize,
) -> Sample {
    Sample { node, name, organization, email, standing, people }
}

const SAMPLES: [Sample; 10] = [
    sample(
        ("Albatross Shipping", "Albatross Shipping"),
        ("0d5a4c1e-7c1b-4f0e-9a52-6f1d2b7c8e01", "webex-admin@albatross.example"),
        Healthy,
        400,
    ),
    sample(
        ("Albatross Shipping", "Albatross Crewing"),
        ("1c2f8e77-03c5-4be1-8d3f-5f9a0c6d7e02", "crewing@albatross.example"),
        NotAuthorised,
        23,
    ),
    sample(
        ("Brightwater Clinics", "Brightwater Clinics"),
        ("2b9e6d40-5a8f-4c3d-b1e7-4e8b9a5c6d03", "it@brightwater.example"),
        Failed,
        38,
    ),
    sample(
        ("Cobalt Foundry", "Cobalt Foundry"),
        ("3a8d5c29-6b7e-4d2c-a0f6-3d7c8b4b5c04", "operations@cobalt.example"),
        NotAuthorised,
        12,
    ),
    sample(
        ("Dunmore College", "Dunmore College"),
        ("4f7c4b18-7c6d-4e1b-9f05-2c6d7a3a4b05", "registrar@dunmore.example"),
        Lapsed,
        210,
    ),
    sample(
        ("Edelweiss Hotels", "Edelweiss Hotels"),
        ("5e6b3a07-8d5c-4f0a-8e14-1b5e693a3a06", "reception-systems@edelweiss.example"),
        Expiring,
        64,
    ),
    sample(
        ("Edelweiss Hotels", "Edelweiss Catering"),
        ("", "catering@edelweiss.example"),
        NotAuthorised,
        0,
    ),
    sample(
        ("Granite Insurance", "Granite Insurance"),
        ("6d5a29f6-9e4b-4a99-9d23-0a4f582a2907", "unified-comms@granite.example"),
        Healthy,
        118,
    ),
    sample(
        ("Heron Rail", "Heron Rail Operations"),
        ("7c4918e5-af3a-4b88-8c32-f93e471a1808", "telecoms@heron.example"),
        Healthy,
        47,
    ),
    sample(
        ("Heron Rail", "Heron Rail Passenger Information"),
        ("8b3807d4-be29-4c77-8b41-e82d360a0709", "passenger-info@heron.example"),
        NotAuthorised,
        7,
    ),
];

/// What else is known of them: calling settings, proxies, notes.
fn details(name: &str) -> Value {
    match name {
        "Albatross Shipping" => json!({
            "default_calling_behaviour": "Calling in Webex App (Unified CM)",
            "email_domain": "rooms.albatross.example",
            "dirsync_enabled": true,
        }),
        "Albatross Crewing" => json!({
            "default_calling_behaviour": "Calling in Webex App",
            "dirsync_enabled": false,
            "notes": "Separate organisation until the merger in spring.",
        }),
        "Brightwater Clinics" => json!({
            "default_calling_behaviour": "Calling in Webex App",
            "dirsync_enabled": true,
            "https_proxy": "http://clinic:sample@proxy.brightwater.example:8080",
        }),
        "Cobalt Foundry" => json!({
            "default_calling_behaviour": "Cisco Jabber app",
            "notes": "Not authorised yet: waiting for their administrator.",
        }),
        "Dunmore College" => json!({
            "default_calling_behaviour": "Calling in Webex App",
            "email_domain": "rooms.dunmore.example",
            "dirsync_enabled": true,
        }),
        "Edelweiss Hotels" => json!({
            "default_calling_behaviour": "Calling in Webex App (Unified CM)",
            "dirsync_enabled": false,
            "https_proxy": "http://proxy.edelweiss.example:3128",
        }),
        "Edelweiss Catering" => json!({
            "default_calling_behaviour": "Third-Party app",
            "notes": "Organisation number still to come from the customer.",
        }),
        "Granite Insurance" => json!({
            "default_calling_behaviour": "Calling in Webex App",
            "email_domain": "rooms.granite.example",
            "dirsync_enabled": true,
            "shadow": [{ "name": "granite-primary" }],
        }),
        "Heron Rail Operations" => json!({
            "default_calling_behaviour": "Calling in Webex App (Unified CM)",
            "dirsync_enabled": true,
        }),
        _ => json!({
            "default_calling_behaviour": "Calling in Webex App",
            "dirsync_enabled": false,
        }),
    }
}

/// The organisations that the simulator has: those of the sample customers, whose licences are
/// scarce here and plenty there.
pub fn organizations() -> Vec<Organization> {
    let named = SAMPLES.iter().filter(|sample| !sample.organization.is_empty());
    named
        .enumerate()
        .map(|(index, sample)| {
            let domain = sample.email.rsplit('@').next().unwrap_or_default();
            let (uuid, name) = (sample.organization, sample.name);
            let mut organization =
                Organization::sample(uuid, name, domain, sample.email, sample.people);
            // The last is free, and without end.
            for (number, license) in organization.licenses.iter_mut().enumerate().take(5) {
                let taken = license.users + license.workspaces.unwrap_or_default();
                license.total = match (index + number) % 5 {
                    // Nearly used up, used up and beyond, or with room to spare.
                    _ if taken == 0 => 10,
                    0 => taken + taken / 25 + 1,
                    3 if number == 2 => (taken - 2).max(1),
                    _ => (taken * 3 / 2 / 5 + 2) * 5,
                };
            }
            organization
        })
        .collect()
}

/// Adds the Webex customers of a customer node, and has them synced.
pub async fn fill(filler: &Filler<'_>, node: &str, path: &str) -> Result<(), Fault> {
    for sample in SAMPLES.iter().filter(|sample| sample.node == node) {
        let mut data = Map::new();
        data.insert("name".to_owned(), json!(sample.name));
        data.insert("account_email".to_owned(), json!(sample.email));
        if !sample.organization.is_empty() {
            data.insert("account_number_external".to_owned(), json!(sample.organization));
        }
        data.extend(details(sample.name).as_object().cloned().unwrap_or_default());
        // Without the simulator nobody knows its tokens.
        if let Some(simulator) = &filler.app.simulator {
            data.extend(tokens(filler.app, simulator, sample));
        }
        let data = Value::Object(data);
        let pkid = filler.add(spark_customer::MODEL, path.to_owned(), data).await?;
        let works = [Healthy, Expiring, Failed].contains(&sample.standing);
        if works && filler.app.simulator.is_some() {
            sync(filler, pkid, sample.standing).await?;
        }
    }
    Ok(())
}

/// The tokens of a customer, as somebody would have pasted them.
fn tokens(app: &App, simulator: &Simulator, sample: &Sample) -> Map<String, Value> {
    let now = app.env.clock.now().unix_timestamp();
    let at = |seconds: i64| json!(app.env.text_at(now + seconds));
    let text = |answer: &Value, name: &str| answer.get(name).cloned().unwrap_or_default();
    let seconds =
        |answer: &Value, name: &str| answer.get(name).and_then(Value::as_i64).unwrap_or_default();
    let granted = match sample.standing {
        NotAuthorised => return Map::new(),
        Expiring => {
            let mut lifetime = Duration::days(2).whole_seconds();
            let mut swap = || {
                simulator.set(|s| std::mem::swap(&mut s.access_token_seconds, &mut lifetime));
            };
            swap();
            let granted = simulator.grant(sample.organization);
            swap();
            granted
        }
        Healthy | Failed | Lapsed => simulator.grant(sample.organization),
    };
    let mut tokens = Map::new();
    let mut put = |name: &str, value: Value| tokens.insert(name.to_owned(), value);
    match sample.standing {
        Lapsed => {
            put("token", json!(app.env.token()));
            put("refresh_token", json!(app.env.token()));
            put("access_token_expires", at(-Duration::days(96).whole_seconds()));
            put("refresh_token_expires", at(-Duration::days(20).whole_seconds()));
        }
        standing => {
            put("token", text(&granted, "access_token"));
            put("access_token_expires", at(seconds(&granted, "expires_in")));
            if standing != Expiring {
                let known = standing == Healthy;
                let made_up = || json!(app.env.token());
                let token = if known { text(&granted, "refresh_token") } else { made_up() };
                put("refresh_token", token);
                put("refresh_token_expires", at(seconds(&granted, "refresh_token_expires_in")));
            }
        }
    }
    tokens
}

/// Queues what fills the lists of a customer; it is carried out once the program answers.
async fn sync(filler: &Filler<'_>, pkid: String, standing: Standing) -> Result<(), Fault> {
    let (app, caller) = (filler.app.clone(), filler.caller.clone());
    let refresh = (standing == Failed).then_some(Act::RefreshAccessToken);
    let acts = [Act::SyncWebexTeamsRolesLicences, Act::SyncWebexTeamsUsers];
    filler
        .app
        .store
        .write(move |tx| {
            for act in acts.into_iter().chain(refresh) {
                webex::queue(&app, tx, &caller, &pkid, act)?;
            }
            Ok::<_, Fault>(())
        })
        .await
}
