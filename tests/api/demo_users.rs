//! The users of the demonstration: one for each shipped role, who can log in where the first
//! administrator's password is known, and nobody of the kind elsewhere.

use serde_json::json;

use crate::support::{Options, PASSWORD, SPARK, SYSTEM_USERS, TestApp};

#[tokio::test]
async fn each_role_has_a_user_that_sees_its_own_part() {
    let app =
        TestApp::start_with(Options { demo: true, ..Options::default() }).await.expect("a start");
    let list = app.get(&format!("{SYSTEM_USERS}?limit=100")).await.expect(200).json();
    let rows = list["resources"].as_array().unwrap();
    let of = |name: &str| {
        rows.iter().map(|row| &row["data"]).find(|data| data["username"] == name).expect(name)
    };
    let northwind = "sys.Northwind Telecom";
    let harbour = format!("{northwind}.Harbour Voice");
    let albatross = format!("{harbour}.Albatross Shipping");
    let cases = [
        ("provider", "ProviderAdmin", northwind, 200),
        ("reseller", "ResellerAdmin", &harbour, 200),
        ("customer", "CustomerAdmin", &albatross, 200),
        ("operator", "Operator", northwind, 200),
        ("auditor", "Auditor", northwind, 403),
        ("program", "ApiClient", &harbour, 200),
    ];
    for (name, role, place, customers) in cases {
        let data = of(name);
        assert_eq!(data["role"], role);
        assert_eq!(data["hierarchy_friendly_name"], place);
        let answer = app.call("GET", SPARK).basic(name, PASSWORD).send().await;
        assert_eq!(answer.status, customers, "{name}: {answer}");
        let form = [("username", name), ("password", PASSWORD)];
        let login = app.call("POST", "/login").anonymous().form(&form).send().await;
        assert_eq!(login.status, if name == "program" { 403 } else { 303 }, "{name}: {login}");
    }
    // A restart adds none again, and one who was removed stays away.
    let auditor = rows.iter().find(|row| row["data"]["username"] == "auditor").unwrap();
    let pkid = auditor["meta"]["references"]["self"][0]["pkid"].as_str().unwrap();
    app.delete(&format!("{SYSTEM_USERS}{pkid}/")).await.expect(200);
    let again = app.restarted().await;
    assert_eq!(again.total(SYSTEM_USERS).await, rows.len() as u64 - 1);
}

#[tokio::test]
async fn without_the_demonstration_there_is_nobody_but_the_first() {
    let app = TestApp::start().await;
    let list = app.get(SYSTEM_USERS).await.expect(200).json();
    let names: Vec<_> = list["resources"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0]["data"]["username"], json!("admin"));
}
