//! Runs one task from where it stands to its end.

use std::sync::Arc;

use super::{
    Task, end,
    events::Event,
    input_of, load,
    rows::{self, RowOutcome, Step},
};
use crate::{
    domain::{
        App, Caller, accounts,
        hashes::Hashes,
        hierarchy,
        licences::{self, Catalogues, Wanted},
        resources::{
            self, Expected, NewData, Revision, Written, create_in, relocate_in, remove_in,
            update_in,
        },
        transactions::{Counts, Ticket},
        webex::Act,
    },
    fault::Fault,
    model::Model,
    store::{TaskState, WriteTx},
};

/// Whether a task came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    Ended,
    /// It was stopped by this, which its record tells, too.
    Failed(Fault),
    /// The program is told to end: the task goes on when it is started again.
    CutOff,
}

/// Runs a task that is marked as running. Its record tells how it went.
pub async fn run(app: &App, id: &str) -> Run {
    let fault = match attempt(app, id).await {
        Ok(run) => return run,
        Err(fault) => fault,
    };
    let (app_, id_, fault_) = (app.clone(), id.to_owned(), fault.clone());
    let ended = app.store.write(move |tx| end::failed(&app_, tx, &id_, &fault_)).await;
    match ended {
        Ok(event) => {
            app.tasks.events.tell(event);
            Run::Failed(fault)
        }
        Err(fault) => {
            // The store is closed or full: the task is found again at the next start.
            tracing::error!(%fault, id, "a task's failure can't be recorded");
            Run::CutOff
        }
    }
}

async fn attempt(app: &App, id: &str) -> Result<Run, Fault> {
    let (id_, now) = (id.to_owned(), app.env.now_seconds());
    let (task, caller) = app
        .store
        .read(move |tx| {
            let task = tx.task(&id_)?;
            let caller = match &task {
                Some(task) => accounts::caller_of_task(tx, task, now)?,
                None => None,
            };
            Ok::<_, Fault>((input_of(tx, &id_)?, caller))
        })
        .await?;
    let Some(caller) = caller else {
        return Err(Fault::forbidden(
            "The account, or the API token, that asked for this no longer exists.",
        ));
    };
    let Some(task) = task else { return Err(Fault::internal()) };
    let model = task.model(app)?;
    // It may have waited while its caller's role was changed.
    task.permit(&caller, &model)?;
    if let Task::Load(load) = task {
        return load::run(app, caller, id, model, load).await;
    }
    if let Task::Act { pkid, act } = task {
        return perform(app, &caller, id, &pkid, act).await;
    }
    match task.hrefs() {
        None => single(app, caller, id, model, task).await,
        Some(_) => bulk(app, caller, id, model, Arc::new(task)).await,
    }
}

/// Runs what asks others on its way, and so isn't one write.
async fn perform(app: &App, caller: &Caller, id: &str, pkid: &str, act: Act) -> Result<Run, Fault> {
    let (app_, id_) = (app.clone(), id.to_owned());
    let cancelled = app
        .store
        .write(move |tx| {
            let Some(row) = tx.task(&id_)? else { return Err(Fault::internal()) };
            let goes_on = row.state == TaskState::Running && !row.cancelled;
            (!goes_on).then(|| end::cancelled(&app_, tx, &row, 1).map(event_of)).transpose()
        })
        .await?;
    let event = match cancelled {
        Some(event) => event,
        None => {
            let Some(outcome) = act.run(app, caller, id, pkid).await? else {
                return Ok(Run::CutOff);
            };
            let (app_, id_) = (app.clone(), id.to_owned());
            app.store.write(move |tx| end::with_outcome(&app_, tx, &id_, outcome)).await?
        }
    };
    app.tasks.events.tell(event);
    Ok(Run::Ended)
}

async fn single(
    app: &App,
    caller: Caller,
    id: &str,
    model: Arc<Model>,
    task: Task,
) -> Result<Run, Fault> {
    let (app_, id_) = (app.clone(), id.to_owned());
    let hashes = hashes(app, &model, &task).await?;
    let event = app
        .store
        .write(move |tx| {
            let Some(row) = tx.task(&id_)? else { return Err(Fault::internal()) };
            if row.state != TaskState::Running || row.cancelled {
                return end::cancelled(&app_, tx, &row, 1).map(event_of);
            }
            let ticket = Ticket::queued(&app_, &id_);
            write(&app_, tx, &caller, &model, task, hashes, &ticket)?;
            end::close(&app_, tx, &id_, true)?;
            let record = crate::domain::transactions::stored(tx, &id_)?;
            Ok(Event::of(&id_, &crate::domain::transactions::data_of(&record)?))
        })
        .await?;
    app.tasks.events.tell(event);
    Ok(Run::Ended)
}

fn event_of(step: Step) -> Event {
    match step {
        Step::More(event) | Step::Ended(event) => event,
    }
}

/// Those of what a task sets, made once for all its rows.
async fn hashes(app: &App, model: &Model, task: &Task) -> Result<Hashes, Fault> {
    match task {
        Task::Create { data, .. }
        | Task::Modify { data, .. }
        | Task::BulkModify { changes: data, .. } => Hashes::of(app, model, data).await,
        _ => Ok(Hashes::default()),
    }
}

fn write(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    task: Task,
    hashes: Hashes,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    match task {
        Task::Create { place, data, .. } => {
            let place = hierarchy::resolve(tx, caller, Some(&place))?;
            let new = NewData::judge(app, model, data)?.with(hashes);
            create_in(app, tx, caller, model, place, new, ticket)
        }
        Task::Modify { pkid, expected, data, .. } => {
            let revision = Revision::replace(data).with(hashes);
            update_in(app, tx, caller, model, &pkid, &expected, revision, ticket)
        }
        Task::Delete { pkid, expected, .. } => {
            remove_in(app, tx, caller, model, &pkid, &expected, ticket)
        }
        Task::Move { pkid, target, .. } => {
            let target = hierarchy::resolve(tx, caller, Some(&target))?;
            relocate_in(app, tx, caller, model, &pkid, &target, ticket)
        }
        // Their rows are run one by one.
        Task::BulkDelete { .. }
        | Task::BulkModify { .. }
        | Task::BulkMove { .. }
        | Task::BulkAssign { .. }
        | Task::Act { .. }
        | Task::Load(_) => Err(Fault::internal()),
    }
}

async fn bulk(
    app: &App,
    caller: Caller,
    id: &str,
    model: Arc<Model>,
    task: Arc<Task>,
) -> Result<Run, Fault> {
    let hashes = Arc::new(hashes(app, &model, &task).await?);
    loop {
        if app.tasks.is_stopping() {
            return Ok(Run::CutOff);
        }
        let (app_, caller, model) = (app.clone(), caller.clone(), Arc::clone(&model));
        let (id_, task, hashes) = (id.to_owned(), Arc::clone(&task), Arc::clone(&hashes));
        let step = app
            .store
            .write_parts(move |tx| chunk(&app_, tx, &caller, &id_, &model, &task, &hashes))
            .await?;
        match step {
            Step::More(event) => app.tasks.events.tell(event),
            Step::Ended(event) => {
                app.tasks.events.tell(event);
                return Ok(Run::Ended);
            }
        }
    }
}

fn chunk(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    id: &str,
    model: &Model,
    task: &Task,
    hashes: &Hashes,
) -> Result<Step, Fault> {
    let Some(state) = tx.task(id)? else { return Err(Fault::internal()) };
    let hrefs = task.hrefs().unwrap_or_default();
    let from = usize::try_from(state.rows_done).unwrap_or(usize::MAX).min(hrefs.len());
    let catalogues = Catalogues::default();
    let mut rows = Rows { app, caller, model, task, hashes, catalogues };
    rows::advance(
        app,
        tx,
        &state,
        hrefs.len() as u64,
        hrefs[from..].iter(),
        |tx, href| {
            let ticket = Ticket::row_of(app, id);
            let outcome = tx.attempt(|tx| rows.write(tx, href, &ticket));
            let told = |written: Written| {
                let done = if written.changed { task.done() } else { task.done_before() };
                (done.to_owned(), ticket.id.clone())
            };
            RowOutcome::named(href, outcome.map(told))
        },
        |counts| summary(task, model, counts),
    )
}

/// The rows of a bulk call that are tried in one database transaction.
struct Rows<'a> {
    app: &'a App,
    caller: &'a Caller,
    model: &'a Model,
    task: &'a Task,
    hashes: &'a Hashes,
    catalogues: Catalogues,
}

impl Rows<'_> {
    fn write(&mut self, tx: &WriteTx<'_>, href: &str, ticket: &Ticket) -> Result<Written, Fault> {
        let Self { app, caller, model, task, hashes, catalogues } = self;
        let pkid = resources::pkid_of(model, href).unwrap_or_default();
        match task {
            Task::BulkModify { changes, .. } => {
                let revision = Revision::merge(changes.clone()).with(hashes.clone());
                update_in(app, tx, caller, model, pkid, &Expected::Any, revision, ticket)
            }
            Task::BulkMove { target, .. } => {
                let target = hierarchy::resolve(tx, caller, Some(target))?;
                relocate_in(app, tx, caller, model, pkid, &target, ticket)
            }
            Task::BulkAssign { wanted, remove, .. } => {
                licences::assign_in(app, tx, catalogues, caller, pkid, wanted, *remove, ticket)
            }
            _ => remove_in(app, tx, caller, model, pkid, &Expected::Any, ticket),
        }
    }
}

fn summary(task: &Task, model: &Model, counts: Counts) -> String {
    let done = match task {
        Task::BulkModify { .. } => "were modified".to_owned(),
        Task::BulkMove { .. } => "were moved".to_owned(),
        Task::BulkAssign { wanted, remove: false, .. } => {
            format!("were assigned {}", listed(wanted))
        }
        Task::BulkAssign { wanted, .. } => format!("hold {} no more", listed(wanted)),
        _ => "were deleted".to_owned(),
    };
    format!("{} of {} {} {done}.", counts.succeeded, counts.total, model.title_plural)
}

/// The first names of what was asked for, and how many more there are.
fn listed(wanted: &Wanted) -> String {
    const NAMED: usize = 3;
    let names: Vec<&str> =
        wanted.packs.iter().chain(&wanted.services).map(String::as_str).collect();
    let first = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
