//! `…/licenses/` of tenants: the documents' requests and answers, and what is refused.

use serde_json::{Value, json};

use crate::support::{
    NORTH, SERVICES, SOUTH, TENANT, TRANSACTIONS, Tenancy, TestApp, limited, unlimited,
};

const LICENSES: &str = "/api/v1/tenants/foo/licenses/";

/// The services of the documents, each in its family.
const GROUP: [&str; 5] =
    ["Account/Authorization Codes", "Auto Attendant", "Call Park", "Hunt Group", "Call Pickup"];
const USER: [&str; 6] = [
    "3G/4G Continuity",
    "Advice Of Charge",
    "Call Forwarding Always",
    "Call Forwarding Busy",
    "Anonymous Call Rejection",
    "Basic Call Logs",
];

pub async fn with_the_documents_services() -> (TestApp, Tenancy) {
    let app = TestApp::start().await;
    for name in GROUP {
        app.service("group", name).await;
    }
    for name in USER {
        app.service("user", name).await;
    }
    let tenancy = app.tenancy().await;
    (app, tenancy)
}

/// What the documents print, as it is.
const PUT_BODY: &str = r#"{
  "groupServices" : [
    {"name": "Hunt Group", "allocated": {"unlimited": true}},
    {"name": "Call Pickup", "allocated": {"unlimited": false, "maximum": 5}}
  ],
  "userServices" : [
    {"name": "Call Forwarding Always", "allocated": {"unlimited": true}},
    {"name": "Call Forwarding Busy", "allocated": {"unlimited": false, "maximum": 7}},
    {"name": "Anonymous Call Rejection", "allocated": {"unlimited": false, "maximum": 0}}
  ]
}"#;

const PUT_ANSWER: &str = concat!(
    r#"{"userServices":[{"name":"Call Forwarding Always","status":"updated"},"#,
    r#"{"name":"Call Forwarding Busy","status":"updated"},"#,
    r#"{"name":"Anonymous Call Rejection","status":"updated"}],"#,
    r#""groupServices":[{"name":"Hunt Group","status":"updated"},"#,
    r#"{"name":"Call Pickup","status":"updated"}]}"#,
);

#[tokio::test]
async fn the_documents_update() {
    let (app, tenancy) = with_the_documents_services().await;
    for path in [LICENSES, LICENSES.trim_end_matches('/')] {
        let call = app.call("PUT", path).header("content-type", "\"application/json\"");
        let answer = call.bytes(PUT_BODY).send().await.expect(200);
        assert_eq!(answer.text(), PUT_ANSWER);
    }
    let group = async |name: &str| app.line(TENANT, "groupServices", name).await;
    let user = async |name: &str| app.line(TENANT, "userServices", name).await;
    assert_eq!(group("Hunt Group").await["allocated"], unlimited());
    assert_eq!(group("Call Pickup").await["allocated"], limited(5));
    assert_eq!(user("Call Forwarding Always").await["allocated"], unlimited());
    assert_eq!(user("Call Forwarding Busy").await["allocated"], limited(7));
    let removed = json!({ "name": "Anonymous Call Rejection", "allocated": limited(0) });
    assert_eq!(user("Anonymous Call Rejection").await, removed);
    // What wasn't mentioned stays, and one family can come alone.
    let body = json!({ "userServices": [{ "name": "Basic Call Logs", "allocated": limited(3) }] });
    let answer = app.put(LICENSES, &body).await.expect(200);
    assert_eq!(
        answer.text(),
        r#"{"userServices":[{"name":"Basic Call Logs","status":"updated"}]}"#
    );
    assert_eq!(user("Call Forwarding Busy").await["allocated"], limited(7));
    // The record has before and after, and a row for each item.
    let id = answer.header("x-transaction-id").unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Set Licences");
    assert_eq!(record["status"], "Success");
    assert_eq!(record["hierarchy"], tenancy.customer.path);
    assert_eq!(record["sub_transactions"].as_array().unwrap().len(), 1);
    assert!(record["before"].to_string().contains("Basic Call Logs"), "{record}");
    assert!(record["after"].to_string().contains(r#""maximum":3"#), "{record}");
}

#[tokio::test]
async fn the_lines_of_a_fresh_tenant_are_the_whole_catalogue_and_nothing_is_licensed() {
    let (app, _) = with_the_documents_services().await;
    let answer = app.get(LICENSES).await.expect(200).json();
    let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["groupServices", "userServices"]);
    let mut listed = 0;
    for (list, named) in [("groupServices", &GROUP[..]), ("userServices", &USER[..])] {
        let lines = answer[list].as_array().unwrap();
        for line in lines {
            let shape = format!(
                r#"{{"name":{},"allocated":{{"unlimited":false,"maximum":0}}}}"#,
                line["name"]
            );
            assert_eq!(line.to_string(), shape);
        }
        let names: Vec<&str> = lines.iter().map(|line| line["name"].as_str().unwrap()).collect();
        assert!(named.iter().all(|name| names.contains(name)), "{list}");
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted, "{list}");
        listed += lines.len() as u64;
    }
    assert_eq!(app.total(SERVICES).await, listed);
    let with_packs = app.get(&format!("{LICENSES}?includeServicePacks=true")).await.expect(200);
    assert!(with_packs.text().starts_with(r#"{"servicePacks":[],"groupServices":["#));
    let without = app.get(&format!("{LICENSES}?includeServicePacks=false")).await.expect(200);
    assert_eq!(without.json(), answer);
}

#[tokio::test]
async fn lines_that_were_read_can_be_put_back() {
    let (app, _) = with_the_documents_services().await;
    app.license(TENANT, "userServices", "Basic Call Logs", limited(3)).await.expect(200);
    app.license(TENANT, "groupServices", "Hunt Group", unlimited()).await.expect(200);
    app.license(NORTH, "groupServices", "Hunt Group", limited(2)).await.expect(200);
    for path in [LICENSES.to_owned(), format!("{NORTH}licenses/")] {
        let read = app.get(&path).await.expect(200).json();
        app.put(&path, &read).await.expect(200);
        assert_eq!(app.get(&path).await.json(), read);
    }
}

#[tokio::test]
async fn each_item_is_judged_by_itself() {
    let (app, _) = with_the_documents_services().await;
    let quantity = |n: u64| limited(n);
    let body = json!({
        "groupServices": [
            { "name": "Hunt Group", "allocated": quantity(4) },
            { "name": "Basic Call Logs", "allocated": quantity(4) },
        ],
        "userServices": [
            { "name": "Basic Call Logs", "allocated": quantity(4) },
            { "name": "Teleportation", "allocated": unlimited() },
            { "name": "call pickup", "allocated": unlimited() },
        ],
    });
    let answer = app.put(LICENSES, &body).await.expect(207);
    let id = answer.header("x-transaction-id").unwrap().to_owned();
    let answer = answer.json();
    assert_eq!(
        answer.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["userServices", "groupServices"]
    );
    assert_eq!(
        answer["userServices"][0],
        json!({ "name": "Basic Call Logs", "status": "updated" })
    );
    assert_eq!(answer["groupServices"][0], json!({ "name": "Hunt Group", "status": "updated" }));
    for (line, message) in [
        (
            &answer["groupServices"][1],
            "Basic Call Logs is a user service, not a group service; name it among those.",
        ),
        (
            &answer["userServices"][1],
            "There is no user service \"Teleportation\" in the catalogue.",
        ),
        (&answer["userServices"][2], "There is no user service \"call pickup\" in the catalogue."),
    ] {
        let name = &line["name"];
        let expected = json!({ "name": name, "status": "error", "code": 2, "message": message });
        assert_eq!(line.to_string(), expected.to_string());
    }
    assert_eq!(app.line(TENANT, "userServices", "Basic Call Logs").await["allocated"], quantity(4));
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["status"], "Fail");
    assert_eq!(record["counts"], json!({ "total": 5, "succeeded": 2, "failed": 3 }));

    // All refused: 400, in the same form.
    let body = json!({ "userServices": [{ "name": "Teleportation", "allocated": unlimited() }] });
    let answer = app.put(LICENSES, &body).await.expect(400).json();
    assert_eq!(answer["userServices"][0]["status"], "error");
    assert!(answer.get("errors").is_none());
}

#[tokio::test]
async fn a_limit_below_what_is_taken_is_refused_with_the_figure() {
    let (app, _) = with_the_documents_services().await;
    app.license(TENANT, "groupServices", "Auto Attendant", limited(10)).await.expect(200);
    app.license(NORTH, "groupServices", "Auto Attendant", limited(6)).await.expect(200);
    app.license(SOUTH, "groupServices", "Auto Attendant", limited(4)).await.expect(200);
    for (quantity, shown) in [(limited(9), "9"), (limited(0), "0")] {
        let answer = app.license(TENANT, "groupServices", "Auto Attendant", quantity).await;
        let line = answer.expect(400).json()["groupServices"][0].clone();
        let expected = format!(
            "Auto Attendant can't be limited to {shown}: 10 are taken (10 by sites). Allow at \
             least 10, or take some back first."
        );
        assert_eq!(line["message"], expected);
    }
    let line = app.line(TENANT, "groupServices", "Auto Attendant").await;
    assert_eq!(
        line.to_string(),
        concat!(
            r#"{"name":"Auto Attendant","allocated":{"unlimited":false,"maximum":10},"#,
            r#""currentlyAllocated":10}"#
        )
    );
    // Exactly what is taken, more, and no limit at all are fine, and back to what is taken.
    for quantity in [limited(10), limited(11), unlimited(), limited(10)] {
        app.license(TENANT, "groupServices", "Auto Attendant", quantity).await.expect(200);
    }
    // A site draws on what is left.
    let answer = app.license(NORTH, "groupServices", "Auto Attendant", limited(7)).await;
    let message = answer.expect(400).json()["groupServices"][0]["message"].clone();
    assert_eq!(
        message,
        "Auto Attendant can't be 7 at North: of the 10 of the tenant foo, 4 are taken otherwise, \
         which leaves 6."
    );
    let answer = app.license(NORTH, "groupServices", "Auto Attendant", unlimited()).await;
    let message = answer.expect(400).json()["groupServices"][0]["message"].clone();
    assert_eq!(
        message,
        "Auto Attendant can't be unlimited at North: the tenant foo is limited to 10. Give a \
         number."
    );
    let answer = app.license(NORTH, "groupServices", "Call Park", limited(1)).await;
    let message = answer.expect(400).json()["groupServices"][0]["message"].clone();
    assert!(message.as_str().unwrap().starts_with("Call Park isn't licensed to the tenant foo"));
}

#[tokio::test]
async fn an_unlimited_site_needs_an_unlimited_tenant() {
    let (app, _) = with_the_documents_services().await;
    app.license(TENANT, "groupServices", "Hunt Group", unlimited()).await.expect(200);
    app.license(SOUTH, "groupServices", "Hunt Group", unlimited()).await.expect(200);
    app.license(NORTH, "groupServices", "Hunt Group", limited(3)).await.expect(200);
    let line = app.line(TENANT, "groupServices", "Hunt Group").await;
    // Without a limit a site counts what it uses, and group services have no users.
    assert_eq!(line["currentlyAllocated"], 3);
    let answer = app.license(TENANT, "groupServices", "Hunt Group", limited(100)).await;
    let message = answer.expect(400).json()["groupServices"][0]["message"].clone();
    assert_eq!(
        message,
        "Hunt Group can't be limited to 100: the site South is given it without a limit. Limit \
         the site first."
    );
    app.license(SOUTH, "groupServices", "Hunt Group", limited(0)).await.expect(200);
    app.license(TENANT, "groupServices", "Hunt Group", limited(100)).await.expect(200);
    let line = app.line(SOUTH, "groupServices", "Hunt Group").await;
    assert_eq!(
        line.to_string(),
        r#"{"name":"Hunt Group","allocated":{"unlimited":false,"maximum":0}}"#
    );
    let line = app.line(NORTH, "groupServices", "Hunt Group").await;
    assert_eq!(
        line.to_string(),
        r#"{"name":"Hunt Group","allocated":{"unlimited":false,"maximum":3},"inUse":0}"#
    );
}

#[tokio::test]
async fn what_is_of_the_wrong_form_is_named_and_nothing_is_set() {
    let (app, _) = with_the_documents_services().await;
    let before = (app.get(LICENSES).await.json(), app.total(TRANSACTIONS).await);
    let one = |item: Value| json!({ "userServices": [item] });
    let named =
        |allocated: Value| one(json!({ "name": "Basic Call Logs", "allocated": allocated }));
    let maximum = |n: Value| named(json!({ "unlimited": false, "maximum": n }));
    let at = "/userServices/0/allocated";
    let (its_maximum, its_flag) = (&format!("{at}/maximum"), &format!("{at}/unlimited"));
    let cases: Vec<(Value, Vec<&str>)> = vec![
        (named(json!({ "unlimited": false })), vec![its_maximum]),
        (named(json!({})), vec![its_maximum]),
        (maximum(json!(-1)), vec![its_maximum]),
        (maximum(json!(2.5)), vec![its_maximum]),
        (maximum(json!(3.0)), vec![its_maximum]),
        (maximum(json!("7")), vec![its_maximum]),
        (maximum(json!(null)), vec![its_maximum]),
        (maximum(json!(1_u64 << 40)), vec![its_maximum]),
        (maximum(json!(2_147_483_648_u64)), vec![its_maximum]),
        (maximum(json!(1e300)), vec![its_maximum]),
        (named(json!({ "unlimited": "true" })), vec![its_flag]),
        (named(json!({ "unlimited": 1, "maximum": 3 })), vec![its_flag]),
        (named(json!({ "unlimited": null, "maximum": 3 })), vec![its_flag]),
        (named(json!({ "maximum": 3, "most": 3 })), vec!["/userServices/0/allocated/most"]),
        (named(json!(3)), vec![at]),
        (named(json!([])), vec![at]),
        (named(json!(null)), vec![at]),
        (one(json!({ "name": "Basic Call Logs" })), vec![at]),
        (one(json!({ "allocated": { "unlimited": true } })), vec!["/userServices/0/name"]),
        (
            one(json!({ "name": "", "allocated": { "unlimited": true } })),
            vec!["/userServices/0/name"],
        ),
        (
            one(json!({ "name": 7, "allocated": { "unlimited": true } })),
            vec!["/userServices/0/name"],
        ),
        (one(json!("Basic Call Logs")), vec!["/userServices/0"]),
        (one(json!(null)), vec!["/userServices/0"]),
        (
            one(json!({ "name": "Basic Call Logs", "allocated": { "unlimited": true }, "x": 1 })),
            vec!["/userServices/0/x"],
        ),
        (json!({ "userServices": {} }), vec!["/userServices"]),
        (
            json!({ "userServices": null, "groupServices": "all" }),
            vec!["/userServices", "/groupServices"],
        ),
        (json!({ "userservices": [] }), vec!["/userservices"]),
        // Every wrong item is named, and a right one beside them isn't set.
        (
            json!({
                "groupServices": [{ "name": "Hunt Group", "allocated": { "unlimited": true } }, 7],
                "userServices": [
                    { "allocated": { "unlimited": true } },
                    { "name": "Basic Call Logs", "allocated": { "maximum": 3 } },
                    { "name": "Call Forwarding Busy", "allocated": { "maximum": -3 } },
                ],
            }),
            vec!["/groupServices/1", "/userServices/0/name", "/userServices/2/allocated/maximum"],
        ),
    ];
    for (body, fields) in &cases {
        app.put(LICENSES, body).await.expect_misshapen(fields);
        app.put(&format!("{NORTH}licenses/"), body).await.expect_misshapen(fields);
    }
    let packs = json!({ "servicePacks": [], "groupServices": [{ "name": "Hunt Group", "allocated": { "unlimited": true } }] });
    app.put(LICENSES, &packs).await.expect_invalid(&["/servicePacks"]);
    for nothing in [json!({}), json!({ "userServices": [] })] {
        app.put(LICENSES, &nothing).await.expect_invalid(&[""]);
    }
    app.call("PUT", LICENSES).send().await.expect_invalid(&[""]);
    // One item with two quantities: nobody can say which is meant.
    let twice = |a: Value, b: Value| {
        json!({ "groupServices": [
            { "name": "Hunt Group", "allocated": a },
            { "name": "Call Pickup", "allocated": limited(1) },
            { "name": "Hunt Group", "allocated": b },
        ]})
    };
    for (a, b) in [(limited(3), limited(4)), (limited(3), unlimited()), (limited(0), limited(1))] {
        let answer = app.put(LICENSES, &twice(a, b)).await.expect_invalid(&[""]).json();
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("Hunt Group is named twice"), "{message}");
    }
    let unknown = named(limited(1));
    app.put("/api/v1/tenants/nobody/licenses/", &unknown).await.expect_absent(&["tenant_id"]);
    app.put(&format!("{TENANT}groups/Nowhere/licenses/"), &unknown).await.expect_absent(&["group"]);
    assert_eq!((app.get(LICENSES).await.json(), app.total(TRANSACTIONS).await), before);

    // The same item twice with the same quantity is said twice, and set once. Beside `unlimited`
    // a maximum says nothing.
    let answer = app.put(LICENSES, &twice(limited(3), limited(3))).await.expect(200).json();
    assert_eq!(answer["groupServices"].as_array().unwrap().len(), 3);
    assert_eq!(app.line(TENANT, "groupServices", "Hunt Group").await["allocated"], limited(3));
    app.put(LICENSES, &named(json!({ "unlimited": true, "maximum": 3 }))).await.expect(200);
    assert_eq!(app.line(TENANT, "userServices", "Basic Call Logs").await["allocated"], unlimited());
    let most = limited(2_147_483_647);
    app.put(LICENSES, &named(most.clone())).await.expect(200);
    assert_eq!(app.line(TENANT, "userServices", "Basic Call Logs").await["allocated"], most);
}

/// What the documents print, each line as it is.
const PRINTED: [&str; 6] = [
    concat!(
        r#"{"name":"All_Services","description":"","maximumAllowed":{"unlimited":false,"#,
        r#""maximum":2},"allocated":{"unlimited":false,"maximum":2},"currentlyAllocated":0}"#,
    ),
    concat!(
        r#"{"name":"Account/Authorization Codes","allocated":{"unlimited":true},"#,
        r#""currentlyAllocated":2}"#,
    ),
    concat!(
        r#"{"name":"Auto Attendant","allocated":{"unlimited":false,"maximum":10},"#,
        r#""currentlyAllocated":10}"#,
    ),
    r#"{"name":"Call Park","allocated":{"unlimited":false,"maximum":0}}"#,
    r#"{"name":"3G/4G Continuity","allocated":{"unlimited":false,"maximum":0}}"#,
    concat!(
        r#"{"name":"Advice Of Charge","allocated":{"unlimited":true},"#,
        r#""currentlyAllocated":17,"packsAllocated":7}"#,
    ),
];

#[tokio::test]
async fn the_documents_list() {
    let (app, tenancy) = with_the_documents_services().await;
    let provider = &tenancy.provider;
    app.pack(provider, "All_Services", &["Call Forwarding Busy"], json!({})).await;
    app.pack(provider, "Charged", &["Advice Of Charge"], json!({})).await;
    app.put_pack("All_Services", limited(2)).await;
    app.put_pack("Charged", unlimited()).await;
    for (site, codes, attendants, advice) in [(NORTH, 2, 6, 10), (SOUTH, 0, 4, 7)] {
        for (name, given) in
            [("Account/Authorization Codes", codes), ("Auto Attendant", attendants)]
        {
            app.license(TENANT, "groupServices", name, unlimited()).await.expect(200);
            app.license(site, "groupServices", name, limited(given)).await.expect(200);
        }
        app.license(site, "userServices", "Advice Of Charge", limited(advice)).await.expect(200);
    }
    app.license(TENANT, "groupServices", "Auto Attendant", limited(10)).await.expect(200);
    for number in 0..7 {
        let (site, path) =
            if number < 4 { (&tenancy.north, NORTH) } else { (&tenancy.south, SOUTH) };
        let user = format!("user{number}");
        app.user(site, &user).await;
        app.assign(&format!("{path}users/{user}"), &[], &["Charged"]).await.expect(200);
    }

    let by_body = |path: &str| {
        let call = app.call("GET", path).header("content-type", "\"application/json\"");
        call.bytes(r#"{ "includeServicePacks": true }"#).send()
    };
    let bare = LICENSES.trim_end_matches('/');
    let answers = [
        by_body(LICENSES).await,
        by_body(bare).await,
        app.get(&format!("{LICENSES}?includeServicePacks=true")).await,
        app.get(&format!("{bare}?includeServicePacks=true")).await,
    ];
    for answer in answers {
        let answer = answer.expect(200);
        let lists = answer.json();
        let keys: Vec<&String> = lists.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["servicePacks", "groupServices", "userServices"]);
        for (line, list) in PRINTED.iter().zip([
            "servicePacks",
            "groupServices",
            "groupServices",
            "groupServices",
            "userServices",
            "userServices",
        ]) {
            let lines: Vec<String> =
                lists[list].as_array().unwrap().iter().map(Value::to_string).collect();
            assert!(lines.iter().any(|l| l == line), "{line} isn't in {answer}");
        }
    }
    // Without the criterion there are no packs; whoever gives it otherwise is told.
    let answer = app.get(LICENSES).await.expect(200).json();
    assert_eq!(answer.as_object().unwrap().len(), 2);
    app.get(&format!("{LICENSES}?includeServicePacks=1"))
        .await
        .expect_invalid(&["includeServicePacks"]);
    app.get(&format!("{NORTH}licenses/?includeServicePacks=true"))
        .await
        .expect_invalid(&["includeServicePacks"]);
    // What the sites have of it.
    let line = app.line(SOUTH, "userServices", "Advice Of Charge").await;
    assert_eq!(
        line.to_string(),
        concat!(
            r#"{"name":"Advice Of Charge","allocated":{"unlimited":false,"maximum":7},"#,
            r#""inUse":0}"#,
        )
    );
}
