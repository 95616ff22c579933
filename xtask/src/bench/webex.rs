//! What syncing many people costs: the test that does it, with more of them and the release build.

use anyhow::Result;

use crate::process;

pub fn run(people: usize) -> Result<()> {
    process::run(
        process::cargo()
            .args(["test", "--release", "--features", "ssr", "--test", "webex"])
            .args(["--", "--exact", "--nocapture", "many::many_people_cost_no_memory"])
            .env("PEOPLE", people.to_string()),
    )
}
