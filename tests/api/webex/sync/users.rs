//! `+SyncWebexTeamsUsers`.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::{
    super::{ADMIN, ORGANIZATION, Stage},
    LICENSES, USERS, counts, with,
};
use crate::support::SPARK;

#[tokio::test]
async fn people_are_taken_over_with_roles_and_licences_by_name() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let answer = stage.sync_users(&href).await.expect(200);
    let record = stage.record(&answer).await;
    assert_eq!(record["action"], "Sync Webex Teams Users");
    assert_eq!(record["counts"], counts(7, 0, 0));
    assert_eq!(
        record["message"],
        "Webex customer Oakland: 7 users synced; 7 added, 0 changed, 0 removed."
    );
    let users = stage.all(USERS).await;
    let admin = with(&users, "email", ADMIN);
    let mut expected = json!({
        "email": ADMIN,
        "display_name": "Ada Aldridge",
        "first_name": "Ada",
        "last_name": "Aldridge",
        "status": "unknown",
        "login_enabled": true,
        "invite_pending": false,
        "roles": ["Full Administrator"],
        "licenses": ["Messaging", "Webex Calling - Professional", "Webex Meetings Suite"],
        "spark_customer": "Oakland",
        "last_synced": "2026-01-31T09:30:00.000000Z",
    });
    expected["id"] = admin["id"].clone();
    expected["hierarchy_friendly_name"] = json!("sys.Provider.Customer");
    assert_eq!(*admin, expected);
    let chiara = with(&users, "first_name", "Chiara");
    assert_eq!((&chiara["roles"], chiara["licenses"].as_array().unwrap().len()), (&json!([]), 2));
    // It leaves what the other sync takes over alone.
    assert_eq!(stage.app.total(LICENSES).await, 0);
}

#[tokio::test]
async fn a_second_sync_counts_what_differs() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.simulator.set(|settings| settings.largest_page = 3);
    stage.sync_users(&href).await.expect(200);
    let before = stage.all(USERS).await;
    assert_eq!(before.len(), 7);
    stage.app.clock.advance(3600);
    stage.simulator.change(ORGANIZATION, |organization| {
        organization.people[1].last_name = "Newlywed".to_owned();
        organization.people[2].licenses.clear();
        organization.people.swap(3, 4);
        organization.people.remove(6);
        for number in 7..10 {
            let person = organization.person(number, "oakland.example");
            organization.add(person);
        }
    });
    let answer = stage.sync_users(&href).await.expect(200);
    let record = stage.record(&answer).await;
    assert_eq!(record["counts"], counts(3, 2, 1), "{record}");
    assert_eq!(record["progress"], json!({ "done": 9, "total": 9 }));
    let users = stage.all(USERS).await;
    assert_eq!(users.len(), 9);
    assert_eq!(with(&users, "first_name", "Bram")["display_name"], "Bram Newlywed");
    assert_eq!(with(&users, "first_name", "Chiara")["licenses"], json!([]));
    assert!(users.iter().all(|user| user["last_synced"] == "2026-01-31T10:30:00.000000Z"));
}

#[tokio::test]
async fn what_the_specification_shows_comes_to_the_same() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_users(&href).await.expect(200);
    let live = stage.all(USERS).await;
    // Flags as texts, ids in one text.
    stage.simulator.set(|settings| settings.specified_shapes = true);
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(0, 0, 0));
    assert_eq!(stage.all(USERS).await, live);
}

#[tokio::test]
async fn odd_people_are_taken_over_as_far_as_they_say_something() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let body = json!({ "notFoundIds": null, "items": [
        { "id": "one", "emails": [], "displayName": null, "roles": ["unheard-of"],
          "licenses": null, "loginEnabled": "perhaps" },
        { "id": "two", "emails": ["two@oakland.example", "second@oakland.example"],
          "firstName": "Zoë", "lastName": "Ōe \u{202e}", "status": "somethingNew", "type": "bot" },
    ]});
    let failure = Failure::Body(body.to_string());
    stage.simulator.fail(Fault { path: "/people".to_owned(), after: 0, times: 1, failure });
    let answer = stage.sync_users(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(2, 0, 0));
    let users = stage.all(USERS).await;
    let one = with(&users, "id", "one");
    assert_eq!(one["display_name"], "one");
    assert_eq!((&one["roles"], &one["licenses"]), (&json!(["unheard-of"]), &json!([])));
    for name in ["email", "first_name", "status", "login_enabled", "invite_pending"] {
        assert!(one.get(name).is_none(), "{one}");
    }
    let two = with(&users, "id", "two");
    assert_eq!(two["email"], "two@oakland.example");
    assert_eq!(two["status"], "somethingNew");
    assert!(two["display_name"].as_str().unwrap().starts_with("Zoë Ōe"), "{two}");
}

#[tokio::test]
async fn an_administrator_of_a_partner_names_the_organisation() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let own = json!({ "name": "Own", "account_number_external": ORGANIZATION });
    let own = stage.app.spark(&place, &own).await;
    stage.authorise(&own).await;
    stage.sync_users(&format!("{SPARK}{own}/")).await.expect(200);
    let asked = stage.wire.queries("/people");
    assert_eq!(asked, ["max=100&excludeStatus=true"]);

    // A token that was pasted, of another organisation than the record's.
    let tokens = stage.simulator.grant(ORGANIZATION);
    let number = "000fd0e4-83ef-4398-be23-d06998580fed";
    let data = json!({
        "name": "Other", "account_number_external": number, "token": tokens["access_token"],
    });
    let other = stage.app.spark(&place, &data).await;
    let href = format!("{SPARK}{other}/");
    for path in ["/licenses", "/people"] {
        let failure = Failure::Body(json!({ "items": [] }).to_string());
        stage.simulator.fail(Fault { path: path.to_owned(), after: 0, times: 1, failure });
    }
    stage.sync_users(&href).await.expect(200);
    let number: Value = stage.app.data(&href).await["account_number"].clone();
    let number = number.as_str().unwrap();
    let asked = stage.wire.queries("/people");
    assert_eq!(asked[1..], [format!("max=100&excludeStatus=true&orgId={number}")]);
    assert_eq!(*stage.wire.queries("/licenses").last().unwrap(), format!("orgId={number}"));
}
