//! Every path works with and without its trailing slash, with the same status, never a redirect.

use serde_json::{Value, json};

use crate::support::{ADMIN, PASSWORD, TestApp};

/// Method, path without a trailing slash, body, and the status of both forms.
fn calls(
    pkid: &str,
    hierarchy_node: &str,
    transaction: &str,
    at: &str,
) -> Vec<(&'static str, String, Value, u16)> {
    let none = Value::Null;
    let login = json!({ "username": ADMIN, "password": PASSWORD });
    let name = json!({ "name": "One" });
    let mut calls = vec![
        ("POST", "/noninteractivelogin".to_owned(), login.clone(), 200),
        ("POST", "/api/v01/auth/login".to_owned(), login, 200),
        ("GET", "/api/v01/auth/access_token".to_owned(), none.clone(), 401),
        ("POST", "/api/v01/auth/logout".to_owned(), none.clone(), 401),
        ("GET", "/healthz".to_owned(), none.clone(), 200),
        ("GET", "/readyz".to_owned(), none.clone(), 200),
        ("GET", "/api/none".to_owned(), none.clone(), 404),
        ("GET", format!("/api/tool/Transaction/{transaction}/poll"), none.clone(), 200),
        ("POST", format!("/api/relation/SparkCustomer?hierarchy={at}"), name.clone(), 201),
        ("PUT", format!("/api/relation/SparkCustomer/{pkid}"), name, 200),
        ("DELETE", "/api/relation/SparkCustomer".to_owned(), json!({ "hrefs": ["x"] }), 200),
        ("DELETE", "/api/relation/SparkCustomer/none".to_owned(), none.clone(), 404),
        ("PATCH", "/api/relation/SparkCustomer".to_owned(), none.clone(), 405),
    ];
    for (model, pkid) in [
        ("relation/SparkCustomer", pkid),
        ("data/HierarchyNode", hierarchy_node),
        ("tool/Transaction", transaction),
    ] {
        for rest in ["", "/schema", "/help", &format!("/{pkid}"), &format!("/{pkid}/help")] {
            calls.push(("GET", format!("/api/{model}{rest}"), none.clone(), 200));
        }
        calls.push(("GET", format!("/api/{model}/none"), none.clone(), 404));
    }
    calls.push((
        "GET",
        format!("/api/relation/SparkCustomer/add?hierarchy={at}"),
        none.clone(),
        200,
    ));
    calls.push(("GET", "/api/data/HierarchyNode/add".to_owned(), none, 200));
    calls
}

/// The same path with its trailing slash, before the query.
fn with_slash(path: &str) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    }
}

#[tokio::test]
async fn both_forms_of_every_call_answer_the_same() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let page = app.get("/api/tool/Transaction/?limit=1").await.expect(200).json();
    let transaction = page["resources"][0]["meta"]["references"]["self"][0]["pkid"].clone();
    let transaction = transaction.as_str().unwrap();
    for (method, path, body, status) in calls(&pkid, &place.pkid, transaction, &place.pkid) {
        for path in [path.clone(), with_slash(&path)] {
            let call = app.call(method, &path);
            let call = if body.is_null() { call } else { call.json(&body) };
            call.send().await.expect(status);
        }
    }
}

#[tokio::test]
async fn both_forms_of_every_page_answer_the_same() {
    let app = TestApp::start().await;
    let answer = app.call("POST", "/login").anonymous();
    let answer = answer.form(&[("username", ADMIN), ("password", PASSWORD)]).send().await;
    let cookie = format!("sessionid={}", answer.expect(303).cookie("sessionid"));
    for path in [
        "/hierarchy",
        "/transactions",
        "/models/relation/SparkCustomer",
        "/models/relation/SparkCustomer/add",
        "/models/data/HierarchyNode",
    ] {
        for path in [path.to_owned(), with_slash(path)] {
            app.call("GET", &path).cookie(&cookie).send().await.expect(200);
        }
    }
    for path in ["/login", "/login/"] {
        app.call("GET", path).anonymous().send().await.expect(200);
    }
}
