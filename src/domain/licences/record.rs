//! The transaction record of a change that has a row for each item.

use serde_json::Value;

use crate::{
    domain::{
        App, Caller, hierarchy, resources,
        tasks::{self, RowOutcome},
        transactions::{self, Action, Change, Counts, FAIL, SUCCESS, Ticket},
    },
    fault::Fault,
    store::{Node, WriteTx},
};

/// What was done.
pub(super) struct Recorded<'a> {
    pub action: Action,
    /// Whose it is; the record is filed there, and is about its instance.
    pub node: &'a Node,
    /// "Licences of the tenant foo"
    pub what: &'a str,
    pub before: Value,
    pub after: Value,
    /// What became of each item, in words.
    pub rows: Vec<Result<String, String>>,
}

/// Writes the record of a change of licences or packs.
pub(super) fn write(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    ticket: &Ticket,
    recorded: &Recorded<'_>,
) -> Result<(), Fault> {
    let counts = counts(&recorded.rows);
    let href = resources::href(hierarchy::MODEL, &recorded.node.pkid);
    let message = match (counts.succeeded, counts.failed) {
        (done, 0) => format!("{}: {done} set.", recorded.what),
        (done, failed) => format!("{}: {done} set, {failed} refused.", recorded.what),
    };
    // Before the record, which takes no more of them once it is written.
    keep_rows(tx, ticket, &href, &recorded.rows)?;
    transactions::record(
        app,
        tx,
        caller,
        ticket,
        &Change {
            action: recorded.action,
            model_type: hierarchy::MODEL,
            href: &href,
            node: recorded.node,
            message,
            before: Some(&recorded.before.to_string()),
            after: Some(&recorded.after.to_string()),
            log: Vec::new(),
            counts: Some(counts),
        },
    )
}

pub(super) fn counts(rows: &[Result<String, String>]) -> Counts {
    let failed = rows.iter().filter(|row| row.is_err()).count() as u64;
    let total = rows.len() as u64;
    Counts { total, succeeded: total - failed, failed }
}

/// Keeps what became of each item, before the record is written.
pub(super) fn keep_rows(
    tx: &WriteTx<'_>,
    ticket: &Ticket,
    href: &str,
    rows: &[Result<String, String>],
) -> Result<(), Fault> {
    for (position, row) in rows.iter().enumerate() {
        let (status, message) = match row {
            Ok(message) => (SUCCESS, message),
            Err(message) => (FAIL, message),
        };
        let outcome = RowOutcome::item(href, status, message);
        tasks::keep_row(tx, &ticket.id, position as u64, &outcome)?;
    }
    Ok(())
}
