//! `+SyncWebexTeamsRolesLicences`.

use serde_json::{Value, json};
use tenantry::webex::simulator::{Failure, Fault};

use super::{
    super::{ORGANIZATION, Stage},
    LICENSES, ORGANIZATIONS, ROLES, USERS, counts, with,
};
use crate::support::SPARK;

#[tokio::test]
async fn organisation_roles_and_licences_are_taken_over() {
    let stage = Stage::start().await;
    let (href, pkid) = stage.authorised().await;
    let answer = stage.sync_licences(&href).await.expect(200);
    assert_eq!(answer.json()["pkid"], pkid);
    let record = stage.record(&answer).await;
    assert_eq!(record["status"], "Success");
    assert_eq!(record["action"], "Sync Webex Teams Roles Licences");
    assert_eq!(record["counts"], counts(13, 0, 0));
    assert_eq!(record["progress"], json!({ "done": 13, "total": 13 }));
    assert_eq!(
        record["message"],
        "Webex customer Oakland: 1 organisation, 6 roles and 6 licences synced; 13 added, 0 \
         changed, 0 removed."
    );

    let synced = "2026-01-31T09:30:00.000000Z";
    let organizations = stage.all(ORGANIZATIONS).await;
    assert_eq!(organizations.len(), 1);
    assert_eq!(organizations[0]["name"], "Oakland");
    assert_eq!(organizations[0]["spark_customer"], "Oakland");
    assert_eq!(organizations[0]["last_synced"], synced);
    let roles = stage.all(ROLES).await;
    assert_eq!(roles.len(), 6);
    let role = with(&roles, "name", "Full Administrator");
    let keys: Vec<&String> = role.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "name", "spark_customer", "last_synced", "hierarchy_friendly_name"]);
    let licenses = stage.all(LICENSES).await;
    assert_eq!(licenses.len(), 6);
    let calling = with(&licenses, "name", "Webex Calling - Professional");
    let mut expected = json!({
        "name": "Webex Calling - Professional",
        "total_units": 100,
        "consumed_units": 6,
        "consumed_by_users": 2,
        "consumed_by_workspaces": 4,
        "subscription_id": "Sub-96abc2aa",
        "spark_customer": "Oakland",
        "last_synced": synced,
    });
    expected["id"] = calling["id"].clone();
    expected["hierarchy_friendly_name"] = json!("sys.Provider.Customer");
    assert_eq!(*calling, expected);
    let meetings = with(&licenses, "name", "Webex Meetings Suite");
    assert_eq!(meetings["site_url"], "oakland.webex.example");
    assert_eq!(meetings["site_type"], "Control Hub managed site");
    // What Webex doesn't say isn't there.
    assert!(meetings.get("consumed_by_workspaces").is_none(), "{meetings}");
    assert_eq!(stage.app.total(USERS).await, 0);
}

#[tokio::test]
async fn a_second_sync_counts_what_differs() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    stage.sync_licences(&href).await.expect(200);
    let path =
        format!("{LICENSES}?filter_field=name&filter_text=Messaging&filter_condition=equals");
    let first = stage.app.get(&path).await.json()["resources"][0]["meta"].clone();
    let pkid = first["references"]["self"][0]["pkid"].as_str().unwrap().to_owned();
    stage.app.clock.advance(3600);
    let again = stage.sync_licences(&href).await.expect(200);
    assert_eq!(stage.record(&again).await["counts"], counts(0, 0, 0));
    // All were seen anew, and are the same instances.
    for collection in [ORGANIZATIONS, ROLES, LICENSES] {
        for data in stage.all(collection).await {
            assert_eq!(data["last_synced"], "2026-01-31T10:30:00.000000Z", "{data}");
        }
    }
    stage.app.get(&format!("{LICENSES}{pkid}")).await.expect(200);

    stage.app.clock.advance(3600);
    stage.simulator.change(ORGANIZATION, |organization| {
        organization.name = "Oakland United".to_owned();
        organization.licenses[0].total = 120;
        organization.licenses[4].name = "Contact Center Premium".to_owned();
        organization.licenses.remove(5);
        let mut more = organization.licenses[0].clone();
        more.key = "NEW".to_owned();
        organization.licenses.push(more);
    });
    let third = stage.sync_licences(&href).await.expect(200);
    let record = stage.record(&third).await;
    assert_eq!(record["counts"], counts(1, 3, 1), "{record}");
    assert_eq!(stage.all(ORGANIZATIONS).await[0]["name"], "Oakland United");
    let licenses = stage.all(LICENSES).await;
    assert_eq!(licenses.len(), 6);
    // A name may occur more than once.
    let calling: Vec<&Value> =
        licenses.iter().filter(|l| l["name"] == "Webex Calling - Professional").collect();
    assert_eq!(calling.len(), 2);
    assert!(calling.iter().all(|license| license["total_units"] == 120));
    with(&licenses, "name", "Contact Center Premium");
    assert!(licenses.iter().all(|license| license["name"] != "Basic Messaging"));
}

#[tokio::test]
async fn what_webex_leaves_out_is_absent_and_texts_are_tidied() {
    let stage = Stage::start().await;
    let (href, _) = stage.authorised().await;
    let body = json!({ "items": [
        { "id": "a", "name": "Calls\u{7}", "totalUnits": -1, "consumedUnits": "12",
          "consumedByUsers": null, "consumedByWorkspaces": null, "subscriptionId": null, "extra": {} },
        { "id": "b" },
        { "id": "c", "name": "  ", "siteUrl": "c.example", "totalUnits": "many" },
    ]});
    let failure = Failure::Body(body.to_string());
    stage.simulator.fail(Fault { path: "/licenses".to_owned(), after: 0, times: 1, failure });
    let answer = stage.sync_licences(&href).await.expect(200);
    assert_eq!(stage.record(&answer).await["counts"], counts(10, 0, 0));
    let licenses = stage.all(LICENSES).await;
    let license = |id: &str| {
        let mut license = with(&licenses, "id", id).clone();
        let own = ["spark_customer", "last_synced", "hierarchy_friendly_name"];
        license.as_object_mut().unwrap().retain(|name, _| !own.contains(&name.as_str()));
        license
    };
    assert_eq!(
        license("a"),
        json!({ "id": "a", "name": "Calls", "total_units": -1, "consumed_units": 12 })
    );
    assert_eq!(license("b"), json!({ "id": "b", "name": "b" }));
    assert_eq!(license("c"), json!({ "id": "c", "name": "c", "site_url": "c.example" }));
}

#[tokio::test]
async fn the_organisation_is_that_of_the_record() {
    let stage = Stage::start().await;
    let place = stage.app.tenant().await;
    let data = json!({ "name": "Oakland", "account_number_external": ORGANIZATION });
    let pkid = stage.app.spark(&place, &data).await;
    stage.authorise(&pkid).await;
    let me = stage.simulator.calls("/people/me");
    stage.sync_licences(&format!("{SPARK}{pkid}/")).await.expect(200);
    // It needn't be asked whose token it is.
    assert_eq!(stage.simulator.calls("/people/me"), me);
    let organization = stage.all(ORGANIZATIONS).await[0].clone();
    let customer = stage.app.data(&format!("{SPARK}{pkid}")).await;
    assert_eq!(organization["id"], customer["account_number"]);
}
