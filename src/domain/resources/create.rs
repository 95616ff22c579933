//! Adding an instance.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Written,
    fields::{apply, in_schema_order, refuse_server_fields, to_json, told},
    href, may_add, still,
};
use crate::{
    domain::{
        App, Caller,
        access::{offered, permit},
        hashes::Hashes,
        hierarchy, keys,
        secrets::{self, SecretEdit},
        transactions::{self, Action, Change, Ticket},
        workflow::{self, Save, Touch},
    },
    fault::Fault,
    model::{Model, Operation, validate::validate},
    store::{NewInstance, Node, WriteTx},
};

/// The attributes of an instance to be added, judged as far as they can be without the store.
pub struct NewData {
    data: Map<String, Value>,
    edits: Vec<SecretEdit>,
    hashes: Hashes,
}

impl NewData {
    /// Refuses what the model doesn't take.
    pub fn judge(app: &App, model: &Model, mut data: Map<String, Value>) -> Result<Self, Fault> {
        offered(model, Operation::Add)?;
        let errors = validate(model, &data);
        if !errors.is_empty() {
            return Err(Fault::invalid(errors));
        }
        refuse_server_fields(model, &data, None)?;
        workflow::of(&model.model_type).prepare(&app.models, &mut data)?;
        let edits = secrets::take(&model.root, &mut data, None);
        Ok(Self { data, edits, hashes: Hashes::default() })
    }

    /// With the hashes that were made of it.
    #[must_use]
    pub fn with(self, hashes: Hashes) -> Self {
        Self { hashes, ..self }
    }

    /// Makes its hashes, before the write.
    pub async fn hashed(self, app: &App, model: &Model) -> Result<Self, Fault> {
        let hashes = Hashes::asked_edits(app, model, &self.edits).await?;
        Ok(self.with(hashes))
    }
}

/// What the caller adds at a place, judged after whether there is such a place and whether the caller
/// may.
pub async fn judge_at(
    app: &App,
    caller: &Caller,
    model: &Model,
    hierarchy: Option<&str>,
    data: Map<String, Value>,
) -> Result<NewData, Fault> {
    super::permit_at(app, caller, model, Operation::Add, hierarchy)?;
    match NewData::judge(app, model, data) {
        Ok(new) => Ok(new),
        Err(fault) => {
            super::place(app, caller, hierarchy)?;
            Err(fault)
        }
    }
}

/// Creates an instance at a node.
pub async fn create(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    data: Map<String, Value>,
) -> Result<Written, Fault> {
    let new = judge_at(app, caller, model, hierarchy, data).await?.hashed(app, model).await?;
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let hierarchy = hierarchy.map(str::to_owned);
    let ticket = Ticket::new(&app);
    let store = app.store.clone();
    store
        .write(move |tx| {
            let caller = still(&app, tx, caller, &model)?;
            let node = hierarchy::resolve(tx, &caller, hierarchy.as_deref())?;
            create_in(&app, tx, &caller, &model, node, new, &ticket)
        })
        .await
}

/// [`create`], inside a transaction that does more.
pub fn create_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    node: Node,
    new: NewData,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let flow = workflow::of(&model.model_type);
    let NewData { mut data, mut edits, hashes } = new;
    permit(caller, model, Operation::Add)?;
    may_add(model, &node)?;
    flow.adding(app, tx, &node, &mut data)?;
    flow.entitled(tx, caller, &Touch { before: None, after: Some((&node, &data)) })?;
    keys::check(tx, model, node.id, &data, None)?;
    hashes.put(model, &mut edits)?;
    let pkid = app.env.pkid();
    flow.named(&pkid, &mut data);
    let data = in_schema_order(model, data);
    let json = to_json(&data)?;
    let instance_id = tx.insert_instance(&NewInstance {
        pkid: &pkid,
        model: &model.model_type,
        node_id: node.id,
        created: &ticket.now,
        data: &json,
    })?;
    keys::take(tx, instance_id, model, node.id, &data)?;
    apply(tx, instance_id, &pkid, &edits)?;
    flow.added(tx, &node, &pkid, &data)?;
    let save = Save { pkid: &pkid, before: None, after: &data, edits: &edits, by_workflow: false };
    let mut log = told(&edits);
    log.extend(flow.kept(app, tx, caller, &save)?);
    let label = model.label_of(&data, &pkid);
    transactions::record(
        app,
        tx,
        caller,
        ticket,
        &Change {
            action: Action::Create,
            model_type: &model.model_type,
            href: &href(&model.model_type, &pkid),
            node: &node,
            message: format!("{} {label} was added.", model.title),
            before: None,
            after: Some(&json),
            log,
            counts: None,
        },
    )?;
    Ok(Written { pkid, version: 1, transaction_id: ticket.id.clone(), node, changed: true })
}
