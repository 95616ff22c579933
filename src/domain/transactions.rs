//! The record that every change leaves: an instance of `tool/Transaction`, written in the same
//! database transaction as the change itself.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{App, Caller};
use crate::{
    fault::Fault,
    store::{NewInstance, Node, WriteTx},
};

pub const MODEL: &str = "tool/Transaction";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Modify,
    Delete,
    BulkDelete,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Modify => "Modify",
            Self::Delete => "Delete",
            Self::BulkDelete => "Bulk Delete",
        }
    }
}

/// A change that was made, to be recorded.
pub struct Change<'a> {
    pub action: Action,
    pub model_type: &'a str,
    /// Of the instance, or of the collection for a bulk call.
    pub href: &'a str,
    /// The node it is filed under.
    pub node: &'a Node,
    pub message: String,
    /// The plain JSON before and after, secrets masked.
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    /// Lines for what before and after can't show, e.g. that a secret was replaced.
    pub log: Vec<String>,
    /// The transaction of the bulk call that this change was a row of.
    pub parent: Option<&'a str>,
    /// The rows of a bulk call.
    pub rows: Vec<SubTransaction>,
}

/// A row of a bulk call.
#[derive(Clone, Debug, Serialize)]
pub struct SubTransaction {
    pub href: String,
    pub status: &'static str,
    pub message: String,
    /// The row's own record, when it changed something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
}

pub const SUCCESS: &str = "Success";
pub const FAIL: &str = "Fail";

/// Rows of a bulk call in all, and by outcome.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Counts {
    pub total: usize,
    pub succeeded: usize,
    pub failed: usize,
}

impl Counts {
    pub fn of(rows: &[SubTransaction]) -> Self {
        let succeeded = rows.iter().filter(|r| r.status == SUCCESS).count();
        Self { total: rows.len(), succeeded, failed: rows.len() - succeeded }
    }
}

#[derive(Serialize)]
struct Record<'a> {
    status: &'a str,
    action: &'a str,
    model_type: &'a str,
    href: &'a str,
    username: &'a str,
    hierarchy: &'a str,
    submitted: &'a str,
    started: &'a str,
    completed: &'a str,
    message: &'a str,
    progress: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    sub_transactions: &'a [SubTransaction],
    log: Vec<LogLine<'a>>,
}

#[derive(Serialize)]
struct Progress {
    done: usize,
    total: usize,
}

#[derive(Serialize)]
struct LogLine<'a> {
    time: &'a str,
    level: &'a str,
    message: &'a str,
}

/// Writes the record of a change under the id it was given, and the time it was asked for.
pub fn record(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    id: &str,
    submitted: &str,
    change: &Change<'_>,
) -> Result<(), Fault> {
    let completed = app.env.now_text();
    let raw = |json: Option<&'_ str>| json.map(serde_json::from_str::<Box<RawValue>>).transpose();
    let unreadable = |error: serde_json::Error| {
        tracing::error!(%error, href = change.href, "an instance's JSON can't be recorded");
        Fault::internal()
    };
    let before = raw(change.before).map_err(unreadable)?;
    let after = raw(change.after).map_err(unreadable)?;
    let counts = (change.action == Action::BulkDelete).then(|| Counts::of(&change.rows));
    let done = counts.map_or(1, |c| c.total);
    let record = Record {
        status: if counts.is_some_and(|c| c.failed > 0) { FAIL } else { SUCCESS },
        action: change.action.as_str(),
        model_type: change.model_type,
        href: change.href,
        username: &caller.username,
        hierarchy: &change.node.path,
        submitted,
        started: submitted,
        completed: &completed,
        message: &change.message,
        progress: Progress { done, total: done },
        counts,
        before: before.as_deref(),
        after: after.as_deref(),
        parent: change.parent,
        sub_transactions: &change.rows,
        log: change
            .log
            .iter()
            .map(|message| LogLine { time: &completed, level: "info", message })
            .collect(),
    };
    let data = serde_json::to_string(&record).map_err(unreadable)?;
    tx.insert_instance(&NewInstance {
        pkid: id,
        model: MODEL,
        node_id: change.node.id,
        created: submitted,
        data: &data,
    })?;
    Ok(())
}
