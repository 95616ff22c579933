//! `GET /api/relation/SparkCustomer/[pkid]/`: the envelope of an instance, and its `ETag`.

use serde_json::{Value, json};

use crate::support::{NODES, SPARK, TestApp};

#[tokio::test]
async fn an_instance_has_its_data_and_says_where_it_stands() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One", "sync": true })).await;
    let answer = app.get(&format!("{SPARK}{pkid}/")).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["data", "meta"]);
    let link = format!("/oauth/webex/authorize/{pkid}");
    let expected = json!({ "name": "One", "token_link": link, "sync": true });
    assert_eq!(body["data"], expected);
    let meta = &body["meta"];
    assert_eq!(meta["model_type"], "relation/SparkCustomer");
    assert_eq!(meta["path"], json!(["sys", "Provider", "Customer"]));
    assert_eq!(meta["schema_version"], "1.2.7");
    let own = json!([{ "href": format!("{SPARK}{pkid}/"), "pkid": pkid }]);
    assert_eq!(meta["references"]["self"], own);
    let parent = json!([{ "href": format!("{NODES}{}", place.pkid), "pkid": place.pkid }]);
    assert_eq!(meta["references"]["parent"], parent);
}

#[tokio::test]
async fn the_actions_of_an_instance_can_be_followed() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let body = app.get(&format!("{SPARK}{pkid}")).await.expect(200).json();
    let actions = body["meta"]["actions"].as_array().unwrap();
    let named = |name: &str| -> &Value {
        actions.iter().find_map(|action| action.get(name)).unwrap_or_else(|| panic!("no {name}"))
    };
    app.get(named("get")["href"].as_str().unwrap()).await.expect(200);
    app.get(named("help")["href"].as_str().unwrap()).await.expect(200);
    assert_eq!(named("update")["method"], "PUT");
    app.put(named("update")["href"].as_str().unwrap(), &json!({ "name": "Two" })).await.expect(200);
    assert_eq!(named("remove")["method"], "DELETE");
    app.delete(named("remove")["href"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn the_schema_stands_beside_the_data_when_it_is_asked_for() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let schema = app.get(&format!("{SPARK}schema/")).await.expect(200).json();
    for switch in ["schema=true", "schema=1"] {
        let body = app.get(&format!("{SPARK}{pkid}/?{switch}")).await.expect(200).json();
        assert_eq!(body["schema"], schema);
    }
    let body = app.get(&format!("{SPARK}{pkid}/?schema=false")).await.expect(200).json();
    assert_eq!(body.get("schema"), None);
}

#[tokio::test]
async fn the_etag_changes_with_the_instance_and_only_with_it() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let path = format!("{SPARK}{pkid}");
    let tag = |answer: crate::support::Answer| answer.header("etag").unwrap().to_owned();
    let first = tag(app.get(&path).await.expect(200));
    assert!(first.starts_with('"') && first.ends_with('"'), "{first}");
    assert_eq!(tag(app.get(&path).await.expect(200)), first);
    app.spark(&place, &json!({ "name": "Another" })).await;
    assert_eq!(tag(app.get(&path).await.expect(200)), first);
    let answered = tag(app.put(&path, &json!({ "name": "Two" })).await.expect(200));
    let second = tag(app.get(&path).await.expect(200));
    assert_ne!(second, first);
    assert_eq!(answered, second);
    // A new secret is a change too, though no answer shows it.
    app.put(&path, &json!({ "name": "Two", "token": "a" })).await.expect(200);
    let third = tag(app.get(&path).await.expect(200));
    app.put(&path, &json!({ "name": "Two", "token": "b" })).await.expect(200);
    assert_ne!(tag(app.get(&path).await.expect(200)), third);
}

#[tokio::test]
async fn what_the_caller_has_already_is_not_sent_again() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let path = format!("{NODES}{}", place.pkid);
    let tag = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    let ask = |known: String| app.call("GET", &path).header("if-none-match", &known).send();
    let answer = ask(tag.clone()).await.expect(304);
    assert_eq!(answer.header("etag"), Some(tag.as_str()));
    assert!(answer.body.is_empty());
    ask("\"x\"".to_owned()).await.expect(200);
    let described = json!({ "name": "Customer", "node_type": "customer", "description": "D" });
    app.put(&path, &described).await.expect(200);
    ask(tag).await.expect(200);
}

#[tokio::test]
async fn what_the_caller_has_already_may_be_named_in_every_form_of_http() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let path = format!("{NODES}{}", place.pkid);
    let tag = app.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    // A list, a weak tag and a star (RFC 9110, section 13.1.2).
    for known in [format!("\"x\", {tag}"), format!("W/{tag}"), "*".to_owned()] {
        app.call("GET", &path).header("if-none-match", &known).send().await.expect(304);
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One" })).await;
    let long = "x".repeat(5000);
    let names = [
        "000000000000000000000000",
        "None",
        "6t0ggef2c0deab00hb595101",
        "%00",
        "%FF",
        "..%2F..",
        "a%2Fb",
        "%2B",
        "'%20OR%201=1",
        &long,
        &pkid.to_uppercase(),
        &place.pkid,
    ];
    for name in names {
        app.get(&format!("{SPARK}{name}")).await.expect_fault(404, "not_found", &[]);
    }
    // An instance is found under its own model alone.
    app.get(&format!("{NODES}{pkid}")).await.expect_fault(404, "not_found", &[]);
    app.get(&format!("{SPARK}{pkid}?hierarchy=sys.Nobody")).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
}

#[tokio::test]
async fn the_root_can_be_read() {
    let app = TestApp::start().await;
    let sys = app.sys().await;
    let body = app.get(&format!("{NODES}{}", sys.pkid)).await.expect(200).json();
    assert_eq!(body["data"]["name"], "sys");
    assert_eq!(body["data"]["node_type"], "sys");
}
