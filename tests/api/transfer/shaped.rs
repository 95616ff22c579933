//! Configuration templates and field display policies in exports, sheets and loads.

use calamine::Data;
use serde_json::{Value, json};

use super::{
    files::{first_tab, gunzipped, unzipped},
    loading::{cells, told, workbook},
    things::{THINGS, add_all, hrefs, with_things},
};
use crate::support::{Place, TestApp};

async fn shape(app: &TestApp, place: &Place) {
    let template = json!({
        "name": "Usual", "model_type": "data/Thing",
        "defaults": { "story": "By default" }, "fixed": { "colour": "blue" }
    });
    let path = format!("/api/data/ConfigurationTemplate/?hierarchy={}", place.pkid);
    app.post(&path, &template).await.expect(201);
    let policy = json!({
        "name": "Short", "model_type": "data/Thing",
        "fields": [
            { "name": "size", "title": "How big", "visibility": "visible", "group": "First" },
            { "name": "label", "visibility": "hidden", "group": "First" },
            { "name": "story", "visibility": "hidden" },
            { "name": "weight", "visibility": "readonly" }
        ]
    });
    let path = format!("/api/data/FieldDisplayPolicy/?hierarchy={}", place.pkid);
    app.post(&path, &policy).await.expect(201);
}

#[tokio::test]
async fn a_template_is_applied_to_what_is_exported_and_to_what_is_loaded() {
    let (app, place, _dir) = with_things().await;
    shape(&app, &place).await;
    let things =
        [json!({ "label": "a", "colour": "red" }), json!({ "label": "b", "story": "own" })];
    let pkids = add_all(&app, &place, &things).await;
    let body = json!({ "hrefs": hrefs(&pkids) });
    let at = format!("hierarchy={}", place.pkid);
    let path = format!("{THINGS}export/?{at}&template_name=Usual");
    let file = unzipped(&app.post(&path, &body).await.expect(200).body).1;
    assert_eq!(
        file["resources"][0]["data"],
        json!({ "label": "a", "colour": "blue", "story": "By default" })
    );
    assert_eq!(
        file["resources"][1]["data"],
        json!({ "label": "b", "story": "own", "colour": "blue" })
    );
    // What is stored is as it was.
    assert_eq!(app.data(&hrefs(&pkids)[0]).await, things[0]);
    let path = format!("{THINGS}export/?{at}&template_name=Unusual");
    app.post(&path, &body).await.expect_fault(404, "not_found", &[("template_name", "not_found")]);

    let sheet = workbook(
        "x",
        &[
            vec![json!("label"), json!("colour")],
            vec![json!("c"), json!("red")],
            vec![json!("b"), Value::Null],
        ],
    );
    let path = format!("{THINGS}import/?{at}&mode=row_by_row&template_name=Usual");
    let (_, record) = app.loaded(&path, &sheet).await;
    assert_eq!(told(&record), ["2 add Success", "3 modify Success"]);
    let added = app.data(record["rows"][0]["href"].as_str().unwrap()).await;
    assert_eq!(added, json!({ "label": "c", "story": "By default", "colour": "blue" }));
    let path = format!("{THINGS}import/?{at}&template_name=Unusual");
    app.import(&path, &sheet).await.expect_fault(
        404,
        "not_found",
        &[("template_name", "not_found")],
    );
}

#[tokio::test]
async fn a_policy_lays_out_formatted_sheets_and_its_titles_lead_back() {
    let (app, place, _dir) = with_things().await;
    shape(&app, &place).await;
    let pkids = add_all(&app, &place, &[json!({ "label": "a", "story": "s", "size": 1 })]).await;
    let at = format!("hierarchy={}", place.pkid);
    let body = json!({ "hrefs": hrefs(&pkids) });
    let export = async |rest: &str| {
        let path = format!("{THINGS}export/?export_format=xlsx&{at}{rest}");
        first_tab(&app.post(&path, &body).await.expect(200).body)
    };
    let tab = export("").await;
    // Mandatory fields show, whatever the policy says.
    assert_eq!(tab.texts(1)[3..5], ["First", ""]);
    assert_eq!(tab.texts(2)[3..5], ["How big", "Label"]);
    assert!(!tab.texts(3).contains(&"story".to_owned()));
    assert_eq!(*tab.cell(3, 4, "size"), Data::Float(1.0));
    assert!(export("&policy_name=").await.texts(3).contains(&"story".to_owned()));
    let path = format!("{THINGS}export/?export_format=xlsx&{at}&policy_name=Long");
    app.post(&path, &body).await.expect_fault(404, "not_found", &[("policy_name", "not_found")]);
    // A single one shows all its columns, unless a policy is named.
    let path = format!("{}/export?export_format=xlsx&{at}", hrefs(&pkids)[0]);
    let one = first_tab(&app.get(&path).await.expect(200).body);
    assert!(one.texts(3).contains(&"story".to_owned()));
    let one = first_tab(&app.get(&format!("{path}&policy_name=Short")).await.expect(200).body);
    assert!(!one.texts(3).contains(&"story".to_owned()));

    // The renamed column is loaded, and what the sheet hides stays.
    let mut rows = cells(&tab);
    rows[4][3] = json!(7);
    let path = format!("{THINGS}import/?{at}&mode=row_by_row");
    let (_, record) = app.loaded(&path, &workbook("Thing", &rows)).await;
    assert_eq!(told(&record), ["5 modify Success"]);
    let data = app.data(&hrefs(&pkids)[0]).await;
    assert_eq!(data, json!({ "label": "a", "story": "s", "size": 7 }));

    let call = app.call("POST", &format!("{THINGS}export_bulkload_template/?{at}"));
    let sheet = first_tab(&gunzipped(&call.send().await.expect(200).body));
    let keys = sheet.texts(3);
    assert_eq!(keys[3..5], ["size", "label"]);
    // What can't be filled in has no column.
    assert!(!keys.contains(&"weight".to_owned()) && !keys.contains(&"story".to_owned()));
}
