//! Deleting an instance.

use std::sync::Arc;

use super::{Expected, Written, expect_version, from_json, get_to_change, href};
use crate::{
    domain::{
        App, Caller,
        transactions::{self, Action, Change, Ticket},
        workflow::{self, Touch},
    },
    fault::Fault,
    model::{Model, Operation},
    store::WriteTx,
};

/// Deletes an instance.
pub async fn remove(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: impl Into<Expected>,
) -> Result<Written, Fault> {
    let expected = expected.into();
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, ticket) = (pkid.to_owned(), Ticket::new(&app));
    let store = app.store.clone();
    store.write(move |tx| remove_in(&app, tx, &caller, &model, &pkid, &expected, &ticket)).await
}

/// [`remove`], inside a transaction that does more.
pub fn remove_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    expected: &Expected,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let flow = workflow::of(&model.model_type);
    let stored = get_to_change(tx, caller, model, pkid, Operation::Remove)?;
    expect_version(&stored, expected)?;
    flow.entitled(tx, caller, &Touch { before: Some(&stored), after: None })?;
    flow.removing(app, tx, &stored)?;
    let along = flow.goes_with(tx, &stored)?;
    let before = from_json(&stored)?;
    tx.delete_instance(stored.id)?;
    flow.removed(tx, &stored)?;
    transactions::record(
        app,
        tx,
        caller,
        ticket,
        &Change {
            action: Action::Delete,
            model_type: &model.model_type,
            href: &href(&model.model_type, pkid),
            node: &stored.node,
            message: told(&model.title, model.label_of(&before, pkid), &along),
            before: Some(&stored.data),
            after: None,
            log: Vec::new(),
            counts: None,
        },
    )?;
    Ok(Written {
        pkid: stored.pkid,
        version: stored.version,
        transaction_id: ticket.id.clone(),
        node: stored.node,
        changed: true,
    })
}

fn told(title: &str, label: &str, along: &[String]) -> String {
    match along {
        [] => format!("{title} {label} was deleted."),
        along => format!("{title} {label} was deleted, and with it {}.", along.join(", ")),
    }
}
