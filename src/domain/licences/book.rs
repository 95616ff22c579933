//! The arithmetic: what one tenant is licensed for and what is taken of it, as one value. It
//! changes in step with what is written, so that each item of a call is judged after those before
//! it, and a preview is the same judgement without the writing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Family, Quantity, catalogue::Packs};
use crate::{
    fault::Fault,
    store::{Node, ReadTx, SiteLicence, WriteTx},
};

/// The accounts of a tenant. What they cost to read and to change depends on how many services and
/// packs there are, not on how many users hold them.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub licences: BTreeMap<(Family, String), Licence>,
    /// Packs that were put to the tenant.
    pub packs: BTreeMap<String, Quantity>,
    /// How many users hold each pack.
    holders: BTreeMap<String, u64>,
    /// The services of each pack.
    contents: BTreeMap<String, Vec<String>>,
    /// Packs and services whose holders have changed since the accounts were read.
    recounted: (BTreeSet<String>, BTreeSet<String>),
}

/// One service of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Licence {
    pub allocated: Quantity,
    /// What its sites draw.
    pub given: u64,
    /// Users that hold it through a pack.
    pub packed: u64,
    pub unlimited_sites: u64,
}

impl Licence {
    pub const NONE: Self =
        Self { allocated: Quantity::NONE, given: 0, packed: 0, unlimited_sites: 0 };
}

impl Default for Licence {
    fn default() -> Self {
        Self::NONE
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
                packed: row.packed,
                unlimited_sites: row.unlimited_sites,
            };
            ((row.family, row.name), licence)
        });
        let licences = licences.collect();
        let (mut put, mut holders) = (BTreeMap::new(), BTreeMap::new());
        for pack in tx.tenant_packs(tenant.id)? {
            holders.insert(pack.name.clone(), pack.used);
            put.insert(pack.name, Quantity::from_maximum(pack.maximum));
        }
        let contents =
            packs.iter().map(|(name, pack)| (name.clone(), pack.services.clone())).collect();
        Ok(Self { licences, packs: put, holders, contents, ..Self::default() })
    }

    pub fn licence(&self, family: Family, name: &str) -> Licence {
        self.licences.get(&(family, name.to_owned())).cloned().unwrap_or_default()
    }

    /// Users that hold a pack.
    pub fn holders(&self, pack: &str) -> u64 {
        self.holders.get(pack).copied().unwrap_or_default()
    }

    /// What is taken of a user or group service: by sites, and by packs.
    pub fn taken(&self, family: Family, name: &str) -> u64 {
        let licence = self.licence(family, name);
        licence.given + licence.packed
    }

    /// How often a pack could be held at most, as far as the licences of its services go.
    pub fn maximum_allowed(&self, pack: &str) -> Quantity {
        let services = self.contents.get(pack).map(Vec::as_slice).unwrap_or_default();
        services.iter().fold(Quantity::Unlimited, |least, service| {
            let licence = self.licence(Family::User, service);
            // Users that hold the service through another pack and not through this one: all who
            // hold this one hold the service.
            let others = licence.packed.saturating_sub(self.holders(pack));
            least.min(licence.allocated.less(licence.given + others))
        })
    }

    /// Changes what a pack has in it, for all who hold it.
    pub fn set_contents(
        &mut self,
        tx: &ReadTx<'_>,
        tenant: &Node,
        pack: &str,
        services: Vec<String>,
    ) -> Result<(), Fault> {
        let before = self.contents.get(pack).cloned().unwrap_or_default();
        for set in tx.pack_sets(tenant.id)? {
            if !set.packs.iter().any(|held| held == pack) {
                continue;
            }
            let others = set.packs.iter().filter(|other| *other != pack);
            let others = self.services(others);
            let through_this =
                |list: &[String]| list.iter().filter(|s| !others.contains(*s)).cloned().collect();
            let (lost, gained): (BTreeSet<String>, BTreeSet<String>) =
                (through_this(&before), through_this(&services));
            for service in lost.difference(&gained) {
                self.recount(service, |packed| packed.saturating_sub(set.users));
            }
            for service in gained.difference(&lost) {
                self.recount(service, |packed| packed + set.users);
            }
        }
        self.contents.insert(pack.to_owned(), services);
        Ok(())
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
        let (lost, gained) = (self.services(before.iter()), self.services(after.iter()));
        for service in lost.difference(&gained) {
            self.recount(service, |packed| packed.saturating_sub(1));
        }
        for service in gained.difference(&lost) {
            self.recount(service, |packed| packed + 1);
        }
        let (lost, gained): (BTreeSet<&String>, BTreeSet<&String>) =
            (before.iter().collect(), after.iter().collect());
        for pack in lost.symmetric_difference(&gained) {
            let holders = self.holders.entry((*pack).clone()).or_default();
            *holders = if gained.contains(pack) { *holders + 1 } else { holders.saturating_sub(1) };
            self.recounted.0.insert((*pack).clone());
        }
    }

    /// Keeps what was counted anew with the tenant's rows.
    pub fn keep_pack_counts(&self, tx: &WriteTx<'_>, tenant: &Node) -> Result<(), Fault> {
        let (packs, services) = &self.recounted;
        for pack in packs {
            tx.set_pack_holders(tenant.id, pack, self.holders(pack))?;
        }
        for service in services {
            let packed = self.licence(Family::User, service).packed;
            tx.set_service_packed(tenant.id, service, packed)?;
        }
        Ok(())
    }

    /// What comes with some packs.
    fn services<'a>(&self, packs: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
        packs.filter_map(|pack| self.contents.get(pack)).flatten().cloned().collect()
    }

    fn recount(&mut self, service: &str, count: impl FnOnce(u64) -> u64) {
        let licence = self.licences.entry((Family::User, service.to_owned())).or_default();
        licence.packed = count(licence.packed);
        self.recounted.1.insert(service.to_owned());
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
