//! `GET …/choices/`: instances as values and titles, for fields that refer to them.

use serde_json::{Value, json};

use crate::support::{Place, SPARK, TestApp, at};

async fn with_customers(names: &[&str]) -> (TestApp, Place, Vec<String>) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut pkids = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let mut body = json!({ "name": name, "token": "hunter2" });
        if number % 2 == 0 {
            body["email_domain"] = json!(format!("{number}.example"));
        }
        pkids.push(app.spark(&place, &body).await);
    }
    (app, place, pkids)
}

fn choices() -> String {
    format!("{SPARK}choices/")
}

fn titles(answer: &Value) -> Vec<&str> {
    answer["choices"].as_array().unwrap().iter().map(|c| c["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn they_are_values_and_titles_in_the_order_of_the_titles() {
    let (app, place, pkids) = with_customers(&["Gamma", "alpha", "Beta"]).await;
    let answer = app.get(&at(&choices(), &place)).await.expect(200).json();
    let parts: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(parts, ["pagination", "meta", "choices"]);
    assert_eq!(
        answer["choices"],
        json!([
            { "value": pkids[1], "title": "alpha" },
            { "value": pkids[2], "title": "Beta" },
            { "value": pkids[0], "title": "Gamma" }
        ])
    );
    assert_eq!(answer["pagination"]["total"], 3);
    assert_eq!(answer["pagination"]["order_by"], "name");
    let current = format!(
        "{SPARK}choices/?skip=0&limit=50&order_by=name&direction=asc&traversal=down&hierarchy={}\
         &field=pkid&choice_title=name",
        place.pkid
    );
    assert_eq!(answer["pagination"]["current"], current.as_str());
    let again = app.get(&current).await.expect(200).json();
    assert_eq!(again, answer);
    let query = json!({
        "field": "pkid", "choice_title": "name", "title": "", "filter_condition": "startswith"
    });
    assert_eq!(answer["meta"]["query"], query);
    assert_eq!(answer["meta"]["references"]["parent"][0]["pkid"], place.pkid.as_str());
}

#[tokio::test]
async fn attributes_and_conditions_can_be_chosen() {
    let (app, _, _) = with_customers(&["Gamma", "Alpha", "Beta", "al Gore", "%_\'", "ÄB"]).await;
    let get =
        async |query: &str| app.get(&format!("{SPARK}choices/?{query}")).await.expect(200).json();
    assert_eq!(titles(&get("title=AL").await), ["al Gore", "Alpha"]);
    assert_eq!(titles(&get("title=a&filter_condition=endswith").await), ["Alpha", "Beta", "Gamma"]);
    assert_eq!(titles(&get("title=lph&filter_condition=contains").await), ["Alpha"]);
    assert_eq!(titles(&get("title=%25_").await), ["%_\'"]);
    assert_eq!(titles(&get("title=%C3%A4").await), ["ÄB"]);
    assert_eq!(titles(&get("title=nothing").await), [""; 0]);
    let filtered =
        get("title=a&filter_field=email_domain&filter_text=1&filter_condition=contains").await;
    assert_eq!(titles(&filtered), [""; 0]);
    // Where the field isn't set there is nothing to choose; without a title the value is one.
    let domains = get("field=email_domain&choice_title=account_email").await;
    let pair = |number| {
        let text = format!("{number}.example");
        json!({ "value": text, "title": text })
    };
    assert_eq!(domains["choices"], json!([pair(0), pair(2), pair(4)]));
    assert_eq!(domains["pagination"]["total"], 3);
    let placed = get("choice_title=hierarchy_friendly_name&limit=1").await;
    assert_eq!(titles(&placed), ["sys.Provider.Customer"]);
}

#[tokio::test]
async fn pages_are_asked_for_by_parameters_or_by_a_range() {
    let (app, _, _) = with_customers(&["a", "b", "c", "d", "e"]).await;
    let path = choices();
    let answer = app.get(&format!("{path}?skip=3&limit=1")).await.expect(200);
    assert_eq!(titles(&answer.json()), ["d"]);
    assert_eq!(answer.header("content-range"), None);
    for name in ["Range", "X-Range"] {
        let call = app.call("GET", &format!("{path}?skip=4&limit=1"));
        let answer = call.header(name, "items=1-2").send().await.expect(200);
        assert_eq!(titles(&answer.json()), ["b", "c"], "{name}");
        assert_eq!(answer.header("content-range"), Some("items 1-2/5"), "{name}");
    }
    let ranged = async |range: &str, query: &str| {
        let call = app.call("GET", &format!("{path}?{query}"));
        let answer = call.header("Range", range).send().await.expect(200);
        answer.header("content-range").map(str::to_owned)
    };
    assert_eq!(ranged("items=3-99", "").await.as_deref(), Some("items 3-4/5"));
    assert_eq!(ranged("items=9-10", "").await.as_deref(), Some("items */5"));
    let unknown = ranged("items=0-1", "count=false").await;
    assert_eq!(unknown.as_deref(), Some("items 0-1/999999999"));
    assert_eq!(ranged("bytes=0-1", "").await, None);
    for range in ["items=2-1", "items=-1", "items=a-b", "items=0", "items=0-99999999999999999999"] {
        let call = app.call("GET", &path).header("Range", range);
        call.send().await.expect_fault(400, "validation", &[("Range", "malformed")]);
    }
}

#[tokio::test]
async fn what_is_no_attribute_or_is_secret_is_refused() {
    let (app, place, _) = with_customers(&["a"]).await;
    for (query, field, code) in [
        ("field=nonsense", "field", "unknown_field"),
        ("field=token", "field", "unknown_field"),
        ("field=shadow", "field", "unknown_field"),
        ("choice_title=http_proxy", "choice_title", "unknown_field"),
        ("choice_title=pkid", "choice_title", "unknown_field"),
        ("filter_condition=like", "filter_condition", "not_a_choice"),
        ("skip=-1", "skip", "wrong_type"),
        ("limit=0", "limit", "too_small"),
    ] {
        let answer = app.get(&format!("{SPARK}choices/?{query}")).await;
        let answer = answer.expect_fault(400, "validation", &[(field, code)]);
        assert!(!answer.text().contains("hunter2"));
    }
    app.get(&format!("{SPARK}choices/?hierarchy=sys.Nobody")).await.expect_fault(
        404,
        "not_found",
        &[("hierarchy", "not_found")],
    );
    // What is out of sight is no choice.
    let elsewhere = app.provider("Elsewhere").await;
    app.account("local", &elsewhere).await;
    let seen = app.call("GET", &choices()).basic("local", crate::support::PASSWORD).send().await;
    assert_eq!(seen.expect(200).json()["choices"], json!([]));
    assert!(!place.pkid.is_empty());
}
