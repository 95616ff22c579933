//! Sample data: a provider, two resellers, eight customers with their sites, Webex customers in
//! different states, with a template and a display policy, and what is provisioned
//! ([`provisioning`]). Added through the same functions as everything else.

mod provisioning;

use serde_json::{Map, Value, json};

use super::{App, Caller, accounts, hierarchy, policies, resources, spark_customer, templates};
use crate::fault::Fault;

const PROVIDER: &str = "Northwind Telecom";

/// Resellers below the provider; the third group of customers stands at the provider itself.
const RESELLERS: [(&str, &str); 2] =
    [("Harbour Voice", "Coastal region"), ("Summit Cloud", "Alpine region")];

/// The customer whose forms a display policy arranges.
const ARRANGED: &str = "Fennel and Sage";

/// Customer, the reseller it belongs to, tenant id, sites.
const CUSTOMERS: [(&str, Option<&str>, &str, &[&str]); 8] = [
    ("Albatross Shipping", Some("Harbour Voice"), "albatross", &["Rotterdam", "Antwerp"]),
    (
        "Brightwater Clinics",
        Some("Harbour Voice"),
        "brightwater",
        &["Main clinic", "Day surgery", "Laboratory"],
    ),
    ("Cobalt Foundry", Some("Harbour Voice"), "cobalt", &["Works"]),
    ("Dunmore College", Some("Summit Cloud"), "dunmore", &["North campus", "South campus"]),
    ("Edelweiss Hotels", Some("Summit Cloud"), "edelweiss", &["Innsbruck", "Davos", "Zermatt"]),
    ("Fennel and Sage", Some("Summit Cloud"), "fennel-sage", &["Kitchen"]),
    ("Granite Insurance", None, "granite", &["Head office", "Claims centre"]),
    ("Heron Rail", None, "heron", &["Control centre", "Depot"]),
];

/// Customer node, and the attributes of a Webex customer there.
#[expect(clippy::too_many_lines, reason = "a table")]
fn webex_customers() -> Vec<(&'static str, Value)> {
    vec![
        (
            "Albatross Shipping",
            json!({
                "name": "Albatross Shipping",
                "account_number_external": "0d5a4c1e-7c1b-4f0e-9a52-6f1d2b7c8e01",
                "account_email": "webex-admin@albatross.example",
                "default_calling_behaviour": "Calling in Webex App (Unified CM)",
                "email_domain": "rooms.albatross.example",
                "dirsync_enabled": true,
                "token": "sample-access-token-albatross",
                "refresh_token": "sample-refresh-token-albatross",
                "access_token_expires": "2027-01-04T09:12:00Z",
                "refresh_token_expires": "2027-03-21T09:12:00Z",
                "sync": true,
            }),
        ),
        (
            "Albatross Shipping",
            json!({
                "name": "Albatross Crewing",
                "account_number_external": "1c2f8e77-03c5-4be1-8d3f-5f9a0c6d7e02",
                "account_email": "crewing@albatross.example",
                "default_calling_behaviour": "Calling in Webex App",
                "dirsync_enabled": false,
                "notes": "Separate organisation until the merger in spring.",
            }),
        ),
        (
            "Brightwater Clinics",
            json!({
                "name": "Brightwater Clinics",
                "account_number_external": "2b9e6d40-5a8f-4c3d-b1e7-4e8b9a5c6d03",
                "account_email": "it@brightwater.example",
                "default_calling_behaviour": "Calling in Webex App",
                "dirsync_enabled": true,
                "token": "sample-access-token-brightwater",
                "refresh_token": "sample-refresh-token-brightwater",
                "access_token_expires": "2026-11-25T16:40:00Z",
                "refresh_token_expires": "2027-02-09T16:40:00Z",
                "https_proxy": "http://clinic:sample@proxy.brightwater.example:8080",
            }),
        ),
        (
            "Cobalt Foundry",
            json!({
                "name": "Cobalt Foundry",
                "account_number_external": "3a8d5c29-6b7e-4d2c-a0f6-3d7c8b4b5c04",
                "account_email": "operations@cobalt.example",
                "default_calling_behaviour": "Cisco Jabber app",
                "notes": "Not authorised yet: waiting for their administrator.",
            }),
        ),
        (
            "Dunmore College",
            json!({
                "name": "Dunmore College",
                "account_number_external": "4f7c4b18-7c6d-4e1b-9f05-2c6d7a3a4b05",
                "account_email": "registrar@dunmore.example",
                "default_calling_behaviour": "Calling in Webex App",
                "email_domain": "rooms.dunmore.example",
                "dirsync_enabled": true,
                "token": "sample-access-token-dunmore",
                "access_token_expires": "2026-10-02T07:00:00Z",
            }),
        ),
        (
            "Edelweiss Hotels",
            json!({
                "name": "Edelweiss Hotels",
                "account_number_external": "5e6b3a07-8d5c-4f0a-8e14-1b5e693a3a06",
                "account_email": "reception-systems@edelweiss.example",
                "default_calling_behaviour": "Calling in Webex App (Unified CM)",
                "dirsync_enabled": false,
                "token": "sample-access-token-edelweiss",
                "refresh_token": "sample-refresh-token-edelweiss",
                "access_token_expires": "2026-12-30T11:30:00Z",
                "refresh_token_expires": "2027-03-16T11:30:00Z",
                "http_proxy": "http://proxy.edelweiss.example:3128",
                "https_proxy": "http://proxy.edelweiss.example:3128",
            }),
        ),
        (
            "Edelweiss Hotels",
            json!({
                "name": "Edelweiss Catering",
                "account_email": "catering@edelweiss.example",
                "default_calling_behaviour": "Third-Party app",
                "notes": "Organisation number still to come from the customer.",
            }),
        ),
        (
            "Granite Insurance",
            json!({
                "name": "Granite Insurance",
                "account_number_external": "6d5a29f6-9e4b-4a99-9d23-0a4f582a2907",
                "account_email": "unified-comms@granite.example",
                "default_calling_behaviour": "Calling in Webex App",
                "email_domain": "rooms.granite.example",
                "dirsync_enabled": true,
                "token": "sample-access-token-granite",
                "refresh_token": "sample-refresh-token-granite",
                "access_token_expires": "2027-01-11T13:05:00Z",
                "refresh_token_expires": "2027-03-28T13:05:00Z",
                "sync": true,
                "shadow": [{ "name": "granite-primary" }],
            }),
        ),
        (
            "Heron Rail",
            json!({
                "name": "Heron Rail Operations",
                "account_number_external": "7c4918e5-af3a-4b88-8c32-f93e471a1808",
                "account_email": "telecoms@heron.example",
                "default_calling_behaviour": "Calling in Webex App (Unified CM)",
                "dirsync_enabled": true,
            }),
        ),
        (
            "Heron Rail",
            json!({
                "name": "Heron Rail Passenger Information",
                "account_number_external": "8b3807d4-be29-4c77-8b41-e82d360a0709",
                "account_email": "passenger-info@heron.example",
                "default_calling_behaviour": "Calling in Webex App",
                "dirsync_enabled": false,
            }),
        ),
    ]
}

/// What most of them begin with.
fn template() -> Value {
    json!({
        "name": "Calling in Webex",
        "model_type": spark_customer::MODEL,
        "description": "For customers whose users call in the Webex app.",
        "defaults": { "dirsync_enabled": true, "notes": "Set up from the standard template." },
        "fixed": { "default_calling_behaviour": "Calling in Webex App" },
    })
}

/// A short form for the customer at [`ARRANGED`].
fn policy() -> Value {
    let hidden = ["account_number", "http_proxy", "https_proxy"];
    let shown = [
        json!({ "name": "name", "title": "Customer", "group": "Essentials" }),
        json!({ "name": "account_number_external", "title": "Webex organization",
            "group": "Essentials" }),
        json!({ "name": "account_email", "title": "Contact", "group": "Essentials" }),
    ];
    let hidden = hidden.map(|name| json!({ "name": name, "visibility": "hidden" }));
    json!({
        "name": "Front desk",
        "model_type": spark_customer::MODEL,
        "description": "What the front desk needs, in its words.",
        "fields": shown.into_iter().chain(hidden).collect::<Vec<_>>(),
    })
}

/// Fills the database with the sample, unless its provider is there already.
pub async fn fill(app: &App) -> Result<(), Fault> {
    let caller = app
        .store
        .read(|tx| Ok::<_, Fault>(tx.account_by_name(accounts::FIRST_ADMIN)?))
        .await?
        .map(|a| Caller { account_id: a.id, username: a.username, node: a.node })
        .ok_or_else(Fault::internal)?;
    let provider = format!("sys.{PROVIDER}");
    let present = {
        let path = provider.clone();
        app.store.read(move |tx| Ok::<_, Fault>(tx.node_by_path(&path)?.is_some())).await?
    };
    if present {
        return Ok(());
    }
    let filler = Filler { app, caller: &caller };
    let node = |place: String, data: Value| filler.add(hierarchy::MODEL, place, data);
    node(
        "sys".to_owned(),
        json!({ "name": PROVIDER, "node_type": "provider", "description": "Sample provider" }),
    )
    .await?;
    for (name, description) in RESELLERS {
        let data = json!({ "name": name, "node_type": "reseller", "description": description });
        node(provider.clone(), data).await?;
    }
    filler.add(templates::MODEL, provider.clone(), template()).await?;
    for (name, reseller, tenant_id, sites) in CUSTOMERS {
        let above = reseller.map_or_else(|| provider.clone(), |r| format!("{provider}.{r}"));
        let path = format!("{above}.{name}");
        node(above, json!({ "name": name, "node_type": "customer", "tenant_id": tenant_id }))
            .await?;
        for site in sites {
            node(path.clone(), json!({ "name": site, "node_type": "site" })).await?;
        }
        if name == ARRANGED {
            filler.add(policies::MODEL, path.clone(), policy()).await?;
        }
        for (_, data) in webex_customers().into_iter().filter(|(at, _)| *at == name) {
            filler.add(spark_customer::MODEL, path.clone(), data).await?;
        }
    }
    provisioning::fill(&filler, &provider).await
}

/// Who adds the sample.
struct Filler<'a> {
    app: &'a App,
    caller: &'a Caller,
}

impl Filler<'_> {
    async fn add(&self, model_type: &str, place: String, data: Value) -> Result<(), Fault> {
        let model = self.app.model(model_type)?;
        let data: Map<String, Value> = data.as_object().cloned().unwrap_or_default();
        resources::create(self.app, self.caller, &model, Some(&place), data).await?;
        Ok(())
    }
}
