//! Sample data: a provider, two resellers, eight customers with their sites, Webex customers in
//! different states, with a template and a display policy, and what is provisioned
//! ([`provisioning`]), and a user for each role ([`users`]). Added through the same functions as everything else.

mod provisioning;
mod users;
mod webex;

use serde_json::{Map, Value, json};
pub use webex::organizations;

use super::{
    App, Caller, access, accounts, hierarchy, policies, resources, spark_customer, templates,
};
use crate::{
    fault::{Fault, FaultKind},
    store::{Cover, ReadTx},
};

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

/// Fills the database with the sample, unless its provider is there already. Its users log in with
/// the password of the first administrator, where that is known.
pub async fn fill(app: &App, password: Option<String>) -> Result<(), Fault> {
    let caller = app
        .store
        .read(|tx| {
            let admin = tx.account_by_name(accounts::FIRST_ADMIN)?.ok_or_else(Fault::internal)?;
            access::caller(tx, admin)
        })
        .await?;
    let provider = format!("sys.{PROVIDER}");
    let (present, nodes) = {
        let path = provider.clone();
        let look = move |tx: &ReadTx<'_>| {
            let nodes = tx.counted(hierarchy::MODEL, Cover::All)?;
            Ok::<_, Fault>((tx.node_by_path(&path)?.is_some(), nodes))
        };
        app.store.read(look).await?
    };
    if present {
        return Ok(());
    }
    if nodes > 1 {
        // A simulator would refuse the tokens of customers that are somebody's.
        return Err(Fault::new(
            FaultKind::Conflict,
            "not_empty",
            "The data folder has a hierarchy of its own, and the demonstration is no place for it: \
             start without --demo, or name an empty folder in --data-dir.",
        ));
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
        webex::fill(&filler, name, &path).await?;
    }
    provisioning::fill(&filler, &provider).await?;
    users::fill(&filler, &provider, password.filter(|p| !p.is_empty()).as_deref()).await
}

/// Who adds the sample.
struct Filler<'a> {
    app: &'a App,
    caller: &'a Caller,
}

impl Filler<'_> {
    /// Adds an instance and answers its pkid.
    async fn add(&self, model_type: &str, place: String, data: Value) -> Result<String, Fault> {
        let model = self.app.model(model_type)?;
        let data: Map<String, Value> = data.as_object().cloned().unwrap_or_default();
        let added = resources::create(self.app, self.caller, &model, Some(&place), data).await?;
        Ok(added.pkid)
    }
}
