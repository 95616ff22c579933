//! `/healthz`, `/readyz`, and paths that are no call at all.

use crate::support::TestApp;

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
