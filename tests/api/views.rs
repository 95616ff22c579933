//! Saved views of lists, and their columns.

use serde_json::{Value, json};

use crate::support::{PASSWORD, Place, SPARK, TestApp, at};

const VIEWS: &str = "/api/relation/SparkCustomer/views/";

async fn with_one() -> (TestApp, Place) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let data =
        json!({ "name": "One", "notes": "n", "account_email": "a@example.com", "token": "t" });
    app.spark(&place, &data).await;
    (app, place)
}

async fn names(app: &TestApp, username: &str) -> Vec<String> {
    let answer = app.call("GET", VIEWS).basic(username, PASSWORD).send().await.expect(200).json();
    let views = answer["views"].as_array().unwrap();
    views.iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_view_keeps_a_list_under_a_name() {
    let (app, _) = with_one().await;
    let query = "search=one&order_by=account_email&direction=desc&columns=name,notes&skip=50";
    let made = app.post(VIEWS, &json!({ "name": " Mine ", "query": query })).await.expect(201);
    let pkid = made.json()["pkid"].as_str().unwrap().to_owned();
    let view = app.get(VIEWS).await.expect(200).json()["views"][0].clone();
    assert_eq!(view["name"], "Mine");
    assert_eq!(view["own"], true);
    assert_eq!(view["shared"], false);
    assert_eq!(view["username"], "admin");
    // It leads to the list, from its first row.
    let list = app.get(view["href"].as_str().unwrap()).await.expect(200).json();
    assert_eq!(list["pagination"]["skip"], 0);
    assert_eq!(list["pagination"]["order_by"], "account_email");
    assert_eq!(list["resources"][0]["data"], json!({ "name": "One", "notes": "n" }));
    // The same name replaces it.
    let again = app.post(VIEWS, &json!({ "name": "Mine", "query": "", "shared": true })).await;
    assert_eq!(again.expect(201).json()["pkid"], pkid.as_str());
    let views = app.get(VIEWS).await.json()["views"].clone();
    assert_eq!(views.as_array().unwrap().len(), 1);
    assert_eq!(views[0]["shared"], true);
    app.delete(&format!("{VIEWS}{pkid}/")).await.expect(200);
    app.delete(&format!("{VIEWS}{pkid}/")).await.expect(404);
    assert_eq!(app.get(VIEWS).await.json()["views"], json!([]));
}

#[tokio::test]
async fn private_views_are_their_authors_and_shared_ones_are_seen_from_above() {
    let (app, place) = with_one().await;
    app.account("local", &place).await;
    let save = |who: &'static str, name: &'static str, shared: bool| {
        let body = json!({ "name": name, "query": "", "shared": shared });
        app.call("POST", VIEWS).basic(who, PASSWORD).json(&body).send()
    };
    save("admin", "Admin's", false).await.expect(201);
    save("admin", "Admin's shared", true).await.expect(201);
    let private = save("local", "Local's", false).await.expect(201).json();
    let shared = save("local", "Local's shared", true).await.expect(201).json();
    assert_eq!(names(&app, "admin").await, ["Admin's", "Admin's shared", "Local's shared"]);
    // What is above a caller's node doesn't exist for it.
    assert_eq!(names(&app, "local").await, ["Local's", "Local's shared"]);
    for view in [private, shared] {
        let path = format!("{VIEWS}{}/", view["pkid"].as_str().unwrap());
        app.delete(&path).await.expect(404);
    }
}

#[tokio::test]
async fn a_view_that_no_list_would_answer_is_not_saved() {
    let (app, _) = with_one().await;
    let long = "x".repeat(81);
    let cases = [
        (json!({ "name": "", "query": "" }), "/name"),
        (json!({ "name": "  ", "query": "" }), "/name"),
        (json!({ "name": long, "query": "" }), "/name"),
        (json!({ "name": "a\u{7}b", "query": "" }), "/name"),
        (json!({ "name": 7 }), "/name"),
        (json!({ "name": "x", "query": {} }), "/query"),
        (json!({ "name": "x", "shared": "yes" }), "/shared"),
        (json!({ "name": "x", "query": "order_by=token" }), "order_by"),
        (json!({ "name": "x", "query": "columns=nothing" }), "columns"),
        (json!({ "name": "x", "query": "limit=x" }), "limit"),
    ];
    for (body, field) in cases {
        let answer = app.post(VIEWS, &body).await.expect(400).json();
        assert_eq!(answer["errors"][0]["field"], field, "{body}");
    }
    app.post(VIEWS, &json!({ "name": "x", "query": "hierarchy=sys.Nobody" })).await.expect(404);
    assert_eq!(app.get(VIEWS).await.json()["views"], json!([]));
}

#[tokio::test]
async fn columns_cut_data_down_in_their_order() {
    let (app, place) = with_one().await;
    let list = |columns: &str| format!("{}&columns={columns}", at(SPARK, &place));
    let page = app.get(&list("notes,hierarchy_friendly_name,name,notes")).await.expect(200).json();
    assert_eq!(
        page["resources"][0]["data"].to_string(),
        format!(r#"{{"notes":"n","hierarchy_friendly_name":"{}","name":"One"}}"#, place.path)
    );
    assert!(page["pagination"]["current"].as_str().unwrap().contains("columns=notes%2C"));
    for secret_or_unknown in ["token", "shadow", "nothing"] {
        app.get(&list(secret_or_unknown)).await.expect_fault(
            400,
            "validation",
            &[("columns", "unknown_field")],
        );
    }
}

/// The titles of the columns of the console's list.
async fn heads(app: &TestApp, cookie: &str, search: &str) -> Vec<String> {
    let path = format!("/models/relation/SparkCustomer{search}");
    let page = app.call("GET", &path).cookie(cookie).send().await.expect(200);
    let head = page.text().split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
    head.split("class=\"th-sort")
        .skip(1)
        .map(|cell| {
            let text = cell.split("<span>").nth(1).unwrap();
            text.split("</span>").next().unwrap().to_owned()
        })
        .collect()
}

async fn posted(app: &TestApp, cookie: &str, search: &str, pairs: &[(&str, &str)]) -> Value {
    let path = format!("/models/relation/SparkCustomer{search}");
    let answer = app
        .call("POST", &path)
        .cookie(cookie)
        .header("origin", "http://console.test")
        .form(pairs)
        .send()
        .await;
    json!({ "status": answer.status, "to": answer.header("location"), "text": answer.text() })
}

#[tokio::test]
async fn the_consoles_list_shows_the_columns_of_its_address_or_those_kept() {
    let (app, _) = with_one().await;
    let cookie = app.session().await;
    assert_eq!(heads(&app, &cookie, "?columns=notes,name").await, ["Please Note", "Customer Name"]);
    let standard = heads(&app, &cookie, "").await;
    assert_eq!(standard.len(), 7);
    let kept = [("_submit", "columns_keep"), ("columns", "name,notes")];
    let answer = posted(&app, &cookie, "?search=o", &kept).await;
    assert_eq!(answer["status"], 303);
    assert_eq!(answer["to"], "/models/relation/SparkCustomer?search=o");
    assert_eq!(heads(&app, &cookie, "").await, ["Customer Name", "Please Note"]);
    let reset = [("_submit", "columns_reset"), ("columns", "name")];
    let answer = posted(&app, &cookie, "?columns=name&search=o", &reset).await;
    assert_eq!(answer["to"], "/models/relation/SparkCustomer?search=o");
    assert_eq!(heads(&app, &cookie, "").await, standard);
    let wrong = [("_submit", "columns_keep"), ("columns", "token")];
    assert_eq!(posted(&app, &cookie, "", &wrong).await["status"], 400);
}

#[tokio::test]
async fn the_console_saves_shows_and_deletes_views() {
    let (app, _) = with_one().await;
    let cookie = app.session().await;
    let save = [("_submit", "view_save"), ("name", "North <b>"), ("shared", "true")];
    let answer = posted(&app, &cookie, "?search=north", &save).await;
    assert_eq!(answer["to"], "/models/relation/SparkCustomer?search=north");
    let view = app.get(VIEWS).await.json()["views"][0].clone();
    assert_eq!(view["query"], "search=north");
    assert_eq!(view["shared"], true);
    let page = app.call("GET", "/models/relation/SparkCustomer").cookie(&cookie).send().await;
    assert!(page.text().contains("North &lt;b&gt;"));
    assert!(page.text().contains("href=\"/models/relation/SparkCustomer?search=north\""));
    let pkid = view["pkid"].as_str().unwrap();
    posted(&app, &cookie, "", &[("_submit", "view_delete"), ("view", pkid)]).await;
    assert_eq!(app.get(VIEWS).await.json()["views"], json!([]));
    // A refusal is shown with the list.
    let answer = posted(&app, &cookie, "", &[("_submit", "view_save"), ("name", " ")]).await;
    assert_eq!(answer["status"], 400);
    assert!(answer["text"].as_str().unwrap().contains("Give the view a name"));
}
