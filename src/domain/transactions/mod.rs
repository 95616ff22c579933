//! The record that every change leaves: an instance of `tool/Transaction`, written in the same
//! database transaction as the change itself. Work that is queued has its record from the moment
//! it is asked for; [`super::tasks`] carries it on.

mod change;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use self::change::{Change, record};
use super::{
    App, Caller,
    access::{offered, permit},
    resources::{self, Control},
    tasks,
    workflow::Workflow,
};
use crate::{
    fault::{Fault, FaultKind},
    model::Operation,
    store::{NewInstance, Node, REMOVAL, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "tool/Transaction";

pub const QUEUED: &str = "Queued";
pub const IN_PROGRESS: &str = "In Progress";
pub const SUCCESS: &str = "Success";
pub const FAIL: &str = "Fail";

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What the program puts into a new database.
    SetUp,
    Create,
    Modify,
    /// A modification that went back to a former version.
    Restore,
    Delete,
    Move,
    BulkModify,
    /// Services and packs of many users.
    BulkAssign,
    BulkUnassign,
    BulkDelete,
    BulkMove,
    DataImport,
    /// Limits of a tenant or a site.
    SetLicences,
    /// Service packs of a tenant.
    SetServicePacks,
    /// Services and packs of one user.
    Assign,
    Unassign,
    /// Tokens of a Webex customer by its authorise link.
    Authorise,
    /// Those by a refresh.
    RefreshAccessToken,
    /// Webex's roles and licences of a customer, and its users.
    SyncRolesLicences,
    SyncUsers,
    /// What changes nothing, and is recorded all the same ([`super::audit`]).
    LogIn,
    LogInRefused,
    Refused,
    Export,
    /// Records that are older than the operator wants them to be.
    RemoveOld,
    /// What people do with their own accounts.
    ChangePassword,
    CreateApiToken,
    RevokeApiToken,
    SetUpSecondFactor,
    TurnOffSecondFactor,
}

impl Action {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "Set Up",
            Self::Create => "Create",
            Self::Modify => "Modify",
            Self::Restore => "Restore",
            Self::Delete => "Delete",
            Self::Move => "Move",
            Self::BulkModify => "Bulk Modify",
            Self::BulkAssign => "Bulk Assign",
            Self::BulkUnassign => "Bulk Unassign",
            Self::BulkDelete => "Bulk Delete",
            Self::BulkMove => "Bulk Move",
            Self::DataImport => "Data Import",
            Self::SetLicences => "Set Licences",
            Self::SetServicePacks => "Set Service Packs",
            Self::Authorise => "Authorise",
            Self::RefreshAccessToken => "Refresh Access Token",
            Self::SyncRolesLicences => "Sync Webex Teams Roles Licences",
            Self::SyncUsers => "Sync Webex Teams Users",
            Self::Assign => "Assign",
            Self::Unassign => "Unassign",
            Self::LogIn => "Log In",
            Self::LogInRefused => "Log In Refused",
            Self::Refused => "Refused",
            Self::Export => "Export",
            Self::RemoveOld => REMOVAL,
            Self::ChangePassword => "Change Password",
            Self::CreateApiToken => "Create API Token",
            Self::RevokeApiToken => "Revoke API Token",
            Self::SetUpSecondFactor => "Set Up Second Factor",
            Self::TurnOffSecondFactor => "Turn Off Second Factor",
        }
    }

    /// Whether an action of that name is a workflow of a Webex customer, which it is about however
    /// many steps it took.
    pub fn is_of_webex(name: &str) -> bool {
        [Self::Authorise, Self::RefreshAccessToken, Self::SyncRolesLicences, Self::SyncUsers]
            .iter()
            .any(|action| action.as_str() == name)
    }

    /// Whether an action of that name changes nothing.
    pub fn only_happened(name: &str) -> bool {
        [
            Self::LogIn,
            Self::LogInRefused,
            Self::Refused,
            Self::Export,
            Self::RemoveOld,
            Self::ChangePassword,
            Self::CreateApiToken,
            Self::RevokeApiToken,
            Self::SetUpSecondFactor,
            Self::TurnOffSecondFactor,
        ]
        .iter()
        .any(|action| action.as_str() == name)
    }

    /// Whether an action of that name has rows.
    pub fn is_bulk(name: &str) -> bool {
        [
            Self::BulkModify,
            Self::BulkAssign,
            Self::BulkUnassign,
            Self::BulkDelete,
            Self::BulkMove,
            Self::DataImport,
        ]
        .iter()
        .any(|action| action.as_str() == name)
    }
}

/// Under which record a change is filed.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Of the transaction.
    pub id: String,
    /// When the change is made.
    pub now: String,
    /// The transaction of the bulk call that the change is a row of.
    pub parent: Option<String>,
    /// A save that changes nothing leaves no record.
    pub only_changes: bool,
    /// What a modification is called where it is more than that, and what its record says.
    pub telling: Option<(Action, String)>,
    /// Of a modification that goes back to a former version: which, in words.
    pub restored: Option<String>,
    filing: Filing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filing {
    /// The record is made with the change.
    Insert,
    /// It exists since the change was asked for, and is completed.
    Complete,
    /// A trial, which will be undone, or a part of what is recorded as a whole.
    Nothing,
}

impl Ticket {
    /// For a change that is made at once.
    pub fn new(app: &App) -> Self {
        Self {
            id: app.env.transaction_id(),
            now: app.env.now_text(),
            parent: None,
            only_changes: false,
            telling: None,
            restored: None,
            filing: Filing::Insert,
        }
    }

    /// For a modification that is a workflow's: `told` follows the instance's name in the record.
    #[must_use]
    pub fn telling(self, action: Action, told: &str) -> Self {
        Self { telling: Some((action, told.to_owned())), ..self }
    }

    /// For a modification that goes back to what was submitted then, in the transaction `id`.
    #[must_use]
    pub fn restoring(self, submitted: &str, id: &str) -> Self {
        Self { restored: Some(format!("the version of {submitted} (transaction {id})")), ..self }
    }

    /// For the change that a queued transaction asked for.
    pub fn queued(app: &App, id: &str) -> Self {
        Self { id: id.to_owned(), filing: Filing::Complete, ..Self::new(app) }
    }

    /// For a row of a bulk call.
    pub fn row_of(app: &App, parent: &str) -> Self {
        Self { parent: Some(parent.to_owned()), ..Self::new(app) }
    }

    /// For a part of a change that is recorded as a whole, under `whole`.
    pub fn part_of(whole: &Self) -> Self {
        Self { filing: Filing::Nothing, ..whole.clone() }
    }

    /// Whether a transaction asked for the change, whose record tells how it went.
    pub fn is_asked_for(&self) -> bool {
        self.filing == Filing::Complete
    }

    /// For a trial: whoever makes it undoes it.
    pub fn trial(app: &App) -> Self {
        Self { filing: Filing::Nothing, ..Self::new(app) }
    }
}

/// Rows of a bulk call in all, and by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
}

/// What happened and changed nothing.
pub struct Happened<'a> {
    pub action: Action,
    /// Empty, like the href, where it is about none.
    pub model_type: &'a str,
    pub href: &'a str,
    pub username: &'a str,
    /// The node it is filed under.
    pub node: &'a Node,
    pub message: &'a str,
}

/// Writes the record of what happened.
pub fn happened(app: &App, tx: &WriteTx<'_>, happened: &Happened<'_>) -> Result<(), Fault> {
    let now = app.env.now_text();
    let refused = matches!(happened.action, Action::LogInRefused | Action::Refused);
    let data = json!({
        "status": if refused { FAIL } else { SUCCESS },
        "action": happened.action.as_str(),
        "model_type": happened.model_type,
        "href": happened.href,
        "username": happened.username,
        "hierarchy": happened.node.path,
        "submitted": now,
        "started": now,
        "completed": now,
        "message": happened.message,
        "progress": { "done": 1, "total": 1 },
        "sub_transactions": [],
        "log": [],
    });
    let Value::Object(mut data) = data else { return Err(Fault::internal()) };
    for name in ["model_type", "href"] {
        if data.get(name).and_then(Value::as_str) == Some("") {
            data.shift_remove(name);
        }
    }
    insert(tx, &app.env.transaction_id(), happened.node, &now, &data)
}

pub const INFO: &str = "info";
pub const ERROR: &str = "error";

pub fn log_line(time: &str, level: &str, message: &str) -> Value {
    json!({ "time": time, "level": level, "message": message })
}

/// What a transaction is asked to do, before it begins.
pub struct Opening<'a> {
    pub action: Action,
    pub model_type: &'a str,
    /// Of the instance, or of the collection for a bulk call.
    pub href: &'a str,
    pub node: &'a Node,
    pub message: &'a str,
    /// Rows, or 1.
    pub total: u64,
    pub log: Vec<String>,
}

/// Writes the record of what is to be done later.
pub fn open(
    tx: &WriteTx<'_>,
    caller: &Caller,
    id: &str,
    now: &str,
    opening: &Opening<'_>,
) -> Result<(), Fault> {
    let log: Vec<Value> = opening.log.iter().map(|line| log_line(now, INFO, line)).collect();
    let data = json!({
        "status": QUEUED,
        "action": opening.action.as_str(),
        "model_type": opening.model_type,
        "href": opening.href,
        "username": caller.username,
        "hierarchy": opening.node.path,
        "submitted": now,
        "message": opening.message,
        "progress": { "done": 0, "total": opening.total },
        "sub_transactions": [],
        "log": log,
    });
    let Value::Object(data) = data else { return Err(Fault::internal()) };
    insert(tx, id, opening.node, now, &data)
}

/// The record of a transaction, whoever may see it.
pub fn stored(tx: &ReadTx<'_>, id: &str) -> Result<Stored, Fault> {
    tx.instance_unscoped(MODEL, id)?.ok_or_else(|| {
        tracing::error!(id, "a transaction has no record");
        Fault::internal()
    })
}

/// The record of a transaction that the caller can see, without what became of its rows, of which there
/// may be very many: for those who ask again and again how far it is.
pub fn seen(app: &App, caller: &Caller, id: &str) -> Result<Map<String, Value>, Fault> {
    let model = app.model(MODEL)?;
    offered(&model, Operation::Get)?;
    app.store.read_now(|tx| {
        let stored = resources::get_in(tx, caller.node.id, &model, id)?;
        permit(caller, &model, Operation::Get)?;
        data_of(&stored)
    })
}

pub fn data_of(stored: &Stored) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&stored.data).map_err(|error| unreadable(&stored.pkid, &error))
}

/// Changes the record of a transaction that is under way, and answers it as it is then.
pub fn amend(
    tx: &WriteTx<'_>,
    id: &str,
    now: &str,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Result<Map<String, Value>, Fault> {
    let record = stored(tx, id)?;
    let mut data = data_of(&record)?;
    change(&mut data);
    save(tx, &record, &data, now)?;
    Ok(data)
}

/// Adds a line to the record of a transaction that has ended, which itself stays as it is.
pub fn note_after_end(
    tx: &WriteTx<'_>,
    id: &str,
    now: &str,
    level: &str,
    message: &str,
) -> Result<(), Fault> {
    Ok(tx.note_ended(id, now, &log_line(now, level, message).to_string())?)
}

/// Puts the lines into a record's log that came after its end.
pub fn with_notes(tx: &ReadTx<'_>, stored: &mut Stored) -> Result<(), Fault> {
    let notes = tx.notes_of(&stored.pkid)?;
    if notes.is_empty() {
        return Ok(());
    }
    let mut data = data_of(stored)?;
    if let Value::Array(log) = data.entry("log").or_insert_with(|| json!([])) {
        for note in notes {
            log.push(serde_json::from_str(&note).map_err(|e| unreadable(&stored.pkid, &e))?);
        }
    }
    stored.data = text_of(&stored.pkid, &data)?;
    Ok(())
}

/// Adds a line to a record's log.
pub fn note(data: &mut Map<String, Value>, time: &str, level: &str, message: &str) {
    if let Value::Array(log) = data.entry("log").or_insert_with(|| json!([])) {
        log.push(log_line(time, level, message));
    }
}

/// Whether a record is as it stays.
pub fn has_ended(data: &Map<String, Value>) -> bool {
    let status = data.get("status").and_then(Value::as_str);
    status.is_some_and(|status| [SUCCESS, FAIL].contains(&status))
}

fn text_of(id: &str, data: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(data).map_err(|error| unreadable(id, &error))
}

/// With [`insert`] and [`record`] the only writes of records: the chain of the log hears of each.
fn save(
    tx: &WriteTx<'_>,
    record: &Stored,
    data: &Map<String, Value>,
    now: &str,
) -> Result<(), Fault> {
    let text = text_of(&record.pkid, data)?;
    if text == record.data {
        return Ok(());
    }
    tx.update_instance(record.id, &text, now)?;
    if has_ended(data) {
        tx.chain_ended(&record.pkid, now, &text)?;
    }
    Ok(())
}

fn insert(
    tx: &WriteTx<'_>,
    id: &str,
    node: &Node,
    now: &str,
    data: &Map<String, Value>,
) -> Result<(), Fault> {
    let text = text_of(id, data)?;
    put(tx, id, node, now, &text)?;
    if has_ended(data) {
        tx.chain_ended(id, now, &text)?;
    } else {
        tx.chain_asked(id, now, data)?;
    }
    Ok(())
}

fn put(tx: &WriteTx<'_>, id: &str, node: &Node, now: &str, text: &str) -> Result<(), Fault> {
    tx.insert_instance(&NewInstance {
        pkid: id,
        model: MODEL,
        node_id: node.id,
        created: now,
        data: text,
    })?;
    Ok(())
}

fn unreadable(what: &str, error: &serde_json::Error) -> Fault {
    tracing::error!(%error, what, "JSON can't be recorded");
    Fault::internal()
}

/// The workflow of transactions: what became of the rows of a bulk call is kept beside its record,
/// so that a list of transactions doesn't carry it, and is put in when one is read.
pub struct Transaction;

impl Workflow for Transaction {
    fn controls(
        &self,
        app: &App,
        tx: &ReadTx<'_>,
        caller: &Caller,
        stored: &Stored,
    ) -> Result<Option<Vec<Control>>, Fault> {
        let mut controls = Vec::new();
        if tasks::can_cancel(tx, caller, stored)? {
            controls.push(("cancel", "Cancel"));
        }
        match tasks::can_replay(app, tx, caller, stored) {
            Err(fault) if fault.kind == FaultKind::Internal => return Err(fault),
            Err(_) => {}
            Ok(()) => controls.push(("replay", "Replay")),
        }
        Ok(Some(controls))
    }

    fn is_long_to_read(&self) -> bool {
        true
    }

    fn complete(&self, tx: &ReadTx<'_>, stored: &mut Stored) -> Result<(), Fault> {
        with_notes(tx, stored)?;
        let rows = tasks::rows_of(tx, &stored.pkid, false, 0, u64::MAX)?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut data = data_of(stored)?;
        let import =
            data.get("action").and_then(Value::as_str) == Some(Action::DataImport.as_str());
        let name = if import { "rows" } else { "sub_transactions" };
        data.insert(name.to_owned(), json!(rows));
        stored.data = text_of(&stored.pkid, &data)?;
        Ok(())
    }
}
