//! Models whose instances hold for all below: seen there, changed at or above their own node, and
//! the only ones of their name on the way from the root down.

use serde_json::{Value, json};

use crate::{
    support::{Answer, Call, PASSWORD, Place, TestApp, at},
    transfer::loading::form,
};

const PACKS: &str = "/api/data/ServicePack/";
const LOCAL: &str = "local";

/// `sys > {Acme > North > Office, Other}` with a pack at `sys`, at Acme and at Other, and an
/// account at North.
struct World {
    app: TestApp,
    acme: Place,
    other: Place,
    office: Place,
    /// The packs' paths.
    top: String,
    own: String,
    beside: String,
}

fn pack(name: &str) -> Value {
    json!({ "technical_name": name, "authorization": 1 })
}

impl World {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let acme = app.provider("Acme").await;
        let other = app.provider("Other").await;
        let north = app.customer(&acme, "North").await;
        let office = app.site(&north, "Office").await;
        let mut paths = Vec::new();
        for (place, name) in [("sys", "top"), (&acme.path, "acme"), (&other.path, "other")] {
            let made = app.post(&format!("{PACKS}?hierarchy={place}"), &pack(name)).await;
            let pkid = made.expect(201).json()["pkid"].as_str().unwrap().to_owned();
            paths.push(format!("{PACKS}{pkid}"));
        }
        app.account(LOCAL, &north).await;
        let [top, own, beside] = paths.try_into().unwrap();
        Self { app, acme, other, office, top, own, beside }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        self.app.call(method, path).basic(LOCAL, PASSWORD)
    }

    async fn seen(&self, query: &str) -> Answer {
        self.call("GET", &format!("{PACKS}?{query}")).send().await.expect(200)
    }
}

fn listed(answer: &Answer) -> (Vec<String>, u64) {
    let page = answer.json();
    let name = |row: &Value| row["data"]["technical_name"].as_str().unwrap().to_owned();
    let names = page["resources"].as_array().unwrap().iter().map(name).collect();
    (names, page["pagination"]["total"].as_u64().unwrap())
}

#[tokio::test]
async fn a_list_has_what_holds_at_its_node() {
    let world = World::start().await;
    let names = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let total = names.len() as u64;
        (names, total)
    };
    let at_sys = world.app.get(PACKS).await.expect(200);
    assert_eq!(listed(&at_sys), names(&["acme", "other", "top"]));
    let at_acme = world.app.get(&at(PACKS, &world.acme)).await.expect(200);
    assert_eq!(listed(&at_acme), names(&["acme", "top"]));
    for (query, wanted) in [
        (String::new(), names(&["acme", "top"])),
        (format!("hierarchy={}", world.office.pkid), names(&["acme", "top"])),
        ("traversal=up&direction=desc".to_owned(), names(&["top", "acme"])),
        ("traversal=local".to_owned(), names(&[])),
        ("search=ACM".to_owned(), names(&["acme"])),
        (
            "filter_field=technical_name&filter_condition=equals&filter_text=other".to_owned(),
            names(&[]),
        ),
    ] {
        assert_eq!(listed(&world.seen(&query).await), wanted, "{query}");
    }
    // The total is that of the list, whatever its page.
    let (page, total) = listed(&world.seen("limit=1&skip=1").await);
    assert_eq!((page, total), (vec!["top".to_owned()], 2));
    let local = world.app.get(&format!("{}&traversal=local", at(PACKS, &world.acme))).await;
    assert_eq!(listed(&local.expect(200)), names(&["acme"]));
}

#[tokio::test]
async fn it_is_read_below_its_node_and_chosen_and_exported_there() {
    let world = World::start().await;
    for path in [&world.top, &world.own] {
        let one = world.call("GET", path).send().await.expect(200);
        assert!(one.header("etag").is_some());
    }
    world.call("GET", &world.beside).send().await.expect_fault(404, "not_found", &[]);
    let choices = format!("{PACKS}choices/?field=technical_name");
    let choices = world.call("GET", &choices).send().await.expect(200).json();
    assert_eq!(choices["choices"][1], json!({ "value": "top", "title": "top" }));
    assert_eq!(choices["choices"].as_array().unwrap().len(), 2);

    let export = format!("{PACKS}export/?export_format=csv");
    let body = json!({ "hrefs": [world.top] });
    let file = world.call("POST", &export).json(&body).send().await.expect(200);
    assert!(file.text().contains("top"), "{}", file.text());
    let body = json!({ "hrefs": [world.beside] });
    let refused = world.call("POST", &export).json(&body).send().await;
    refused.expect_fault(404, "not_found", &[("/hrefs", "not_found")]);
}

#[tokio::test]
async fn it_is_changed_at_its_node_or_above_and_nowhere_else() {
    let world = World::start().await;
    let before = world.app.get(&world.top).await.expect(200).text().to_owned();
    let body = json!({ "technical_name": "top", "authorization": 0 });
    let forbidden = |answer: Answer| {
        let fault = answer.expect_fault(403, "forbidden", &[]).json();
        let message = fault["message"].as_str().unwrap().to_owned();
        assert!(message.contains("belongs to sys"), "{message}");
    };
    for nowait in ["", "?nowait=true"] {
        let path = format!("{}{nowait}", world.top);
        forbidden(world.call("PUT", &path).json(&body).send().await);
        forbidden(world.call("DELETE", &path).send().await);
    }
    let pkid = world.top.strip_prefix(PACKS).unwrap();
    let target = format!("model_type=data/ServicePack&context_hierarchy={}", world.acme.pkid);
    let moved = format!("/api/tool/DataMove/{pkid}/?{target}");
    // The target is out of the caller's sight, but what stands above it is told first.
    forbidden(world.call("POST", &moved).json(&json!({})).send().await);
    world.call("PUT", &world.beside).json(&body).send().await.expect_fault(404, "not_found", &[]);
    world.call("DELETE", &world.beside).send().await.expect_fault(404, "not_found", &[]);
    assert_eq!(world.app.get(&world.top).await.expect(200).text(), before);

    // Each row of a bulk call for itself.
    let hrefs = json!({ "hrefs": [world.top, world.beside] });
    let answer = world.call("DELETE", PACKS).json(&hrefs).send().await.expect(200).json();
    assert_eq!(answer["counts"], json!({ "total": 2, "succeeded": 0, "failed": 2 }));
    let rows = answer["sub_transactions"].as_array().unwrap();
    assert!(rows[0]["message"].as_str().unwrap().contains("belongs to sys"), "{answer}");
    assert!(rows[1]["message"].as_str().unwrap().contains("There is no"), "{answer}");

    // Who stands at the node, or above it, changes it.
    world.app.account("provider", &world.acme).await;
    let own = |method: &str, path: &str| world.app.call(method, path).basic("provider", PASSWORD);
    let body = json!({ "technical_name": "acme", "authorization": 2 });
    own("PUT", &world.own).json(&body).send().await.expect(200);
    forbidden(own("DELETE", &world.top).send().await);
    own("DELETE", &world.own).send().await.expect(200);
    world.app.delete(&world.top).await.expect(200);
}

#[tokio::test]
async fn a_load_can_not_change_what_belongs_above() {
    let world = World::start().await;
    let pkid = world.top.strip_prefix(PACKS).unwrap();
    let (kind, file) =
        form("file", "packs.csv", format!("pkid,authorization\n{pkid},2\n").as_bytes());
    let call = world.call("POST", &format!("{PACKS}import/?mode=row_by_row"));
    let call = call.header("content-type", &kind).bytes(file);
    let asked = call.send().await.expect(202).json();
    let record = world.app.ended(asked["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Fail", "{record}");
    assert!(record["rows"][0]["message"].as_str().unwrap().contains("belongs to sys"), "{record}");
}

#[tokio::test]
async fn a_name_occurs_once_on_the_way_down() {
    let world = World::start().await;
    let taken = |answer: Answer, place: &str| {
        let fault = answer.expect_fault(409, "taken", &[("/technical_name", "taken")]).json();
        assert!(fault["message"].as_str().unwrap().contains(place), "{fault}");
    };
    taken(world.app.post(&at(PACKS, &world.acme), &pack("top")).await, "at sys");
    taken(world.app.post(&format!("{PACKS}?hierarchy=sys"), &pack("other")).await, "sys.Other");
    taken(world.app.post(&at(PACKS, &world.acme), &pack("acme")).await, "sys.Acme");
    // Beside each other the same name is two things.
    world.app.post(&at(PACKS, &world.other), &pack("acme")).await.expect(201);
    // A name that differs in its letters' case is another.
    world.app.post(&at(PACKS, &world.acme), &pack("Top")).await.expect(201);

    let move_to = |target: &Place| {
        let target = format!("model_type=data/ServicePack&context_hierarchy={}", target.pkid);
        let pkid = world.own.strip_prefix(PACKS).unwrap();
        format!("/api/tool/DataMove/{pkid}/?{target}")
    };
    taken(world.app.post(&move_to(&world.other), &json!({})).await, "sys.Other");
    let sys = world.app.sys().await;
    taken(world.app.post(&move_to(&sys), &json!({})).await, "sys.Other");
}

#[tokio::test]
async fn services_of_one_name_differ_by_family_on_the_way_down() {
    const SERVICES: &str = "/api/data/Service/";
    let app = TestApp::start().await;
    let provider = app.provider("Acme").await;
    let service = |family: &str| json!({ "family": family, "name": "Night Desk" });
    app.post(&format!("{SERVICES}?hierarchy=sys"), &service("user")).await.expect(201);
    app.post(&at(SERVICES, &provider), &service("group")).await.expect(201);
    let again = app.post(&at(SERVICES, &provider), &service("user")).await;
    again.expect_fault(409, "taken", &[("/name", "taken")]);
    let again = app.post(&format!("{SERVICES}?hierarchy=sys"), &service("group")).await;
    again.expect_fault(409, "taken", &[("/name", "taken")]);
}

#[tokio::test]
async fn the_console_shows_it_below_without_a_way_to_change_it() {
    let world = World::start().await;
    let pkid = world.top.strip_prefix(PACKS).unwrap();
    let page = format!("/models/data/ServicePack/{pkid}");
    let form = [("username", LOCAL), ("password", PASSWORD)];
    let login = world.app.call("POST", "/login").anonymous().form(&form).send().await.expect(303);
    let cookies =
        format!("sessionid={}; csrftoken={}", login.cookie("sessionid"), login.cookie("csrftoken"));
    let look = |path: String| world.app.call("GET", &path).cookie(&cookies).send();
    let shown = look(page.clone()).await.expect(200);
    assert!(shown.text().contains("belongs to sys, above your own node"), "{}", shown.text());
    assert!(!shown.text().contains("name=\"_submit\""));
    assert!(!shown.text().contains(&format!("{page}/delete")));
    let list = look("/models/data/ServicePack".to_owned()).await.expect(200);
    assert!(list.text().contains(&page) && !list.text().contains(">other<"));
}
