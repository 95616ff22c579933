//! What the tests of services, packs and licences put into the hierarchy, and how the provisioning
//! API's answers are looked at.

use serde_json::{Map, Value, json};

use super::{Answer, Place, TestApp, at};

pub const SERVICES: &str = "/api/data/Service/";
pub const SERVICE_PACKS: &str = "/api/data/ServicePack/";
pub const USER_SERVICES: &str = "/api/data/UserService/";
pub const USERS: &str = "/api/data/User/";

/// A tenant with its sites: `sys.Telco.Foo.{North,South}`, with the tenant id `foo`.
pub struct Tenancy {
    pub provider: Place,
    pub customer: Place,
    pub north: Place,
    pub south: Place,
}

pub const TENANT: &str = "/api/v1/tenants/foo/";
pub const NORTH: &str = "/api/v1/tenants/foo/groups/North/";
pub const SOUTH: &str = "/api/v1/tenants/foo/groups/South/";

impl TestApp {
    pub async fn tenancy(&self) -> Tenancy {
        let provider = self.provider("Telco").await;
        let customer = self.tenant_named(&provider, "Foo", "foo").await;
        let north = self.site(&customer, "North").await;
        let south = self.site(&customer, "South").await;
        Tenancy { provider, customer, north, south }
    }

    /// A customer with a tenant id of its own.
    pub async fn tenant_named(&self, above: &Place, name: &str, tenant_id: &str) -> Place {
        let body = json!({ "name": name, "node_type": "customer", "tenant_id": tenant_id });
        let pkid = self.add("/api/data/HierarchyNode/", above, &body).await;
        Place { pkid, path: format!("{}.{name}", above.path) }
    }

    /// Adds an instance and answers its pkid.
    pub async fn add(&self, collection: &str, place: &Place, data: &Value) -> String {
        let made = self.post(&at(collection, place), data).await.expect(201);
        made.json()["pkid"].as_str().unwrap().to_owned()
    }

    /// Sees to it that the catalogue has a service; some are shipped.
    pub async fn service(&self, family: &str, name: &str) {
        let body = json!({ "family": family, "name": name });
        let made = self.post(&format!("{SERVICES}?hierarchy=sys"), &body).await;
        assert!([201, 409].contains(&made.status), "{made}");
    }

    /// A pack with these services; `more` has further attributes.
    pub async fn pack(&self, place: &Place, name: &str, services: &[&str], more: Value) -> String {
        let services: Vec<Value> = services.iter().map(|name| json!({ "name": name })).collect();
        let mut body = json!({
            "technical_name": name,
            "display_name": name,
            "authorization": 2,
            "content": { "services": services },
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.add(SERVICE_PACKS, place, &body).await
    }

    pub async fn user(&self, site: &Place, user_id: &str) -> String {
        self.add(USERS, site, &json!({ "user_id": user_id })).await
    }

    /// Licenses something to a tenant or a site, whose path this is.
    pub async fn license(&self, path: &str, list: &str, name: &str, quantity: Value) -> Answer {
        let body = json!({ list: [{ "name": name, "allocated": quantity }] });
        self.put(&format!("{path}licenses/"), &body).await
    }

    /// Puts a pack to the tenant, with the licences that its services need.
    pub async fn put_pack(&self, name: &str, quantity: Value) {
        let body = json!({
            "servicePacksFromConfig": [{ "name": name, "quantity": quantity }],
            "auto_auth_services": true,
        });
        self.post(&format!("{TENANT}service_packs/"), &body).await.expect(201);
    }

    /// Assigns to the user whose path this is.
    pub async fn assign(&self, user: &str, services: &[&str], packs: &[&str]) -> Answer {
        self.post(&format!("{user}/services/"), &wanted(services, packs)).await
    }

    pub async fn unassign(&self, user: &str, services: &[&str], packs: &[&str]) -> Answer {
        let body = wanted(services, packs);
        self.call("DELETE", &format!("{user}/services/")).json(&body).send().await
    }

    /// The line of a service or pack in an answer of `licenses/`.
    pub async fn line(&self, path: &str, list: &str, name: &str) -> Value {
        let path = format!("{path}licenses/?includeServicePacks=true");
        let path = if path.contains("/groups/") { path.split('?').next().unwrap() } else { &path };
        let body = self.get(path).await.expect(200).json();
        let lines = body[list].as_array().unwrap();
        let line = lines.iter().find(|line| line["name"] == name);
        line.unwrap_or_else(|| panic!("no {name} in {body}")).clone()
    }
}

/// The body that names services and packs; lists without an entry are left out.
pub fn wanted(services: &[&str], packs: &[&str]) -> Value {
    let mut body = Map::new();
    for (list, names) in [("userServices", services), ("servicePacks", packs)] {
        if !names.is_empty() {
            let items: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
            body.insert(list.to_owned(), items.into());
        }
    }
    body.into()
}

pub fn limited(maximum: u64) -> Value {
    json!({ "unlimited": false, "maximum": maximum })
}

pub fn unlimited() -> Value {
    json!({ "unlimited": true })
}

impl Answer {
    /// A refusal of the provisioning API: its status, the number and name of its code, and the
    /// fields that it names (an empty one for an error that names none).
    #[track_caller]
    pub fn expect_refusal(self, status: u16, code: u64, name: &str, fields: &[&str]) -> Self {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{self}");
        let body = self.json();
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["errors"], "{self}");
        let mut named = Vec::new();
        for error in body["errors"].as_array().unwrap() {
            let keys: Vec<&str> = error.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(&keys[..3], ["code", "error_code", "message"], "{self}");
            assert!(keys.len() == 3 || keys[3..] == ["details"], "{self}");
            assert_eq!(error["code"], code, "{self}");
            assert_eq!(error["error_code"], name, "{self}");
            let message = error["message"].as_str().unwrap();
            assert!(message.len() > 10 && message.ends_with(['.', '}']), "{self}");
            named.push(error["details"]["field"].as_str().unwrap_or_default().to_owned());
        }
        assert_eq!(named, fields, "{self}");
        self
    }

    /// Bad parameters: 400, code 2.
    #[track_caller]
    pub fn expect_invalid(self, fields: &[&str]) -> Self {
        self.expect_refusal(400, 2, "INVALID_PARAMETERS", fields)
    }

    /// A body of the wrong form: 400, code 3.
    #[track_caller]
    pub fn expect_misshapen(self, fields: &[&str]) -> Self {
        self.expect_refusal(400, 3, "JSON_SCHEMA_VALIDATION", fields)
    }

    /// 404, code 8.
    #[track_caller]
    pub fn expect_absent(self, fields: &[&str]) -> Self {
        self.expect_refusal(404, 8, "NOT_FOUND_AT_NE", fields)
    }
}
