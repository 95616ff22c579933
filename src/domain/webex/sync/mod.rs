//! What Webex has of a customer, taken over into the models `device/spark/…`, which nobody else
//! writes. They stand at their customer's node, carry its name, and go with it.

mod apply;
mod roles_licences;
mod session;
mod users;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use self::{
    apply::{Entry, Job, Pass, Tally},
    session::Session,
};
use super::{Act, MODEL, Outcome, SyncCounts, tokens::customer};
use crate::{
    domain::{App, Caller, resources::from_json},
    fault::{Fault, FaultKind},
    store::{ReadTx, Stored, WriteTx},
    webex::pages::Cursor,
};

pub const ORGANIZATION: &str = "device/spark/Organization";
pub const ROLE: &str = "device/spark/Role";
pub const LICENSE: &str = "device/spark/License";
pub const USER: &str = "device/spark/User";

/// What is synced, with how one of them is called, and several.
const KINDS: [(&str, &str, &str); 4] = [
    (ORGANIZATION, "organisation", "organisations"),
    (ROLE, "role", "roles"),
    (LICENSE, "licence", "licences"),
    (USER, "user", "users"),
];

/// Carries out a sync for the transaction `id`; `None` where it was cut off by the program's end.
pub(super) async fn run(
    app: &App,
    caller: &Caller,
    id: &str,
    pkid: &str,
    act: Act,
) -> Result<Option<Outcome>, Fault> {
    let mut sync = Sync::open(app, caller, id, pkid).await?;
    let read = if act == Act::SyncWebexTeamsUsers {
        users::read(&mut sync).await
    } else {
        roles_licences::read(&mut sync).await
    };
    sync.end(read)
}

/// Whether instances of a model are there by a sync, and so belong to a customer at their node.
pub fn is_synced(model_type: &str) -> bool {
    KINDS.iter().any(|(model, _, _)| *model == model_type)
}

/// What was synced of a customer, in words: "1 organisation, 6 roles, 6 licences and 7 users".
pub fn held(tx: &ReadTx<'_>, customer: &Stored) -> Result<Option<String>, Fault> {
    let counts = tx.synced_counts(customer.id)?;
    let of = |model: &str| counts.iter().find(|(m, _)| m == model).map_or(0, |(_, n)| *n);
    Ok(words(KINDS.iter().map(|(model, ..)| (*model, of(model)))))
}

/// What was synced of a customer carries its name, which has changed.
pub fn renamed(tx: &WriteTx<'_>, pkid: &str, name: &str) -> Result<(), Fault> {
    let customer = tx.instance_unscoped(MODEL, pkid)?.ok_or_else(Fault::internal)?;
    Ok(tx.set_in_synced(customer.id, apply::CUSTOMER, name)?)
}

/// It stands where the customer stands, which has been moved.
pub fn moved(tx: &WriteTx<'_>, customer: &Stored) -> Result<(), Fault> {
    Ok(tx.move_synced(customer.id)?)
}

/// It goes with the customer.
pub fn removed(tx: &WriteTx<'_>, customer: &Stored) -> Result<(), Fault> {
    Ok(tx.delete_synced(customer.id)?)
}

fn words<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Option<String> {
    let mut parts: Vec<String> = counts
        .filter(|(_, n)| *n > 0)
        .filter_map(|(model, n)| {
            let (_, one, many) = KINDS.iter().find(|(m, ..)| *m == model)?;
            Some(format!("{n} {}", if n == 1 { one } else { many }))
        })
        .collect();
    let last = parts.pop()?;
    Some(if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) })
}

/// Why a sync ends before its end.
enum Stop {
    Fault(Fault),
    /// The program is told to end: it begins anew when it is started again.
    CutOff,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A sync at work.
struct Sync<'a> {
    job: Job,
    session: Session<'a>,
    /// The customer as it was when it began.
    customer: Map<String, Value>,
    tally: Tally,
    /// What was read whole, or is being read.
    passes: Vec<(Pass, u64)>,
    /// What was wrong with the lists.
    problems: Vec<String>,
}

impl<'a> Sync<'a> {
    async fn open(
        app: &'a App,
        caller: &'a Caller,
        id: &'a str,
        pkid: &'a str,
    ) -> Result<Self, Fault> {
        let (from, wanted) = (caller.node.id, pkid.to_owned());
        let data = app.store.read(move |tx| from_json(&customer(tx, from, &wanted)?)).await?;
        Ok(Self {
            job: Job {
                app: app.clone(),
                caller: caller.clone(),
                id: Arc::from(id),
                pkid: Arc::from(pkid),
            },
            session: Session::open(app, caller, pkid).await?,
            customer: data,
            tally: Tally::default(),
            passes: Vec::new(),
            problems: Vec::new(),
        })
    }

    /// The organisation's id at Webex, where the customer's record has it.
    fn organization(&self) -> Option<String> {
        let number = self.customer.get("account_number").and_then(Value::as_str);
        number.filter(|id| !id.is_empty()).map(str::to_owned)
    }

    /// Reads one resource, unless the program is told to end.
    async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, Stop> {
        let app = self.job.app.clone();
        tokio::select! {
            answer = self.session.get(path) => Ok(answer?),
            () = app.tasks.told_to_stop() => Err(Stop::CutOff),
        }
    }

    async fn page<T: DeserializeOwned>(
        &mut self,
        cursor: &mut Cursor,
    ) -> Result<Option<Vec<T>>, Stop> {
        let app = self.job.app.clone();
        tokio::select! {
            page = self.session.page(cursor) => Ok(page?),
            () = app.tasks.told_to_stop() => Err(Stop::CutOff),
        }
    }

    /// Begins to take over a model's instances.
    async fn begin(&mut self, model: &'static str) -> Result<(), Stop> {
        self.passes.push((Pass::begin(&self.job, model).await?, 0));
        Ok(())
    }

    /// Takes a page of the latest pass over.
    async fn take(&mut self, entries: Vec<Entry>) -> Result<(), Stop> {
        let Some((pass, seen)) = self.passes.last_mut() else {
            return Err(Fault::internal().into());
        };
        *seen += entries.len() as u64;
        self.tally = self.job.take(*pass, entries, self.tally).await?;
        Ok(())
    }

    /// Takes a whole list over.
    async fn list<T: DeserializeOwned>(
        &mut self,
        model: &'static str,
        path: &str,
        query: &[(&str, &str)],
        entry: impl Fn(T) -> Entry,
    ) -> Result<(), Stop> {
        self.begin(model).await?;
        let mut cursor = self.job.app.webex.list(path, query);
        while let Some(page) = self.page::<T>(&mut cursor).await? {
            self.take(page.into_iter().map(&entry).collect()).await?;
        }
        self.note(path, &cursor);
        Ok(())
    }

    /// Reads a short list whole.
    async fn all<T: DeserializeOwned>(
        &mut self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Stop> {
        let mut all = Vec::new();
        let mut cursor = self.job.app.webex.list(path, query);
        while let Some(page) = self.page::<T>(&mut cursor).await? {
            all.extend(page);
        }
        self.note(path, &cursor);
        Ok(all)
    }

    fn note(&mut self, path: &str, cursor: &Cursor) {
        if !cursor.is_complete() {
            let why = cursor.problems().join(" ");
            self.problems.push(format!("Webex's list of {path} is incomplete: {why}"));
        }
    }

    /// Takes away what is no longer there, where every list came whole.
    async fn prune(&mut self) -> Result<(), Stop> {
        if self.problems.is_empty() {
            for (pass, _) in &self.passes {
                self.tally = self.job.prune(*pass, self.tally).await?;
            }
        }
        Ok(())
    }

    /// What it came to; `None` where it is cut off.
    fn end(self, read: Result<(), Stop>) -> Result<Option<Outcome>, Fault> {
        let came = self.tally.done > 0;
        match read {
            Err(Stop::CutOff) => Ok(None),
            Err(Stop::Fault(mut fault)) => {
                if came && !fault.is_ours() {
                    fault.message.push_str(" What had come until then was taken over.");
                }
                Err(fault)
            }
            Ok(()) if !self.problems.is_empty() => Err(Fault::new(
                FaultKind::Upstream,
                "incomplete",
                format!(
                    "{} What came of it was taken over; nothing was removed. Sync again; if it \
                     stays, tell Webex's support.",
                    self.problems.join(" ")
                ),
            )),
            Ok(()) => Ok(Some(self.outcome())),
        }
    }

    fn outcome(&self) -> Outcome {
        let name = self.customer.get("name").and_then(Value::as_str).unwrap_or_default();
        let seen = words(self.passes.iter().map(|(pass, seen)| (pass.model, *seen)));
        let SyncCounts { added, changed, removed } = self.tally.counts;
        Outcome {
            message: Some(format!(
                "Webex customer {name}: {} synced; {added} added, {changed} changed, {removed} \
                 removed.",
                seen.unwrap_or_else(|| "nothing".to_owned()),
            )),
            counts: Some(self.tally.counts),
            done: self.tally.done,
            log: Vec::new(),
        }
    }
}
