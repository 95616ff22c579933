//! `…/service_packs/` of a tenant: put to it all or none, changed, taken away again.

use serde_json::{Value, json};

use crate::support::{
    NORTH, SERVICE_PACKS, TENANT, TRANSACTIONS, Tenancy, TestApp, limited, unlimited,
};

const PACKS: &str = "/api/v1/tenants/foo/service_packs/";

const SERVICES: [&str; 3] = ["Call Waiting", "Do Not Disturb", "Basic Call Logs"];

async fn with_packs() -> (TestApp, Tenancy) {
    let app = TestApp::start().await;
    for name in SERVICES {
        app.service("user", name).await;
    }
    let tenancy = app.tenancy().await;
    app.pack(&tenancy.provider, "All_Services", &SERVICES, json!({ "display_name": "All" })).await;
    app.pack(&tenancy.provider, "Some/Services", &SERVICES[..1], json!({})).await;
    (app, tenancy)
}

fn from_config(packs: &[(&str, Value)], authorise: bool) -> Value {
    let packs: Vec<Value> =
        packs.iter().map(|(name, q)| json!({ "name": name, "quantity": q })).collect();
    json!({ "servicePacksFromConfig": packs, "auto_auth_services": authorise })
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_pack_is_put_with_the_licences_it_needs() {
    let (app, tenancy) = with_packs().await;
    let line = concat!(
        r#"{"name":"All_Services","description":"","maximumAllowed":{"unlimited":false,"maximum":2},"#,
        r#""allocated":{"unlimited":false,"maximum":2},"currentlyAllocated":0"#,
    );
    let detail =
        format!(r#"{line},"services":["Call Waiting","Do Not Disturb","Basic Call Logs"]}}"#);
    let body = from_config(&[("All_Services", limited(2))], true);
    let answer = app.post(PACKS, &body).await.expect(201);
    assert_eq!(answer.text(), format!(r#"{{"servicePacks":[{detail}]}}"#));
    let id = answer.header("x-transaction-id").unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Set Service Packs");
    assert_eq!(record["hierarchy"], tenancy.customer.path);
    assert!(record["after"].to_string().contains("All_Services"), "{record}");
    assert!(!record["before"].to_string().contains("All_Services"), "{record}");
    for name in SERVICES {
        let line = app.line(TENANT, "userServices", name).await;
        assert_eq!(line["allocated"], limited(2), "{name}");
    }
    // As the documents print it among the licences, and as a list and alone.
    let licences = app
        .call("GET", &format!("{TENANT}licenses/"))
        .json(&json!({ "includeServicePacks": true }))
        .send()
        .await
        .expect(200);
    assert!(licences.text().starts_with(&format!(r#"{{"servicePacks":[{line}}}],"#)), "{licences}");
    let list = app.get(PACKS).await.expect(200);
    assert_eq!(list.text(), format!(r#"{{"servicePacks":[{detail}]}}"#));
    assert_eq!(app.get(&format!("{PACKS}All_Services")).await.expect(200).text(), detail);
    // The same again changes nothing.
    let again = app.post(PACKS, &body).await.expect(201);
    assert_eq!(again.text(), answer.text());
    // Another quantity isn't the same.
    let other = from_config(&[("All_Services", limited(3))], true);
    let refused = app.post(PACKS, &other).await;
    let refused = refused.expect_invalid(&["/servicePacksFromConfig/0/quantity"]).json();
    assert_eq!(
        message(&refused),
        "All_Services is at this tenant with the quantity 2; change that by a PUT to the pack \
         itself."
    );
}

#[tokio::test]
async fn packs_are_put_all_or_none() {
    let (app, tenancy) = with_packs().await;
    app.pack(&tenancy.provider, "Forbidden", &[], json!({ "authorization": 0 })).await;
    app.pack(&tenancy.provider, "Old", &[], json!({ "no_more_assignable": true })).await;
    let one =
        |name: &str, q: Value| from_config(&[("Some/Services", limited(1)), (name, q)], false);
    let before = app.get(&format!("{TENANT}licenses/?includeServicePacks=true")).await.json();
    let records = app.total(TRANSACTIONS).await;
    app.license(TENANT, "userServices", "Call Waiting", limited(5)).await.expect(200);
    let cases = [
        ("Nothing", "/servicePacksFromConfig/1/name", "There is no service pack \"Nothing\""),
        ("Forbidden", "/servicePacksFromConfig/1/name", "Forbidden is forbidden"),
        ("Old", "/servicePacksFromConfig/1/name", "Old is no more assignable"),
        (
            "All_Services",
            "/servicePacksFromConfig/1/name",
            "All_Services has services that the tenant isn't licensed for: Do Not Disturb, Basic \
             Call Logs. License them first, or have them licensed with the pack (auto_auth_services).",
        ),
    ];
    for (name, field, text) in cases {
        let answer = app.post(PACKS, &one(name, limited(1))).await.expect_invalid(&[field]).json();
        assert!(message(&answer).starts_with(text), "{answer}");
    }
    // A pack twice, with two quantities.
    let twice = from_config(&[("Some/Services", limited(1)), ("Some/Services", limited(2))], false);
    app.post(PACKS, &twice).await.expect_invalid(&["/servicePacksFromConfig/1/quantity"]);
    app.license(TENANT, "userServices", "Call Waiting", limited(0)).await.expect(200);
    let after = app.get(&format!("{TENANT}licenses/?includeServicePacks=true")).await.json();
    assert_eq!(after, before);
    // The two that changed the licence.
    assert_eq!(app.total(TRANSACTIONS).await, records + 2);
    // Both of one call.
    let both = from_config(&[("Some/Services", limited(3)), ("All_Services", unlimited())], true);
    let answer = app.post(PACKS, &both).await.expect(201).json();
    let names: Vec<&Value> =
        answer["servicePacks"].as_array().unwrap().iter().map(|p| &p["name"]).collect();
    assert_eq!(names, ["Some/Services", "All_Services"]);
    assert_eq!(app.line(TENANT, "userServices", "Call Waiting").await["allocated"], unlimited());
}

#[tokio::test]
async fn what_a_pack_allows_follows_the_licences_of_its_services() {
    let (app, _) = with_packs().await;
    app.put_pack("All_Services", unlimited()).await;
    let allowed =
        async || app.line(TENANT, "servicePacks", "All_Services").await["maximumAllowed"].clone();
    assert_eq!(allowed().await, unlimited());
    app.license(TENANT, "userServices", "Call Waiting", limited(9)).await.expect(200);
    app.license(TENANT, "userServices", "Do Not Disturb", limited(4)).await.expect(200);
    assert_eq!(allowed().await, limited(4));
    app.license(NORTH, "userServices", "Call Waiting", limited(7)).await.expect(200);
    assert_eq!(allowed().await, limited(2));
}

#[tokio::test]
async fn a_quantity_is_changed_and_a_pack_removed() {
    let (app, tenancy) = with_packs().await;
    app.put_pack("Some/Services", limited(5)).await;
    let path = format!("{PACKS}Some%2FServices/");
    let user = app.user(&tenancy.north, "ada").await;
    assert!(!user.is_empty());
    app.assign(&format!("{NORTH}users/ada"), &[], &["Some/Services"]).await.expect(200);
    let answer = app.put(&path, &json!({ "quantity": limited(1) })).await.expect(200);
    assert!(answer.header("x-transaction-id").is_some());
    assert_eq!(answer.json()["allocated"], limited(1));
    assert_eq!(answer.json()["currentlyAllocated"], 1);
    // As it is read, it can be put back with another quantity.
    let mut read = app.get(&path).await.expect(200).json();
    read["allocated"] = unlimited();
    assert_eq!(app.put(&path, &read).await.expect(200).json(), read);
    let refused = app.put(&path, &json!({ "quantity": limited(0) })).await;
    let refused = refused.expect_invalid(&["/quantity"]).json();
    assert_eq!(
        message(&refused),
        "Some/Services can't be limited to 0: 1 user holds it. Allow at least 1, or take it back \
         from some first."
    );
    let refused = app.delete(&path).await.expect_invalid(&["name"]).json();
    assert_eq!(
        message(&refused),
        "Some/Services can't be removed from foo: 1 user holds it. Take it back first."
    );
    app.unassign(&format!("{NORTH}users/ada"), &[], &["Some/Services"]).await.expect(200);
    let removed = app.delete(&path).await.expect(200);
    assert!(removed.header("x-transaction-id").is_some());
    assert_eq!(removed.json()["name"], "Some/Services");
    app.get(&path).await.expect_absent(&[""]);
    app.delete(&path).await.expect_absent(&["name"]);
    app.put(&path, &json!({ "quantity": limited(1) })).await.expect_absent(&["name"]);
    assert_eq!(app.get(PACKS).await.json(), json!({ "servicePacks": [] }));
    // The licences that it brought stay.
    assert_eq!(app.line(TENANT, "userServices", "Call Waiting").await["allocated"], limited(5));
}

#[tokio::test]
async fn bodies_of_the_wrong_form() {
    let (app, _) = with_packs().await;
    app.put_pack("Some/Services", limited(5)).await;
    let packs = |packs: Value| json!({ "servicePacksFromConfig": packs });
    let at = "/servicePacksFromConfig";
    for (body, fields) in [
        (json!({}), vec![at.to_owned()]),
        (packs(json!([])), vec![at.to_owned()]),
        (packs(json!({})), vec![at.to_owned()]),
        (packs(json!(["All_Services"])), vec![format!("{at}/0")]),
        (packs(json!([{ "quantity": { "unlimited": true } }])), vec![format!("{at}/0/name")]),
        (packs(json!([{ "name": "All_Services" }])), vec![format!("{at}/0/quantity")]),
        (
            packs(json!([{ "name": "All_Services", "allocated": { "unlimited": true } }])),
            vec![format!("{at}/0/allocated"), format!("{at}/0/quantity")],
        ),
        (
            packs(json!([{ "name": "All_Services", "quantity": { "maximum": -1 } }])),
            vec![format!("{at}/0/quantity/maximum")],
        ),
        (
            json!({ "auto_auth_services": 1, "servicePacksFromConfig": [{ "name": "All_Services", "quantity": { "unlimited": true } }] }),
            vec!["/auto_auth_services".to_owned()],
        ),
        (
            json!({ "auto": true, "servicePacksFromConfig": [{ "name": "All_Services", "quantity": { "unlimited": true } }] }),
            vec!["/auto".to_owned()],
        ),
    ] {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        app.post(PACKS, &body).await.expect_misshapen(&fields);
    }
    let path = format!("{PACKS}Some%2FServices/");
    for (body, field) in [
        (json!({}), "/quantity"),
        (json!({ "quantity": 3 }), "/quantity"),
        (json!({ "quantity": { "maximum": "3" } }), "/quantity/maximum"),
        (json!({ "allocated": { "unlimited": false } }), "/allocated/maximum"),
        (
            json!({ "quantity": { "maximum": 3 }, "auto_auth_services": true }),
            "/auto_auth_services",
        ),
    ] {
        app.put(&path, &body).await.expect_misshapen(&[field]);
    }
    let both = json!({ "quantity": { "maximum": 3 }, "allocated": { "maximum": 3 } });
    app.put(&path, &both).await.expect_invalid(&["/allocated"]);
    let renamed = json!({ "quantity": { "maximum": 3 }, "name": "Other" });
    app.put(&path, &renamed).await.expect_invalid(&["/name"]);
    assert_eq!(app.get(&path).await.json()["allocated"], limited(5));
}

#[tokio::test]
async fn what_a_tenant_has_keeps_its_pack_in_the_catalogue() {
    let (app, tenancy) = with_packs().await;
    app.put_pack("Some/Services", limited(5)).await;
    let path = format!("{SERVICE_PACKS}?filter_field=technical_name&filter_text=Some");
    let list = app.get(&path).await.expect(200).json();
    let href = list["resources"][0]["meta"]["references"]["self"][0]["href"].clone();
    let answer = app.delete(href.as_str().unwrap()).await.expect(409);
    assert!(answer.json()["message"].as_str().unwrap().contains(&tenancy.customer.path));
    app.delete(&format!("{PACKS}Some%2FServices")).await.expect(200);
    app.delete(href.as_str().unwrap()).await.expect(200);
}
