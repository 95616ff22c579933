//! The models that syncs fill: read by all who see the place, written by nobody.

use serde_json::json;

use super::{super::Stage, LICENSES, ORGANIZATIONS, ROLES, USERS};

#[tokio::test]
async fn they_are_read_only() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    stage.sync_users(&href).await.expect(200);
    let place = stage.app.sys().await;
    for collection in [ORGANIZATIONS, ROLES, LICENSES, USERS] {
        let list = stage.app.get(collection).await.expect(200).json();
        assert_eq!(list["operations"], json!(["export", "help", "get", "list"]));
        let own = &list["resources"][0]["meta"]["references"]["self"][0];
        let pkid = own["pkid"].as_str().unwrap();
        let one = format!("{collection}{pkid}");
        let body = json!({ "name": "Mine", "id": "mine" });
        let refused = [
            stage.app.post(collection, &body).await,
            stage.app.put(&one, &body).await,
            stage.app.delete(&one).await,
            stage.app.delete_all(collection, std::slice::from_ref(&one)).await,
            stage.app.post(&format!("{collection}bulk_update/"), &body).await,
            stage.app.post(&format!("{collection}export_bulkload_template/"), &body).await,
        ];
        for answer in refused {
            answer.expect_fault(405, "not_offered", &[]);
        }
        let model = collection.trim_start_matches("/api/").trim_end_matches('/');
        let path =
            format!("/api/tool/DataMove/?model_type={model}&context_hierarchy={}", place.pkid);
        stage.app.post(&path, &json!({ "hrefs": [one] })).await.expect(405);
        // What reads works as it does for others.
        stage.app.get(&one).await.expect(200);
        stage.app.get(&format!("{one}/export?export_format=csv")).await.expect(200);
        stage.app.get(&format!("{one}/help")).await.expect(200);
        stage.app.get(&format!("{collection}schema")).await.expect(200);
    }
}

#[tokio::test]
async fn they_are_seen_from_their_place_and_above_only() {
    let stage = Stage::start().await;
    let provider = stage.app.provider("Telco").await;
    let (mine, other) =
        (stage.app.customer(&provider, "Mine").await, stage.app.customer(&provider, "Other").await);
    stage.app.account("mine", &mine).await;
    stage.app.account("other", &other).await;
    let (href, _) = stage.authorised_at(&mine, "Oakland").await;
    stage.sync_licences(&href).await.expect(200);
    let list = stage.app.get(LICENSES).await.json();
    let href = list["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    let password = crate::support::PASSWORD;
    let read =
        |username: &str, path: &str| stage.app.call("GET", path).basic(username, password).send();
    read("mine", href).await.expect(200);
    read("other", href).await.expect_fault(404, "not_found", &[]);
    assert_eq!(read("mine", LICENSES).await.json()["pagination"]["total"], 6);
    assert_eq!(read("other", LICENSES).await.json()["pagination"]["total"], 0);
}

#[tokio::test]
async fn users_are_found_by_their_licences() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_users(&href).await.expect(200);
    let found = async |field: &str, condition: &str, text: &str, more: &str| {
        let path = format!(
            "{USERS}?filter_field={field}&filter_condition={condition}&filter_text={text}{more}"
        );
        let list = stage.app.get(&path).await.expect(200).json();
        let rows = list["resources"].as_array().unwrap();
        assert_eq!(list["pagination"]["total"], rows.len(), "{path}");
        rows.len()
    };
    // Of seven: two hold calling, five meetings, six messaging, one nothing but the free one.
    let calling = "Webex%20Calling%20-%20Professional";
    assert_eq!(found("licenses", "equals", calling, "").await, 2);
    assert_eq!(found("licenses", "equals", "Messaging", "").await, 6);
    assert_eq!(found("licenses", "equals", "messaging", "").await, 6);
    assert_eq!(found("licenses", "equals", "messaging", "&ignore_case=false").await, 0);
    assert_eq!(found("licenses", "equals", "Webex", "").await, 0);
    assert_eq!(found("licenses", "contains", "messaging", "").await, 7);
    assert_eq!(found("licenses", "startswith", "basic", "").await, 1);
    assert_eq!(found("licenses", "endswith", "suite", "").await, 5);
    assert_eq!(found("licenses", "notequal", "Messaging", "").await, 1);
    assert_eq!(found("licenses", "notcontain", "calling", "").await, 5);
    let both = format!("&filter_field=licenses&filter_text={calling}&filter_condition=equals");
    assert_eq!(found("email", "contains", "admin", &both).await, 1);
    // An empty text stands for nobody's.
    assert_eq!(found("roles", "equals", "Full%20Administrator", "").await, 1);
    assert_eq!(found("roles", "equals", "", "").await, 6);
    assert_eq!(found("roles", "notequal", "", "").await, 1);
    assert_eq!(found("roles", "contains", "", "").await, 7);
    assert_eq!(found("roles", "notcontain", "", "").await, 0);
    // They order nothing.
    stage.app.get(&format!("{USERS}?order_by=licenses")).await.expect_fault(
        400,
        "validation",
        &[("order_by", "unknown_field")],
    );
}

#[tokio::test]
async fn the_console_shows_them_without_a_way_to_change_them() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_users(&href).await.expect(200);
    let session = stage.app.session().await;
    let page = async |path: &str| {
        let answer = stage.app.call("GET", path).cookie(&session).send().await.expect(200);
        answer.text().to_owned()
    };
    let list = page("/models/device/spark/User").await;
    for text in ["Ada Aldridge", "admin@oakland.example", "Webex users"] {
        assert!(list.contains(text), "{text}");
    }
    let first = stage.app.get(USERS).await.json()["resources"][0]["meta"].clone();
    let pkid = first["references"]["self"][0]["pkid"].as_str().unwrap();
    let one = page(&format!("/models/device/spark/User/{pkid}")).await;
    for text in ["Ada Aldridge", "Full Administrator", "Webex Meetings Suite", "Last Synced"] {
        assert!(one.contains(text), "{text}");
    }
    for way in [format!("{pkid}/delete"), format!("{pkid}/move"), "name=\"/".to_owned()] {
        assert!(!one.contains(&way), "{way}");
    }
    page("/models/device/spark/License").await;
}
