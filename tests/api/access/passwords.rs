//! The passwords that users are given, by every way that writes them: each is hashed before its write,
//! and is the one that lets in.

use futures_util::future::join_all;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::world::World;
use crate::{
    support::{PASSWORD, SPARK, SYSTEM_USERS, TestApp, at},
    transfer::loading::{told, workbook},
};

const ONE: &str = "seven lanterns under water";
const OTHER: &str = "a slow tram to the harbour";

async fn lets_in(app: &TestApp, username: &str, password: &str) -> bool {
    app.call("GET", SPARK).basic(username, password).send().await.status == 200
}

/// A sheet of users: two that are new, and one that is there already.
fn sheet(there: &str, passwords: [&str; 3]) -> Vec<u8> {
    let [new, other, changed] = passwords;
    let rows = [
        json!(["pkid", "username", "role", "password"]),
        json!([null, "new", "Operator", new]),
        json!([null, "other", "Operator", other]),
        json!([there, null, null, changed]),
    ];
    let rows: Vec<Vec<Value>> = rows.iter().map(|row| row.as_array().unwrap().clone()).collect();
    workbook("SystemUser", &rows)
}

#[tokio::test]
async fn a_load_gives_each_user_the_password_of_its_row() {
    for mode in ["row_by_row", "all_or_nothing"] {
        let world = World::start().await;
        let app = &world.app;
        let there = app.system_user("there", &world.customer, "Operator").await;
        let path = at(&format!("{SYSTEM_USERS}import/"), &world.customer);
        let file = sheet(&there, [ONE, ONE, OTHER]);

        let (_, record) = app.loaded(&format!("{path}&mode=dry_run"), &file).await;
        assert_eq!(told(&record), ["2 add Success", "3 add Success", "4 modify Success"]);
        assert!(lets_in(app, "there", PASSWORD).await && !lets_in(app, "new", ONE).await);

        let (_, record) = app.loaded(&format!("{path}&mode={mode}"), &file).await;
        assert_eq!(told(&record), ["2 add Success", "3 add Success", "4 modify Success"], "{mode}");
        for (username, password) in [("new", ONE), ("other", ONE), ("there", OTHER)] {
            assert!(lets_in(app, username, password).await, "{mode}: {username}");
        }
        assert!(!lets_in(app, "there", PASSWORD).await && !lets_in(app, "new", OTHER).await);
    }
}

#[tokio::test]
async fn a_bad_password_of_a_row_is_told_in_every_mode_also_where_the_username_is_the_stored_one() {
    let world = World::start().await;
    let app = &world.app;
    let there = app.system_user("rosalind.okafor", &world.customer, "Operator").await;
    let path = at(&format!("{SYSTEM_USERS}import/"), &world.customer);
    let file = sheet(&there, ["short", "passwordpassword", "rosalind.okafor1"]);
    for mode in ["dry_run", "all_or_nothing", "row_by_row"] {
        let (_, record) = app.loaded(&format!("{path}&mode={mode}"), &file).await;
        let wrong =
            ["2 add", "3 add", "4 modify"].map(|row| format!("{row} Fail Password /password"));
        assert_eq!(told(&record), wrong, "{mode}");
    }
    assert!(lets_in(app, "rosalind.okafor", PASSWORD).await);
    // One row that is wrong undoes the passwords of the others, too.
    let file = sheet(&there, [ONE, "short", OTHER]);
    app.loaded(&format!("{path}&mode=all_or_nothing"), &file).await;
    assert!(lets_in(app, "rosalind.okafor", PASSWORD).await);
    assert!(!lets_in(app, "new", ONE).await);
}

#[tokio::test]
async fn many_users_are_given_one_password_by_one_call_now_or_later() {
    let world = World::start().await;
    let app = &world.app;
    let mut hrefs = Vec::new();
    for username in ["ann", "ben"] {
        let pkid = app.system_user(username, &world.customer, "Operator").await;
        hrefs.push(format!("/api/data/SystemUser/{pkid}"));
    }
    let update = format!("{SYSTEM_USERS}bulk_update/");
    let done = app.post(&update, &json!({ "hrefs": hrefs, "password": ONE })).await.expect(200);
    assert_eq!(done.json()["success"], true, "{done}");
    assert!(lets_in(app, "ann", ONE).await && lets_in(app, "ben", ONE).await);

    let body = json!({ "username": "ann", "role": "Operator", "password": OTHER });
    let later = format!("{SYSTEM_USERS}{}/?nowait=true", hrefs[0].rsplit('/').next().unwrap());
    let asked = app.put(&later, &body).await.expect(202).json();
    let record = app.ended(asked["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success", "{record}");
    assert!(lets_in(app, "ann", OTHER).await && !lets_in(app, "ann", ONE).await);

    let new = json!({ "username": "cleo", "role": "Operator", "password": ONE });
    let later = format!("{}&nowait=true", at(SYSTEM_USERS, &world.customer));
    let asked = app.post(&later, &new).await.expect(202).json();
    let record = app.ended(asked["href"].as_str().unwrap()).await;
    assert_eq!(record["status"], "Success", "{record}");
    assert!(lets_in(app, "cleo", ONE).await);
}

/// More than wait for a hash.
const FLOOD: usize = 300;

#[tokio::test]
async fn no_password_is_hashed_for_who_may_not_set_it() {
    let world = World::start().await;
    let app = &world.app;
    let own = app.system_user("own", &world.customer, "Operator").await;
    let above = app.system_user("above", &world.provider, "ProviderAdmin").await;
    app.system_user("boss", &world.customer, "CustomerAdmin").await;
    for username in ["own", "boss"] {
        // Known from now on: the calls themselves cost no hash.
        assert!(lets_in(app, username, PASSWORD).await);
    }
    let flood = async |username: &str, path: String, body: Value| {
        let call = || app.call("PUT", &path).basic(username, PASSWORD).json(&body).send();
        let answers = join_all((0..FLOOD).map(|_| call())).await;
        answers.into_iter().map(|answer| answer.status).collect::<Vec<_>>()
    };
    let user = |role: &str| json!({ "username": "own", "role": role, "password": ONE });
    let at = |pkid: &str| format!("{SYSTEM_USERS}{pkid}/");
    // What isn't there, what can't be seen, what the role doesn't give, and more than the caller has.
    assert_eq!(flood("own", at("anything"), user("Operator")).await, [404; FLOOD]);
    assert_eq!(flood("own", at(&above), user("Operator")).await, [404; FLOOD]);
    assert_eq!(flood("own", at(&own), user("Operator")).await, [403; FLOOD]);
    assert_eq!(flood("boss", at(&own), user("ProviderAdmin")).await, [403; FLOOD]);
    assert!(lets_in(app, "own", PASSWORD).await);
}

#[tokio::test]
async fn so_many_calls_that_set_passwords_wait_and_no_more() {
    let world = World::start().await;
    let app = &world.app;
    app.get(SPARK).await.expect(200);
    let path = at(SYSTEM_USERS, &world.customer);
    let user = |n| json!({ "username": format!("user{n}"), "role": "Operator", "password": ONE });
    let bodies: Vec<Value> = (0..FLOOD).map(user).collect();
    let answers = join_all(bodies.iter().map(|body| app.post(&path, body))).await;
    let (made, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 201);
    assert!(!made.is_empty() && !refused.is_empty(), "{} made", made.len());
    for answer in refused {
        assert_eq!(answer.header("retry-after"), Some("2"));
        answer.expect_fault(429, "busy", &[]);
    }
}

#[tokio::test]
async fn a_password_is_set_by_who_may_do_so_when_it_is_stored() {
    let world = World::start().await;
    let app = &world.app;
    let user = app.system_user("ann", &world.customer, "Operator").await;
    let boss = app.system_user("boss", &world.customer, "CustomerAdmin").await;
    let tokens = "/api/v01/auth/tokens";
    let wanted = json!({ "name": "Mine", "scope": "everything" });
    let made = app.call("POST", tokens).basic("boss", PASSWORD).json(&wanted).send().await;
    let token = made.expect(201).json()["token"].as_str().unwrap().to_owned();
    // Both are known to the server from now on, and it hears nothing of what is done beside it.
    assert!(lets_in(app, "boss", PASSWORD).await);
    app.call("GET", SPARK).bearer(&token).send().await.expect(200);
    let path = format!("{SYSTEM_USERS}{user}/");
    let change = json!({ "username": "ann", "role": "Operator", "password": ONE });
    let new = json!({ "username": "new", "role": "Operator", "password": ONE });
    let add = at(SYSTEM_USERS, &world.customer);
    let refused = async |status: u16| {
        for (method, path, body) in [("PUT", &path, &change), ("POST", &add, &new)] {
            let call = || app.call(method, path).json(body);
            call().basic("boss", PASSWORD).send().await.expect(status);
            call().bearer(&token).send().await.expect(status);
        }
        assert!(lets_in(app, "ann", PASSWORD).await && !lets_in(app, "new", ONE).await);
    };
    let beside = |sql: &str| {
        let database = Connection::open(app.data_dir().join("tenantry.db")).unwrap();
        assert!(database.execute(sql, [&boss]).unwrap() > 0, "{sql}");
    };
    beside("UPDATE instance SET data = json_set(data, '$.role', 'Operator') WHERE pkid = ?1");
    refused(403).await;
    beside("DELETE FROM instance WHERE pkid = ?1");
    refused(401).await;
}
