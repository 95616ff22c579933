//! `/api/v1/configs/`: as the documents print it, and what they leave open.

use serde_json::{Value, json};

use crate::support::{Place, SERVICE_PACKS, TestApp, USER_SERVICES};

const PACKS: &str = "/api/v1/configs/service_packs/";
const SERVICES: &str = "/api/v1/configs/user_services/";

const PACK_IN_LIST: &str = concat!(
    r#"{"technical_name":"test-service-pack","display_name":"Test Service Pack","authorization":1,"#,
    r#""description":"Description of Test Service Pack","no_more_assignable":false,"#,
    r#""has_integrated_client":true,"options":[{"name":"test-sp-1"},{"name":"test-sp-2"}]}"#,
);

const PACK: &str = concat!(
    r#"{"technical_name":"test-service-pack","display_name":"Test Service Pack","authorization":1,"#,
    r#""description":"Description of Test Service Pack","no_more_assignable":false,"content":{},"#,
    r#""integrated_client":{"device_types":["Business Communicator - Mobile","#,
    r#""Business Communicator - PC"],"extra_phone_ids":[4,6],"active_statuses":[true,false],"#,
    r#""with_credentials":true,"mode":"webex","package":"standard","package_level":2},"#,
    r#""exclusive":[],"options":[{"name":"test-sp-1"},{"name":"test-sp-2"}],"add_data":{}}"#,
);

async fn with_the_documents_pack() -> (TestApp, Place) {
    let app = TestApp::start().await;
    let telco = app.provider("Telco").await;
    let pack = json!({
        "technical_name": "test-service-pack",
        "display_name": "Test Service Pack",
        "authorization": 1,
        "description": "Description of Test Service Pack",
        "no_more_assignable": false,
        "integrated_client": {
            // In another order than that of the answer.
            "package": "standard",
            "package_level": 2,
            "mode": "webex",
            "with_credentials": true,
            "active_statuses": [true, false],
            "extra_phone_ids": [4, 6],
            "device_types": ["Business Communicator - Mobile", "Business Communicator - PC"],
        },
        "options": [{ "name": "test-sp-1" }, { "name": "test-sp-2" }],
    });
    app.add(SERVICE_PACKS, &telco, &pack).await;
    (app, telco)
}

fn names(answer: &Value, list: &str) -> Vec<String> {
    let lines = answer[list].as_array().unwrap();
    lines.iter().map(|line| line["technical_name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_documents_list_of_service_packs() {
    let (app, telco) = with_the_documents_pack().await;
    app.pack(&telco, "primary", &[], json!({})).await;
    let only = format!(r#"{{"service_packs":[{PACK_IN_LIST}]}}"#);
    // By the body, by the query, with and without a trailing slash.
    let by_body = |path: &str, body: Value| {
        app.call("GET", path).header("content-type", "\"application/json\"").bytes(body.to_string())
    };
    let answer = by_body(PACKS, json!({ "authorization": 1 })).send().await.expect(200);
    assert_eq!(answer.text(), only);
    assert_eq!(app.get(&format!("{PACKS}?authorization=1")).await.expect(200).text(), only);
    let bare = PACKS.trim_end_matches('/');
    assert_eq!(app.get(&format!("{bare}?authorization=1")).await.expect(200).text(), only);
    // The body holds where both are given.
    let both = by_body(&format!("{PACKS}?authorization=2"), json!({ "authorization": 1 }));
    assert_eq!(both.send().await.expect(200).text(), only);
    // Without a criterion all are listed, by name; without a body, and with an empty object.
    for answer in [app.get(PACKS).await, by_body(PACKS, json!({})).send().await] {
        let answer = answer.expect(200).json();
        assert_eq!(names(&answer, "service_packs"), ["primary", "test-service-pack"]);
    }
    let none = app.get(&format!("{PACKS}?authorization=0")).await.expect(200);
    assert_eq!(none.text(), r#"{"service_packs":[]}"#);
}

#[tokio::test]
async fn the_documents_service_pack() {
    let (app, _) = with_the_documents_pack().await;
    for path in ["test-service-pack/", "test-service-pack"] {
        let answer = app.get(&format!("{PACKS}{path}")).await.expect(200);
        assert_eq!(answer.text(), PACK);
    }
    app.get(&format!("{PACKS}Test-service-pack/")).await.expect_absent(&[""]);
}

#[tokio::test]
async fn what_a_pack_leaves_out_has_its_default() {
    let app = TestApp::start().await;
    let telco = app.provider("Telco").await;
    let bare = json!({ "technical_name": "bare/pack", "authorization": 0 });
    app.add(SERVICE_PACKS, &telco, &bare).await;
    app.service("user", "Call Waiting").await;
    let client = json!({
        "technical_name": "client",
        "authorization": 2,
        "integrated_client": { "package": "premium", "mode": "webex" },
        "content": { "services": [{ "name": "Call Waiting" }] },
        "exclusive": ["bare/pack"],
        "options": [{ "name": "x", "for": ["us"] }],
        "add_data": { "a": 1 },
    });
    app.add(SERVICE_PACKS, &telco, &client).await;
    let answer = app.get(&format!("{PACKS}bare%2Fpack/")).await.expect(200);
    let expected = concat!(
        r#"{"technical_name":"bare/pack","display_name":"","authorization":0,"description":"","#,
        r#""no_more_assignable":false,"content":{},"integrated_client":{},"exclusive":[],"#,
        r#""options":[],"add_data":{}}"#,
    );
    assert_eq!(answer.text(), expected);
    let answer = app.get(&format!("{PACKS}client")).await.expect(200).json();
    let client = concat!(
        r#"{"active_statuses":[true],"with_credentials":true,"mode":"webex","#,
        r#""package":"premium"}"#,
    );
    assert_eq!(answer["integrated_client"].to_string(), client);
    assert_eq!(answer["content"], json!({ "services": [{ "name": "Call Waiting" }] }));
    assert_eq!(answer["exclusive"], json!(["bare/pack"]));
    assert_eq!(answer["options"], json!([{ "name": "x", "for": ["us"] }]));
    assert_eq!(answer["add_data"], json!({ "a": 1 }));
    let list = app.get(PACKS).await.expect(200).json();
    let clients: Vec<&Value> = list["service_packs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["has_integrated_client"])
        .collect();
    assert_eq!(clients, [false, true]);
}

#[tokio::test]
async fn the_documents_user_services() {
    let app = TestApp::start().await;
    let telco = app.provider("Telco").await;
    for (name, flags) in [
        ("Basic Call Logs", json!({ "for_hg": true })),
        ("3G/4G Continuity", json!({ "for_enduser": true, "for_hg": false })),
        ("Advice Of Charge", json!({ "for_hg": true, "for_cc": true, "no_more_assignable": true })),
    ] {
        let mut data = json!({ "technical_name": name, "display_name": name });
        data.as_object_mut().unwrap().extend(flags.as_object().unwrap().clone());
        app.add(USER_SERVICES, &telco, &data).await;
    }
    let line = concat!(
        r#"{"technical_name":"Basic Call Logs","display_name":"Basic Call Logs","description":"","#,
        r#""no_more_assignable":false}"#,
    );
    let asked = app.call("GET", SERVICES).json(&json!({ "for_hg": true })).send().await.expect(200);
    assert!(asked.text().ends_with(&format!("{line}]}}")), "{asked}");
    assert_eq!(names(&asked.json(), "user_services"), ["Advice Of Charge", "Basic Call Logs"]);
    for (query, expected) in [
        ("", vec!["3G/4G Continuity", "Advice Of Charge", "Basic Call Logs"]),
        ("?for_hg=true", vec!["Advice Of Charge", "Basic Call Logs"]),
        // False asks for nothing.
        ("?for_hg=false", vec!["3G/4G Continuity", "Advice Of Charge", "Basic Call Logs"]),
        ("?for_hg=true&for_cc=true", vec!["Advice Of Charge"]),
        ("?for_enduser=true&for_cc=false", vec!["3G/4G Continuity"]),
        ("?for_ivr=true", vec![]),
    ] {
        let answer = app.get(&format!("{SERVICES}{query}")).await.expect(200).json();
        assert_eq!(names(&answer, "user_services"), expected, "{query}");
    }

    let one = concat!(
        r#"{"technical_name":"Basic Call Logs","display_name":"Basic Call Logs","description":"","#,
        r#""no_more_assignable":false,"for_hg":true,"for_ivr":false,"for_cc":false,"#,
        r#""for_enduser":false,"add_data":{}}"#,
    );
    assert_eq!(app.get(&format!("{SERVICES}Basic%20Call%20Logs/")).await.expect(200).text(), one);
    // A slash in a name stands in the path as %2F.
    for path in ["3G%2F4G%20Continuity/", "3G%2F4G%20Continuity", "3G%2f4G%20Continuity/"] {
        let answer = app.get(&format!("{SERVICES}{path}")).await.expect(200).json();
        assert_eq!(answer["technical_name"], "3G/4G Continuity");
    }
    app.get(&format!("{SERVICES}3G/4G%20Continuity/")).await.expect_absent(&[""]);
    let gone = app.get(&format!("{SERVICES}For_HG/")).await.expect_absent(&[""]).json();
    assert_eq!(gone["errors"][0]["message"], "There is no user service \"For_HG\".");
}

#[tokio::test]
async fn a_caller_sees_what_holds_at_its_node_and_below() {
    let app = TestApp::start().await;
    let (sys, one) = (app.sys().await, app.provider("One").await);
    let two = app.provider("Two").await;
    let customer = app.customer(&one, "Customer").await;
    let site = app.site(&customer, "Site").await;
    app.pack(&sys, "everywhere", &[], json!({})).await;
    app.pack(&one, "same", &[], json!({ "description": "of one" })).await;
    app.pack(&two, "same", &[], json!({ "description": "of two" })).await;
    app.pack(&two, "theirs", &[], json!({})).await;
    app.account("at-site", &site).await;
    app.account("at-two", &two).await;
    let of = async |username: &str, path: &str| {
        app.call("GET", path).basic(username, crate::support::PASSWORD).send().await
    };
    let list = of("at-site", PACKS).await.expect(200).json();
    assert_eq!(names(&list, "service_packs"), ["everywhere", "same"]);
    let list = of("at-two", PACKS).await.expect(200).json();
    assert_eq!(names(&list, "service_packs"), ["everywhere", "same", "theirs"]);
    let same = |place: &str| format!("{PACKS}same/?hierarchy={place}");
    assert_eq!(of("at-site", &format!("{PACKS}same")).await.json()["description"], "of one");
    assert_eq!(of("at-two", &format!("{PACKS}same")).await.json()["description"], "of two");
    of("at-site", &format!("{PACKS}theirs/")).await.expect_absent(&[""]);
    // Who sees several branches gets the first by its place, or that of the node it names.
    assert_eq!(app.get(&format!("{PACKS}same/")).await.json()["description"], "of one");
    assert_eq!(app.get(&same("sys.Two")).await.json()["description"], "of two");
    assert_eq!(app.get(&same(&site.pkid)).await.json()["description"], "of one");
    let list = app.get(&format!("{PACKS}?hierarchy={}", customer.path)).await.expect(200).json();
    assert_eq!(names(&list, "service_packs"), ["everywhere", "same"]);
    let all = app.get(PACKS).await.expect(200).json();
    assert_eq!(names(&all, "service_packs"), ["everywhere", "same", "same", "theirs"]);
    // A node that the caller can't see is none.
    of("at-site", &same("sys.Two")).await.expect_absent(&["hierarchy"]);
}
