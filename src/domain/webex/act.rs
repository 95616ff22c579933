//! What can be started on a Webex customer: each is a task, whose transaction tells how it went.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{sync, tokens};
use crate::{
    domain::{
        App, Caller, spark_customer,
        tasks::{self, Asked, Manner, Task},
        transactions::{Action, Ticket},
    },
    fault::Fault,
    store::WriteTx,
};

/// A workflow of `relation/SparkCustomer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Act {
    RefreshAccessToken,
    SyncWebexTeamsRolesLicences,
    SyncWebexTeamsUsers,
}

/// What one of them came to: what its record says, and what else stands in it.
pub struct Outcome {
    /// Where the record doesn't say it already.
    pub message: Option<String>,
    /// `counts` of a sync.
    pub counts: Option<SyncCounts>,
    /// How many steps it took.
    pub done: u64,
    /// Lines for its log.
    pub log: Vec<String>,
}

/// What a sync did to the stored instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncCounts {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
}

impl Act {
    pub const ALL: [Self; 3] =
        [Self::RefreshAccessToken, Self::SyncWebexTeamsRolesLicences, Self::SyncWebexTeamsUsers];

    /// The workflow that a model's file names.
    pub fn of(model_type: &str, name: &str) -> Option<Self> {
        let act = Self::ALL.into_iter().find(|act| act.name() == name)?;
        (model_type == spark_customer::MODEL).then_some(act)
    }

    /// As it stands in paths behind a `+`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RefreshAccessToken => "RefreshAccessToken",
            Self::SyncWebexTeamsRolesLicences => "SyncWebexTeamsRolesLicences",
            Self::SyncWebexTeamsUsers => "SyncWebexTeamsUsers",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::RefreshAccessToken => "Refresh tokens",
            Self::SyncWebexTeamsRolesLicences => "Sync roles and licences",
            Self::SyncWebexTeamsUsers => "Sync users",
        }
    }

    pub fn action(self) -> Action {
        match self {
            Self::RefreshAccessToken => Action::RefreshAccessToken,
            Self::SyncWebexTeamsRolesLicences => Action::SyncRolesLicences,
            Self::SyncWebexTeamsUsers => Action::SyncUsers,
        }
    }

    /// Whether it takes over what Webex has; of one customer only one of a kind is under way.
    pub fn is_sync(self) -> bool {
        matches!(self, Self::SyncWebexTeamsRolesLicences | Self::SyncWebexTeamsUsers)
    }

    /// Carries it out, for the transaction `id` that asked for it. `None` where the program is told to
    /// end before: then it begins anew at the next start.
    pub async fn run(
        self,
        app: &App,
        caller: &Caller,
        id: &str,
        pkid: &str,
    ) -> Result<Option<Outcome>, Fault> {
        match self {
            Self::RefreshAccessToken => {
                let done = tokens::refresh(app, caller, pkid, Ticket::queued(app, id)).await?;
                let message = (done != id).then(|| {
                    format!(
                        "The tokens were refreshed by the transaction {done}, which was under way."
                    )
                });
                Ok(Some(Outcome { message, counts: None, done: 1, log: Vec::new() }))
            }
            Self::SyncWebexTeamsRolesLicences | Self::SyncWebexTeamsUsers => {
                sync::run(app, caller, id, pkid, self).await
            }
        }
    }
}

impl Outcome {
    /// Puts it into the record of its transaction.
    pub fn tell(self, record: &mut Map<String, Value>) {
        let progress = json!({ "done": self.done, "total": self.done });
        record.insert("progress".to_owned(), progress);
        if let Some(message) = self.message {
            record.insert("message".to_owned(), json!(message));
        }
        if let Some(counts) = self.counts {
            record.insert("counts".to_owned(), json!(counts));
        }
    }
}

/// Starts one on a customer that the caller sees; waits for it unless told not to.
pub async fn start(
    app: &App,
    caller: &Caller,
    pkid: &str,
    act: Act,
    manner: Manner,
) -> Result<Asked, Fault> {
    let (from, pkid) = (caller.node.id, pkid.to_owned());
    tasks::ask(app, caller, manner, move |tx| {
        let stored = tokens::customer(tx, from, &pkid)?;
        Ok((stored.node, Task::Act { pkid, act }))
    })
    .await
}

/// Queues one inside a transaction that does more. Answers its transaction; of a sync that is under
/// way already, that one.
pub fn queue(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    pkid: &str,
    act: Act,
) -> Result<String, Fault> {
    let stored = tokens::customer(tx, caller.node.id, pkid)?;
    let task = Task::Act { pkid: pkid.to_owned(), act };
    if let Some(id) = tasks::under_way(tx, &task)? {
        return Ok(id);
    }
    let id = app.env.transaction_id();
    tasks::enqueue(app, tx, caller, &id, &stored.node, &task, Manner::queued(None))?;
    // The worker asks for the next task by a write, which comes after this one.
    app.tasks.wake();
    Ok(id)
}
