//! What roles and profiles are made of, and that nobody gives more than they have.

use serde_json::{Value, json};

use super::world::{Role, World};
use crate::support::{Call, PASSWORD, Place, ROLES, SPARK, SYSTEM_USERS, at};

const PROFILES: &str = "/api/data/AccessProfile/";

impl World {
    /// The world with a user for each of these roles, which bears its name.
    async fn with(roles: &[Role]) -> Self {
        let world = Self::start().await;
        for role in roles {
            world.app.system_user(&role.name(), world.home(*role).own, &role.name()).await;
        }
        world
    }

    fn by(&self, role: Role, method: &str, path: &str) -> Call {
        self.app.call(method, path).basic(&role.name(), PASSWORD)
    }

    async fn pkid_of(&self, collection: &str, name: &str) -> String {
        let path = format!("{collection}?filter_field=name&filter_text={name}");
        let list = self.app.get(&path).await.expect(200).json();
        let row = &list["resources"][0]["meta"]["references"]["self"][0]["pkid"];
        row.as_str().unwrap().to_owned()
    }
}

fn profile(name: &str, lines: Value) -> Value {
    json!({ "name": name, "miscellaneous_permissions": ["Api Root"], "permissions": lines })
}

fn everything() -> Value {
    json!([{ "type": "*", "operations": [
        "Create", "Read", "Update", "Delete", "Move", "Bulk Update", "Export",
        "Export Bulkload Template", "Configuration Template", "Field Display Policy",
    ] }])
}

#[tokio::test]
async fn the_shipped_roles_are_there_once_and_belong_to_the_operators() {
    let world = World::start().await;
    let list = world.app.get(&format!("{ROLES}?limit=100")).await.expect(200).json();
    let names: Vec<&str> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["data"]["name"].as_str().unwrap())
        .collect();
    let mut expected = Role::ALL.map(Role::name);
    expected.sort();
    assert_eq!(names, expected);
    let auditor = world.pkid_of(ROLES, "Auditor").await;
    world.app.delete(&format!("{ROLES}{auditor}")).await.expect(200);
    let app = world.app.restarted().await;
    app.get(&format!("{ROLES}{auditor}")).await.expect(404);
}

#[tokio::test]
async fn a_profile_names_types_that_there_are_each_once() {
    let world = World::start().await;
    for wrong in ["data/Nothing", "data/", "dta/*", "data/U*", "**", "DATA/*"] {
        let lines = json!([{ "type": "*", "operations": [] }, { "type": wrong }]);
        let answer = world.app.post(&at(PROFILES, &world.sys), &profile("Wrong", lines)).await;
        answer.expect_fault(400, "validation", &[("/permissions/1/type", "not_a_choice")]);
    }
    let lines = json!([{ "type": "data/*" }, { "type": "data/*" }]);
    let answer = world.app.post(&at(PROFILES, &world.sys), &profile("Twice", lines)).await;
    answer.expect_fault(400, "validation", &[("/permissions/1/type", "taken")]);
    let lines = json!([{ "type": "*", "operations": ["read"] }]);
    let answer = world.app.post(&at(PROFILES, &world.sys), &profile("Small", lines)).await;
    answer.expect_fault(400, "validation", &[("/permissions/0/operations/0", "not_a_choice")]);
    let lines = json!([{ "type": "provisioning/TenantLicenses", "operations": ["Read"] },
        { "type": "device/spark/*", "operations": ["Read"] }, { "type": "data/User" }]);
    world.app.post(&at(PROFILES, &world.sys), &profile("Right", lines)).await.expect(201);
}

#[tokio::test]
async fn a_role_names_a_profile_at_its_node_or_above() {
    let world = World::start().await;
    world.app.post(&at(PROFILES, &world.provider), &profile("Own", json!([]))).await.expect(201);
    let role = json!({ "name": "Desk", "access_profile": "Own" });
    let refused = world.app.post(&at(ROLES, &world.other_provider), &role).await;
    refused.expect_fault(400, "validation", &[("/access_profile", "not_found")]);
    let refused = world.app.post(&at(ROLES, &world.sys), &role).await;
    refused.expect_fault(400, "validation", &[("/access_profile", "not_found")]);
    world.app.post(&at(ROLES, &world.customer), &role).await.expect(201);
}

#[tokio::test]
async fn what_is_in_use_stays_and_keeps_its_name() {
    let world = World::with(&[Role::Operator]).await;
    let role = format!("{ROLES}{}", world.pkid_of(ROLES, "Operator").await);
    let profile = format!("{PROFILES}{}", world.pkid_of(PROFILES, "Operator").await);
    let fault = world.app.delete(&role).await.expect_fault(409, "in_use", &[]).json();
    assert!(fault["message"].as_str().unwrap().contains("Operator"), "{fault}");
    world.app.delete(&profile).await.expect_fault(409, "in_use", &[]);
    for path in [&role, &profile] {
        let mut data = world.app.data(path).await;
        data["name"] = json!("Renamed");
        let refused = world.app.put(path, &data).await;
        refused.expect_fault(400, "validation", &[("/name", "immutable")]);
    }
}

#[tokio::test]
async fn a_change_of_a_profile_holds_at_once() {
    let world = World::with(&[Role::Operator]).await;
    let path = at(SPARK, &world.customer);
    world.by(Role::Operator, "GET", &path).send().await.expect(200);
    let add = || world.by(Role::Operator, "POST", &path).json(&json!({ "name": "New" })).send();
    add().await.expect_fault(403, "forbidden", &[]);
    let profile = format!("{PROFILES}{}", world.pkid_of(PROFILES, "Operator").await);
    let mut data = world.app.data(&profile).await;
    data["permissions"] = json!([{ "type": "relation/*", "operations": ["Create"] }]);
    world.app.put(&profile, &data).await.expect(200);
    add().await.expect(201);
    world.by(Role::Operator, "GET", &path).send().await.expect_fault(403, "forbidden", &[]);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have() {
    use Role::{CustomerAdmin, ProviderAdmin, ResellerAdmin};
    let world = World::with(&[ProviderAdmin, ResellerAdmin, CustomerAdmin]).await;
    let more = |answer: crate::support::Answer| {
        let fault = answer.expect_fault(403, "more_than_own", &[]).json();
        assert!(fault["message"].as_str().unwrap().contains("gives more"), "{fault}");
    };
    let by = |role: Role, collection: &str, place: &Place, body: &Value| {
        world.by(role, "POST", &at(collection, place)).json(body).send()
    };
    // A profile.
    let all = profile("All", everything());
    more(by(CustomerAdmin, PROFILES, &world.customer, &all).await);
    more(by(ResellerAdmin, PROFILES, &world.reseller, &all).await);
    let full = json!({ "name": "Full", "full_access": true });
    more(by(ResellerAdmin, PROFILES, &world.reseller, &full).await);
    let some = profile("Some", json!([{ "type": "data/User", "operations": ["Read", "Create"] }]));
    by(CustomerAdmin, PROFILES, &world.customer, &some).await.expect(201);
    let made = by(ProviderAdmin, PROFILES, &world.provider, &all).await.expect(201).json();
    // A role.
    let role = json!({ "name": "AllRole", "access_profile": "All" });
    more(by(CustomerAdmin, ROLES, &world.customer, &role).await);
    by(ProviderAdmin, ROLES, &world.provider, &role).await.expect(201);
    // A user.
    let user = json!({ "username": "eve", "password": PASSWORD, "role": "AllRole" });
    more(by(CustomerAdmin, SYSTEM_USERS, &world.customer, &user).await);
    let user = json!({ "username": "eve", "password": PASSWORD, "role": "Operator" });
    let eve = by(CustomerAdmin, SYSTEM_USERS, &world.customer, &user).await.expect(201).json();
    let eve = format!("{SYSTEM_USERS}{}", eve["pkid"].as_str().unwrap());
    let change = json!({ "username": "eve", "role": "AllRole" });
    more(world.by(CustomerAdmin, "PUT", &eve).json(&change).send().await);
    // Somebody who has more isn't taken over by another password, nor removed.
    world.app.put(&eve, &change).await.expect(200);
    let taken = json!({ "username": "eve", "role": "AllRole", "password": "another long secret" });
    more(world.by(CustomerAdmin, "PUT", &eve).json(&taken).send().await);
    more(world.by(CustomerAdmin, "DELETE", &eve).send().await);
    let rows = world.by(CustomerAdmin, "DELETE", SYSTEM_USERS).json(&json!({ "hrefs": [eve] }));
    assert_eq!(rows.send().await.expect(200).json()["counts"]["failed"], 1);
    // Nor does a change of the profile below give what its changer hasn't.
    let profile = format!("{PROFILES}{}", made["pkid"].as_str().unwrap());
    let refused = world.by(CustomerAdmin, "PUT", &profile).json(&all).send().await;
    refused.expect(403);
}

#[tokio::test]
async fn answers_name_only_what_the_caller_may_do() {
    let world = World::with(&[Role::Operator, Role::CustomerAdmin]).await;
    let pkid = world.app.spark(&world.customer, &json!({ "name": "It" })).await;
    let list = world.by(Role::Operator, "GET", SPARK).send().await.expect(200).json();
    assert_eq!(list["operations"], json!(["export", "help", "get", "list"]));
    assert_eq!(list["meta"]["model_specific_actions"], json!(["export", "help", "get", "list"]));
    let names = |actions: &Value| -> Vec<String> {
        let all = actions.as_array().unwrap().iter();
        all.flat_map(|action| action.as_object().unwrap().keys().cloned()).collect()
    };
    assert_eq!(names(&list["meta"]["actions"]), ["export", "list", "help"]);
    let path = format!("{SPARK}{pkid}");
    let one = world.by(Role::Operator, "GET", &path).send().await.expect(200).json();
    assert_eq!(names(&one["meta"]["actions"]), ["get", "export", "help"]);
    let one = world.by(Role::CustomerAdmin, "GET", &path).send().await.expect(200).json();
    let all = names(&one["meta"]["actions"]);
    assert!(all.iter().any(|name| name == "update"), "{all:?}");
    assert!(all.iter().any(|name| name == "RefreshAccessToken"), "{all:?}");
    assert!(!all.iter().any(|name| name == "remove" || name == "move"), "{all:?}");
}
