//! Setting what tenants and sites are licensed for: each item judged for itself, after those
//! before it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    Family, Line, Quantity, Tenant,
    book::{self, Book, Share, Shares},
    catalogue::{self, Services},
    lines,
    record::{self, Recorded},
    tenants, users,
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, SITE_LICENCES, permit_type},
        hierarchy::shortened,
        transactions::{Action, Ticket},
    },
    fault::{Fault, FieldError},
    store::{Node, ReadTx, WriteTx},
};

/// A limit to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub family: Family,
    pub name: String,
    pub allocated: Quantity,
}

/// What became of one of them.
#[derive(Clone, Debug)]
pub struct ItemOutcome {
    pub family: Family,
    pub name: String,
    /// The line as it was and as it is (for a preview: as it would be); the refusal when it stays
    /// as it was. `field` of the refusal is empty, its message names the item.
    pub result: Result<(Line, Line), FieldError>,
}

/// What became of all, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// None of a preview.
    pub transaction_id: Option<String>,
    pub items: Vec<ItemOutcome>,
}

/// Sets limits of a tenant. Those that are refused leave the others set; one transaction records
/// them all. The same item twice with different quantities is refused as a whole.
pub async fn set_tenant(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    set(app, caller, tenant_id, None, limits).await
}

/// What [`set_tenant`] would do; nothing is changed.
pub async fn preview_tenant(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    preview(app, caller, tenant_id, None, limits).await
}

/// Sets what a site is given of its tenant's licences.
pub async fn set_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    set(app, caller, tenant_id, Some(group), limits).await
}

/// What [`set_site`] would do; nothing is changed.
pub async fn preview_site(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: &str,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    preview(app, caller, tenant_id, Some(group), limits).await
}

async fn set(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: Option<&str>,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    refuse_contradictions(&limits)?;
    let (app_, caller, tenant_id) = (app.clone(), caller.clone(), tenant_id.to_owned());
    let group = group.map(str::to_owned);
    app.store
        .write(move |tx| {
            let mut work = Work::open(tx, &caller, &tenant_id, group.as_deref())?;
            let (tenant, site) = (work.tenant.node.id, work.site.as_ref().map(|(n, _)| n.id));
            let items = work.try_all(tx, &limits, |limit| {
                let (family, name, maximum) =
                    (limit.family, &limit.name, limit.allocated.maximum());
                match site {
                    None => tx.set_tenant_licence(tenant, family, name, maximum)?,
                    Some(site) => tx.set_site_licence(site, tenant, family, name, maximum)?,
                }
                Ok(())
            })?;
            let ticket = Ticket::new(&app_);
            work.record(&app_, tx, &caller, &ticket, &items)?;
            Ok(Outcome { transaction_id: Some(ticket.id), items })
        })
        .await
}

async fn preview(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
    group: Option<&str>,
    limits: Vec<Limit>,
) -> Result<Outcome, Fault> {
    refuse_contradictions(&limits)?;
    let (caller, tenant_id) = (caller.clone(), tenant_id.to_owned());
    let group = group.map(str::to_owned);
    app.store
        .read(move |tx| {
            let mut work = Work::open(tx, &caller, &tenant_id, group.as_deref())?;
            let items = work.try_all(tx, &limits, |_| Ok(()))?;
            Ok(Outcome { transaction_id: None, items })
        })
        .await
}

/// The same item twice, with different quantities: nobody can say which is meant.
fn refuse_contradictions(limits: &[Limit]) -> Result<(), Fault> {
    let mut seen: HashMap<(Family, &str), Quantity> = HashMap::new();
    for limit in limits {
        let before = seen.insert((limit.family, &limit.name), limit.allocated);
        if let Some(before) = before.filter(|b| *b != limit.allocated) {
            return Err(Fault::field(
                "",
                "contradiction",
                format!(
                    "{} is named twice, with the quantities {before} and {}; nothing was changed.",
                    shortened(&limit.name),
                    limit.allocated
                ),
            ));
        }
    }
    Ok(())
}

/// The accounts that limits are judged against.
struct Work {
    tenant: Tenant,
    /// Where the limits are those of a site.
    site: Option<(Node, Shares)>,
    services: Services,
    book: Book,
}

impl Work {
    fn open(
        tx: &ReadTx<'_>,
        caller: &Caller,
        tenant_id: &str,
        group: Option<&str>,
    ) -> Result<Self, Fault> {
        let tenant = match group {
            None => tenants::find_to_license(tx, caller, tenant_id)?,
            Some(_) => tenants::find(tx, caller, tenant_id)?,
        };
        let site = match group {
            None => None,
            Some(group) => {
                let site = tenants::find_site(tx, &tenant, group)?;
                permit_type(caller, SITE_LICENCES, Permission::Update)?;
                let shares = book::shares(tx, &site)?;
                Some((site, shares))
            }
        };
        let packs = catalogue::packs_at(tx, &tenant.node)?;
        let book = Book::load(tx, &tenant.node, &packs)?;
        let services = catalogue::services_at(tx, &tenant.node)?;
        Ok(Self { tenant, site, services, book })
    }

    /// Judges each limit and makes those that hold; `write` keeps one.
    fn try_all(
        &mut self,
        tx: &ReadTx<'_>,
        limits: &[Limit],
        write: impl Fn(&Limit) -> Result<(), Fault>,
    ) -> Result<Vec<ItemOutcome>, Fault> {
        let mut items = Vec::with_capacity(limits.len());
        for limit in limits {
            let result = match self.refusal(tx, limit)? {
                Some((code, message)) => Err(FieldError::new("", code, message)),
                None => {
                    let before = self.line(limit);
                    self.apply(limit);
                    write(limit)?;
                    Ok((before, self.line(limit)))
                }
            };
            items.push(ItemOutcome { family: limit.family, name: limit.name.clone(), result });
        }
        Ok(items)
    }

    fn line(&self, limit: &Limit) -> Line {
        let key = (limit.family, limit.name.clone());
        let line = lines::tenant_line(&self.services, &self.book, &key);
        match &self.site {
            None => line,
            Some((_, shares)) => lines::site_line(line, shares),
        }
    }

    fn apply(&mut self, limit: &Limit) {
        let (family, name) = (limit.family, &limit.name);
        match &mut self.site {
            None => self.book.set(family, name, limit.allocated),
            Some((_, shares)) => {
                let share = shares.entry((family, name.clone())).or_insert(Share::NONE);
                let before = *share;
                share.allocated = limit.allocated;
                self.book.redraw(family, name, before, *share);
            }
        }
    }

    /// Why a limit can't be set: code and reason.
    fn refusal(
        &self,
        tx: &ReadTx<'_>,
        limit: &Limit,
    ) -> Result<Option<(&'static str, String)>, Fault> {
        if let Some(refusal) = catalogue::unknown(&self.services, limit.family, &limit.name) {
            // What is licensed all the same can be taken back.
            let is_held = self.line(limit).allocated != Quantity::NONE;
            if !is_held {
                return Ok(Some(refusal));
            }
        }
        match &self.site {
            None => self.refusal_at_tenant(tx, limit),
            Some((site, shares)) => Ok(self.refusal_at_site(site, shares, limit)),
        }
    }

    fn refusal_at_tenant(
        &self,
        tx: &ReadTx<'_>,
        limit: &Limit,
    ) -> Result<Option<(&'static str, String)>, Fault> {
        let (family, name, wanted) = (limit.family, &limit.name, limit.allocated);
        let licence = self.book.licence(family, name);
        if wanted != Quantity::Unlimited && licence.unlimited_sites > 0 {
            let site = tx.unlimited_site(self.tenant.node.id, family, name)?.unwrap_or_default();
            return Ok(Some((
                "site_unlimited",
                format!(
                    "{name} can't be limited to {wanted}: the site {site} is given it without a \
                     limit{}. Limit the site first.",
                    match licence.unlimited_sites {
                        1 => String::new(),
                        2 => ", and so is another".to_owned(),
                        sites => format!(", and so are {} others", sites - 1),
                    }
                ),
            )));
        }
        let taken = self.book.taken(family, name);
        if wanted.covers(taken) {
            return Ok(None);
        }
        let packed = taken - licence.given;
        let by_packs = match family {
            Family::User => format!(", {packed} by service packs"),
            Family::Group => String::new(),
        };
        Ok(Some((
            "in_use",
            format!(
                "{name} can't be limited to {wanted}: {taken} are taken ({} by sites{by_packs}). \
                 Allow at least {taken}, or take some back first.",
                licence.given
            ),
        )))
    }

    fn refusal_at_site(
        &self,
        site: &Node,
        shares: &Shares,
        limit: &Limit,
    ) -> Option<(&'static str, String)> {
        let (family, name, wanted) = (limit.family, &limit.name, limit.allocated);
        let share = shares.get(&(family, name.clone())).copied().unwrap_or(Share::NONE);
        if !wanted.covers(share.in_use) {
            return Some((
                "in_use",
                format!(
                    "{name} can't be limited to {wanted} at {}: {} it. Allow at least {}, or take \
                     some back first.",
                    site.name,
                    users::hold(share.in_use),
                    share.in_use
                ),
            ));
        }
        if wanted.is_none() {
            return None;
        }
        let licence = self.book.licence(family, name);
        let tenant = &self.tenant.tenant_id;
        if licence.allocated.is_none() {
            return Some((
                "not_licensed",
                format!(
                    "{name} isn't licensed to the tenant {tenant}, so the site {} can't be given \
                     any. License the tenant first.",
                    site.name
                ),
            ));
        }
        let Quantity::Limited(maximum) = licence.allocated else { return None };
        let Quantity::Limited(wanted) = wanted else {
            return Some((
                "tenant_limited",
                format!(
                    "{name} can't be unlimited at {}: the tenant {tenant} is limited to {maximum}. \
                     Give a number.",
                    site.name
                ),
            ));
        };
        let others = self.book.taken(family, name).saturating_sub(share.draw());
        let left = u64::from(maximum).saturating_sub(others);
        (u64::from(wanted) > left).then(|| {
            (
                "over_limit",
                format!(
                    "{name} can't be {wanted} at {}: of the {maximum} of the tenant {tenant}, \
                     {others} are taken otherwise, which leaves {left}.",
                    site.name
                ),
            )
        })
    }

    /// One record for all items, filed at the tenant or site.
    fn record(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        caller: &Caller,
        ticket: &Ticket,
        items: &[ItemOutcome],
    ) -> Result<(), Fault> {
        let (mut before, mut after) = (Sides::default(), Sides::default());
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let outcome = match &item.result {
                Ok((was, is)) => {
                    before.put(was);
                    after.put(is);
                    Ok(format!("{}: {} before, {} now.", item.name, was.allocated, is.allocated))
                }
                Err(refusal) => Err(refusal.message.clone()),
            };
            rows.push(outcome);
        }
        let place = self.site.as_ref().map_or(&self.tenant.node, |(node, _)| node);
        let whose = match &self.site {
            None => format!("the tenant {}", self.tenant.tenant_id),
            Some((site, _)) => format!("the site {} of {}", site.name, self.tenant.tenant_id),
        };
        record::write(
            app,
            tx,
            caller,
            ticket,
            &Recorded {
                action: Action::SetLicences,
                node: place,
                what: &format!("Licences of {whose}"),
                before: before.into_json(),
                after: after.into_json(),
                rows,
            },
        )
    }
}

/// Limits as a record shows them: by family and name.
#[derive(Default)]
struct Sides {
    group: Map<String, Value>,
    user: Map<String, Value>,
}

impl Sides {
    fn put(&mut self, line: &Line) {
        let side = match line.family {
            Family::Group => &mut self.group,
            Family::User => &mut self.user,
        };
        // Named twice, the first is what was before and the last what is.
        side.insert(line.name.clone(), line.allocated.to_json());
    }

    fn into_json(self) -> Value {
        json!({ "groupServices": self.group, "userServices": self.user })
    }
}
