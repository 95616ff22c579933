//! What came from Webex is put beside what is stored: page by page, a write each, so that how many
//! there are costs no memory. What is no longer there is taken away after a complete pass only.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::{SyncCounts, tokens::customer};
use crate::{
    domain::{
        App, Caller,
        resources::{from_json, to_json},
        tasks::{CANCELED, events::Event},
        transactions,
    },
    fault::{Fault, FaultKind},
    store::{NewInstance, ReadTx, Stored, TaskState, WriteTx},
};

/// Instances that are taken away together.
const CHUNK: u32 = 200;

/// One of Webex's entries, as it is to be stored.
pub struct Entry {
    /// Webex's.
    pub id: String,
    /// Without what every entry has.
    pub data: Map<String, Value>,
}

/// What every entry has.
pub(super) const CUSTOMER: &str = "spark_customer";
const LAST_SYNCED: &str = "last_synced";

/// For whom and under which transaction something is synced.
#[derive(Clone)]
pub struct Job {
    pub app: App,
    pub caller: Caller,
    /// The transaction.
    pub id: Arc<str>,
    /// The customer.
    pub pkid: Arc<str>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Entries that came.
    pub done: u64,
    pub counts: SyncCounts,
}

/// One reading of a whole list.
#[derive(Clone, Copy)]
pub struct Pass {
    pub model: &'static str,
    number: i64,
}

impl Pass {
    pub async fn begin(job: &Job, model: &'static str) -> Result<Self, Fault> {
        let work = job.clone();
        let number = job
            .app
            .store
            .read(move |tx| Ok::<_, Fault>(tx.next_pass(work.customer(tx)?.id, model)?))
            .await?;
        Ok(Self { model, number })
    }
}

impl Job {
    fn customer(&self, tx: &ReadTx<'_>) -> Result<Stored, Fault> {
        customer(tx, self.caller.node.id, &self.pkid)
    }

    /// Puts a page beside what is stored, and answers how far the sync has come.
    pub async fn take(
        &self,
        pass: Pass,
        entries: Vec<Entry>,
        before: Tally,
    ) -> Result<Tally, Fault> {
        let job = self.clone();
        self.step(move |tx| {
            let customer = job.customer(tx)?;
            let mut tally = before;
            let mut page = Page::of(&job.app, tx, &customer, pass)?;
            for entry in entries {
                tally.done += 1;
                match page.put(entry)? {
                    Put::Added => tally.counts.added += 1,
                    Put::Changed => tally.counts.changed += 1,
                    Put::Same => {}
                }
            }
            Ok(tally)
        })
        .await
    }

    /// Takes away what a complete pass hasn't seen.
    pub async fn prune(&self, pass: Pass, before: Tally) -> Result<Tally, Fault> {
        let (mut tally, mut after) = (before, String::new());
        loop {
            let (job, from) = (self.clone(), after);
            let unseen = self
                .app
                .store
                .read(move |tx| {
                    let customer = job.customer(tx)?.id;
                    Ok::<_, Fault>(tx.unseen(customer, pass.model, pass.number, &from, CHUNK)?)
                })
                .await?;
            let Some((_, last)) = unseen.last() else { return Ok(tally) };
            after = last.clone();
            let job = self.clone();
            tally = self
                .step(move |tx| {
                    let customer = job.customer(tx)?.id;
                    for (instance_id, _) in &unseen {
                        let gone = tx.delete_unseen(customer, *instance_id, pass.number)?;
                        tally.counts.removed += u64::from(gone);
                    }
                    Ok(tally)
                })
                .await?;
        }
    }

    /// A write of a task that still runs, told in its record and to those who watch.
    async fn step(
        &self,
        work: impl FnOnce(&WriteTx<'_>) -> Result<Tally, Fault> + Send + 'static,
    ) -> Result<Tally, Fault> {
        let job = self.clone();
        let (tally, event) = self
            .app
            .store
            .write(move |tx| {
                let task = tx.task(&job.id)?;
                if !task.is_some_and(|task| task.state == TaskState::Running && !task.cancelled) {
                    return Err(Fault::new(FaultKind::Conflict, "cancelled", CANCELED));
                }
                let tally = work(tx)?;
                let record = transactions::amend(tx, &job.id, &job.app.env.now_text(), |data| {
                    // How many there are isn't known before the last page.
                    data.insert("progress".to_owned(), json!({ "done": tally.done, "total": 0 }));
                    data.insert("counts".to_owned(), json!(tally.counts));
                })?;
                Ok::<_, Fault>((tally, Event::of(&job.id, &record)))
            })
            .await?;
        self.app.tasks.events.tell(event);
        Ok(tally)
    }
}

enum Put {
    Added,
    Changed,
    Same,
}

/// A page that is being stored.
struct Page<'a> {
    app: &'a App,
    tx: &'a WriteTx<'a>,
    customer: &'a Stored,
    name: Value,
    pass: Pass,
    now: String,
}

impl<'a> Page<'a> {
    fn of(
        app: &'a App,
        tx: &'a WriteTx<'a>,
        customer: &'a Stored,
        pass: Pass,
    ) -> Result<Self, Fault> {
        let name = from_json(customer)?.get("name").cloned().unwrap_or_default();
        Ok(Self { app, tx, customer, name, pass, now: app.env.now_text() })
    }

    fn put(&mut self, entry: Entry) -> Result<Put, Fault> {
        let Self { app, tx, customer, pass, now, .. } = self;
        let Entry { id, mut data } = entry;
        data.insert(CUSTOMER.to_owned(), self.name.clone());
        let with_time = |mut data: Map<String, Value>| {
            data.insert(LAST_SYNCED.to_owned(), json!(now));
            to_json(&data)
        };
        let Some(stored) = tx.synced(customer.id, pass.model, &id)? else {
            let new = NewInstance {
                pkid: &app.env.pkid(),
                model: pass.model,
                node_id: customer.node.id,
                created: now,
                data: &with_time(data)?,
            };
            tx.insert_synced(&new, customer.id, &id, pass.number)?;
            return Ok(Put::Added);
        };
        // One that can't be read is replaced.
        let before: Option<Map<String, Value>> = serde_json::from_str(&stored.data).ok();
        let same = before.is_some_and(|mut before| {
            before.shift_remove(LAST_SYNCED);
            before == data
        });
        let json = with_time(data)?;
        tx.mark_seen(stored.instance_id, pass.number)?;
        if same {
            tx.refresh_instance(stored.instance_id, &json)?;
            return Ok(Put::Same);
        }
        tx.update_instance(stored.instance_id, &json, now)?;
        Ok(Put::Changed)
    }
}

/// A text of Webex's as it is stored: without control characters, and no longer than texts may be.
pub fn text(data: &mut Map<String, Value>, name: &str, text: &str) {
    const LONGEST: usize = 1024;
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let text = text.trim();
    if !text.is_empty() {
        data.insert(name.to_owned(), json!(text));
    }
}

/// A value that Webex may leave out.
pub fn value<T: Into<Value>>(data: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        data.insert(name.to_owned(), value.into());
    }
}
