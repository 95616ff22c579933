//! What a caller at a lower node sees: its own node and what stands below. The rest doesn't
//! exist for it.

use serde_json::json;

use super::list::names;
use crate::support::{Call, NODES, PASSWORD, Place, SPARK, TRANSACTIONS, TestApp, at};

const LOCAL: &str = "local";

/// `sys > Acme > {North, South}` with a Spark customer at each, and an account at North.
struct World {
    app: TestApp,
    north: Place,
    south: Place,
    seen: String,
    hidden: String,
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let acme = app.provider("Acme").await;
        let north = app.customer(&acme, "North").await;
        let south = app.customer(&acme, "South").await;
        let seen = app.spark(&north, &json!({ "name": "seen" })).await;
        let hidden = app.spark(&south, &json!({ "name": "hidden" })).await;
        app.account(LOCAL, &north).await;
        Self {
            north,
            south,
            seen: format!("{SPARK}{seen}"),
            hidden: format!("{SPARK}{hidden}"),
            app,
        }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        self.app.call(method, path).basic(LOCAL, PASSWORD)
    }
}

#[tokio::test]
async fn lists_begin_at_the_callers_node() {
    let world = World::start().await;
    let page = world.call("GET", SPARK).send().await.expect(200).json();
    assert_eq!(names(&page), ["seen"]);
    assert_eq!(page["pagination"]["total"], 1);
    assert_eq!(page["meta"]["references"]["parent"][0]["pkid"], world.north.pkid.as_str());
    for traversal in ["up", "down", "local"] {
        let path = format!("{SPARK}?traversal={traversal}");
        assert_eq!(names(&world.call("GET", &path).send().await.expect(200).json()), ["seen"]);
    }
    let page = world.call("GET", &format!("{NODES}?traversal=up")).send().await.expect(200).json();
    assert_eq!(names(&page), [""; 0]);
    let page = world.call("GET", TRANSACTIONS).send().await.expect(200);
    assert!(page.text().contains("seen") && !page.text().contains("hidden"), "{page}");
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_found() {
    let world = World::start().await;
    let before = world.app.contents().await;
    for hierarchy in ["sys", "sys.Acme", &world.south.path, &world.south.pkid] {
        let path = format!("{SPARK}?hierarchy={hierarchy}");
        let errors = [("hierarchy", "not_found")];
        world.call("GET", &path).send().await.expect_fault(404, "not_found", &errors);
        let post = world.call("POST", &path).json(&json!({ "name": "x" }));
        post.send().await.expect_fault(404, "not_found", &errors);
    }
    let node = format!("{NODES}{}", world.south.pkid);
    for path in [&world.hidden, &node] {
        world.call("GET", path).send().await.expect_fault(404, "not_found", &[]);
        world.call("GET", &format!("{path}/help")).send().await.expect_fault(404, "not_found", &[]);
        let put = world.call("PUT", path).json(&json!({ "name": "x" }));
        put.send().await.expect_fault(404, "not_found", &[]);
        world.call("DELETE", path).send().await.expect_fault(404, "not_found", &[]);
    }
    assert_eq!(world.app.contents().await, before);
}

#[tokio::test]
async fn a_transaction_out_of_sight_is_not_found() {
    let world = World::start().await;
    let record =
        world.app.put(&world.hidden, &json!({ "name": "hidden" })).await.expect(200).json();
    let path = format!("{TRANSACTIONS}{}", record["transaction_id"].as_str().unwrap());
    world.app.get(&path).await.expect(200);
    world.call("GET", &path).send().await.expect_fault(404, "not_found", &[]);
    let poll = format!("{path}/poll/");
    world.call("GET", &poll).send().await.expect_fault(404, "not_found", &[]);
}

#[tokio::test]
async fn a_bulk_call_goes_on_past_what_is_out_of_sight() {
    let world = World::start().await;
    let body = json!({ "hrefs": [world.hidden, world.seen] });
    let answer = world.call("DELETE", SPARK).json(&body).send().await.expect(200).json();
    assert_eq!(answer["success"], false);
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 1, "failed": 1 }));
    world.app.get(&world.hidden).await.expect(200);
    world.app.get(&world.seen).await.expect(404);
}

#[tokio::test]
async fn its_own_node_is_its_to_work_at() {
    let world = World::start().await;
    let post = world.call("POST", &at(SPARK, &world.north)).json(&json!({ "name": "new" }));
    let made = post.send().await.expect(201).json();
    world.call("DELETE", made["meta"]["uri"].as_str().unwrap()).send().await.expect(200);
    let record = world.app.last_transaction().await;
    assert_eq!(record["username"], LOCAL);
}
