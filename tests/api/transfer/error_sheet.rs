//! `GET /api/tool/Transaction/[id]/errors.xlsx`: the failed rows, to be corrected and loaded.

use calamine::Data;
use serde_json::{Value, json};

use super::{
    files::{export_all, file_name, first_tab, part},
    loading::{cells, told, workbook},
    things::{THINGS, add_all, with_things},
};

#[tokio::test]
async fn failed_rows_come_back_in_their_own_layout_and_can_be_corrected() {
    let (app, place, _dir) = with_things().await;
    let things: Vec<Value> =
        (0..8).map(|n| json!({ "label": format!("t{n}"), "size": n })).collect();
    add_all(&app, &place, &things).await;
    for (format, keys) in [("raw_xlsx", 0), ("xlsx", 3)] {
        let file = export_all(&app, THINGS, format).await;
        let tab = first_tab(&file.body);
        let mut rows = cells(&tab);
        let names = tab.texts(keys);
        let column = |name: &str| names.iter().position(|key| key == name).unwrap();
        for at in [1, 3, 4, 6, 7] {
            rows[keys + 1 + at][column("size")] = json!("wrong");
            rows[keys + 1 + at][column("story")] = json!(format!("told by {format}"));
        }
        let path = format!("{THINGS}import/?hierarchy={}", place.pkid);
        let (href, record) = app.loaded(&path, &workbook(&tab.name, &rows)).await;
        assert_eq!(record["counts"]["failed"], 5);

        let answer = app.get(&format!("{href}/errors.xlsx")).await.expect(200);
        assert_eq!(file_name(&answer), "data_Thing_errors_2026-01-31_09-30-00.xlsx");
        let errors = first_tab(&answer.body);
        assert_eq!(errors.rows.len(), keys + 1 + 5, "{format}");
        assert_eq!(errors.texts(keys)[0], "@error");
        // Its own columns in their own order.
        assert_eq!(errors.texts(keys)[1..], names);
        let told_there = errors.cell(keys, keys + 1, "@error").to_string();
        assert_eq!(told_there, "Size must be a whole number.");
        assert_eq!(*errors.cell(keys, keys + 2, "size"), Data::String("wrong".to_owned()));
        let pkid = if format == "xlsx" { "@pkid" } else { "pkid" };
        assert_eq!(
            errors.cell(keys, keys + 2, pkid).to_string(),
            rows[keys + 1 + 3][1].as_str().unwrap()
        );
        let styles = part(&answer.body, "xl/styles.xml");
        assert!(styles.contains("FFFECDCA"), "wrong cells have a colour: {styles}");

        // As it is, it fails again: what it says of errors isn't loaded.
        let (_, record) = app.loaded(&path, &answer.body).await;
        assert_eq!(record["counts"]["failed"], 5, "{record}");
        // Corrected, it is loaded.
        let mut rows = cells(&errors);
        let names = errors.texts(keys);
        let column = names.iter().position(|key| key == "size").unwrap();
        for row in &mut rows[keys + 1..] {
            row[column] = json!(9);
        }
        let path = format!("{path}&mode=all_or_nothing");
        let (_, record) = app.loaded(&path, &workbook(&errors.name, &rows)).await;
        assert_eq!(record["status"], "Success", "{record}");
        let found =
            format!("{THINGS}?filter_field=story&filter_text=told by {format}").replace(' ', "%20");
        assert_eq!(app.get(&found).await.json()["pagination"]["total"], 5);
    }
}

#[tokio::test]
async fn secrets_are_not_in_it() {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?hierarchy={}", place.pkid);
    let sheet = workbook(
        "x",
        &[
            vec![json!("label"), json!("pin"), json!("size")],
            vec![json!("a"), json!("4711-secret"), json!("wrong")],
        ],
    );
    let plain = json!({ "resources": [{ "data": { "label": "a", "pin": "4711-secret", "size": "wrong",
        "inner": { "key": "4711-secret", "code": "" }, "tags": ["t"], "story": null } }] });
    for file in
        [sheet, plain.to_string().into_bytes(), b"label,pin,size\na,4711-secret,wrong\n".to_vec()]
    {
        let (href, record) = app.loaded(&path, &file).await;
        assert_eq!(record["counts"]["failed"], 1);
        let answer = app.get(&format!("{href}/errors.xlsx")).await.expect(200);
        let tab = first_tab(&answer.body);
        assert!(!tab.rows.iter().flatten().any(|cell| cell.to_string().contains("4711")));
        let error = tab.cell(0, 1, "@error").to_string();
        assert!(error.contains("type again: Pin"), "{error}");
        assert_eq!(*tab.cell(0, 1, "label"), Data::String("a".to_owned()));
        assert!(!record.to_string().contains("4711"));
    }
}

#[tokio::test]
async fn rows_of_json_are_told_by_their_position() {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?hierarchy={}", place.pkid);
    let file = json!({
        "meta": { "model_type": "data/Thing" },
        "resources": [
            { "data": { "label": "a" } },
            { "data": { "size": 1 } },
            { "meta": { "action": "sometimes" }, "data": { "label": "b" } },
            { "meta": { "pkid": 7 }, "data": { "label": "c" } },
            { "data": { "label": "d", "tokn": 1, "size": null, "story": "" } },
            7,
            { "data": [] },
        ]
    });
    let (href, record) = app.loaded(&path, file.to_string().as_bytes()).await;
    assert_eq!(
        told(&record),
        [
            "1 add Success",
            "2 add Fail Label /label",
            "3 add Fail action",
            "4 add Fail pkid",
            "5 add Fail tokn /tokn",
            "6 add Fail , Label /label",
            "7 add Fail data, Label /label"
        ]
    );
    let tab = first_tab(&app.get(&format!("{href}/errors.xlsx")).await.expect(200).body);
    assert_eq!(tab.rows.len(), 7);
    assert_eq!(*tab.cell(0, 4, "size"), Data::String("<clear>".to_owned()));
}
