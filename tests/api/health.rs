//! `/healthz`, `/readyz`, and paths that are no call at all.

use serde_json::json;

use crate::support::{METRICS_TOKEN, SPARK, TestApp};

#[tokio::test]
async fn health_and_readiness_need_no_log_in() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz", "/healthz/", "/readyz/"] {
        app.call("GET", path).anonymous().send().await.expect(200);
    }
}

#[tokio::test]
async fn what_is_no_call_is_a_fault_and_no_page() {
    let app = TestApp::start().await;
    for path in ["/api", "/api/", "/api/data", "/api/data/Nothing/", "/api/relation/sparkcustomer"]
    {
        app.get(path).await.expect_fault(404, "not_found", &[]);
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_not_offered() {
    let app = TestApp::start().await;
    for (method, path) in [
        ("PATCH", "/api/relation/SparkCustomer/"),
        ("PUT", "/api/relation/SparkCustomer/"),
        ("POST", "/api/relation/SparkCustomer/abc"),
        ("DELETE", "/api/relation/SparkCustomer/add/"),
        ("GET", "/noninteractivelogin/"),
    ] {
        app.call(method, path).send().await.expect_fault(405, "not_offered", &[]);
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_hardening_headers() {
    let app = TestApp::start().await;
    for path in ["/api/relation/SparkCustomer/", "/api/none", "/login"] {
        let answer = app.get(path).await;
        assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("x-frame-options").is_some(), "{path}");
    }
}

#[tokio::test]
async fn metrics_tell_what_was_asked_and_how_much_there_is() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "Heron" })).await;
    app.get(&format!("{SPARK}{pkid}")).await.expect(200);
    app.get(&format!("{SPARK}{}?name=secret-query", "0".repeat(24))).await.expect(404);
    app.get(&format!("{SPARK}{pkid}/export/")).await.expect(200);
    let answer = app.call("GET", "/metrics").anonymous().bearer(METRICS_TOKEN).send().await;
    let answer = answer.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = answer.text();
    let one = "route=\"/api/relation/SparkCustomer/{pkid}\"";
    for line in [
        &format!("tenantry_http_requests_total{{method=\"GET\",{one},status=\"200\"}} 1"),
        &format!("tenantry_http_requests_total{{method=\"GET\",{one},status=\"404\"}} 1"),
        &format!("tenantry_http_request_duration_seconds_count{{method=\"GET\",{one}}} 2"),
        "tenantry_instances{model=\"relation/SparkCustomer\"} 1",
        "tenantry_webex_connections{state=\"not_authorised\"} 1",
        "tenantry_exports_total 1",
        "tenantry_callbacks_waiting 0",
        "# EOF",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in {answer}");
    }
    // Nothing of what was asked for: neither names nor queries.
    assert!(!text.contains(&pkid) && !text.contains("secret-query") && !text.contains("Heron"));
}

#[tokio::test]
async fn metrics_are_for_those_with_the_token() {
    let app = TestApp::start().await;
    for call in [
        app.call("GET", "/metrics").anonymous(),
        app.call("GET", "/metrics"),
        app.call("GET", "/metrics").anonymous().bearer("another"),
        app.call("GET", "/metrics").anonymous().header("x-forwarded-for", "127.0.0.1"),
    ] {
        call.send().await.expect_fault(401, "unauthenticated", &[]);
    }
}
