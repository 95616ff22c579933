//! The service packs and user services that are configured, as callers of the provisioning API see
//! them: at their node, above it and below it.

use serde_json::{Map, Value};

use super::{
    App, Caller,
    access::{Permission, permit_type},
    hierarchy::shortened,
    licences::{SERVICE_PACK, USER_SERVICE},
};
use crate::{
    fault::Fault,
    list_query::{Condition, Direction},
    model::Kind,
    store::{Attr, Cover, ListFilter, ListRow, ListSpec, Order, ReadTx},
};

/// What tells them apart.
const KEY: &str = "technical_name";

/// The attributes of one.
pub type Config = Map<String, Value>;

/// The service packs, by technical name: all, or those of one authorization (0 forbidden,
/// 1 optional, 2 primary).
pub async fn service_packs(
    app: &App,
    caller: &Caller,
    authorization: Option<u64>,
) -> Result<Vec<Config>, Fault> {
    let mut packs = all(app, caller, SERVICE_PACK).await?;
    packs.retain(|pack| {
        authorization.is_none_or(|n| pack.get("authorization").and_then(Value::as_u64) == Some(n))
    });
    Ok(packs)
}

/// The service pack of that technical name. Of several, which other branches of the hierarchy may
/// have, the one at or above the caller's node, else the first by its place.
pub async fn service_pack(app: &App, caller: &Caller, name: &str) -> Result<Config, Fault> {
    one(app, caller, SERVICE_PACK, name)
        .await?
        .ok_or_else(|| Fault::not_found(format!("There is no service pack {:?}.", shortened(name))))
}

/// The user services for which all these flags (`for_hg`, …) are set, by technical name.
pub async fn user_services(
    app: &App,
    caller: &Caller,
    flags: &[&str],
) -> Result<Vec<Config>, Fault> {
    let mut services = all(app, caller, USER_SERVICE).await?;
    services.retain(|service| {
        flags.iter().all(|flag| service.get(*flag).and_then(Value::as_bool) == Some(true))
    });
    Ok(services)
}

/// The user service of that technical name; of several as with [`service_pack`].
pub async fn user_service(app: &App, caller: &Caller, name: &str) -> Result<Config, Fault> {
    one(app, caller, USER_SERVICE, name)
        .await?
        .ok_or_else(|| Fault::not_found(format!("There is no user service {:?}.", shortened(name))))
}

async fn all(app: &App, caller: &Caller, model: &str) -> Result<Vec<Config>, Fault> {
    permit_type(caller, model, Permission::Read)?;
    let (caller, model) = (caller.clone(), model.to_owned());
    let mut rows = app.store.read(move |tx| seen(tx, &caller, &model, Vec::new())).await?;
    // In a branch beside another the same name may stand again: then by place.
    rows.sort_by(|(a, at_a), (b, at_b)| (key(a), at_a).cmp(&(key(b), at_b)));
    Ok(rows.into_iter().map(|(config, _)| config).collect())
}

async fn one(app: &App, caller: &Caller, model: &str, name: &str) -> Result<Option<Config>, Fault> {
    let (caller, model, own) = (caller.clone(), model.to_owned(), caller.node.path.clone());
    let named = ListFilter {
        attrs: vec![Attr::Data(KEY.to_owned(), Kind::String)],
        condition: Condition::Equals,
        text: name.to_owned(),
        ignore_case: false,
    };
    let caller_ = caller.clone();
    let model_ = model.clone();
    let mut rows = app.store.read(move |tx| seen(tx, &caller_, &model_, vec![named])).await?;
    if !rows.is_empty() {
        permit_type(&caller, &model, Permission::Read)?;
    }
    rows.sort_by_key(|(_, at)| !holds_at(at, &own));
    Ok(rows.into_iter().next().map(|(config, _)| config))
}

/// Whether a node stands at or above another, by their dot paths.
fn holds_at(node: &str, other: &str) -> bool {
    other.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What matches on the line of the caller's node, by place; each with the path of its node.
fn seen(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &str,
    filters: Vec<ListFilter>,
) -> Result<Vec<(Config, String)>, Fault> {
    let rows = tx.list(&ListSpec {
        model: model.to_owned(),
        cover: match caller.node.parent_id {
            None => Cover::All,
            Some(_) => Cover::Line(caller.node.id),
        },
        filters,
        order: Order { attr: Attr::LocatedAt, direction: Direction::Asc },
        skip: 0,
        limit: u64::MAX,
    })?;
    rows.into_iter().map(read).collect()
}

fn read(row: ListRow) -> Result<(Config, String), Fault> {
    match serde_json::from_str(&row.data) {
        Ok(data) => Ok((data, row.node_path)),
        Err(error) => {
            tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
            Err(Fault::internal())
        }
    }
}

/// Capitals count only where nothing else tells two names apart.
fn key(config: &Config) -> (String, &str) {
    let name = config.get(KEY).and_then(Value::as_str).unwrap_or_default();
    (name.to_lowercase(), name)
}
