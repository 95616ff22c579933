//! A file that comes to be loaded: judged as a whole before anything is queued, kept sealed, and
//! loaded once more from there.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::read::{self, Header, MOST_BYTES, Row, Visitor};
use crate::{
    domain::{
        App, Caller,
        access::{offered, permit},
        hierarchy,
        inherited::Selector,
        resources::get_in,
        tasks::{self, Asked, Load, Manner, Mode, not_kept},
        templates,
        transactions::{self, Action},
    },
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation},
    store::ReadTx,
};

/// Files that are judged at a time: each takes memory.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// How long a file is kept. Seconds.
const KEPT: i64 = 7 * 24 * 3600;

/// A file as it was sent.
pub struct Upload {
    /// What it was called where it came from.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// How it is to be loaded.
pub struct Wanted {
    /// Node of the rows that name none: pkid or dot path. When absent, the one that the sheet
    /// names, else the caller's own.
    pub place: Option<String>,
    pub mode: Mode,
    /// A configuration template for what is added and modified.
    pub template: Option<Selector>,
}

/// Judges a file and asks for its load. What is wrong with the file as a whole is the fault, and
/// nothing is kept.
pub async fn import(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    upload: Upload,
    wanted: Wanted,
    manner: Manner,
) -> Result<Asked, Fault> {
    may_load(model)?;
    if upload.bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    // Before the file is looked at: a place that isn't there is the caller's first mistake.
    {
        let (caller, named) = (caller.clone(), wanted.place.clone());
        app.store
            .read(move |tx| hierarchy::resolve(tx, &caller, named.as_deref()).map(|_| ()))
            .await?;
    }
    permit(caller, model, Operation::Add).or_else(|_| permit(caller, model, Operation::Update))?;
    let name = plain_name(&upload.name);
    let (bytes, judged) = judge(model, upload.bytes).await?;
    let (id, now) = (app.env.transaction_id(), app.env.now_seconds());
    let (caller_, model_, id_, name_) =
        (caller.clone(), Arc::clone(model), id.clone(), name.clone());
    let (place, template) = app
        .store
        .write(move |tx| {
            let at = wanted.place.or(judged.place);
            let place = hierarchy::resolve(tx, &caller_, at.as_deref())?;
            let template = wanted
                .template
                .map(|selector| templates::find(tx, &place, &model_, &selector))
                .transpose()?;
            tx.delete_task_files_before(now - KEPT)?;
            tx.put_task_file(&id_, &name_, &bytes, now)?;
            Ok::<_, Fault>((place.pkid, template.map(|template| template.pkid)))
        })
        .await?;
    let load = Load {
        model_type: model.model_type.clone(),
        place,
        file: id,
        name,
        mode: wanted.mode,
        rows: judged.rows,
        template,
    };
    tasks::load(app, caller, load, manner).await
}

/// Loads the file of an earlier load, such as a dry run, in another mode.
pub async fn apply(
    app: &App,
    caller: &Caller,
    transaction_id: &str,
    mode: Mode,
) -> Result<Asked, Fault> {
    let (app_, caller_, id) = (app.clone(), caller.clone(), transaction_id.to_owned());
    let load = app
        .store
        .read(move |tx| {
            let load = loaded(&app_, tx, &caller_, &id)?;
            if tx.task(&id)?.is_some_and(|task| task.state != crate::store::TaskState::Ended) {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "not_ended",
                    "This transaction hasn't ended yet; wait for it, or cancel it.",
                ));
            }
            if tx.task_file(&load.file)?.is_none() {
                return Err(not_kept());
            }
            Ok::<_, Fault>(load)
        })
        .await?;
    may_load(app.model(&load.model_type)?.as_ref())?;
    tasks::load(app, caller, Load { mode, ..load }, Manner::queued(None)).await
}

/// What a visible transaction was asked to load.
pub(super) fn loaded(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    transaction_id: &str,
) -> Result<Load, Fault> {
    is_load(app, tx, caller, transaction_id)?;
    tasks::load_of(tx, transaction_id)?.ok_or_else(not_kept)
}

/// Refuses a transaction that the caller can't see, or that loaded nothing.
pub(super) fn is_load(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    transaction_id: &str,
) -> Result<(), Fault> {
    let model = app.model(transactions::MODEL)?;
    let record = get_in(tx, caller.node.id, &model, transaction_id)?;
    permit(caller, &model, Operation::Get)?;
    let data = transactions::data_of(&record)?;
    let action = data.get("action").and_then(serde_json::Value::as_str);
    if action == Some(Action::DataImport.as_str()) {
        return Ok(());
    }
    Err(Fault::new(FaultKind::Conflict, "not_a_load", "This transaction loaded no file."))
}

fn may_load(model: &Model) -> Result<(), Fault> {
    offered(model, Operation::Add).or_else(|_| offered(model, Operation::Update))
}

/// What was found out about a file.
#[derive(Default)]
struct Judged {
    rows: u64,
    place: Option<String>,
}

impl<'m> Visitor<'m> for Judged {
    fn header(&mut self, header: &Header<'m>) -> Result<(), Fault> {
        self.place.clone_from(&header.place);
        Ok(())
    }

    fn row(&mut self, _row: Row) -> Result<(), Fault> {
        self.rows += 1;
        Ok(())
    }
}

/// Reads a file once to its end, aside from the requests.
async fn judge(model: &Arc<Model>, bytes: Vec<u8>) -> Result<(Vec<u8>, Judged), Fault> {
    let _turn = AT_A_TIME.acquire().await.map_err(|_| Fault::internal())?;
    let model = Arc::clone(model);
    let reading = tokio::task::spawn_blocking(move || {
        let mut judged = Judged::default();
        read::read(&bytes, &model, &mut judged)?;
        Ok((bytes, judged))
    });
    // A file that makes a reader panic is damaged, whatever else it is.
    reading.await.unwrap_or_else(|error| {
        tracing::error!(%error, "an uploaded file stopped its reader");
        let message = "The file is damaged and can't be read.";
        Err(Fault::new(FaultKind::BadInput, "unreadable", message)
            .with_errors(vec![FieldError::new("file", "unreadable", message)]))
    })
}

pub fn too_large() -> Fault {
    let message = "The file is over the limit of 32 MiB; divide it into several.";
    Fault::new(FaultKind::TooLarge, "too_large", message).with_errors(vec![FieldError::new(
        "file",
        "too_large",
        message,
    )])
}

/// A file's name without its folder, short and printable.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if plain.is_empty() { "file".to_owned() } else { plain }
}
