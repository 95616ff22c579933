//! Sheets that other programs have opened and saved: what they read of ours, and write, is what it
//! was. The files are formatted exports of `things::awkward`, saved by openpyxl 3.1 and then by
//! `LibreOffice` 7.4, with neither pkids nor places.

use serde_json::{Value, json};

use super::{
    loading::told,
    things::{THINGS, awkward, with_things},
};

/// What a sheet keeps of an instance: no secrets, nothing empty, and of line ends only one kind.
fn kept(thing: &Value) -> Value {
    match thing {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !["pin", "key"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), kept(value)))
            .filter(|(_, value)| ![json!(null), json!(""), json!([]), json!({})].contains(value))
            .collect(),
        Value::Array(entries) => entries.iter().map(kept).collect(),
        Value::String(text) => json!(text.replace("\r\n", "\n")),
        // A cell keeps the number, not whether it was written with a point.
        Value::Number(number) if number.as_f64() == Some(3.0) => json!(3),
        other => other.clone(),
    }
}

async fn saved_elsewhere(file: &[u8]) {
    let (app, place, _dir) = with_things().await;
    let path = format!("{THINGS}import/?mode=all_or_nothing&hierarchy={}", place.pkid);
    let (_, record) = app.loaded(&path, file).await;
    assert_eq!(record["status"], "Success", "{:?}", told(&record));
    let list = app.get(&format!("{THINGS}?limit=100&order_by=label")).await.expect(200).json();
    let mut found: Vec<Value> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let mut data = row["data"].clone();
            data.as_object_mut().unwrap().shift_remove("hierarchy_friendly_name");
            kept(&data)
        })
        .collect();
    let mut expected: Vec<Value> = awkward().iter().map(kept).collect();
    for things in [&mut found, &mut expected] {
        things.sort_by_key(|thing| thing["label"].to_string());
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn by_openpyxl() {
    saved_elsewhere(include_bytes!("../../files/things_by_openpyxl.xlsx")).await;
}

#[tokio::test]
async fn by_libreoffice() {
    saved_elsewhere(include_bytes!("../../files/things_by_libreoffice.xlsx")).await;
}
