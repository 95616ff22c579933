//! The licence screens as a browser without WebAssembly uses them: filters, many limits changed
//! after a look at what they do, packs of a tenant, the table as a file.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};

use super::pages_nojs::{Browser, assert_page, input, location};
use crate::support::{
    Answer, NORTH, TENANT, TRANSACTIONS, Tenancy, USER_SERVICES, limited, unlimited,
};

const PAGE: &str = "/tenants/foo/licenses";
const PACKS: &str = "/tenants/foo/service_packs";

/// Without the frame around it.
pub fn main_of(page: &Answer) -> &str {
    page.text().split_once("<main").unwrap().1.split_once("</main>").unwrap().0
}

#[track_caller]
pub fn assert_lacks(page: &Answer, text: &str) {
    assert!(!main_of(page).contains(text), "{text:?} is in\n{}", main_of(page));
}

/// The row of a service, as text between tags.
#[track_caller]
fn row(page: &Answer, id: &str) -> Vec<String> {
    let (_, rest) = main_of(page).split_once(&format!("<tr id=\"{id}\"")).unwrap();
    let (row, _) = rest.split_once("</tr>").unwrap();
    let texts = row.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text));
    texts.filter(|text| !text.trim().is_empty()).map(str::to_owned).collect()
}

/// A tenant that has ten of a service, nine of them at North, and others to tell it from.
async fn licensed() -> (Browser, Tenancy) {
    let browser = Browser::start().await;
    let app = &browser.app;
    let places = app.tenancy().await;
    for (list, name, quantity) in [
        ("userServices", "3G/4G Continuity", limited(10)),
        ("userServices", "Advice Of Charge", unlimited()),
        ("userServices", "Call Waiting", limited(20)),
        ("groupServices", "Call Park", limited(5)),
    ] {
        app.license(TENANT, list, name, quantity).await.expect(200);
    }
    for (list, name, quantity) in [
        ("userServices", "3G/4G Continuity", limited(9)),
        ("groupServices", "Call Park", limited(5)),
    ] {
        app.license(NORTH, list, name, quantity).await.expect(200);
    }
    (browser, places)
}

async fn allocated(browser: &Browser, name: &str) -> Value {
    browser.app.line(TENANT, "userServices", name).await["allocated"].clone()
}

#[tokio::test]
async fn lines_have_their_figures_and_states_in_words() {
    let (browser, places) = licensed().await;
    let page = browser.get(PAGE).await;
    assert_page(&page, 200, &["Licences of Foo", "Of 10: 9 given to sites", "2 sites, 0 users"]);
    let id = "line-user-3G%2F4G%20Continuity";
    assert_eq!(row(&page, id), ["3G/4G Continuity", "10", "9", "0", "1", "Near full"]);
    assert_eq!(row(&page, "line-group-Call%20Park")[2..], ["5", "5", "0", "0", "Full"]);
    let unlimited = row(&page, "line-user-Advice%20Of%20Charge");
    assert_eq!(unlimited[1..], ["Unlimited", "0", "0", "Unlimited", "Unlimited"]);

    let site = format!("/tenants/foo/sites/{}/licenses", places.north.pkid);
    let page = browser.get(&site).await;
    assert_page(&page, 200, &["Licences of North of Foo", "Tenant has left"]);
    assert_eq!(row(&page, id), ["3G/4G Continuity", "9", "0", "9", "1", "Available"]);
    assert_page(&browser.get("/tenants/foo/sites").await, 200, &["North", "South", &site]);
}

#[tokio::test]
async fn filters_are_in_the_address_and_those_that_make_no_sense_are_refused() {
    let (browser, places) = licensed().await;
    let flagged = json!({ "technical_name": "Call Waiting", "display_name": "Call Waiting",
        "for_hg": true, "for_enduser": true, "no_more_assignable": true });
    browser.app.add(USER_SERVICES, &places.provider, &flagged).await;
    for (query, has, lacks) in [
        ("search=4g", "3G/4G", "Call Park"),
        ("family=group", "Call Park", "3G/4G"),
        ("state=licensed", "Advice Of Charge", "Auto Attendant"),
        ("state=near", "3G/4G", "Advice Of Charge"),
        ("for_hg=true&for_enduser=true", "No more assigned", "3G/4G"),
        ("for_hg=true&for_ivr=true", "No service is like that", "line-user"),
        ("for_hg=false&search=&family=", "3G/4G", "No service is like that"),
    ] {
        let page = browser.get(&format!("{PAGE}?{query}")).await;
        assert_page(&page, 200, &[has]);
        assert_lacks(&page, lacks);
    }
    for wrong in ["family=both", "state=full", "for_cc=1"] {
        assert_page(&browser.get(&format!("{PAGE}?{wrong}")).await, 400, &["is one of"]);
    }
    for nothing in
        ["/tenants/nobody/licenses", "/tenants/foo/sites/none/licenses", "/tenants/foo/x"]
    {
        assert_page(&browser.get(nothing).await, 404, &[]);
    }
}

/// What a browser would send of the lines that are shown, with other values at some of them.
fn typed<'a>(page: &'a Answer, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let tags = main_of(page).split("<input ").skip(1).filter_map(|part| part.split('>').next());
    let mut form: Vec<(&str, &str)> = tags
        .filter(|tag| !tag.contains("type=\"checkbox\"") || tag.contains(" checked"))
        .filter_map(|tag| tag.split_once("name=\"")?.1.split('"').next())
        .filter(|name| ["was:", "maximum:", "unlimited:"].iter().any(|p| name.starts_with(p)))
        .map(|name| (name, input(page, name).unwrap_or_default()))
        .collect();
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes);
    form
}

#[tokio::test]
async fn what_will_change_is_shown_first_and_told_line_by_line_afterwards() {
    let (browser, _) = licensed().await;
    let before = browser.app.contents().await;
    let edit = format!("{PAGE}?state=licensed&family=user&edit=1");
    let form = browser.get(&edit).await;
    assert_page(&form, 200, &["What isn't shown stays", "3 of", "licensed"]);
    assert_lacks(&form, "maximum:group:");
    assert_eq!(input(&form, "was:user:Advice Of Charge"), Some("unlimited"));

    let changes = [("maximum:user:3G/4G Continuity", "8"), ("maximum:user:Call Waiting", "35")];
    let mut posted = typed(&form, &changes);
    posted.push(("_submit", "preview"));
    let page = browser.post(&edit, &posted).await;
    assert_page(
        &page,
        200,
        &["What will change at Foo", "1 line will change. 1 line can't be set."],
    );
    assert_page(&page, 200, &["3G/4G Continuity can't be limited to 8: 9 are taken"]);
    assert_eq!(input(&page, "maximum:user:3G/4G Continuity"), Some("8"));
    let raised = row(&page, "line-user-Call%20Waiting");
    assert_eq!(
        raised[1..],
        ["Raised", "20", " → ", " becomes ", "35", "20", " → ", " becomes ", "35"]
    );
    assert_lacks(&page, "Advice Of Charge");
    assert_eq!(browser.app.contents().await, before);
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(20));

    posted.retain(|(name, _)| *name != "_submit");
    posted.push(("_submit", "apply"));
    let page = browser.post(&edit, &posted).await;
    assert_page(&page, 200, &["Licences of Foo were set", "1 line was set. 1 line was refused."]);
    assert_eq!(row(&page, "line-user-Call%20Waiting")[1], "Updated");
    // What was refused can be tried again, and the way back has the filters.
    assert_eq!(input(&page, "maximum:user:3G/4G Continuity"), Some("8"));
    assert_page(&page, 200, &["/tenants/foo/licenses?family=user&amp;state=licensed\""]);
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(35));
    assert_eq!(allocated(&browser, "3G/4G Continuity").await, limited(10));
    let record = browser.app.last_transaction().await;
    assert_eq!(record["action"], "Set Licences");
    let link = main_of(&page).split("/transactions/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(browser.app.data(&format!("{TRANSACTIONS}{link}")).await["action"], "Set Licences");

    let page = browser.get(&format!("/transactions/{link}")).await;
    assert_page(&page, 200, &["<title>Set Licences · ", "Failed 1", "are taken (9 by sites"]);
    assert_page(&page, 200, &["Call Waiting: 20 before, 35 now.", ">20</td>", ">35</td>"]);
    assert_lacks(&page, "&quot;maximum&quot;");

    // With all of them refused nothing is said to be set.
    let again = [
        ("was:user:3G/4G Continuity", "10"),
        ("maximum:user:3G/4G Continuity", "0"),
        ("_submit", "apply"),
    ];
    assert_page(&browser.post(&edit, &again).await, 400, &["No licence of Foo was set"]);
}

#[tokio::test]
async fn what_somebody_else_has_set_meanwhile_is_said_and_not_undone() {
    let (browser, _) = licensed().await;
    let edit = format!("{PAGE}?search=a&edit=1");
    let form = browser.get(&edit).await;
    let posted = typed(&form, &[("maximum:user:Call Waiting", "30"), ("_submit", "preview")]);
    for (name, quantity) in [("Call Waiting", limited(25)), ("Authentication", limited(4))] {
        browser.app.license(TENANT, "userServices", name, quantity).await.expect(200);
    }
    let page = browser.post(&edit, &posted).await;
    assert_page(&page, 200, &["Somebody has set it from 20 to 25 meanwhile."]);
    assert_eq!(input(&page, "was:user:Call Waiting"), Some("25"));
    assert_lacks(&page, "Authentication");
    // And once more before it is applied.
    browser.app.license(TENANT, "userServices", "Call Waiting", limited(26)).await.expect(200);
    let apply = typed(&page, &[("_submit", "apply")]);
    let page = browser.post(&edit, &apply).await;
    assert_page(&page, 200, &["It was 26 by then, not 25 as you saw it."]);
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(30));
    assert_eq!(allocated(&browser, "Authentication").await, limited(4));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_at_its_line_and_nothing_is_set() {
    let (browser, _) = licensed().await;
    let before = browser.app.total(TRANSACTIONS).await;
    let edit = format!("{PAGE}?edit=1");
    for wrong in ["", "-1", "1.5", "many", "<b>", "1099511627776"] {
        let form = [
            ("was:user:Call Waiting", "20"),
            ("maximum:user:Call Waiting", wrong),
            ("was:user:Basic Call Logs", "0"),
            ("maximum:user:Basic Call Logs", "7"),
            ("_submit", "apply"),
        ];
        let page = browser.post(&edit, &form).await;
        assert_page(&page, 400, &["Not clear", "aria-invalid", "What will change"]);
        assert_lacks(&page, "<b>");
    }
    let unknown = [("was:user:Nothing", "0"), ("maximum:user:Nothing", "1"), ("_submit", "apply")];
    assert_page(&browser.post(&edit, &unknown).await, 400, &["There is no user service"]);
    let none = [("was:user:Call Waiting", "20"), ("maximum:user:Call Waiting", "20")];
    for submit in ["apply", "preview"] {
        let mut form = none.to_vec();
        form.push(("_submit", submit));
        assert_page(&browser.post(&edit, &form).await, 200, &["No line was changed"]);
    }
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(20));
    assert_eq!(allocated(&browser, "Basic Call Logs").await, limited(0));
    // The attempt that could be read, and was refused, has a record.
    assert_eq!(browser.app.total(TRANSACTIONS).await, before + 1);
}

#[tokio::test]
async fn all_lines_shown_are_set_at_once_after_a_look() {
    let (browser, _) = licensed().await;
    let edit = format!("{PAGE}?search=Call+Forwarding&family=user&edit=1");
    let form = browser.get(&edit).await;
    let lines = main_of(&form).matches("name=\"was:").count();
    assert!(lines > 3, "{lines}");
    let set = |submit: &'static str, to: &'static str| {
        let mut posted = typed(&form, &[]);
        posted.extend([("set_to", to), ("_submit", submit)]);
        posted
    };
    let page = browser.post(&edit, &set("set_number", "12")).await;
    assert_page(&page, 200, &[&format!("{lines} lines will change."), "Newly licensed"]);
    let page = browser.post(&edit, &set("set_unlimited", "")).await;
    assert_page(&page, 200, &[&format!("{lines} lines will change.")]);
    assert_eq!(input(&page, "unlimited:user:Call Forwarding Always"), Some("1"));
    assert_page(&browser.post(&edit, &set("set_none", "")).await, 200, &["No line was changed"]);
    // A number that is none leaves the form with what was typed.
    for wrong in ["", "-3", "x"] {
        let mut posted = set("set_number", wrong);
        posted.retain(|(name, _)| *name != "maximum:user:Call Forwarding Busy");
        posted.push(("maximum:user:Call Forwarding Busy", "77"));
        let page = browser.post(&edit, &posted).await;
        assert_page(&page, 400, &["Set all shown", "The lines shown"]);
        assert_eq!(input(&page, "maximum:user:Call Forwarding Busy"), Some("77"));
    }
}

#[tokio::test]
async fn a_site_is_given_no_more_than_its_tenant_has_left() {
    let (browser, places) = licensed().await;
    let edit = format!("/tenants/foo/sites/{}/licenses?edit=1", places.south.pkid);
    let page = browser.get(&edit).await;
    assert_eq!(row(&page, "line-user-3G%2F4G%20Continuity")[1..4], ["0", "1", "0"]);
    let form = |to: &'static str| {
        [
            ("was:user:3G/4G Continuity", "0"),
            ("maximum:user:3G/4G Continuity", to),
            ("_submit", "apply"),
        ]
    };
    assert_page(&browser.post(&edit, &form("2")).await, 400, &["which leaves 1"]);
    assert_page(
        &browser.post(&edit, &form("1")).await,
        200,
        &["Licences of South of Foo were set"],
    );
    let line = browser.app.line(TENANT, "userServices", "3G/4G Continuity").await;
    assert_eq!(line["currentlyAllocated"], 10);
}

#[tokio::test]
async fn packs_are_added_changed_and_taken_away() {
    let (browser, places) = licensed().await;
    let app = &browser.app;
    assert_page(&browser.get(PACKS).await, 200, &["No service packs yet", "All packs"]);
    app.pack(&places.provider, "Desk", &["Call Waiting"], json!({})).await;
    app.pack(&places.provider, "Road", &["Basic Call Logs"], json!({})).await;
    app.pack(&places.provider, "Gone", &[], json!({ "authorization": 0 })).await;
    let page = browser.get(PACKS).await;
    assert_page(&page, 200, &["Desk", "Road"]);
    assert_lacks(&page, "Gone");

    // Each refusal is at its pack, and nothing is put by halves.
    let add = |auto: bool, quantity: &'static str| {
        let mut form = vec![
            ("pack", "Desk"),
            ("quantity:Desk", "3"),
            ("pack", "Road"),
            ("quantity:Road", quantity),
        ];
        form.extend(auto.then_some(("auto_auth_services", "1")));
        form
    };
    for (auto, quantity, said) in [
        (false, "2", "isn't licensed for: Basic Call Logs"),
        (true, "-2", "must be a whole number"),
        (true, "", "needs a quantity"),
    ] {
        let page = browser.post(PACKS, &add(auto, quantity)).await;
        assert_page(&page, 400, &[said, "aria-invalid", "No service packs yet"]);
        assert_eq!(input(&page, "quantity:Desk"), Some("3"));
    }
    assert_page(&browser.post(PACKS, &[]).await, 400, &["Tick at least one"]);
    let done = browser.post(PACKS, &add(true, "2")).await;
    assert!(location(&done).starts_with("/tenants/foo/service_packs?done=saved&transaction="));
    let page = browser.follow(&done).await;
    assert_page(&page, 200, &["Your changes are saved", "All packs", "/service_packs/Road"]);

    let user = app.user(&places.north, "ada").await;
    app.assign(&format!("{NORTH}users/ada"), &[], &["Desk"]).await.expect(200);
    let desk = format!("{PACKS}/Desk");
    assert_page(&browser.get(&desk).await, 200, &["Users hold 1; 2 can still be given."]);
    let page = browser.post(&desk, &[("quantity", "0")]).await;
    assert_page(&page, 400, &["Allow at least 1", "aria-invalid"]);
    assert_eq!(input(&page, "quantity"), Some("0"));
    let changed = browser.post(&desk, &[("quantity", "9"), ("unlimited", "1")]).await;
    location(&changed);
    let page = browser.get(&desk).await;
    assert_page(&page, 200, &["19 can still be given"]);

    let remove = format!("{desk}/remove");
    assert_page(&browser.get(&remove).await, 200, &["Remove Desk from Foo?", "Users hold 1"]);
    assert_page(&browser.post(&remove, &[]).await, 400, &["Take it back"]);
    app.delete(&format!("/api/data/User/{user}/")).await.expect(200);
    let gone = browser.post(&remove, &[]).await;
    assert!(location(&gone).contains("done=deleted"));
    assert_page(&browser.get(&desk).await, 404, &[]);
}

#[tokio::test]
async fn the_table_is_a_file_of_what_the_filters_show() {
    let (browser, _) = licensed().await;
    browser.app.service("user", "=SUM(A1)").await;
    let path = |query: &str| format!("{PAGE}/export?{query}");
    let csv = browser.get(&path("format=csv&state=near")).await.expect(200);
    let name = "attachment; filename=licences_foo_2026-01-31_09-30-00.csv";
    assert_eq!(csv.header("content-disposition"), Some(name));
    let lines: Vec<&str> = csv.text().trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "family,name,description,allocated,used,by packs,free,state");
    assert!(lines[1].starts_with("group,Call Park,") && lines[1].ends_with(",5,5,0,0,Full"));
    assert!(lines[2].ends_with(",10,9,0,1,Near full") && lines.len() == 3, "{lines:?}");
    // Spreadsheets run nothing of it.
    let csv = browser.get(&path("format=csv&search=sum(")).await.expect(200);
    assert!(csv.text().contains("user,'=SUM(A1),"), "{csv}");

    let book = browser.get(&path("format=xlsx&search=advice")).await.expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.body.to_vec())).unwrap();
    let sheet = book.worksheet_range("Licences").unwrap();
    let cells: Vec<&Data> = sheet.rows().nth(1).unwrap().iter().collect();
    assert_eq!(cells[1], &Data::String("Advice Of Charge".to_owned()));
    assert_eq!(cells[3], &Data::String("unlimited".to_owned()));
    assert_eq!(cells[4], &Data::Float(0.0));
    assert_eq!(sheet.height(), 2);

    // The provisioning API has it as well, of the whole table.
    for path in [TENANT, NORTH] {
        let csv = browser.app.get(&format!("{path}licenses/?format=csv")).await.expect(200);
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(csv.text().contains("3G/4G Continuity"), "{csv}");
        let book = browser.app.get(&format!("{path}licenses/?format=xlsx")).await.expect(200);
        assert!(book.body.starts_with(b"PK"));
        let json = browser.app.get(&format!("{path}licenses/?format=json")).await.expect(200);
        assert!(json.json()["userServices"].is_array());
    }
    for wrong in ["format=pdf", "", "format=csv&state=x"] {
        browser.get(&path(wrong)).await.expect(400);
    }
    browser.get("/tenants/nobody/licenses/export?format=csv").await.expect(404);
    let anonymous = browser.app.call("GET", &path("format=csv")).anonymous().send().await;
    assert!(location(&anonymous).starts_with("/login?next="));
}

#[tokio::test]
async fn tenants_and_the_dashboard_lead_to_what_is_nearly_used_up() {
    let (browser, _) = licensed().await;
    let page = browser.get("/tenants?search=fo").await;
    assert_page(&page, 200, &["9 of 10", "5 of 5", ">1<span", "/tenants/foo/sites"]);
    assert_page(&page, 200, &["/tenants/foo/licenses?search=3G%2F4G%20Continuity&amp;family=user"]);
    assert_page(&browser.get("/tenants").await, 200, &["Customer", "Foo"]);
    let page = browser.get("/tenants?search=nobody").await;
    assert_page(&page, 200, &["No tenant is called so"]);
    assert_page(&browser.get("/tenants?skip=50").await, 200, &["These tenants are gone"]);
    assert_page(&browser.get("/tenants?skip=x").await, 400, &[]);
    let page = browser.get("/").await;
    assert_page(&page, 200, &["Licences near full", "9 of 10", "5 of 5"]);
    let page = browser.get("/?hierarchy=sys.Provider").await;
    assert_page(&page, 200, &["No licences are near full"]);
}

#[tokio::test]
async fn posts_of_other_sites_and_of_ended_sessions_set_nothing() {
    let (browser, _) = licensed().await;
    let form = [
        ("was:user:Call Waiting", "20"),
        ("maximum:user:Call Waiting", "21"),
        ("_submit", "apply"),
    ];
    let foreign = browser.call("POST", PAGE).header("origin", "http://evil.example").form(&form);
    foreign.send().await.expect(403);
    let ended = browser.app.call("POST", PAGE).anonymous().form(&form).send().await;
    assert_page(&ended, 401, &["Log in", "Your session has ended", "maximum:user:Call Waiting"]);
    // After the log-in it is looked at again, and not done unasked.
    let draft = json!(form.map(|(name, value)| [name, value])).to_string();
    let form_of_login = [
        ("username", crate::support::ADMIN),
        ("password", crate::support::PASSWORD),
        ("next", PAGE),
        ("draft", draft.as_str()),
    ];
    let back = browser.call("POST", "/login").form(&form_of_login).send().await;
    let page = browser.follow(&back).await;
    assert_page(&page, 200, &["Your session had ended", "1 line will change."]);
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(20));

    // What is out of sight isn't there.
    let elsewhere = browser.app.provider("Elsewhere").await;
    browser.app.account("eve", &elsewhere).await;
    let eve = browser.app.call("POST", "/login").anonymous();
    let session = eve.form(&[("username", "eve"), ("password", crate::support::PASSWORD)]).send();
    let session = session.await.expect(303).cookie("sessionid");
    let cookie = format!("sessionid={session}");
    let seen = browser.app.call("GET", PAGE).cookie(&cookie).send().await;
    assert_page(&seen, 404, &[]);
    let set = browser.app.call("POST", PAGE).cookie(&cookie).form(&form).send().await;
    assert_page(&set, 404, &[]);
    assert_eq!(allocated(&browser, "Call Waiting").await, limited(20));
}
