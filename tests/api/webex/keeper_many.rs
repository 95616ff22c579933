//! Many customers at once: five hundred whose tokens fall due within one hour, while Webex is
//! overloaded.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenantry::webex::simulator::Organization;

use super::{
    Stage,
    keeper::{ACCESS_TOKEN, DAY, HOUR, pasted, tick},
};
use crate::support::{SPARK, TestApp};

const CUSTOMERS: usize = 500;

fn uuid(number: usize) -> String {
    format!("{number:08x}-3dcc-11e5-a152-fe34819cdc9a")
}

/// Each customer's name and when its access token lapses.
async fn lapses(app: &TestApp) -> BTreeSet<(String, String)> {
    let list = app.get(&format!("{SPARK}?limit=2000")).await.expect(200).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = list["resources"].as_array().unwrap().iter();
    rows.map(|row| (text(&row["data"]["name"]), text(&row["data"]["access_token_expires"])))
        .collect()
}

#[tokio::test]
async fn five_hundred_customers_are_refreshed_within_their_hour_by_an_overloaded_webex() {
    let organizations = (0..CUSTOMERS)
        .map(|n| Organization::sample(&uuid(n), &format!("O{n}"), "o.example", "a@o.example", 1))
        .collect();
    let stage = Stage::start_with(organizations, |_| {}).await;
    let place = stage.app.tenant().await;
    let mut hrefs = Vec::new();
    for number in 0..CUSTOMERS {
        let more = json!({
            "name": format!("C{number:03}"),
            "access_token_expires": "2026-02-14T00:00:00Z",
        });
        hrefs.push(pasted(&stage, &place, &uuid(number), more).await);
        if number % 50 == 49 {
            // Their first refreshes fall into one hour.
            tick(&stage.app).await;
            stage.app.clock.advance(HOUR / 10);
        }
    }
    let before = lapses(&stage.app).await;
    assert_eq!(before.len(), CUSTOMERS);
    let calls = stage.simulator.calls(ACCESS_TOKEN);
    assert_eq!(calls, CUSTOMERS as u64);

    stage.simulator.set(|settings| {
        settings.one_in_429 = 5;
        settings.one_in_500 = 50;
    });
    stage.app.clock.advance(7 * DAY - HOUR);
    for _ in 0..120 {
        tick(&stage.app).await;
        stage.app.clock.advance(60);
    }
    let after = lapses(&stage.app).await;
    assert_eq!(after.len(), CUSTOMERS);
    assert_eq!(before.intersection(&after).count(), 0, "each was refreshed");
    assert_eq!(stage.simulator.most_refreshes_at_once(), 1);
    let made = stage.simulator.calls(ACCESS_TOKEN) - calls;
    // One in five came to nothing: a quarter more were made, and none beside them.
    let most = (CUSTOMERS * 13 / 10) as u64;
    assert!((CUSTOMERS as u64 * 12 / 10..most).contains(&made), "{made} calls");
    for href in hrefs {
        let answer = stage.app.get(&href).await.expect(200).json();
        assert_eq!(answer["meta"]["connection"]["state"], "healthy", "{answer}");
    }
}
