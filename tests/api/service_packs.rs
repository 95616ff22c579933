//! Service packs: what the model API takes and refuses, their form without WebAssembly, and packs
//! side by side.

use serde_json::{Value, json};

use super::{
    pages_nojs::{Browser, assert_page, input, location},
    transfer::loading::form,
};
use crate::support::{Answer, TestApp, at};

const PACKS: &str = "/api/data/ServicePack/";
const LIST: &str = "/models/data/ServicePack";

fn full(name: &str) -> Value {
    json!({
        "technical_name": name,
        "display_name": "3G/4G pack",
        "authorization": 2,
        "description": "For a start",
        "no_more_assignable": false,
        "content": { "services": [{ "name": "3G/4G Continuity" }, { "name": "Call Waiting" }] },
        "integrated_client": {
            "device_types": ["Business Communicator - PC"],
            "extra_phone_ids": [4, 6],
            "active_statuses": [true, false],
            "with_credentials": false,
            "mode": "webex",
            "package": "standard",
            "package_level": 2
        },
        "exclusive": ["old-pack"],
        "options": [{ "name": "sp-1" }, { "name": "sp-2", "price": { "month": 3 } }],
        "add_data": { "project": { "a": [1, null] } }
    })
}

async fn made(app: &TestApp, data: &Value) -> String {
    let made = app.post(&format!("{PACKS}?hierarchy=sys"), data).await.expect(201);
    format!("{PACKS}{}", made.json()["pkid"].as_str().unwrap())
}

fn pkid(path: &str) -> &str {
    path.strip_prefix(PACKS).unwrap()
}

#[tokio::test]
async fn a_pack_is_kept_as_it_was_sent() {
    let app = TestApp::start().await;
    let path = made(&app, &full("3G/4G pack")).await;
    assert_eq!(app.data(&path).await, full("3G/4G pack"));
    // An empty client stays an empty one, an absent one stays away.
    for client in [json!({}), Value::Null] {
        let mut data = json!({ "technical_name": format!("p{client}"), "authorization": 0 });
        if !client.is_null() {
            data["integrated_client"] = client;
        }
        let path = made(&app, &data).await;
        assert_eq!(app.data(&path).await, data);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let cases: &[(&str, Value, &str, &str)] = &[
        ("/authorization", json!(7), "/authorization", "not_a_choice"),
        ("/authorization", json!("1"), "/authorization", "wrong_type"),
        ("/authorization", json!(1.5), "/authorization", "wrong_type"),
        ("/authorization", Value::Null, "/authorization", "wrong_type"),
        ("/technical_name", json!(""), "/technical_name", "required"),
        ("/technical_name", json!("x".repeat(81)), "/technical_name", "too_long"),
        ("/no_more_assignable", json!("no"), "/no_more_assignable", "wrong_type"),
        ("/description", json!("x".repeat(257)), "/description", "too_long"),
        ("/content", json!([]), "/content", "wrong_type"),
        ("/content/services", json!({}), "/content/services", "wrong_type"),
        ("/content/services", json!(["Call Park"]), "/content/services/0", "wrong_type"),
        ("/content/services", json!([{}]), "/content/services/0/name", "required"),
        (
            "/content/services",
            json!([{ "name": "Call Waiting" }, { "name": "Call Waiting" }]),
            "/content/services/1",
            "duplicate_item",
        ),
        ("/content/more", json!(1), "/content/more", "unknown_property"),
        ("/integrated_client", json!("webex"), "/integrated_client", "wrong_type"),
        (
            "/integrated_client/extra_phone_ids",
            json!(["4"]),
            "/integrated_client/extra_phone_ids/0",
            "wrong_type",
        ),
        (
            "/integrated_client/extra_phone_ids",
            json!([4, 5.5]),
            "/integrated_client/extra_phone_ids/1",
            "wrong_type",
        ),
        (
            "/integrated_client/active_statuses",
            json!([true, 1]),
            "/integrated_client/active_statuses/1",
            "wrong_type",
        ),
        (
            "/integrated_client/with_credentials",
            json!("yes"),
            "/integrated_client/with_credentials",
            "wrong_type",
        ),
        (
            "/integrated_client/package_level",
            json!(1_u64 << 63),
            "/integrated_client/package_level",
            "too_large",
        ),
        ("/exclusive", json!([{ "name": "x" }]), "/exclusive/0", "wrong_type"),
        ("/exclusive", json!(["x", "x"]), "/exclusive/1", "duplicate_item"),
        ("/options", json!([{ "price": 1 }]), "/options/0/name", "required"),
        ("/options", json!([{ "name": "x", "y": "\u{0}" }]), "/options/0/y", "control_character"),
        ("/add_data", json!([1]), "/add_data", "wrong_type"),
    ];
    let before = app.total(PACKS).await;
    for (place, value, field, code) in cases {
        let mut data = full("spoilt");
        let (parent, key) = place.rsplit_once('/').unwrap();
        data.pointer_mut(parent).unwrap()[key] = value.clone();
        let answer = app.post(&format!("{PACKS}?hierarchy=sys"), &data).await;
        let errors = [(*field, *code)];
        answer.expect_fault(400, "validation", &errors);
    }
    assert_eq!(app.total(PACKS).await, before);
    let provider = app.provider("Acme").await;
    let customer = app.customer(&provider, "North").await;
    let misplaced = app.post(&at(PACKS, &customer), &full("there")).await;
    misplaced.expect_fault(400, "validation", &[("hierarchy", "wrong_place")]);
    let path = made(&app, &full("fixed")).await;
    let renamed = app.put(&path, &full("other")).await;
    renamed.expect_fault(400, "validation", &[("/technical_name", "immutable")]);
}

#[tokio::test]
async fn a_form_without_webassembly_picks_types_and_keeps_what_it_can_not_show() {
    let browser = Browser::start().await;
    made(&browser.app, &json!({ "technical_name": "Old pack", "authorization": 1 })).await;
    let add = format!("{LIST}/add?hierarchy=sys");
    let page = browser.get(&add).await;
    assert_page(&page, 200, &["Add to Services by name"]);
    // Each service of the user family, none of the group one.
    assert!(page.text().contains("value=\"3G/4G Continuity\""), "{page}");
    assert!(!page.text().contains("value=\"Call Park\""));

    // A name that isn't listed is taken up into the list and stays ticked.
    let mut form = vec![
        ("/technical_name", "New/pack"),
        ("/authorization", "2"),
        ("/content/services/17/name", "Call Waiting"),
        ("/content/services/3/name", "Advice Of Charge"),
        ("/integrated_client/extra_phone_ids/0", "x"),
        ("/integrated_client/active_statuses/0", "true"),
        ("/integrated_client/mode", "webex"),
        ("/exclusive/0", "Old pack"),
        ("/exclusive/1", "yet to come"),
        ("/options/0/name", "sp-1"),
        ("/options/0/*", "{\"price\": 3"),
        ("/add_data/*", ""),
    ];
    form.push(("_take_up", "/exclusive"));
    let page = browser.post(&add, &form).await;
    assert_page(&page, 200, &["yet to come"]);
    form.pop();

    // What is wrong is said where it is, and nothing that was typed is lost.
    let page = browser.post(&add, &form).await;
    assert_page(
        &page,
        400,
        &["Extra Phone ID must be a whole number", "Option must be a JSON object"],
    );
    assert!(page.text().contains("{&quot;price&quot;: 3") || page.text().contains("{\"price\": 3"));

    form.retain(|(name, _)| !name.ends_with("/*") && !name.contains("extra_phone"));
    form.push(("/options/0/*", "{\"price\": 3}"));
    form.push(("/add_data/*", "{\"a\": {}}"));
    form.push(("/integrated_client/extra_phone_ids/0", "4"));
    let answer = browser.post(&add, &form).await;
    location(&answer);
    let rows = browser.app.get(&format!("{PACKS}?search=New")).await.json();
    let row = &rows["resources"][0];
    let mut data = row["data"].clone();
    data.as_object_mut().unwrap().shift_remove("hierarchy_friendly_name");
    let wanted = json!({
        "technical_name": "New/pack",
        "authorization": 2,
        "content": { "services": [{ "name": "Advice Of Charge" }, { "name": "Call Waiting" }] },
        "integrated_client": {
            "extra_phone_ids": [4], "active_statuses": [true], "mode": "webex"
        },
        "exclusive": ["Old pack", "yet to come"],
        "options": [{ "name": "sp-1", "price": 3 }],
        "add_data": { "a": {} }
    });
    assert_eq!(data, wanted);

    // Saved untouched but for one field, all else stays, with the hollow parts it has.
    let mut data = full("Kept");
    data["integrated_client"] = json!({});
    let kept = made(&browser.app, &data).await;
    let page = format!("{LIST}/{}", pkid(&kept));
    let shown = browser.get(&page).await;
    assert_eq!(input(&shown, "/options/1/name"), Some("sp-2"));
    let form = [
        ("/display_name", "Renamed"),
        ("/authorization", "2"),
        ("/description", "For a start"),
        ("/no_more_assignable", "false"),
        ("/content/services/0/name", "3G/4G Continuity"),
        ("/content/services/1/name", "Call Waiting"),
        ("/exclusive/0", "old-pack"),
        ("/options/0/name", "sp-1"),
        ("/options/0/*", ""),
        ("/options/1/name", "sp-2"),
        ("/options/1/*", "{\r\n  \"price\": {\r\n    \"month\": 3\r\n  }\r\n}"),
        ("/add_data/*", "{\"project\": {\"a\": [1, null]}}"),
    ];
    location(&browser.post(&page, &form).await);
    data["display_name"] = json!("Renamed");
    let saved = browser.app.data(&kept).await;
    assert_eq!(saved["options"], data["options"]);
    assert_eq!(saved["add_data"], data["add_data"]);
    assert_eq!(saved["display_name"], "Renamed");
}

/// The rows of the table that compares: their titles, and whether they are marked.
fn compared(page: &Answer) -> Vec<(String, bool)> {
    let table = page.text().split_once("compare-table").unwrap().1;
    let rows = table.split("<th scope=\"row\"").skip(1);
    rows.map(|row| {
        let head = row.split_once("</th>").unwrap().0;
        let title = head.split_once("<span>").unwrap().1.split_once("</span>").unwrap().0;
        (title.to_owned(), head.contains("Differs"))
    })
    .collect()
}

#[tokio::test]
async fn packs_stand_side_by_side_with_their_differences() {
    let browser = Browser::start().await;
    let one = made(&browser.app, &full("One")).await;
    let mut data = full("Two");
    data["content"]["services"] = json!([{ "name": "Call Waiting" }, { "name": "Call Transfer" }]);
    data["integrated_client"]["package_level"] = json!(3);
    // Absent is the same as the default.
    data.as_object_mut().unwrap().shift_remove("no_more_assignable");
    let two = made(&browser.app, &data).await;
    let page = format!("{LIST}/compare?pkid={}&pkid={}", pkid(&one), pkid(&two));
    let shown = browser.get(&page).await;
    assert_page(&shown, 200, &["Compare 2 service packs", &format!("{LIST}/{}", pkid(&two))]);
    let lines = compared(&shown);
    let marked = |title: &str| lines.iter().find(|(t, _)| t == title).map(|(_, marked)| *marked);
    for (title, differs) in [
        ("Technical Name", true),
        ("Authorization", false),
        ("No More Assignable", false),
        ("3G/4G Continuity", true),
        ("Call Transfer", true),
        ("Call Waiting", false),
        ("Package Level", true),
        ("Mode", false),
        ("old-pack", false),
        ("sp-2", false),
    ] {
        assert_eq!(marked(title), Some(differs), "{title} {lines:?}");
    }
    let only = browser.get(&format!("{page}&only=differences")).await;
    let lines = compared(&only);
    assert!(lines.iter().all(|(_, marked)| *marked) && lines.len() == 4, "{lines:?}");

    // The same twice is one; one alone, too many, and what isn't there are said.
    let alone = browser.get(&format!("{LIST}/compare?pkid={0}&pkid={0}", pkid(&one))).await;
    assert_page(&alone, 200, &["Go back to the list and select 2 to 5"]);
    let all = browser.get(&format!("{LIST}/compare?expected_total=9")).await;
    assert_page(&all, 200, &["9 matched when you chose them; 2 match now."]);
    let gone = format!("{page}&pkid=000000000000000000000000");
    assert_page(&browser.get(&gone).await, 200, &["1 of those you chose is not there any more."]);
    let spark = browser.get("/models/relation/SparkCustomer/compare?pkid=a&pkid=b").await;
    assert_page(&spark, 404, &[]);
}

#[tokio::test]
async fn a_sheet_names_authorizations_by_number_or_title() {
    let app = TestApp::start().await;
    let rows = "technical_name,authorization\nA,Primary\nB,0\nC,Sometimes\nD,7\n";
    let (kind, file) = form("file", "packs.csv", rows.as_bytes());
    let call = app.call("POST", &format!("{PACKS}import/?hierarchy=sys&mode=row_by_row"));
    let asked = call.header("content-type", &kind).bytes(file).send().await.expect(202).json();
    let record = app.ended(asked["href"].as_str().unwrap()).await;
    let errors = |row: usize| record["rows"][row]["errors"][0]["message"].clone();
    assert_eq!(errors(2), "Authorization must be one of: Forbidden, Optional, Primary.");
    let seven = "Authorization must be one of: 0 (Forbidden), 1 (Optional), 2 (Primary).";
    assert_eq!(errors(3), seven);
    let list = app.get(PACKS).await.expect(200).json();
    let levels: Vec<&Value> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["data"]["authorization"])
        .collect();
    assert_eq!(levels, [2, 0]);
}

#[tokio::test]
async fn the_template_of_a_pack_picks_like_the_pack() {
    let browser = Browser::start().await;
    made(&browser.app, &json!({ "technical_name": "Old pack", "authorization": 1 })).await;
    let add = "/models/data/ConfigurationTemplate/add?hierarchy=sys&model_type=data/ServicePack";
    let page = browser.get(add).await;
    assert_page(&page, 200, &["Field to add to Defaults"]);
    let mut form = vec![("/name", "Webex"), ("_pick:/defaults", "content"), ("_add", "/defaults")];
    let page = browser.post(add, &form).await;
    assert_page(&page, 200, &["Add to Services by name"]);
    // The box that is shown says that the field is there.
    assert_eq!(input(&page, "/defaults/content/services/0/name"), Some("3G/4G Continuity"));

    form.truncate(1);
    form.extend([
        ("/defaults/content/services/7/name", "Call Waiting"),
        ("/defaults/exclusive/0", "Old pack"),
        ("/fixed/authorization", "2"),
        ("/fixed/options/0/name", "Recording"),
        ("/fixed/options/0/*", "{\"price\": 3}"),
    ]);
    location(&browser.post(add, &form).await);
    let list = browser.app.get("/api/data/ConfigurationTemplate/").await.expect(200).json();
    let data = &list["resources"][0]["data"];
    let defaults = json!({ "content": { "services": [{ "name": "Call Waiting" }] }, "exclusive": ["Old pack"] });
    assert_eq!(data["defaults"], defaults);
    let fixed = json!({ "authorization": 2, "options": [{ "name": "Recording", "price": 3 }] });
    assert_eq!(data["fixed"], fixed);

    let body = json!({ "technical_name": "New" });
    let create = format!("{PACKS}?hierarchy=sys&template_name=Webex");
    let pkid = browser.app.post(&create, &body).await.expect(201).json()["pkid"].clone();
    let pack = browser.app.data(&format!("{PACKS}{}", pkid.as_str().unwrap())).await;
    assert_eq!((&pack["authorization"], &pack["exclusive"]), (&json!(2), &defaults["exclusive"]));
}
