//! The form of access profiles, whose lists of choices are checkboxes, without WebAssembly.

use serde_json::{Value, json};

use super::pages_nojs::{Browser, assert_page, input, location};
use crate::support::Answer;

const ADD: &str = "/models/data/AccessProfile/add?hierarchy=sys";
const PROFILES: &str = "/api/data/AccessProfile/";

/// The tag of the checkbox of that value in the list at `at`, if there is one.
fn checkbox<'a>(page: &'a Answer, at: &str, value: &str) -> Option<&'a str> {
    page.text().split("<input").find(|tag| {
        tag.contains("type=\"checkbox\"")
            && tag.contains(&format!("name=\"{at}/"))
            && tag.contains(&format!("value=\"{value}\""))
    })
}

/// The name and value that a browser would post for the checkbox.
fn ticked(page: &Answer, at: &str, value: &str) -> (String, String) {
    let tag = checkbox(page, at, value).expect("a checkbox");
    let name = tag.split_once("name=\"").unwrap().1.split('"').next().unwrap();
    (name.to_owned(), value.to_owned())
}

async fn post(browser: &Browser, path: &str, form: &[(String, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post(path, &form).await
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

async fn profile(browser: &Browser, name: &str) -> Value {
    let list = browser.app.get(&format!("{PROFILES}?filter_field=name&filter_text={name}")).await;
    list.json()["resources"][0].clone()
}

fn is_checked(tag: &str) -> bool {
    tag.split('>').next().unwrap().contains(" checked")
}

#[tokio::test]
async fn operations_are_checkboxes_and_types_are_suggested() {
    let browser = Browser::start().await;
    let page = browser.post(ADD, &[("_add", "/permissions")]).await;
    let suggested = ["<option value=\"*\">", "<option value=\"data/*\">", "\"data/User\""];
    assert_page(&page, 200, &suggested);
    assert_page(&page, 200, &["<option value=\"provisioning/TenantLicenses\">"]);
    let at = "/permissions/0/operations";
    for value in ["Create", "Read", "Bulk Update", "Export", "Field Display Policy"] {
        assert!(!is_checked(checkbox(&page, at, value).expect(value)), "{value}");
    }
    assert!(!page.text().contains("Add to Operations"));

    let form = vec![
        pair("/name", "Readers"),
        pair("/miscellaneous_permissions", ""),
        ticked(&page, "/miscellaneous_permissions", "Api Root"),
        pair("/permissions/0/type", "data/*"),
        ticked(&page, at, "Read"),
        ticked(&page, at, "Export"),
    ];
    // A row more: what is ticked stays ticked.
    let grown = post(&browser, ADD, &[&form[..], &[pair("_add", "/permissions")]].concat()).await;
    assert!(is_checked(checkbox(&grown, at, "Export").unwrap()));
    assert!(!is_checked(checkbox(&grown, at, "Create").unwrap()));
    assert!(checkbox(&grown, "/permissions/1/operations", "Read").is_some());

    location(&post(&browser, ADD, &form).await);
    let data = profile(&browser, "Readers").await["data"].clone();
    assert_eq!(data["miscellaneous_permissions"], json!(["Api Root"]));
    assert_eq!(
        data["permissions"],
        json!([{ "type": "data/*", "operations": ["Read", "Export"] }])
    );
}

#[tokio::test]
async fn nothing_ticked_is_nothing_given_whatever_the_default() {
    let browser = Browser::start().await;
    let page = browser.get(ADD).await;
    let at = "/miscellaneous_permissions";
    for value in ["Login", "Api Root"] {
        assert!(is_checked(checkbox(&page, at, value).expect(value)), "{value}");
    }
    assert_eq!(input(&page, at), Some(""));
    location(&browser.post(ADD, &[("/name", "None"), (at, "")]).await);
    let data = profile(&browser, "None").await["data"].clone();
    assert_eq!(data[at.trim_start_matches('/')], json!([]));
}

#[tokio::test]
async fn opening_and_saving_changes_no_order_and_nothing_that_is_not_there() {
    let browser = Browser::start().await;
    // In another order than that of the choices, and without what has a default.
    let body = json!({ "name": "Order", "permissions": [
        { "type": "data/User", "operations": ["Export", "Read"] },
    ] });
    browser.app.post(&format!("{PROFILES}?hierarchy=sys"), &body).await.expect(201);
    let row = profile(&browser, "Order").await;
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    let before = browser.app.data(&format!("{PROFILES}{pkid}/")).await;
    let own = format!("/models/data/AccessProfile/{pkid}");
    let page = browser.get(&own).await;
    let at = "/permissions/0/operations";
    let mut form = vec![
        pair("_version", input(&page, "_version").unwrap()),
        pair("/permissions/0/type", "data/User"),
        ticked(&page, at, "Read"),
        ticked(&page, at, "Export"),
        pair("/description", "Read and export"),
    ];
    for value in ["Login", "Api Root"] {
        if is_checked(checkbox(&page, "/miscellaneous_permissions", value).unwrap()) {
            form.push(ticked(&page, "/miscellaneous_permissions", value));
        }
    }
    location(&post(&browser, &own, &form).await);
    let mut after = browser.app.data(&format!("{PROFILES}{pkid}/")).await;
    assert_eq!(after["permissions"][0]["operations"], json!(["Export", "Read"]));
    assert_eq!(after["description"], "Read and export");
    after.as_object_mut().unwrap().remove("description");
    assert_eq!(after, before);
}

#[tokio::test]
async fn what_is_no_choice_is_refused_at_its_place() {
    let browser = Browser::start().await;
    let form = [
        ("/name", "Wrong"),
        ("/permissions/0/type", "data/Userr"),
        ("/permissions/0/operations/4", "Everything"),
        ("/permissions/0/operations/9", "Read"),
    ];
    let page = browser.post(ADD, &form).await;
    assert_page(&page, 400, &["field/permissions/0/operations/0:error", "no longer offered"]);
    let again = checkbox(&page, "/permissions/0/operations", "Read").unwrap();
    assert!(is_checked(again), "{again}");
    let twice = [
        ("/name", "Wrong"),
        ("/permissions/0/type", "data/User"),
        ("/permissions/0/operations/0", "Read"),
        ("/permissions/0/operations/1", "Read"),
    ];
    assert_page(&browser.post(ADD, &twice).await, 400, &["error-summary"]);
    assert_eq!(
        browser.app.total(&format!("{PROFILES}?filter_field=name&filter_text=Wrong")).await,
        0
    );
}
