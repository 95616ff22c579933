//! Service packs of a tenant: put to it all or none, their quantity changed, taken away again.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Family, PackLine, Quantity, Tenant,
    book::Book,
    catalogue::{self, Authorization, Packs},
    lines,
    record::{self, Recorded},
    tenants, users,
};
use crate::{
    domain::{
        App, Caller,
        hierarchy::shortened,
        transactions::{Action, Ticket},
    },
    fault::{Fault, FieldError},
    model::pointer,
    store::{ReadTx, WriteTx},
};

/// What was done, and the packs it was done to as they are now.
#[derive(Clone, Debug)]
pub struct PackOutcome {
    pub transaction_id: String,
    pub packs: Vec<PackLine>,
}

/// Puts packs (technical name and quantity) to a tenant, all or none: the same again with the same
/// quantity succeeds, with another it is refused. `auto_auth_services` licenses their services as
/// far as the quantity needs; without it one that isn't licensed is refused. Refusals name
/// `/servicePacksFromConfig/<index>`.
pub async fn put_packs(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    packs: Vec<(String, Quantity)>,
    auto_auth_services: bool,
) -> Result<PackOutcome, Fault> {
    let (app_, caller, tenant_id) = (app.clone(), caller.clone(), tenant_id.to_owned());
    app.store
        .write(move |tx| {
            let mut work = Work::open(tx, &caller, &tenant_id)?;
            let mut errors = Vec::new();
            let mut rows = Vec::new();
            for (index, (name, quantity)) in packs.iter().enumerate() {
                let at = pointer::entry("/servicePacksFromConfig", index);
                match work.put(name, *quantity, auto_auth_services) {
                    Ok(message) => rows.push(Ok(message)),
                    Err((field, code, message)) => {
                        errors.push(FieldError::new(pointer::child(&at, field), code, message));
                    }
                }
            }
            if !errors.is_empty() {
                return Err(Fault::invalid(errors));
            }
            let mut names: Vec<&str> = Vec::new();
            for (name, _) in &packs {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
            work.finish(&app_, tx, &caller, &names, rows)
        })
        .await
}

/// Changes the quantity of a pack at a tenant; not below what users hold.
pub async fn change_pack(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    name: &str,
    quantity: Quantity,
) -> Result<PackOutcome, Fault> {
    let (app_, caller) = (app.clone(), caller.clone());
    let (tenant_id, name) = (tenant_id.to_owned(), name.to_owned());
    app.store
        .write(move |tx| {
            let mut work = Work::open(tx, &caller, &tenant_id)?;
            let before = work.present(&name)?;
            let used = work.book.holders(&name);
            if !quantity.covers(used) {
                return Err(Fault::field(
                    "/quantity",
                    "in_use",
                    format!(
                        "{name} can't be limited to {quantity}: {} it. Allow at \
                         least {used}, or take it back from some first.",
                        users::hold(used)
                    ),
                ));
            }
            work.set(&name, quantity);
            let row = Ok(format!("{name}: {before} before, {quantity} now."));
            work.finish(&app_, tx, &caller, &[&name], vec![row])
        })
        .await
}

/// Takes a pack that nobody holds away from a tenant. The outcome has it as it was.
pub async fn remove_pack(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    name: &str,
) -> Result<PackOutcome, Fault> {
    let (app_, caller) = (app.clone(), caller.clone());
    let (tenant_id, name) = (tenant_id.to_owned(), name.to_owned());
    app.store
        .write(move |tx| {
            let mut work = Work::open(tx, &caller, &tenant_id)?;
            work.present(&name)?;
            let used = work.book.holders(&name);
            if used > 0 {
                return Err(Fault::field(
                    "name",
                    "in_use",
                    format!(
                        "{name} can't be removed from {tenant_id}: {} it. Take it \
                         back first.",
                        users::hold(used)
                    ),
                ));
            }
            let packs = work.lines(&[&name]);
            work.before_packs.insert(name.clone(), work.book.packs.remove(&name));
            let row = Ok(format!("{name} was removed."));
            let outcome = work.finish(&app_, tx, &caller, &[], vec![row])?;
            Ok(PackOutcome { packs, ..outcome })
        })
        .await
}

/// What is to be changed, and what it was before.
struct Work {
    tenant: Tenant,
    catalogue: Packs,
    book: Book,
    before_packs: BTreeMap<String, Option<Quantity>>,
    before_services: BTreeMap<String, Quantity>,
}

/// Member that is wrong, code and reason.
type Refusal = (&'static str, &'static str, String);

impl Work {
    fn open(tx: &ReadTx<'_>, caller: &Caller, tenant_id: &str) -> Result<Self, Fault> {
        let tenant = tenants::find_to_license(tx, caller, tenant_id)?;
        let catalogue = catalogue::packs_at(tx, &tenant.node)?;
        let book = Book::load(tx, &tenant.node, &catalogue)?;
        Ok(Self {
            tenant,
            catalogue,
            book,
            before_packs: BTreeMap::new(),
            before_services: BTreeMap::new(),
        })
    }

    /// The quantity of a pack that the tenant has.
    fn present(&self, name: &str) -> Result<Quantity, Fault> {
        self.book.packs.get(name).copied().ok_or_else(|| {
            tenants::not_found(
                "name",
                format!(
                    "The tenant {} has no service pack {:?}.",
                    self.tenant.tenant_id,
                    shortened(name)
                ),
            )
        })
    }

    fn set(&mut self, name: &str, quantity: Quantity) {
        let before = self.book.packs.insert(name.to_owned(), quantity);
        self.before_packs.entry(name.to_owned()).or_insert(before);
    }

    fn put(&mut self, name: &str, quantity: Quantity, auto: bool) -> Result<String, Refusal> {
        let Some(pack) = self.catalogue.get(name) else {
            let text = format!("There is no service pack {:?} for this tenant.", shortened(name));
            return Err(("name", "unknown_pack", text));
        };
        if let Some(present) = self.book.packs.get(name) {
            if *present == quantity {
                if auto {
                    self.license(&pack.services.clone());
                }
                return Ok(format!("{name} was there already, with {quantity}."));
            }
            let text = if self.before_packs.contains_key(name) {
                format!("{name} is named twice, with the quantities {present} and {quantity}.")
            } else {
                format!(
                    "{name} is at this tenant with the quantity {present}; change that by a PUT to \
                     the pack itself."
                )
            };
            return Err(("quantity", "quantity_differs", text));
        }
        if pack.authorization == Authorization::Forbidden {
            let text = format!("{name} is forbidden: its authorization is 0.");
            return Err(("name", "forbidden_pack", text));
        }
        if pack.no_more_assignable {
            let text = format!("{name} is no more assignable, so nobody new gets it.");
            return Err(("name", "no_more_assignable", text));
        }
        let services = pack.services.clone();
        let missing: Vec<&str> = services
            .iter()
            .filter(|s| !auto && self.book.licence(Family::User, s).allocated.is_none())
            .map(String::as_str)
            .collect();
        if !missing.is_empty() {
            let text = format!(
                "{name} has services that the tenant isn't licensed for: {}. License them first, \
                 or have them licensed with the pack (auto_auth_services).",
                missing.join(", ")
            );
            return Err(("name", "not_licensed", text));
        }
        self.set(name, quantity);
        if auto {
            self.license(&services);
        }
        Ok(format!("{name} was put to the tenant, with {quantity}."))
    }

    /// Licenses services as far as all packs of the tenant that have them may need, beside what its
    /// sites were given.
    fn license(&mut self, services: &[String]) {
        for service in services {
            let licence = self.book.licence(Family::User, service);
            let with_it = self.book.packs.iter().filter(|(name, _)| {
                self.catalogue.get(*name).is_some_and(|pack| pack.services.contains(service))
            });
            let needed = with_it
                .map(|(_, quantity)| quantity.maximum().map(u64::from))
                .try_fold(licence.given, |sum, maximum| Some(sum.saturating_add(maximum?)))
                .map_or(Quantity::Unlimited, Quantity::at_most);
            let allocated = licence.allocated;
            if allocated.min(needed) == allocated && allocated != needed {
                self.book.set(Family::User, service, needed);
                self.before_services.entry(service.clone()).or_insert(allocated);
            }
        }
    }

    fn lines(&self, names: &[&str]) -> Vec<PackLine> {
        let lines = names.iter().filter_map(|n| lines::pack_line(&self.catalogue, &self.book, n));
        lines.collect()
    }

    /// Writes what was changed, with its record.
    fn finish(
        self,
        app: &App,
        tx: &WriteTx<'_>,
        caller: &Caller,
        names: &[&str],
        rows: Vec<Result<String, String>>,
    ) -> Result<PackOutcome, Fault> {
        let tenant = &self.tenant.node;
        let (mut packs_before, mut packs_after) = (Map::new(), Map::new());
        for (name, before) in &self.before_packs {
            let after = self.book.packs.get(name);
            match after {
                Some(quantity) => tx.set_tenant_pack(tenant.id, name, quantity.maximum())?,
                None => tx.remove_tenant_pack(tenant.id, name)?,
            }
            packs_before.extend(before.map(|q| (name.clone(), q.to_json())));
            packs_after.extend(after.map(|q| (name.clone(), q.to_json())));
        }
        let (mut services_before, mut services_after) = (Map::new(), Map::new());
        for (name, before) in &self.before_services {
            let after = self.book.licence(Family::User, name).allocated;
            tx.set_tenant_licence(tenant.id, Family::User, name, after.maximum())?;
            services_before.insert(name.clone(), before.to_json());
            services_after.insert(name.clone(), after.to_json());
        }
        let side = |packs: Map<String, Value>, services: Map<String, Value>| {
            let mut side = json!({ "servicePacks": packs });
            if !services.is_empty() {
                side["userServices"] = services.into();
            }
            side
        };
        let ticket = Ticket::new(app);
        record::write(
            app,
            tx,
            caller,
            &ticket,
            &Recorded {
                action: Action::SetServicePacks,
                node: tenant,
                what: &format!("Service packs of the tenant {}", self.tenant.tenant_id),
                before: side(packs_before, services_before),
                after: side(packs_after, services_after),
                rows,
            },
        )?;
        Ok(PackOutcome { packs: self.lines(names), transaction_id: ticket.id })
    }
}
