//! `data/HierarchyNode`: what stands below what, names, tenants, and deletion.

use serde_json::{Value, json};

use crate::support::{NODES, Place, SPARK, TRANSACTIONS, TestApp, at};

const TYPES: [&str; 5] = ["provider", "reseller", "customer", "site", "intermediate"];

/// The node types that may stand below one (contract.md); intermediate nodes may anywhere.
fn allowed_below(node_type: &str) -> &'static [&'static str] {
    match node_type {
        "sys" => &["provider"],
        "provider" => &["reseller", "customer"],
        "reseller" => &["customer"],
        "customer" => &["site"],
        _ => &[],
    }
}

/// A node of every type, by type.
async fn one_of_each(app: &TestApp) -> Vec<(&'static str, Place)> {
    let sys = app.sys().await;
    let provider = app.provider("Provider").await;
    let reseller = app.reseller(&provider, "Reseller").await;
    let customer = app.customer(&reseller, "Customer").await;
    let site = app.site(&customer, "Site").await;
    vec![
        ("sys", sys),
        ("provider", provider),
        ("reseller", reseller),
        ("customer", customer),
        ("site", site),
    ]
}

async fn expect_nesting(app: &TestApp, place: &Place, counts_as: &str) {
    for child in TYPES {
        let name = format!("{child} at {}", place.path.replace('.', " "));
        let made = app.post(&at(NODES, place), &json!({ "name": name, "node_type": child })).await;
        if child == "intermediate" || allowed_below(counts_as).contains(&child) {
            made.expect(201);
        } else {
            made.expect_fault(400, "validation", &[("/node_type", "wrong_nesting")]);
        }
    }
}

#[tokio::test]
async fn each_type_stands_below_its_own_kinds_of_node() {
    let app = TestApp::start().await;
    for (node_type, place) in one_of_each(&app).await {
        expect_nesting(&app, &place, node_type).await;
    }
}

#[tokio::test]
async fn intermediate_nodes_are_transparent() {
    let app = TestApp::start().await;
    for (node_type, place) in one_of_each(&app).await {
        let outer = app.node(&place.path, "Outer", "intermediate").await;
        let inner = app.node(&outer.path, "Inner", "intermediate").await;
        expect_nesting(&app, &outer, node_type).await;
        expect_nesting(&app, &inner, node_type).await;
    }
}

#[tokio::test]
async fn a_name_is_one_step_of_a_path() {
    let app = TestApp::start().await;
    let before = app.contents().await;
    let refused = ["a.b", ".", "a.", ".a", " a", "a ", "a/b", "a\u{e9}", "🦀"];
    for name in refused {
        app.post(NODES, &json!({ "name": name, "node_type": "provider" })).await.expect_fault(
            400,
            "validation",
            &[("/name", "pattern")],
        );
    }
    app.post(NODES, &json!({ "name": "x".repeat(65), "node_type": "provider" }))
        .await
        .expect_fault(400, "validation", &[("/name", "too_long")]);
    app.post(NODES, &json!({ "name": "", "node_type": "provider" })).await.expect_fault(
        400,
        "validation",
        &[("/name", "required")],
    );
    assert_eq!(app.contents().await, before);
    for name in ["a", "A b-c_d 9", "-", &"x".repeat(64)] {
        app.provider(name).await;
    }
}

#[tokio::test]
async fn a_name_is_unique_among_its_siblings() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let other = app.provider("Other").await;
    let data = json!({ "name": "Same", "node_type": "reseller" });
    app.post(&at(NODES, &acme), &data).await.expect(201);
    let before = app.contents().await;
    app.post(&at(NODES, &acme), &data).await.expect_fault(409, "taken", &[("/name", "taken")]);
    // Of whatever type the sibling is.
    app.post(&at(NODES, &acme), &json!({ "name": "Same", "node_type": "intermediate" }))
        .await
        .expect_fault(409, "taken", &[("/name", "taken")]);
    assert_eq!(app.contents().await, before);
    app.post(&at(NODES, &other), &data).await.expect(201);
}

#[tokio::test]
async fn name_and_type_never_change() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let path = format!("{NODES}{}", acme.pkid);
    let before = app.contents().await;
    let put = |name: &str, node_type: &str| json!({ "name": name, "node_type": node_type });
    app.put(&path, &put("Other", "provider")).await.expect_fault(
        400,
        "validation",
        &[("/name", "immutable")],
    );
    app.put(&path, &put("Acme", "customer")).await.expect_fault(
        400,
        "validation",
        &[("/node_type", "immutable")],
    );
    assert_eq!(app.contents().await, before);
    let mut data = put("Acme", "provider");
    data["description"] = json!("The first one");
    app.put(&path, &data).await.expect(200);
    assert_eq!(app.data(&path).await, data);
}

#[tokio::test]
async fn a_node_that_is_not_empty_stays_and_says_what_is_in_it() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let customer = app.customer(&acme, "Cu").await;
    app.spark(&customer, &json!({ "name": "Webex of Cu" })).await;
    app.site(&customer, "Office").await;
    let before = app.contents().await;
    let answer = app.delete(&format!("{NODES}{}", customer.pkid)).await.expect(409).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["http_code"], 409);
    let told: Vec<&str> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["message"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), 2, "{answer}");
    for (part, model, name) in [
        (told[0], "data/HierarchyNode", "Office"),
        (told[1], "relation/SparkCustomer", "Webex of Cu"),
    ] {
        assert!(part.contains(model) && part.contains(name) && part.contains('1'), "{part}");
        assert!(answer["message"].as_str().unwrap().contains(part), "{answer}");
    }
    let answer = app.delete(&format!("{NODES}{}", acme.pkid)).await.expect(409);
    assert!(answer.text().contains("Cu"), "{answer}");
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn an_empty_node_goes_and_its_records_stay() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let customer = app.customer(&acme, "Cu").await;
    let spark = app.spark(&customer, &json!({ "name": "One" })).await;
    let gone = app.delete(&format!("{SPARK}{spark}")).await.expect(200).json();
    let node = app.delete(&format!("{NODES}{}", customer.pkid)).await.expect(200).json();
    app.get(&format!("{NODES}{}", customer.pkid)).await.expect_fault(404, "not_found", &[]);
    app.get(&format!("{SPARK}?hierarchy={}", customer.path)).await.expect(404);
    for (answer, action) in [(gone, "Delete"), (node, "Delete")] {
        let id = answer["transaction_id"].as_str().unwrap();
        let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
        assert_eq!(record["action"], action);
    }
    let of_spark =
        format!("{TRANSACTIONS}?hierarchy={}&filter_field=href&filter_text={spark}", acme.path);
    let of_spark = app.get(&of_spark).await.expect(200).json();
    assert_eq!(of_spark["pagination"]["total"], 2);
    assert_eq!(of_spark["resources"][0]["data"]["hierarchy"], customer.path.as_str());
    // The place is free again.
    app.customer(&acme, "Cu").await;
}

#[tokio::test]
async fn the_totals_of_the_node_above_count_what_moved_there() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let customer = app.customer(&acme, "Cu").await;
    let spark = app.spark(&customer, &json!({ "name": "One" })).await;
    app.delete(&format!("{SPARK}{spark}")).await.expect(200);
    app.delete(&format!("{NODES}{}", customer.pkid)).await.expect(200);
    let page = app.get(&format!("{TRANSACTIONS}?hierarchy={}", acme.pkid)).await.expect(200).json();
    let rows = page["resources"].as_array().unwrap().len();
    assert_eq!(page["pagination"]["total"], rows);
    // Customer made, instance made and deleted, customer deleted.
    assert_eq!(rows, 4);
}

#[tokio::test]
async fn the_root_stays() {
    let app = TestApp::start().await;
    let sys = app.sys().await;
    let before = app.contents().await;
    app.delete(&format!("{NODES}{}", sys.pkid)).await.expect(409);
    let answer = app.delete_all(NODES, &[format!("{NODES}{}", sys.pkid)]).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 1, "succeeded": 0, "failed": 1 }));
    app.get(&format!("{NODES}{}", sys.pkid)).await.expect(200);
    let after = app.contents().await;
    assert_eq!(before[..2], after[..2]);
}

#[tokio::test]
async fn the_root_keeps_its_name_and_type() {
    let app = TestApp::start().await;
    let sys = app.sys().await;
    let path = format!("{NODES}{}", sys.pkid);
    app.put(&path, &json!({ "name": "root", "node_type": "sys" })).await.expect(400);
    app.put(&path, &json!({ "name": "sys", "node_type": "provider" })).await.expect(400);
    let data = json!({ "name": "sys", "description": "Ours", "node_type": "sys" });
    app.put(&path, &data).await.expect(200);
    assert_eq!(app.data(&path).await, data);
}

#[tokio::test]
async fn a_customer_is_a_tenant_under_its_name_or_its_tenant_id() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let by_name = app.customer(&acme, "By name").await;
    let by_id = json!({ "name": "By id", "node_type": "customer", "tenant_id": "t.100" });
    let by_id = app.post(&at(NODES, &acme), &by_id).await.expect(201).json();
    let tenant_id = async |pkid: &str| -> Value {
        app.data(&format!("{NODES}{pkid}")).await["tenant_id"].clone()
    };
    assert_eq!(tenant_id(&by_name.pkid).await, "By name");
    assert_eq!(tenant_id(by_id["pkid"].as_str().unwrap()).await, "t.100");
}

#[tokio::test]
async fn a_customer_whose_modification_names_no_tenant_id_is_a_tenant_under_its_name() {
    let app = TestApp::start().await;
    let customer = app.tenant().await;
    let path = format!("{NODES}{}", customer.pkid);
    let data = json!({ "name": "Customer", "node_type": "customer", "description": "New" });
    app.put(&path, &data).await.expect(200);
    let stored = app.data(&path).await;
    assert_eq!(stored["tenant_id"], "Customer");
    assert_eq!(stored["description"], "New");
}

#[tokio::test]
async fn a_tenant_id_is_unique_in_the_whole_hierarchy() {
    let app = TestApp::start().await;
    let acme = app.provider("Acme").await;
    let other = app.provider("Other").await;
    app.customer(&acme, "Cu").await;
    let before = app.contents().await;
    for data in [
        json!({ "name": "Cu", "node_type": "customer" }),
        json!({ "name": "New", "node_type": "customer", "tenant_id": "Cu" }),
    ] {
        app.post(&at(NODES, &other), &data).await.expect_fault(
            409,
            "taken",
            &[("/tenant_id", "taken")],
        );
    }
    assert_eq!(app.contents().await, before);
    let data = json!({ "name": "Cu", "node_type": "customer", "tenant_id": "Cu 2" });
    let made = app.post(&at(NODES, &other), &data).await.expect(201).json();
    let path = format!("{NODES}{}", made["pkid"].as_str().unwrap());
    let data = json!({ "name": "Cu", "node_type": "customer", "tenant_id": "Cu" });
    app.put(&path, &data).await.expect_fault(409, "taken", &[("/tenant_id", "taken")]);
}

#[tokio::test]
async fn only_customers_have_a_tenant_id() {
    let app = TestApp::start().await;
    for (node_type, place) in one_of_each(&app).await {
        for child in allowed_below(node_type).iter().filter(|child| **child != "customer") {
            let data = json!({ "name": "New", "node_type": child, "tenant_id": "t1" });
            app.post(&at(NODES, &place), &data).await.expect_fault(
                400,
                "validation",
                &[("/tenant_id", "not_a_tenant")],
            );
        }
    }
}
