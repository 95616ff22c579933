//! Finding one's way in the log: by user, node, model, action, outcome and time.

use serde_json::json;

use crate::support::{SPARK, TRANSACTIONS, TestApp, at};

/// The messages of those that match, in the order of time.
async fn found(app: &TestApp, filters: &[(&str, &str, &str)]) -> Vec<String> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (field, condition, text) in filters {
        query.append_pair("filter_field", field);
        query.append_pair("filter_condition", condition);
        query.append_pair("filter_text", text);
    }
    let path = format!("{TRANSACTIONS}?direction=asc&order_by=submitted&{}", query.finish());
    let list = app.get(&path).await.expect(200).json();
    let rows = list["resources"].as_array().unwrap();
    rows.iter().map(|row| row["data"]["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn records_are_found_between_two_times() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut names = Vec::new();
    for name in ["One", "Two", "Three"] {
        app.clock.advance(24 * 3600);
        app.spark(&place, &json!({ "name": name })).await;
        names.push(name);
    }
    // They were submitted on 1, 2 and 3 February at 09:30 UTC.
    let model = ("model_type", "equals", "relation/SparkCustomer");
    for (from, before, expected) in [
        ("2026-02-01", "2026-02-04", 0..3),
        ("2026-02-02", "2026-02-03", 1..2),
        ("2026-02-02T09:30:00Z", "2026-02-03T09:30:00Z", 1..2),
        ("2026-02-02T09:30:00.000001Z", "2026-02-04", 2..3),
        ("2026-02-02T11:30:00+02:00", "2026-02-02T11:30:01+02:00", 1..2),
        ("2026-02-04", "2030-01-01", 0..0),
        ("2026-02-03", "2026-02-02", 0..0),
    ] {
        let filters = [model, ("submitted", "from", from), ("submitted", "before", before)];
        let messages = found(&app, &filters).await;
        let expected = &names[expected];
        assert_eq!(messages.len(), expected.len(), "{from} {before}: {messages:?}");
        for (message, name) in messages.iter().zip(expected) {
            assert!(message.contains(name), "{from} {before}: {messages:?}");
        }
    }
}

#[tokio::test]
async fn records_are_found_by_user_node_action_and_outcome() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let other = app.customer(&app.provider("Other").await, "There").await;
    app.spark(&place, &json!({ "name": "Here" })).await;
    let pkid = app.spark(&other, &json!({ "name": "There" })).await;
    app.put(&format!("{SPARK}{pkid}"), &json!({ "name": "Yonder" })).await.expect(200);
    let made = [("action", "equals", "Create"), ("status", "equals", "Success")];
    let spark = ("model_type", "equals", "relation/SparkCustomer");
    assert_eq!(found(&app, &[made[0], made[1], spark]).await.len(), 2);
    assert_eq!(found(&app, &[("username", "equals", "nobody")]).await.len(), 0);
    assert_eq!(found(&app, &[spark, ("username", "equals", "admin")]).await.len(), 3);
    assert_eq!(found(&app, &[spark, ("status", "equals", "Fail")]).await.len(), 0);
    for (place, traversal, expected) in
        [(&place, "down", 1), (&place, "local", 1), (&other, "down", 2)]
    {
        let path = at(TRANSACTIONS, place);
        let list = app.get(&format!("{path}&traversal={traversal}")).await.expect(200).json();
        assert_eq!(list["pagination"]["total"], expected, "{} {traversal}", place.path);
    }
    // What was found is exported by the same parameters.
    let filter = json!({
        "filter_field": ["model_type", "submitted"],
        "filter_condition": ["equals", "before"],
        "filter_text": ["relation/SparkCustomer", "2030-01-01"],
    });
    let body = json!({ "filter": filter, "expected_total": 3 });
    let path = format!("{TRANSACTIONS}export/?export_format=csv");
    let file = app.post(&path, &body).await;
    assert_eq!(file.status, 200, "{file}");
    assert!(file.text().contains("Yonder") && !file.text().contains("HierarchyNode/"), "{file}");
}

#[tokio::test]
async fn a_time_that_is_none_is_refused_at_its_parameter() {
    let app = TestApp::start().await;
    let path = |field: &str, condition: &str, text: &str| {
        let text = text.replace(' ', "%20").replace('+', "%2B");
        format!(
            "{TRANSACTIONS}?filter_field={field}&filter_condition={condition}&filter_text={text}"
        )
    };
    for text in ["", "yesterday", "2026-13-01", "2026-02-30", "2026-02-01 09:30", "2026", "'--"] {
        let answer = app.get(&path("submitted", "from", text)).await;
        answer.expect_fault(400, "validation", &[("filter_text", "wrong_type")]);
    }
    for field in ["username", "status", "hierarchy_friendly_name"] {
        let answer = app.get(&path(field, "before", "2026-02-01")).await;
        answer.expect_fault(400, "validation", &[("filter_condition", "not_offered")]);
    }
    let answer = app.get(&path("nothing", "before", "2026-02-01")).await;
    answer.expect_fault(400, "validation", &[("filter_field", "unknown_field")]);
    let answer = app.get(&path("submitted", "after", "2026-02-01")).await;
    answer.expect_fault(400, "validation", &[("filter_condition", "not_a_choice")]);
}
