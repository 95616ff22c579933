//! `/api/openapi.json`: that it is there for everybody, says everything, and holds together.

use std::collections::BTreeSet;

use serde_json::Value;
use tenantry::api::{openapi, routes};

use crate::support::TestApp;

async fn description(app: &TestApp) -> Value {
    app.call("GET", "/api/openapi.json").anonymous().send().await.expect(200).json()
}

#[tokio::test]
async fn every_call_is_described_and_nothing_else() {
    let app = TestApp::start().await;
    assert_eq!(openapi::undescribed(&app.app), [], "say in src/api/openapi what these are");
    let there: BTreeSet<(String, String)> = routes::all(&app.app)
        .into_iter()
        .filter(openapi::is_described)
        .map(|route| (route.path, route.method.as_str().to_lowercase()))
        .collect();
    let description = description(&app).await;
    for (path, operations) in description["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            assert!(there.contains(&(path.clone(), method.clone())), "{method} {path}");
        }
    }
    // One of each surface.
    for (path, method) in [
        ("/healthz", "get"),
        ("/api/v01/auth/login", "post"),
        ("/api/relation/SparkCustomer/{pkid}", "put"),
        ("/api/tool/Transaction/{pkid}/events", "get"),
        ("/api/v1/tenants/{tenant}/licenses", "put"),
    ] {
        assert!(description["paths"][path][method].is_object(), "{method} {path}");
    }
}

#[tokio::test]
async fn what_a_model_does_not_offer_is_not_in_it() {
    let app = TestApp::start().await;
    let paths = description(&app).await["paths"].clone();
    assert!(paths["/api/tool/Transaction"]["get"].is_object());
    assert!(paths["/api/tool/Transaction"].get("post").is_none());
    assert!(paths["/api/tool/Transaction/{pkid}"].get("delete").is_none());
    assert!(paths["/api/device/spark/User/bulk_update"].get("post").is_none());
}

#[tokio::test]
async fn no_two_calls_of_a_section_are_called_the_same() {
    let app = TestApp::start().await;
    let paths = description(&app).await["paths"].clone();
    let mut seen = BTreeSet::new();
    for (path, operations) in paths.as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let (tag, summary) = (&operation["tags"][0], &operation["summary"]);
            assert!(seen.insert(format!("{tag} {summary}")), "{method} {path}: {tag} {summary}");
        }
    }
}

/// Every `$ref` below a value.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(entries) => entries.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn what_it_refers_to_is_there_and_each_call_has_a_name_of_its_own() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let mut found = BTreeSet::new();
    references(&description, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(description.pointer(pointer).is_some(), "{reference}");
    }
    let mut names = BTreeSet::new();
    for operations in description["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            let path = &operation["responses"];
            assert!(path.as_object().unwrap().keys().any(|status| status.starts_with('2')));
        }
    }
}

#[tokio::test]
async fn its_schemas_are_those_of_the_models_in_today_s_json_schema() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let schemas = &description["components"]["schemas"];
    for (name, schema) in schemas.as_object().unwrap() {
        assert!(jsonschema::meta::is_valid(schema), "{name}: {schema}");
    }
    let sent = &schemas["relation.SparkCustomer"];
    assert!(sent["required"].as_array().unwrap().contains(&"name".into()), "{sent}");
    let secret = &sent["properties"]["token"];
    assert_eq!(secret["writeOnly"], true, "{sent}");
    let answered = &schemas["relation.SparkCustomer.read"]["properties"]["token"];
    assert_eq!(answered["enum"][0], "********", "{answered}");
    let choices = &schemas["data.ServicePack"]["properties"]["authorization"]["enum"];
    assert_eq!(choices, &serde_json::json!([0, 1, 2]));
    let action = &schemas["data.Schedule"]["properties"]["action"];
    assert!(action["enum"].as_array().unwrap().contains(&"RefreshAccessToken".into()));
}

#[tokio::test]
async fn people_read_the_same_on_pages_without_scripts() {
    let app = TestApp::start().await;
    let description = description(&app).await;
    let page = async |path: &str| app.call("GET", path).anonymous().send().await;
    let overview = page("/api/docs").await.expect(200);
    assert!(overview.text().contains("<title>The API · Tenantry</title>"), "{overview}");
    let policy = overview.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert!(!overview.text().contains("<script"), "{overview}");
    for tag in description["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        let path = format!("/api/docs/{}", name.replace('/', "."));
        assert!(overview.text().contains(&format!("href=\"{path}\"")), "{path}");
        let section = page(&path).await.expect(200);
        for operations in description["paths"].as_object().unwrap().values() {
            for operation in operations.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap();
                let there = section.text().contains(&format!("id=\"{id}\""));
                assert_eq!(there, operation["tags"][0] == name, "{id} on {path}");
            }
        }
    }
    let shapes = page("/api/docs/shapes").await.expect(200);
    for name in description["components"]["schemas"].as_object().unwrap().keys() {
        assert!(shapes.text().contains(&format!("id=\"shape-{name}\"")), "{name}");
    }
    page("/api/docs/data.Nothing").await.expect_fault(404, "not_found", &[]);
    page("/api/docs/%3Cscript%3E").await.expect_fault(404, "not_found", &[]);
}
