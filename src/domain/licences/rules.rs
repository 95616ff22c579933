//! The rules of assignment, once: what one user may be given or give back, in view of what it
//! holds, of its site's quantities and of its tenant's licences.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Family, Holdings, Quantity, Tenant,
    book::{self, Book, Share, Shares},
    catalogue::{self, Authorization, Catalogue, Pack, Packs},
};
use crate::{
    domain::hierarchy::shortened,
    fault::Fault,
    store::{Node, ReadTx},
};

/// Code and reason.
pub(super) type Refusal = (&'static str, String);

/// One user with all that its assignments are judged by. What is given or taken counts for what
/// comes after it.
pub(super) struct Desk {
    tenant: String,
    site: Node,
    catalogue: Arc<Catalogue>,
    book: Book,
    shares: Shares,
    held_packs: Vec<String>,
    held_services: Vec<String>,
    changed: bool,
    /// Whoever holds a thing keeps it, at another site too.
    keeps: bool,
}

impl Desk {
    /// For a user at its site; `user` are its attributes, `catalogue` what its tenant has.
    pub fn open(
        tx: &ReadTx<'_>,
        catalogue: Arc<Catalogue>,
        tenant: &Tenant,
        site: &Node,
        user: &Map<String, Value>,
    ) -> Result<Self, Fault> {
        let held = Holdings::of(user, &catalogue.packs);
        Ok(Self {
            tenant: tenant.tenant_id.clone(),
            site: site.clone(),
            book: Book::load(tx, &tenant.node, &catalogue.packs)?,
            shares: book::shares(tx, site)?,
            catalogue,
            held_packs: held.packs,
            held_services: held.services,
            changed: false,
            keeps: false,
        })
    }

    /// For a user that comes to a site with what it holds, and so far holds nothing there. It
    /// `keeps` that where the catalogue is the one it comes from: in another, the same name is
    /// another thing.
    pub fn arriving(
        tx: &ReadTx<'_>,
        tenant: &Tenant,
        site: &Node,
        keeps: bool,
    ) -> Result<Self, Fault> {
        let catalogue = Arc::new(Catalogue::at(tx, &tenant.node)?);
        Ok(Self { keeps, ..Self::open(tx, catalogue, tenant, site, &Map::new())? })
    }

    /// Counts packs that the user keeps.
    pub fn keep_packs(&mut self, packs: &[String]) {
        let before = std::mem::replace(&mut self.held_packs, packs.to_vec());
        self.book.rehold(&before, &self.held_packs);
    }

    pub fn changed(&self) -> bool {
        self.changed
    }

    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What the user holds now.
    pub fn holdings(&self) -> Holdings {
        Holdings::with(self.held_services.clone(), self.held_packs.clone(), &self.catalogue.packs)
    }

    pub fn authorization(&self, pack: &str) -> Option<Authorization> {
        self.catalogue.packs.get(pack).map(|pack| pack.authorization)
    }

    /// Gives a service pack.
    pub fn give_pack(&mut self, name: &str) -> Result<(), Refusal> {
        if self.held_packs.iter().any(|held| held == name) {
            return Ok(());
        }
        let pack = self.catalogue.packs.get(name).ok_or_else(|| {
            let text = format!("There is no service pack {:?} for this tenant.", shortened(name));
            ("unknown_pack", text)
        })?;
        self.refuse_by_nature(name, pack)?;
        self.refuse_by_company(name, pack)?;
        self.refuse_by_limits(name, pack)?;
        let before = self.held_packs.clone();
        self.held_packs.push(name.to_owned());
        self.book.rehold(&before, &self.held_packs);
        self.changed = true;
        Ok(())
    }

    /// Forbidden, given up, or not the tenant's.
    fn refuse_by_nature(&self, name: &str, pack: &Pack) -> Result<(), Refusal> {
        if pack.authorization == Authorization::Forbidden && !self.keeps {
            let text = format!("{name} is forbidden: its authorization is 0.");
            return Err(("forbidden_pack", text));
        }
        if pack.no_more_assignable && !self.keeps {
            let text = format!(
                "{name} is no more assignable: who holds it keeps it, nobody new \
                gets it."
            );
            return Err(("no_more_assignable", text));
        }
        if !self.book.packs.contains_key(name) {
            let text = format!(
                "{name} hasn't been put to the tenant {}. Put it there first.",
                self.tenant
            );
            return Err(("not_put", text));
        }
        Ok(())
    }

    /// What the user holds beside it.
    fn refuse_by_company(&self, name: &str, pack: &Pack) -> Result<(), Refusal> {
        let held =
            || self.held_packs.iter().filter_map(|n| Some((n, self.catalogue.packs.get(n)?)));
        let enemy = held().find(|(other, held)| {
            pack.exclusive.contains(*other) || held.exclusive.iter().any(|e| e == name)
        });
        if let Some((other, _)) = enemy {
            let text = format!(
                "{name} and {other}, which the user holds, exclude each other. Take {other} back \
                 first."
            );
            return Err(("exclusive", text));
        }
        let primary = held().find(|(_, held)| held.authorization == Authorization::Primary);
        match (pack.authorization, primary) {
            (Authorization::Primary, Some((other, _))) => {
                let text = format!(
                    "{name} is a primary pack, of which a user has one at most, and the user holds \
                     {other}. Take {other} back first."
                );
                Err(("second_primary", text))
            }
            (Authorization::Optional, None) => {
                let text = format!(
                    "{name} is optional, and the user holds no primary pack that offers it. \
                     Assign one first."
                );
                Err(("no_primary", text))
            }
            (Authorization::Optional, Some((other, held)))
                if !held.options.iter().any(|option| option == name) =>
            {
                let text =
                    format!("{name} isn't among the options of {other}, the user's primary pack.");
                Err(("not_an_option", text))
            }
            _ => Ok(()),
        }
    }

    /// The tenant's quantity of the pack, and its licences for the services in it.
    fn refuse_by_limits(&self, name: &str, pack: &Pack) -> Result<(), Refusal> {
        let put = self.book.packs.get(name).copied().unwrap_or(Quantity::NONE);
        let holders = self.book.holders(name);
        if !put.covers(holders + 1) {
            let text = format!(
                "No {name} is left: {holders} of {put} are assigned at the tenant {}.",
                self.tenant
            );
            return Err(("none_left", text));
        }
        let held = self.holdings();
        for service in &pack.services {
            if held.packed_services.contains(service) {
                continue;
            }
            let licence = self.book.licence(Family::User, service);
            if licence.allocated.is_none() {
                let text = format!(
                    "{name} needs {service}, which the tenant {} isn't licensed for.",
                    self.tenant
                );
                return Err(("not_licensed", text));
            }
            let taken = self.book.taken(Family::User, service);
            if !licence.allocated.covers(taken + 1) {
                let text = format!(
                    "{name} needs {service}, and none is left: {taken} of {} are taken at the \
                     tenant {}.",
                    licence.allocated, self.tenant
                );
                return Err(("none_left", text));
            }
        }
        Ok(())
    }

    /// Takes a service pack back.
    pub fn take_pack(&mut self, name: &str) -> Result<(), Refusal> {
        if !self.held_packs.iter().any(|held| held == name) {
            return Ok(());
        }
        if self.authorization(name) == Some(Authorization::Primary) {
            // Optional packs stand on the primary one.
            let optional: Vec<&str> = self
                .held_packs
                .iter()
                .filter(|held| self.authorization(held) == Some(Authorization::Optional))
                .map(String::as_str)
                .collect();
            if !optional.is_empty() {
                let text = format!(
                    "{name} is the primary pack of {}, which the user holds. Take these back \
                     before it, or together with it.",
                    optional.join(", ")
                );
                return Err(("options_held", text));
            }
        }
        let before = self.held_packs.clone();
        self.held_packs.retain(|held| held != name);
        self.book.rehold(&before, &self.held_packs);
        self.changed = true;
        Ok(())
    }

    /// Gives a service directly.
    pub fn give_service(&mut self, name: &str) -> Result<(), Refusal> {
        if self.held_services.iter().any(|held| held == name) {
            return Ok(());
        }
        if let Some(refusal) = catalogue::unknown(&self.catalogue.services, Family::User, name) {
            return Err(refusal);
        }
        if self.catalogue.retired.iter().any(|retired| retired == name) && !self.keeps {
            let text = format!(
                "{name} is no more assignable: who holds it keeps it, nobody new \
                gets it."
            );
            return Err(("no_more_assignable", text));
        }
        let key = (Family::User, name.to_owned());
        let site = &self.site.name;
        let Some(share) = self.shares.get(&key).copied() else {
            let text = format!(
                "The site {site} isn't given any {name}. Give it a quantity of the tenant {} \
                 first.",
                self.tenant
            );
            return Err(("not_given", text));
        };
        if !share.allocated.covers(share.in_use + 1) {
            let text = format!(
                "No {name} is left at the site {site}: {} of {} are in use.",
                share.in_use, share.allocated
            );
            return Err(("none_left", text));
        }
        self.reshare(key, share, Share { in_use: share.in_use + 1, ..share });
        self.held_services.push(name.to_owned());
        Ok(())
    }

    /// Takes a service back that was given directly.
    pub fn take_service(&mut self, name: &str) {
        if !self.held_services.iter().any(|held| held == name) {
            return;
        }
        self.held_services.retain(|held| held != name);
        let key = (Family::User, name.to_owned());
        if let Some(share) = self.shares.get(&key).copied() {
            self.reshare(key, share, Share { in_use: share.in_use.saturating_sub(1), ..share });
        }
        self.changed = true;
    }

    fn reshare(&mut self, key: (Family, String), before: Share, after: Share) {
        self.book.redraw(key.0, &key.1, before, after);
        self.shares.insert(key, after);
        self.changed = true;
    }
}

/// Why packs can't be held together, in a sentence; `None` where they can.
pub(super) fn discord(held: &[String], packs: &Packs) -> Option<String> {
    let known: Vec<(&String, &Pack)> =
        held.iter().filter_map(|name| Some((name, packs.get(name)?))).collect();
    let mut primaries = known.iter().filter(|(_, p)| p.authorization == Authorization::Primary);
    let primary = primaries.next();
    if let (Some((one, _)), Some((other, _))) = (primary, primaries.next()) {
        return Some(format!("hold both {one} and {other}, and a user has one primary pack"));
    }
    for (name, pack) in &known {
        if let Some(other) = pack.exclusive.iter().find(|other| held.contains(*other)) {
            return Some(format!("hold both {name} and {other}, which would exclude each other"));
        }
        let is_offered =
            primary.is_some_and(|(_, primary)| primary.options.iter().any(|o| o == *name));
        if pack.authorization == Authorization::Optional && !is_offered {
            return Some(format!(
                "hold {name}, which would be optional and offered by no primary pack of theirs"
            ));
        }
    }
    None
}
