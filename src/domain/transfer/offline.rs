//! Export and bulk load from the command line, in the name of the program itself: whoever reads the
//! data folder has its key, so nobody is asked who they are.

use tokio::sync::broadcast::error::RecvError;

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
    },
    fault::Fault,
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
    // Nothing else runs in this process: whatever is heard is of this load.
    let mut news = app.tasks.events.listen();
    let asking = upload::import(app, &caller, &model, upload, wanted, Manner::at_once());
    let mut asking = std::pin::pin!(asking);
    let mut stop = std::pin::pin!(stop);
    let (mut asked, mut last, mut stopping) = (None, None::<Event>, false);
    let (id, message) = loop {
        if let (Some(id), Some(event)) = (&asked, &last)
            && event.is_last()
        {
            break (String::clone(id), event.message.clone());
        }
        tokio::select! {
            answer = &mut asking, if asked.is_none() => {
                let answer = answer?;
                if let Some(fault) = answer.fault {
                    return Err(fault);
                }
                asked = Some(answer.transaction_id);
            }
            heard = news.recv() => match heard {
                Ok(event) => {
                    told(&event);
                    if stopping && last.is_none() {
                        tasks::cancel(app, &caller, &event.transaction_id).await?;
                    }
                    last = Some(event);
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Err(Fault::internal()),
            },
            () = &mut stop, if !stopping => {
                stopping = true;
                if let Some(event) = last.as_ref().filter(|event| !event.is_last()) {
                    tasks::cancel(app, &caller, &event.transaction_id).await?;
                }
            }
        }
    };
    let outcome = tasks::outcome(app, &id).await?;
    let failed = outcome.rows.iter().any(tasks::RowOutcome::failed);
    let errors = if failed { Some(error_sheet(app, &caller, &id).await?) } else { None };
    Ok(Loaded { outcome, message, errors })
}

async fn program(app: &App) -> Result<Caller, Fault> {
    app.store.read(Caller::program).await
}
