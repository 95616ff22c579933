//! Forms that a display policy or a template shapes, and the forms of policies and templates
//! themselves, as a browser without WebAssembly uses them.

use serde_json::{Value, json};

use super::pages_nojs::{Browser, assert_page, input, location};
use crate::support::{Answer, SPARK, at, unlinked};

const LIST: &str = "/models/relation/SparkCustomer";
const TEMPLATES: &str = "/api/data/ConfigurationTemplate/";
const POLICIES: &str = "/api/data/FieldDisplayPolicy/";

async fn make(browser: &Browser, kind: &str, name: &str, more: &Value) -> String {
    let mut body = json!({ "name": name, "model_type": "relation/SparkCustomer" });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let made = browser.app.post(&at(kind, &browser.place), &body).await.expect(201);
    made.json()["pkid"].as_str().unwrap().to_owned()
}

/// Without the frame, whose links have titles too.
fn main_of(page: &Answer) -> &str {
    page.text().split_once("<main").unwrap().1.split_once("</main>").unwrap().0
}

#[track_caller]
fn assert_lacks(page: &Answer, texts: &[&str]) {
    for text in texts {
        assert!(!main_of(page).contains(text), "{text:?} is in\n{}", main_of(page));
    }
}

#[tokio::test]
async fn a_template_fills_the_form_and_locks_what_it_fixes() {
    let browser = Browser::start().await;
    let add = format!("{LIST}/add?hierarchy={}", browser.place.path);
    assert_lacks(&browser.get(&add).await, &["choose-template_name"]);
    let values = json!({
        "defaults": { "email_domain": "example.com", "notes": "From the template" },
        "fixed": { "default_calling_behaviour": "Cisco Jabber app" }
    });
    make(&browser, TEMPLATES, "Standard <1>", &values).await;
    let page = browser.get(&add).await;
    assert_page(&page, 200, &["choose-template_name", "Standard &lt;1&gt;"]);
    assert_eq!(input(&page, "/email_domain"), Some(""));

    let chosen = format!("{add}&template_name=Standard+%3C1%3E");
    let page = browser.get(&chosen).await;
    assert_page(&page, 200, &["Set by the template Standard"]);
    assert_eq!(input(&page, "/email_domain"), Some("example.com"));
    assert_eq!(input(&page, "/default_calling_behaviour"), None);
    // The chooser keeps what else the address says.
    assert_eq!(input(&page, "hierarchy"), Some(browser.place.path.as_str()));

    // What is fixed can't be posted; what is filled can be emptied.
    let form = [
        ("/name", "One"),
        ("/email_domain", ""),
        ("/notes", "Mine"),
        ("/sync", "false"),
        ("/default_calling_behaviour", "Third-Party app"),
    ];
    let answer = browser.post(&chosen, &form).await;
    assert!(!location(&answer).contains("template_name"), "{answer}");
    let rows = browser.app.get(SPARK).await.json()["resources"].clone();
    let wanted = json!({
        "name": "One", "notes": "Mine", "sync": false,
        "default_calling_behaviour": "Cisco Jabber app",
        "hierarchy_friendly_name": browser.place.path
    });
    assert_eq!(unlinked(&rows[0]["data"]), wanted);

    // A stored instance is filled where it is empty.
    let pkid = rows[0]["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    let page = browser.get(&format!("{LIST}/{pkid}?template_name=Standard+%3C1%3E")).await;
    assert_eq!(input(&page, "/email_domain"), Some("example.com"));
    assert_page(&page, 200, &["Mine"]);
    let page = browser.get(&format!("{add}&template_name=Nothing")).await;
    assert_page(&page, 404, &["There is no configuration template"]);
}

#[tokio::test]
async fn a_form_that_hides_and_locks_fields_changes_nothing_else() {
    let browser = Browser::start().await;
    let fields = json!([
        { "name": "email_domain", "title": "Mail domain", "group": "Post" },
        { "name": "name", "visibility": "hidden", "title": "Account" },
        { "name": "notes", "visibility": "hidden" },
        { "name": "token", "visibility": "hidden" },
        { "name": "sync", "visibility": "hidden" },
        { "name": "account_email", "visibility": "readonly" }
    ]);
    make(&browser, POLICIES, "Short", &json!({ "fields": fields })).await;
    let body = json!({
        "name": "One", "notes": "kept", "token": "hunter2", "sync": true,
        "account_email": "a@example.com", "email_domain": "old.example",
        "shadow": [{ "name": "inner" }]
    });
    let pkid = browser.app.spark(&browser.place, &body).await;
    let page = browser.get(&format!("{LIST}/{pkid}")).await;
    assert_page(&page, 200, &["Mail domain", "Account", "Post"]);
    let only_one = "choose-policy_name";
    let api = main_of(&page).split_once("panel-overview").unwrap().1;
    let overview = api.split_once("panel-history").unwrap().0;
    for gone in ["Please Note", "Sync on Create", "Admin Access Token", only_one] {
        assert!(!overview.contains(gone), "{gone} is in {overview}");
    }
    assert_eq!(input(&page, "/account_email"), None);
    assert_eq!(input(&page, "/name"), Some("One"));
    let version = input(&page, "_version").unwrap().to_owned();

    // Forged values of what isn't on the form don't count.
    let form = [
        ("_version", version.as_str()),
        ("_submit", "save_and_stay"),
        ("/name", "Two"),
        ("/email_domain", "new.example"),
        ("/notes", "forged"),
        ("/token", "forged"),
        ("/token:do", "replace"),
        ("/account_email", "forged@example.com"),
    ];
    location(&browser.post(&format!("{LIST}/{pkid}"), &form).await);
    let data = browser.app.given(&format!("{SPARK}{pkid}/")).await;
    let wanted = json!({
        "name": "Two", "notes": "kept", "token": "********", "sync": true,
        "account_email": "a@example.com", "email_domain": "new.example",
        "shadow": [{ "name": "inner" }]
    });
    assert_eq!(data, wanted);

    // On a new one they have their defaults.
    let add = format!("{LIST}/add?hierarchy={}", browser.place.path);
    location(&browser.post(&add, &[("/name", "Three"), ("/notes", "forged")]).await);
    let rows = browser.app.get(&format!("{SPARK}?order_by=name")).await.json()["resources"].clone();
    let wanted = json!({
        "name": "Three", "sync": false, "hierarchy_friendly_name": browser.place.path
    });
    assert_eq!(unlinked(&rows[0]["data"]), wanted);

    // Errors speak of the titles that are shown, and the whole form is there when it's asked for.
    let page = browser.post(&add, &[("/name", "")]).await;
    assert_page(&page, 400, &["Account is required."]);
    let page = browser.get(&format!("{LIST}/{pkid}?policy_name=")).await;
    assert_page(&page, 200, &["Please Note", "Sync on Create", "Customer Name"]);
    make(&browser, POLICIES, "Other", &json!({})).await;
    let page = browser.get(&format!("{LIST}/{pkid}")).await;
    assert_page(&page, 200, &[only_one, "All fields"]);
}

#[tokio::test]
async fn a_template_is_made_field_by_field() {
    let browser = Browser::start().await;
    let add = format!("/models/data/ConfigurationTemplate/add?hierarchy={}", browser.place.path);
    let page = browser.get(&add).await;
    assert_page(&page, 200, &["choose-model_type", "Choose the model above"]);
    assert_lacks(&page, &["name=\"/name\""]);
    let add = format!("{add}&model_type=relation/SparkCustomer");
    let page = browser.get(&add).await;
    assert_page(&page, 200, &["Webex customer", "_pick:/defaults", "No fields yet."]);
    assert_lacks(&page, &["Admin Access Token", "name=\"/defaults/"]);

    let mut form = vec![("/name", "Standard"), ("_pick:/defaults", "sync"), ("_add", "/defaults")];
    let page = browser.post(&add, &form).await;
    assert_page(&page, 200, &["name=\"/defaults/sync\"", "Remove Sync on Create"]);
    assert_eq!(input(&page, "/name"), Some("Standard"));
    form.push(("/defaults/sync", "true"));
    form.extend([("_pick:/fixed", "email_domain"), ("_add", "/fixed")]);
    let page = browser.post(&add, &form).await;
    assert_page(&page, 200, &["name=\"/fixed/email_domain\""]);
    let gone = [("/defaults/sync", "true"), ("_remove", "/defaults/sync")];
    assert_lacks(&browser.post(&add, &gone).await, &["name=\"/defaults/sync\""]);

    // Its preview is the form that it fills, with ids of its own.
    let mut form = vec![
        ("/name", "Standard"),
        ("/defaults/sync", "true"),
        ("/fixed/email_domain", "example.com"),
    ];
    let mut look = form.clone();
    look.push(("_preview", "1"));
    let page = browser.post(&add, &look).await;
    assert_page(&page, 200, &["Preview: Webex customer", "id=\"preview/notes\"", "example.com"]);
    assert_eq!(main_of(&page).matches("id=\"field/name\"").count(), 1);
    assert_eq!(browser.app.total(TEMPLATES).await, 0);

    form[2].1 = "no domain";
    let page = browser.post(&add, &form).await;
    assert_page(&page, 400, &["field/fixed/email_domain:error"]);
    form[2].1 = "example.com";
    location(&browser.post(&add, &form).await);
    let row = browser.app.get(TEMPLATES).await.json()["resources"][0].clone();
    let wanted = json!({
        "name": "Standard", "model_type": "relation/SparkCustomer",
        "defaults": { "sync": true }, "fixed": { "email_domain": "example.com" },
        "hierarchy_friendly_name": browser.place.path
    });
    assert_eq!(row["data"], wanted);

    // What its form doesn't draw stays: hidden fields of the model, set over the API.
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    let mut body = wanted;
    body.as_object_mut().unwrap().remove("hierarchy_friendly_name");
    body["defaults"]["shadow"] = json!([{ "name": "inner" }]);
    browser.app.put(&format!("{TEMPLATES}{pkid}/"), &body).await.expect(200);
    let own = format!("/models/data/ConfigurationTemplate/{pkid}");
    let page = browser.get(&own).await;
    assert_page(&page, 200, &["be changed after it was created."]);
    let version = input(&page, "_version").unwrap().to_owned();
    let form = [("_version", version.as_str()), ("/name", "Standard"), ("/defaults/sync", "false")];
    location(&browser.post(&own, &form).await);
    body["defaults"]["sync"] = json!(false);
    body.as_object_mut().unwrap().remove("fixed");
    assert_eq!(browser.app.data(&format!("{TEMPLATES}{pkid}/")).await, body);
}

#[tokio::test]
async fn a_policy_is_made_row_by_row() {
    let browser = Browser::start().await;
    let add = format!(
        "/models/data/FieldDisplayPolicy/add?hierarchy={}&model_type=relation/SparkCustomer",
        browser.place.path
    );
    let rows = [
        ("/name", "Short"),
        ("/fields/0/name", "name"),
        ("/fields/0/visibility", "hidden"),
        ("/fields/1/name", "notes"),
        ("/fields/1/title", "Remarks"),
        ("/fields/1/group", "Top"),
    ];
    let page = browser.post(&add, &[&rows[..], &[("_add", "/fields")]].concat()).await;
    assert_page(&page, 200, &["name=\"/fields/2/name\"", "Organization Account Number"]);
    assert_eq!(input(&page, "/fields/1/title"), Some("Remarks"));
    let page = browser.post(&add, &[&rows[..], &[("_up", "/fields/1")]].concat()).await;
    assert_page(&page, 200, &[]);
    assert_eq!(input(&page, "/fields/0/title"), Some("Remarks"));
    let page = browser.post(&add, &[&rows[..], &[("_preview", "1")]].concat()).await;
    assert_page(&page, 200, &["Preview: Webex customer", "Remarks", "id=\"preview/name\""]);
    assert_eq!(browser.app.total(POLICIES).await, 0);

    let page = browser.post(&add, &[("/name", "Short"), ("/fields/0/name", "nonsense")]).await;
    assert_page(&page, 400, &["field/fields/0/name:error"]);
    location(&browser.post(&add, &rows).await);
    let data = browser.app.get(POLICIES).await.json()["resources"][0]["data"].clone();
    let wanted = json!([
        { "name": "name", "visibility": "hidden" },
        { "name": "notes", "title": "Remarks", "group": "Top" }
    ]);
    assert_eq!(data["fields"], wanted);
}
