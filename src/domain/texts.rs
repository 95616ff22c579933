//! Takes what was written into the index of texts, a little at a time and out of the way: no write waits
//! for the index, and lists look at what it hasn't taken in yet.

use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::{App, rounds::rounds};
use crate::{fault::Fault, store::ReadTx};

/// Instances that are taken in by one write. That takes some milliseconds.
const BATCH: u32 = 200;
/// Between two looks.
const LONGEST: Duration = Duration::from_secs(2);
/// The rest after a write, in times of what it took, where nobody else writes.
const REST: u32 = 1;
/// Where somebody does: the writing connection is theirs.
const REST_OF_WRITERS: u32 = 9;

/// Does so until the program ends.
pub async fn keep_up(app: &App) {
    rounds(app, &Notify::new(), Some(LONGEST), "the index of texts", |app| async move {
        let mut newest = None;
        while !app.tasks.is_stopping() {
            let begin = Instant::now();
            if !take_in(&app).await? {
                break;
            }
            // What is written is recorded by an instance of its own.
            let now = app.store.read_now(newest_instance)?;
            let rest = if newest.replace(now) == Some(now) { REST } else { REST_OF_WRITERS };
            // The rest is what leaves the writing connection to others.
            tokio::time::sleep(begin.elapsed() * rest).await;
        }
        Ok(None)
    })
    .await;
}

fn newest_instance(tx: &ReadTx<'_>) -> Result<Option<i64>, Fault> {
    Ok(tx.newest_instance()?)
}

/// Takes some in; whether there was anything.
pub async fn take_in(app: &App) -> Result<bool, Fault> {
    let pending = |tx: &ReadTx<'_>| -> Result<bool, Fault> { Ok(tx.has_pending_texts()?) };
    if !app.store.read_now(pending)? {
        return Ok(false);
    }
    Ok(app.store.write(|tx| tx.take_in_texts(BATCH)).await? > 0)
}
