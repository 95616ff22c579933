//! `/api/v1/tenants/`: tenants, their sites and users, and who sees them.

use serde_json::{Value, json};

use crate::support::{NORTH, PASSWORD, TENANT, TestApp, USERS, limited};

const TENANTS: &str = "/api/v1/tenants/";

#[tokio::test]
async fn tenants_are_the_customers() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    let reseller = app.reseller(&tenancy.provider, "Shop").await;
    let body = json!({ "name": "Bar", "node_type": "customer", "description": "A bar" });
    app.add("/api/data/HierarchyNode/", &reseller, &body).await;
    app.user(&tenancy.north, "a").await;
    app.user(&tenancy.south, "b").await;

    let bar = r#"{"tenant_id":"Bar","name":"Bar","description":"A bar","hierarchy":"sys.Telco.Shop.Bar"}"#;
    let foo = r#"{"tenant_id":"foo","name":"Foo","description":"","hierarchy":"sys.Telco.Foo"}"#;
    let listed = async |query: &str| {
        app.get(&format!("{TENANTS}{query}")).await.expect(200).text().to_owned()
    };
    assert_eq!(listed("").await, format!(r#"{{"tenants":[{bar},{foo}]}}"#));
    assert_eq!(listed("?sizeLimit=1").await, format!(r#"{{"tenants":[{bar}]}}"#));
    assert_eq!(listed("?sizeLimit=9").await, format!(r#"{{"tenants":[{bar},{foo}]}}"#));
    assert_eq!(listed("?hierarchy=sys.Telco.Shop").await, format!(r#"{{"tenants":[{bar}]}}"#));
    assert_eq!(listed("?hierarchy=sys.Telco.Foo.North").await, r#"{"tenants":[]}"#);
    let body = json!({ "sizeLimit": 1, "hierarchy": tenancy.customer.pkid });
    let answer = app.call("GET", TENANTS).json(&body).send().await.expect(200);
    assert_eq!(answer.text(), format!(r#"{{"tenants":[{foo}]}}"#));

    let one = foo.replace('}', r#","groups":2,"users":2}"#);
    for path in [TENANT, TENANT.trim_end_matches('/')] {
        assert_eq!(app.get(path).await.expect(200).text(), one);
    }
    app.get(&format!("{TENANTS}Foo/")).await.expect_absent(&["tenant_id"]);
    // Not below the node that is named.
    app.get(&format!("{TENANT}?hierarchy=sys.Telco.Shop")).await.expect_absent(&["tenant_id"]);
}

#[tokio::test]
async fn groups_are_the_sites() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    let wing = app.node(&tenancy.customer.path, "Wing", "intermediate").await;
    let body = json!({ "name": "Attic", "node_type": "site", "description": "Under the roof" });
    app.add("/api/data/HierarchyNode/", &wing, &body).await;
    app.user(&tenancy.north, "a").await;
    let answer = app.get(&format!("{TENANT}groups/")).await.expect(200);
    let site = |id: &str, about: &str, path: &str, users: u8| {
        format!(
            r#"{{"group_id":"{id}","name":"{id}","description":"{about}","hierarchy":"{path}","users":{users}}}"#
        )
    };
    let expected = [
        site("Attic", "Under the roof", "sys.Telco.Foo.Wing.Attic", 0),
        site("North", "", "sys.Telco.Foo.North", 1),
        site("South", "", "sys.Telco.Foo.South", 0),
    ];
    assert_eq!(answer.text(), format!(r#"{{"groups":[{}]}}"#, expected.join(",")));
    app.get("/api/v1/tenants/nobody/groups/").await.expect_absent(&["tenant_id"]);
    // Two sites of one name are told apart by their pkids.
    let other = app.site(&wing, "North").await;
    let answer = app.get(&format!("{NORTH}licenses/")).await.expect_invalid(&["group"]).json();
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(&other.pkid) && message.contains(&tenancy.north.pkid), "{message}");
    let path = format!("{TENANT}groups/{}/users/", other.pkid);
    assert_eq!(app.get(&path).await.expect(200).text(), r#"{"users":[]}"#);
    // A node that is no site of this tenant is no group of it.
    for pkid in [&wing.pkid, &tenancy.customer.pkid] {
        app.get(&format!("{TENANT}groups/{pkid}/users/")).await.expect_absent(&["group"]);
    }
}

#[tokio::test]
async fn users_of_a_site() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    let ada = json!({
        "user_id": "ada@foo.example",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "ada@foo.example",
    });
    app.add(USERS, &tenancy.north, &ada).await;
    app.user(&tenancy.north, "b/c d").await;
    app.user(&tenancy.south, "elsewhere").await;
    let bare = r#"{"user_id":"b/c d","first_name":"","last_name":"","email":""}"#;
    let answer = app.get(&format!("{NORTH}users/")).await.expect(200);
    assert_eq!(answer.text(), format!(r#"{{"users":[{ada},{bare}]}}"#));
    let answer = app.get(&format!("{NORTH}users/?sizeLimit=1")).await.expect(200);
    assert_eq!(answer.text(), format!(r#"{{"users":[{ada}]}}"#));
    let answer = app.get(&format!("{NORTH}users/ada@foo.example/")).await.expect(200);
    assert_eq!(answer.text(), ada.to_string());
    let answer = app.get(&format!("{NORTH}users/b%2Fc%20d")).await.expect(200);
    assert_eq!(answer.text(), bare);
    let answer = app.get(&format!("{NORTH}users/b%2Fc%20d/services/")).await.expect(200);
    assert_eq!(answer.text(), r#"{"userServices":[],"servicePacks":[]}"#);
    for rest in ["", "services/", "properties/integrated_client_package/"] {
        let path = format!("{NORTH}users/elsewhere/{rest}");
        app.get(&path).await.expect_absent(&["user_id"]);
    }
    app.get(&format!("{TENANT}groups/None/users/x/")).await.expect_absent(&["group"]);
}

#[tokio::test]
async fn what_a_caller_can_t_see_doesn_t_exist() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    let other = app.tenant_named(&tenancy.provider, "Other", "other").await;
    let elsewhere = app.provider("Elsewhere").await;
    app.user(&tenancy.north, "ada").await;
    app.account("at-tenant", &tenancy.customer).await;
    app.account("at-other", &other).await;
    app.account("at-site", &tenancy.north).await;
    app.account("elsewhere", &elsewhere).await;
    let license = json!({ "userServices": [{ "name": "Call Waiting", "allocated": limited(1) }] });
    let packs = json!({ "servicePacksFromConfig": [{ "name": "p", "quantity": limited(1) }] });
    let assign = json!({ "userServices": [{ "name": "Call Waiting" }] });
    let quantity = json!({ "quantity": limited(1) });
    let nothing = Value::Null;
    let calls = [
        ("GET", "", &nothing),
        ("GET", "licenses/", &nothing),
        ("PUT", "licenses/", &license),
        ("GET", "service_packs/", &nothing),
        ("POST", "service_packs/", &packs),
        ("GET", "service_packs/p/", &nothing),
        ("PUT", "service_packs/p/", &quantity),
        ("DELETE", "service_packs/p/", &nothing),
        ("GET", "groups/", &nothing),
        ("GET", "groups/North/licenses/", &nothing),
        ("PUT", "groups/North/licenses/", &license),
        ("GET", "groups/North/users/", &nothing),
        ("GET", "groups/North/users/ada/", &nothing),
        ("GET", "groups/North/users/ada/services/", &nothing),
        ("POST", "groups/North/users/ada/services/", &assign),
        ("DELETE", "groups/North/users/ada/services/", &assign),
        ("GET", "groups/North/users/ada/properties/integrated_client_package/", &nothing),
    ];
    let of = async |username: &str, method: &str, path: &str, body: &Value| {
        let call = app.call(method, path).basic(username, PASSWORD);
        let call = if body.is_null() { call } else { call.json(body) };
        call.send().await
    };
    for username in ["at-other", "at-site", "elsewhere"] {
        for (method, rest, body) in calls {
            let answer = of(username, method, &format!("{TENANT}{rest}"), body).await;
            let answer = answer.expect_absent(&["tenant_id"]);
            assert!(answer.text().contains("There is no tenant \\\"foo\\\"."), "{answer}");
        }
    }
    for (username, tenants) in
        [("at-tenant", vec!["foo"]), ("at-other", vec!["other"]), ("at-site", vec![])]
    {
        let list = of(username, "GET", TENANTS, &nothing).await.expect(200).json();
        let ids: Vec<&str> = list["tenants"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tenant| tenant["tenant_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, tenants, "{username}");
    }
    of("at-tenant", "GET", TENANT, &nothing).await.expect(200);
    of("at-tenant", "GET", &format!("{NORTH}users/ada/"), &nothing).await.expect(200);
}
