//! How long records are kept: once a day those that are older are removed from the log's beginning,
//! behind a checkpoint from which its chain goes on, and a record of that is left.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    domain::{
        App, PROGRAM,
        rounds::rounds,
        transactions::{self, Action, Happened},
    },
    fault::Fault,
    store::WriteTx,
};

/// Entries that are removed in one write, so that others get at the database in between.
const BATCH: u32 = 2000;
/// Between two removals. Seconds.
const DAY: i64 = 24 * 3600;
/// The longest wait, so that a clock that was set is noticed.
const LONGEST: Duration = Duration::from_hours(1);

/// Removes what is older than the operator wants records to be, until the program is told to end.
pub async fn keep_within(app: &App) {
    if app.settings.keep_transactions.is_none() {
        return;
    }
    let woken = Notify::new();
    // The first removal; the next is due a day after it, whenever it is looked.
    let due = Arc::new(AtomicI64::new(i64::MIN));
    rounds(app, &woken, Some(LONGEST), "old transactions", move |app| {
        let due = Arc::clone(&due);
        async move {
            let now = app.env.now_seconds();
            let next = due.load(Relaxed);
            // A clock that was put back doesn't put it off for longer than a day.
            if now < next && next - now <= DAY {
                return Ok(Some(next));
            }
            remove_old(&app).await?;
            due.store(now + DAY, Relaxed);
            Ok(Some(now + DAY))
        }
    })
    .await;
}

/// Removes what is older; answers how many records that were. What is removed in one write is recorded
/// in it, with the checkpoint that it leaves.
pub async fn remove_old(app: &App) -> Result<u64, Fault> {
    let Some(days) = app.settings.keep_transactions else { return Ok(0) };
    let cutoff = app.env.text_at(app.env.now_seconds() - i64::from(days) * DAY);
    let mut records = 0;
    while !app.tasks.is_stopping() {
        let (app_, cutoff) = (app.clone(), cutoff.clone());
        let Some(removed) = app.store.write(move |tx| batch(&app_, tx, &cutoff)).await? else {
            break;
        };
        records += removed;
    }
    Ok(records)
}

/// Removes some; `None` where nothing is left to be removed.
fn batch(app: &App, tx: &WriteTx<'_>, cutoff: &str) -> Result<Option<u64>, Fault> {
    let Some(pruned) = tx.prune_log(cutoff, BATCH, &app.env.now_text())? else { return Ok(None) };
    let node = tx.root_node()?.ok_or_else(Fault::internal)?;
    let message = format!(
        "{} records from before {cutoff} were removed. The chain goes on after its entry {} with \
         the hash {}.",
        pruned.records, pruned.last, pruned.hash
    );
    let happened = Happened {
        action: Action::RemoveOld,
        model_type: transactions::MODEL,
        href: "",
        username: PROGRAM,
        node: &node,
        message: &message,
    };
    transactions::happened(app, tx, &happened)?;
    Ok(Some(pruned.records))
}
