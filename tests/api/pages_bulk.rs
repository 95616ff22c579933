//! Bulk work as a browser without WebAssembly does it: choosing, confirming, following.

use serde_json::{Value, json};

use super::pages_nojs::{Browser, assert_page, input, location};
use crate::support::{Answer, Place, SPARK, TRANSACTIONS};

const LIST: &str = "/models/relation/SparkCustomer";

/// Three customers at the browser's node; their pkids.
async fn three(browser: &Browser) -> Vec<String> {
    let mut pkids = Vec::new();
    for name in ["One <b>", "Two", "Three"] {
        let data = json!({ "name": name, "notes": "Old", "email_domain": "old.example" });
        pkids.push(browser.app.spark(&browser.place, &data).await);
    }
    pkids
}

fn page_of(deed: &str, pkids: &[String], rest: &str) -> String {
    let named: Vec<String> = pkids.iter().map(|pkid| format!("pkid={pkid}")).collect();
    format!("{LIST}/{deed}?{}{rest}", named.join("&"))
}

/// Without the frame around it.
fn main_of(page: &Answer) -> &str {
    page.text().split_once("<main").unwrap().1.split_once("</main>").unwrap().0
}

#[track_caller]
fn assert_lacks(page: &Answer, text: &str) {
    assert!(!main_of(page).contains(text), "{text:?} is in\n{}", main_of(page));
}

/// The record of the transaction that a redirect leads to, once it has ended.
async fn ended(browser: &Browser, answer: &Answer) -> Value {
    let path = location(answer).split('?').next().unwrap();
    let id = path.strip_prefix("/transactions/").unwrap();
    browser.app.ended(&format!("{TRANSACTIONS}{id}")).await
}

async fn notes(browser: &Browser, pkids: &[String]) -> Vec<Value> {
    let mut notes = Vec::new();
    for pkid in pkids {
        notes.push(browser.app.data(&format!("{SPARK}{pkid}")).await["notes"].clone());
    }
    notes
}

async fn total_at(browser: &Browser, place: &Place) -> Value {
    let list = browser.app.get(&format!("{SPARK}?hierarchy={}", place.path)).await.json();
    list["pagination"]["total"].clone()
}

#[tokio::test]
async fn fields_are_chosen_first_and_then_changed_in_all() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let page = browser.get(&page_of("bulk_update", &pkids, "")).await;
    assert_page(&page, 200, &["Modify 3 Webex customers", "One &lt;b&gt;", "Tick at least one"]);
    assert_lacks(&page, "name=\"/notes\"");

    let path = page_of("bulk_update", &pkids, "&field=notes&field=email_domain&field=token");
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["Change 3 Webex customers", "name=\"/notes\""]);
    assert_lacks(&page, "name=\"/name\"");
    assert_eq!(browser.app.last_transaction().await["action"], "Create");

    // The domain is left empty, which clears it; what wasn't chosen isn't touched.
    let form = [("/notes", "New"), ("/email_domain", ""), ("/token", "s3cret"), ("/name", "Evil")];
    let record = ended(&browser, &browser.post(&path, &form).await).await;
    assert_eq!(record["counts"], json!({ "total": 3, "succeeded": 3, "failed": 0 }));
    let data = browser.app.data(&format!("{SPARK}{}", pkids[0])).await;
    assert_eq!(
        (&data["name"], &data["notes"], &data["email_domain"], &data["token"]),
        (&json!("One <b>"), &json!("New"), &Value::Null, &json!("********"))
    );
}

#[tokio::test]
async fn a_wrong_value_is_said_at_its_field_and_changes_nothing() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let path = page_of("bulk_update", &pkids, "&field=notes&field=email_domain&field=token");
    let before = browser.app.contents().await;
    let form = [("/notes", "Typed"), ("/email_domain", "no domain"), ("/token", "s3cret")];
    let page = browser.post(&path, &form).await;
    assert_page(&page, 400, &["must be a domain name", "aria-invalid", "Typed"]);
    assert_eq!(input(&page, "/email_domain"), Some("no domain"));
    assert_lacks(&page, "s3cret");
    // A required field can't be cleared, and no field at all is none.
    let name = page_of("bulk_update", &pkids, "&field=name");
    assert_page(&browser.post(&name, &[("/name", "")]).await, 400, &["Customer Name"]);
    let none = page_of("bulk_update", &pkids, "");
    assert_page(&browser.post(&none, &[("/notes", "x")]).await, 400, &["at least one attribute"]);
    assert_eq!(browser.app.contents().await, before);
}

#[tokio::test]
async fn all_that_match_are_counted_again_and_refused_when_they_are_others() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let matching = "filter_field=name&filter_condition=startswith&filter_text=T";
    let list = format!("{LIST}?hierarchy={}&{matching}&limit=1", browser.place.path);
    assert_page(&browser.get(&list).await, 200, &["Select all 2 that match"]);
    let query = format!("hierarchy={}&{matching}", browser.place.path);
    let path = format!("{LIST}/bulk_update?{query}&expected_total=2&field=notes");
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["Modify 2 Webex customers", "Two", "Three"]);
    assert_lacks(&page, "One");
    let counted = input(&page, "expected_total").unwrap().to_owned();

    browser.app.spark(&browser.place, &json!({ "name": "Twenty" })).await;
    let before = browser.app.contents().await;
    let form = [("/notes", "New"), ("expected_total", counted.as_str())];
    let page = browser.post(&path, &form).await;
    assert_page(&page, 409, &["3 Webex customers match now, not 2", "Modify 3 Webex customers"]);
    assert_eq!(browser.app.contents().await, before);

    // Who comes back to it is told, and may go on with the new number.
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["2 matched when you chose them"]);
    let form = [("/notes", "New"), ("expected_total", "3")];
    let record = ended(&browser, &browser.post(&path, &form).await).await;
    assert_eq!(record["counts"]["succeeded"], 3);
    assert_eq!(notes(&browser, &pkids).await, ["Old", "New", "New"]);
}

#[tokio::test]
async fn a_target_is_picked_in_the_tree_or_found_by_its_name() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let above = browser.place.path.rsplit_once('.').unwrap().0.to_owned();
    let above = Place { path: above, pkid: String::new() };
    let there = browser.app.customer(&above, "There").await;
    let site = browser.app.site(&browser.place, "There too").await;
    let radio = |place: &Place| format!("id=\"target-{}\"", place.pkid);

    let path = page_of("move", &pkids, &format!("&hierarchy={}", browser.place.path));
    let page = browser.get(&path).await;
    let texts = ["Move 3 Webex customers", &radio(&there), &radio(&browser.place)];
    assert_page(&page, 200, &texts);
    // A site is there to be seen; nothing can be moved to it.
    assert_page(&page, 200, &["There too"]);
    assert_lacks(&page, &radio(&site));
    let page = browser.get(&format!("{path}&find=ther")).await;
    assert_page(&page, 200, &[&radio(&there)]);
    assert_lacks(&page, &radio(&browser.place));
    assert_page(&browser.get(&format!("{path}&find=zzz")).await, 200, &["No node with"]);

    let before = browser.app.contents().await;
    assert_page(&browser.post(&path, &[]).await, 400, &["Pick the node to move to."]);
    let wrong = [("context_hierarchy", site.pkid.as_str())];
    assert_page(&browser.post(&path, &wrong).await, 400, &["at customer nodes"]);
    let nowhere = [("context_hierarchy", "sys.Nobody")];
    assert_page(&browser.post(&path, &nowhere).await, 404, &[]);
    assert_eq!(browser.app.contents().await, before);

    let target = [("context_hierarchy", there.pkid.as_str())];
    let record = ended(&browser, &browser.post(&path, &target).await).await;
    assert_eq!(record["message"], "3 of 3 Webex customers were moved.");
    assert_eq!(total_at(&browser, &there).await, 3);
}

#[tokio::test]
async fn one_instance_is_moved_from_its_own_page() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let own = format!("{LIST}/{}", pkids[1]);
    assert_page(&browser.get(&own).await, 200, &[&format!("{own}/move"), &format!("{own}/export")]);
    let above = browser.place.path.rsplit_once('.').unwrap().0.to_owned();
    let there = browser.app.customer(&Place { path: above, pkid: String::new() }, "There").await;
    let page = browser.get(&format!("{own}/move")).await;
    assert_page(&page, 200, &["Move Two", "here now"]);
    let target = [("context_hierarchy", there.pkid.as_str())];
    let answer = browser.post(&format!("{own}/move"), &target).await;
    assert_page(&browser.follow(&answer).await, 200, &["Move Webex customer", "Success"]);
    assert_eq!(total_at(&browser, &there).await, 1);
    assert_page(&browser.get(&format!("{LIST}/none/move")).await, 404, &[]);
}

#[tokio::test]
async fn a_transaction_shows_its_failures_first_and_a_hundred_rows_at_a_time() {
    let browser = Browser::start().await;
    let mut pkids = Vec::new();
    for number in 0..103 {
        let data = json!({ "name": format!("Number {number:03}") });
        pkids.push(browser.app.spark(&browser.place, &data).await);
    }
    // Gone by the time it is done: a row that fails.
    pkids.push("0123456789abcdef01234567".to_owned());
    let path = page_of("bulk_update", &pkids, "&field=notes");
    assert_page(&browser.get(&path).await, 200, &["1 of those you chose is not there any more"]);
    let answer = browser.post(&path, &[("/notes", "New")]).await;
    let record = ended(&browser, &answer).await;
    assert_eq!(record["counts"]["failed"], 1);

    let page = browser.follow(&answer).await;
    assert_page(&page, 200, &["1–100 of 104", "Failed 1", "All 104", "Number 000"]);
    assert!(main_of(&page).find("0123456789abcdef01234567") < main_of(&page).find("Number 000"));
    assert_lacks(&page, "Number 102");
    let own = location(&answer).to_owned();
    let page = browser.get(&format!("{own}?row=100")).await;
    assert_page(&page, 200, &["101–104 of 104", "Number 102"]);
    assert_lacks(&page, "0123456789abcdef01234567");
    let page = browser.get(&format!("{own}?rows=failed")).await;
    assert_page(&page, 200, &["0123456789abcdef01234567"]);
    assert_lacks(&page, "Number 000");
    // A position that isn't one shows the first rows.
    assert_page(&browser.get(&format!("{own}?row=abc")).await, 200, &["1–100 of 104"]);
}

#[tokio::test]
async fn what_has_ended_is_replayed_after_a_question_and_not_cancelled() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let path = page_of("bulk_update", &pkids, "&field=notes");
    let answer = browser.post(&path, &[("/notes", "New")]).await;
    ended(&browser, &answer).await;
    let own = location(&answer).to_owned();
    assert_page(&browser.get(&own).await, 200, &["Replay…", "/replay"]);
    assert_lacks(&browser.get(&own).await, "Cancel transaction");
    let page = browser.post(&own, &[("_submit", "cancel")]).await;
    assert_page(&page, 409, &["nothing left to cancel"]);

    let before = browser.app.contents().await;
    let page = browser.get(&format!("{own}/replay")).await;
    assert_page(&page, 200, &["Bulk Modify", "3 Webex customers", "method=\"post\""]);
    assert_eq!(browser.app.contents().await, before);
    let again = browser.post(&format!("{own}/replay"), &[("_submit", "replay")]).await;
    assert_ne!(location(&again), own);
    assert_eq!(ended(&browser, &again).await["status"], "Success");
    // What was given then isn't kept where it held secrets: the page says so and offers nothing.
    let path = page_of("bulk_update", &pkids, "&field=token");
    let answer = browser.post(&path, &[("/token", "s3cret")]).await;
    ended(&browser, &answer).await;
    let own = location(&answer).to_owned();
    assert_lacks(&browser.get(&own).await, "Replay…");
    let page = browser.get(&format!("{own}/replay")).await;
    assert_page(&page, 200, &["held secrets"]);
    assert_lacks(&page, "name=\"_submit\"");
    assert_page(&browser.post(&format!("{own}/replay"), &[]).await, 409, &["held secrets"]);
}

#[tokio::test]
async fn a_list_or_a_selection_is_downloaded() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let list = format!("{LIST}?hierarchy={}", browser.place.path);
    assert_page(&browser.get(&list).await, 200, &["Download as", "action=\"/models/relation/"]);
    let whole = [
        ("hierarchy", browser.place.path.as_str()),
        ("filter_field", "name"),
        ("filter_condition", "startswith"),
        ("filter_text", "T"),
        ("export_format", "csv"),
        ("expected_total", "2"),
    ];
    let path = format!("{LIST}/export");
    let file = browser.post(&path, &whole).await.expect(200);
    let name = file.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename="), "{name}");
    assert!(file.text().contains("Two") && file.text().contains("Three"), "{}", file.text());
    assert!(!file.text().contains("One"), "{}", file.text());

    // The number is another by now: nothing is sent, and the page says the new one.
    let mut stale = whole;
    stale[5].1 = "5";
    let page = browser.post(&path, &stale).await;
    assert_page(&page, 409, &["not 5", "Export 2 Webex customers", "filter_text=T"]);

    let some = [("pkid", pkids[0].as_str()), ("export_format", "raw_xlsx")];
    let file = browser.post(&path, &some).await.expect(200);
    assert!(file.body.starts_with(b"PK"));
    assert_page(&browser.post(&path, &[]).await, 400, &["Nothing selected"]);
    let own = format!("{LIST}/{}/export", pkids[0]);
    assert_page(&browser.get(&own).await, 200, &["Export One &lt;b&gt;", "Excel"]);
    let file = browser.post(&own, &[("export_format", "json")]).await.expect(200);
    assert!(file.body.starts_with(b"PK"));
    let page = browser.post(&own, &[("export_format", "pdf")]).await;
    assert_page(&page, 400, &["There is no export format"]);
    let page = browser.post(&format!("{LIST}/none/export"), &[]).await;
    assert_page(&page, 404, &[]);
}

#[tokio::test]
async fn a_refused_deletion_says_why_beside_what_stands_in_the_way() {
    let browser = Browser::start().await;
    three(&browser).await;
    let path = format!("/models/data/HierarchyNode/{}/delete", browser.place.pkid);
    let page = browser.post(&path, &[]).await;
    assert_page(&page, 409, &["role=\"alert\"", "This stands in the way", "can't be deleted yet"]);
}

#[tokio::test]
async fn the_frame_tells_of_the_users_own_work() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let none = "Work that takes its time is listed here";
    assert_page(&browser.get("/").await, 200, &[none]);
    let path = page_of("bulk_update", &pkids, "&field=notes");
    let answer = browser.post(&path, &[("/notes", "New")]).await;
    ended(&browser, &answer).await;
    let page = browser.get("/hierarchy").await;
    assert_page(&page, 200, &["Bulk Modify · Webex customer", location(&answer)]);
    assert!(!page.text().contains(none));
    // The dashboard has the bulk call and not its rows.
    let page = browser.get("/").await;
    assert_eq!(main_of(&page).matches("were modified").count(), 1, "{page}");
    assert_lacks(&page, "relation/SparkCustomer</td>");
}

#[tokio::test]
async fn nothing_is_done_for_strangers_and_for_other_sites() {
    let browser = Browser::start().await;
    let pkids = three(&browser).await;
    let answer = browser.post(&page_of("bulk_update", &pkids, "&field=notes"), &[]).await;
    let own = location(&answer).to_owned();
    ended(&browser, &answer).await;
    let before = browser.app.contents().await;
    let form = [("/notes", "Evil"), ("context_hierarchy", "sys"), ("export_format", "csv")];
    for path in [
        page_of("bulk_update", &pkids, "&field=notes"),
        page_of("move", &pkids, ""),
        page_of("export", &pkids, ""),
        own.clone(),
        format!("{own}/replay"),
    ] {
        let call = browser.call("POST", &path).form(&form);
        let answer = call.header("origin", "https://evil.example").send().await;
        assert_eq!(answer.status, 403, "{answer}");
        let answer = browser.app.call("POST", &path).anonymous().form(&form).send().await;
        assert_page(&answer, 401, &["session has ended"]);
    }
    // What a model doesn't offer has no page.
    for path in
        ["/transactions/move", "/transactions/bulk_update", "/models/data/HierarchyNode/move"]
    {
        assert_page(&browser.get(&format!("{path}?pkid=x")).await, 405, &[]);
    }
    assert_page(&browser.get(&format!("{LIST}/{}/replay", pkids[0])).await, 404, &[]);
    assert_eq!(browser.app.contents().await, before);
}
