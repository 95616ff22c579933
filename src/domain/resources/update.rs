//! Modifying an instance: all its attributes, or some.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Expected, Written, expect_version,
    fields::{apply, in_schema_order, keep_server_fields, refuse_server_fields, to_json, told},
    from_json, get_in, get_to_change, href, still,
};
use crate::{
    domain::{
        App, Caller,
        hashes::Hashes,
        keys, secrets,
        transactions::{self, Action, Change, Ticket},
        workflow::{self, Save, Touch},
    },
    fault::Fault,
    model::{Model, Operation, validate::validate},
    store::{Stored, WriteTx},
};

/// What an instance is to become.
pub struct Revision {
    form: Form,
    hashes: Hashes,
}

enum Form {
    Replace(Map<String, Value>),
    Merge(Map<String, Value>),
}

impl Revision {
    /// These attributes in place of all; secrets that are absent or masked stay.
    pub fn replace(data: Map<String, Value>) -> Self {
        Self { form: Form::Replace(data), hashes: Hashes::default() }
    }

    /// These attributes beside those it has; a null takes one away.
    pub fn merge(changes: Map<String, Value>) -> Self {
        Self { form: Form::Merge(changes), hashes: Hashes::default() }
    }

    /// With the hashes that were made of it.
    #[must_use]
    pub fn with(self, hashes: Hashes) -> Self {
        Self { hashes, ..self }
    }

    fn over(self, before: &Map<String, Value>) -> Map<String, Value> {
        match self.form {
            Form::Replace(data) => data,
            Form::Merge(changes) => {
                let mut data = before.clone();
                for (name, value) in changes {
                    match value {
                        // A secret that is left out would stay.
                        Value::Null if data.get(&name).is_some_and(is_mask) => {
                            data.insert(name, Value::String(String::new()));
                        }
                        Value::Null => {
                            data.shift_remove(&name);
                        }
                        value => {
                            data.insert(name, value);
                        }
                    }
                }
                data
            }
        }
    }
}

fn is_mask(value: &Value) -> bool {
    value.as_str() == Some(crate::model::MASK)
}

/// Replaces an instance's attributes; secrets that are absent or masked stay.
pub async fn update(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: impl Into<Expected>,
    data: Map<String, Value>,
) -> Result<Written, Fault> {
    let expected = expected.into();
    if Hashes::has(model) {
        judge_first(app, caller, model, pkid, &expected, &data).await?;
    }
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, ticket) = (pkid.to_owned(), Ticket::new(&app));
    let store = app.store.clone();
    let hashes = Hashes::asked(&app, &model, &data).await?;
    let revision = Revision::replace(data).with(hashes);
    store
        .write(move |tx| {
            let caller = still(&app, tx, caller, &model)?;
            update_in(&app, tx, &caller, &model, &pkid, &expected, revision, &ticket)
        })
        .await
}

/// Refuses before hashes are made of it what the write would refuse after: who may not change the
/// instance gets no such work done.
async fn judge_first(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: &Expected,
    data: &Map<String, Value>,
) -> Result<(), Fault> {
    let (app_, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, expected) = (pkid.to_owned(), expected.clone());
    let revision = Revision::replace(data.clone());
    app.store
        .read(move |tx| {
            let stored = get_to_change(tx, &caller, &model, &pkid, Operation::Update)?;
            expect_version(&stored, &expected)?;
            let data = judge_revision(&app_, &model, &stored, &from_json(&stored)?, revision)?;
            let touch = Touch { before: Some(&stored), after: Some((&stored.node, &data)) };
            workflow::of(&model.model_type).entitled(tx, &caller, &touch)
        })
        .await
}

/// [`update`], inside a transaction that does more.
#[expect(clippy::too_many_arguments, reason = "one change, alone or as a row of a bulk call")]
pub fn update_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    expected: &Expected,
    mut revision: Revision,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let flow = workflow::of(&model.model_type);
    let by_workflow = ticket.telling.is_some();
    let stored = if by_workflow {
        // Whether the caller may start it has been judged.
        get_in(tx, caller.node.id, model, pkid)?
    } else {
        get_to_change(tx, caller, model, pkid, Operation::Update)?
    };
    expect_version(&stored, expected)?;
    let before = from_json(&stored)?;
    let hashes = std::mem::take(&mut revision.hashes);
    let mut data = judge_revision(app, model, &stored, &before, revision)?;
    let mut edits = secrets::take(&model.root, &mut data, Some(&before));
    hashes.put(model, &mut edits)?;
    if !by_workflow {
        flow.sent(tx, &stored, &before, &mut data, &edits)?;
    }
    flow.changing(app, tx, &stored, &mut data)?;
    let after = Some((&stored.node, &data));
    flow.entitled(tx, caller, &Touch { before: Some(&stored), after })?;
    keys::check(tx, model, stored.node.id, &data, Some(&stored.pkid))?;
    let data = in_schema_order(model, data);
    let json = to_json(&data)?;
    let changed = json != stored.data || !edits.is_empty();
    let mut version = stored.version;
    let mut log = told(&edits);
    if changed {
        version = tx.update_instance(stored.id, &json, &ticket.now)?;
        tx.release_keys(stored.id)?;
        keys::take(tx, stored.id, model, stored.node.id, &data)?;
        apply(tx, stored.id, pkid, &edits)?;
        let save = Save { pkid, before: Some(&before), after: &data, edits: &edits, by_workflow };
        log.extend(flow.kept(app, tx, caller, &save)?);
    }
    if changed || !ticket.only_changes {
        let label = model.label_of(&data, pkid);
        let what = if changed { "was modified" } else { "was saved without a change" };
        let (action, message) = match (&ticket.telling, &ticket.restored) {
            (Some((action, told)), _) => (*action, format!("{} {label}: {told}", model.title)),
            (None, Some(version)) => {
                (Action::Restore, format!("{} {label} was restored to {version}.", model.title))
            }
            (None, None) => (Action::Modify, format!("{} {label} {what}.", model.title)),
        };
        transactions::record(
            app,
            tx,
            caller,
            ticket,
            &Change {
                action,
                model_type: &model.model_type,
                href: &href(&model.model_type, pkid),
                node: &stored.node,
                message,
                before: Some(&stored.data),
                after: Some(&json),
                log,
                counts: None,
            },
        )?;
    }
    Ok(Written {
        pkid: stored.pkid,
        version,
        transaction_id: ticket.id.clone(),
        node: stored.node,
        changed,
    })
}

/// What an instance becomes, judged as far as it can be without the store. `before` is what
/// `stored` says.
pub fn judge_revision(
    app: &App,
    model: &Model,
    stored: &Stored,
    before: &Map<String, Value>,
    revision: Revision,
) -> Result<Map<String, Value>, Fault> {
    let mut data = revision.over(before);
    keep_server_fields(model, &mut data, before);
    // The root's own type is no choice that a form could offer.
    let is_root = stored.node.pkid == stored.pkid;
    let judged = if is_root { without(&data, "node_type") } else { data.clone() };
    let mut errors = validate(model, &judged);
    if is_root {
        errors.retain(|e| e.field != "/node_type");
    }
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    refuse_server_fields(model, &data, Some(before))?;
    workflow::of(&model.model_type).prepare(&app.models, &mut data)?;
    Ok(data)
}

fn without(data: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut rest = data.clone();
    rest.shift_remove(name);
    rest
}
