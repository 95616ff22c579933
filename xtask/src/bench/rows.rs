//! The rows that every program under measurement is given: ten fields, always the same.

use serde_json::{Value, json};

const FIRST: [&str; 12] =
    ["Ada", "Ben", "Cleo", "Eva", "Finn", "Gina", "Hugo", "Ines", "Mira", "Nils", "Olga", "Zoe"];
const LAST: [&str; 10] =
    ["Abel", "Bauer", "Conrad", "Engel", "Fuchs", "Graf", "Kern", "Neumann", "Richter", "Vogel"];
const CITIES: [&str; 7] = ["Berlin", "Bremen", "Cologne", "Delft", "Prague", "Vienna", "Zurich"];

/// The names of the fields, in the order of `csv`.
pub const FIELDS: [&str; 10] =
    ["name", "email", "phone", "company", "street", "city", "country", "notes", "active", "vip"];

/// A create, for load: `@N@` becomes another number each time.
pub fn template() -> Value {
    json!({
        "name": "New, Row @N@", "email": "row.@N@@example.com", "phone": "+49 30 1234567",
        "company": "Row GmbH", "street": "Rowstrasse 1", "city": "Berlin", "country": "DE",
        "notes": "made under load", "active": true, "vip": false,
    })
}

pub fn row(number: usize) -> Value {
    // Steps that share no factor with the lists' lengths, so that names come in no order.
    let first = FIRST[number * 7 % FIRST.len()];
    let last = LAST[number * 7919 % 97 % LAST.len()];
    let city = CITIES[number * 5 % CITIES.len()];
    json!({
        "name": format!("{last}, {first} {number:07}"),
        "email": format!("{first}.{last}.{number}@example.com").to_lowercase(),
        "phone": format!("+49 30 {}", 1_000_000 + number * 7919 % 9_000_000),
        "company": format!("{last} {city} GmbH"),
        "street": format!("{last}strasse {}", number * 31 % 200 + 1),
        "city": city,
        "country": "DE",
        "notes": format!("customer {number} since {}", 1990 + number % 36),
        "active": !number.is_multiple_of(5),
        "vip": number.is_multiple_of(10),
    })
}

/// A line a row, as JSON.
pub fn lines(rows: usize) -> String {
    (0..rows).map(|number| format!("{}\n", row(number))).collect()
}

/// The row's values separated by commas. None has a quotation mark in it.
pub fn csv(number: usize) -> String {
    let row = row(number);
    let values: Vec<String> = FIELDS.iter().map(|field| row[field].to_string()).collect();
    values.join(",")
}
