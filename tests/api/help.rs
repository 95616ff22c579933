//! `GET …/help`: the help page of a model and of an instance, as HTML. Its examples run as they
//! stand.

use serde_json::{Value, json};

use crate::support::{Answer, NODES, Place, SPARK, TRANSACTIONS, TestApp, at};

const TEMPLATES: &str = "/api/data/ConfigurationTemplate/";
const POLICIES: &str = "/api/data/FieldDisplayPolicy/";
const SCHEDULES: &str = "/api/data/Schedule/";
const PROVISIONING: [&str; 4] =
    ["/api/data/Service/", "/api/data/ServicePack/", "/api/data/UserService/", "/api/data/User/"];

#[tokio::test]
async fn the_help_of_a_model_names_its_fields_and_calls() {
    let app = TestApp::start().await;
    let collections = [SPARK, NODES, TRANSACTIONS, TEMPLATES, POLICIES, SCHEDULES];
    for collection in collections.into_iter().chain(PROVISIONING) {
        let help = app.get(&format!("{collection}help")).await.expect(200);
        assert!(help.header("content-type").unwrap().starts_with("text/html"));
        let schema = app.get(&format!("{collection}schema")).await.expect(200).json();
        for (name, property) in schema["properties"].as_object().unwrap() {
            assert!(help.text().contains(&format!("<code>{name}</code>")), "{name}");
            assert!(help.text().contains(property["title"].as_str().unwrap()), "{name}");
        }
        assert!(help.text().contains(collection.trim_end_matches('/')));
    }
    let help = app.get(&format!("{SPARK}help")).await.expect(200);
    // What is within others, what can be chosen, and what is asked for.
    for text in [
        "<code>shadow[].name</code>",
        "<code>Cisco Jabber app</code>",
        "text, required, up to 1024 characters",
        "secret: never answered",
        "set by the server",
        "Instances stand at customer nodes",
    ] {
        assert!(help.text().contains(text), "{text}");
    }
    let transactions = app.get(&format!("{TRANSACTIONS}help")).await.expect(200);
    assert!(transactions.text().contains("/replay/"));
    assert!(!transactions.text().contains("bulk_update"));
}

#[tokio::test]
async fn the_help_of_an_instance_stands_below_it() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let help = app.get(&format!("{SPARK}{pkid}/help?hierarchy={}", place.pkid)).await.expect(200);
    assert!(help.header("content-type").unwrap().starts_with("text/html"));
    assert!(help.text().contains(&pkid));
    app.get(&format!("{SPARK}unknown/help")).await.expect_fault(404, "not_found", &[]);
    let dark = app.call("GET", &format!("{SPARK}help")).header("cookie", "theme=dark");
    let dark = dark.send().await.expect(200);
    assert!(dark.text().contains("data-theme=\"dark\""));
}

/// A command of the page, taken apart as a shell would.
struct Example {
    method: String,
    path: String,
    body: Option<Value>,
}

/// The commands on a page, with its own values for what they refer to.
fn examples(page: &Answer) -> Vec<Example> {
    let text = page.text();
    let code = |start: &str| {
        let rest = text.split_once(start).unwrap().1;
        rest.split(['\n', '<']).next().unwrap().to_owned()
    };
    let (node, pkid) = (code("export NODE="), code("export PKID="));
    text.split("<code>curl ")
        .skip(1)
        .map(|rest| {
            let command = rest.split_once("</code>").unwrap().0;
            let command = command.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            let method =
                command.split_once("-X ").map_or("GET", |(_, m)| m.split_once(' ').unwrap().0);
            let url = command.split_once("\"$TENANTRY_URL").unwrap().1.split_once('"').unwrap().0;
            let body = command.split_once("--data ").map(|(_, word)| {
                let inner = word.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap();
                let text = inner.replace("'\"$PKID\"'", &pkid).replace(r"'\''", "'");
                serde_json::from_str(&text).unwrap()
            });
            Example {
                method: method.to_owned(),
                path: url.replace("$NODE", &node).replace("$PKID", &pkid),
                body,
            }
        })
        .collect()
}

/// A form with that file.
fn multipart(file: &[u8]) -> Vec<u8> {
    let head =
        "----boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sheet\"\r\n\r\n";
    [head.as_bytes(), file, b"\r\n----boundary--\r\n"].concat()
}

/// Runs all of them; answers the tasks' methods and paths with their status.
async fn run(app: &TestApp, help: &str) -> Vec<(String, u16)> {
    let page = app.get(help).await.expect(200);
    let mut told = Vec::new();
    let mut exported = Vec::new();
    for Example { method, path, body } in examples(&page) {
        if path.ends_with("/events/") {
            continue;
        }
        let mut call = app.call(&method, &path);
        if let Some(body) = &body {
            call = call.json(body);
        }
        if path.contains("/import/") {
            // What was exported before is loaded again.
            let kind = "multipart/form-data; boundary=--boundary";
            call = call.header("content-type", kind).bytes(multipart(&exported));
        }
        let answer = call.send().await;
        if answer.header("content-type") == Some("application/x-zip") {
            exported = answer.body.to_vec();
        }
        let is_json = answer.header("content-type") == Some("application/json");
        let done = answer.status < 300 && (!is_json || answer.json()["success"] != json!(false));
        // What has ended can't be cancelled, and what the bulk delete took can't be deleted again.
        let over = path.ends_with("/cancel/") && answer.status == 409
            || method == "DELETE" && !path.contains("?hierarchy=") && answer.status == 404;
        assert!(done || over, "{answer}");
        let name = format!("{method} {path}");
        told.push((name, answer.status));
    }
    told
}

#[tokio::test]
async fn every_example_of_every_model_runs() {
    let app = TestApp::start().await;
    let customer = app.tenant().await;
    let make = async |collection: &str, place: &Place, body: &Value| {
        let made = app.post(&at(collection, place), body).await.expect(201).json();
        made["pkid"].as_str().unwrap().to_owned()
    };
    let spark = app.spark(&customer, &json!({ "name": "One" })).await;
    let node =
        make(NODES, &customer, &json!({ "name": "Node", "node_type": "intermediate" })).await;
    let shaping = json!({ "name": "Mine", "model_type": "relation/SparkCustomer" });
    let template = make(TEMPLATES, &customer, &shaping).await;
    let policy = make(POLICIES, &customer, &shaping).await;
    let provider = app.provider("Other").await;
    let tenant = app.customer(&provider, "Tenant").await;
    let site = app.site(&tenant, "Site").await;
    let [services, packs, user_services, users] = PROVISIONING;
    let service = make(services, &provider, &json!({ "family": "user", "name": "Mine" })).await;
    let body = json!({ "technical_name": "Mine", "authorization": 1 });
    let pack = make(packs, &provider, &body).await;
    let user_service = make(user_services, &provider, &json!({ "technical_name": "Mine" })).await;
    let user = make(users, &site, &json!({ "user_id": "mine" })).await;
    let record = app.get(TRANSACTIONS).await.json()["resources"][0]["data"].clone();
    assert_eq!(record["model_type"], "data/User");
    let newest = app.get(TRANSACTIONS).await.json();
    let id = newest["resources"][0]["meta"]["references"]["self"][0]["pkid"].clone();
    let mut ran = 0;
    for (collection, pkid) in [
        (TRANSACTIONS, id.as_str().unwrap()),
        (SPARK, &spark),
        (TEMPLATES, &template),
        (POLICIES, &policy),
        (services, &service),
        (packs, &pack),
        (user_services, &user_service),
        (users, &user),
        (NODES, &node),
    ] {
        let told = run(&app, &format!("{collection}{pkid}/help")).await;
        let has = |method: &str, end: &str| {
            told.iter().any(|(name, _)| name.starts_with(method) && name.contains(end))
        };
        assert!(has("GET", "/schema/"), "{told:?}");
        if collection != TRANSACTIONS {
            assert!(told.contains(&(format!("GET {collection}{pkid}/"), 200)), "{told:?}");
            assert!(has("POST ", "?hierarchy=") && has("PUT ", pkid), "{told:?}");
            assert!(has("POST", "/bulk_update/") && has("DELETE ", "?hierarchy="), "{told:?}");
        }
        ran += told.len();
    }
    assert!(ran > 80, "{ran}");
}
