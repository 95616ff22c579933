//! The instances that an export means, to be read one by one, more than once, in one view of the
//! database.

use std::collections::HashSet;

use crate::{
    domain::{Caller, hierarchy, lists, resources, tasks::Selection, workflow},
    fault::{Fault, FaultKind, FieldError},
    model::Model,
    store::{ListRow, ListSpec, Node, ReadTx},
};

/// A selection that has been checked, and can be read more than once within its transaction.
pub enum Selected {
    Pkids(Vec<String>),
    Listed(ListSpec),
}

/// Checks a selection. Without a place of its own, a filter is seen from `place`. What is named
/// twice counts once.
pub fn selected(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    place: &Node,
    selection: Selection,
) -> Result<Selected, Fault> {
    match selection {
        Selection::Hrefs(hrefs) => {
            let mut seen = HashSet::new();
            let mut pkids = Vec::with_capacity(hrefs.len());
            for href in hrefs {
                let pkid = resources::pkid_of(model, &href).unwrap_or_default();
                resources::get_in(tx, caller.node.id, model, pkid).map_err(|fault| {
                    if fault.kind == FaultKind::NotFound { unknown(model, &href) } else { fault }
                })?;
                if seen.insert(pkid.to_owned()) {
                    pkids.push(pkid.to_owned());
                }
            }
            Ok(Selected::Pkids(pkids))
        }
        Selection::Matching { mut query, expected_total } => {
            let place = match query.hierarchy.as_deref() {
                Some(named) => hierarchy::resolve(tx, caller, Some(named))?,
                None => place.clone(),
            };
            let spec = lists::spec(model, caller, &place, &mut query)?;
            if let Some(expected) = expected_total {
                let found = tx.total(&spec)?;
                if found != expected {
                    return Err(count_changed(expected, found));
                }
            }
            Ok(Selected::Listed(spec))
        }
    }
}

impl Selected {
    /// Hands the instances to `each`, in the order of the call or of the list.
    pub fn each(
        &self,
        tx: &ReadTx<'_>,
        caller: &Caller,
        model: &Model,
        mut each: impl FnMut(ListRow) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self {
            Self::Pkids(pkids) => pkids.iter().try_for_each(|pkid| {
                let mut stored = resources::get_in(tx, caller.node.id, model, pkid)?;
                workflow::of(&model.model_type).complete(tx, &mut stored)?;
                each(ListRow {
                    pkid: stored.pkid,
                    version: stored.version,
                    data: stored.data,
                    node_pkid: stored.node.pkid,
                    node_path: stored.node.path,
                })
            }),
            Self::Listed(spec) => tx.each_listed(spec, each),
        }
    }
}

fn unknown(model: &Model, href: &str) -> Fault {
    let message = format!("There is no {} at {:?}.", model.model_type, hierarchy::shortened(href));
    Fault::not_found(message.clone()).with_errors(vec![FieldError::new(
        "/hrefs",
        "not_found",
        message,
    )])
}

fn count_changed(expected: u64, found: u64) -> Fault {
    let message = format!(
        "The filter finds {found} now, not {expected}. Look at the list again and repeat the call \
         with the new number."
    );
    Fault::new(FaultKind::Conflict, "count_changed", message.clone())
        .with_errors(vec![FieldError::new("/expected_total", "count_changed", message)])
}
