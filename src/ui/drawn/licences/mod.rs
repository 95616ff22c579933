//! The licence screens: tenants, what each and its sites are licensed for, its service packs, and
//! giving both to users. What they show is judged and counted by `domain/licences`.

mod address;
mod change;
mod edit;
mod gauge;
mod head;
mod lines;
mod overview;
mod packs;
mod scope;
mod sites;
mod table;
mod toolbar;

pub use address::{Look, TENANTS, TenantPath, TenantView};
pub use edit::{APPLY, Edit, changes, set_all};
pub use packs::{AUTO, quantities, quantity_of};
pub use scope::set;

use super::{Page, Visit};
use crate::{domain::licences::Family, ui::routes::encode};

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
        TenantView::Pack(name) => packs::pack(visit, tenant_id, name).await,
        TenantView::RemovePack(name) => packs::remove(visit, tenant_id, name).await,
        TenantView::Sites => sites::page(visit, tenant_id).await,
    }
}

/// The id of a service's row.
fn line_id(family: Family, name: &str) -> String {
    format!("line-{}-{}", family.as_str(), encode(name))
}
