//! What stands at a node and holds for everything below it: configuration templates and field
//! display policies. Both belong to one model and are found, by name or pkid, from where they are
//! used; the nodes above the caller's own count too.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    App, Caller,
    hierarchy::{self, shortened},
};
use crate::{
    fault::{Fault, FieldError},
    list_query::{Condition, Direction},
    model::{Kind, Model},
    store::{Attr, Cover, ListFilter, ListRow, ListSpec, Node, Order, ReadTx},
};

/// One of them, with its attributes.
#[derive(Clone, Debug)]
pub struct Inherited {
    pub row: ListRow,
    pub data: Map<String, Value>,
}

impl Inherited {
    pub fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Which one a request names, and by which parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    parameter: &'static str,
    wanted: String,
    by: By,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Name,
    Pkid,
    Either,
}

impl Selector {
    /// Reads `template`, `template_name` or `configuration_template`, which is either.
    pub fn template(pairs: &[(String, String)]) -> Option<Self> {
        Self::read(
            pairs,
            &[
                ("template", By::Pkid),
                ("template_name", By::Name),
                ("configuration_template", By::Either),
            ],
        )
    }

    /// Reads `policy` or `policy_name`.
    pub fn policy(pairs: &[(String, String)]) -> Option<Self> {
        Self::read(pairs, &[("policy", By::Pkid), ("policy_name", By::Name)])
    }

    fn read(pairs: &[(String, String)], parameters: &[(&'static str, By)]) -> Option<Self> {
        parameters.iter().find_map(|(parameter, by)| {
            let wanted = pairs.iter().rev().find(|(name, _)| name == parameter)?.1.clone();
            (!wanted.is_empty()).then_some(Self { parameter, wanted, by: *by })
        })
    }

    fn fits(&self, one: &Inherited) -> bool {
        let by_name = || one.text("name") == self.wanted;
        let by_pkid = || one.row.pkid == self.wanted;
        match self.by {
            By::Name => by_name(),
            By::Pkid => by_pkid(),
            By::Either => by_name() || by_pkid(),
        }
    }

    /// The nearest of `all` that is meant; `what` is what they are called.
    pub fn pick(&self, all: Vec<Inherited>, what: &str, place: &Node) -> Result<Inherited, Fault> {
        all.into_iter().find(|one| self.fits(one)).ok_or_else(|| {
            let message = format!(
                "There is no {what} {:?} for this model at {} or above it.",
                shortened(&self.wanted),
                place.path
            );
            let error = FieldError::new(self.parameter, "not_found", message.clone());
            Fault::not_found(message).with_errors(vec![error])
        })
    }
}

/// The node that a request names, and what [`usable`] finds there.
pub async fn usable_at(
    app: &App,
    caller: &Caller,
    kind: &Model,
    model: &Arc<Model>,
    hierarchy: Option<&str>,
) -> Result<(Node, Vec<Inherited>), Fault> {
    let (caller, kind, model) = (caller.clone(), kind.model_type.clone(), Arc::clone(model));
    let named = hierarchy.map(str::to_owned);
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            let all = usable(tx, &kind, &place, &model)?;
            Ok((place, all))
        })
        .await
}

/// All instances of `kind` for `model` at a node and those above it: the nearest first, at one
/// node by name.
pub fn usable(
    tx: &ReadTx<'_>,
    kind: &str,
    place: &Node,
    model: &Model,
) -> Result<Vec<Inherited>, Fault> {
    let rows = tx.list(&ListSpec {
        model: kind.to_owned(),
        cover: Cover::Above(place.id),
        filters: vec![ListFilter {
            attrs: vec![Attr::Data("model_type".to_owned(), Kind::String)],
            condition: Condition::Equals,
            text: model.model_type.clone(),
            ignore_case: false,
        }],
        order: Order {
            attr: Attr::Data("name".to_owned(), Kind::String),
            direction: Direction::Asc,
        },
        skip: 0,
        limit: u64::MAX,
    })?;
    let mut all = rows.into_iter().map(read).collect::<Result<Vec<_>, Fault>>()?;
    // Of two nodes on one way to the root, the one with the longer path is the nearer.
    all.sort_by_key(|one| std::cmp::Reverse(one.row.node_path.len()));
    Ok(all)
}

fn read(row: ListRow) -> Result<Inherited, Fault> {
    match serde_json::from_str(&row.data) {
        Ok(data) => Ok(Inherited { row, data }),
        Err(error) => {
            tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
            Err(Fault::internal())
        }
    }
}
