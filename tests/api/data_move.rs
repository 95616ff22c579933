//! `/api/tool/DataMove/`: instances to another node, wherever they are allowed.

use serde_json::{Value, json};

use crate::support::{NODES, PASSWORD, Place, SPARK, TRANSACTIONS, TestApp};

const NUMBER: &str = "000fd0e4-83ef-4398-be23-d06998580fed";

/// Two customers below one provider, the second with none; and what stands at the first.
async fn with_two_customers() -> (TestApp, Place, Place, Vec<String>) {
    let app = TestApp::start().await;
    let here = app.tenant().await;
    let above =
        Place { path: here.path.rsplit_once('.').unwrap().0.to_owned(), pkid: String::new() };
    let there = app.customer(&above, "There").await;
    let mut hrefs = Vec::new();
    for (name, number) in [("One", Some(NUMBER)), ("Two", None)] {
        let data = json!({ "name": name, "account_number_external": number.unwrap_or_default(), "token": "t" });
        hrefs.push(format!("{SPARK}{}", app.spark(&here, &data).await));
    }
    (app, here, there, hrefs)
}

fn moving(rest: &str, target: &str) -> String {
    format!(
        "/api/tool/DataMove/{rest}?model_type=relation/SparkCustomer&context_hierarchy={target}"
    )
}

async fn path_of(app: &TestApp, href: &str) -> String {
    let meta = app.get(href).await.expect(200).json()["meta"]["path"].clone();
    let names: Vec<&str> = meta.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    names.join(".")
}

#[tokio::test]
async fn instances_are_moved_sideways_with_their_secrets_and_history() {
    let (app, here, there, hrefs) = with_two_customers().await;
    let body = json!({ "hrefs": hrefs });
    let answer = app.post(&moving("", &there.path), &body).await.expect(200).json();
    assert_eq!(answer["success"], true, "{answer}");
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 2, "failed": 0 }));
    for href in &hrefs {
        assert_eq!(path_of(&app, href).await, there.path);
        assert_eq!(app.data(href).await["token"], "********");
    }
    let total = |place: &Place| format!("{SPARK}?hierarchy={}&traversal=local", place.pkid);
    assert_eq!(app.get(&total(&here)).await.json()["pagination"]["total"], 0);
    assert_eq!(app.get(&total(&there)).await.json()["pagination"]["total"], 2);
    let id = answer["transaction_id"].as_str().unwrap();
    let record = app.data(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Bulk Move");
    assert_eq!(record["message"], "2 of 2 Webex customers were moved.");
    let row = record["sub_transactions"][0]["transaction_id"].as_str().unwrap();
    let row = app.data(&format!("{TRANSACTIONS}{row}")).await;
    assert_eq!(row["action"], "Move");
    assert_eq!(
        row["message"],
        format!("Webex customer One was moved from {} to {}.", here.path, there.path)
    );
    assert_eq!(row["hierarchy"], there.path.as_str());
    // The key is free where it was, and taken where it is.
    let same = json!({ "name": "Other", "account_number_external": NUMBER });
    app.spark(&here, &same).await;
    app.post(&format!("{SPARK}?hierarchy={}", there.pkid), &same).await.expect(409);
}

#[tokio::test]
async fn one_instance_is_moved_by_its_pkid() {
    let (app, here, there, hrefs) = with_two_customers().await;
    let pkid = hrefs[0].rsplit('/').next().unwrap();
    let before = app.get(&hrefs[0]).await.header("etag").unwrap().to_owned();
    // The payload is optional, and so is the place of the call.
    let path = format!("{}&hierarchy={}", moving(&format!("{pkid}/"), &there.pkid), here.pkid);
    let moved = app.call("POST", &path).send().await.expect(200);
    assert_eq!(moved.json()["pkid"], pkid);
    assert_eq!(moved.json()["meta"]["parent_id"]["pkid"], there.pkid.as_str());
    assert_ne!(moved.header("etag"), Some(before.as_str()));
    assert_eq!(path_of(&app, &hrefs[0]).await, there.path);
    // And back again, with the target in the body, queued.
    let path = format!("/api/tool/DataMove/{pkid}/?model_type=relation/SparkCustomer&nowait=true");
    let body = json!({ "context_hierarchy": here.path });
    let answer = app.post(&path, &body).await.expect(202).json();
    let record = app.ended(answer["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Move");
    assert_eq!(path_of(&app, &hrefs[0]).await, here.path);
}

#[tokio::test]
async fn a_move_to_where_it_stands_changes_nothing() {
    let (app, here, _, hrefs) = with_two_customers().await;
    let tag = app.get(&hrefs[0]).await.header("etag").unwrap().to_owned();
    let answer =
        app.post(&moving("", &here.pkid), &json!({ "hrefs": [hrefs[0]] })).await.expect(200);
    assert_eq!(answer.json()["success"], true);
    assert_eq!(app.get(&hrefs[0]).await.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn a_key_that_is_taken_at_the_target_fails_that_row_alone() {
    let (app, here, there, hrefs) = with_two_customers().await;
    app.spark(&there, &json!({ "name": "X", "account_number_external": NUMBER })).await;
    let answer =
        app.post(&moving("", &there.pkid), &json!({ "hrefs": hrefs })).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 1, "failed": 1 }));
    let message = answer["sub_transactions"][0]["message"].as_str().unwrap();
    assert!(message.contains("is taken"), "{message}");
    assert_eq!(path_of(&app, &hrefs[0]).await, here.path);
    assert_eq!(path_of(&app, &hrefs[1]).await, there.path);
}

#[tokio::test]
async fn a_call_that_says_too_little_or_means_a_wrong_place_moves_nothing() {
    let (app, here, _, hrefs) = with_two_customers().await;
    let site = app.site(&here, "Office").await;
    let body = json!({ "hrefs": hrefs });
    let before = app.contents().await;
    let model = "model_type=relation/SparkCustomer";
    let refused = |field: &str, code: &str| [(field.to_owned(), code.to_owned())];
    let cases = [
        (format!("?{model}"), 400, refused("context_hierarchy", "required")),
        (format!("?{model}&context_hierarchy="), 400, refused("context_hierarchy", "required")),
        (
            format!("?{model}&context_hierarchy={}", site.pkid),
            400,
            refused("context_hierarchy", "wrong_place"),
        ),
        (
            format!("?{model}&context_hierarchy=sys"),
            400,
            refused("context_hierarchy", "wrong_place"),
        ),
        (
            format!("?{model}&context_hierarchy=sys.Nobody"),
            404,
            refused("context_hierarchy", "not_found"),
        ),
        (format!("?context_hierarchy={}", here.pkid), 400, refused("model_type", "required")),
        (
            format!("?model_type=data/Nothing&context_hierarchy={}", here.pkid),
            400,
            refused("model_type", "not_a_choice"),
        ),
        (
            format!("?{model}&hierarchy=sys.Nobody&context_hierarchy={}", here.pkid),
            404,
            refused("hierarchy", "not_found"),
        ),
    ];
    for (query, status, errors) in cases {
        let answer = app.post(&format!("/api/tool/DataMove/{query}"), &body).await.expect(status);
        let error = &answer.json()["errors"][0];
        assert_eq!(error["field"], errors[0].0, "{query}");
        assert_eq!(error["code"], errors[0].1, "{query}");
    }
    app.post(&moving("", &here.pkid), &json!({})).await.expect_fault(
        400,
        "validation",
        &[("/hrefs", "wrong_type")],
    );
    let unknown = moving("000000000000000000000000/", &here.pkid);
    app.call("POST", &unknown).send().await.expect(404);
    // Nodes stay where they are; what has no move is refused.
    let node = format!(
        "/api/tool/DataMove/?model_type=data/HierarchyNode&context_hierarchy={}",
        here.pkid
    );
    app.post(&node, &json!({ "hrefs": [format!("{NODES}{}", site.pkid)] })).await.expect(405);
    app.get(&format!("/api/tool/DataMove/{}", site.pkid)).await.expect(405);
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn nobody_moves_to_or_from_what_is_out_of_sight() {
    let (app, here, there, hrefs) = with_two_customers().await;
    app.account("local", &here).await;
    let call = |path: String, body: Value| {
        app.call("POST", &path).basic("local", PASSWORD).json(&body).send()
    };
    call(moving("", &there.pkid), json!({ "hrefs": hrefs })).await.expect(404);
    let elsewhere = format!("{SPARK}{}", app.spark(&there, &json!({ "name": "Far" })).await);
    let answer =
        call(moving("", &here.pkid), json!({ "hrefs": [elsewhere] })).await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 1, "succeeded": 0, "failed": 1 }));
    assert_eq!(path_of(&app, &elsewhere).await, there.path);
}

#[tokio::test]
async fn what_lists_name_as_views_of_their_actions_are_forms() {
    let (app, here, _, _) = with_two_customers().await;
    let list = app.get(&format!("{SPARK}?hierarchy={}", here.pkid)).await.expect(200).json();
    let actions = list["meta"]["actions"].as_array().unwrap();
    for (name, field) in [("move", "context_hierarchy"), ("export", "export_format")] {
        let action = actions.iter().find_map(|action| action.get(name)).unwrap();
        // The placeholder is the client's to leave out: credentials never stand in a URL.
        let view = action["view"].as_str().unwrap().split('?').next().unwrap();
        let form = app.get(view).await.expect(200).json();
        assert_eq!(form["schema"]["properties"][field]["type"], "string", "{form}");
        assert_eq!(form["actions"][0][name]["method"], "POST");
        app.get(&format!("{view}?hierarchy=sys.Nobody")).await.expect(404);
        app.call("GET", view).anonymous().send().await.expect(401);
    }
    let form = app.get("/api/view/ExportData/add/").await.json();
    let formats = form["schema"]["properties"]["export_format"]["choices"].clone();
    for format in formats.as_array().unwrap() {
        let path = format!("{SPARK}export/?export_format={}", format["value"].as_str().unwrap());
        let body = json!({ "filter": { "hierarchy": here.pkid }, "expected_total": 2 });
        app.post(&path, &body).await.expect(200);
    }
}
