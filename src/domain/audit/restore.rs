//! Former versions of an instance, as the records of its changes show them, and going back to one: an
//! ordinary update with what stood there then.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    domain::{
        App, Caller,
        access::permit,
        resources::{self, Expected, Revision, Written, from_json, get_in, href},
        secrets,
        transactions::{self, Action, Ticket},
        workflow,
    },
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation},
    store::{ReadTx, Stored},
};

/// The field that names the record.
const FIELD: &str = "/transaction_id";

/// A former version, and what going back to it would make of the instance.
#[derive(Clone, Debug)]
pub struct Version {
    pub transaction_id: String,
    /// RFC 3339, UTC: when the instance became so.
    pub submitted: String,
    pub username: String,
    /// The instance as it is: its label, version and attributes.
    pub label: String,
    pub version: u64,
    pub now: Map<String, Value>,
    /// As it would be: what the server sets, and secrets, stay as they are.
    pub then: Map<String, Value>,
}

/// Whether a record of that action shows an instance as it became.
pub fn shows_version(action: &str) -> bool {
    // These are filed with a node, and show what it is licensed for.
    ![Action::SetLicences, Action::SetServicePacks].iter().any(|other| other.as_str() == action)
}

/// A former version of an instance that the caller may change.
pub async fn version(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    transaction_id: &str,
) -> Result<Version, Fault> {
    let (caller, model, log) = (caller.clone(), Arc::clone(model), app.model(transactions::MODEL)?);
    let (pkid, id) = (pkid.to_owned(), transaction_id.to_owned());
    app.store
        .read(move |tx| {
            let stored = resources::get_to_change(tx, &caller, &model, &pkid, Operation::Update)?;
            version_in(tx, &caller, &log, &model, &stored, &id)
        })
        .await
}

/// Makes an instance what it was after a former change. Refuses what an update would refuse.
pub async fn restore(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    transaction_id: &str,
    expected: impl Into<Expected>,
) -> Result<Written, Fault> {
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, id, expected) = (pkid.to_owned(), transaction_id.to_owned(), expected.into());
    let (log, store) = (app.model(transactions::MODEL)?, app.store.clone());
    store
        .write(move |tx| {
            let stored = resources::get_to_change(tx, &caller, &model, &pkid, Operation::Update)?;
            let version = version_in(tx, &caller, &log, &model, &stored, &id)?;
            let ticket = Ticket::new(&app).restoring(&version.submitted, &id);
            let revision = Revision::replace(version.then);
            resources::update_in(&app, tx, &caller, &model, &pkid, &expected, revision, &ticket)
        })
        .await
}

fn version_in(
    tx: &ReadTx<'_>,
    caller: &Caller,
    log: &Model,
    model: &Model,
    stored: &Stored,
    id: &str,
) -> Result<Version, Fault> {
    permit(caller, log, Operation::Get)?;
    let record = get_in(tx, caller.node.id, log, id).map_err(|fault| match fault.kind {
        FaultKind::NotFound => {
            let error = FieldError::new(FIELD, "not_found", fault.message.clone());
            fault.with_errors(vec![error])
        }
        _ => fault,
    })?;
    let record = transactions::data_of(&record)?;
    let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("href").trim_end_matches('/') != href(&model.model_type, &stored.pkid) {
        return Err(Fault::field(
            FIELD,
            "other_instance",
            "This transaction is about another instance. Name one of this instance's own history.",
        ));
    }
    let after = record.get("after").and_then(Value::as_object);
    let Some(after) = after.filter(|_| shows_version(text("action"))) else {
        return Err(Fault::field(
            FIELD,
            "no_version",
            "This transaction doesn't show what the instance became, so there is nothing to go back \
             to. Name one that created or modified it.",
        ));
    };
    let now = from_json(stored)?;
    let mut then = after.clone();
    resources::leave_server_fields(model, &mut then);
    resources::keep_server_fields(model, &mut then, &now);
    // Only masks are recorded: nothing of a secret changes.
    secrets::take(&model.root, &mut then, Some(&now));
    for name in workflow::of(&model.model_type).beside_secrets() {
        match now.get(*name) {
            Some(value) => then.insert((*name).to_owned(), value.clone()),
            None => then.shift_remove(*name),
        };
    }
    let then = resources::in_schema_order(model, then);
    Ok(Version {
        transaction_id: id.to_owned(),
        submitted: text("submitted").to_owned(),
        username: text("username").to_owned(),
        label: model.label_of(&now, &stored.pkid).to_owned(),
        version: stored.version,
        now,
        then,
    })
}
