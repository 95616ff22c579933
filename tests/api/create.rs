//! `POST /api/relation/SparkCustomer/`: what is answered, stored, derived and refused.

use serde_json::{Value, json};

use crate::support::{NODES, SPARK, TRANSACTIONS, TestApp, at};

const UUID: &str = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
/// The same organisation in the Webex API (reference/webex.md, section 3).
const ORGANIZATION_ID: &str =
    "Y2lzY29zcGFyazovL3VzL09SR0FOSVpBVElPTi85NmFiYzJhYS0zZGNjLTExZTUtYTE1Mi1mZTM0ODE5Y2RjOWE";

#[tokio::test]
async fn a_created_instance_is_answered_with_its_pkid_and_transaction() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let made = app.post(&at(SPARK, &place), &json!({ "name": "One" })).await.expect(201);
    let body = made.json();
    let names: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(names, ["pkid", "model_type", "meta", "success", "transaction_id"]);
    let pkid = body["pkid"].as_str().unwrap();
    assert!(pkid.len() == 24 && pkid.bytes().all(|b| b"0123456789abcdef".contains(&b)), "{pkid}");
    assert_eq!(body["model_type"], "relation/SparkCustomer");
    assert_eq!(body["success"], true);
    assert_eq!(body["meta"]["uri"], format!("/api/relation/SparkCustomer/{pkid}"));
    let parent = json!({
        "pkid": place.pkid,
        "uri": format!("/api/data/HierarchyNode/{}", place.pkid),
    });
    assert_eq!(body["meta"]["parent_id"], parent);
    assert_eq!(
        body["meta"]["summary_attrs"][0],
        json!({ "name": "name", "title": "Customer Name" })
    );
    let transaction = body["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{transaction}")).await;
    assert_eq!(record["href"], format!("/api/relation/SparkCustomer/{pkid}"));
}

#[tokio::test]
async fn what_is_made_later_is_named_later() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let mut names = Vec::new();
    for number in 0..8 {
        let sent = json!({ "name": format!("Customer {number}") });
        let body = app.post(&at(SPARK, &place), &sent).await.expect(201).json();
        names.push(["pkid", "transaction_id"].map(|name| body[name].as_str().unwrap().to_owned()));
        app.clock.advance(1);
    }
    for at in 0..2 {
        let of_kind: Vec<&String> = names.iter().map(|both| &both[at]).collect();
        assert!(of_kind.is_sorted(), "{of_kind:?}");
    }
}

#[tokio::test]
async fn every_attribute_is_kept_as_it_was_sent() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let sent = json!({
        "name": "One",
        "account_email": "admin@example.com",
        "account_number": "kept",
        "default_calling_behaviour": "Calling in Webex App (Unified CM)",
        "email_domain": "example.com",
        "dirsync_enabled": false,
        "notes": "first line\nsecond line",
        "access_token_expires": "2026-01-31T09:30:00Z",
        "refresh_token_expires": "2026-04-30T09:30:00Z",
        "sync": true,
        "shadow": [{ "name": "shade" }],
    });
    let pkid = app.spark(&place, &sent).await;
    assert_eq!(app.given(&format!("{SPARK}{pkid}")).await, sent);
}

#[tokio::test]
async fn emoji_right_to_left_and_combining_text_stay_as_they_are() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for name in ["🦀 Crab 👩‍👩‍👧", "שלום \u{202e}abc", "e\u{301}\u{327}", "名前", "a'b\"c\\d<e>&f;"]
    {
        let pkid = app.spark(&place, &json!({ "name": name })).await;
        assert_eq!(app.data(&format!("{SPARK}{pkid}")).await["name"], name);
    }
}

#[tokio::test]
async fn a_place_can_be_named_by_pkid_or_dot_path() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for hierarchy in [&place.pkid, &place.path] {
        let path = format!("{SPARK}?hierarchy={hierarchy}");
        app.post(&path, &json!({ "name": "One" })).await.expect(201);
    }
    let path = format!("/api/relation/SparkCustomer?hierarchy={}", place.path);
    app.post(&path, &json!({ "name": "Two" })).await.expect(201);
    assert_eq!(app.total(SPARK).await, 3);
}

#[tokio::test]
async fn the_internal_number_follows_from_either_form_of_the_external_one() {
    let app = TestApp::start().await;
    let provider = app.provider("Acme").await;
    let upper = UUID.to_uppercase();
    let padded = format!("{ORGANIZATION_ID}=");
    for (i, external) in [UUID, &upper, ORGANIZATION_ID, &padded].into_iter().enumerate() {
        let place = app.customer(&provider, &format!("C{i}")).await;
        let data = json!({
            "name": "One",
            "account_number_external": external,
            "account_number": "overruled",
        });
        let pkid = app.spark(&place, &data).await;
        let stored = app.data(&format!("{SPARK}{pkid}")).await;
        assert_eq!(stored["account_number"], ORGANIZATION_ID, "{external}");
        assert_eq!(stored["account_number_external"], UUID, "{external}");
    }
}

#[tokio::test]
async fn a_number_that_names_no_organisation_is_refused() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let before = app.contents().await;
    let truncated = &ORGANIZATION_ID[..60];
    // ciscospark://us/PEOPLE/… of the same UUID.
    let person = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS85NmFiYzJhYS0zZGNjLTExZTUtYTE1Mi1mZTM0ODE5Y2RjOWE";
    let no_dashes = UUID.replace('-', "");
    for external in ["12345", "not a number", truncated, person, &no_dashes, &UUID[1..], " ", "{}"]
    {
        let data = json!({ "name": "One", "account_number_external": external });
        app.post(&at(SPARK, &place), &data).await.expect_fault(
            400,
            "validation",
            &[("/account_number_external", "format")],
        );
    }
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn one_organisation_has_one_instance_at_a_node() {
    let app = TestApp::start().await;
    let provider = app.provider("Acme").await;
    let here = app.customer(&provider, "Here").await;
    let there = app.customer(&provider, "There").await;
    let data = json!({ "name": "One", "account_number_external": UUID });
    app.spark(&here, &data).await;
    let before = app.contents().await;
    let upper = UUID.to_uppercase();
    for spelling in [UUID, &upper, ORGANIZATION_ID] {
        let data = json!({ "name": "Two", "account_number_external": spelling });
        app.post(&at(SPARK, &here), &data).await.expect_fault(
            409,
            "taken",
            &[("/account_number_external", "taken")],
        );
    }
    assert_eq!(app.contents().await, before);
    app.spark(&there, &data).await;
}

#[tokio::test]
async fn the_number_of_a_deleted_instance_is_free_again() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({ "name": "One", "account_number_external": UUID });
    let pkid = app.spark(&place, &data).await;
    app.delete(&format!("{SPARK}{pkid}")).await.expect(200);
    app.spark(&place, &data).await;
}

#[tokio::test]
async fn without_a_number_there_may_be_many_even_of_one_name() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    app.spark(&place, &json!({ "name": "One" })).await;
    app.spark(&place, &json!({ "name": "One" })).await;
    app.spark(&place, &json!({ "name": "One", "account_number_external": "" })).await;
    app.spark(&place, &json!({ "name": "One", "account_number_external": "" })).await;
    assert_eq!(app.total(SPARK).await, 4);
}

#[tokio::test]
async fn only_customer_nodes_take_spark_customers() {
    let app = TestApp::start().await;
    let provider = app.provider("Acme").await;
    let reseller = app.reseller(&provider, "Re").await;
    let customer = app.customer(&reseller, "Cu").await;
    let between = app.node(&customer.path, "Between", "intermediate").await;
    let site = app.site(&customer, "Si").await;
    let before = app.contents().await;
    for path in ["sys", &provider.path, &reseller.path, &between.path, &site.path] {
        app.post(&format!("{SPARK}?hierarchy={path}"), &json!({ "name": "One" }))
            .await
            .expect_fault(400, "validation", &[("hierarchy", "wrong_place")]);
    }
    app.post(SPARK, &json!({ "name": "One" })).await.expect_fault(
        400,
        "validation",
        &[("hierarchy", "wrong_place")],
    );
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn an_unknown_hierarchy_is_not_found() {
    let app = TestApp::start().await;
    app.tenant().await;
    let before = app.contents().await;
    app.post(&format!("{SPARK}?hierarchy=sys.Nobody"), &json!({ "name": "One" }))
        .await
        .expect_fault(404, "not_found", &[("hierarchy", "not_found")]);
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn with_nowait_the_transaction_is_answered() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for switch in ["nowait=true", "nowait=1"] {
        let path = format!("{}&{switch}", at(SPARK, &place));
        let made = app.post(&path, &json!({ "name": "One" })).await.expect(202);
        let body = made.json();
        let id = body["transaction_id"].as_str().unwrap();
        let href = format!("/api/tool/Transaction/{id}");
        let expected = json!({ "href": href, "success": true, "transaction_id": id });
        assert_eq!(body.to_string(), expected.to_string());
        // It leads to the new instance.
        let record = app.ended(&href).await;
        assert_eq!(record["status"], "Success");
        assert_eq!(app.data(record["href"].as_str().unwrap()).await["name"], "One");
    }
    let path = format!("{}&nowait=false", at(SPARK, &place));
    app.post(&path, &json!({ "name": "One" })).await.expect(201);
}

#[tokio::test]
async fn a_refusal_is_answered_at_once_with_nowait_too() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let path = format!("{}&nowait=true", at(SPARK, &place));
    app.post(&path, &json!({})).await.expect_fault(400, "validation", &[("/name", "required")]);
}

#[tokio::test]
async fn request_meta_is_no_attribute() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({ "name": "One", "request_meta": { "external_id": "7" } });
    let pkid = app.spark(&place, &data).await;
    assert_eq!(app.given(&format!("{SPARK}{pkid}")).await, json!({ "name": "One" }));
}

#[tokio::test]
async fn the_quoted_content_type_of_the_documents_is_accepted() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for kind in [
        "\"application/json\"",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "\"application/json\"; charset=utf-8",
    ] {
        app.call("POST", &at(SPARK, &place))
            .json(&json!({ "name": "One" }))
            .header("content-type", kind)
            .send()
            .await
            .expect(201);
    }
}

#[tokio::test]
async fn another_content_type_is_refused() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let before = app.contents().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"] {
        app.call("POST", &at(SPARK, &place))
            .json(&json!({ "name": "One" }))
            .header("content-type", kind)
            .send()
            .await
            .expect_fault(415, "unsupported_media_type", &[]);
    }
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn secrets_are_answered_as_a_mask_where_they_are_set_and_else_not_at_all() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({
        "name": "One",
        "token": "s3cret",
        "refresh_token": "",
        "https_proxy": "https://user:pass@proxy.example.com:8080",
    });
    let pkid = app.spark(&place, &data).await;
    let expected = json!({ "name": "One", "token": "********", "https_proxy": "********" });
    assert_eq!(app.given(&format!("{SPARK}{pkid}")).await, expected);
}

#[tokio::test]
async fn proxies_are_reached_by_http_or_https_and_no_other_way() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let before = app.contents().await;
    for field in ["http_proxy", "https_proxy"] {
        for url in [
            "ftp://proxy.example.com:21",
            "socks5://proxy.example.com:1080",
            "javascript:alert(1)",
            "proxy.example.com:8080",
            "http://proxy.example.com",
            "http://:8080",
            "http://user:p@ss@proxy.example.com:8080",
            "http://proxy.example.com:99999",
        ] {
            let pointer = format!("/{field}");
            app.post(&at(SPARK, &place), &json!({ "name": "One", field: url })).await.expect_fault(
                400,
                "validation",
                &[(&pointer, "format")],
            );
        }
    }
    assert_eq!(app.contents().await, before);
    for url in [
        "http://proxy.example.com:8080",
        "https://proxy:3128",
        "http://user:p%40ss@10.0.0.1:8080",
        "http://[2001:db8::1]:8080",
    ] {
        app.spark(&place, &json!({ "name": "One", "http_proxy": url, "https_proxy": url })).await;
    }
}

#[tokio::test]
async fn the_link_to_webex_is_not_the_callers_to_write() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data = json!({ "name": "One", "token_link": "https://evil.example.com/" });
    app.post(&at(SPARK, &place), &data).await.expect_fault(
        400,
        "validation",
        &[("/token_link", "read_only")],
    );
}

#[tokio::test]
async fn nodes_are_created_by_the_same_call() {
    let app = TestApp::start().await;
    let data = json!({ "name": "Acme", "node_type": "provider" });
    let made = app.post(&format!("{NODES}?hierarchy=sys"), &data).await.expect(201).json();
    assert_eq!(made["model_type"], "data/HierarchyNode");
    let stored: Value = app.data(made["meta"]["uri"].as_str().unwrap()).await;
    assert_eq!(stored, data);
}
