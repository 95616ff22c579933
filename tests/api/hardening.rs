//! What browsers are told to keep from pages, who may write, and refusals that no handler made.

use serde_json::json;

use crate::support::{ADMIN, Answer, Options, PASSWORD, SPARK, TestApp};

const POLICY: &str = "content-security-policy";

/// A directive of the answer's policy, without its name.
fn directive(answer: &Answer, name: &str) -> Option<String> {
    let policy = answer.header(POLICY).unwrap();
    policy.split(';').find_map(|part| {
        let (found, rest) = part.trim().split_once(' ')?;
        (found == name).then(|| rest.to_owned())
    })
}

async fn over_https() -> TestApp {
    let options = Options { public_url: "https://console.test".to_owned(), ..Options::default() };
    TestApp::start_with(options).await.unwrap()
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_alone() {
    let app = TestApp::start().await;
    let session = app.session().await;
    let mut nonces = Vec::new();
    for path in ["/", "/models/relation/SparkCustomer", "/models/data/Schedule/add", "/nothing"] {
        let page = app.call("GET", path).cookie(&session).send().await;
        let scripts = directive(&page, "script-src").unwrap();
        let nonce = scripts.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 16, "{path}: {nonce}");
        assert!(
            !scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"),
            "{scripts}"
        );
        // Every script that stands in the page bears it, and nothing else runs or styles inline.
        let text = page.text();
        let own = format!("nonce=\"{nonce}\"");
        for script in text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains(&own), "{path}: <script{tag}>");
        }
        assert!(text.contains("<script"), "{path}");
        for inline in ["<style", " style=\"", " onclick=", " onload=", "javascript:"] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        for (name, value) in [
            ("default-src", "'none'"),
            ("style-src", "'self'"),
            ("base-uri", "'none'"),
            ("form-action", "'self'"),
            ("frame-ancestors", "'none'"),
        ] {
            assert_eq!(directive(&page, name).as_deref(), Some(value), "{path}");
        }
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4, "each page has a nonce of its own");
}

#[tokio::test]
async fn after_the_log_in_a_form_may_lead_to_webex_and_nowhere_else() {
    let app = TestApp::start().await;
    let page = app.call("GET", "/login").anonymous().send().await.expect(200);
    assert_eq!(directive(&page, "form-action").unwrap(), "'self' http://127.0.0.1:9");
    let form = [("username", ADMIN), ("password", "wrong")];
    let page = app.call("POST", "/login").anonymous().form(&form).send().await.expect(401);
    assert_eq!(directive(&page, "form-action").unwrap(), "'self' http://127.0.0.1:9");
}

#[tokio::test]
async fn data_and_files_load_nothing_and_are_kept_by_nobody() {
    let app = TestApp::start().await;
    for path in [SPARK, "/api/none", "/healthz", "/favicon.svg", "/api/v1/none"] {
        let answer = app.get(path).await;
        assert_eq!(directive(&answer, "default-src").as_deref(), Some("'none'"), "{path}");
        assert_eq!(directive(&answer, "frame-ancestors").as_deref(), Some("'none'"), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        assert!(answer.header("permissions-policy").unwrap().contains("camera=()"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
    }
    assert_eq!(app.get(SPARK).await.header("cache-control"), Some("no-store"));
    let help = app.get(&format!("{SPARK}help")).await.expect(200);
    assert_eq!(directive(&help, "style-src").as_deref(), Some("'self'"));
    assert_eq!(directive(&help, "script-src"), None);
    assert!(!help.text().contains("<script") && !help.text().contains(" style="));
}

#[tokio::test]
async fn behind_https_browsers_stay_with_it() {
    let app = over_https().await;
    for path in ["/login", SPARK, "/nothing", "/favicon.svg"] {
        let answer = app.call("GET", path).anonymous().send().await;
        let told = answer.header("strict-transport-security").unwrap();
        assert!(told.starts_with("max-age=31536000"), "{path}: {told}");
    }
    let form = [("username", ADMIN), ("password", PASSWORD)];
    let answer = app.call("POST", "/login").anonymous().form(&form).send().await.expect(303);
    let themed = app.call("POST", "/preferences").form(&[("theme", "dark")]).send().await;
    for cookie in [answer.cookies(), themed.cookies()].concat() {
        assert!(cookie.contains("; Secure") && cookie.contains("SameSite=Lax"), "{cookie}");
    }
    let session = answer.cookies().into_iter().find(|c| c.starts_with("sessionid")).unwrap();
    assert!(session.contains("HttpOnly"), "{session}");
}

#[tokio::test]
async fn no_write_is_taken_from_a_page_of_another_site() {
    let app = over_https().await;
    let paths = [
        "/login",
        "/logout",
        "/preferences",
        "/noninteractivelogin",
        "/api/v01/auth/login",
        "/fn/anything",
        SPARK,
        "/transactions/x",
        "/webex/x",
        "/tenants/x",
        "/nothing",
        "/models/relation/SparkCustomer/add",
        "/models/relation/SparkCustomer/load",
    ];
    let foreign = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", ""),
        ("origin", "https://console.test.evil.example"),
        ("origin", "https://console.test:8443"),
        // The same name without TLS is anybody's on the way.
        ("origin", "http://console.test"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "whatever comes"),
    ];
    for path in paths {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            for (header, value) in foreign {
                let answer = app.call(method, path).header(header, value).send().await;
                assert_eq!(answer.status, 403, "{header}: {value}: {answer}");
                assert!(answer.text().contains("another site"), "{answer}");
            }
        }
    }
    // Reading is no write, and our own pages and scripts write.
    app.call("GET", SPARK).header("sec-fetch-site", "cross-site").send().await.expect(200);
    for own in [
        ("origin", "https://console.test"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "none"),
        ("user-agent", "a script"),
    ] {
        app.call("POST", "/logout").header(own.0, own.1).send().await.expect(303);
    }
}

#[tokio::test]
async fn under_another_name_the_pages_of_that_name_write() {
    let app = TestApp::start().await;
    let call = |origin: &str| {
        app.call("POST", "/logout").header("host", "10.0.0.5:3000").header("origin", origin).send()
    };
    call("http://10.0.0.5:3000").await.expect(303);
    call("https://10.0.0.5:3000").await.expect(303);
    call("http://console.test").await.expect(303);
    call("http://10.0.0.5:3001").await.expect(403);
}

#[tokio::test]
async fn what_no_handler_has_read_is_a_fault_too() {
    let app = TestApp::start().await;
    let session = app.session().await;
    let post = |path: &str| app.call("POST", path).cookie(&session);
    let json = post("/login").json(&json!({})).send().await;
    json.expect_fault(415, "unsupported_media_type", &[]);
    let form = "application/x-www-form-urlencoded";
    for path in ["/login", "/preferences", "/models/relation/SparkCustomer/add"] {
        let bytes =
            post(path).header("content-type", form).bytes(vec![b'a', b'=', b'%', b'f', b'f']);
        let answer = bytes.send().await;
        assert!(answer.status < 500, "{answer}");
    }
    let upload = post("/models/relation/SparkCustomer/load").header("content-type", "text/plain");
    let answer = upload.bytes("x").send().await;
    assert_eq!(answer.status / 100, 4, "{answer}");
    let twice = app.call("GET", "/oauth/webex/callback?code=a&code=b").cookie(&session);
    twice.send().await.expect_fault(400, "unreadable", &[]);
    let path = app.call("GET", "/oauth/webex/authorize/%ff").cookie(&session);
    path.send().await.expect_fault(400, "unreadable", &[]);
}

#[tokio::test]
async fn static_files_are_those_of_the_site_alone() {
    let app = TestApp::start().await;
    let session = app.session().await;
    for path in [
        "/../Cargo.toml",
        "/pkg/../../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "/pkg/..%5c..%5cCargo.toml",
        "//etc/passwd",
        "/etc/passwd",
        "/pkg/%00",
        "/favicon.svg%00",
        "/.%2e/.%2e/etc/passwd",
        "/pkg//../../../etc/passwd",
        "/manifest.json",
        "/favicon.svg.br",
    ] {
        let answer = app.call("GET", path).cookie(&session).send().await;
        assert_eq!(answer.status, 404, "{answer}");
        assert!(!answer.text().contains("[package]") && !answer.text().contains("root:"), "{path}");
    }
}
