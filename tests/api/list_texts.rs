//! Texts that lists are filtered by, while the index of texts is anywhere between empty and complete:
//! what is found is compared with what a plain look at every instance finds.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use tenantry::domain::texts;

use super::fuzz::cases;
use crate::support::{Place, SPARK, TestApp, at};

/// What names are made of: letters that grow, shrink or differ by their neighbours when they are put
/// into lower case, quotes and signs that mean something to a database.
const PIECES: [&str; 18] = [
    "Müller",
    "MÜLLER",
    "ΟΔΟΣ",
    "οδός",
    "İstanbul",
    "STRASSE",
    "straße",
    "a\"b",
    "\"\"\"",
    "100%_",
    "it's",
    "Ab",
    "abc",
    "ABCD",
    "NEAR",
    "AND OR",
    "𝄞𝄞𝄞",
    "日本語",
];
const CONDITIONS: [&str; 6] =
    ["contains", "startswith", "endswith", "equals", "notcontain", "notequal"];

#[derive(Clone, Debug)]
enum Step {
    Add {
        name: String,
        place: usize,
    },
    Rename {
        which: usize,
        name: String,
    },
    Move {
        which: usize,
        place: usize,
    },
    Delete {
        which: usize,
    },
    /// The index takes in what was written.
    TakeIn,
    Ask(Question),
}

#[derive(Clone, Debug)]
struct Question {
    /// The search box asks all of the list.
    field: Option<&'static str>,
    condition: &'static str,
    ignore_case: bool,
    /// Of a name that is there, where it is long enough.
    of: usize,
    from: usize,
    length: usize,
    piece: &'static str,
    order: &'static str,
    place: usize,
}

struct Row {
    pkid: String,
    name: String,
    place: usize,
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PIECES[..]), 1..4).prop_map(|pieces| pieces.concat())
}

fn step() -> impl Strategy<Value = Step> {
    let question = (
        select(vec![None, Some("name"), Some("name"), Some("hierarchy_friendly_name")]),
        select(&CONDITIONS[..]),
        any::<bool>(),
        (any::<u16>(), 0..12_usize, 1..8_usize),
        select(&PIECES[..]),
        select(vec!["name", "account_email", "hierarchy_friendly_name"]),
        0..3_usize,
    );
    let question =
        question.prop_map(|(field, condition, ignore_case, cut, piece, order, place)| Question {
            field,
            condition,
            ignore_case,
            of: usize::from(cut.0),
            from: cut.1,
            length: cut.2,
            piece,
            order,
            place,
        });
    let which = || any::<u16>().prop_map(usize::from);
    prop_oneof![
        2 => (name(), 0..2_usize).prop_map(|(name, place)| Step::Add { name, place }),
        2 => (which(), name()).prop_map(|(which, name)| Step::Rename { which, name }),
        1 => (which(), 0..2_usize).prop_map(|(which, place)| Step::Move { which, place }),
        1 => which().prop_map(|which| Step::Delete { which }),
        3 => Just(Step::TakeIn),
        12 => question.prop_map(Step::Ask),
    ]
}

impl Question {
    fn text(&self, rows: &[Row]) -> String {
        let name = &rows[self.of % rows.len()].name;
        let cut: String = name.chars().skip(self.from).take(self.length).collect();
        if cut.trim().is_empty() { self.piece.to_owned() } else { cut }
    }

    /// Whether a look at the values finds it.
    fn fits(&self, text: &str, values: &[&str]) -> bool {
        let fold = |text: &str| {
            if self.ignore_case { text.to_lowercase() } else { text.to_owned() }
        };
        let text = fold(text);
        values.iter().map(|value| fold(value)).any(|value| match self.condition {
            "contains" => value.contains(&text),
            "startswith" => value.starts_with(&text),
            "endswith" => value.ends_with(&text),
            "equals" => value == text,
            "notcontain" => !value.contains(&text),
            _ => value != text,
        })
    }

    fn path(&self, text: &str, places: &[Place]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("order_by", self.order);
        if let Some(place) = places.get(self.place) {
            query.append_pair("hierarchy", &place.path);
        }
        match self.field {
            Some(field) => query
                .append_pair("filter_field", field)
                .append_pair("filter_text", text)
                .append_pair("filter_condition", self.condition)
                .append_pair("ignore_case", &self.ignore_case.to_string()),
            None => query.append_pair("search", text),
        };
        format!("{SPARK}?{}", query.finish())
    }
}

async fn take_in(app: &TestApp) {
    while texts::take_in(&app.app).await.unwrap() {}
}

fn pkids(page: &Value) -> Vec<String> {
    let rows = page["resources"].as_array().unwrap();
    let pkid = |row: &Value| row["meta"]["references"]["self"][0]["pkid"].as_str().unwrap().into();
    let mut pkids: Vec<String> = rows.iter().map(pkid).collect();
    pkids.sort();
    pkids
}

async fn ask(app: &TestApp, question: &Question, rows: &[Row], places: &[Place]) {
    let text = question.text(rows);
    let question = match question.field {
        // The search box contains, whatever the case, and takes no spaces around.
        None => &Question { condition: "contains", ignore_case: true, ..question.clone() },
        Some(_) => question,
    };
    let text = if question.field.is_none() { text.trim() } else { &text };
    let mut expected: Vec<String> = rows
        .iter()
        .filter(|row| question.place >= places.len() || question.place == row.place)
        .filter(|row| {
            let place = places[row.place].path.as_str();
            let values: &[&str] = match question.field {
                Some("name") => &[&row.name],
                Some(_) => &[place],
                None => &[&row.name, place],
            };
            question.fits(text, values)
        })
        .map(|row| row.pkid.clone())
        .collect();
    expected.sort();
    let path = question.path(text, places);
    let page = app.get(&format!("{path}&limit=2000")).await.expect(200).json();
    assert_eq!(pkids(&page), expected, "{path}");
    // Page by page, with a total that the page doesn't say.
    let mut seen = Vec::new();
    for skip in (0..expected.len()).step_by(7) {
        let page = app.get(&format!("{path}&skip={skip}&limit=7")).await.expect(200).json();
        assert_eq!(page["pagination"]["total"], expected.len(), "{path}");
        seen.extend(pkids(&page));
    }
    seen.sort();
    assert_eq!(seen, expected, "{path}");
}

#[tokio::test]
async fn a_text_is_found_wherever_it_is_however_far_the_index_has_come() {
    let app = TestApp::start().await;
    let provider = app.provider("Prov").await;
    let places =
        [app.customer(&provider, "Near-abc").await, app.customer(&provider, "Strasse").await];
    let mut rows: Vec<Row> = Vec::new();
    for (number, name) in cases(80, &name()).enumerate() {
        let place = number % 2;
        let pkid = app.spark(&places[place], &json!({ "name": name })).await;
        rows.push(Row { pkid, name, place });
    }
    take_in(&app).await;
    for step in cases(400, &step()) {
        match step {
            Step::Add { name, place } => {
                let pkid = app.spark(&places[place], &json!({ "name": name })).await;
                rows.push(Row { pkid, name, place });
            }
            Step::Rename { which, name } => {
                let at = which % rows.len();
                let path = format!("{SPARK}{}/", rows[at].pkid);
                app.put(&path, &json!({ "name": name })).await.expect(200);
                rows[at].name = name;
            }
            Step::Move { which, place } => {
                let at = which % rows.len();
                let row = &mut rows[at];
                if row.place != place {
                    let path = format!(
                        "/api/tool/DataMove/?model_type=relation/SparkCustomer&context_hierarchy={}",
                        places[place].path
                    );
                    let body = json!({ "hrefs": [format!("{SPARK}{}", row.pkid)] });
                    app.post(&path, &body).await.expect(200);
                    row.place = place;
                }
            }
            Step::Delete { which } if rows.len() > 40 => {
                let row = rows.swap_remove(which % rows.len());
                app.delete(&format!("{SPARK}{}/", row.pkid)).await.expect(200);
            }
            Step::Delete { .. } => {}
            Step::TakeIn => take_in(&app).await,
            Step::Ask(question) => ask(&app, &question, &rows, &places).await,
        }
    }
}

#[tokio::test]
async fn an_id_that_is_given_again_is_found_by_its_new_text() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for number in 0..30 {
        app.spark(&place, &json!({ "name": format!("Other {number}") })).await;
    }
    let last = app.spark(&place, &json!({ "name": "Former" })).await;
    take_in(&app).await;
    app.delete(&format!("{SPARK}{last}/")).await.expect(200);
    app.post(&at(SPARK, &place), &json!({ "name": "Present" })).await.expect(201);
    for taken_in in [false, true] {
        if taken_in {
            take_in(&app).await;
        }
        for (text, total) in [("Former", 0), ("esen", 1)] {
            let path = format!("{SPARK}?filter_field=name&filter_text={text}");
            let page = app.get(&path).await.expect(200).json();
            assert_eq!(page["pagination"]["total"], total, "{text} {taken_in}");
        }
    }
}

#[tokio::test]
async fn letters_that_become_others_in_lower_case_are_found_in_any_order() {
    let app = TestApp::start().await;
    let place = app.tenant().await;
    for name in ["\u{130}stanbul", "A\u{212a}elvin", "Istria", "Zagreb"] {
        app.spark(&place, &json!({ "name": name })).await;
    }
    for (text, total) in [("i", 2), ("ak", 1), ("z", 1)] {
        for order in ["name", "hierarchy_friendly_name"] {
            let path = format!(
                "{SPARK}?order_by={order}&filter_field=name&filter_condition=startswith\
                 &filter_text={text}&limit=1"
            );
            let page = app.get(&path).await.expect(200).json();
            assert_eq!(page["pagination"]["total"], total, "{text} by {order}");
        }
    }
}
