//! Sheets that other programs have opened and saved: what they read of ours, and write, is what it
//! was. The files are formatted exports of `things::awkward`, saved by openpyxl 3.1 and then by
//! `LibreOffice` 7.4, with neither pkids nor places.

use serde_json::{Map, Value, json};

use super::{
    files::{export_all, first_tab},
    loading::{cells, told},
    things::{THINGS, add_all, awkward, with_things},
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

/// What each cell of an instance's row holds, by key. Choices stand by their titles in formatted
/// sheets.
fn cells_of(thing: &Value, formatted: bool) -> Map<String, Value> {
    let mut cells = Map::new();
    spread(thing, "", &mut cells);
    for secret in ["pin", "inner.key"] {
        cells.shift_remove(secret);
    }
    if formatted && let Some(colour) = cells.get_mut("colour") {
        *colour = json!(if *colour == "red" { "Deep red, almost brown" } else { "Sky blue" });
    }
    cells
}

fn spread(value: &Value, at: &str, cells: &mut Map<String, Value>) {
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    match value {
        // Whatever they hold is one text of JSON.
        value if ["open", "any"].contains(&at) => {
            cells.insert(at.to_owned(), json!(value.to_string()));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| spread(value, &below(name), cells));
        }
        Value::Array(entries) => {
            let numbered = entries.iter().enumerate();
            numbered.for_each(|(n, value)| spread(value, &below(&n.to_string()), cells));
        }
        Value::String(text) if text.is_empty() => {}
        // More digits than a number's cell keeps.
        Value::Number(n) if n.as_i64().is_some_and(|n| n.unsigned_abs() > 1 << 53) => {
            cells.insert(at.to_owned(), json!(n.to_string()));
        }
        Value::Number(n) => {
            cells.insert(at.to_owned(), json!(n.as_f64()));
        }
        value => {
            cells.insert(at.to_owned(), value.clone());
        }
    }
}

/// `cargo xtask test --only sheets` has these sheets read by the programs themselves.
#[tokio::test]
async fn what_other_programs_are_given() {
    let (app, place, _dir) = with_things().await;
    let mut things = awkward();
    // openpyxl doesn't undo the escape of what looks like one.
    things[2]["story"] = json!("<b>&amp;</b> \"a\",b;c");
    let pkids = add_all(&app, &place, &things).await;
    let mut expected = Map::new();
    let folder = std::env::var_os("TENANTRY_SHEETS").map(std::path::PathBuf::from);
    for (name, format, keys) in [("raw.xlsx", "raw_xlsx", 1), ("formatted.xlsx", "xlsx", 4)] {
        let rows = things.iter().zip(&pkids).map(|(thing, pkid)| {
            let mut cells = cells_of(thing, keys == 4);
            let sign = if keys == 4 { "@" } else { "" };
            cells.insert(format!("{sign}pkid"), json!(pkid));
            cells.insert(format!("{sign}hierarchy"), json!(place.path));
            cells
        });
        let rows: Vec<Map<String, Value>> = rows.collect();
        let file = export_all(&app, THINGS, format).await;
        let tab = first_tab(&file.body);
        let names = tab.texts(keys - 1);
        // In the order of the list.
        let found: Vec<Map<String, Value>> = cells(&tab)[keys..]
            .iter()
            .map(|row| {
                let set = names.iter().zip(row).filter(|(_, value)| !value.is_null());
                set.map(|(name, value)| (name.clone(), value.clone())).collect()
            })
            .collect();
        let label = |row: &Map<String, Value>| row["label"].to_string();
        let mut sorted = rows.clone();
        sorted.sort_by_key(|row| found.iter().position(|other| label(other) == label(row)));
        assert_eq!(json!(found), json!(sorted), "{format}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(name), &file.body).unwrap();
        }
        expected.insert(name.to_owned(), json!({ "keys": keys, "rows": sorted }));
    }
    if let Some(folder) = folder {
        std::fs::write(folder.join("expected.json"), json!(expected).to_string()).unwrap();
    }
}
