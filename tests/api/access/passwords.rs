//! The passwords that users are given, by every way that writes them: each is hashed before its write,
//! and is the one that lets in.

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
