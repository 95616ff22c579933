//! Instances of any model: get, create, update, remove, bulk remove. Every write goes
//! through here, and leaves its transaction record.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    App, Caller, hierarchy, keys,
    secrets::{self, SecretChange, SecretEdit},
    transactions::{self, Action, Change, FAIL, SUCCESS, SubTransaction},
    workflow,
};
use crate::{
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation, validate::validate},
    server_fns::views::{BulkOutcome, Saved},
    store::{NewInstance, Node, ReadTx, Stored, WriteTx},
};

/// A write that was made.
pub struct Written {
    pub pkid: String,
    pub version: u64,
    pub transaction_id: String,
    /// Where the instance stands, or stood.
    pub node: Node,
}

impl From<Written> for Saved {
    fn from(written: Written) -> Self {
        Self {
            pkid: written.pkid,
            version: written.version,
            transaction_id: written.transaction_id,
        }
    }
}

/// A bulk call that was made.
pub struct BulkWritten {
    pub transaction_id: String,
    pub rows: Vec<SubTransaction>,
}

impl From<BulkWritten> for BulkOutcome {
    fn from(bulk: BulkWritten) -> Self {
        let (done, failed): (Vec<_>, Vec<_>) =
            bulk.rows.into_iter().partition(|row| row.status == SUCCESS);
        Self {
            transaction_id: bulk.transaction_id,
            succeeded: done.len() as u64,
            failed: failed.into_iter().map(|row| (row.href, row.message)).collect(),
        }
    }
}

/// The path of an instance on the API, without a trailing slash.
pub fn href(model_type: &str, pkid: &str) -> String {
    format!("/api/{model_type}/{pkid}")
}

/// One instance.
pub async fn get(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
) -> Result<Stored, Fault> {
    offered(model, Operation::Get)?;
    let (model, pkid, from) = (Arc::clone(model), pkid.to_owned(), caller.node.id);
    app.store.read(move |tx| get_in(tx, from, &model, &pkid)).await
}

/// [`get`], inside a transaction that does more.
pub fn get_in(
    tx: &ReadTx<'_>,
    visible_from: i64,
    model: &Model,
    pkid: &str,
) -> Result<Stored, Fault> {
    tx.instance(&model.model_type, pkid, visible_from)?.ok_or_else(|| {
        Fault::not_found(format!(
            "There is no {} with the pkid {:?}.",
            model.model_type,
            hierarchy::shortened(pkid)
        ))
    })
}

/// The node a call is made at, or the fault that says it can't be.
pub async fn place(app: &App, caller: &Caller, named: Option<&str>) -> Result<Node, Fault> {
    let (caller, named) = (caller.clone(), named.map(str::to_owned));
    app.store.read(move |tx| hierarchy::resolve(tx, &caller, named.as_deref())).await
}

/// The place of an add form: a node where instances of the model may be added.
pub async fn place_to_add(
    app: &App,
    caller: &Caller,
    model: &Model,
    named: Option<&str>,
) -> Result<Node, Fault> {
    offered(model, Operation::Add)?;
    let place = place(app, caller, named).await?;
    may_add(model, &place)?;
    Ok(place)
}

/// Creates an instance at a node.
pub async fn create(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    mut data: Map<String, Value>,
) -> Result<Written, Fault> {
    offered(model, Operation::Add)?;
    let errors = validate(model, &data);
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    refuse_server_fields(model, &data, None)?;
    let flow = workflow::of(&model.model_type);
    flow.prepare(&mut data)?;
    let edits = secrets::take(&model.root, &mut data, None);

    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let hierarchy = hierarchy.map(str::to_owned);
    let (pkid, id, now) = (app.env.pkid(), app.env.transaction_id(), app.env.now_text());
    let store = app.store.clone();
    store
        .write(move |tx| {
            let node = hierarchy::resolve(tx, &caller, hierarchy.as_deref())?;
            may_add(&model, &node)?;
            flow.adding(tx, &node, &mut data)?;
            keys::check(tx, &model, node.id, &data, None)?;
            let data = in_schema_order(&model, data);
            let json = to_json(&data)?;
            let instance_id = tx.insert_instance(&NewInstance {
                pkid: &pkid,
                model: &model.model_type,
                node_id: node.id,
                created: &now,
                data: &json,
            })?;
            keys::take(tx, instance_id, &model, node.id, &data)?;
            apply(tx, instance_id, &pkid, &edits)?;
            flow.added(tx, &node, &pkid, &data)?;
            let label = model.label_of(&data, &pkid);
            transactions::record(
                &app,
                tx,
                &caller,
                &id,
                &now,
                &Change {
                    action: Action::Create,
                    model_type: &model.model_type,
                    href: &href(&model.model_type, &pkid),
                    node: &node,
                    message: format!("{} {label} was added.", model.title),
                    before: None,
                    after: Some(&json),
                    log: told(&edits),
                    parent: None,
                    rows: Vec::new(),
                },
            )?;
            Ok(Written { pkid, version: 1, transaction_id: id, node })
        })
        .await
}

/// What a caller asks of the stored version before it is changed.
#[derive(Clone, Debug)]
pub enum Expected {
    Any,
    /// The versions the caller knows; an empty list is one that matches nothing.
    OneOf(Vec<u64>),
}

impl From<Option<u64>> for Expected {
    fn from(version: Option<u64>) -> Self {
        version.map_or(Self::Any, |version| Self::OneOf(vec![version]))
    }
}

/// Replaces an instance's attributes; secrets that are absent or masked stay.
pub async fn update(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: impl Into<Expected>,
    mut data: Map<String, Value>,
) -> Result<Written, Fault> {
    offered(model, Operation::Update)?;
    let expected = expected.into();
    let flow = workflow::of(&model.model_type);
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, id, now) = (pkid.to_owned(), app.env.transaction_id(), app.env.now_text());
    let store = app.store.clone();
    store
        .write(move |tx| {
            let stored = get_in(tx, caller.node.id, &model, &pkid)?;
            expect_version(&stored, &expected)?;
            let before = from_json(&stored)?;
            keep_server_fields(&model, &mut data, &before);
            // The root's own type is no choice that a form could offer.
            let judged = if stored.node.pkid == stored.pkid {
                without(&data, "node_type")
            } else {
                data.clone()
            };
            let mut errors = validate(&model, &judged);
            if stored.node.pkid == stored.pkid {
                errors.retain(|e| e.field != "/node_type");
            }
            if !errors.is_empty() {
                return Err(Fault::invalid(errors));
            }
            refuse_server_fields(&model, &data, Some(&before))?;
            flow.prepare(&mut data)?;
            let edits = secrets::take(&model.root, &mut data, Some(&before));
            flow.changing(tx, &stored, &mut data)?;
            keys::check(tx, &model, stored.node.id, &data, Some(&stored.pkid))?;
            let data = in_schema_order(&model, data);
            let json = to_json(&data)?;
            let changed = json != stored.data || !edits.is_empty();
            let version = if changed {
                let version = tx.update_instance(stored.id, &json, &now)?;
                tx.release_keys(stored.id)?;
                keys::take(tx, stored.id, &model, stored.node.id, &data)?;
                apply(tx, stored.id, &pkid, &edits)?;
                version
            } else {
                stored.version
            };
            let label = model.label_of(&data, &pkid);
            let what = if changed { "was modified" } else { "was saved without a change" };
            transactions::record(
                &app,
                tx,
                &caller,
                &id,
                &now,
                &Change {
                    action: Action::Modify,
                    model_type: &model.model_type,
                    href: &href(&model.model_type, &pkid),
                    node: &stored.node,
                    message: format!("{} {label} {what}.", model.title),
                    before: Some(&stored.data),
                    after: Some(&json),
                    log: told(&edits),
                    parent: None,
                    rows: Vec::new(),
                },
            )?;
            Ok(Written { pkid, version, transaction_id: id, node: stored.node })
        })
        .await
}

/// Deletes an instance.
pub async fn remove(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
    expected: impl Into<Expected>,
) -> Result<Written, Fault> {
    offered(model, Operation::Remove)?;
    let expected = expected.into();
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let (pkid, id, now) = (pkid.to_owned(), app.env.transaction_id(), app.env.now_text());
    let store = app.store.clone();
    store
        .write(move |tx| remove_in(&app, tx, &caller, &model, &pkid, &expected, (&id, &now), None))
        .await
}

#[expect(clippy::too_many_arguments, reason = "one deletion, alone or as a row of a bulk call")]
fn remove_in(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    expected: &Expected,
    (id, now): (&str, &str),
    parent: Option<&str>,
) -> Result<Written, Fault> {
    let flow = workflow::of(&model.model_type);
    let stored = get_in(tx, caller.node.id, model, pkid)?;
    expect_version(&stored, expected)?;
    flow.removing(&app.models, tx, &stored)?;
    let before = from_json(&stored)?;
    tx.delete_instance(stored.id)?;
    flow.removed(tx, &stored)?;
    transactions::record(
        app,
        tx,
        caller,
        id,
        now,
        &Change {
            action: Action::Delete,
            model_type: &model.model_type,
            href: &href(&model.model_type, pkid),
            node: &stored.node,
            message: format!("{} {} was deleted.", model.title, model.label_of(&before, pkid)),
            before: Some(&stored.data),
            after: None,
            log: Vec::new(),
            parent,
            rows: Vec::new(),
        },
    )?;
    Ok(Written {
        pkid: stored.pkid,
        version: stored.version,
        transaction_id: id.to_owned(),
        node: stored.node,
    })
}

/// Deletes several instances, each for itself: one that can't go leaves the others deleted. An
/// href of another model, or out of sight, fails as not found.
pub async fn bulk_remove(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    hrefs: Vec<String>,
) -> Result<BulkWritten, Fault> {
    offered(model, Operation::Remove)?;
    if hrefs.is_empty() {
        return Err(Fault::field(
            "/hrefs",
            "required",
            "Name at least one instance in hrefs; nothing was deleted.",
        ));
    }
    let (app, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let hierarchy = hierarchy.map(str::to_owned);
    let (id, now) = (app.env.transaction_id(), app.env.now_text());
    let store = app.store.clone();
    store
        .write(move |tx| {
            let node = hierarchy::resolve(tx, &caller, hierarchy.as_deref())?;
            let collection = format!("/api/{}", model.model_type);
            let mut rows = Vec::with_capacity(hrefs.len());
            for href in hrefs {
                let row_id = app.env.transaction_id();
                let pkid = href
                    .trim_end_matches('/')
                    .strip_prefix(&collection)
                    .and_then(|rest| rest.strip_prefix('/'))
                    .unwrap_or("");
                let outcome = tx.attempt(|tx| {
                    let meta = (row_id.as_str(), now.as_str());
                    remove_in(&app, tx, &caller, &model, pkid, &Expected::Any, meta, Some(&id))
                });
                rows.push(match outcome {
                    Ok(_) => SubTransaction {
                        href,
                        status: SUCCESS,
                        message: "Deleted.".to_owned(),
                        transaction_id: Some(row_id),
                    },
                    // Ours: the whole call fails and nothing of it stays.
                    Err(fault) if fault.kind == FaultKind::Internal => return Err(fault),
                    Err(fault) => SubTransaction {
                        href,
                        status: FAIL,
                        message: fault.message,
                        transaction_id: None,
                    },
                });
            }
            let done = rows.iter().filter(|r| r.status == SUCCESS).count();
            transactions::record(
                &app,
                tx,
                &caller,
                &id,
                &now,
                &Change {
                    action: Action::BulkDelete,
                    model_type: &model.model_type,
                    href: &format!("{collection}/"),
                    node: &node,
                    message: format!(
                        "{done} of {} {} were deleted.",
                        rows.len(),
                        model.title_plural
                    ),
                    before: None,
                    after: None,
                    log: Vec::new(),
                    parent: None,
                    rows: rows.clone(),
                },
            )?;
            Ok(BulkWritten { transaction_id: id, rows })
        })
        .await
}

/// Whether the model offers an operation at all.
pub fn offered(model: &Model, operation: Operation) -> Result<(), Fault> {
    if model.offers(operation) {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::NotOffered,
        "not_offered",
        format!("{} doesn't offer this operation.", model.model_type),
    ))
}

fn may_add(model: &Model, place: &Node) -> Result<(), Fault> {
    match hierarchy::refusal_to_add(model, place) {
        None => Ok(()),
        Some(reason) => Err(Fault::field("hierarchy", "wrong_place", reason)),
    }
}

fn expect_version(stored: &Stored, expected: &Expected) -> Result<(), Fault> {
    match expected {
        Expected::OneOf(versions) if !versions.contains(&stored.version) => Err(Fault::new(
            FaultKind::Stale,
            "stale",
            format!(
                "This was changed since you read it; the stored version is {}. Read it again and \
                 repeat your change.",
                stored.version
            ),
        )),
        _ => Ok(()),
    }
}

/// Fields that only the server writes.
fn server_fields(model: &Model) -> impl Iterator<Item = &str> {
    let readonly =
        model.root.properties.iter().filter(|(_, p)| p.readonly).map(|(name, _)| name.as_str());
    model.managed.iter().map(String::as_str).chain(readonly)
}

/// A replacement that leaves out what only the server writes, or what never changes, keeps it.
fn keep_server_fields(model: &Model, data: &mut Map<String, Value>, before: &Map<String, Value>) {
    for name in server_fields(model) {
        if !data.contains_key(name)
            && let Some(value) = before.get(name)
        {
            data.insert(name.to_owned(), value.clone());
        }
    }
}

/// Refuses values for what only the server writes, and changes of what never changes.
fn refuse_server_fields(
    model: &Model,
    data: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Result<(), Fault> {
    let mut errors = Vec::new();
    let stored = |name: &str| before.and_then(|b| b.get(name));
    for name in server_fields(model) {
        let sent = data.get(name);
        let empty = sent.is_none_or(|v| v.as_str() == Some(""));
        if !(empty || sent == stored(name)) {
            errors.push(FieldError::new(
                format!("/{name}"),
                "read_only",
                format!("{} is set by the server; leave it out.", model.attr_title(name)),
            ));
        }
    }
    if before.is_some() {
        for name in &model.immutable {
            if data.get(name) != stored(name) {
                errors.push(FieldError::new(
                    format!("/{name}"),
                    "immutable",
                    format!("{} can't be changed afterwards.", model.attr_title(name)),
                ));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

fn apply(
    tx: &WriteTx<'_>,
    instance_id: i64,
    pkid: &str,
    edits: &[SecretEdit],
) -> Result<(), Fault> {
    for edit in edits {
        match &edit.change {
            SecretChange::Set(value) => tx.put_secret(instance_id, pkid, &edit.field, value)?,
            SecretChange::Clear => tx.clear_secret(instance_id, &edit.field)?,
        }
    }
    Ok(())
}

/// What became of the secrets, in words: before and after show only masks.
fn told(edits: &[SecretEdit]) -> Vec<String> {
    edits
        .iter()
        .map(|edit| match edit.change {
            SecretChange::Set(_) => format!("{} was set.", edit.title),
            SecretChange::Clear => format!("{} was cleared.", edit.title),
        })
        .collect()
}

/// The order of the schema, so that answers don't depend on the order of what was sent.
fn in_schema_order(model: &Model, mut data: Map<String, Value>) -> Map<String, Value> {
    let mut ordered = Map::with_capacity(data.len());
    for (name, _) in &model.root.properties {
        if let Some(value) = data.shift_remove(name) {
            ordered.insert(name.clone(), value);
        }
    }
    ordered.extend(data);
    ordered
}

fn without(data: &Map<String, Value>, name: &str) -> Map<String, Value> {
    let mut rest = data.clone();
    rest.shift_remove(name);
    rest
}

fn to_json(data: &Map<String, Value>) -> Result<String, Fault> {
    serde_json::to_string(data).map_err(|error| {
        tracing::error!(%error, "an instance can't be written as JSON");
        Fault::internal()
    })
}

/// The plain attributes of a stored instance.
pub fn from_json(stored: &Stored) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&stored.data).map_err(|error| {
        tracing::error!(%error, pkid = stored.pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}
