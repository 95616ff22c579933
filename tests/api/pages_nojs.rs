//! The console as a browser without WebAssembly uses it: links, plain form posts, redirects.

use serde_json::json;

use crate::support::{
    ADMIN, Answer, Call, PASSWORD, Place, SPARK, TRANSACTIONS, TestApp, unlinked,
};

const LIST: &str = "/models/relation/SparkCustomer";

/// A browser that is logged in, and a customer node.
pub struct Browser {
    pub app: TestApp,
    pub place: Place,
    cookie: String,
}

impl Browser {
    pub async fn start() -> Self {
        let app = TestApp::start().await;
        let place = app.tenant().await;
        let answer = log_in(&app, &[("username", ADMIN), ("password", PASSWORD)]).await.expect(303);
        let cookie = cookie(&answer);
        Self { app, place, cookie }
    }

    pub fn call(&self, method: &str, path: &str) -> Call {
        self.app.call(method, path).cookie(&self.cookie)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.call("POST", path).form(form).send().await
    }

    /// The page that a redirect leads to.
    pub async fn follow(&self, answer: &Answer) -> Answer {
        self.get(location(answer)).await
    }

    fn add(&self) -> String {
        format!("{LIST}/add?hierarchy={}", self.place.path)
    }

    async fn spark(&self, name: &str) -> String {
        let pkid = self.app.spark(&self.place, &json!({ "name": name, "notes": "kept" })).await;
        format!("{LIST}/{pkid}")
    }
}

async fn log_in(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    app.call("POST", "/login").anonymous().form(form).send().await
}

/// The cookies of a log-in as a browser sends them back.
fn cookie(answer: &Answer) -> String {
    format!("sessionid={}; csrftoken={}", answer.cookie("sessionid"), answer.cookie("csrftoken"))
}

#[track_caller]
pub fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{answer}");
    answer.header("location").unwrap()
}

/// The value of an input of this name, as the page's HTML has it.
pub fn input<'a>(page: &'a Answer, name: &str) -> Option<&'a str> {
    input_in(page.text(), name)
}

/// The same of the log-in form. The page has another form, that of the theme.
fn login_input(page: &Answer, name: &str) -> Option<String> {
    let form = page.text().split_once("action=\"/login\"").unwrap().1;
    let text = input_in(form, name)?.replace("&quot;", "\"").replace("&#x27;", "'");
    Some(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

fn input_in<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let name = format!(" name=\"{name}\"");
    let at = text.find(&name)?;
    let start = text[..at].rfind('<')?;
    let tag = &text[start..start + text[start..].find('>')?];
    let value = tag.split_once(" value=\"")?.1;
    value.split('"').next()
}

#[track_caller]
pub fn assert_page(page: &Answer, status: u16, texts: &[&str]) {
    assert_eq!(page.status, status, "{page}");
    assert!(page.header("content-type").unwrap().starts_with("text/html"), "{page}");
    for text in texts {
        assert!(page.text().contains(text), "{text:?} isn't in\n{}", page.text());
    }
}

#[tokio::test]
async fn without_a_session_every_page_asks_to_log_in_and_comes_back() {
    let app = TestApp::start().await;
    let cases = [
        ("/", "/login"),
        ("/transactions", "/login?next=%2Ftransactions"),
        (
            "/models/relation/SparkCustomer?hierarchy=sys.A&search=x%26y",
            "/login?next=%2Fmodels%2Frelation%2FSparkCustomer%3Fhierarchy%3Dsys.A%26search%3Dx%2526y",
        ),
        ("/nowhere", "/login?next=%2Fnowhere"),
    ];
    for (path, asked) in cases {
        let answer = app.call("GET", path).anonymous().send().await;
        assert_eq!(location(&answer), asked, "{path}");
        let page = app.call("GET", asked).anonymous().send().await;
        assert_page(&page, 200, &["name=\"username\"", "name=\"password\"", "action=\"/login\""]);
        let next = login_input(&page, "next").unwrap();
        assert!(next == path || (next.is_empty() && path == "/"), "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_shows_the_page_again_with_what_was_typed() {
    let app = TestApp::start().await;
    let form = [("username", ADMIN), ("password", "wr0ng!"), ("next", "/transactions")];
    let page = log_in(&app, &form).await;
    assert_page(&page, 401, &["The username or the password is wrong.", "role=\"alert\""]);
    assert_eq!(login_input(&page, "username").as_deref(), Some(ADMIN));
    assert_eq!(login_input(&page, "next").as_deref(), Some("/transactions"));
    assert!(!page.text().contains("wr0ng!"));
    assert!(page.cookies().is_empty());
}

#[tokio::test]
async fn the_right_password_goes_on_to_the_page_that_was_asked_for() {
    let app = TestApp::start().await;
    let form = [("username", ADMIN), ("password", PASSWORD), ("next", "/transactions?limit=25")];
    let answer = log_in(&app, &form).await;
    assert_eq!(location(&answer), "/transactions?limit=25");
    let cookie = cookie(&answer);
    let page = app.call("GET", "/transactions?limit=25").cookie(&cookie).send().await;
    assert_page(&page, 200, &["Transactions"]);
    // The log-in page has nothing to ask any more.
    let answer = app.call("GET", "/login?next=%2Fhierarchy").cookie(&cookie).send().await;
    assert_eq!(location(&answer), "/hierarchy");
    let answer = log_in(&app, &[("username", ADMIN), ("password", PASSWORD)]).await;
    assert_eq!(location(&answer), "/");
}

#[tokio::test]
async fn a_log_in_leads_to_no_other_server() {
    let browser = Browser::start().await;
    let elsewhere = [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/x\r\nset-cookie: a=b",
        "///evil.example",
        "",
        " /x",
        "/\u{e9}",
    ];
    for next in elsewhere {
        let form = [("username", ADMIN), ("password", PASSWORD), ("next", next)];
        assert_eq!(location(&log_in(&browser.app, &form).await), "/", "{next:?}");
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("next", next);
        let answer = browser.get(&format!("/login?{}", query.finish())).await;
        assert_eq!(location(&answer), "/", "{next:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_writes_nothing() {
    let browser = Browser::start().await;
    let own = browser.spark("One").await;
    let before = browser.app.contents().await;
    for origin in ["https://evil.example", "http://console.test.evil.example", "null"] {
        for path in [&browser.add(), &own, &format!("{own}/delete"), "/logout", "/preferences"] {
            let answer = browser
                .call("POST", path)
                .form(&[("/name", "Evil"), ("theme", "dark")])
                .header("origin", origin)
                .send()
                .await;
            assert_eq!(answer.status, 403, "{origin}: {answer}");
        }
        let answer = browser
            .app
            .call("POST", "/login")
            .anonymous()
            .form(&[("username", ADMIN), ("password", PASSWORD)])
            .header("origin", origin)
            .send()
            .await;
        assert_eq!(answer.status, 403, "{origin}: {answer}");
        assert!(answer.cookies().is_empty());
    }
    assert_eq!(browser.app.contents().await, before);
    // Our own pages do.
    let form = [("/name", "Two")];
    let own = browser.call("POST", &browser.add()).header("origin", "http://console.test");
    location(&own.form(&form).send().await);
}

#[tokio::test]
async fn a_server_function_is_not_for_other_sites_and_not_for_strangers() {
    let browser = Browser::start().await;
    let page = browser.get("/login").await;
    assert_eq!(page.status, 303);
    let answer =
        browser.call("POST", "/fn/anything").header("origin", "https://evil.example").send().await;
    assert_eq!(answer.status, 403, "{answer}");
}

#[tokio::test]
async fn the_list_has_its_rows_and_links() {
    let browser = Browser::start().await;
    let own = browser.spark("Zebra & Sons <b>").await;
    browser.spark("Aardvark").await;
    let page = browser.get(&format!("{LIST}?hierarchy={}", browser.place.path)).await;
    let texts = [
        "Zebra &amp; Sons &lt;b&gt;",
        "Aardvark",
        "Customer Name",
        "Located At",
        &own,
        "Webex customers",
    ];
    assert_page(&page, 200, &texts);
    assert!(page.text().find("Aardvark") < page.text().find("Zebra"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let page = browser.get(&format!("{LIST}?search=zebra")).await;
    assert_page(&page, 200, &["Zebra"]);
    assert!(!page.text().contains("Aardvark"));
    let page = browser.get(&format!("{LIST}?filter_field=name&filter_text=aard")).await;
    assert_page(&page, 200, &["Aardvark"]);
    assert!(!page.text().contains("Zebra"));
    let page = browser.get(&format!("{LIST}?direction=desc")).await;
    assert!(page.text().find("Aardvark") > page.text().find("Zebra"));
}

#[tokio::test]
async fn an_instance_is_added_with_a_mistake_and_then_without() {
    let browser = Browser::start().await;
    let page = browser.get(&browser.add()).await;
    assert_page(&page, 200, &["Customer Name", "Default Calling Behaviour", "method=\"post\""]);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let before = browser.app.contents().await;
    let mut form = vec![
        ("/name", ""),
        ("/account_email", "typed@example.com"),
        ("/notes", "typed notes"),
        ("/default_calling_behaviour", "Cisco Jabber app"),
        ("/token", "typed-secret"),
    ];
    let page = browser.post(&browser.add(), &form).await;
    assert_page(&page, 400, &["Customer Name is required.", "typed notes", "aria-invalid"]);
    assert_eq!(input(&page, "/account_email"), Some("typed@example.com"));
    assert!(!page.text().contains("typed-secret"));
    assert_eq!(browser.app.contents().await, before);

    form[0].1 = "One";
    let answer = browser.post(&browser.add(), &form).await;
    assert!(location(&answer).starts_with(LIST), "{answer}");
    let page = browser.follow(&answer).await;
    assert_page(&page, 200, &["One", "Created."]);
    let row = browser.app.get(SPARK).await.json()["resources"][0]["data"].clone();
    assert_eq!(
        unlinked(&row),
        json!({
            "name": "One",
            "account_email": "typed@example.com",
            "default_calling_behaviour": "Cisco Jabber app",
            "notes": "typed notes",
            "token": "********",
            "hierarchy_friendly_name": browser.place.path,
        })
    );
}

#[tokio::test]
async fn an_error_of_the_place_or_of_a_key_is_shown_with_what_was_typed() {
    let browser = Browser::start().await;
    let page = browser.post(&format!("{LIST}/add?hierarchy=sys"), &[("/name", "Typed")]).await;
    assert_page(&page, 400, &["customer"]);
    let number = "96abc2aa-3dcc-11e5-a152-fe34819cdc9a";
    let form = [("/name", "Typed"), ("/account_number_external", number)];
    location(&browser.post(&browser.add(), &form).await);
    let page = browser.post(&browser.add(), &form).await;
    assert_page(&page, 409, &["is taken"]);
    assert_eq!(input(&page, "/name"), Some("Typed"));
    assert_eq!(input(&page, "/account_number_external"), Some(number));
    assert_eq!(browser.app.total(SPARK).await, 1);
}

#[tokio::test]
async fn an_instance_is_edited() {
    let browser = Browser::start().await;
    let own = browser.spark("One").await;
    let page = browser.get(&own).await;
    assert_page(&page, 200, &["kept"]);
    assert_eq!(input(&page, "/name"), Some("One"));
    let version = input(&page, "_version").unwrap().to_owned();
    let form = [("_version", version.as_str()), ("/name", "Two"), ("_submit", "save_and_stay")];
    let answer = browser.post(&own, &form).await;
    assert!(location(&answer).starts_with(&own), "{answer}");
    let page = browser.follow(&answer).await;
    assert_page(&page, 200, &["Your changes are saved."]);
    assert_eq!(input(&page, "/name"), Some("Two"));
    // What the form didn't send stays.
    let row = browser.app.get(SPARK).await.json()["resources"][0]["data"].clone();
    assert_eq!(row["notes"], "kept");
}

#[tokio::test]
async fn an_edit_with_a_mistake_shows_what_was_typed() {
    let browser = Browser::start().await;
    let own = browser.spark("One").await;
    let version = input(&browser.get(&own).await, "_version").unwrap().to_owned();
    let before = browser.app.contents().await;
    let form = [("_version", version.as_str()), ("/name", "Typed"), ("/email_domain", "no domain")];
    let page = browser.post(&own, &form).await;
    assert_page(&page, 400, &["must be a domain name"]);
    assert_eq!(input(&page, "/name"), Some("Typed"));
    assert_eq!(input(&page, "/email_domain"), Some("no domain"));
    assert_eq!(input(&page, "_version"), Some(version.as_str()));
    assert_eq!(browser.app.contents().await, before);
}

#[tokio::test]
async fn an_edit_over_a_newer_version_shows_both_and_writes_nothing() {
    let browser = Browser::start().await;
    let own = browser.spark("One").await;
    let version = input(&browser.get(&own).await, "_version").unwrap().to_owned();
    let form = [("_version", version.as_str()), ("/name", "Theirs")];
    location(&browser.post(&own, &form).await);
    let before = browser.app.contents().await;
    let form = [("_version", version.as_str()), ("/name", "Mine")];
    let page = browser.post(&own, &form).await;
    assert_page(&page, 412, &["Theirs", "Mine"]);
    assert_eq!(browser.app.contents().await, before);
    // Who saves again after that has seen the other version.
    let newer = input(&page, "_version").unwrap().to_owned();
    assert_ne!(newer, version);
    let form = [("_version", newer.as_str()), ("/name", "Mine")];
    location(&browser.post(&own, &form).await);
}

#[tokio::test]
async fn a_secret_is_kept_replaced_and_cleared_by_the_choice_beside_it() {
    let browser = Browser::start().await;
    let pkid =
        browser.app.spark(&browser.place, &json!({ "name": "One", "token": "s3cret" })).await;
    let (own, api) = (format!("{LIST}/{pkid}"), format!("{SPARK}{pkid}"));
    let page = browser.get(&own).await;
    assert!(!page.text().contains("s3cret"));
    let save = async |choice: &str, typed: &str| {
        let form = [("/name", "One"), ("/token:do", choice), ("/token", typed)];
        location(&browser.post(&own, &form).await);
        let record = browser.app.last_transaction().await;
        (
            browser.app.data(&api).await.get("token").cloned(),
            record["log"].as_array().unwrap().len(),
        )
    };
    let mask = Some(json!("********"));
    browser.app.clock.advance(1);
    assert_eq!(save("keep", "").await, (mask.clone(), 0));
    browser.app.clock.advance(1);
    assert_eq!(save("replace", "an0ther").await, (mask, 1));
    browser.app.clock.advance(1);
    assert_eq!(save("clear", "").await, (None, 1));
}

#[tokio::test]
async fn rows_are_added_and_removed_without_saving() {
    let browser = Browser::start().await;
    let before = browser.app.contents().await;
    let page = browser.post(&browser.add(), &[("/name", "Typed"), ("_add", "/shadow")]).await;
    assert_page(&page, 200, &[]);
    assert_eq!(input(&page, "/name"), Some("Typed"));
    assert_eq!(browser.app.contents().await, before);
}

#[tokio::test]
async fn an_instance_is_deleted_after_a_page_that_names_it() {
    let browser = Browser::start().await;
    let own = browser.spark("Doomed").await;
    let page = browser.get(&format!("{own}/delete")).await;
    assert_page(&page, 200, &["Doomed", &browser.place.path, "method=\"post\""]);
    assert_eq!(browser.app.total(SPARK).await, 1);
    let answer = browser.post(&format!("{own}/delete"), &[]).await;
    assert!(location(&answer).starts_with(LIST), "{answer}");
    assert_page(&browser.follow(&answer).await, 200, &["Deleted."]);
    assert_eq!(browser.app.total(SPARK).await, 0);
    assert_page(&browser.get(&own).await, 404, &[]);
}

#[tokio::test]
async fn several_are_deleted_together() {
    let browser = Browser::start().await;
    let pkid = |own: &str| own.rsplit('/').next().unwrap().to_owned();
    let one = pkid(&browser.spark("Doomed one").await);
    let two = pkid(&browser.spark("Doomed two").await);
    browser.spark("Spared").await;
    let path = format!("{LIST}/delete?pkid={one}&pkid={two}");
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["Doomed one", "Doomed two"]);
    assert!(!page.text().contains("Spared"));
    location(&browser.post(&path, &[]).await);
    assert_eq!(browser.app.total(SPARK).await, 1);
    // One that has gone in the meantime leads to the transaction, which tells of it.
    let three = pkid(&browser.spark("Doomed three").await);
    let path = format!("{LIST}/delete?pkid={one}&pkid={three}");
    let answer = browser.post(&path, &[]).await;
    assert!(location(&answer).starts_with("/transactions/"), "{answer}");
    assert_page(&browser.follow(&answer).await, 200, &["Fail"]);
    assert_eq!(browser.app.total(SPARK).await, 1);
}

#[tokio::test]
async fn a_node_that_is_not_empty_says_so_before_and_after() {
    let browser = Browser::start().await;
    browser.spark("Inside").await;
    let path = format!("/models/data/HierarchyNode/{}/delete", browser.place.pkid);
    assert_page(&browser.get(&path).await, 200, &["relation/SparkCustomer", "Inside"]);
    let before = browser.app.contents().await;
    let page = browser.post(&path, &[]).await;
    assert_page(&page, 409, &["Inside"]);
    assert_eq!(browser.app.contents().await, before);
}

#[tokio::test]
async fn a_session_that_ends_in_mid_form_loses_nothing_typed() {
    let browser = Browser::start().await;
    let own = browser.spark("One").await;
    let stale = "sessionid=ended; csrftoken=ended";
    for (path, name) in [(browser.add(), "New \"typed\" <name>"), (own, "Edited \"typed\" <name>")]
    {
        let before = browser.app.contents().await;
        let form = [
            ("/name", name),
            ("/notes", "typed\r\nnotes"),
            ("/token", "typed-secret"),
            ("_version", "1"),
        ];
        let page = browser.app.call("POST", &path).cookie(stale).form(&form).send().await;
        assert_page(&page, 401, &["session has ended", "name=\"password\""]);
        assert!(!page.text().contains("typed-secret"));
        assert_eq!(browser.app.contents().await, before);
        let next = login_input(&page, "next").unwrap();
        assert_eq!(next, path);
        let draft = login_input(&page, "draft").unwrap();
        let form =
            [("username", ADMIN), ("password", PASSWORD), ("next", &next), ("draft", &draft)];
        let answer = log_in(&browser.app, &form).await;
        assert!(location(&answer).starts_with(&path), "{answer}");
        assert!(location(&answer).contains("draft="), "{answer}");
        let page = browser.app.call("GET", location(&answer)).cookie(&cookie(&answer)).send().await;
        assert_page(&page, 200, &["you are logged in again", "notes"]);
        let shown = input(&page, "/name").unwrap().replace("&quot;", "\"");
        assert_eq!(shown.replace("&lt;", "<").replace("&gt;", ">"), name);
        // A draft is shown once.
        let again = browser.get(location(&answer)).await;
        assert!(!again.text().contains("&quot;typed&quot;"), "{again}");
    }
}

#[tokio::test]
async fn a_wrong_password_in_between_keeps_the_draft() {
    let browser = Browser::start().await;
    let draft = json!([["/name", "Typed"]]).to_string();
    let form = [
        ("username", ADMIN),
        ("password", "wrong"),
        ("next", "/models/relation/SparkCustomer/add?hierarchy=sys"),
        ("draft", &draft),
    ];
    let page = log_in(&browser.app, &form).await;
    assert_page(&page, 401, &["is wrong"]);
    assert_eq!(login_input(&page, "draft"), Some(draft));
}

#[tokio::test]
async fn log_out_ends_the_session() {
    let browser = Browser::start().await;
    let answer = browser.post("/logout", &[]).await;
    assert_eq!(location(&answer), "/login");
    assert_eq!(answer.cookie("sessionid"), "");
    let answer = browser.get("/transactions").await;
    assert!(location(&answer).starts_with("/login"), "{answer}");
    browser.call("GET", SPARK).send().await.expect(401);
}

#[tokio::test]
async fn transactions_show_what_changed() {
    let browser = Browser::start().await;
    let own = browser.spark("Before it").await;
    browser.app.clock.advance(1);
    let form = [("/name", "After it"), ("/notes", "kept")];
    location(&browser.post(&own, &form).await);
    let page = browser.get("/transactions").await;
    assert_page(&page, 200, &["Modify", "After it", "Success"]);
    let list = browser.app.get(&format!("{TRANSACTIONS}?limit=1")).await.json();
    let id = list["resources"][0]["meta"]["references"]["self"][0]["pkid"].clone();
    let page = browser.get(&format!("/transactions/{}", id.as_str().unwrap())).await;
    assert_page(&page, 200, &["Before it", "After it", "Modify", ADMIN]);
    let href = own.rsplit('/').next().unwrap();
    assert!(page.text().contains(href), "{page}");
}

#[tokio::test]
async fn what_does_not_exist_is_a_page_of_its_own() {
    let browser = Browser::start().await;
    for path in [
        "/nowhere",
        "/models/relation/Nothing",
        "/models/relation/SparkCustomer/none",
        "/models/relation/SparkCustomer?hierarchy=sys.Nobody",
        "/transactions/none",
        "/hierarchy?hierarchy=sys.Nobody",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 404, "{page}");
        assert!(page.text().contains("<h1"), "{page}");
        assert!(page.text().contains("href=\"/\""), "{page}");
    }
    let page = browser.get(&format!("{LIST}?limit=abc")).await;
    assert_page(&page, 400, &["limit must be a whole number"]);
}

#[tokio::test]
async fn the_theme_is_kept_for_browsers_without_webassembly() {
    let browser = Browser::start().await;
    let answer = browser.post("/preferences", &[("theme", "dark"), ("next", "/hierarchy")]).await;
    assert_eq!(location(&answer), "/hierarchy");
    let theme = answer.cookie("theme");
    let page =
        browser.app.call("GET", "/hierarchy").cookie(&format!("{}; theme={theme}", browser.cookie));
    let page = page.send().await;
    assert_page(&page, 200, &["dark"]);
    let answer =
        browser.post("/preferences", &[("theme", "x; Path=/evil"), ("next", "//evil")]).await;
    assert_eq!(location(&answer), "/");
    assert!(answer.cookies().iter().all(|cookie| !cookie.contains("evil")));
}
