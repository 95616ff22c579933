//! `export_format=json`: a zip with one JSON file.

use serde_json::json;

use super::{
    files::{export_all, file_name, unzipped},
    things::{THINGS, add_all, awkward, hrefs, with_things},
};
use crate::support::{SPARK, TRANSACTIONS, TestApp};

#[tokio::test]
async fn an_instance_is_exported_as_the_documents_print_it() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({
        "name": "Heron", "dirsync_enabled": false, "email_domain": "", "token": "secret-token",
        "shadow": [{ "name": "one" }]
    });
    let pkid = app.spark(&place, &data).await;
    for path in [format!("{SPARK}{pkid}/export"), format!("{SPARK}export/{pkid}/")] {
        let path = format!("{path}?hierarchy={}&export_format=json", place.path);
        let answer = app.get(&path).await.expect(200);
        assert_eq!(file_name(&answer), "export_2026-01-31_09:30:00.000000.json.zip");
        assert_eq!(answer.header("content-language"), Some("en"));
        assert_eq!(answer.header("content-type"), Some("application/x-zip"));
        let length = answer.body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(length.as_str()));
        let (name, file) = unzipped(&answer.body);
        assert_eq!(name, "relation_SparkCustomer.json");
        let expected = json!({
            "meta": {
                "model_type": "relation/SparkCustomer",
                "schema_version": "1.2.7",
                "exported": "2026-01-31T09:30:00.000000Z",
                "hierarchy": place.path,
            },
            "resources": [{
                "meta": { "pkid": pkid, "hierarchy": place.path },
                // What is empty or not set isn't there; a boolean that is false is set.
                "data": {
                    "name": "Heron",
                    "dirsync_enabled": false,
                    "token_link": format!("/oauth/webex/authorize/{pkid}"),
                    "shadow": [{ "name": "one" }]
                },
            }],
        });
        assert_eq!(file, expected);
    }
}

#[tokio::test]
async fn json_is_what_an_export_is_without_a_format() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &[json!({ "label": "a" })]).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let answer = app.post(&format!("{THINGS}export/"), &body).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/x-zip"));
    assert_eq!(unzipped(&answer.body).1["resources"][0]["data"], json!({ "label": "a" }));
}

#[tokio::test]
async fn values_of_every_kind_come_out_as_they_are() {
    let (app, place, _dir) = with_things().await;
    let pkids = add_all(&app, &place, &awkward()).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let answer = app.post(&format!("{THINGS}export/"), &body).await.expect(200);
    let file = unzipped(&answer.body).1;
    let exported: Vec<_> =
        file["resources"].as_array().unwrap().iter().map(|r| r["data"].clone()).collect();
    let mut expected = awkward();
    // The secrets, and what is empty.
    expected[0].as_object_mut().unwrap().shift_remove("pin");
    expected[0]["inner"].as_object_mut().unwrap().shift_remove("key");
    expected[0]["open"]["k"][1] = json!({});
    expected[4].as_object_mut().unwrap().shift_remove("story");
    expected[5]["any"] = json!({});
    assert_eq!(exported, expected);
}

#[tokio::test]
async fn the_log_of_transactions_is_exported_too() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "Heron", "token": "secret-token" })).await;
    let answer = export_all(&app, TRANSACTIONS, "json").await;
    let (name, file) = unzipped(&answer.body);
    assert_eq!(name, "tool_Transaction.json");
    let newest = &file["resources"][0]["data"];
    assert_eq!(newest["action"], "Create");
    assert_eq!(newest["after"]["name"], "Heron");
    assert!(!answer.text_of_zip().contains("secret-token"));
}

impl crate::support::Answer {
    /// The JSON inside a zip, as text.
    fn text_of_zip(&self) -> String {
        unzipped(&self.body).1.to_string()
    }
}
