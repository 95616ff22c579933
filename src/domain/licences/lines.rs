//! What a tenant or a site is licensed for, line by line: as the provisioning API answers it and
//! the console shows it.

use super::{Family, Quantity, Tenant};
use crate::{
    domain::{App, Caller},
    fault::Fault,
    store::Node,
};

/// One service: its limit, and what is taken of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub family: Family,
    pub name: String,
    pub description: String,
    pub allocated: Quantity,
    /// Of a tenant: what its sites were given (`currentlyAllocated`). Of a site: how many of its
    /// users hold it directly (`inUse`).
    pub used: u64,
    /// Users that hold it through a service pack (`packsAllocated`); always 0 for group services
    /// and at sites.
    pub packs: u64,
    /// Of a site: what the tenant has left beside what this site was given. Of a tenant: the same
    /// as [`Line::free`].
    pub available: Quantity,
}

/// How much of a limit is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    NotLicensed,
    /// Licensed, and less than nine tenths taken; or unlimited.
    Free,
    /// Nine tenths or more are taken, not all.
    NearFull,
    Full,
    /// More is taken than the limit allows. It can't come about here; data from elsewhere may
    /// bring it.
    Over,
}

impl Line {
    /// Sites and packs together.
    pub fn taken(&self) -> u64 {
        self.used + self.packs
    }

    /// What is left.
    pub fn free(&self) -> Quantity {
        self.allocated.less(self.taken())
    }

    pub fn level(&self) -> Level {
        Level::of(self.allocated, self.taken())
    }
}

impl Level {
    pub fn of(allocated: Quantity, taken: u64) -> Self {
        match allocated {
            Quantity::Unlimited => Self::Free,
            Quantity::Limited(0) if taken == 0 => Self::NotLicensed,
            Quantity::Limited(maximum) => {
                let maximum = u64::from(maximum);
                if taken > maximum {
                    Self::Over
                } else if taken == maximum {
                    Self::Full
                } else if taken * 10 >= maximum * 9 {
                    Self::NearFull
                } else {
                    Self::Free
                }
            }
        }
    }
}

/// A service pack that was put to a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackLine {
    /// Its technical name.
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// 0 forbidden, 1 optional, 2 primary.
    pub authorization: u64,
    pub no_more_assignable: bool,
    /// The most that the licences of its services allow.
    pub maximum_allowed: Quantity,
    pub allocated: Quantity,
    /// Users that hold it (`currentlyAllocated`).
    pub used: u64,
    /// Its user services.
    pub services: Vec<String>,
}

impl PackLine {
    /// What can still be assigned: of its own limit and of those of its services.
    pub fn free(&self) -> Quantity {
        self.allocated.min(self.maximum_allowed).less(self.used)
    }

    pub fn level(&self) -> Level {
        Level::of(self.allocated, self.used)
    }
}

/// All of a tenant, each list by name.
#[derive(Clone, Debug)]
pub struct TenantLicences {
    pub tenant: Tenant,
    pub packs: Vec<PackLine>,
    pub group: Vec<Line>,
    pub user: Vec<Line>,
}

/// All of a site, each list by name: what its tenant is licensed for, and whatever else it holds.
#[derive(Clone, Debug)]
pub struct SiteLicences {
    pub tenant: Tenant,
    pub site: Node,
    pub group: Vec<Line>,
    pub user: Vec<Line>,
}

/// The licences of a tenant.
pub async fn of_tenant(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
) -> Result<TenantLicences, Fault> {
    let _ = (app, caller, tenant_id);
    Err(Fault::internal())
}

/// The licences of a site, which is named by its node's name, or by its pkid where two sites of
/// the tenant have the same name.
pub async fn of_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
) -> Result<SiteLicences, Fault> {
    let _ = (app, caller, tenant_id, group);
    Err(Fault::internal())
}
