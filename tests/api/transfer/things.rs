//! A model with a value of every kind, and instances that hold the awkward ones.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Options, Place, TestApp, at};

pub const THINGS: &str = "/api/data/Thing/";

fn model() -> Value {
    json!({
        "model_type": "data/Thing",
        "title": "Thing",
        "title_plural": "Things",
        "summary_attrs": ["label", "hierarchy_friendly_name"],
        "unique_at_node": ["label"],
        "allowed_at": ["customer"],
        "groups": [
            { "title": "Looks", "fields": ["colour", "label"] },
            { "title": "Numbers", "fields": ["size", "weight", "big"] }
        ],
        "formats": { "story": "multiline" },
        "schema": {
            "type": "object",
            "properties": {
                "label": { "title": "Label", "type": "string", "required": true,
                    "description": "What it is called." },
                "story": { "title": "Story", "type": "string" },
                "size": { "title": "Size", "type": "integer" },
                "big": { "title": "Big", "type": "integer" },
                "weight": { "title": "Weight", "type": "number" },
                "live": { "title": "Live", "type": "boolean" },
                "colour": { "title": "Colour", "type": "string", "choices": [
                    { "value": "red", "title": "Deep red, almost brown" },
                    { "value": "blue", "title": "Sky blue" }
                ] },
                "pin": { "title": "Pin", "type": "string", "is_password": true },
                "inner": { "title": "Inner", "type": "object", "properties": {
                    "code": { "title": "Code", "type": "string" },
                    "deep": { "title": "Deep", "type": "object", "properties": {
                        "flag": { "title": "Flag", "type": "boolean" }
                    } },
                    "key": { "title": "Key", "type": "string", "store_encrypted": true }
                } },
                "parts": { "title": "Parts", "type": "array", "items": {
                    "type": "object", "properties": {
                        "code": { "title": "Code", "type": "string", "required": true },
                        "count": { "title": "Count", "type": "integer" }
                    } } },
                "tags": { "title": "Tags", "type": "array", "maxItems": 4,
                    "items": { "type": "string", "title": "Tag" } },
                "open": { "title": "Open", "type": "object" },
                "any": { "title": "Any", "type": "any" }
            },
            "schema_version": "2.0"
        }
    })
}

/// A program that knows the model, and a place for its instances.
pub async fn with_things() -> (TestApp, Place, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let models = dir.path().join("models");
    fs::create_dir_all(models.join("data")).unwrap();
    fs::write(models.join("data/Thing.json"), model().to_string()).unwrap();
    let options = Options { models_dir: Some(models), ..Options::default() };
    let app = TestApp::start_with(options).await.unwrap();
    let place = app.tenant().await;
    (app, place, dir)
}

/// Instances with every kind of value.
pub fn awkward() -> Vec<Value> {
    vec![
        json!({
            "label": "=SUM(A1:A9)",
            "story": "Line one\nline two\r\nline three\tend ",
            "size": -5,
            "big": 9_007_199_254_740_993_i64,
            "weight": 0.1,
            "live": false,
            "colour": "red",
            "pin": "1234",
            "inner": { "code": "+31 20 555", "deep": { "flag": true }, "key": "k" },
            "parts": [{ "code": "a", "count": 1 }, { "code": "-b" }],
            "tags": ["@x", "y"],
            "open": { "k": [1, { "z": null }], "=": "=1" },
            "any": "text"
        }),
        json!({ "label": "  spaces  ", "story": "\u{1f469}\u{200d}\u{1f680} \u{5e9}\u{5dc}\u{5d5}\u{5dd} e\u{301}",
            "weight": 1e300, "any": [1, 2.5, "x"], "size": 0 }),
        json!({ "label": "'quoted", "story": "_x000D_ <b>&amp;</b> \"a\",b;c", "live": true,
            "weight": 3, "colour": "blue" }),
        json!({ "label": "0012", "story": "TRUE", "big": -9_223_372_036_854_775_808_i64 }),
        json!({ "label": "<clear>x", "story": "", "tags": [], "parts": [], "inner": {} }),
        json!({ "label": "'=x", "any": { "a": "" }, "open": {} }),
    ]
}

/// Adds them, and answers their pkids.
pub async fn add_all(app: &TestApp, place: &Place, things: &[Value]) -> Vec<String> {
    let mut pkids = Vec::new();
    for thing in things {
        let made = app.post(&at(THINGS, place), thing).await.expect(201);
        pkids.push(made.json()["pkid"].as_str().unwrap().to_owned());
    }
    pkids
}

pub fn hrefs(pkids: &[String]) -> Vec<String> {
    pkids.iter().map(|pkid| format!("{THINGS}{pkid}")).collect()
}
