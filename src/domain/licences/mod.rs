//! What tenants and their sites are licensed for, and who uses it: limits of services, service
//! packs put to tenants, and their assignment to users. A count is never typed in: each follows
//! from the rows behind it. Every write is judged and made in one database transaction.

mod assign;
mod book;
mod catalogue;
mod filter;
mod guards;
mod limits;
mod lines;
mod offers;
mod overview;
mod packs;
mod people;
mod quantity;
mod record;
mod rules;
mod table;
mod tenants;
mod users;

pub use self::{
    assign::{Assigned, ItemResult, Wanted, assign, assign_in, unassign},
    catalogue::{Catalogues, KeptCatalogues},
    filter::{Flag, LineFilter, LineState, Marks, UserServiceMarks},
    guards::{Service, ServicePack, User},
    limits::{ItemOutcome, Limit, Outcome, preview_site, preview_tenant, set_site, set_tenant},
    lines::{Level, Line, PackLine, SiteLicences, TenantLicences, of_site, of_tenant},
    offers::{OfferedPack, marks, offered_packs},
    overview::{TenantOverview, near_full, overview},
    packs::{PackOutcome, change_pack, put_packs, remove_pack},
    people::{Person, people, person},
    quantity::Quantity,
    table::{TableFormat, level_words, table},
    tenants::{Site, Tenant, TenantDetail, detail, may_license, sites, tenants},
    users::{Assignable, Holdings, UserRef, assignable, holdings, integrated_client_package},
};
pub use crate::store::{Family, NearFull};

/// The models of the catalogue and of who draws on it.
pub const SERVICE: &str = "data/Service";
pub const SERVICE_PACK: &str = "data/ServicePack";
pub const USER_SERVICE: &str = "data/UserService";
pub const USER: &str = "data/User";
