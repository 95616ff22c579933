//! What is put into a database once in its life, and belongs to the operators from then on: what they
//! change or delete doesn't come back.

use super::App;
use crate::{
    fault::Fault,
    store::{Node, WriteTx},
};

/// Puts it in at the root of the hierarchy, unless the database has the mark that it was.
pub async fn once(
    app: &App,
    mark: &'static str,
    put: impl FnOnce(&App, &WriteTx<'_>, Node) -> Result<(), Fault> + Send + 'static,
) -> Result<(), Fault> {
    if app.store.read(|tx| Ok::<_, Fault>(tx.is_done(mark)?)).await? {
        return Ok(());
    }
    let app_ = app.clone();
    app.store
        .write(move |tx| {
            let root = tx.root_node()?.ok_or_else(Fault::internal)?;
            put(&app_, tx, root)?;
            Ok::<_, Fault>(tx.mark_done(mark)?)
        })
        .await
}
