//! What a tenant or a site is licensed for, line by line: as the provisioning API answers it and
//! the console shows it.

use super::{
    Family, Quantity, Tenant,
    book::{self, Book, Licence, Share, Shares},
    catalogue::{Packs, Services},
    tenants,
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, SITE_LICENCES, TENANT_LICENCES, permit_type},
    },
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
        self.limit().less(self.used)
    }

    /// How often it can be held: by its own limit, and by those of its services.
    pub fn limit(&self) -> Quantity {
        self.allocated.min(self.maximum_allowed)
    }

    pub fn level(&self) -> Level {
        Level::of(self.limit(), self.used)
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

/// All of a site, each list by name: the lines of its tenant, with what the site has of each.
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
    app.store.read_now(|tx| {
        let tenant = tenants::find(tx, caller, tenant_id)?;
        permit_type(caller, TENANT_LICENCES, Permission::Read)?;
        let catalogue = app.catalogues.above(tx, &tenant.node)?;
        let book = Book::load(tx, &tenant.node, &catalogue.packs)?;
        let (group, user) = families(tenant_lines(&catalogue.services, &book));
        let packs = pack_lines(&catalogue.packs, &book);
        Ok(TenantLicences { tenant, packs, group, user })
    })
}

/// The licences of a site, which is named by its node's name, or by its pkid where two sites of
/// the tenant have the same name.
pub async fn of_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
) -> Result<SiteLicences, Fault> {
    app.store.read_now(|tx| {
        let tenant = tenants::find(tx, caller, tenant_id)?;
        let site = tenants::find_site(tx, &tenant, group)?;
        permit_type(caller, SITE_LICENCES, Permission::Read)?;
        let catalogue = app.catalogues.above(tx, &tenant.node)?;
        let book = Book::load(tx, &tenant.node, &catalogue.packs)?;
        let shares = book::shares(tx, &site)?;
        let lines = tenant_lines(&catalogue.services, &book);
        let (group, user) =
            families(lines.into_iter().map(|line| site_line(line, &shares)).collect());
        Ok(SiteLicences { tenant, site, group, user })
    })
}

/// A line for each service of the catalogue, and for each licence beside it, by family and name.
pub(super) fn tenant_lines(services: &Services, book: &Book) -> Vec<Line> {
    let mut beside = book
        .licences
        .iter()
        .filter(|(key, licence)| !licence.allocated.is_none() && !services.contains_key(key))
        .peekable();
    // Both are in their order already.
    let mut lines = Vec::with_capacity(services.len());
    for (key, description) in services {
        while let Some((other, licence)) = beside.next_if(|(other, _)| *other < key) {
            lines.push(line(other, "", licence));
        }
        let licence = book.licences.get(key).unwrap_or(&Licence::NONE);
        lines.push(line(key, description, licence));
    }
    lines.extend(beside.map(|(key, licence)| line(key, "", licence)));
    lines
}

/// One of them.
pub(super) fn tenant_line(services: &Services, book: &Book, key: &(Family, String)) -> Line {
    let description = services.get(key).map_or("", String::as_str);
    line(key, description, book.licences.get(key).unwrap_or(&Licence::NONE))
}

fn line(key: &(Family, String), description: &str, licence: &Licence) -> Line {
    Line {
        family: key.0,
        name: key.1.clone(),
        description: description.to_owned(),
        allocated: licence.allocated,
        used: licence.given,
        packs: licence.packed,
        available: licence.allocated.less(licence.given + licence.packed),
    }
}

/// A line of a tenant with what a site has of it.
pub(super) fn site_line(mut line: Line, shares: &Shares) -> Line {
    let share = shares.get(&(line.family, line.name.clone())).copied().unwrap_or(Share::NONE);
    line.allocated = share.allocated;
    line.used = share.in_use;
    line.packs = 0;
    line
}

/// The packs that were put to a tenant, by name.
pub(super) fn pack_lines(packs: &Packs, book: &Book) -> Vec<PackLine> {
    book.packs.keys().filter_map(|name| pack_line(packs, book, name)).collect()
}

/// One of them.
pub(super) fn pack_line(packs: &Packs, book: &Book, name: &str) -> Option<PackLine> {
    let pack = packs.get(name)?;
    Some(PackLine {
        name: name.to_owned(),
        display_name: pack.display_name.clone(),
        description: pack.description.clone(),
        authorization: pack.authorization.number(),
        no_more_assignable: pack.no_more_assignable,
        maximum_allowed: book.maximum_allowed(name),
        allocated: *book.packs.get(name)?,
        used: book.holders(name),
        services: pack.services.clone(),
    })
}

/// Group services and user services.
fn families(lines: Vec<Line>) -> (Vec<Line>, Vec<Line>) {
    lines.into_iter().partition(|line| line.family == Family::Group)
}
