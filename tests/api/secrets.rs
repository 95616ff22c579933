//! The secret values of an instance appear nowhere: not in the database's files, not in an
//! answer, not on a page. What a real program writes to its log is in tests/durability.rs.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::support::{ADMIN, PASSWORD, SPARK, TRANSACTIONS, TestApp, at};

/// What is kept in no file and shown in no answer, in any spelling.
const SECRETS: [&str; 5] = [
    "distinctive-token-5Kq",
    "distinctive-refresh-8Zw",
    "distinctive-proxyuser-2Lp",
    "distinctive-replaced-6Rt",
    "distinctive-typed-9Xc",
];

/// Whether `text` holds a secret, plainly or in hex or base64.
fn told(text: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(text);
    let holds = |needle: &str| text.contains(needle);
    SECRETS.into_iter().find(|secret| {
        // What base64 makes of it depends on what stands before; its ends on what is around.
        let in_base64 = |before: &str| {
            let text = STANDARD.encode(format!("{before}{secret}"));
            holds(&text[4..text.len() - 4])
        };
        holds(secret) || holds(&hex(secret)) || ["", "x", "xx"].into_iter().any(in_base64)
    })
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A program with an instance whose secrets were set, replaced, kept and cleared.
async fn with_secrets() -> (TestApp, Vec<String>) {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let [token, refresh, proxy, replaced, _] = SECRETS;
    let data = json!({
        "name": "Distinctive name",
        "token": token,
        "refresh_token": refresh,
        "http_proxy": format!("http://{proxy}:{proxy}@proxy.example.com:8080"),
        "https_proxy": format!("https://{proxy}:{proxy}@proxy.example.com:8080"),
    });
    let mut answers = Vec::new();
    let made = app.post(&at(SPARK, &place), &data).await.expect(201);
    let own = made.json()["meta"]["uri"].as_str().unwrap().to_owned();
    answers.push(made.text().to_owned());
    for change in [
        json!({ "name": "Distinctive name", "token": replaced, "refresh_token": "" }),
        json!({ "name": "Distinctive name", "token": "********", "http_proxy": "" }),
    ] {
        answers.push(app.put(&own, &change).await.expect(200).text().to_owned());
    }
    for path in [
        SPARK,
        &own,
        &format!("{own}?schema=true"),
        &format!("{own}/help"),
        &format!("{SPARK}add/?hierarchy={}", place.pkid),
        TRANSACTIONS,
    ] {
        answers.push(app.get(path).await.expect(200).text().to_owned());
    }
    let page = app.get(TRANSACTIONS).await.json();
    for row in page["resources"].as_array().unwrap() {
        let href = row["meta"]["references"]["self"][0]["href"].as_str().unwrap();
        answers.push(app.get(href).await.expect(200).text().to_owned());
        answers.push(app.get(&format!("{href}poll/")).await.expect(200).text().to_owned());
    }
    (app, answers)
}

#[tokio::test]
async fn no_answer_tells_a_secret() {
    let (_app, answers) = with_secrets().await;
    // The search finds what is there.
    assert!(answers.iter().any(|text| text.contains("Distinctive name")));
    assert!(answers.iter().any(|text| text.contains("********")));
    for text in answers {
        assert_eq!(told(text.as_bytes()), None, "{text}");
    }
}

#[tokio::test]
async fn no_page_tells_a_secret() {
    let (app, _) = with_secrets().await;
    let answer = app.call("POST", "/login").anonymous();
    let answer = answer.form(&[("username", ADMIN), ("password", PASSWORD)]).send().await;
    let cookie = format!("sessionid={}", answer.expect(303).cookie("sessionid"));
    let row = app.get(SPARK).await.json()["resources"][0].clone();
    let pkid = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().to_owned();
    let mut paths = vec![
        "/".to_owned(),
        "/transactions".to_owned(),
        "/models/relation/SparkCustomer".to_owned(),
        format!("/models/relation/SparkCustomer/{pkid}"),
        format!("/models/relation/SparkCustomer/{pkid}/delete"),
    ];
    let page = app.get(TRANSACTIONS).await.json();
    for row in page["resources"].as_array().unwrap() {
        let id = row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
        paths.push(format!("/transactions/{id}"));
    }
    let mut named = 0;
    for path in paths {
        let page = app.call("GET", &path).cookie(&cookie).send().await.expect(200);
        assert_eq!(told(&page.body), None, "{page}");
        assert!(!page.text().contains(PASSWORD), "{page}");
        named += usize::from(page.text().contains("Distinctive name"));
    }
    assert!(named >= 4, "only {named} pages name the instance");
}

#[tokio::test]
async fn no_file_of_the_database_holds_a_secret() {
    let (app, _) = with_secrets().await;
    let tokens = app
        .call("POST", "/api/v01/auth/login")
        .anonymous()
        .json(&json!({ "username": ADMIN, "password": PASSWORD }))
        .send()
        .await
        .expect(200)
        .json();
    let session = app
        .call("POST", "/noninteractivelogin/")
        .anonymous()
        .json(&json!({ "username": ADMIN, "password": PASSWORD }))
        .send()
        .await
        .expect(200)
        .cookie("sessionid");
    let credentials = [
        PASSWORD,
        &session,
        tokens["access_token"].as_str().unwrap(),
        tokens["refresh_token"].as_str().unwrap(),
    ];
    let holds = |bytes: &[u8], text: &str| String::from_utf8_lossy(bytes).contains(text);
    let mut found = false;
    for (path, bytes) in app.stored_bytes() {
        assert_eq!(told(&bytes), None, "{}", path.display());
        for text in credentials {
            assert!(!holds(&bytes, text), "{text} in {}", path.display());
        }
        found |= holds(&bytes, "Distinctive name");
    }
    assert!(found, "the search finds what is there");
}

#[tokio::test]
async fn a_secret_that_was_typed_into_a_form_with_an_error_is_not_shown_again() {
    let (app, _) = with_secrets().await;
    let answer = app.call("POST", "/login").anonymous();
    let answer = answer.form(&[("username", ADMIN), ("password", PASSWORD)]).send().await;
    let cookie = format!("sessionid={}", answer.expect(303).cookie("sessionid"));
    let path = "/models/relation/SparkCustomer/add?hierarchy=sys.Provider.Customer";
    let typed = SECRETS[4];
    let proxy = format!("ftp://{typed}:{typed}@proxy:1");
    let form = [("/name", ""), ("/token", typed), ("/http_proxy", proxy.as_str())];
    let page = app.call("POST", path).cookie(&cookie).form(&form).send().await.expect(400);
    assert_eq!(told(&page.body), None, "{page}");
    // Nor on the way over a log-in.
    let page = app.call("POST", path).anonymous().form(&form).send().await.expect(401);
    assert_eq!(told(&page.body), None, "{page}");
}
