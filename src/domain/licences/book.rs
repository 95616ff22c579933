//! The arithmetic: what one tenant is licensed for and what is taken of it, as one value. It
//! changes in step with what is written, so that each item of a call is judged after those before
//! it, and a preview is the same judgement without the writing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Family, Quantity, catalogue::Packs};
use crate::{
    fault::Fault,
    store::{Node, ReadTx, SiteLicence, WriteTx},
};

/// The accounts of a tenant.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub licences: BTreeMap<(Family, String), Licence>,
    /// Packs that were put to the tenant.
    pub packs: BTreeMap<String, Quantity>,
    /// How many users hold each set of packs.
    sets: BTreeMap<BTreeSet<String>, u64>,
    /// The services of each pack.
    contents: BTreeMap<String, Vec<String>>,
}

/// One service of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Licence {
    pub allocated: Quantity,
    /// What its sites draw.
    pub given: u64,
    pub unlimited_sites: u64,
}

impl Default for Licence {
    fn default() -> Self {
        Self { allocated: Quantity::NONE, given: 0, unlimited_sites: 0 }
    }
}

/// What a site is given of one service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub allocated: Quantity,
    /// Users that hold it directly.
    pub in_use: u64,
}

impl Share {
    pub const NONE: Self = Self { allocated: Quantity::NONE, in_use: 0 };

    /// What it takes of the tenant's: without a limit, what is used.
    pub fn draw(self) -> u64 {
        self.allocated.maximum().map_or(self.in_use, u64::from)
    }
}

/// What a site is given, by family and name.
pub(super) type Shares = BTreeMap<(Family, String), Share>;

impl Book {
    /// Reads the accounts of a tenant; `packs` are those of its catalogue.
    pub fn load(tx: &ReadTx<'_>, tenant: &Node, packs: &Packs) -> Result<Self, Fault> {
        let licences = tx.tenant_licences(tenant.id)?.into_iter().map(|row| {
            let licence = Licence {
                allocated: Quantity::from_maximum(row.maximum),
                given: row.given,
                unlimited_sites: row.unlimited_sites,
            };
            ((row.family, row.name), licence)
        });
        let licences = licences.collect();
        let put = tx.tenant_packs(tenant.id)?.into_iter();
        let put = put.map(|pack| (pack.name, Quantity::from_maximum(pack.maximum))).collect();
        let sets = tx.pack_sets(tenant.id)?.into_iter();
        let sets = sets.map(|set| (set.packs.into_iter().collect(), set.users)).collect();
        let contents =
            packs.iter().map(|(name, pack)| (name.clone(), pack.services.clone())).collect();
        Ok(Self { licences, packs: put, sets, contents })
    }

    pub fn licence(&self, family: Family, name: &str) -> Licence {
        self.licences.get(&(family, name.to_owned())).cloned().unwrap_or_default()
    }

    /// Users that hold a pack.
    pub fn holders(&self, pack: &str) -> u64 {
        self.users(|set| set.contains(pack))
    }

    /// Users that hold a service through a pack.
    pub fn packed(&self, service: &str) -> u64 {
        self.users(|set| self.has(set, service))
    }

    /// What is taken of a user or group service: by sites, and by packs.
    pub fn taken(&self, family: Family, name: &str) -> u64 {
        let packed = if family == Family::User { self.packed(name) } else { 0 };
        self.licence(family, name).given + packed
    }

    /// How often a pack could be held at most, as far as the licences of its services go.
    pub fn maximum_allowed(&self, pack: &str) -> Quantity {
        let services = self.contents.get(pack).map(Vec::as_slice).unwrap_or_default();
        services.iter().fold(Quantity::Unlimited, |least, service| {
            let licence = self.licence(Family::User, service);
            // Users that hold the service through another pack and not through this one.
            let others = self.users(|set| !set.contains(pack) && self.has(set, service));
            least.min(licence.allocated.less(licence.given + others))
        })
    }

    /// How many users hold each service through a pack.
    pub fn packed_services(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for (set, users) in &self.sets {
            let services: BTreeSet<&String> =
                set.iter().filter_map(|pack| self.contents.get(pack)).flatten().collect();
            for service in services {
                *counts.entry(service.clone()).or_default() += users;
            }
        }
        counts
    }

    /// How many users hold each pack.
    pub fn held_packs(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for (set, users) in &self.sets {
            for pack in set {
                *counts.entry(pack.clone()).or_default() += users;
            }
        }
        counts
    }

    /// Changes what a pack has in it.
    pub fn set_contents(&mut self, pack: &str, services: Vec<String>) {
        self.contents.insert(pack.to_owned(), services);
    }

    /// Sets a limit of the tenant.
    pub fn set(&mut self, family: Family, name: &str, allocated: Quantity) {
        self.licences.entry((family, name.to_owned())).or_default().allocated = allocated;
    }

    /// Changes what a site draws.
    pub fn redraw(&mut self, family: Family, name: &str, before: Share, after: Share) {
        let licence = self.licences.entry((family, name.to_owned())).or_default();
        licence.given = (licence.given + after.draw()).saturating_sub(before.draw());
        let unlimited = |share: Share| u64::from(share.allocated == Quantity::Unlimited);
        licence.unlimited_sites =
            (licence.unlimited_sites + unlimited(after)).saturating_sub(unlimited(before));
    }

    /// One user's packs change.
    pub fn rehold(&mut self, before: &[String], after: &[String]) {
        let before: BTreeSet<String> = before.iter().cloned().collect();
        let after: BTreeSet<String> = after.iter().cloned().collect();
        if let Some(users) = self.sets.get_mut(&before) {
            *users = users.saturating_sub(1);
        }
        if !after.is_empty() {
            *self.sets.entry(after).or_default() += 1;
        }
    }

    /// Keeps the counts of packs, and of services by packs, with the tenant's rows.
    pub fn keep_pack_counts(&self, tx: &WriteTx<'_>, tenant: &Node) -> Result<(), Fault> {
        Ok(tx.set_pack_counts(tenant.id, &self.held_packs(), &self.packed_services())?)
    }

    fn users(&self, which: impl Fn(&BTreeSet<String>) -> bool) -> u64 {
        self.sets.iter().filter(|(set, _)| which(set)).map(|(_, users)| users).sum()
    }

    fn has(&self, set: &BTreeSet<String>, service: &str) -> bool {
        set.iter()
            .filter_map(|pack| self.contents.get(pack))
            .any(|services| services.iter().any(|s| s == service))
    }
}

/// What a site is given.
pub(super) fn shares(tx: &ReadTx<'_>, site: &Node) -> Result<Shares, Fault> {
    let share = |row: SiteLicence| {
        let share = Share { allocated: Quantity::from_maximum(row.maximum), in_use: row.in_use };
        ((row.family, row.name), share)
    };
    Ok(tx.site_licences(site.id)?.into_iter().map(share).collect())
}
