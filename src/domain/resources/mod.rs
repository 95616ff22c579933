//! Instances of any model, one at a time: get, create, update, remove, move. Every write goes
//! through here, and leaves its transaction record. Each write has a form that runs inside a
//! transaction which does more (`…_in`): a row of a bulk call is the same write.

mod create;
mod fields;
mod relocate;
mod remove;
mod update;

use std::sync::Arc;

use serde_json::{Map, Value};

pub(in crate::domain) use self::fields::{
    in_schema_order, keep_server_fields, leave_server_fields, to_json,
};
pub use self::{
    create::{NewData, create, create_in, judge_at},
    relocate::relocate_in,
    remove::{remove, remove_in},
    update::{Revision, judge_revision, update, update_in},
};
use super::{
    App, Caller,
    access::{self, offered, permit},
    accounts,
    hashes::Hashes,
    hierarchy, workflow,
};
use crate::{
    fault::{Fault, FaultKind, FieldError},
    model::{Model, Operation},
    server_fns::views::Saved,
    store::{Node, ReadTx, Stored},
};

/// A write that was made.
pub struct Written {
    pub pkid: String,
    pub version: u64,
    pub transaction_id: String,
    /// Where the instance stands, or stood.
    pub node: Node,
    /// False when the instance was already as it was asked to be.
    pub changed: bool,
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

/// What a caller asks of the stored version before it is changed.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
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

/// The path of an instance on the API, without a trailing slash.
pub fn href(model_type: &str, pkid: &str) -> String {
    format!("/api/{model_type}/{pkid}")
}

/// The pkid that an href of the model names, with and without a trailing slash.
pub fn pkid_of<'a>(model: &Model, href: &'a str) -> Option<&'a str> {
    let rest = href.trim_end_matches('/').strip_prefix("/api/")?;
    let pkid = rest.strip_prefix(model.model_type.as_str())?.strip_prefix('/')?;
    (!pkid.is_empty()).then_some(pkid)
}

/// One instance.
pub async fn get(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
) -> Result<Stored, Fault> {
    Ok(get_with_meta(app, caller, model, pkid).await?.stored)
}

/// The name of a call on an instance that no operation stands for, and its title.
pub type Control = (&'static str, &'static str);

/// One instance as it is read alone.
pub struct Whole {
    pub stored: Stored,
    /// What `meta` says of it that others of its kind don't share.
    pub own: Map<String, Value>,
    /// See `Workflow::controls`.
    pub controls: Option<Vec<Control>>,
}

/// One instance, and what its `meta` says of it.
pub async fn get_with_meta(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    pkid: &str,
) -> Result<Whole, Fault> {
    offered(model, Operation::Get)?;
    let read = |app: &App, tx: &ReadTx<'_>, caller: &Caller, model: &Model, pkid: &str| {
        let mut stored = get_in(tx, caller.node.id, model, pkid)?;
        permit(caller, model, Operation::Get)?;
        let flow = workflow::of(&model.model_type);
        flow.complete(tx, &mut stored)?;
        let own = flow.meta(tx, &stored)?;
        let controls = flow.controls(app, tx, caller, &stored)?;
        Ok(Whole { stored, own, controls })
    };
    if !workflow::of(&model.model_type).is_long_to_read() {
        return app.store.read_now(|tx| read(app, tx, caller, model, pkid));
    }
    let (caller, model, pkid) = (caller.clone(), Arc::clone(model), pkid.to_owned());
    let app_ = app.clone();
    app.store.read(move |tx| read(&app_, tx, &caller, &model, &pkid)).await
}

/// [`get`], inside a transaction that does more.
pub fn get_in(
    tx: &ReadTx<'_>,
    visible_from: i64,
    model: &Model,
    pkid: &str,
) -> Result<Stored, Fault> {
    let found = if model.inherited {
        tx.instance_on_line(&model.model_type, pkid, visible_from)?
    } else {
        tx.instance(&model.model_type, pkid, visible_from)?
    };
    found.ok_or_else(|| {
        Fault::not_found(format!(
            "There is no {} with the pkid {:?}.",
            model.model_type,
            hierarchy::shortened(pkid)
        ))
    })
}

/// [`get_in`] of an instance with which the caller is going to do something. What can't be seen is
/// said before what can't be done.
pub fn get_to_change(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    pkid: &str,
    operation: Operation,
) -> Result<Stored, Fault> {
    offered(model, operation)?;
    let stored = get_in(tx, caller.node.id, model, pkid)?;
    permit(caller, model, operation)?;
    match refusal(tx, caller, model, &stored)? {
        None => Ok(stored),
        Some(reason) => Err(Fault::forbidden(reason)),
    }
}

/// Why the caller can't change an instance that it sees: what is inherited is changed at or above
/// the node it belongs to.
pub fn refusal(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    stored: &Stored,
) -> Result<Option<String>, Fault> {
    if !model.inherited || tx.is_at_or_below(stored.node.id, caller.node.id)? {
        return Ok(None);
    }
    let label = model.label_of(&from_json(stored)?, &stored.pkid).to_owned();
    Ok(Some(format!(
        "{} {label} belongs to {}, above your own node: it holds here, and only those who belong \
         to that node or above it can change it.",
        model.title, stored.node.path
    )))
}

/// The node a call is made at, or the fault that says it can't be.
pub fn place(app: &App, caller: &Caller, named: Option<&str>) -> Result<Node, Fault> {
    match named {
        None => Ok(caller.node.clone()),
        named => app.store.read_now(|tx| hierarchy::resolve(tx, caller, named)),
    }
}

/// Refuses what the caller may not do at a place, after a place that it can't see and before
/// anything else is looked at.
pub fn permit_at(
    app: &App,
    caller: &Caller,
    model: &Model,
    operation: Operation,
    named: Option<&str>,
) -> Result<(), Fault> {
    offered(model, operation)?;
    if access::permits(caller, model, operation) {
        return Ok(());
    }
    place(app, caller, named)?;
    permit(caller, model, operation)
}

/// The place of an add form: a node where instances of the model may be added.
pub fn place_to_add(
    app: &App,
    caller: &Caller,
    model: &Model,
    named: Option<&str>,
) -> Result<Node, Fault> {
    offered(model, Operation::Add)?;
    let place = place(app, caller, named)?;
    permit(caller, model, Operation::Add)?;
    may_add(model, &place)?;
    Ok(place)
}

/// Refuses a version of the schema that there isn't, at the parameter that names it. A model has
/// one, which comes with its file; nothing is tagged beside it.
pub fn known_version(model: &Model, parameter: &str, version: Option<&str>) -> Result<(), Fault> {
    match version.filter(|v| !v.is_empty()) {
        Some(version) if version != model.schema_version => {
            let message = format!(
                "{} has no version {:?}; there is {}.",
                model.model_type,
                hierarchy::shortened(version),
                model.schema_version
            );
            let error = FieldError::new(parameter, "not_found", message.clone());
            Err(Fault::not_found(message).with_errors(vec![error]))
        }
        _ => Ok(()),
    }
}

/// Who asked for a write, as it may go on: while hashes are made for it, the role or the account may be
/// taken away.
fn still(app: &App, tx: &ReadTx<'_>, caller: Caller, model: &Model) -> Result<Caller, Fault> {
    if !Hashes::has(model) {
        return Ok(caller);
    }
    let token = caller.api_token.as_deref();
    let now = app.env.now_seconds();
    accounts::caller_again(tx, caller.account_id, token, now)?.ok_or_else(|| {
        Fault::unauthenticated(
            "The account or the token was taken away while this was under way; nothing was changed.",
        )
    })
}

fn may_add(model: &Model, place: &Node) -> Result<(), Fault> {
    match hierarchy::refusal_to_add(model, place) {
        None => Ok(()),
        Some(reason) => Err(Fault::field("hierarchy", "wrong_place", reason)),
    }
}

pub(super) fn expect_version(stored: &Stored, expected: &Expected) -> Result<(), Fault> {
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

/// The plain attributes of a stored instance.
pub fn from_json(stored: &Stored) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&stored.data).map_err(|error| {
        tracing::error!(%error, pkid = stored.pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}
