//! What nobody should send: each a clear 4xx with its field, never a failure of ours, and
//! nothing written. The same judgement for create and modify.

use serde_json::{Value, json};

use crate::support::{Answer, NODES, SPARK, TestApp, at};

const SCHEMA: &str = include_str!("golden/spark_customer_schema.json");

/// A program with one instance, and the two calls that take a body.
struct Target {
    app: TestApp,
    calls: [(&'static str, String); 2],
    before: Vec<String>,
}

impl Target {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let place = app.tenant().await;
        let pkid = app.spark(&place, &json!({ "name": "One", "token": "s3cret" })).await;
        let calls = [("POST", at(SPARK, &place)), ("PUT", format!("{SPARK}{pkid}"))];
        let before = app.contents().await;
        Self { app, calls, before }
    }

    /// The answers of both calls to this body.
    async fn send(&self, body: impl Into<Vec<u8>>) -> [Answer; 2] {
        let body: Vec<u8> = body.into();
        let [post, put] = self.calls.each_ref().map(|(method, path)| {
            self.app
                .call(method, path)
                .header("content-type", "application/json")
                .bytes(body.clone())
                .send()
        });
        [post.await, put.await]
    }

    /// Both calls refuse this instance with exactly these errors.
    async fn refuses(&self, data: &Value, errors: &[(&str, &str)]) {
        for answer in self.send(data.to_string()).await {
            answer.expect_fault(400, "validation", errors);
        }
    }

    async fn wrote_nothing(self) {
        assert_eq!(self.app.contents().await, self.before);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_object() {
    let target = Target::start().await;
    let cases: [(&[u8], &str); 14] = [
        (b"", "malformed_json"),
        (b" ", "malformed_json"),
        (b"{", "malformed_json"),
        (b"{\"name\": \"x\"", "malformed_json"),
        (b"{\"name\": \"x\"} {}", "malformed_json"),
        (b"name=x", "malformed_json"),
        (b"<a/>", "malformed_json"),
        (b"{\"name\": \"\xff\xfe\"}", "malformed_json"),
        (b"{\"name\": \"\\ud800\"}", "malformed_json"),
        (b"{\"sync\": 1e999}", "malformed_json"),
        (b"[]", "not_an_object"),
        (b"[{\"name\": \"x\"}]", "not_an_object"),
        (b"\"name\"", "not_an_object"),
        (b"null", "not_an_object"),
    ];
    for (body, code) in cases {
        for answer in target.send(body).await {
            answer.expect_fault(400, code, &[]);
        }
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_body_that_is_nested_deeply() {
    let target = Target::start().await;
    let (open, close) = ("[".repeat(200), "]".repeat(200));
    for field in ["shadow", "notes", "other"] {
        let body = format!("{{\"name\": \"x\", \"{field}\": {open}{close}}}");
        for answer in target.send(body).await {
            answer.expect(400);
        }
    }
    let (open, close) = ("{\"a\":".repeat(200), "}".repeat(200));
    for answer in target.send(format!("{open}1{close}")).await {
        answer.expect(400);
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_body_over_one_megabyte() {
    let target = Target::start().await;
    let name = "x".repeat(2 * 1024 * 1024);
    let body = json!({ "name": name }).to_string();
    for answer in target.send(body.clone()).await {
        answer.expect_fault(413, "too_large", &[]);
    }
    // Announced by its length as well, as real clients do.
    for (method, path) in &target.calls {
        target
            .app
            .call(method, path)
            .header("content-type", "application/json")
            .header("content-length", &body.len().to_string())
            .bytes(body.clone())
            .send()
            .await
            .expect_fault(413, "too_large", &[]);
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_name_that_is_long_but_under_the_limit_of_the_body() {
    let target = Target::start().await;
    for length in [1025, 900_000] {
        let data = json!({ "name": "x".repeat(length) });
        for answer in target.send(data.to_string()).await {
            let answer = answer.expect_fault(400, "validation", &[("/name", "too_long")]);
            assert!(answer.body.len() < 1000, "{answer}");
        }
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_name_that_is_missing_or_says_nothing() {
    let target = Target::start().await;
    for data in [json!({}), json!({ "name": "" }), json!({ "name": "  \u{3000}" })] {
        target.refuses(&data, &[("/name", "required")]).await;
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn control_characters() {
    let target = Target::start().await;
    for text in ["a\u{0}b", "\u{0}", "a\u{1b}[31m", "a\nb", "a\u{7f}", "a\u{85}b", "\t"] {
        let data = json!({ "name": format!("x{text}") });
        target.refuses(&data, &[("/name", "control_character")]).await;
    }
    // Notes have lines, but no other control characters.
    let data = json!({ "name": "x", "notes": "a\u{0}" });
    target.refuses(&data, &[("/notes", "control_character")]).await;
    let data = json!({ "name": "x", "token": "a\u{0}" });
    target.refuses(&data, &[("/token", "control_character")]).await;
    let data = json!({ "name": "x", "shadow": [{ "name": "a\u{0}" }] });
    target.refuses(&data, &[("/shadow/0/name", "control_character")]).await;
    target.wrote_nothing().await;
}

#[tokio::test]
async fn properties_that_the_model_has_not() {
    let target = Target::start().await;
    for name in ["colour", "Name", "hierarchy_friendly_name", "pkid", "__proto__", ""] {
        let data = json!({ "name": "x", name: "y" });
        target.refuses(&data, &[(&format!("/{name}"), "unknown_property")]).await;
    }
    // The slash and the tilde of a name are escaped in its pointer.
    let data = json!({ "name": "x", "a/b~c": 1 });
    target.refuses(&data, &[("/a~1b~0c", "unknown_property")]).await;
    let data = json!({ "name": "x", "shadow": [{ "name": "y", "size": 1 }] });
    target.refuses(&data, &[("/shadow/0/size", "unknown_property")]).await;
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_wrong_type_for_every_property() {
    let target = Target::start().await;
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let values = [
        ("string", json!("text")),
        ("integer", json!(7)),
        ("boolean", json!(true)),
        ("array", json!([])),
        ("object", json!({})),
        ("null", json!(null)),
    ];
    for (name, property) in schema["properties"].as_object().unwrap() {
        let own = property["type"].as_str().unwrap();
        for (_, value) in values.iter().filter(|(kind, _)| *kind != own) {
            let mut data = json!({ "name": "x" });
            data[name] = value.clone();
            target.refuses(&data, &[(&format!("/{name}"), "wrong_type")]).await;
        }
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn values_that_their_field_does_not_take() {
    let target = Target::start().await;
    let two = json!([{ "name": "a" }, { "name": "b" }]);
    let cases = [
        ("default_calling_behaviour", json!("Fax"), "", "not_a_choice"),
        ("account_email", json!("nobody"), "", "format"),
        ("email_domain", json!("exa mple"), "", "format"),
        ("access_token_expires", json!("soon"), "", "format"),
        ("refresh_token_expires", json!("2026-13-01T00:00:00Z"), "", "format"),
        ("https_proxy", json!("ftp://proxy.example.com:21"), "", "format"),
        ("shadow", two, "", "too_many_items"),
        ("shadow", json!([{}]), "/0/name", "required"),
        ("shadow", json!(["a"]), "/0", "wrong_type"),
        ("shadow", json!([{ "name": "x".repeat(1025) }]), "/0/name", "too_long"),
    ];
    for (name, value, below, code) in cases {
        let mut data = json!({ "name": "x" });
        data[name] = value;
        target.refuses(&data, &[(&format!("/{name}{below}"), code)]).await;
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn all_errors_are_told_at_once_in_the_order_of_the_schema() {
    let target = Target::start().await;
    let data =
        json!({ "colour": 1, "https_proxy": "ftp://x:1", "sync": "no", "account_email": "?" });
    let errors = [
        ("/name", "required"),
        ("/account_email", "format"),
        ("/https_proxy", "format"),
        ("/sync", "wrong_type"),
        ("/colour", "unknown_property"),
    ];
    target.refuses(&data, &errors).await;
    target.wrote_nothing().await;
}

#[tokio::test]
async fn a_refusal_repeats_no_secret() {
    let target = Target::start().await;
    let secret = "hunter2hunter2";
    for data in [
        json!({ "name": "", "token": secret }),
        json!({ "name": "x", "http_proxy": format!("ftp://user:{secret}@proxy:1") }),
        json!({ "name": "x", "token": [secret] }),
    ] {
        for answer in target.send(data.to_string()).await {
            let answer = answer.expect(400);
            assert!(!answer.text().contains(secret), "{answer}");
        }
    }
    for answer in target.send(format!("{{\"token\": \"{secret}\"")).await {
        let answer = answer.expect(400);
        assert!(!answer.text().contains(secret), "{answer}");
    }
    target.wrote_nothing().await;
}

#[tokio::test]
async fn nodes_are_judged_as_well() {
    let app = TestApp::start().await;
    let before = app.contents().await;
    let cases: [(Value, &[(&str, &str)]); 6] = [
        (json!({}), &[("/name", "required"), ("/node_type", "required")]),
        (json!({ "name": "a", "node_type": "galaxy" }), &[("/node_type", "not_a_choice")]),
        (json!({ "name": "a", "node_type": "sys" }), &[("/node_type", "not_a_choice")]),
        (json!({ "name": "a", "node_type": "" }), &[("/node_type", "required")]),
        (json!({ "name": 7, "node_type": "provider" }), &[("/name", "wrong_type")]),
        (json!({ "name": "a", "node_type": "provider", "x": 1 }), &[("/x", "unknown_property")]),
    ];
    for (data, errors) in cases {
        app.post(&format!("{NODES}?hierarchy=sys"), &data).await.expect_fault(
            400,
            "validation",
            errors,
        );
    }
    assert_eq!(app.contents().await, before);
}

#[tokio::test]
async fn a_member_that_occurs_twice_is_refused_and_not_guessed() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for body in [
        r#"{"name":"One","name":"Two"}"#,
        r#"{"name":"One","shadow":[{"name":"a","name":"b"}]}"#,
        r#"{"name":"One","n\u0061me":"Two"}"#,
    ] {
        let call = app.call("POST", &at(SPARK, &place)).header("content-type", "application/json");
        let refused = call.bytes(body.to_owned()).send().await;
        assert!(refused.text().contains("occurs twice in one object"), "{refused}");
        refused.expect_fault(400, "repeated_member", &[]);
    }
    let total = app.get(&at(SPARK, &place)).await.expect(200).json()["pagination"]["total"].clone();
    assert_eq!(total, 0);
}
