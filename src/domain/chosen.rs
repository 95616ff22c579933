//! Instances that were chosen for something, as the page shows them before it is done.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    App, Caller,
    console::{list_row, node_ref},
    hierarchy, lists,
    resources::{from_json, get_in, refusal},
    shown::{CHOSEN_SHOWN, Chosen, Which},
    workflow,
};
use crate::{
    fault::{Fault, FaultKind},
    list_query::ListQuery,
    model::Model,
    store::ReadTx,
};

/// What of them is there now. Those that have gone are counted, unless it is the only one.
pub async fn chosen(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    which: Which,
) -> Result<Chosen, Fault> {
    let (app_, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    app.store
        .read(move |tx| match which {
            Which::Named(pkids) => named(&app_, tx, &caller, model, &pkids),
            Which::Matching { query, .. } => matching(tx, &caller, model, &query),
        })
        .await
}

/// Where they stand: dot paths, with how many there are at each. Those that have gone don't count.
pub async fn places(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    which: Which,
) -> Result<Vec<(String, u64)>, Fault> {
    let (caller, model) = (caller.clone(), Arc::clone(model));
    app.store
        .read(move |tx| match which {
            Which::Named(pkids) => {
                let mut places = BTreeMap::new();
                for pkid in &pkids {
                    if let Some(stored) = tx.instance(&model.model_type, pkid, caller.node.id)? {
                        *places.entry(stored.node.path).or_default() += 1;
                    }
                }
                Ok(places.into_iter().collect())
            }
            Which::Matching { query, .. } => {
                let mut query = ListQuery::parse(&query).map_err(Fault::invalid)?;
                let place = hierarchy::resolve(tx, &caller, query.hierarchy.as_deref())?;
                let spec = lists::spec(&model, &caller, &place, &mut query)?;
                Ok(tx.places(&spec)?)
            }
        })
        .await
}

fn named(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: Arc<Model>,
    pkids: &[String],
) -> Result<Chosen, Fault> {
    let mut items = Vec::new();
    let (mut obstacles, mut along) = (Vec::new(), Vec::new());
    let mut place = None;
    let (mut total, mut missing) = (0, 0);
    for pkid in pkids {
        let stored = match get_in(tx, caller.node.id, &model, pkid) {
            Ok(stored) => stored,
            Err(fault) if fault.kind == FaultKind::NotFound && pkids.len() > 1 => {
                missing += 1;
                continue;
            }
            Err(fault) => return Err(fault),
        };
        total += 1;
        place = Some(node_ref(&stored.node));
        if items.len() >= CHOSEN_SHOWN {
            continue;
        }
        let label = model.label_of(&from_json(&stored)?, pkid).to_owned();
        obstacles.extend(refusal(tx, caller, &model, &stored)?);
        if model.model_type == hierarchy::MODEL {
            for obstacle in hierarchy::obstacles(&app.models, tx, &stored)? {
                obstacles.push(format!("{label}: {obstacle}"));
            }
        }
        for words in workflow::of(&model.model_type).goes_with(tx, &stored)? {
            along.push((label.clone(), words));
        }
        items.push((stored.pkid, label));
    }
    let place = place.filter(|_| total == 1);
    Ok(Chosen { model, total, missing, place, items, obstacles, along })
}

fn matching(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: Arc<Model>,
    query: &[(String, String)],
) -> Result<Chosen, Fault> {
    let mut query = ListQuery::parse(query).map_err(Fault::invalid)?;
    (query.skip, query.limit, query.count) = (0, CHOSEN_SHOWN as u64, true);
    let listed = lists::page_in(tx, caller, &model, query)?;
    let mut items = Vec::new();
    let mut along = Vec::new();
    for row in &listed.rows {
        let row = list_row(&model, &[], row)?;
        if let Some(stored) = tx.instance(&model.model_type, &row.pkid, caller.node.id)? {
            for words in workflow::of(&model.model_type).goes_with(tx, &stored)? {
                along.push((row.label.clone(), words));
            }
        }
        items.push((row.pkid, row.label));
    }
    let (total, obstacles) = (listed.total, Vec::new());
    Ok(Chosen { model, total, missing: 0, place: None, items, obstacles, along })
}
