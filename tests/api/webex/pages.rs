//! The Webex pages of the console as a browser without WebAssembly uses them.

use serde_json::{Value, json};

use super::{ADMIN, ORGANIZATION, Stage};
use crate::{
    pages_licences::{assert_lacks, main_of},
    support::{Answer, SPARK, TRANSACTIONS, TestApp},
};

async fn page(app: &TestApp, session: &str, path: &str) -> Answer {
    app.call("GET", path).cookie(session).send().await.expect(200)
}

async fn press(app: &TestApp, session: &str, pkid: &str, button: &str) -> Answer {
    let path = format!("/webex/{pkid}");
    app.call("POST", &path).cookie(session).form(&[("_submit", button)]).send().await
}

#[track_caller]
fn assert_has(page: &Answer, text: &str) {
    assert!(main_of(page).contains(text), "{text:?} isn't in\n{}", main_of(page));
}

/// Where a post has led, followed to the end of the transaction that it names.
async fn followed(app: &TestApp, answer: Answer) -> Value {
    let location = answer.expect(303).header("location").unwrap().to_owned();
    let id = location.strip_prefix("/transactions/").unwrap();
    app.ended(&format!("{TRANSACTIONS}{id}/")).await
}

#[tokio::test]
async fn the_card_leads_from_the_link_to_synced_licences() {
    let stage = Stage::start().await;
    let app = &stage.app;
    let place = app.tenant().await;
    let data = json!({ "name": "Oakland", "account_number_external": ORGANIZATION,
        "account_email": ADMIN });
    let pkid = app.spark(&place, &data).await;
    let own = format!("/models/relation/SparkCustomer/{pkid}");
    let session = app.session().await;

    let before = page(app, &session, &own).await;
    assert_has(&before, "Not authorised");
    assert_has(&before, &format!("href=\"/oauth/webex/authorize/{pkid}\""));
    // There is nothing yet to refresh, to sync with, or to keep in sync.
    for button in ["Refresh tokens", "Sync users", "Keep in sync"] {
        assert_lacks(&before, button);
    }
    stage.authorise(&pkid).await;
    let healthy = page(app, &session, &own).await;
    assert_has(&healthy, "Healthy");
    assert_has(&healthy, "Lapses in 13 days");
    assert_has(&healthy, "Lapses in 89 days");
    assert_has(&healthy, "2026-02-14 09:29 UTC");

    for button in ["SyncWebexTeamsRolesLicences", "SyncWebexTeamsUsers", "RefreshAccessToken"] {
        let record = followed(app, press(app, &session, &pkid, button).await).await;
        assert_eq!(record["status"], "Success", "{record}");
    }
    let synced = page(app, &session, &own).await;
    assert_has(&synced, "6 Webex licences");
    assert_has(&synced, "7 Webex users");
    assert_has(&synced, "7 added");

    let licences = page(app, &session, &format!("/webex/{pkid}/licenses")).await;
    for words in [
        "Webex Calling - Professional",
        "Of 100: 2 by users, 4 by workspaces",
        "oakland.webex.example",
    ] {
        assert_has(&licences, words);
    }
    // Near full at Webex is told over all customers.
    assert_has(&page(app, &session, "/webex").await, "No licence is near full");
    stage.simulator.change(ORGANIZATION, |organization| organization.licenses[0].total = 6);
    followed(app, press(app, &session, &pkid, "SyncWebexTeamsRolesLicences").await).await;
    let near = page(app, &session, "/webex").await;
    assert_has(&near, "Of 6: 2 by users, 4 by workspaces");
    assert_has(&near, &format!("href=\"/webex/{pkid}/licenses\""));
    app.provider("Elsewhere").await;
    let elsewhere = page(app, &session, "/webex?hierarchy=sys.Elsewhere").await;
    assert_lacks(&elsewhere, "Of 6");

    let with = format!("/webex/{pkid}/users?license=Webex%20Calling%20-%20Professional");
    assert_has(&licences, &with);
    let users = page(app, &session, &with).await;
    assert_has(&users, "2 users");
    assert_has(&users, ADMIN);
}

#[tokio::test]
async fn the_users_are_narrowed_by_text_licence_and_status() {
    let organization = tenantry::webex::simulator::Organization::sample(
        ORGANIZATION,
        "Oakland",
        "oakland.example",
        ADMIN,
        130,
    );
    let stage = Stage::start_with(vec![organization], |_| {}).await;
    let app = &stage.app;
    let (href, pkid) = stage.authorised().await;
    app.post(&format!("{href}+SyncWebexTeamsRolesLicences/"), &json!({})).await.expect(200);
    app.post(&format!("{href}+SyncWebexTeamsUsers/"), &json!({})).await.expect(200);
    let session = app.session().await;
    let users = |query: &str| {
        let path = format!("/webex/{pkid}/users{query}");
        let session = session.clone();
        async move { page(app, &session, &path).await }
    };
    let all = users("").await;
    assert_has(&all, "130 users");
    assert_has(&all, "1–50 of 130");
    assert_has(&users("?skip=100").await, "101–130 of 130");
    // Addresses are searched, whatever their case.
    let one = users("?search=ESRA.4%40oakland").await;
    assert_has(&one, ">1 user<");
    assert_has(&users("?license=Messaging").await, "104 users");
    assert_has(&users("?license=Messaging&status=pending").await, "6 users");
    assert_has(&users("?status=active").await, "122 users");
    let none = users("?search=nobody%25&license=Gone").await;
    assert_has(&none, "No user is like that");
    // What was asked for stays to be seen.
    assert_has(&none, "value=\"Gone\"");
    assert_has(&users("?skip=500").await, "These users are gone");
    for (wrong, words) in
        [("?status=asleep", "status is active"), ("?skip=-1", "skip is a whole number")]
    {
        let path = format!("/webex/{pkid}/users{wrong}");
        let refused = app.call("GET", &path).cookie(&session).send().await.expect(400);
        assert!(refused.text().contains(words), "{refused}");
    }
}

#[tokio::test]
async fn a_customer_is_kept_in_sync_by_one_button_and_once() {
    let stage = Stage::start().await;
    let app = &stage.app;
    let (_, pkid) = stage.authorised().await;
    let session = app.session().await;
    let led = press(app, &session, &pkid, "keep_in_sync").await.expect(303);
    let location = led.header("location").unwrap();
    assert!(location.contains("done=created"), "{location}");
    let schedules = "/api/data/Schedule/";
    assert_eq!(app.total(schedules).await, 2);
    let customer = page(app, &session, &format!("/models/relation/SparkCustomer/{pkid}")).await;
    assert_has(&customer, "Oakland: users, daily");
    assert_has(&customer, "every day");
    assert_lacks(&customer, "Keep in sync");
    // A page that was open before adds none.
    press(app, &session, &pkid, "keep_in_sync").await.expect(303);
    assert_eq!(app.total(schedules).await, 2);
}

#[tokio::test]
async fn what_is_refused_is_told_and_nobody_else_presses() {
    let stage = Stage::start().await;
    let app = &stage.app;
    let place = app.tenant().await;
    let other = app.provider("Elsewhere").await;
    app.account("stranger", &other).await;
    let pkid = app.spark(&place, &json!({ "name": "<b>Oakland</b>" })).await;
    let session = app.session().await;
    let connection = page(app, &session, &format!("/webex/{pkid}")).await;
    assert_has(&connection, "Webex connection of &lt;b&gt;Oakland");
    assert_lacks(&connection, "<b>Oakland");

    let unknown = press(app, &session, &pkid, "Explode").await.expect(400);
    assert!(unknown.text().contains("Press one of the buttons"), "{unknown}");
    press(app, &session, "nobody", "RefreshAccessToken").await.expect(404);
    app.call("GET", "/webex/nobody/users").cookie(&session).send().await.expect(404);
    app.call("GET", &format!("/webex/{pkid}/nothing")).cookie(&session).send().await.expect(404);
    let form = [("_submit", "RefreshAccessToken")];
    let path = format!("/webex/{pkid}");
    let foreign = app.call("POST", &path).cookie(&session).header("origin", "https://evil.test");
    foreign.form(&form).send().await.expect(403);
    app.call("POST", &path).anonymous().form(&form).send().await.expect(401);
    let stranger = [("username", "stranger"), ("password", crate::support::PASSWORD)];
    let in_ = app.call("POST", "/login").anonymous().form(&stranger).send().await.expect(303);
    let theirs = format!("sessionid={}", in_.cookie("sessionid"));
    press(app, &theirs, &pkid, "RefreshAccessToken").await.expect(404);
    app.call("GET", &path).cookie(&theirs).send().await.expect(404);
    let dashboard = page(app, &theirs, "/").await;
    assert_lacks(&dashboard, "Oakland");

    // Without tokens the act fails, and its record says so.
    let record = followed(app, press(app, &session, &pkid, "SyncWebexTeamsUsers").await).await;
    assert_eq!(record["status"], "Fail", "{record}");
}

#[tokio::test]
async fn without_an_integration_the_card_says_what_to_set() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    let pkid = app.spark(&place, &json!({ "name": "One", "token": "x" })).await;
    let session = app.session().await;
    let card = page(&app, &session, &format!("/webex/{pkid}")).await;
    assert_has(&card, "TENANTRY_WEBEX_CLIENT_ID");
    for button in ["Authorise", "Sync users"] {
        assert_lacks(&card, &format!("{button}</"));
    }
    assert_lacks(&page(&app, &session, "/").await, "Authorise One");
}

#[tokio::test]
async fn the_dashboard_and_the_list_tell_who_is_in_need() {
    let stage = Stage::start().await;
    let app = &stage.app;
    let (_, pkid) = stage.authorised().await;
    app.spark(&app.node("sys.Provider", "Second", "customer").await, &json!({ "name": "Bay" }))
        .await;
    let session = app.session().await;
    let dashboard = page(app, &session, "/").await;
    assert_has(&dashboard, "Webex connections in need");
    assert_has(&dashboard, "aria-label=\"Authorise Bay\"");
    assert_lacks(&dashboard, "Authorise Oakland");
    assert_has(&dashboard, "1 healthy");
    let elsewhere = page(app, &session, "/?hierarchy=sys.Provider.Customer").await;
    assert_has(&elsewhere, "All connections are healthy.");
    let list = page(app, &session, "/models/relation/SparkCustomer").await;
    let row = |pkid: &str| {
        let (_, row) = main_of(&list).split_once(&format!("<tr id=\"row-{pkid}\"")).unwrap();
        row.split_once("</tr>").unwrap().0.to_owned()
    };
    assert!(row(&pkid).contains("Healthy"), "{}", row(&pkid));
    assert_has(&list, "Not authorised");
    // Other lists have no such column.
    assert_lacks(&page(app, &session, "/models/data/HierarchyNode").await, ">Connection<");
    let other = app.get(&format!("{SPARK}{pkid}/")).await.expect(200).json();
    assert_eq!(other["meta"]["connection"]["state"], "healthy");
}
