//! The record of a change that was made. What was there before and after goes into it as it is stored.

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    Action, Counts, FAIL, Filing, INFO, SUCCESS, Ticket, data_of, log_line, put, save, stored,
    text_of, unreadable,
};
use crate::{
    domain::{App, Caller},
    fault::Fault,
    store::{Node, WriteTx},
};

/// A change that was made, to be recorded.
pub struct Change<'a> {
    pub action: Action,
    pub model_type: &'a str,
    pub href: &'a str,
    /// The node it is filed under.
    pub node: &'a Node,
    pub message: String,
    /// The plain JSON before and after, secrets masked.
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    /// Lines for what before and after can't show, e.g. that a secret was replaced.
    pub log: Vec<String>,
    /// Of a change that has items of its own, each of which may fail: then the record says `Fail`.
    pub counts: Option<Counts>,
}

/// The record, in its order.
#[derive(Serialize)]
struct Recorded<'a> {
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
    progress: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    sub_transactions: [(); 0],
    log: Vec<Value>,
}

impl Recorded<'_> {
    /// Completes the record of what was asked for: it keeps the moment of that, its rows and its log,
    /// to which lines are added.
    fn complete(&self, id: &str, data: &mut Map<String, Value>) -> Result<(), Fault> {
        let made = serde_json::to_value(self).map_err(|error| unreadable(id, &error))?;
        let Value::Object(made) = made else { return Err(Fault::internal()) };
        for (name, value) in made {
            match (name.as_str(), data.get_mut(&name), value) {
                ("submitted" | "sub_transactions", Some(_), _) => {}
                ("log", Some(Value::Array(log)), Value::Array(lines)) => log.extend(lines),
                (_, _, value) => {
                    data.insert(name, value);
                }
            }
        }
        Ok(())
    }
}

fn raw<'a>(href: &str, text: Option<&'a str>) -> Result<Option<&'a RawValue>, Fault> {
    text.map(serde_json::from_str).transpose().map_err(|error| unreadable(href, &error))
}

/// Writes the record of a change that was made.
pub fn record(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    ticket: &Ticket,
    change: &Change<'_>,
) -> Result<(), Fault> {
    if ticket.filing == Filing::Nothing {
        return Ok(());
    }
    let completed = app.env.now_text();
    let failed = change.counts.is_some_and(|counts| counts.failed > 0);
    let total = change.counts.map_or(1, |counts| counts.total);
    let recorded = Recorded {
        status: if failed { FAIL } else { SUCCESS },
        action: change.action.as_str(),
        model_type: change.model_type,
        href: change.href,
        username: &caller.username,
        hierarchy: &change.node.path,
        submitted: &ticket.now,
        started: &ticket.now,
        completed: &completed,
        message: &change.message,
        progress: json!({ "done": total, "total": total }),
        counts: change.counts,
        before: raw(change.href, change.before)?,
        after: raw(change.href, change.after)?,
        parent: ticket.parent.as_deref(),
        sub_transactions: [],
        log: change.log.iter().map(|line| log_line(&completed, INFO, line)).collect(),
    };
    if ticket.filing == Filing::Complete {
        let stored = stored(tx, &ticket.id)?;
        let mut data = data_of(&stored)?;
        recorded.complete(&ticket.id, &mut data)?;
        return save(tx, &stored, &data, &completed);
    }
    let text = text_of(&ticket.id, &recorded)?;
    put(tx, &ticket.id, change.node, &ticket.now, &text)?;
    Ok(tx.chain_ended(&ticket.id, &ticket.now, &text)?)
}
