//! What can be asked for: each write of the model API as plain data, so that it can wait, be
//! carried on after a restart, and be run again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Load;
use crate::{
    domain::{
        App, Caller,
        access::permit,
        licences::Wanted,
        resources::{self, Expected},
        secrets, spark_customer,
        transactions::Action,
        webex::Act,
    },
    fault::Fault,
    model::{Model, Operation},
};

/// One write. Places are pkids of nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Create { model_type: String, place: String, data: Map<String, Value> },
    Modify { model_type: String, pkid: String, expected: Expected, data: Map<String, Value> },
    Delete { model_type: String, pkid: String, expected: Expected },
    Move { model_type: String, pkid: String, target: String },
    BulkDelete { model_type: String, hrefs: Vec<String> },
    BulkModify { model_type: String, hrefs: Vec<String>, changes: Map<String, Value> },
    BulkMove { model_type: String, hrefs: Vec<String>, target: String },
    BulkAssign { model_type: String, hrefs: Vec<String>, wanted: Wanted, remove: bool },
    Act { pkid: String, act: Act },
    Load(Load),
}

impl Task {
    pub fn model_type(&self) -> &str {
        match self {
            Self::Create { model_type, .. }
            | Self::Modify { model_type, .. }
            | Self::Delete { model_type, .. }
            | Self::Move { model_type, .. }
            | Self::BulkDelete { model_type, .. }
            | Self::BulkModify { model_type, .. }
            | Self::BulkMove { model_type, .. }
            | Self::BulkAssign { model_type, .. }
            | Self::Load(Load { model_type, .. }) => model_type,
            Self::Act { .. } => spark_customer::MODEL,
        }
    }

    pub fn model(&self, app: &App) -> Result<Arc<Model>, Fault> {
        app.model(self.model_type())
    }

    pub fn action(&self) -> Action {
        match self {
            Self::Create { .. } => Action::Create,
            Self::Modify { .. } => Action::Modify,
            Self::Delete { .. } => Action::Delete,
            Self::Move { .. } => Action::Move,
            Self::BulkDelete { .. } => Action::BulkDelete,
            Self::BulkModify { .. } => Action::BulkModify,
            Self::BulkMove { .. } => Action::BulkMove,
            Self::BulkAssign { remove: false, .. } => Action::BulkAssign,
            Self::BulkAssign { remove: true, .. } => Action::BulkUnassign,
            Self::Act { act, .. } => act.action(),
            Self::Load(_) => Action::DataImport,
        }
    }

    /// Refuses what its caller may not ask for. Each of several rows is judged for itself besides.
    pub fn permit(&self, caller: &Caller, model: &Model) -> Result<(), Fault> {
        let operation = match self {
            Self::Create { .. } => Operation::Add,
            Self::Delete { .. } | Self::BulkDelete { .. } => Operation::Remove,
            Self::Move { .. } | Self::BulkMove { .. } => Operation::Move,
            Self::BulkModify { .. } => Operation::BulkUpdate,
            Self::Modify { .. } | Self::BulkAssign { .. } | Self::Act { .. } => Operation::Update,
            // Its rows add or modify.
            Self::Load(_) => {
                return permit(caller, model, Operation::Add)
                    .or_else(|_| permit(caller, model, Operation::Update));
            }
        };
        permit(caller, model, operation)
    }

    /// Of the instance, or of the collection.
    pub fn href(&self) -> String {
        match self {
            Self::Modify { model_type, pkid, .. }
            | Self::Delete { model_type, pkid, .. }
            | Self::Move { model_type, pkid, .. } => resources::href(model_type, pkid),
            Self::Act { pkid, .. } => resources::href(self.model_type(), pkid),
            other => format!("/api/{}/", other.model_type()),
        }
    }

    /// The instances of a bulk call, a row each; `None` for a single write.
    pub fn hrefs(&self) -> Option<&[String]> {
        match self {
            Self::BulkDelete { hrefs, .. }
            | Self::BulkModify { hrefs, .. }
            | Self::BulkMove { hrefs, .. }
            | Self::BulkAssign { hrefs, .. } => Some(hrefs),
            _ => None,
        }
    }

    /// What it is called where it may be queued or run only once at a time.
    pub fn alone(&self) -> Option<String> {
        match self {
            Self::Act { pkid, act } if act.is_sync() => Some(format!("{} {pkid}", act.name())),
            _ => None,
        }
    }

    /// Rows, or 1; 0 where it isn't known before the end.
    pub fn total(&self) -> u64 {
        match self {
            Self::Load(load) => load.rows,
            Self::Act { act, .. } if act.is_sync() => 0,
            other => other.hrefs().map_or(1, |hrefs| hrefs.len() as u64),
        }
    }

    /// What a row of it is called once it is done, for its outcome: "Deleted."
    pub fn done(&self) -> &'static str {
        match self {
            Self::Create { .. } => "Added.",
            Self::Delete { .. } | Self::BulkDelete { .. } => "Deleted.",
            Self::Move { .. } | Self::BulkMove { .. } => "Moved.",
            Self::Modify { .. } | Self::BulkModify { .. } => "Modified.",
            Self::BulkAssign { remove: false, .. } => "Assigned.",
            Self::BulkAssign { remove: true, .. } => "Unassigned.",
            Self::Act { .. } => "Done.",
            Self::Load(_) => "Loaded.",
        }
    }

    /// The same of a row that was as it should be before.
    pub fn done_before(&self) -> &'static str {
        match self {
            Self::BulkAssign { remove: false, .. } => "Held already.",
            Self::BulkAssign { remove: true, .. } => "Not held before, either.",
            _ => self.done(),
        }
    }

    /// Whether its input holds secrets, which aren't kept longer than they are needed.
    pub fn holds_secrets(&self, model: &Model) -> bool {
        match self {
            Self::Create { data, .. } | Self::Modify { data, .. } => with_secrets(model, data),
            Self::BulkModify { changes, .. } => with_secrets(model, changes),
            _ => false,
        }
    }
}

fn with_secrets(model: &Model, data: &Map<String, Value>) -> bool {
    !secrets::take(&model.root, &mut data.clone(), None).is_empty()
}
