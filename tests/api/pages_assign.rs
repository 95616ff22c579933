//! Giving packs and services to users as a browser without WebAssembly does it: what is left is in
//! sight, one user is told of each item, many of each user.

use serde_json::{Value, json};

use super::{
    pages_licences::{assert_lacks, main_of},
    pages_nojs::{Browser, assert_page, input, location},
};
use crate::support::{NORTH, Place, SOUTH, TENANT, TRANSACTIONS, Tenancy, limited, unlimited};

const USERS: &str = "/models/data/User";

/// Ten of "Call Waiting", three of them at North, and three of the pack "Desk".
async fn stocked() -> (Browser, Tenancy) {
    let browser = Browser::start().await;
    let app = &browser.app;
    let places = app.tenancy().await;
    app.license(TENANT, "userServices", "Call Waiting", limited(10)).await.expect(200);
    app.license(NORTH, "userServices", "Call Waiting", limited(3)).await.expect(200);
    app.pack(&places.provider, "Desk", &["Basic Call Logs"], json!({})).await;
    app.pack(&places.provider, "Road", &["Do Not Disturb"], json!({ "exclusive": ["Desk"] })).await;
    app.put_pack("Desk", limited(3)).await;
    app.put_pack("Road", unlimited()).await;
    (browser, places)
}

async fn users(browser: &Browser, site: &Place, names: &[&str]) -> Vec<String> {
    let mut pkids = Vec::new();
    for name in names {
        pkids.push(browser.app.user(site, name).await);
    }
    pkids
}

fn assign_page(pkids: &[String]) -> String {
    let named: Vec<String> = pkids.iter().map(|pkid| format!("pkid={pkid}")).collect();
    format!("{USERS}/assign?{}", named.join("&"))
}

async fn held(browser: &Browser, pkid: &str) -> (Value, Value) {
    let data = browser.app.data(&format!("/api/data/User/{pkid}")).await;
    (data["services"].clone(), data["service_packs"].clone())
}

#[tokio::test]
async fn one_user_is_told_of_each_item() {
    let (browser, places) = stocked().await;
    let ada = users(&browser, &places.north, &["ada"]).await.remove(0);
    let list = browser.get(&format!("{USERS}?hierarchy={}", places.north.path)).await;
    assert_page(&list, 200, &["Assign…", "/models/data/User/assign"]);
    let tab = format!("{USERS}/{ada}?tab=services");
    assert_page(&browser.get(&tab).await, 200, &["No services yet", "Assign or take back…"]);

    let path = format!("{USERS}/{ada}/assign");
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["Licences of ada", "1 user at North of Foo", "3 left", "Unlimited"]);
    let form = [
        ("pack", "Desk"),
        ("pack", "Road"),
        ("service", "Call Waiting"),
        ("service", "Call Park"),
        ("_submit", "assign"),
    ];
    let page = browser.post(&path, &form).await;
    assert_page(&page, 200, &["2 items were done, 2 items were refused.", "See the transaction"]);
    assert_page(&page, 200, &["2 left", "Held", "Done", "Refused"]);
    assert_eq!(held(&browser, &ada).await, (json!(["Call Waiting"]), json!(["Desk"])));
    let page = browser.get(&tab).await;
    assert_page(&page, 200, &["Through Desk", "Directly", "Basic Call Logs"]);

    let back = [("pack", "Desk"), ("service", "Call Waiting"), ("_submit", "unassign")];
    assert_page(&browser.post(&path, &back).await, 200, &["Done.", "3 left"]);
    assert_eq!(held(&browser, &ada).await, (Value::Null, Value::Null));
}

#[tokio::test]
async fn many_users_are_told_of_each_user() {
    let (browser, places) = stocked().await;
    let pkids = users(&browser, &places.north, &["ada", "ben", "cleo", "dirk"]).await;
    let path = assign_page(&pkids);
    let page = browser.get(&path).await;
    assert_page(&page, 200, &["Licences of 4 Users", "3 left for 4 users", "ada"]);
    let form = [("pack", "Desk"), ("service", "Call Waiting"), ("_submit", "assign")];
    let answer = browser.post(&path, &form).await;
    let id = location(&answer).strip_prefix("/transactions/").unwrap().to_owned();
    let record = browser.app.ended(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(record["action"], "Bulk Assign");
    assert_eq!(record["counts"], json!({ "total": 4, "succeeded": 3, "failed": 1 }));
    let page = browser.get(&format!("/transactions/{id}")).await;
    assert_page(&page, 200, &["Failed 1", "dirk", "Success"]);
    // All or nothing for each of them.
    assert_eq!(held(&browser, &pkids[2]).await, (json!(["Call Waiting"]), json!(["Desk"])));
    assert_eq!(held(&browser, &pkids[3]).await, (Value::Null, Value::Null));

    let page = browser.get(&path).await;
    assert_page(&page, 200, &["0 left for 4 users"]);
    let back = [("pack", "Desk"), ("_submit", "unassign")];
    let answer = browser.post(&path, &back).await;
    let id = location(&answer).strip_prefix("/transactions/").unwrap();
    let record = browser.app.ended(&format!("{TRANSACTIONS}{id}")).await;
    assert_eq!(
        (&record["action"], &record["status"]),
        (&json!("Bulk Unassign"), &json!("Success"))
    );
}

#[tokio::test]
async fn users_of_several_sites_are_told_where_it_is_short() {
    let (browser, places) = stocked().await;
    let app = &browser.app;
    let other = app.tenant_named(&places.provider, "Bar", "bar").await;
    let west = app.site(&other, "West").await;
    app.license(SOUTH, "userServices", "Call Waiting", limited(1)).await.expect(200);
    let mut pkids = users(&browser, &places.north, &["ada"]).await;
    pkids.extend(users(&browser, &places.south, &["ben", "cleo"]).await);
    let page = browser.get(&assign_page(&pkids)).await;
    assert_page(&page, 200, &["1 user at North of Foo, 2 users at South of Foo"]);
    assert_page(&page, 200, &["1 left for 2 users at South", "3 left"]);
    pkids.extend(users(&browser, &west, &["dirk"]).await);
    let page = browser.get(&assign_page(&pkids)).await;
    assert_page(&page, 200, &["Not there at Bar.", "Not there at West."]);

    // All that match are counted anew, by site as well.
    let matching = "filter_field=user_id&filter_text=e&expected_total=2";
    let all = format!("{USERS}/assign?hierarchy={}&{matching}", places.customer.path);
    let page = browser.get(&all).await;
    assert_page(&page, 200, &["Licences of 2 Users", "2 users at South of Foo"]);
    assert_eq!(input(&page, "expected_total"), Some("2"));
    app.user(&places.south, "eve").await;
    let form = [("expected_total", "2"), ("pack", "Desk"), ("_submit", "assign")];
    assert_page(&browser.post(&all, &form).await, 409, &["3 Users match now, not 2"]);
}

#[tokio::test]
async fn what_asks_for_nothing_or_for_nobody_is_refused() {
    let (browser, places) = stocked().await;
    let pkids = users(&browser, &places.north, &["ada", "ben"]).await;
    let before = browser.app.total(TRANSACTIONS).await;
    for path in [assign_page(&pkids), format!("{USERS}/{}/assign", pkids[0])] {
        let page = browser.post(&path, &[("_submit", "assign")]).await;
        assert_page(&page, 400, &["Tick at least one service pack or service."]);
        // What was ticked stays ticked.
        let page = browser.post(&path, &[("pack", "Desk"), ("_submit", "dance")]).await;
        assert_page(&page, 400, &["Press Assign or Take back."]);
        let ticked = main_of(&page).split("<input ").any(|tag| {
            tag.contains("value=\"Desk\"") && tag.split('>').next().unwrap().contains(" checked")
        });
        assert!(ticked, "{page}");
    }
    assert_page(&browser.get(&format!("{USERS}/assign")).await, 200, &["Nothing selected"]);
    assert_page(&browser.get(&format!("{USERS}/nobody/assign")).await, 404, &[]);
    let other = "/models/relation/SparkCustomer/assign?pkid=x";
    assert_page(&browser.get(other).await, 404, &[]);
    assert_page(&browser.post(other, &[("_submit", "assign")]).await, 405, &[]);
    assert_eq!(browser.app.total(TRANSACTIONS).await, before);

    // Where nothing can be given, the page leads to what would change that.
    let bar = browser.app.tenant_named(&places.provider, "Bar", "bar").await;
    let west = browser.app.site(&bar, "West").await;
    let dirk = users(&browser, &west, &["dirk"]).await;
    let page = browser.get(&assign_page(&dirk)).await;
    assert_page(&page, 200, &["Nothing can be given here yet", "/tenants/bar/service_packs"]);
    assert_lacks(&page, "Take back");
}
