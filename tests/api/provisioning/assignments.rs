//! `…/users/{u}/services/`: each rule of assignment, and the counts that follow from it.

use serde_json::{Value, json};

use crate::support::{
    Answer, NORTH, SOUTH, TENANT, TRANSACTIONS, Tenancy, TestApp, USERS, at, limited, unlimited,
    wanted,
};

/// Paths of users, without a trailing slash.
const ADA: &str = "/api/v1/tenants/foo/groups/North/users/ada";
const BOB: &str = "/api/v1/tenants/foo/groups/North/users/bob";
const EVE: &str = "/api/v1/tenants/foo/groups/South/users/eve";

async fn with_users() -> (TestApp, Tenancy) {
    let app = TestApp::start().await;
    for name in ["Call Waiting", "Do Not Disturb", "Basic Call Logs"] {
        app.service("user", name).await;
    }
    app.service("group", "Hunt Group").await;
    let tenancy = app.tenancy().await;
    app.user(&tenancy.north, "ada").await;
    app.user(&tenancy.north, "bob").await;
    app.user(&tenancy.south, "eve").await;
    (app, tenancy)
}

/// The refusal of the only item.
#[track_caller]
fn refusal(answer: Answer) -> String {
    let answer = answer.expect(400).json();
    let items: Vec<&Value> =
        answer.as_object().unwrap().values().flat_map(|list| list.as_array().unwrap()).collect();
    let [item] = items[..] else { panic!("{answer}") };
    assert_eq!(item["status"], "error");
    item["message"].as_str().unwrap().to_owned()
}

async fn held(app: &TestApp, user: &str) -> Value {
    app.get(&format!("{user}/services/")).await.expect(200).json()
}

#[tokio::test]
async fn services_are_drawn_from_the_sites_quantity() {
    let (app, tenancy) = with_users().await;
    app.license(TENANT, "userServices", "Call Waiting", limited(5)).await.expect(200);
    let item = app.assign(ADA, &["Call Waiting"], &[]).await.expect(400);
    let keys = r#"{"userServices":[{"name":"Call Waiting","status":"error","message":"#;
    assert!(item.text().starts_with(keys), "{item}");
    assert_eq!(
        refusal(item),
        "The site North isn't given any Call Waiting. Give it a quantity of the tenant foo first."
    );
    app.license(NORTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let answer = app.assign(ADA, &["Call Waiting"], &[]).await.expect(200);
    assert_eq!(answer.text(), r#"{"userServices":[{"name":"Call Waiting","status":"assigned"}]}"#);
    let id = answer.header("x-transaction-id").unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Assign");
    assert_eq!(record["hierarchy"], tenancy.north.path);
    assert_eq!(record["before"], json!({ "user_id": "ada" }));
    assert_eq!(record["after"], json!({ "user_id": "ada", "services": ["Call Waiting"] }));
    let text = refusal(app.assign(BOB, &["Call Waiting"], &[]).await);
    assert_eq!(text, "No Call Waiting is left at the site North: 1 of 1 are in use.");
    let line = app.line(NORTH, "userServices", "Call Waiting").await;
    assert_eq!((&line["allocated"], &line["inUse"]), (&limited(1), &json!(1)));
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!((&line["currentlyAllocated"], &line["packsAllocated"]), (&json!(1), &json!(0)));
    let text = refusal(app.license(NORTH, "userServices", "Call Waiting", limited(0)).await);
    assert_eq!(
        text,
        "Call Waiting can't be limited to 0 at North: 1 user holds it. Allow at least 1, or take \
         some back first."
    );
    // Again, and back again: both succeed.
    app.assign(ADA, &["Call Waiting"], &[]).await.expect(200);
    let answer = app.unassign(ADA, &["Call Waiting"], &[]).await.expect(200);
    assert_eq!(answer.text(), r#"{"userServices":[{"name":"Call Waiting","status":"removed"}]}"#);
    app.unassign(ADA, &["Call Waiting"], &[]).await.expect(200);
    assert_eq!(held(&app, ADA).await, json!({ "userServices": [], "servicePacks": [] }));
    app.assign(BOB, &["Call Waiting"], &[]).await.expect(200);
    // Names of nothing, and of the other family.
    let text = refusal(app.assign(ADA, &["Teleportation"], &[]).await);
    assert_eq!(text, "There is no user service \"Teleportation\" in the catalogue.");
    let text = refusal(app.assign(ADA, &["Hunt Group"], &[]).await);
    assert_eq!(text, "Hunt Group is a group service, not a user service; name it among those.");
    // What isn't held, and isn't anything, is no less not held.
    app.unassign(ADA, &["Teleportation"], &["Nothing"]).await.expect(200);
}

#[tokio::test]
async fn packs_are_drawn_from_the_tenant_and_need_no_site() {
    let (app, tenancy) = with_users().await;
    app.pack(&tenancy.provider, "Basic", &["Call Waiting", "Do Not Disturb"], json!({})).await;
    let text = refusal(app.assign(ADA, &[], &["Basic"]).await);
    assert_eq!(text, "Basic hasn't been put to the tenant foo. Put it there first.");
    app.put_pack("Basic", limited(1)).await;
    let answer = app.assign(ADA, &[], &["Basic"]).await.expect(200);
    assert_eq!(answer.text(), r#"{"servicePacks":[{"name":"Basic","status":"assigned"}]}"#);
    let text = refusal(app.assign(EVE, &[], &["Basic"]).await);
    assert_eq!(text, "No Basic is left: 1 of 1 are assigned at the tenant foo.");
    // With a further one, the services have to suffice, too.
    app.put(&format!("{TENANT}service_packs/Basic/"), &json!({ "quantity": limited(2) }))
        .await
        .expect(200);
    let text = refusal(app.assign(EVE, &[], &["Basic"]).await);
    assert_eq!(
        text,
        "Basic needs Call Waiting, and none is left: 1 of 1 are taken at the tenant foo."
    );
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!((&line["currentlyAllocated"], &line["packsAllocated"]), (&json!(0), &json!(1)));
    let line = app.line(NORTH, "userServices", "Call Waiting").await;
    assert_eq!(line.get("inUse"), None);
    // A limit counts packs, and what packs take isn't there for sites.
    let answer = app.license(TENANT, "userServices", "Call Waiting", limited(0)).await;
    assert_eq!(
        refusal(answer),
        "Call Waiting can't be limited to 0: 1 are taken (0 by sites, 1 by service packs). Allow \
         at least 1, or take some back first."
    );
    let answer = app.license(NORTH, "userServices", "Call Waiting", limited(1)).await;
    assert!(refusal(answer).ends_with("1 are taken otherwise, which leaves 0."));
    app.unassign(ADA, &[], &["Basic"]).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let text = refusal(app.assign(EVE, &[], &["Basic"]).await);
    assert!(text.starts_with("Basic needs Call Waiting, and none is left"), "{text}");
    let text = refusal(app.assign(EVE, &[], &["Nothing"]).await);
    assert_eq!(text, "There is no service pack \"Nothing\" for this tenant.");
}

#[tokio::test]
async fn primary_and_optional_packs() {
    let (app, tenancy) = with_users().await;
    let primary = json!({ "options": [{ "name": "Voice" }, { "name": "Video" }] });
    app.pack(&tenancy.provider, "First", &[], primary).await;
    app.pack(&tenancy.provider, "Second", &[], json!({})).await;
    for name in ["Voice", "Video", "Other"] {
        app.pack(&tenancy.provider, name, &[], json!({ "authorization": 1 })).await;
    }
    for name in ["First", "Second", "Voice", "Video", "Other"] {
        app.put_pack(name, unlimited()).await;
    }
    let text = refusal(app.assign(ADA, &[], &["Voice"]).await);
    assert_eq!(
        text,
        "Voice is optional, and the user holds no primary pack that offers it. Assign one first."
    );
    // The primary pack goes first, wherever it stands.
    let answer = app.assign(ADA, &[], &["Voice", "First"]).await.expect(200).json();
    let names: Vec<&Value> =
        answer["servicePacks"].as_array().unwrap().iter().map(|i| &i["name"]).collect();
    assert_eq!(names, ["Voice", "First"]);
    let text = refusal(app.assign(ADA, &[], &["Other"]).await);
    assert_eq!(text, "Other isn't among the options of First, the user's primary pack.");
    let text = refusal(app.assign(ADA, &[], &["Second"]).await);
    assert_eq!(
        text,
        "Second is a primary pack, of which a user has one at most, and the user holds First. \
         Take First back first."
    );
    let text = refusal(app.unassign(ADA, &[], &["First"]).await);
    assert_eq!(
        text,
        "First is the primary pack of Voice, which the user holds. Take these back before it, or \
         together with it."
    );
    // Some succeed and some don't: 207, each with its status, services first.
    let answer = app.assign(ADA, &["Call Waiting"], &["Video", "Second"]).await.expect(207).json();
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["userServices", "servicePacks"]);
    assert_eq!(answer["userServices"][0]["status"], "error");
    assert_eq!(answer["servicePacks"][0], json!({ "name": "Video", "status": "assigned" }));
    assert_eq!(answer["servicePacks"][1]["status"], "error");
    app.unassign(ADA, &[], &["First", "Voice", "Video"]).await.expect(200);
    assert_eq!(held(&app, ADA).await, json!({ "userServices": [], "servicePacks": [] }));
    // Two primary packs in one call: the first that is named.
    let answer = app.assign(ADA, &[], &["Second", "First"]).await.expect(207).json();
    assert_eq!(answer["servicePacks"][0]["status"], "assigned");
    assert_eq!(answer["servicePacks"][1]["status"], "error");
}

#[tokio::test]
async fn packs_that_nobody_new_gets_and_that_exclude_each_other() {
    let (app, tenancy) = with_users().await;
    let old = app.pack(&tenancy.provider, "Old", &[], json!({})).await;
    let options = json!({ "options": [{ "name": "A" }, { "name": "B" }] });
    app.pack(&tenancy.provider, "Main", &[], options).await;
    let a = json!({ "authorization": 1, "exclusive": ["B"] });
    app.pack(&tenancy.provider, "A", &[], a).await;
    app.pack(&tenancy.provider, "B", &[], json!({ "authorization": 1 })).await;
    for name in ["Old", "Main", "A", "B"] {
        app.put_pack(name, unlimited()).await;
    }
    // Named by one of the two, it works both ways.
    for (user, first, second) in [(ADA, "A", "B"), (BOB, "B", "A")] {
        app.assign(user, &[], &["Main", first]).await.expect(200);
        let text = refusal(app.assign(user, &[], &[second]).await);
        let expected = format!(
            "{second} and {first}, which the user holds, exclude each other. Take {first} back \
             first."
        );
        assert_eq!(text, expected);
    }
    app.assign(EVE, &[], &["Old"]).await.expect(200);
    let href = format!("/api/data/ServicePack/{old}");
    let mut data = app.data(&href).await;
    data["no_more_assignable"] = json!(true);
    app.put(&href, &data).await.expect(200);
    app.assign(EVE, &[], &["Old"]).await.expect(200);
    app.unassign(ADA, &[], &["Main", "A"]).await.expect(200);
    let text = refusal(app.assign(ADA, &[], &["Old"]).await);
    assert_eq!(text, "Old is no more assignable: who holds it keeps it, nobody new gets it.");
    data["no_more_assignable"] = json!(false);
    data["authorization"] = json!(0);
    app.put(&href, &data).await.expect(200);
    let text = refusal(app.assign(ADA, &[], &["Old"]).await);
    assert_eq!(text, "Old is forbidden: its authorization is 0.");
    app.unassign(EVE, &[], &["Old"]).await.expect(200);
}

#[tokio::test]
async fn counts_follow_users_that_move_and_go() {
    let (app, tenancy) = with_users().await;
    app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(3)).await;
    app.license(TENANT, "userServices", "Call Waiting", unlimited()).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(3)).await.expect(200);
    app.license(SOUTH, "userServices", "Call Waiting", unlimited()).await.expect(200);
    for user in [ADA, BOB, EVE] {
        app.assign(user, &["Call Waiting"], &["Basic"]).await.expect(200);
    }
    let figures = async || {
        let tenant = app.line(TENANT, "userServices", "Call Waiting").await;
        let packed = app.line(TENANT, "userServices", "Do Not Disturb").await;
        let pack = app.line(TENANT, "servicePacks", "Basic").await;
        let [north, south] = [
            app.line(NORTH, "userServices", "Call Waiting").await,
            app.line(SOUTH, "userServices", "Call Waiting").await,
        ];
        [
            tenant["currentlyAllocated"].clone(),
            packed["packsAllocated"].clone(),
            pack["currentlyAllocated"].clone(),
            north["inUse"].clone(),
            south["inUse"].clone(),
        ]
        .map(|n| n.as_u64().unwrap())
    };
    // The unlimited site counts what it uses.
    assert_eq!(figures().await, [4, 3, 3, 2, 1]);
    let list = app.get(&at(USERS, &tenancy.north)).await.expect(200).json();
    let hrefs: Vec<String> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["meta"]["references"]["self"][0]["href"].as_str().unwrap().to_owned())
        .collect();
    let to =
        |place: &str| format!("/api/tool/DataMove/?model_type=data/User&context_hierarchy={place}");
    let body = json!({ "hrefs": [hrefs[0]] });
    app.post(&to(&tenancy.south.path), &body).await.expect(200);
    assert_eq!(figures().await, [5, 3, 3, 1, 2]);
    let moved = "/api/v1/tenants/foo/groups/South/users/ada";
    let both = json!({ "userServices": [{ "name": "Call Waiting" }], "servicePacks": [{ "name": "Basic" }] });
    assert_eq!(held(&app, moved).await, both);
    // Where the other site has none to give, the user stays.
    app.license(NORTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let answer = app.post(&to(&tenancy.north.path), &body).await.expect(200).json();
    assert_eq!(answer["success"], false);
    let message = answer["sub_transactions"][0]["message"].as_str().unwrap();
    assert!(message.contains("No Call Waiting is left at the site North"), "{message}");
    // Not in another tenant, either, which has none of it.
    let other = app.tenant_named(&tenancy.provider, "Other", "other").await;
    let there = app.site(&other, "There").await;
    let answer = app.post(&to(&there.path), &body).await.expect(200).json();
    assert_eq!(answer["success"], false);
    assert_eq!(figures().await, [3, 3, 3, 1, 2]);
    // With the user goes what it held.
    app.delete(&hrefs[0]).await.expect(200);
    assert_eq!(figures().await, [2, 2, 2, 1, 1]);
    // With the site goes what it was given.
    app.delete(&hrefs[1]).await.expect(200);
    app.delete(&format!("/api/data/HierarchyNode/{}", tenancy.north.pkid)).await.expect(200);
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!(line["currentlyAllocated"], 1);
}

#[tokio::test]
async fn what_is_held_is_written_by_assignment_alone() {
    let (app, tenancy) = with_users().await;
    app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(3)).await;
    for (name, held) in [("services", "Call Waiting"), ("service_packs", "Basic")] {
        let user = json!({ "user_id": "new", name: [held] });
        let made = app.post(&at(USERS, &tenancy.north), &user).await;
        made.expect_fault(400, "validation", &[(&format!("/{name}"), "read_only")]);
    }
    app.assign(ADA, &[], &["Basic"]).await.expect(200);
    let list = app.get(&format!("{USERS}?filter_field=user_id&filter_text=ada")).await.json();
    let href = list["resources"][0]["meta"]["references"]["self"][0]["href"].as_str().unwrap();
    // A modification, of one or of many, keeps it.
    app.put(href, &json!({ "user_id": "ada", "first_name": "Ada" })).await.expect(200);
    let update = json!({ "hrefs": [href], "last_name": "Lovelace" });
    app.post(&format!("{USERS}bulk_update/"), &update).await.expect(200);
    let data = app.data(href).await;
    assert_eq!(data["service_packs"], json!(["Basic"]));
    assert_eq!(data["last_name"], "Lovelace");
    assert_eq!(app.line(TENANT, "servicePacks", "Basic").await["currentlyAllocated"], 1);
}

#[tokio::test]
async fn a_packs_services_are_counted_anew_when_they_change() {
    let (app, tenancy) = with_users().await;
    let pkid = app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(3)).await;
    for user in [ADA, EVE] {
        app.assign(user, &[], &["Basic"]).await.expect(200);
    }
    app.license(TENANT, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let href = format!("/api/data/ServicePack/{pkid}");
    let mut data = app.data(&href).await;
    data["content"] = json!({ "services": [{ "name": "Call Waiting" }] });
    let refused = app.put(&href, &data).await.expect(400).json();
    assert_eq!(refused["errors"][0]["field"], "/content/services");
    app.license(TENANT, "userServices", "Call Waiting", limited(2)).await.expect(200);
    app.put(&href, &data).await.expect(200);
    assert_eq!(app.line(TENANT, "userServices", "Call Waiting").await["packsAllocated"], 2);
    assert_eq!(app.line(TENANT, "userServices", "Do Not Disturb").await["packsAllocated"], 0);
}

#[tokio::test]
async fn the_package_of_the_highest_level() {
    let (app, tenancy) = with_users().await;
    let client = |mode: &str, package: &str, level: u32| json!({ "mode": mode, "package": package, "package_level": level });
    let main = json!({
        "options": [{ "name": "Plus" }, { "name": "Old" }, { "name": "Plain" }],
        "integrated_client": client("webex", "standard", 2),
    });
    app.pack(&tenancy.provider, "Main", &[], main).await;
    for (name, client) in [
        ("Plus", client("webex", "premium", 7)),
        ("Old", client("btbc", "classic", 9)),
        ("Plain", json!({})),
    ] {
        let more = json!({ "authorization": 1, "integrated_client": client });
        app.pack(&tenancy.provider, name, &[], more).await;
    }
    for name in ["Main", "Plus", "Old", "Plain"] {
        app.put_pack(name, unlimited()).await;
    }
    let path = format!("{ADA}/properties/integrated_client_package/");
    let asked = async |query: &str| app.get(&format!("{path}{query}")).await;
    assert_eq!(asked("").await.expect(200).text(), "{}");
    let raised = asked("?not_assigned_raises_404=true").await.expect_absent(&[""]);
    assert!(raised.text().contains("no service pack"), "{raised}");
    app.assign(ADA, &[], &["Main"]).await.expect(200);
    assert_eq!(asked("").await.expect(200).text(), r#"{"package":"standard"}"#);
    app.assign(ADA, &[], &["Plain", "Old", "Plus"]).await.expect(200);
    for query in ["", "?mode=webex", "?not_assigned_raises_404=true"] {
        assert_eq!(asked(query).await.expect(200).text(), r#"{"package":"premium"}"#);
    }
    assert_eq!(asked("?mode=btbc").await.expect(200).text(), r#"{"package":"classic"}"#);
    assert_eq!(asked("?mode=ucone").await.expect(200).text(), "{}");
    let body = json!({ "mode": "ucone", "not_assigned_raises_404": true });
    app.call("GET", &path).json(&body).send().await.expect_absent(&[""]);
    asked("?not_assigned_raises_404=1").await.expect_invalid(&["not_assigned_raises_404"]);
    asked("?level=1").await.expect_invalid(&["level"]);
}

#[tokio::test]
async fn bodies_of_the_wrong_form() {
    let (app, _) = with_users().await;
    let records = app.total(TRANSACTIONS).await;
    for (body, fields) in [
        (json!({ "userServices": {} }), vec!["/userServices"]),
        (json!({ "userServices": ["Call Waiting"] }), vec!["/userServices/0"]),
        (json!({ "servicePacks": [{ "name": "a" }, {}] }), vec!["/servicePacks/1/name"]),
        (json!({ "servicePacks": [{ "name": 1 }] }), vec!["/servicePacks/0/name"]),
        (
            json!({ "servicePacks": [{ "name": "a", "quantity": 1 }] }),
            vec!["/servicePacks/0/quantity"],
        ),
        (json!({ "groupServices": [{ "name": "Hunt Group" }] }), vec!["/groupServices"]),
    ] {
        for method in ["POST", "DELETE"] {
            let call = app.call(method, &format!("{ADA}/services/")).json(&body);
            call.send().await.expect_misshapen(&fields);
        }
    }
    for body in [json!({}), json!({ "userServices": [], "servicePacks": [] })] {
        app.post(&format!("{ADA}/services"), &body).await.expect_invalid(&[""]);
    }
    app.call("DELETE", &format!("{ADA}/services")).send().await.expect_invalid(&[""]);
    app.assign(&format!("{NORTH}users/nobody"), &["x"], &[]).await.expect_absent(&["user_id"]);
    assert_eq!(app.total(TRANSACTIONS).await, records);
}

#[tokio::test]
async fn the_model_api_assigns_to_one_user_in_the_same_words() {
    let (app, tenancy) = with_users().await;
    let pkid = app.user(&tenancy.north, "new").await;
    app.license(TENANT, "userServices", "Call Waiting", limited(1)).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let path = format!("{USERS}{pkid}/services/");
    let body = wanted(&["Call Waiting", "Teleportation"], &[]);
    let answer = app.post(&path, &body).await.expect(207).json();
    assert_eq!(answer["userServices"][0], json!({ "name": "Call Waiting", "status": "assigned" }));
    assert_eq!(answer["userServices"][1]["status"], "error");
    assert_eq!(app.data(&format!("{USERS}{pkid}")).await["services"], json!(["Call Waiting"]));
    let answer = app.call("DELETE", &path).json(&body).send().await.expect(200).json();
    assert_eq!(answer["userServices"][1], json!({ "name": "Teleportation", "status": "removed" }));
    app.post(&format!("{USERS}none/services/"), &body).await.expect(404);
    app.account("at-south", &tenancy.south).await;
    let call = app.call("POST", &path).basic("at-south", crate::support::PASSWORD).json(&body);
    call.send().await.expect(404);
    // Who administers the site alone may assign at it.
    app.account("at-north", &tenancy.north).await;
    let call = app.call("POST", &path).basic("at-north", crate::support::PASSWORD).json(&body);
    call.send().await.expect(207);
}

#[tokio::test]
async fn of_two_requests_for_the_last_licence_one_gets_it() {
    let (app, tenancy) = with_users().await;
    app.pack(&tenancy.provider, "Basic", &["Do Not Disturb"], json!({})).await;
    app.put_pack("Basic", limited(1)).await;
    app.license(TENANT, "userServices", "Call Waiting", limited(1)).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    for round in 0..10 {
        for (services, packs) in [(&["Call Waiting"][..], &[][..]), (&[], &["Basic"])] {
            let (a, b) =
                tokio::join!(app.assign(ADA, services, packs), app.assign(BOB, services, packs));
            let mut statuses = [a.status, b.status];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 400], "round {round}: {a} {b}");
            let (winner, loser) = if a.status == 200 { (ADA, b) } else { (BOB, a) };
            assert!(refusal(loser).contains("1 of 1 are"));
            app.unassign(winner, services, packs).await.expect(200);
        }
    }
    assert_eq!(app.line(NORTH, "userServices", "Call Waiting").await["inUse"], 0);
    assert_eq!(app.line(TENANT, "servicePacks", "Basic").await["currentlyAllocated"], 0);
}
