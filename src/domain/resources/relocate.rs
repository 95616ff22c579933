//! Moving an instance to another node: up, down or sideways, to wherever its model is allowed and
//! its business key is free.

use super::{Written, from_json, get_to_change, href, may_add};
use crate::{
    domain::{
        App, Caller, keys,
        transactions::{self, Action, Change, Ticket},
        workflow::{self, Touch},
    },
    fault::Fault,
    model::{Model, Operation},
    store::{Node, WriteTx},
};

/// Moves an instance to `target`, which the caller can see.
pub fn relocate_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    target: &Node,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let stored = get_to_change(tx, caller, model, pkid, Operation::Move)?;
    may_add(model, target)?;
    let data = from_json(&stored)?;
    let flow = workflow::of(&model.model_type);
    flow.moving(app, tx, &stored, target)?;
    let after = Some((target, &data));
    flow.entitled(tx, caller, &Touch { before: Some(&stored), after })?;
    keys::check(tx, model, target.id, &data, Some(pkid))?;
    let changed = stored.node.id != target.id;
    let mut version = stored.version;
    if changed {
        version = tx.move_instance(stored.id, target.id, &ticket.now)?;
        tx.release_keys(stored.id)?;
        keys::take(tx, stored.id, model, target.id, &data)?;
        flow.moved(tx, &stored, target)?;
    }
    let label = model.label_of(&data, pkid);
    let message = if changed {
        format!("{} {label} was moved from {} to {}.", model.title, stored.node.path, target.path)
    } else {
        format!("{} {label} stands at {} already.", model.title, target.path)
    };
    transactions::record(
        app,
        tx,
        caller,
        ticket,
        &Change {
            action: Action::Move,
            model_type: &model.model_type,
            href: &href(&model.model_type, pkid),
            node: target,
            message,
            before: Some(&stored.data),
            after: Some(&stored.data),
            log: Vec::new(),
            counts: None,
        },
    )?;
    Ok(Written {
        pkid: stored.pkid,
        version,
        transaction_id: ticket.id.clone(),
        node: target.clone(),
        changed,
    })
}
