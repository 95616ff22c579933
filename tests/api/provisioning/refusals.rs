//! Below `/api/v1` every refusal has the one envelope, whoever makes it.

use serde_json::json;

use crate::support::{TENANT, TestApp, USERS, limited};

const PACKS: &str = "/api/v1/configs/service_packs/";

#[tokio::test]
async fn unknown_paths_and_methods() {
    let app = TestApp::start().await;
    for path in
        ["/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v1/configs/", "/api/v1/tenants/a/b"]
    {
        app.get(path).await.expect_absent(&[""]);
    }
    app.post(PACKS, &json!({})).await.expect_refusal(405, 6, "METHOD_NOT_ALLOWED", &[""]);
    app.delete("/api/v1/tenants/foo/").await.expect_refusal(405, 6, "METHOD_NOT_ALLOWED", &[""]);
    // A name that isn't text names nothing.
    app.get(&format!("{PACKS}%FF")).await.expect_absent(&[""]);
    // What only begins alike belongs to somebody else.
    app.get("/api/v1x").await.expect_fault(404, "not_found", &[]);
    app.get("/api/none").await.expect_fault(404, "not_found", &[]);
}

#[tokio::test]
async fn callers_that_are_unknown_or_not_allowed() {
    let app = TestApp::start().await;
    let answer = app.call("GET", PACKS).anonymous().send().await;
    let answer = answer.expect_refusal(401, 4, "UNAUTHENTICATED", &[""]);
    assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
    let wrong = app.call("GET", PACKS).basic("admin", "wrong").send().await;
    wrong.expect_refusal(401, 4, "UNAUTHENTICATED", &[""]);
    // A cookie's write needs the session's token.
    let cookie = app.session().await;
    let path = "/api/v1/tenants/foo/licenses/";
    let body = json!({ "userServices": [] });
    let write = app.call("PUT", path).cookie(&cookie).json(&body).send().await;
    write.expect_refusal(403, 5, "FORBIDDEN", &[""]);
    app.call("GET", PACKS).cookie(&cookie).send().await.expect(200);
}

#[tokio::test]
async fn bodies_that_are_no_json_object() {
    let app = TestApp::start().await;
    let path = "/api/v1/tenants/foo/licenses/";
    for body in
        ["[]", "\"text\"", "7", "null", "true", "{", "{\"a\":}", "nonsense", "{} {}", "\u{feff}{}"]
    {
        for method in ["GET", "PUT"] {
            let call = app.call(method, path).header("content-type", "application/json");
            let answer = call.bytes(body).send().await;
            answer.expect_refusal(416, 9, "BODY_NOT_AN_OBJECT", &[""]);
        }
    }
    let typed = |kind: &str| app.call("GET", PACKS).header("content-type", kind).bytes("{}").send();
    typed("text/plain").await.expect_refusal(415, 10, "UNSUPPORTED_MEDIA_TYPE", &[""]);
    for kind in ["application/json", "\"application/json\"", "application/json; charset=utf-8"] {
        typed(kind).await.expect(200);
    }
    // An empty body needs no type, and any will do.
    let empty = app.call("GET", PACKS).header("content-type", "text/plain").send().await;
    empty.expect(200);
    let large = format!("{{\"a\":\"{}\"}}", "a".repeat(1024 * 1024));
    let answer = app.call("PUT", path).header("content-type", "application/json").bytes(large);
    answer.send().await.expect_refusal(413, 7, "BODY_TOO_LARGE", &[""]);
}

#[tokio::test]
async fn criteria_that_are_unknown_or_of_the_wrong_type() {
    let app = TestApp::start().await;
    for value in ["7", "3", "-1", "1.0", "one", "", "+1", "true", "99999999999999999999"] {
        app.get(&format!("{PACKS}?authorization={value}")).await.expect_invalid(&["authorization"]);
    }
    for value in [json!(7), json!(-1), json!(1.5), json!("1"), json!(true), json!(null), json!([1])]
    {
        let body = json!({ "authorization": value });
        let answer = app.call("GET", PACKS).json(&body).send().await;
        answer.expect_invalid(&["authorization"]);
    }
    let services = "/api/v1/configs/user_services/";
    for value in ["1", "yes", "TRUE", ""] {
        app.get(&format!("{services}?for_hg={value}")).await.expect_invalid(&["for_hg"]);
    }
    let body = json!({ "for_hg": "true", "for_everybody": true });
    let answer = app.call("GET", services).json(&body).send().await;
    answer.expect_invalid(&["for_hg", "for_everybody"]);
    app.get(&format!("{PACKS}?for_hg=true")).await.expect_invalid(&["for_hg"]);
    app.get(&format!("{PACKS}?authorization=1&authorization=2"))
        .await
        .expect_invalid(&["authorization"]);
    app.get(&format!("{PACKS}?authorization=1&authorization=1&format=json")).await.expect(200);
    app.get(&format!("{PACKS}x/?authorization=1")).await.expect_invalid(&["authorization"]);
    // What the body says takes the place of what the query says, wrong or not.
    let body = json!({ "authorization": 1 });
    app.call("GET", &format!("{PACKS}?authorization=x")).json(&body).send().await.expect(200);
    for value in ["0", "-1", "x", "4294967296"] {
        app.get(&format!("/api/v1/tenants/?sizeLimit={value}"))
            .await
            .expect_invalid(&["sizeLimit"]);
    }
    app.get("/api/v1/tenants/?hierarchy=sys.Nowhere").await.expect_absent(&["hierarchy"]);
    let body = json!({ "hierarchy": 7 });
    app.call("GET", "/api/v1/tenants/").json(&body).send().await.expect_invalid(&["hierarchy"]);
}

#[tokio::test]
async fn the_model_api_keeps_its_own_faults() {
    let app = TestApp::start().await;
    app.get(&format!("{USERS}nobody/")).await.expect_fault(404, "not_found", &[]);
    let path = format!("{USERS}services/");
    app.post(&path, &json!({ "hrefs": ["x"], "userServices": [{}] })).await.expect_fault(
        400,
        "validation",
        &[("/userServices/0/name", "required")],
    );
}

#[tokio::test]
async fn a_member_that_occurs_twice_is_refused() {
    let app = TestApp::start().await;
    app.tenancy().await;
    let path = format!("{TENANT}licenses/");
    let one = r#"{"name":"Call Waiting","allocated":{"unlimited":true}}"#;
    for body in [
        format!(r#"{{"userServices":[{one}],"userServices":[{one}]}}"#),
        r#"{"userServices":[{"name":"Call Waiting","allocated":{"maximum":5,"maximum":6}}]}"#
            .to_owned(),
    ] {
        let call = app.call("PUT", &path).header("content-type", "application/json");
        call.bytes(body).send().await.expect_invalid(&[""]);
    }
    let line = app.line(TENANT, "userServices", "Call Waiting").await;
    assert_eq!(line["allocated"], limited(0));
    let call = app.call("GET", PACKS).header("content-type", "application/json");
    let twice = r#"{"authorization":1,"authorization":0}"#;
    call.bytes(twice).send().await.expect_invalid(&[""]);
}
