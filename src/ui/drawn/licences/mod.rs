//! The licence screens: tenants, what each and its sites are licensed for, its service packs, and
//! giving both to users. What they show is judged and counted by `domain/licences`.

mod address;
mod assign;
mod change;
mod edit;
pub(super) mod gauge;
mod head;
mod held;
mod lines;
mod options;
mod overview;
mod pack;
mod pack_fields;
mod packs;
mod panel;
mod record;
mod scope;
mod sites;
mod table;
mod toolbar;

pub use address::{Look, TENANTS, TenantPath, TenantView};
pub use assign::{ASSIGN, PACK, SERVICE, TAKE_BACK};
pub use edit::{APPLY, Edit, changes, set_all};
pub use pack_fields::{quantities, quantity_of};
pub use packs::AUTO;
pub use record::{is_of_limits, limits};
pub use scope::set;

use super::{Page, Visit};
use leptos::prelude::*;

use crate::{
    domain::{
        access::{self, Permission},
        licences::Family,
    },
    fault::Fault,
    ui::{
        components::{Icon, IconName},
        routes::encode,
    },
};

/// Services that are named of a pack; its own page has all.
const NAMED: usize = 6;

/// The first of these names, and how many more there are.
fn some_of(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The page of all tenants.
pub(super) async fn tenants(visit: &Visit<'_>) -> Page {
    overview::page(visit).await
}

/// A page of one tenant.
pub(super) async fn page(visit: &Visit<'_>, path: &TenantPath) -> Page {
    let tenant_id = path.tenant_id.as_str();
    match &path.view {
        TenantView::Licences | TenantView::Site(_) => {
            lines::page(visit, tenant_id, &path.view).await
        }
        TenantView::Packs => packs::page(visit, tenant_id).await,
        TenantView::Pack(name) => pack::page(visit, tenant_id, name).await,
        TenantView::RemovePack(name) => pack::remove(visit, tenant_id, name).await,
        TenantView::Sites => sites::page(visit, tenant_id).await,
    }
}

/// The page before users are given packs and services. `single` is the pkid of the only one.
pub(super) async fn assign(visit: &Visit<'_>, single: Option<&str>) -> Page {
    assign::page(visit, single).await
}

/// What a user holds, as a tab of its page.
pub(super) async fn held(visit: &Visit<'_>, pkid: &str) -> Result<AnyView, Fault> {
    held::tab(visit, pkid).await
}

/// The dashboard's panel of what is nearly used up at the node of that path and below.
pub(super) async fn near_full(visit: &Visit<'_>, path: &str) -> Result<AnyView, Fault> {
    if !visit.may(access::TENANT_LICENCES, Permission::Read) {
        return Ok(().into_any());
    }
    panel::panel(visit, path).await
}

/// The id of a service's row.
fn line_id(family: Family, name: &str) -> String {
    format!("line-{}-{}", family.as_str(), encode(name))
}

/// What is said of a form that comes back otherwise than it was sent: after a new log-in.
fn notice(visit: &Visit<'_>) -> Option<AnyView> {
    let text = visit.posted?.notice.clone()?;
    Some(
        view! {
            <div class="notice is-info" role="status">
                <Icon name=IconName::Info/>
                <p>{text}</p>
            </div>
        }
        .into_any(),
    )
}
