//! A model that nobody wrote code for: its file alone gives it list, add, detail, API, help and
//! pages. A file that is no model stops the start with its name, the place in it and the reason.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{ADMIN, Options, PASSWORD, TRANSACTIONS, TestApp};

const SOMETHING: &str = "/api/data/Something/";

fn something() -> Value {
    json!({
        "model_type": "data/Something",
        "title": "Curious thing",
        "title_plural": "Curious things",
        "description": "Things that nobody thought of.",
        "section": "Curiosities",
        "summary_attrs": ["label", "size", "hierarchy_friendly_name"],
        "unique_at_node": ["label"],
        "allowed_at": ["customer", "site"],
        "groups": [{ "title": "The looks of it", "fields": ["label", "size"] }],
        "schema": {
            "$schema": "http://json-schema.org/draft-03/schema",
            "type": "object",
            "properties": {
                "label": { "title": "Label of it", "type": "string", "required": true },
                "size": { "title": "Its size", "type": "integer", "minimum": 1, "maximum": 9 },
                "colour": { "title": "Colour", "type": "string", "default": "red",
                    "choices": [
                        { "value": "red", "title": "Deep red" },
                        { "value": "blue", "title": "Sky blue" }
                    ] },
                "pin": { "title": "Secret pin", "type": "string", "is_password": true },
                "parts": { "title": "Parts", "type": "array", "maxItems": 2, "items": {
                    "type": "object",
                    "properties": { "code": { "title": "Code", "type": "string", "required": true } }
                } }
            },
            "schema_version": "3.1"
        }
    })
}

/// A folder with one model file.
fn folder(name: &str, file: &str, text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join(name);
    let path = models.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    (dir, models)
}

fn options(models: &Path) -> Options {
    Options { models_dir: Some(models.to_owned()), ..Options::default() }
}

async fn with_something() -> (TestApp, TempDir, String) {
    let (dir, models) = folder("models", "data/Something.json", &something().to_string());
    let app = TestApp::start_with(options(&models)).await.unwrap();
    let place = app.tenant().await;
    (app, dir, place.path)
}

#[tokio::test]
async fn it_has_the_whole_api() {
    let (app, _dir, place) = with_something().await;
    let list = app.get(&format!("{SOMETHING}?limit=3")).await.expect(200).json();
    assert_eq!(list["meta"]["model_type"], "data/Something");
    assert_eq!(list["meta"]["schema_version"], "3.1");
    assert_eq!(list["pagination"]["order_by"], "label");
    assert_eq!(list["pagination"]["total"], 0);
    assert_eq!(
        list["meta"]["summary_attrs"],
        json!([
            { "name": "label", "title": "Label of it" },
            { "name": "size", "title": "Its size" },
            { "name": "hierarchy_friendly_name", "title": "Located At", "allow_filtering": true }
        ])
    );
    let schema = app.get(&format!("{SOMETHING}schema/")).await.expect(200).json();
    assert_eq!(schema.to_string(), something()["schema"].to_string());
    let form = app.get(&format!("{SOMETHING}add/?hierarchy={place}")).await.expect(200).json();
    assert_eq!(form["data"], json!({ "colour": "red" }));
    let help = app.get(&format!("{SOMETHING}help")).await.expect(200);
    for text in ["Curious things", "Label of it", "Things that nobody thought of."] {
        assert!(help.text().contains(text), "{text}");
    }

    let path = format!("{SOMETHING}?hierarchy={place}");
    let data = json!({ "label": "One", "size": 3, "pin": "1234", "parts": [{ "code": "a" }] });
    let made = app.post(&path, &data).await.expect(201).json();
    let own = made["meta"]["uri"].as_str().unwrap();
    let masked =
        json!({ "label": "One", "size": 3, "pin": "********", "parts": [{ "code": "a" }] });
    let got = app.get(own).await.expect(200);
    assert_eq!(got.json()["data"], masked);
    let tag = got.header("etag").unwrap();
    let data = json!({ "label": "Two" });
    app.call("PUT", own).json(&data).header("if-match", tag).send().await.expect(200);
    app.call("PUT", own).json(&data).header("if-match", tag).send().await.expect(412);
    assert_eq!(app.data(own).await, json!({ "label": "Two", "pin": "********" }));
    let found =
        format!("{SOMETHING}?filter_field=label&filter_text=tw&order_by=size&direction=desc");
    assert_eq!(app.get(&found).await.expect(200).json()["pagination"]["total"], 1);
    app.delete(own).await.expect(200);
    assert_eq!(app.total(SOMETHING).await, 0);
    let told = format!("{TRANSACTIONS}?filter_field=model_type&filter_text=data/Something");
    assert_eq!(app.get(&told).await.expect(200).json()["pagination"]["total"], 3);
}

#[tokio::test]
async fn its_instances_are_judged_by_its_file() {
    let (app, _dir, place) = with_something().await;
    let path = format!("{SOMETHING}?hierarchy={place}");
    let cases: [(Value, &[(&str, &str)]); 5] = [
        (json!({}), &[("/label", "required")]),
        (json!({ "label": "x", "size": 0 }), &[("/size", "too_small")]),
        (json!({ "label": "x", "size": 10 }), &[("/size", "too_large")]),
        (json!({ "label": "x", "colour": "green" }), &[("/colour", "not_a_choice")]),
        (json!({ "label": "x", "parts": [{}] }), &[("/parts/0/code", "required")]),
    ];
    for (data, errors) in cases {
        app.post(&path, &data).await.expect_fault(400, "validation", errors);
    }
    app.post(&format!("{SOMETHING}?hierarchy=sys"), &json!({ "label": "x" })).await.expect_fault(
        400,
        "validation",
        &[("hierarchy", "wrong_place")],
    );
    app.get(&format!("{SOMETHING}?order_by=pin")).await.expect_fault(
        400,
        "validation",
        &[("order_by", "unknown_field")],
    );
    app.post(&path, &json!({ "label": "x" })).await.expect(201);
    app.post(&path, &json!({ "label": "x" })).await.expect_fault(
        409,
        "taken",
        &[("/label", "taken")],
    );
}

#[tokio::test]
async fn it_keeps_its_node_from_being_deleted() {
    let (app, _dir, place) = with_something().await;
    app.post(&format!("{SOMETHING}?hierarchy={place}"), &json!({ "label": "x" })).await.expect(201);
    let node =
        app.get("/api/data/HierarchyNode/?filter_field=name&filter_text=Customer").await.json();
    let own = node["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    let answer = app.delete(own).await.expect(409);
    assert!(answer.text().contains("data/Something"), "{answer}");
}

#[tokio::test]
async fn its_pages_show_its_titles() {
    let (app, _dir, place) = with_something().await;
    let answer = app.call("POST", "/login").anonymous();
    let answer = answer.form(&[("username", ADMIN), ("password", PASSWORD)]).send().await;
    let cookie = format!("sessionid={}", answer.expect(303).cookie("sessionid"));
    let data = json!({ "label": "A very special one", "size": 3 });
    let made = app.post(&format!("{SOMETHING}?hierarchy={place}"), &data).await.expect(201).json();
    let pkid = made["pkid"].as_str().unwrap();
    let page = async |path: &str| {
        let path = format!("/models/data/Something{path}");
        app.call("GET", &path).cookie(&cookie).send().await.expect(200).text().to_owned()
    };
    let list = page("").await;
    for text in ["Curious things", "Label of it", "Its size", "A very special one"] {
        assert!(list.contains(text), "{text}");
    }
    let add = page(&format!("/add?hierarchy={place}")).await;
    for text in ["The looks of it", "Label of it", "Its size", "Sky blue", "Secret pin", "Parts"] {
        assert!(add.contains(text), "{text}");
    }
    assert!(page(&format!("/{pkid}")).await.contains("A very special one"));
}

#[tokio::test]
async fn a_type_may_hold_a_slash() {
    let mut model = something();
    model["model_type"] = json!("device/spark/Thing");
    let (_dir, models) = folder("models", "device/spark/Thing.json", &model.to_string());
    let app = TestApp::start_with(options(&models)).await.unwrap();
    let place = app.tenant().await;
    for slash in ["", "/"] {
        let path = format!("/api/device/spark/Thing{slash}");
        app.get(&path).await.expect(200);
        let data = json!({ "label": format!("a{slash}") });
        let made = app.post(&format!("{path}?hierarchy={}", place.path), &data).await.expect(201);
        let own = made.json()["meta"]["uri"].as_str().unwrap().to_owned();
        app.get(&format!("{own}{slash}")).await.expect(200);
    }
    // Its href in a bulk call too.
    let page = app.get("/api/device/spark/Thing/").await.json();
    let own = page["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    let gone = app.delete_all("/api/device/spark/Thing/", &[own.to_owned()]).await.expect(200);
    assert_eq!(gone.json()["success"], true);
}

#[tokio::test]
async fn the_folder_may_have_any_name() {
    let (_dir, models) = folder("extra", "data/Something.json", &something().to_string());
    let app = TestApp::start_with(options(&models)).await.unwrap();
    app.get(SOMETHING).await.expect(200);
}

/// What the start says about this file.
async fn refusal(file: &str, text: &str) -> String {
    let (_dir, models) = folder("models", file, text);
    match TestApp::start_with(options(&models)).await {
        Ok(_) => panic!("started with {text}"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_file_that_is_no_model_stops_the_start() {
    let spoilt = |pointer: &str, value: Value| {
        let mut model = something();
        *model.pointer_mut(pointer).unwrap() = value;
        model.to_string()
    };
    let cases = [
        ("{ \"model_type\": ".to_owned(), "line 1"),
        ("[]".to_owned(), "object"),
        (spoilt("/schema/properties/size/type", json!("count")), "/schema/properties/size/type"),
        (spoilt("/summary_attrs/1", json!("nothing")), "/summary_attrs/1"),
        (spoilt("/summary_attrs/1", json!("pin")), "/summary_attrs/1"),
        (spoilt("/allowed_at/0", json!("planet")), "/allowed_at/0"),
        (
            spoilt("/schema/properties/label/required", json!("yes")),
            "/schema/properties/label/required",
        ),
        (
            spoilt("/schema/properties/colour/default", json!("green")),
            "/schema/properties/colour/default",
        ),
        (spoilt("/groups/0/fields/0", json!("nothing")), "/groups/0/fields/0"),
        (spoilt("/model_type", json!("data/Other")), "/model_type"),
    ];
    for (text, told) in cases {
        let said = refusal("data/Something.json", &text).await;
        assert!(said.contains("data/Something.json"), "{said}");
        assert!(said.contains(told), "{told} in {said}");
    }
}

#[tokio::test]
async fn a_workflow_that_there_is_none_of_stops_the_start() {
    let mut model = something();
    model["actions"] = json!([{ "name": "RefreshAccessToken", "title": "Refresh" }]);
    let said = refusal("data/Something.json", &model.to_string()).await;
    assert!(said.contains("data/Something") && said.contains("RefreshAccessToken"), "{said}");
}

#[tokio::test]
async fn a_model_that_is_there_already_stops_the_start() {
    let mut model = something();
    model["model_type"] = json!("relation/SparkCustomer");
    let said = refusal("relation/SparkCustomer.json", &model.to_string()).await;
    assert!(said.contains("relation/SparkCustomer.json"), "{said}");
    assert!(said.contains("/model_type"), "{said}");
}
