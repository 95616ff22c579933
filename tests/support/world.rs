//! What the tests put into the hierarchy.

use serde_json::{Value, json};
use tenantry::domain::transactions::Action;

use super::{ADMIN, NODES, PASSWORD, Place, ROLES, SPARK, SYSTEM_USERS, TRANSACTIONS, TestApp};

impl TestApp {
    /// The record of a transaction once it has ended: its stream of news ends with it.
    pub async fn ended(&self, href: &str) -> Value {
        let news = self.get(&format!("{}/events", href.trim_end_matches('/'))).await.expect(200);
        assert!(news.text().contains("data:"), "{}", news.text());
        self.data(href).await
    }

    pub async fn sys(&self) -> Place {
        let list = self.get(&format!("{NODES}?traversal=local&limit=2000")).await.expect(200);
        let rows = list.json()["resources"].clone();
        let row = rows.as_array().unwrap().iter().find(|row| row["data"]["name"] == "sys").unwrap();
        let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned();
        Place { pkid, path: "sys".to_owned() }
    }

    /// A node below another, by the dot path of that one.
    pub async fn node(&self, above: &str, name: &str, node_type: &str) -> Place {
        let body = json!({ "name": name, "node_type": node_type });
        let made = self.post(&format!("{NODES}?hierarchy={above}"), &body).await.expect(201);
        let pkid = made.json()["pkid"].as_str().unwrap().to_owned();
        Place { pkid, path: format!("{above}.{name}") }
    }

    /// A user at a node with the administrator's password, who may do everything there: for tests
    /// of what is seen from where. What roles give is tried in `access`.
    pub async fn account(&self, username: &str, place: &Place) {
        let path = format!("{ROLES}?hierarchy=sys&filter_field=name&filter_text=Tests&limit=1");
        let list = self.get(&path).await.expect(200);
        if list.json()["pagination"]["total"] == 0 {
            let role = json!({ "name": "Tests", "access_profile": "SystemAdmin" });
            self.post(&format!("{ROLES}?hierarchy=sys"), &role).await.expect(201);
        }
        self.system_user(username, place, "Tests").await;
    }

    /// A user at a node with a role and the administrator's password; answers its pkid.
    pub async fn system_user(&self, username: &str, place: &Place, role: &str) -> String {
        let user = json!({ "username": username, "password": PASSWORD, "role": role });
        let made = self.post(&at(SYSTEM_USERS, place), &user).await.expect(201);
        made.json()["pkid"].as_str().unwrap().to_owned()
    }

    /// The cookies of a session of the administrator's, as a browser sends them back.
    pub async fn session(&self) -> String {
        let form = [("username", ADMIN), ("password", PASSWORD)];
        let answer = self.call("POST", "/login").anonymous().form(&form).send().await.expect(303);
        format!(
            "sessionid={}; csrftoken={}",
            answer.cookie("sessionid"),
            answer.cookie("csrftoken")
        )
    }

    pub async fn provider(&self, name: &str) -> Place {
        self.node("sys", name, "provider").await
    }

    pub async fn reseller(&self, above: &Place, name: &str) -> Place {
        self.node(&above.path, name, "reseller").await
    }

    pub async fn customer(&self, above: &Place, name: &str) -> Place {
        self.node(&above.path, name, "customer").await
    }

    pub async fn site(&self, above: &Place, name: &str) -> Place {
        self.node(&above.path, name, "site").await
    }

    /// A customer node below a provider of its own: `sys.Provider.Customer`.
    pub async fn tenant(&self) -> Place {
        let provider = self.provider("Provider").await;
        self.customer(&provider, "Customer").await
    }

    /// A Spark customer; answers its pkid.
    pub async fn spark(&self, place: &Place, data: &Value) -> String {
        let made = self.post(&at(SPARK, place), data).await.expect(201);
        made.json()["pkid"].as_str().unwrap().to_owned()
    }

    /// The attributes of an instance, by its path.
    pub async fn data(&self, path: &str) -> Value {
        self.get(path).await.expect(200).json()["data"].clone()
    }

    /// The same without the authorise link, which every customer is given.
    pub async fn given(&self, path: &str) -> Value {
        unlinked(&self.data(path).await)
    }

    pub async fn total(&self, collection: &str) -> u64 {
        let list = self.get(&format!("{collection}?limit=1")).await.expect(200);
        list.json()["pagination"]["total"].as_u64().unwrap()
    }

    /// The attributes of the newest transaction that is about a change.
    pub async fn last_transaction(&self) -> Value {
        let list = self.get(&format!("{TRANSACTIONS}?limit=200")).await.expect(200).json();
        let rows = list["resources"].as_array().unwrap();
        rows.iter().find(|row| is_of_a_change(row)).unwrap()["data"].clone()
    }

    /// All that stands in the database, as lists answer it: what a refused call must leave as it
    /// was, records of changes included.
    pub async fn contents(&self) -> Vec<String> {
        let mut contents = Vec::new();
        for collection in [NODES, SPARK] {
            let list = self.get(&format!("{collection}?limit=2000")).await.expect(200);
            contents.push(list.text().to_owned());
        }
        let list = self.get(&format!("{TRANSACTIONS}?limit=2000")).await.expect(200).json();
        let rows = list["resources"].as_array().unwrap().iter();
        contents.extend(rows.filter(|row| is_of_a_change(row)).map(Value::to_string));
        contents
    }
}

/// A collection's path, with the place in its query.
/// Attributes of a customer without the authorise link, which each is given.
pub fn unlinked(data: &Value) -> Value {
    let mut data = data.clone();
    if let Some(data) = data.as_object_mut() {
        data.shift_remove("token_link");
    }
    data
}

pub fn at(collection: &str, place: &Place) -> String {
    format!("{collection}?hierarchy={}", place.pkid)
}

/// Log-ins, refusals and exports are recorded, too, and change nothing.
fn is_of_a_change(row: &Value) -> bool {
    !Action::only_happened(row["data"]["action"].as_str().unwrap())
}
