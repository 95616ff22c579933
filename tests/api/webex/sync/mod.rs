//! What Webex has of a customer, taken over into `device/spark/…`.

mod broken;
mod control;
mod customer;
mod models;
mod roles_licences;
mod tokens;
mod users;

use serde_json::{Value, json};

use super::Stage;
use crate::support::{Answer, TRANSACTIONS};

const ORGANIZATIONS: &str = "/api/device/spark/Organization/";
const ROLES: &str = "/api/device/spark/Role/";
const LICENSES: &str = "/api/device/spark/License/";
const USERS: &str = "/api/device/spark/User/";

impl Stage {
    /// Syncs roles and licences of a customer while waiting.
    async fn sync_licences(&self, href: &str) -> Answer {
        self.app.post(&format!("{href}+SyncWebexTeamsRolesLicences"), &json!({})).await
    }

    /// Syncs its users while waiting.
    async fn sync_users(&self, href: &str) -> Answer {
        self.app.post(&format!("{href}+SyncWebexTeamsUsers"), &json!({})).await
    }

    /// Asks for one without waiting; answers the href of its transaction.
    async fn begin(&self, href: &str, name: &str) -> String {
        let path = format!("{href}+{name}?nowait=true");
        let answer = self.app.call("POST", &path).send().await.expect(202).json();
        answer["href"].as_str().unwrap().to_owned()
    }

    /// The record of the transaction that an answer names.
    async fn record(&self, answer: &Answer) -> Value {
        let id = answer.json()["transaction_id"].as_str().unwrap().to_owned();
        self.app.data(&format!("{TRANSACTIONS}{id}/")).await
    }

    /// The instances of a collection, in its order.
    async fn all(&self, collection: &str) -> Vec<Value> {
        let list = self.app.get(&format!("{collection}?limit=2000")).await.expect(200).json();
        let rows = list["resources"].as_array().unwrap();
        rows.iter().map(|row| row["data"].clone()).collect()
    }
}

fn counts(added: u64, changed: u64, removed: u64) -> Value {
    json!({ "added": added, "changed": changed, "removed": removed })
}

/// An instance of those that has this value.
fn with<'a>(all: &'a [Value], name: &str, value: &str) -> &'a Value {
    let found = all.iter().find(|data| data[name] == value);
    found.unwrap_or_else(|| panic!("no {name} {value} in {all:?}"))
}
