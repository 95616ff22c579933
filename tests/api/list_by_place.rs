//! Lists in the order of their instances' places, page by page.

use serde_json::{Value, json};

use super::list::names;
use crate::support::{Place, SPARK, TestApp};

const ORDERED: &str = "order_by=hierarchy_friendly_name";

/// Customers whose names sort before and behind the dots of other paths, with their instances in no
/// order: place and name of each, as they were made.
async fn with_instances() -> (TestApp, Vec<(String, String)>) {
    let app = TestApp::start().await;
    let provider = app.provider("Prov").await;
    let mut places: Vec<Place> = Vec::new();
    for above in ["B", "A", "A-b", "A_b", "empty"] {
        let reseller = app.reseller(&provider, above).await;
        for name in ["n", "m", "M-1"] {
            let name = format!("{name} {above}");
            places.push(app.customer(&reseller, &name).await);
        }
    }
    places.truncate(12);
    let mut made = Vec::new();
    for number in 0..40 {
        let place = &places[number * 7 % places.len()];
        let name = format!("{} {number}", if number % 3 == 0 { "third" } else { "other" });
        app.spark(place, &json!({ "name": name })).await;
        made.push((place.path.clone(), name));
    }
    (app, made)
}

/// The names of those that fit, in the order of their paths.
fn expected(
    made: &[(String, String)],
    direction: &str,
    fits: impl Fn(&str, &str) -> bool,
) -> Vec<String> {
    let mut rows: Vec<(String, usize, &String)> = made
        .iter()
        .enumerate()
        .filter(|(_, (path, name))| fits(path, name))
        .map(|(at, (path, name))| (path.to_lowercase(), at, name))
        .collect();
    rows.sort();
    if direction == "desc" {
        rows.reverse();
    }
    rows.into_iter().map(|(_, _, name)| name.clone()).collect()
}

#[tokio::test]
async fn every_page_follows_the_paths() {
    let (app, made) = with_instances().await;
    for direction in ["asc", "desc"] {
        for place in ["sys", "sys.Prov", "sys.Prov.A", "sys.Prov.A-b", "sys.Prov.empty"] {
            let below = format!("{place}.");
            for (filter, text) in [("", ""), ("&filter_field=name&filter_text=ird", "ird")] {
                let all = expected(&made, direction, |path, name| {
                    path.starts_with(&below) && name.contains(text)
                });
                for skip in (0..=all.len() + 1).step_by(3) {
                    let query = format!(
                        "{ORDERED}&direction={direction}&hierarchy={place}{filter}&skip={skip}&limit=4"
                    );
                    let page = app.get(&format!("{SPARK}?{query}")).await.expect(200).json();
                    let rows: Vec<&String> = all.iter().skip(skip).take(4).collect();
                    assert_eq!(names(&page).iter().collect::<Vec<_>>(), rows, "{query}");
                    assert_eq!(page["pagination"]["total"], all.len(), "{query}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_stands_at_a_node_and_above_it_follows_the_paths_too() {
    let (app, made) = with_instances().await;
    for direction in ["asc", "desc"] {
        let at = "sys.Prov.A.M-1 A";
        let hierarchy = at.replace(' ', "%20");
        let all = expected(&made, direction, |path, _| path == at);
        assert!(!all.is_empty());
        for traversal in ["local", "up"] {
            let path = format!(
                "{SPARK}?{ORDERED}&direction={direction}&hierarchy={hierarchy}&traversal={traversal}"
            );
            let page = app.get(&path).await.expect(200).json();
            assert_eq!(names(&page), all, "{path}");
        }
    }
}

#[tokio::test]
async fn instances_at_places_that_differ_in_their_case_alone_come_as_they_were_made() {
    let app = TestApp::start().await;
    let provider = app.provider("Prov").await;
    let mut places = Vec::new();
    for name in ["Same", "SAME", "same"] {
        places.push(app.customer(&provider, name).await);
    }
    let mut made: Vec<String> = Vec::new();
    for number in 0..9 {
        let name = format!("of {number}");
        app.spark(&places[number * 2 % 3], &json!({ "name": name })).await;
        made.push(name);
    }
    for skip in 0..9 {
        let path = format!("{SPARK}?{ORDERED}&skip={skip}&limit=2");
        let page: Value = app.get(&path).await.expect(200).json();
        assert_eq!(names(&page), made[skip..(skip + 2).min(9)], "{path}");
    }
}
