//! Users: who they are, what they log in with, and who may make them what.

use serde_json::json;

use super::world::{Role, World};
use crate::support::{PASSWORD, ROLES, SPARK, SYSTEM_USERS, TRANSACTIONS, TestApp, at};

const NEW: &str = "a password nobody guesses 7";

async fn user(app: &TestApp, username: &str) -> String {
    let path = format!("{SYSTEM_USERS}?filter_field=username&filter_text={username}");
    let list = app.get(&path).await.expect(200).json();
    let pkid = list["resources"][0]["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    format!("{SYSTEM_USERS}{pkid}")
}

#[tokio::test]
async fn the_first_administrator_is_a_user_like_others() {
    let app = TestApp::start().await;
    let admin = app.data(&user(&app, "admin").await).await;
    assert_eq!(admin["role"], "SystemAdmin");
    assert_eq!(admin["password"], "********");
    // It was made once.
    let app = app.restarted().await;
    assert_eq!(app.total(SYSTEM_USERS).await, 1);
}

#[tokio::test]
async fn a_user_logs_in_with_its_password_and_nobody_reads_it() {
    let world = World::start().await;
    let app = &world.app;
    let pkid = app.system_user("carla", &world.customer, "CustomerAdmin").await;
    let path = format!("{SYSTEM_USERS}{pkid}");
    let as_carla = |password: &'static str| app.call("GET", SPARK).basic("carla", password).send();
    as_carla(PASSWORD).await.expect(200);
    as_carla("wrong").await.expect(401);

    let body = json!({ "username": "carla", "role": "CustomerAdmin", "password": NEW });
    app.put(&path, &body).await.expect(200);
    as_carla(PASSWORD).await.expect(401);
    as_carla(NEW).await.expect(200);
    // The mask, or nothing, keeps it.
    let body = json!({ "username": "carla", "role": "CustomerAdmin", "password": "********" });
    app.put(&path, &body).await.expect(200);
    as_carla(NEW).await.expect(200);

    let shown = [
        app.get(&path).await.expect(200).text().to_owned(),
        app.get(&format!("{TRANSACTIONS}?limit=200")).await.expect(200).text().to_owned(),
    ];
    for text in shown {
        assert!(!text.contains(NEW) && !text.contains("argon2"), "{text}");
    }
    for (file, bytes) in app.stored_bytes() {
        let found = bytes.windows(NEW.len()).any(|part| part == NEW.as_bytes());
        assert!(!found, "{} holds the password", file.display());
    }
}

#[tokio::test]
async fn a_bad_password_or_name_is_refused_at_its_field() {
    let world = World::start().await;
    let at_site = at(SYSTEM_USERS, &world.site);
    let add = |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password, "role": "Operator" });
        let (app, path) = (&world.app, at_site.clone());
        async move { app.post(&path, &body).await }
    };
    add("new", "short").await.expect(400);
    add("new", "passwordpassword").await.expect_fault(
        400,
        "validation",
        &[("/password", "common")],
    );
    for wrong in ["with space", "with:colon", ""] {
        let answer = add(wrong, PASSWORD).await.expect(400).json();
        assert_eq!(answer["errors"][0]["field"], "/username", "{answer}");
    }
    // One name in the whole hierarchy, seen from here or not.
    add("admin", PASSWORD).await.expect_fault(409, "taken", &[("/username", "taken")]);
    add("new", PASSWORD).await.expect(201);
    let path = user(&world.app, "new").await;
    let body = json!({ "username": "other", "role": "Operator" });
    let refused = world.app.put(&path, &body).await;
    refused.expect_fault(400, "validation", &[("/username", "immutable")]);
}

#[tokio::test]
async fn who_has_no_password_does_not_log_in_with_an_empty_one() {
    let world = World::start().await;
    let body = json!({ "username": "robot", "role": "Operator" });
    world.app.post(&at(SYSTEM_USERS, &world.customer), &body).await.expect(201);
    for password in ["", "********", "robot"] {
        world.app.call("GET", SPARK).basic("robot", password).send().await.expect(401);
    }
}

#[tokio::test]
async fn administrators_stand_at_nodes_of_their_type() {
    let world = World::start().await;
    let places = [&world.sys, &world.provider, &world.reseller, &world.customer, &world.site];
    let roles = [
        (Role::SystemAdmin, 0),
        (Role::ProviderAdmin, 1),
        (Role::ResellerAdmin, 2),
        (Role::CustomerAdmin, 3),
    ];
    for (role, own) in roles {
        for (index, place) in places.iter().enumerate() {
            let name = format!("{role:?}-{index}");
            let body = json!({ "username": name, "password": PASSWORD, "role": role.name() });
            let answer = world.app.post(&at(SYSTEM_USERS, place), &body).await;
            if index == own {
                answer.expect(201);
            } else {
                answer.expect_fault(400, "validation", &[("/role", "wrong_place")]);
            }
        }
    }
    for (index, place) in places.iter().enumerate() {
        for role in [Role::Operator, Role::Auditor, Role::ApiClient] {
            world.app.system_user(&format!("{role:?}-{index}"), place, &role.name()).await;
        }
    }
    // Moving is judged the same.
    let admin = user(&world.app, "CustomerAdmin-3").await;
    let pkid = admin.rsplit('/').next().unwrap();
    let to = |place: &str| {
        format!("/api/tool/DataMove/{pkid}?model_type=data/SystemUser&context_hierarchy={place}")
    };
    let refused = world.app.post(&to(&world.reseller.pkid), &json!({})).await;
    refused.expect_fault(400, "validation", &[("/role", "wrong_place")]);
    world.app.post(&to(&world.other_customer.pkid), &json!({})).await.expect(200);
    let own = at(SPARK, &world.other_customer);
    let call = |path: &str| world.app.call("GET", path).basic("CustomerAdmin-3", PASSWORD).send();
    call(&own).await.expect(200);
    call(&at(SPARK, &world.customer)).await.expect(404);
}

#[tokio::test]
async fn a_user_ends_with_its_sessions_and_its_name_is_free_again() {
    let world = World::start().await;
    let pkid = world.app.system_user("carla", &world.customer, "Operator").await;
    let login = json!({ "username": "carla", "password": PASSWORD });
    let opened = world.app.call("POST", "/api/v01/auth/login").anonymous().json(&login);
    let tokens = opened.send().await.expect(200).json();
    let token = tokens["access_token"].as_str().unwrap();
    let call = || world.app.call("GET", SPARK).bearer(token).send();
    call().await.expect(200);
    world.app.delete(&format!("{SYSTEM_USERS}{pkid}")).await.expect(200);
    call().await.expect(401);
    world.app.call("GET", SPARK).basic("carla", PASSWORD).send().await.expect(401);
    world.app.system_user("carla", &world.site, "Operator").await;
    call().await.expect(401);
}

#[tokio::test]
async fn a_node_with_users_stays() {
    let world = World::start().await;
    world.app.system_user("carla", &world.site, "Operator").await;
    let path = format!("/api/data/HierarchyNode/{}", world.site.pkid);
    let fault = world.app.delete(&path).await.expect(409).json();
    assert!(fault["message"].as_str().unwrap().contains("data/SystemUser"), "{fault}");
}

#[tokio::test]
async fn nobody_lowers_itself_and_somebody_at_sys_keeps_everything() {
    let world = World::start().await;
    let app = &world.app;
    let admin = user(app, "admin").await;
    app.delete(&admin).await.expect_fault(409, "own_user", &[]);
    let lower = json!({ "username": "admin", "role": "Operator" });
    app.put(&admin, &lower).await.expect_fault(409, "own_user", &[]);
    let pkid = admin.rsplit('/').next().unwrap();
    let moved = format!(
        "/api/tool/DataMove/{pkid}?model_type=data/SystemUser&context_hierarchy={}",
        world.provider.pkid
    );
    assert!([400, 409].contains(&app.post(&moved, &json!({})).await.status));
    // Neither does the profile under it.
    let path = "/api/data/AccessProfile/?filter_field=name&filter_text=SystemAdmin";
    let list = app.get(path).await.expect(200).json();
    let pkid = list["resources"][0]["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    let less = json!({ "name": "SystemAdmin", "full_access": false, "permissions": [] });
    let refused = app.put(&format!("/api/data/AccessProfile/{pkid}"), &less).await;
    refused.expect_fault(409, "last_administrator", &[]);
    // Another one may remove the first, and then is the last.
    app.system_user("second", &world.sys, "SystemAdmin").await;
    let second = user(app, "second").await;
    app.call("DELETE", &admin).basic("second", PASSWORD).send().await.expect(200);
    let refused = app.call("DELETE", &second).basic("second", PASSWORD).send().await;
    refused.expect_fault(409, "own_user", &[]);
}

#[tokio::test]
async fn a_role_that_has_no_console_says_so_at_the_log_in() {
    let world = World::start().await;
    world.app.system_user("robot", &world.reseller, "ApiClient").await;
    let form = [("username", "robot"), ("password", PASSWORD)];
    let answer = world.app.call("POST", "/login").anonymous().form(&form).send().await.expect(403);
    assert!(answer.text().contains("for calls by API"), "{}", answer.text());
    world.app.call("GET", SPARK).basic("robot", PASSWORD).send().await.expect(200);
    // And one without the API opens the console alone.
    let profile = json!({ "name": "Desk", "miscellaneous_permissions": ["Login"],
        "permissions": [{ "type": "*", "operations": ["Read"] }] });
    world.app.post(&at("/api/data/AccessProfile/", &world.sys), &profile).await.expect(201);
    let role = json!({ "name": "Desk", "access_profile": "Desk" });
    world.app.post(&at(ROLES, &world.sys), &role).await.expect(201);
    world.app.system_user("desk", &world.customer, "Desk").await;
    world.app.call("GET", SPARK).basic("desk", PASSWORD).send().await.expect(403);
    let form = [("username", "desk"), ("password", PASSWORD)];
    world.app.call("POST", "/login").anonymous().form(&form).send().await.expect(303);
}
