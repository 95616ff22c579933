//! Bulk load as a task. Row by row it goes like any other bulk call. All or nothing, and the dry
//! run, are one database transaction, which is undone when a row fails, or in any case; others
//! wait with their writes that long, and none of its rows can be seen before it ends.

use std::{sync::Arc, vec};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    Asked, Manner, Run, Task, ask, end,
    events::{Event, Progress},
    rows::{self, Step},
    worker::Held,
};
use crate::{
    domain::{
        App, Caller,
        hashes::Hashes,
        hierarchy,
        inherited::Selector,
        templates::{self, Template},
        transactions::{Counts, FAIL, IN_PROGRESS, SUCCESS, Ticket},
        transfer::{
            load::{Loading, Titles},
            read::{self, Header, Row, Visitor},
        },
    },
    fault::{Fault, FaultKind},
    model::Model,
    store::{Node, StoreError, TaskRow, TaskState, WriteTx},
};

/// How a file is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every row is tried, and nothing of it stays.
    #[default]
    DryRun,
    /// One row that fails undoes all.
    AllOrNothing,
    /// Each row for itself.
    RowByRow,
}

impl Mode {
    const ALL: [(&str, Self); 3] = [
        ("dry_run", Self::DryRun),
        ("all_or_nothing", Self::AllOrNothing),
        ("row_by_row", Self::RowByRow),
    ];

    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }

    /// What `mode` may say.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _)| *name)
    }

    /// Reads `mode`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, mode)| *mode).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            let message = format!("mode must be one of: {}.", names.join(", "));
            Fault::field("mode", "not_a_choice", message)
        })
    }
}

/// A file to be loaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    pub model_type: String,
    /// Pkid of the node of rows that name none.
    pub place: String,
    /// Under which the file is kept.
    pub file: String,
    /// As it was called where it came from.
    pub name: String,
    pub mode: Mode,
    pub rows: u64,
    /// Pkid of the configuration template that is applied to what is added and modified.
    pub template: Option<String>,
}

impl Load {
    /// What its record says beside what every record says.
    pub fn details(&self) -> Map<String, Value> {
        let mut details = Map::new();
        details.insert("mode".to_owned(), json!(self.mode.as_str()));
        details.insert("file".to_owned(), json!(self.name));
        details
    }
}

/// Asks for a load. Its file must have been kept, and judged, before.
pub async fn load(app: &App, caller: &Caller, load: Load, manner: Manner) -> Result<Asked, Fault> {
    let caller_ = caller.clone();
    ask(app, caller, manner, move |tx| {
        let node = hierarchy::resolve(tx, &caller_, Some(&load.place))?;
        Ok((node, Task::Load(load)))
    })
    .await
}

/// Runs a load from where it stands.
pub(super) async fn run(
    app: &App,
    caller: Caller,
    id: &str,
    model: Arc<Model>,
    load: Load,
) -> Result<Run, Fault> {
    let (file, caller_, model_) = (load.file.clone(), caller.clone(), Arc::clone(&model));
    let (place, template) = (load.place.clone(), load.template.clone());
    let (bytes, place, template) = app
        .store
        .read(move |tx| {
            let bytes = tx.task_file(&file)?.map(|(_, bytes)| bytes);
            let place = hierarchy::resolve(tx, &caller_, Some(&place))?;
            let template = template
                .map(|pkid| {
                    let pairs = [("template".to_owned(), pkid)];
                    let selector = Selector::template(&pairs).ok_or_else(Fault::internal)?;
                    templates::find(tx, &place, &model_, &selector)
                })
                .transpose()?;
            Ok::<_, Fault>((bytes, place, template))
        })
        .await?;
    let Some(bytes) = bytes else { return Err(not_kept()) };
    let job = Arc::new(Job { caller, id: id.to_owned(), model, load, place, template, bytes });
    let ended = match job.load.mode {
        Mode::RowByRow => Arc::clone(&job).row_by_row(app).await?,
        Mode::DryRun | Mode::AllOrNothing => Arc::clone(&job).at_once(app).await?,
    };
    if let Some(event) = ended {
        app.tasks.events.tell(event);
        return Ok(Run::Ended);
    }
    Ok(Run::CutOff)
}

/// The refusal where a file is gone.
pub fn not_kept() -> Fault {
    Fault::new(FaultKind::Conflict, "file_not_kept", "The file isn't kept any more; send it again.")
}

/// A load that runs.
struct Job {
    caller: Caller,
    id: String,
    model: Arc<Model>,
    load: Load,
    place: Node,
    template: Option<Template>,
    bytes: Vec<u8>,
}

impl Job {
    fn loading<'l>(&'l self, app: &'l App, titles: &'l Titles) -> Loading<'l> {
        Loading {
            app,
            caller: &self.caller,
            model: &self.model,
            place: &self.place,
            template: self.template.as_ref(),
            titles,
            trial: self.load.mode == Mode::DryRun,
        }
    }

    /// A few rows to a commit, as they are read. `None` where the program is told to end.
    async fn row_by_row(self: Arc<Self>, app: &App) -> Result<Option<Event>, Fault> {
        let mut from = {
            let id = self.id.clone();
            let task = app.store.read(move |tx| Ok::<_, Fault>(tx.task(&id)?)).await?;
            task.map_or(0, |task| task.rows_done)
        };
        let (mut rows, reading) = self.reading(from);
        // Making hashes is what takes long then, and what is done is to be seen meanwhile.
        let most = if Hashes::has(&self.model) { rows::CHUNK / 4 } else { rows::CHUNK };
        loop {
            if app.tasks.is_stopping() {
                return Ok(None);
            }
            let mut batch = Vec::with_capacity(most);
            while batch.len() < most
                && let Some((row, titles)) = rows.recv().await
            {
                let hashes = self.hashes(app, &row).await?;
                batch.push((row, hashes, titles));
            }
            let (app_, job) = (app.clone(), Arc::clone(&self));
            let read = batch.len() as u64;
            let step = app.store.write_parts(move |tx| job.chunk(&app_, tx, from, batch)).await?;
            // Another process has taken the task over, as a start does with what it finds.
            let Some(step) = step else { return Ok(None) };
            from += read;
            match step {
                Step::Ended(event) => return Ok(Some(event)),
                Step::More(_) if read == 0 => {
                    // Fewer rows than were counted when the file came: it can't be read any more.
                    return match reading.await {
                        Ok(Err(fault)) => Err(fault),
                        _ => Err(Fault::internal()),
                    };
                }
                Step::More(event) => app.tasks.events.tell(event),
            }
        }
    }

    /// Begins to read the file, but for the rows that are to be skipped.
    fn reading(self: &Arc<Self>, skip: u64) -> (Rows, JoinHandle<Result<(), Fault>>) {
        let (sender, rows) = mpsc::channel(rows::CHUNK);
        let job = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || {
            let mut sent = Sent { sender, titles: Arc::new(Titles::of_json()), skip };
            read::read(&job.bytes, &job.model, &mut sent)
        });
        (rows, reading)
    }

    /// Those of a row that may be done.
    async fn hashes(&self, app: &App, row: &Row) -> Result<Hashes, Fault> {
        if row.errors.is_empty() {
            Hashes::of(app, &self.model, &row.data).await
        } else {
            Ok(Hashes::default())
        }
    }

    /// Those of all rows, in their order, for a load that is one write: the file is read once for
    /// them alone, and what is kept is a line for each row. Ends early where nobody wants the load any
    /// more, which the write sees, too.
    async fn all_hashes(self: &Arc<Self>, app: &App, held: &Held) -> Result<Vec<Hashes>, Fault> {
        let mut all = Vec::new();
        if self.load.mode == Mode::DryRun || !Hashes::has(&self.model) {
            return Ok(all);
        }
        let (mut rows, _) = self.reading(0);
        while !(held.is_cancelled() || app.tasks.is_stopping())
            && let Some((row, _)) = rows.recv().await
        {
            all.push(self.hashes(app, &row).await?);
        }
        Ok(all)
    }

    /// Loads the rows from `from` on; `None` where others have done rows of this task meanwhile.
    fn chunk(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        from: u64,
        batch: Vec<(Row, Hashes, Arc<Titles>)>,
    ) -> Result<Option<Step>, Fault> {
        let Some(state) = tx.task(&self.id)? else { return Err(Fault::internal()) };
        if !state.cancelled
            && (state.state == TaskState::Queued
                || state.state == TaskState::Running && state.rows_done != from)
        {
            return Ok(None);
        }
        let step = rows::advance(
            app,
            tx,
            &state,
            self.load.rows,
            batch.into_iter(),
            |tx, (row, hashes, titles)| {
                let mut ticket = Ticket::row_of(app, &self.id);
                ticket.only_changes = true;
                self.loading(app, &titles).row(tx, row, hashes, &ticket)
            },
            |counts| self.summary(counts),
        )?;
        if matches!(step, Step::Ended(_)) {
            self.forget(tx)?;
        }
        Ok(Some(step))
    }

    /// All rows in one transaction. `None` where the program is told to end. What comes to nothing
    /// is undone with its transaction, and told in one of its own.
    async fn at_once(self: Arc<Self>, app: &App) -> Result<Option<Event>, Fault> {
        let held = Arc::new(app.tasks.hold(&self.id));
        let hashes = self.all_hashes(app, &held).await?;
        let (app_, job, holds) = (app.clone(), Arc::clone(&self), Arc::clone(&held));
        let tried = app.store.write_parts(move |tx| job.all(&app_, tx, hashes, &holds)).await;
        let told = match tried {
            Ok(event) => return Ok(event),
            Err(Undone::Meant { outcomes, failed }) => Some((outcomes, failed)),
            Err(Undone::Fault(fault)) if fault.code != STOPPED => return Err(fault),
            Err(Undone::Fault(_)) if held.is_cancelled() => None,
            Err(Undone::Fault(_)) => return Ok(None),
        };
        let app_ = app.clone();
        app.store
            .write(move |tx| match (self.standing(&app_, tx, &held)?, told) {
                (Standing::Ended(event), _) => Ok(event),
                (Standing::Runs, Some((outcomes, failed))) => {
                    self.told(&app_, tx, outcomes, failed).map(Some)
                }
                (Standing::Runs, None) => Ok(None),
            })
            .await
    }

    /// Whether the load, which is one write, is still to be done by this process.
    fn standing(&self, app: &App, tx: &WriteTx<'_>, held: &Held) -> Result<Standing, Fault> {
        let Some(state) = tx.task(&self.id)? else { return Err(Fault::internal()) };
        if state.state == TaskState::Queued && !state.cancelled {
            // Others have taken it over.
            return Ok(Standing::Ended(None));
        }
        if state.state != TaskState::Running || state.cancelled || held.is_cancelled() {
            return self.cancelled(app, tx, &state).map(Standing::Ended);
        }
        Ok(Standing::Runs)
    }

    /// Does all rows, and ends the task where they stay.
    fn all(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        hashes: Vec<Hashes>,
        held: &Held,
    ) -> Result<Option<Event>, Undone> {
        if let Standing::Ended(event) = self.standing(app, tx, held)? {
            return Ok(event);
        }
        let mut all = All {
            job: self,
            app,
            tx,
            titles: Titles::of_json(),
            hashes: hashes.into_iter(),
            outcomes: Vec::new(),
            failed: 0,
            stop: &|| held.is_cancelled() || app.tasks.is_stopping(),
        };
        read::read(&self.bytes, &self.model, &mut all)?;
        let (outcomes, failed) = (all.outcomes, all.failed);
        if self.load.mode == Mode::DryRun || failed > 0 {
            return Err(Undone::Meant { outcomes, failed });
        }
        Ok(self.told(app, tx, outcomes, failed).map(Some)?)
    }

    fn cancelled(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        state: &TaskRow,
    ) -> Result<Option<Event>, Fault> {
        match end::cancelled(app, tx, state, self.load.rows)? {
            Step::More(event) | Step::Ended(event) => Ok(Some(event)),
        }
    }

    /// Keeps the outcomes of all rows and ends the task.
    fn told(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        outcomes: Vec<Box<str>>,
        failed: u64,
    ) -> Result<Event, Fault> {
        let undone = self.load.mode == Mode::AllOrNothing && failed > 0;
        let total = outcomes.len() as u64;
        for (position, text) in (0..).zip(outcomes) {
            let mut outcome = super::row_from(&self.id, &text)?;
            if undone && outcome.status == SUCCESS {
                NOT_DONE.clone_into(&mut outcome.status);
                "Not done, since other rows failed.".clone_into(&mut outcome.message);
                outcome.transaction_id = None;
                if outcome.action.as_deref() == Some("add") {
                    outcome.href = String::new();
                }
            }
            rows::keep(tx, &self.id, position, &outcome)?;
        }
        tx.advance_task(&self.id, total, failed)?;
        let succeeded = if undone { 0 } else { total - failed };
        let counts = Counts { total, succeeded, failed };
        let summary = self.summary(counts);
        let (Step::Ended(event) | Step::More(event)) =
            end::with_counts(app, tx, &self.id, counts, &summary)?;
        self.forget(tx)?;
        Ok(event)
    }

    /// Forgets the file once nothing more can be made of it.
    fn forget(&self, tx: &WriteTx<'_>) -> Result<(), Fault> {
        let done = tx.task(&self.id)?.is_some_and(|task| task.rows_failed == 0 && !task.cancelled);
        if done && self.load.mode != Mode::DryRun {
            tx.delete_task_file(&self.load.file)?;
            tx.forget_task_input(&self.id)?;
        }
        Ok(())
    }

    fn summary(&self, counts: Counts) -> String {
        let Counts { total, succeeded, failed } = counts;
        match self.load.mode {
            Mode::DryRun if failed == 0 => {
                format!("Dry run: all {total} rows can be loaded. Nothing was changed.")
            }
            Mode::DryRun => {
                format!("Dry run: {failed} of {total} rows can't be loaded. Nothing was changed.")
            }
            Mode::AllOrNothing if failed > 0 => {
                format!("{failed} of {total} rows can't be loaded, so none was.")
            }
            _ => format!("{succeeded} of {total} rows were loaded."),
        }
    }
}

/// The status of a row that was undone because of others.
const NOT_DONE: &str = "Not Done";
/// The code of the fault that ends the reading when nobody wants it any more.
const STOPPED: &str = "stopped";

/// Whether a load that is one write goes on.
enum Standing {
    Runs,
    /// Not here; with the news where this ended it.
    Ended(Option<Event>),
}

/// Why what was done is undone.
enum Undone {
    /// It was a dry run, or rows failed: what became of each, as JSON.
    Meant {
        outcomes: Vec<Box<str>>,
        failed: u64,
    },
    Fault(Fault),
}

impl From<Fault> for Undone {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Rows as they are read, with the titles of their columns.
type Rows = mpsc::Receiver<(Row, Arc<Titles>)>;

/// Sends rows to where they are done.
struct Sent {
    sender: mpsc::Sender<(Row, Arc<Titles>)>,
    titles: Arc<Titles>,
    /// Rows that were done before.
    skip: u64,
}

impl<'m> Visitor<'m> for Sent {
    fn header(&mut self, header: &Header<'m>) -> Result<(), Fault> {
        self.titles = Arc::new(Titles::of(header));
        Ok(())
    }

    fn row(&mut self, row: Row) -> Result<(), Fault> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        let sent = self.sender.blocking_send((row, Arc::clone(&self.titles)));
        sent.map_err(|_| stopped())
    }
}

fn stopped() -> Fault {
    Fault::new(FaultKind::Internal, STOPPED, "The load was stopped.")
}

/// Does rows as they are read.
struct All<'a, 't> {
    job: &'a Job,
    app: &'a App,
    tx: &'a WriteTx<'t>,
    titles: Titles,
    hashes: vec::IntoIter<Hashes>,
    /// As JSON, which is a fraction of what they are in memory.
    outcomes: Vec<Box<str>>,
    failed: u64,
    stop: &'a dyn Fn() -> bool,
}

impl<'m> Visitor<'m> for All<'_, '_> {
    fn header(&mut self, header: &Header<'m>) -> Result<(), Fault> {
        self.titles = Titles::of(header);
        Ok(())
    }

    fn row(&mut self, row: Row) -> Result<(), Fault> {
        if (self.stop)() {
            return Err(stopped());
        }
        let (mut ticket, hashes) = if self.job.load.mode == Mode::DryRun {
            (Ticket::trial(self.app), Hashes::trial())
        } else {
            (Ticket::row_of(self.app, &self.job.id), self.hashes.next().unwrap_or_default())
        };
        ticket.only_changes = true;
        let outcome =
            self.job.loading(self.app, &self.titles).row(self.tx, row, hashes, &ticket)?;
        self.failed += u64::from(outcome.status == FAIL);
        let text = serde_json::to_string(&outcome).map_err(|error| {
            tracing::error!(%error, "a row's outcome can't be written");
            Fault::internal()
        })?;
        self.outcomes.push(text.into());
        let done = self.outcomes.len() as u64;
        if done.is_multiple_of(rows::CHUNK as u64) {
            self.app.tasks.events.tell(Event {
                transaction_id: self.job.id.clone(),
                status: IN_PROGRESS.to_owned(),
                progress: Progress { done, total: self.job.load.rows },
                message: String::new(),
            });
        }
        Ok(())
    }
}
