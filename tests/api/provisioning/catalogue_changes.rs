//! What may be changed of services and packs while users hold them, and who may license.

use serde_json::{Value, json};

use crate::support::{
    NORTH, PASSWORD, SERVICE_PACKS, TENANT, Tenancy, TestApp, USERS, at, limited, unlimited,
};

const ADA: &str = "/api/v1/tenants/foo/groups/North/users/ada";

/// `Gold`, primary, offers `Voice`; ada holds both.
async fn with_ada() -> (TestApp, Tenancy, [String; 2]) {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    let more = json!({ "options": [{ "name": "Voice" }] });
    let gold = app.pack(&tenancy.provider, "Gold", &["Call Waiting"], more).await;
    let more = json!({ "authorization": 1 });
    let voice = app.pack(&tenancy.provider, "Voice", &["Do Not Disturb"], more).await;
    for pack in ["Gold", "Voice"] {
        app.put_pack(pack, limited(5)).await;
    }
    app.user(&tenancy.north, "ada").await;
    app.assign(ADA, &[], &["Gold", "Voice"]).await.expect(200);
    (app, tenancy, [gold, voice].map(|pkid| format!("{SERVICE_PACKS}{pkid}")))
}

/// A pack with other attributes.
async fn changed(app: &TestApp, href: &str, with: Value) -> crate::support::Answer {
    let mut data = app.data(href).await;
    data.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    app.put(href, &data).await
}

#[tokio::test]
async fn packs_that_users_hold_together_go_on_going_together() {
    let (app, _, [gold, voice]) = with_ada().await;
    for (href, with, field) in [
        (&voice, json!({ "authorization": 2 }), "/authorization"),
        (&gold, json!({ "authorization": 1 }), "/authorization"),
        (&gold, json!({ "authorization": 0 }), "/authorization"),
        (&gold, json!({ "options": [] }), "/options"),
        (&gold, json!({ "exclusive": ["Voice"] }), "/exclusive"),
        (&voice, json!({ "exclusive": ["Gold"] }), "/exclusive"),
    ] {
        let before = app.data(href).await;
        let refused = changed(&app, href, with).await;
        let message = refused.json()["message"].as_str().unwrap().to_owned();
        refused.expect_fault(400, "validation", &[(field, "held")]);
        assert!(message.contains("1 of the users of sys.Telco.Foo"), "{message}");
        assert_eq!(app.data(href).await, before);
    }
    // What is of no concern to anybody's packs can be changed.
    changed(&app, &gold, json!({ "description": "New", "no_more_assignable": true }))
        .await
        .expect(200);
    app.unassign(ADA, &[], &["Voice"]).await.expect(200);
    changed(&app, &gold, json!({ "exclusive": ["Voice"], "authorization": 0 })).await.expect(200);
}

#[tokio::test]
async fn the_same_name_of_another_provider_is_another_pack() {
    let (app, tenancy, _) = with_ada().await;
    app.unassign(ADA, &[], &["Voice"]).await.expect(200);
    let beside = app.provider("Beside").await;
    let other = app.tenant_named(&beside, "Bar", "bar").await;
    let site = app.site(&other, "East").await;
    let pkid = app.pack(&beside, "Gold", &["Call Waiting"], json!({})).await;
    let body = json!({
        "servicePacksFromConfig": [{ "name": "Gold", "quantity": limited(5) }],
        "auto_auth_services": true,
    });
    app.post("/api/v1/tenants/bar/service_packs/", &body).await.expect(201);
    let theirs = format!("{SERVICE_PACKS}{pkid}");
    changed(&app, &theirs, json!({ "no_more_assignable": true })).await.expect(200);

    let list = app.get(&at(USERS, &tenancy.north)).await.expect(200).json();
    let href = list["resources"][0]["meta"]["references"]["self"][0]["href"].clone();
    let to = format!("/api/tool/DataMove/?model_type=data/User&context_hierarchy={}", site.path);
    let answer = app.post(&to, &json!({ "hrefs": [href] })).await.expect(200).json();
    let message = answer["sub_transactions"][0]["message"].as_str().unwrap();
    assert!(message.contains("Gold is no more assignable"), "{message}");
    changed(&app, &theirs, json!({ "no_more_assignable": false })).await.expect(200);
    let answer = app.post(&to, &json!({ "hrefs": [href] })).await.expect(200).json();
    assert_eq!(answer["success"], true, "{answer}");
}

#[tokio::test]
async fn a_pack_in_use_moves_to_where_its_tenants_still_see_it() {
    let (app, tenancy, [gold, _]) = with_ada().await;
    let to = |place: &str| {
        format!("/api/tool/DataMove/?model_type=data/ServicePack&context_hierarchy={place}")
    };
    let beside = app.provider("Beside").await;
    let body = json!({ "hrefs": [gold] });
    let answer = app.post(&to(&beside.path), &body).await.expect(200).json();
    let message = answer["sub_transactions"][0]["message"].as_str().unwrap();
    assert!(message.contains("in use"), "{message}");
    let answer = app.post(&to("sys"), &body).await.expect(200).json();
    assert_eq!(answer["success"], true, "{answer}");
    assert_eq!(app.line(TENANT, "servicePacks", "Gold").await["currentlyAllocated"], 1);
    assert_eq!(tenancy.provider.path, "sys.Telco");
}

#[tokio::test]
async fn services_are_licensed_for_all_packs_that_have_them() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    app.pack(&tenancy.provider, "One", &["Call Waiting"], json!({})).await;
    app.pack(&tenancy.provider, "Two", &["Call Waiting"], json!({})).await;
    let licensed =
        async || app.line(TENANT, "userServices", "Call Waiting").await["allocated"].clone();
    app.put_pack("One", limited(5)).await;
    assert_eq!(licensed().await, limited(5));
    app.put_pack("Two", limited(3)).await;
    assert_eq!(licensed().await, limited(8));
    // Put again as it is, it brings back what was taken away.
    app.license(TENANT, "userServices", "Call Waiting", limited(0)).await.expect(200);
    app.put_pack("Two", limited(3)).await;
    assert_eq!(licensed().await, limited(8));
    app.license(TENANT, "userServices", "Call Waiting", unlimited()).await.expect(200);
    app.put_pack("One", limited(5)).await;
    assert_eq!(licensed().await, unlimited());
}

#[tokio::test]
async fn a_tenant_is_licensed_from_above_and_shares_out_to_its_sites() {
    let app = TestApp::start().await;
    let tenancy = app.tenancy().await;
    app.license(TENANT, "userServices", "Call Waiting", limited(5)).await.expect(200);
    app.account("own", &tenancy.customer).await;
    app.account("above", &tenancy.provider).await;
    let put = async |who: &str, path: &str, maximum: u64| {
        let body =
            json!({ "userServices": [{ "name": "Call Waiting", "allocated": limited(maximum) }] });
        let call = app.call("PUT", &format!("{path}licenses/")).basic(who, PASSWORD);
        call.json(&body).send().await
    };
    let refused = put("own", TENANT, 9).await;
    refused.expect_refusal(403, 5, "FORBIDDEN", &[""]);
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!(line["allocated"], limited(5));
    put("own", NORTH, 2).await.expect(200);
    put("above", TENANT, 9).await.expect(200);
    app.call("GET", &format!("{TENANT}licenses/")).basic("own", PASSWORD).send().await.expect(200);
}
