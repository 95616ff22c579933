//! Export and bulk load from the command line, in the name of the program itself: whoever reads the
//! data folder has its key, so nobody is asked who they are.

use std::time::Duration;

use serde_json::Value;

use super::{
    errors::error_sheet,
    export::{self, Export, Format},
    file::Attachment,
    upload::{self, Upload, Wanted},
};
use crate::{
    domain::{
        App, Caller, policies,
        tasks::{self, BulkOutcome, Manner, Selection, events::Event},
        transactions,
    },
    fault::{Fault, FaultKind},
};

/// Writes the instances of a model at a node and below to a file. `parameters` are those of the list,
/// such as `search` and `filter_field`.
pub async fn export(
    app: &App,
    model_type: &str,
    place: Option<String>,
    parameters: &[(String, String)],
    format: Format,
) -> Result<Attachment, Fault> {
    let model = app.model(model_type)?;
    let caller = program(app).await?;
    let selection = Selection::matching_pairs(parameters, None)?;
    let wanted =
        Export { format, selection, place, template: None, policy: policies::Wanted::Nearest };
    export::export(app, &caller, &model, wanted).await
}

/// How a load went.
pub struct Loaded {
    pub outcome: BulkOutcome,
    /// All of it in a sentence.
    pub message: String,
    /// The rows that failed, to be corrected and loaded again.
    pub errors: Option<Attachment>,
}

/// Loads a file and waits for the end. `told` hears how far it is. When `stop` answers, the load is
/// cancelled before its next row.
pub async fn import(
    app: &App,
    model_type: &str,
    upload: Upload,
    wanted: Wanted,
    mut told: impl FnMut(&Event),
    stop: impl Future<Output = ()>,
) -> Result<Loaded, Fault> {
    let model = app.model(model_type)?;
    let caller = program(app).await?;
    let id = app.env.transaction_id();
    // Nothing else runs in this process: whatever is heard is of this load.
    let mut news = app.tasks.events.listen();
    let manner = Manner::to_the_end(id.clone());
    let mut asking = std::pin::pin!(upload::import(app, &caller, &model, upload, wanted, manner));
    let mut stop = std::pin::pin!(stop);
    let mut stopping = false;
    let mut again = tokio::time::interval(AGAIN);
    let asked = loop {
        tokio::select! {
            asked = &mut asking => break asked?,
            heard = news.recv() => {
                if let Ok(event) = heard {
                    told(&event);
                }
            }
            () = &mut stop, if !stopping => stopping = true,
            // While the file is judged there is nothing to cancel yet, and nothing tells when there is.
            _ = again.tick(), if stopping => cancel(app, &caller, &id).await?,
        }
    };
    if let Some(fault) = asked.fault {
        return Err(fault);
    }
    if !asked.ended {
        return Err(cut_off(&id));
    }
    let id_ = id.clone();
    let record = app.store.read(move |tx| transactions::data_of(&transactions::stored(tx, &id_)?));
    let record = record.await?;
    let message = record.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !record.contains_key("counts") {
        // It was stopped before its first row.
        return Err(Fault::new(FaultKind::Conflict, "not_begun", message));
    }
    let outcome = tasks::outcome(app, &id).await?;
    let failed = outcome.rows.iter().any(tasks::RowOutcome::failed);
    let errors = if failed { Some(error_sheet(app, &caller, &id).await?) } else { None };
    Ok(Loaded { outcome, message, errors })
}

/// How often it is tried to cancel what has not begun.
const AGAIN: Duration = Duration::from_millis(100);

/// Cancels the load, unless it hasn't begun, or has ended.
async fn cancel(app: &App, caller: &Caller, id: &str) -> Result<(), Fault> {
    match tasks::cancel(app, caller, id).await {
        Err(fault) if [FaultKind::NotFound, FaultKind::Conflict].contains(&fault.kind) => Ok(()),
        done => done,
    }
}

fn cut_off(id: &str) -> Fault {
    let message = format!(
        "The database couldn't take more of the load. Its transaction {id} goes on when the folder is \
         served again."
    );
    Fault::new(FaultKind::Unavailable, "cut_off", message)
}

async fn program(app: &App) -> Result<Caller, Fault> {
    app.store.read(Caller::program).await
}
