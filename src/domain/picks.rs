//! What can be picked for the fields of a form that refer to instances of another model, by their
//! `target_model_type`, `target_attr` and `target_filter`.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{App, Caller, access, hierarchy, registry::Registry};
use crate::{
    fault::Fault,
    list_query::{Condition, Direction},
    model::{Kind, Model, Property, Target},
    store::{Attr, Cover, ListFilter, ListSpec, Node, Order, ReadTx},
};

/// What stands for the models themselves as `target_model_type`: their `model_type`, or what an
/// access profile calls a `type`.
const MODELS: &str = "meta/Model";

/// More than these aren't offered: the field is a plain box of text then.
const MOST: u64 = 1000;

/// What the instances that a form is for have to pick from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// They stand at the place.
    Here,
    /// They stand at the place or below it.
    Below,
}

/// [`picks`], for a form at the node that a request names.
pub async fn at(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
    reach: Reach,
) -> Result<Vec<(String, String)>, Fault> {
    let (app_, caller, model) = (app.clone(), caller.clone(), Arc::clone(model));
    let named = hierarchy.map(str::to_owned);
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            picks(tx, &app_.models, &model, &place, reach)
        })
        .await
}

/// For each field that refers to instances the key of its [`Target`] and each value, in their
/// order. Of an inherited model these are the ones that hold at the place, else those at it or
/// below it.
pub fn picks(
    tx: &ReadTx<'_>,
    models: &Registry,
    model: &Model,
    place: &Node,
    reach: Reach,
) -> Result<Vec<(String, String)>, Fault> {
    let mut targets = Vec::new();
    collect(&model.root, &mut targets);
    let mut picks = Vec::new();
    let mut done: Vec<String> = Vec::new();
    for target in targets {
        let Some(key) = target.key().filter(|key| !done.contains(key)) else { continue };
        for value in values(tx, models, target, place, reach)? {
            picks.push((key.clone(), value));
        }
        done.push(key);
    }
    Ok(picks)
}

fn collect<'m>(property: &'m Property, targets: &mut Vec<&'m Target>) {
    targets.extend(&property.target);
    for below in
        property.items.as_deref().into_iter().chain(property.properties.iter().map(|p| &p.1))
    {
        collect(below, targets);
    }
}

fn values(
    tx: &ReadTx<'_>,
    models: &Registry,
    target: &Target,
    place: &Node,
    reach: Reach,
) -> Result<Vec<String>, Fault> {
    let (Some(model_type), Some(attr)) = (&target.model_type, &target.attr) else {
        return Ok(Vec::new());
    };
    if model_type == MODELS {
        return Ok(types(models, target, attr));
    }
    // A model file may name one that isn't loaded, or an attribute that is gone.
    let Some(model) = models.get(model_type) else { return Ok(Vec::new()) };
    let text = |name: &str| {
        let known = model.root.property(name).filter(|p| p.kind == Kind::String && !p.is_secret());
        known.map(|_| Attr::Data(name.to_owned(), Kind::String))
    };
    let Some(order) = text(attr) else { return Ok(Vec::new()) };
    let filters: Option<Vec<ListFilter>> = target
        .filter
        .iter()
        .map(|(name, wanted)| {
            Some(ListFilter {
                attrs: vec![text(name)?],
                condition: Condition::Equals,
                text: wanted.clone(),
                ignore_case: false,
            })
        })
        .collect();
    let Some(filters) = filters else { return Ok(Vec::new()) };
    let spec = ListSpec {
        model: model_type.clone(),
        cover: match (model.inherited, reach) {
            (true, Reach::Here) => Cover::Above(place.id),
            (true, Reach::Below) => Cover::Line(place.id),
            (false, _) => Cover::Down(place.id),
        },
        filters,
        order: Order { attr: order, direction: Direction::Asc },
        skip: 0,
        limit: MOST + 1,
    };
    let rows = tx.list(&spec)?;
    if rows.len() as u64 > MOST {
        return Ok(Vec::new());
    }
    let value = |data: &str| {
        let data: Map<String, Value> = serde_json::from_str(data).ok()?;
        data.get(attr)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let mut values: Vec<String> = rows.iter().filter_map(|row| value(&row.data)).collect();
    // Two that stand beside each other may have one name.
    values.dedup();
    Ok(values)
}

/// The models that offer the `operation` of the filter, and for a profile what else can be meant.
fn types(models: &Registry, target: &Target, attr: &str) -> Vec<String> {
    if attr == "type" {
        return access::roles::types(models);
    }
    let offers = |model: &Model| {
        target.filter.iter().all(|(name, wanted)| {
            name != "operation" || model.operations.iter().any(|op| op.as_str() == wanted)
        })
    };
    models.iter().filter(|model| offers(model)).map(|model| model.model_type.clone()).collect()
}
