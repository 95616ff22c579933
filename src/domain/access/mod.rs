//! Who may do what: what a caller's access profile gives, and the one check that every call comes
//! through. What a caller can't see doesn't exist for it, which is judged before this.

mod compiled;
mod permission;
pub mod rescue;
pub mod roles;
pub mod shipped;
pub mod users;

use std::sync::Arc;

pub use compiled::Access;
pub use permission::{Miscellaneous, Permission};

use super::Caller;
use crate::{
    fault::{Fault, FaultKind},
    model::{Model, Operation},
    store::{Account, ReadTx},
};

/// Limits and packs of tenants, which are no model: its type in profiles.
pub const TENANT_LICENCES: &str = "provisioning/TenantLicenses";
/// Limits of sites, and what they leave: its type in profiles.
pub const SITE_LICENCES: &str = "provisioning/SiteLicenses";

/// An account as a caller, with what it may do.
/// Without a role, or with one that has gone, it may do nothing.
pub fn caller(tx: &ReadTx<'_>, account: Account) -> Result<Caller, Fault> {
    let role = account.role.map(|name| roles::find(tx, account.node.id, &name)).transpose()?;
    let access = role.flatten().map(|role| role.access).unwrap_or_default();
    Ok(Caller {
        account_id: account.id,
        username: account.username,
        node: account.node,
        access: Arc::new(access),
        api_token: None,
    })
}

/// Refuses what the model doesn't offer, or the caller may not do with it.
pub fn permit(caller: &Caller, model: &Model, operation: Operation) -> Result<(), Fault> {
    offered(model, operation)?;
    permit_type(caller, &model.model_type, Permission::of(operation))
}

/// Whether the model offers it and the caller may do it.
pub fn permits(caller: &Caller, model: &Model, operation: Operation) -> bool {
    permit(caller, model, operation).is_ok()
}

/// The model with the operations and workflows alone that the caller may ask for, as answers and
/// pages name them. What is asked is judged by the model itself.
pub fn narrowed(caller: &Caller, model: &Arc<Model>) -> Arc<Model> {
    let acts =
        model.actions.is_empty() || caller.access.allows(&model.model_type, Permission::Update);
    if acts && model.operations.iter().all(|op| permits(caller, model, *op)) {
        return Arc::clone(model);
    }
    let mut narrowed = (**model).clone();
    narrowed.operations.retain(|op| permits(caller, model, *op));
    if !acts {
        narrowed.actions.clear();
    }
    // What the browser makes its model of.
    if let Some(source) = narrowed.source.as_object_mut() {
        let names: Vec<&str> = narrowed.operations.iter().map(|op| op.as_str()).collect();
        source.insert("operations".to_owned(), names.into());
        if !acts {
            source.shift_remove("actions");
        }
    }
    Arc::new(narrowed)
}

/// Refuses what the caller may not do with instances of a type.
pub fn permit_type(caller: &Caller, type_: &str, permission: Permission) -> Result<(), Fault> {
    if caller.access.allows(type_, permission) {
        return Ok(());
    }
    Err(Fault::forbidden(format!(
        "Your role doesn't allow this: it lacks the permission {} on {type_}. Who administers \
         your account can give you another role.",
        permission.as_str()
    )))
}

/// Refuses what the caller's role doesn't have at all.
pub fn permit_miscellaneous(caller: &Caller, what: Miscellaneous) -> Result<(), Fault> {
    if caller.access.may(what) {
        return Ok(());
    }
    Err(Fault::forbidden(match what {
        Miscellaneous::Login => {
            "Your role is for calls by API and doesn't open the console. Use the API, or ask who \
             administers your account for another role."
        }
        Miscellaneous::ApiRoot => {
            "Your role doesn't allow calls by API. Use the console, or ask who administers your \
             account for another role."
        }
    }))
}

/// Refuses what the model doesn't offer to anybody.
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
