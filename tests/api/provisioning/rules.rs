//! The rules of licences once more, as plainly as they can be said: every figure is counted from
//! who holds what. What the program does is held against them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub const TENANTS: [&str; 2] = ["foo", "bar"];
pub const SITES: [(&str, &str); 3] = [("foo", "North"), ("foo", "South"), ("bar", "East")];
pub const SERVICES: [&str; 5] = ["S0", "S1", "S2", "S3", "S4"];

pub struct Pack {
    pub name: &'static str,
    pub authorization: u8,
    pub services: &'static [usize],
    pub options: &'static [usize],
    pub exclusive: &'static [usize],
}

/// The last is forbidden.
pub const PACKS: [Pack; 5] = [
    Pack { name: "Basic", authorization: 2, services: &[0, 1], options: &[2, 3], exclusive: &[] },
    Pack { name: "Gold", authorization: 2, services: &[1, 2], options: &[2], exclusive: &[] },
    Pack { name: "Voice", authorization: 1, services: &[2, 3], options: &[], exclusive: &[3] },
    Pack { name: "Video", authorization: 1, services: &[0, 3], options: &[], exclusive: &[] },
    Pack { name: "Never", authorization: 0, services: &[4], options: &[], exclusive: &[] },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quantity {
    Limited(u64),
    Unlimited,
}

use Quantity::{Limited, Unlimited};

impl Quantity {
    pub fn of(json: &Value) -> Self {
        if json["unlimited"] == true {
            Unlimited
        } else {
            Limited(json["maximum"].as_u64().unwrap())
        }
    }

    pub fn to_json(self) -> Value {
        match self {
            Unlimited => json!({ "unlimited": true }),
            Limited(maximum) => json!({ "unlimited": false, "maximum": maximum }),
        }
    }

    fn covers(self, taken: u64) -> bool {
        match self {
            Unlimited => true,
            Limited(maximum) => taken <= maximum,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub site: usize,
    pub services: BTreeSet<usize>,
    pub packs: BTreeSet<usize>,
}

/// All there is. What isn't in a map is 0, or not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// By tenant and service.
    pub licences: BTreeMap<(usize, usize), Quantity>,
    /// By site and service.
    pub shares: BTreeMap<(usize, usize), Quantity>,
    /// By tenant and pack.
    pub put: BTreeMap<(usize, usize), Quantity>,
    /// The services of each pack.
    pub contents: Vec<Vec<usize>>,
    /// Who was deleted is none.
    pub users: Vec<Option<User>>,
}

fn tenant_of(site: usize) -> usize {
    TENANTS.iter().position(|tenant| *tenant == SITES[site].0).unwrap()
}

fn set(map: &mut BTreeMap<(usize, usize), Quantity>, key: (usize, usize), quantity: Quantity) {
    if quantity == Limited(0) {
        map.remove(&key);
    } else {
        map.insert(key, quantity);
    }
}

impl Model {
    fn people(&self, tenant: usize) -> impl Iterator<Item = &User> {
        self.users.iter().flatten().filter(move |user| tenant_of(user.site) == tenant)
    }

    pub fn licence(&self, tenant: usize, service: usize) -> Quantity {
        self.licences.get(&(tenant, service)).copied().unwrap_or(Limited(0))
    }

    pub fn share(&self, site: usize, service: usize) -> Quantity {
        self.shares.get(&(site, service)).copied().unwrap_or(Limited(0))
    }

    /// Users of a site that hold a service directly.
    pub fn in_use(&self, site: usize, service: usize) -> u64 {
        let users = self.users.iter().flatten().filter(|user| user.site == site);
        users.filter(|user| user.services.contains(&service)).count() as u64
    }

    fn draw(&self, site: usize, service: usize) -> u64 {
        match self.share(site, service) {
            Unlimited => self.in_use(site, service),
            Limited(maximum) => maximum,
        }
    }

    /// What the sites of a tenant draw.
    pub fn given(&self, tenant: usize, service: usize) -> u64 {
        let sites = (0..SITES.len()).filter(|site| tenant_of(*site) == tenant);
        sites.map(|site| self.draw(site, service)).sum()
    }

    fn has(&self, user: &User, service: usize) -> bool {
        user.packs.iter().any(|pack| self.contents[*pack].contains(&service))
    }

    /// Users of a tenant that hold a service through a pack.
    pub fn packed(&self, tenant: usize, service: usize) -> u64 {
        self.people(tenant).filter(|user| self.has(user, service)).count() as u64
    }

    fn taken(&self, tenant: usize, service: usize) -> u64 {
        self.given(tenant, service) + self.packed(tenant, service)
    }

    pub fn holders(&self, tenant: usize, pack: usize) -> u64 {
        self.people(tenant).filter(|user| user.packs.contains(&pack)).count() as u64
    }

    pub fn maximum_allowed(&self, tenant: usize, pack: usize) -> Quantity {
        let of_service = |service: &usize| match self.licence(tenant, *service) {
            Unlimited => Unlimited,
            Limited(maximum) => {
                let others = self
                    .people(tenant)
                    .filter(|user| !user.packs.contains(&pack) && self.has(user, *service));
                let taken = self.given(tenant, *service) + others.count() as u64;
                Limited(maximum.saturating_sub(taken))
            }
        };
        self.contents[pack].iter().map(of_service).min().unwrap_or(Unlimited)
    }

    pub fn limit_tenant(&mut self, tenant: usize, service: usize, quantity: Quantity) -> bool {
        let unlimited_site = (0..SITES.len())
            .any(|site| tenant_of(site) == tenant && self.share(site, service) == Unlimited);
        if quantity != Unlimited && unlimited_site || !quantity.covers(self.taken(tenant, service))
        {
            return false;
        }
        set(&mut self.licences, (tenant, service), quantity);
        true
    }

    pub fn limit_site(&mut self, site: usize, service: usize, quantity: Quantity) -> bool {
        let tenant = tenant_of(site);
        let others = self.taken(tenant, service) - self.draw(site, service);
        let fits = match (quantity, self.licence(tenant, service)) {
            // One that is licensed nothing gives nothing, not even without a limit.
            (wanted, Limited(0)) => wanted == Limited(0),
            (Unlimited, Limited(_)) => false,
            (Limited(wanted), Limited(maximum)) => wanted == 0 || others + wanted <= maximum,
            (_, Unlimited) => true,
        };
        if !fits || !quantity.covers(self.in_use(site, service)) {
            return false;
        }
        set(&mut self.shares, (site, service), quantity);
        true
    }

    pub fn put_pack(&mut self, tenant: usize, pack: usize, quantity: Quantity, auto: bool) -> bool {
        if let Some(there) = self.put.get(&(tenant, pack)) {
            let same = *there == quantity;
            if same && auto {
                self.license(tenant, pack);
            }
            return same;
        }
        let unlicensed = |service: &usize| self.licence(tenant, *service) == Limited(0);
        if PACKS[pack].authorization == 0 || !auto && self.contents[pack].iter().any(unlicensed) {
            return false;
        }
        self.put.insert((tenant, pack), quantity);
        if auto {
            self.license(tenant, pack);
        }
        true
    }

    /// As far as all packs of the tenant may need that have a service, beside what sites were given.
    fn license(&mut self, tenant: usize, pack: usize) {
        for service in self.contents[pack].clone() {
            let mut needed = Limited(self.given(tenant, service));
            for ((at, other), quantity) in &self.put {
                if *at == tenant && self.contents[*other].contains(&service) {
                    needed = match (needed, *quantity) {
                        (Limited(sum), Limited(more)) => Limited(sum + more),
                        _ => Unlimited,
                    };
                }
            }
            let licence = self.licence(tenant, service).max(needed);
            set(&mut self.licences, (tenant, service), licence);
        }
    }

    pub fn change_pack(&mut self, tenant: usize, pack: usize, quantity: Quantity) -> bool {
        if !self.put.contains_key(&(tenant, pack)) || !quantity.covers(self.holders(tenant, pack)) {
            return false;
        }
        self.put.insert((tenant, pack), quantity);
        true
    }

    pub fn remove_pack(&mut self, tenant: usize, pack: usize) -> bool {
        self.holders(tenant, pack) == 0 && self.put.remove(&(tenant, pack)).is_some()
    }

    pub fn change_content(&mut self, pack: usize, services: &[usize]) -> bool {
        let mut changed = self.clone();
        changed.contents[pack] = services.to_vec();
        let fits = (0..TENANTS.len()).all(|tenant| {
            services.iter().all(|s| changed.licence(tenant, *s).covers(changed.taken(tenant, *s)))
        });
        if fits {
            *self = changed;
        }
        fits
    }

    /// Answers services, then packs, each in the order given. Primary packs come first when they
    /// are given, last when they are taken back; services come after packs.
    pub fn assign(
        &mut self,
        user: usize,
        services: &[usize],
        packs: &[usize],
        remove: bool,
    ) -> Vec<bool> {
        if self.users[user].is_none() {
            return vec![false; services.len() + packs.len()];
        }
        let mut order: Vec<usize> = (0..packs.len()).collect();
        order.sort_by_key(|at| (PACKS[packs[*at]].authorization == 2) == remove);
        let mut done = vec![false; packs.len()];
        for at in order {
            done[at] = if remove {
                self.take_pack(user, packs[at])
            } else {
                self.give_pack(user, packs[at])
            };
        }
        let mut all: Vec<bool> = services
            .iter()
            .map(|service| {
                if remove {
                    self.person(user).services.remove(service);
                    return true;
                }
                self.give_service(user, *service)
            })
            .collect();
        all.extend(done);
        all
    }

    fn person(&mut self, user: usize) -> &mut User {
        self.users[user].as_mut().unwrap()
    }

    fn give_service(&mut self, user: usize, service: usize) -> bool {
        let person = self.person(user).clone();
        if person.services.contains(&service) {
            return true;
        }
        let share = self.share(person.site, service);
        let fits = share.covers(self.in_use(person.site, service) + 1);
        if fits {
            self.person(user).services.insert(service);
        }
        fits
    }

    fn give_pack(&mut self, user: usize, pack: usize) -> bool {
        let person = self.person(user).clone();
        if person.packs.contains(&pack) {
            return true;
        }
        let tenant = tenant_of(person.site);
        let Some(put) = self.put.get(&(tenant, pack)) else { return false };
        let excluded = person.packs.iter().any(|other| {
            PACKS[*other].exclusive.contains(&pack) || PACKS[pack].exclusive.contains(other)
        });
        let primary = person.packs.iter().find(|held| PACKS[**held].authorization == 2);
        let in_company = match PACKS[pack].authorization {
            0 => false,
            1 => primary.is_some_and(|primary| PACKS[*primary].options.contains(&pack)),
            _ => primary.is_none(),
        };
        if excluded || !in_company || !put.covers(self.holders(tenant, pack) + 1) {
            return false;
        }
        let fits = self.contents[pack].iter().all(|service| {
            self.has(&person, *service)
                || self.licence(tenant, *service).covers(self.taken(tenant, *service) + 1)
        });
        if fits {
            self.person(user).packs.insert(pack);
        }
        fits
    }

    fn take_pack(&mut self, user: usize, pack: usize) -> bool {
        let held = &mut self.person(user).packs;
        let others = held.iter().any(|other| PACKS[*other].authorization == 1);
        if held.contains(&pack) && PACKS[pack].authorization == 2 && others {
            return false;
        }
        held.remove(&pack);
        true
    }

    /// A user goes to another site with all that it holds, or stays.
    pub fn relocate(&mut self, user: usize, site: usize) -> bool {
        let Some(person) = self.users[user].clone() else { return false };
        let mut moved = self.clone();
        let keeps_packs = tenant_of(person.site) == tenant_of(site);
        let packs = if keeps_packs { person.packs.clone() } else { BTreeSet::new() };
        moved.users[user] = Some(User { site, services: BTreeSet::new(), packs });
        let services: Vec<usize> = person.services.into_iter().collect();
        let packs: Vec<usize> = person.packs.into_iter().collect();
        let fits = moved.assign(user, &services, &packs, false).iter().all(|done| *done);
        if fits {
            *self = moved;
        }
        fits
    }

    /// No limit is exceeded, and nobody holds what goes together with nothing.
    pub fn check(&self) {
        for tenant in 0..TENANTS.len() {
            for service in 0..SERVICES.len() {
                let licence = self.licence(tenant, service);
                assert!(licence.covers(self.taken(tenant, service)), "{tenant} {service} {self:?}");
            }
            for pack in 0..PACKS.len() {
                let put = self.put.get(&(tenant, pack)).copied();
                let holders = self.holders(tenant, pack);
                assert!(put.unwrap_or(Limited(0)).covers(holders), "{tenant} {pack} {self:?}");
            }
        }
        for ((site, service), share) in &self.shares {
            assert!(share.covers(self.in_use(*site, *service)), "{site} {service} {self:?}");
            let licence = self.licence(tenant_of(*site), *service);
            assert!(*share != Unlimited || licence == Unlimited, "{site} {service} {self:?}");
        }
        for user in self.users.iter().flatten() {
            assert!(user.services.iter().all(|s| self.share(user.site, *s) != Limited(0)));
            let of = |authorization: u8| {
                user.packs.iter().filter(move |p| PACKS[**p].authorization == authorization)
            };
            assert_eq!(of(0).count(), 0, "{user:?}");
            assert!(of(2).count() <= 1, "{user:?}");
            assert!(of(1).all(|p| of(2).any(|main| PACKS[*main].options.contains(p))), "{user:?}");
            let fight = |p: &usize| PACKS[*p].exclusive.iter().any(|e| user.packs.contains(e));
            assert!(!user.packs.iter().any(fight), "{user:?}");
        }
    }
}
