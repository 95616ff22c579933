//! Pages deep in a list, and totals, while others write: what is remembered of a list holds only as
//! long as nothing has changed.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::fuzz::cases;
use crate::support::{NODES, SPARK, TestApp, at};

/// Of few values, some of which are equal to the order, and none.
const EMAILS: [Option<&str>; 5] =
    [None, Some("a@example.com"), Some("A@example.com"), Some("b@example.com"), None];
const SERVICES: &str = "/api/data/Service/";
const ORDERS: [&str; 4] = ["account_email", "dirsync_enabled", "name", "hierarchy_friendly_name"];

#[derive(Clone, Debug)]
enum Step {
    Add(usize),
    Change { which: usize, email: usize },
    Delete(usize),
    Read { order: &'static str, direction: &'static str, filter: &'static str, skip: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let which = || any::<u16>().prop_map(usize::from);
    let read = (
        select(&ORDERS[..]),
        select(vec!["asc", "desc"]),
        select(vec!["", "&filter_field=name&filter_text=1", "&filter_field=name&filter_text=odd"]),
        0..40_usize,
    );
    let read = read.prop_map(|(order, direction, filter, skip)| Step::Read {
        order,
        direction,
        filter,
        skip,
    });
    prop_oneof![
        1 => which().prop_map(Step::Add),
        1 => (which(), which()).prop_map(|(which, email)| Step::Change { which, email }),
        1 => which().prop_map(Step::Delete),
        8 => read,
    ]
}

fn data(number: usize, email: usize) -> Value {
    let kind = if number % 2 == 1 { "odd" } else { "even" };
    let mut data = json!({ "name": format!("{} {kind} {number}", number % 3) });
    if let Some(email) = EMAILS[email % EMAILS.len()] {
        data["account_email"] = email.into();
    }
    if !number.is_multiple_of(3) {
        data["dirsync_enabled"] = (number % 3 == 1).into();
    }
    data
}

fn rows(page: &Value) -> Vec<Value> {
    let rows = page["resources"].as_array().unwrap();
    rows.iter().map(|row| row["meta"]["references"]["self"][0]["pkid"].clone()).collect()
}

#[tokio::test]
async fn every_page_is_a_part_of_the_list_as_it_is() {
    let app = TestApp::start().await;
    let provider = app.provider("Prov").await;
    let places = [app.customer(&provider, "One").await, app.customer(&provider, "Two").await];
    let mut made = Vec::new();
    for number in 0..50 {
        made.push(app.spark(&places[number % 2], &data(number, number / 2)).await);
    }
    for step in cases(250, &step()) {
        match step {
            Step::Add(number) => {
                made.push(app.spark(&places[number % 2], &data(number, number)).await);
            }
            Step::Change { which, email } => {
                let path = format!("{SPARK}{}/", made[which % made.len()]);
                app.put(&path, &data(which, email)).await.expect(200);
            }
            Step::Delete(which) => {
                let pkid = made.swap_remove(which % made.len());
                app.delete(&format!("{SPARK}{pkid}/")).await.expect(200);
            }
            Step::Read { order, direction, filter, skip } => {
                let list = format!("{SPARK}?order_by={order}&direction={direction}{filter}");
                let whole = app.get(&format!("{list}&limit=2000")).await.expect(200).json();
                let whole = rows(&whole);
                // Again, and the one behind it, from what was remembered.
                for skip in [skip, skip, skip + 7] {
                    let path = format!("{list}&skip={skip}&limit=7");
                    let page = app.get(&path).await.expect(200).json();
                    let expected: Vec<Value> = whole.iter().skip(skip).take(7).cloned().collect();
                    assert_eq!(rows(&page), expected, "{path}");
                    assert_eq!(page["pagination"]["total"], whole.len(), "{path}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_node_that_is_gone_leaves_nothing_to_one_of_the_same_number() {
    let app = TestApp::start().await;
    let (few, many) = (app.provider("Few").await, app.provider("Many").await);
    for (place, count) in [(&few, 2), (&many, 5)] {
        for number in 0..count {
            let service = json!({ "family": "user", "name": format!("Odd {number}") });
            app.post(&at(SERVICES, place), &service).await.expect(201);
        }
    }
    // Of one entry, so that the total has to be counted.
    let list = "traversal=up&filter_field=name&filter_text=odd&limit=1";
    for (above, total) in [(&few, 2), (&many, 5)] {
        let place = app.customer(above, "Newest").await;
        for _ in 0..2 {
            let path = format!("{SERVICES}?hierarchy={}&{list}", place.path);
            let page = app.get(&path).await.expect(200).json();
            assert_eq!(page["pagination"]["total"], total, "{}", above.path);
        }
        app.delete(&format!("{NODES}{}/", place.pkid)).await.expect(200);
    }
}
