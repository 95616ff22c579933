//! What the calls of other APIs do to licences, and what they may not do: load files, rename and
//! delete nodes, take things out of the catalogue.

use serde_json::{Value, json};

use crate::support::{
    NORTH, SERVICES, TENANT, Tenancy, TestApp, USER_SERVICES, USERS, limited, unlimited,
};

const ADA: &str = "/api/v1/tenants/foo/groups/North/users/ada";

/// Ada holds a pack and a service.
async fn with_ada() -> (TestApp, Tenancy, String) {
    let app = TestApp::start().await;
    app.service("user", "Call Waiting").await;
    app.service("user", "Do Not Disturb").await;
    let tenancy = app.tenancy().await;
    let pkid = app.user(&tenancy.north, "ada").await;
    app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(3)).await;
    app.license(TENANT, "userServices", "Call Waiting", limited(3)).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(3)).await.expect(200);
    app.assign(ADA, &["Call Waiting"], &["Basic"]).await.expect(200);
    (app, tenancy, format!("{USERS}{pkid}"))
}

/// Holders of the pack, and users of the service.
async fn counts(app: &TestApp) -> [Value; 2] {
    let pack = app.line(TENANT, "servicePacks", "Basic").await["currentlyAllocated"].clone();
    [pack, app.line(NORTH, "userServices", "Call Waiting").await["inUse"].clone()]
}

#[tokio::test]
async fn a_loaded_file_gives_nobody_anything_and_keeps_what_is_held() {
    let (app, tenancy, href) = with_ada().await;
    let import = format!("{USERS}import/?hierarchy={}&mode=row_by_row", tenancy.north.pkid);
    let sheet = "user_id,service_packs.0,services.0\nbob,Basic,Call Waiting\n";
    let (_, record) = app.loaded(&import, sheet.as_bytes()).await;
    assert_eq!(record["counts"], json!({ "total": 1, "succeeded": 0, "failed": 1 }));
    let fields: Vec<&Value> =
        record["rows"][0]["errors"].as_array().unwrap().iter().map(|e| &e["field"]).collect();
    assert_eq!(fields, ["/services", "/service_packs"]);
    assert_eq!(counts(&app).await, [1, 1]);
    let (_, record) = app.loaded(&import, b"user_id,first_name\nada,Ada\n").await;
    assert_eq!(record["status"], "Success", "{record}");
    let data = app.data(&href).await;
    assert_eq!(data["first_name"], "Ada");
    assert_eq!(data["service_packs"], json!(["Basic"]));
    assert_eq!(counts(&app).await, [1, 1]);
    // What is exported can be loaded as it is.
    let export = format!("{USERS}export/?export_format=raw_xlsx");
    let file = app.post(&export, &json!({ "hrefs": [href] })).await.expect(200);
    let (_, record) = app.loaded(&import, &file.body).await;
    assert_eq!(record["rows"][0]["status"], "Unchanged", "{record}");
    // A row that deletes gives back what was held.
    let (_, record) = app.loaded(&import, b"action,user_id\ndelete,ada\n").await;
    assert_eq!(record["status"], "Success", "{record}");
    assert_eq!(counts(&app).await, [0, 0]);
}

#[tokio::test]
async fn a_tenant_keeps_its_licences_under_a_new_id_and_takes_them_with_it() {
    let (app, tenancy, href) = with_ada().await;
    let node = format!("/api/data/HierarchyNode/{}", tenancy.customer.pkid);
    let mut data = app.data(&node).await;
    data["tenant_id"] = json!("foo.new");
    app.put(&node, &data).await.expect(200);
    app.get(TENANT).await.expect_absent(&["tenant_id"]);
    let line = app.line("/api/v1/tenants/foo.new/", "userServices", "Call Waiting").await;
    assert_eq!(line["currentlyAllocated"], 3);
    // As long as there is somebody, a node stays.
    app.delete(&format!("/api/data/HierarchyNode/{}", tenancy.north.pkid)).await.expect(409);
    app.delete(&href).await.expect(200);
    for site in [&tenancy.north, &tenancy.south] {
        app.delete(&format!("/api/data/HierarchyNode/{}", site.pkid)).await.expect(200);
    }
    app.delete(&node).await.expect(200);
    let again = app.tenant_named(&tenancy.provider, "Foo", "foo").await;
    assert_eq!(again.path, tenancy.customer.path);
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!(line["allocated"], limited(0));
    assert_eq!(app.get(&format!("{TENANT}service_packs/")).await.text(), r#"{"servicePacks":[]}"#);
}

#[tokio::test]
async fn a_service_that_is_licensed_stays_in_the_catalogue() {
    let (app, tenancy, _) = with_ada().await;
    app.license(TENANT, "userServices", "Do Not Disturb", unlimited()).await.expect(200);
    for name in ["Call Waiting", "Do Not Disturb"] {
        let path = format!(
            "{SERVICES}?filter_field=name&filter_text={}&filter_condition=equals",
            name.replace(' ', "%20")
        );
        let list = app.get(&path).await.expect(200).json();
        let href = list["resources"][0]["meta"]["references"]["self"][0]["href"].clone();
        let refused = app.delete(href.as_str().unwrap()).await.expect(409).json();
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains(&tenancy.customer.path), "{message}");
    }
}

#[tokio::test]
async fn a_user_service_that_nobody_new_gets() {
    let (app, tenancy, _) = with_ada().await;
    app.user(&tenancy.north, "bob").await;
    let retired = json!({ "technical_name": "Call Waiting", "no_more_assignable": true });
    app.add(USER_SERVICES, &tenancy.provider, &retired).await;
    app.assign(ADA, &["Call Waiting"], &[]).await.expect(200);
    let answer = app.assign(&ADA.replace("ada", "bob"), &["Call Waiting"], &[]).await.expect(400);
    assert!(answer.text().contains("who holds it keeps it, nobody new gets it"), "{answer}");
}
