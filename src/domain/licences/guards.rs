//! What the models of provisioning mind when their instances are written elsewhere: nothing that
//! is licensed or held may lose its meaning, and counts follow users that move or go.

use serde_json::{Map, Value};

use super::{
    Family, Holdings, SERVICE_PACK, Tenant,
    book::Book,
    catalogue::{self, Authorization, Pack, Packs},
    rules::{Desk, discord},
    tenants, users,
};
use crate::{
    domain::{App, hierarchy::shortened, resources::from_json, workflow::Workflow},
    fault::{Fault, FaultKind, FieldError},
    list_query::Direction,
    model::{Kind, pointer},
    store::{Attr, Cover, ListSpec, Node, Order, ReadTx, Stored, WriteTx},
};

/// Places that a refusal names.
const NAMED: usize = 5;

/// The workflow of `data/Service`.
pub struct Service;

impl Workflow for Service {
    fn removing(&self, _app: &App, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        refuse_if_used(stored, "service", &uses_of_service(tx, stored, None)?)
    }

    fn moving(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        target: &Node,
    ) -> Result<(), Fault> {
        if target.id == stored.node.id {
            return Ok(());
        }
        refuse_if_used(stored, "service", &uses_of_service(tx, stored, Some(target))?)
    }
}

/// The workflow of `data/ServicePack`.
pub struct ServicePack;

impl Workflow for ServicePack {
    fn adding(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        place: &Node,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let (name, pack) = read(data)?;
        judge_pack(tx, place, &name, &pack, &[])
    }

    fn changing(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let (name, before) = read(&from_json(stored)?)?;
        let (_, after) = read(data)?;
        judge_pack(tx, &stored.node, &name, &after, &before.services)?;
        if before == after {
            return Ok(());
        }
        let mut errors = Vec::new();
        for tenant in tx.tenants_with_pack(&name, stored.node.id)? {
            let packs = catalogue::packs_at(tx, &tenant)?;
            errors.extend(discord_of_holders(tx, &tenant, &packs, &name, &after)?);
            let mut book = Book::load(tx, &tenant, &packs)?;
            book.set_contents(tx, &tenant, &name, after.services.clone())?;
            match overdrawn(&book, &tenant, &after.services) {
                None => book.keep_pack_counts(tx, &tenant)?,
                Some(text) => errors.push(FieldError::new("/content/services", "over_limit", text)),
            }
        }
        if errors.len() > NAMED {
            let text = format!("{} further reasons aren't listed.", errors.len() - NAMED);
            errors.truncate(NAMED);
            errors.push(FieldError::new("", "more", text));
        }
        if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
    }

    fn removing(&self, _app: &App, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        refuse_if_used(stored, "service pack", &uses_of_pack(tx, stored, None)?)
    }

    fn moving(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        target: &Node,
    ) -> Result<(), Fault> {
        if target.id == stored.node.id {
            return Ok(());
        }
        refuse_if_used(stored, "service pack", &uses_of_pack(tx, stored, Some(target))?)?;
        let (name, pack) = read(&from_json(stored)?)?;
        judge_pack(tx, target, &name, &pack, &[])
    }
}

/// The workflow of `data/User`.
pub struct User;

impl Workflow for User {
    /// What the user holds moves with it, if the other site and its tenant have it to give.
    fn moving(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        target: &Node,
    ) -> Result<(), Fault> {
        if target.id == stored.node.id {
            return Ok(());
        }
        let from = users::tenant_of_site(tx, &stored.node)?;
        let to = users::tenant_of_site(tx, target)?;
        let from_packs = catalogue::packs_at(tx, &from.node)?;
        let held = Holdings::of(&from_json(stored)?, &from_packs);
        if held.services.is_empty() && held.packs.is_empty() {
            return Ok(());
        }
        tx.set_holdings(stored.id, stored.node.id, from.node.id, &[], &[])?;
        put_down(tx, &from.node, &from_packs, &held.packs)?;
        let desk = arrive(tx, &from, &to, target, &held)?;
        tx.set_holdings(stored.id, target.id, to.node.id, &held.services, &held.packs)?;
        desk.book().keep_pack_counts(tx, &to.node)
    }

    /// Its rows went with it; what its packs took is free again.
    fn removed(&self, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        let data = from_json(stored)?;
        if data.contains_key("service_packs")
            && let Some(tenant) = tenants::tenant_above(tx, &stored.node)?
        {
            let packs = catalogue::packs_at(tx, &tenant.node)?;
            put_down(tx, &tenant.node, &packs, &Holdings::of(&data, &packs).packs)?;
        }
        Ok(())
    }
}

/// Which users of a tenant hold packs together that they could not, were a pack as it is to be: an
/// error at what brings it about. What didn't go together before is let be.
fn discord_of_holders(
    tx: &ReadTx<'_>,
    tenant: &Node,
    packs: &Packs,
    name: &str,
    after: &Pack,
) -> Result<Option<FieldError>, Fault> {
    let mut then = packs.clone();
    let Some(before) = then.insert(name.to_owned(), after.clone()) else { return Ok(None) };
    let field = if before.authorization != after.authorization {
        "/authorization"
    } else if before.exclusive != after.exclusive {
        "/exclusive"
    } else {
        "/options"
    };
    for set in tx.pack_sets(tenant.id)? {
        if !set.packs.iter().any(|held| held == name) || discord(&set.packs, packs).is_some() {
            continue;
        }
        if let Some(why) = discord(&set.packs, &then) {
            let text = format!(
                "{name} can't be changed so: {} of the users of {} {why}. Take one back from them \
                 first.",
                set.users, tenant.path
            );
            return Ok(Some(FieldError::new(field, "held", text)));
        }
    }
    Ok(None)
}

/// Counts that a user of a tenant holds packs no more.
fn put_down(tx: &WriteTx<'_>, tenant: &Node, packs: &Packs, held: &[String]) -> Result<(), Fault> {
    let mut book = Book::load(tx, tenant, packs)?;
    book.rehold(held, &[]);
    book.keep_pack_counts(tx, tenant)
}

/// Gives a user at another site all that it holds, or says what it can't have there.
fn arrive(
    tx: &WriteTx<'_>,
    from: &Tenant,
    to: &Tenant,
    site: &Node,
    held: &Holdings,
) -> Result<Desk, Fault> {
    let keeps = catalogue::place_of(tx, &from.node)?.id == catalogue::place_of(tx, &to.node)?.id;
    let mut desk = Desk::arriving(tx, to, site, keeps)?;
    let mut refusals = Vec::new();
    if from.node.id == to.node.id {
        // The packs are the tenant's: which of its sites the user is at is all the same to them.
        desk.keep_packs(&held.packs);
    } else {
        let mut packs = held.packs.clone();
        packs.sort_by_key(|name| desk.authorization(name) != Some(Authorization::Primary));
        refusals.extend(packs.iter().filter_map(|name| desk.give_pack(name).err()));
    }
    refusals.extend(held.services.iter().filter_map(|name| desk.give_service(name).err()));
    if refusals.is_empty() {
        return Ok(desk);
    }
    let errors = refusals.into_iter().map(|(code, text)| {
        let text = format!("{text} Or take it back from the user before the move.");
        FieldError::new("context_hierarchy", code, text)
    });
    Err(Fault::invalid(errors.collect()))
}

fn read(data: &Map<String, Value>) -> Result<(String, Pack), Fault> {
    let json = Value::Object(data.clone()).to_string();
    Pack::read(&json).map_err(|error| {
        tracing::error!(%error, "the attributes of a service pack can't be read");
        Fault::internal()
    })
}

/// A pack has user services of the catalogue in it, and doesn't exclude itself. What was in it
/// before stays.
fn judge_pack(
    tx: &ReadTx<'_>,
    place: &Node,
    name: &str,
    pack: &Pack,
    before: &[String],
) -> Result<(), Fault> {
    let services = catalogue::services_at(tx, place)?;
    let mut errors = Vec::new();
    for (index, service) in pack.services.iter().enumerate() {
        if before.contains(service) {
            continue;
        }
        if let Some((code, text)) = catalogue::unknown(&services, Family::User, service) {
            let at = pointer::child(&pointer::entry("/content/services", index), "name");
            errors.push(FieldError::new(at, code, text));
        }
    }
    for (index, other) in pack.exclusive.iter().enumerate() {
        if other == name {
            let at = pointer::entry("/exclusive", index);
            let text = format!("{name} can't exclude itself; leave it out.");
            errors.push(FieldError::new(at, "itself", text));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
}

/// Which of a pack's services a tenant has too few of, in a sentence.
fn overdrawn(book: &Book, tenant: &Node, services: &[String]) -> Option<String> {
    services.iter().find_map(|service| {
        let licence = book.licence(Family::User, service);
        let taken = book.taken(Family::User, service);
        let over = !licence.allocated.covers(taken);
        over.then(|| {
            format!(
                "{service} can't be in the pack: with the users that hold it, {taken} would be \
                 taken at {}, which has {}. License more there first.",
                tenant.path, licence.allocated
            )
        })
    })
}

/// Where a pack is used; not counted is what stands at or below `kept`, from where it is still seen.
fn uses_of_pack(
    tx: &ReadTx<'_>,
    stored: &Stored,
    kept: Option<&Node>,
) -> Result<Vec<String>, Fault> {
    let (name, _) = read(&from_json(stored)?)?;
    told_outside(tx, tx.tenants_with_pack(&name, stored.node.id)?, kept)
}

fn told_outside(
    tx: &ReadTx<'_>,
    tenants: Vec<Node>,
    kept: Option<&Node>,
) -> Result<Vec<String>, Fault> {
    let mut told = Vec::new();
    for tenant in tenants {
        if !sees(tx, tenant.id, kept)? {
            told.push(format!("the tenant {}", tenant.path));
        }
    }
    Ok(told)
}

fn sees(tx: &ReadTx<'_>, node: i64, kept: Option<&Node>) -> Result<bool, Fault> {
    Ok(match kept {
        Some(kept) => tx.is_at_or_below(node, kept.id)?,
        None => false,
    })
}

/// Where a service is used, as [`uses_of_pack`].
fn uses_of_service(
    tx: &ReadTx<'_>,
    stored: &Stored,
    kept: Option<&Node>,
) -> Result<Vec<String>, Fault> {
    let data = from_json(stored)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(family) = Family::parse(text("family")) else { return Ok(Vec::new()) };
    let name = text("name");
    let tenants = tx.tenants_with_licence(family, name, stored.node.id)?;
    let mut uses = told_outside(tx, tenants, kept)?;
    if family == Family::User {
        let packs = ListSpec {
            model: SERVICE_PACK.to_owned(),
            cover: Cover::Down(stored.node.id),
            filters: Vec::new(),
            order: Order {
                attr: Attr::Data("technical_name".to_owned(), Kind::String),
                direction: Direction::Asc,
            },
            skip: 0,
            limit: u64::MAX,
        };
        tx.each_listed(&packs, |row| {
            let data: Map<String, Value> = serde_json::from_str(&row.data).unwrap_or_default();
            let (pack, content) = read(&data)?;
            let node = tx.node_by_pkid(&row.node_pkid)?.map_or(0, |node| node.id);
            if content.services.iter().any(|service| service == name) && !sees(tx, node, kept)? {
                uses.push(format!("the service pack {pack} at {}", row.node_path));
            }
            Ok::<_, Fault>(())
        })?;
    }
    Ok(uses)
}

/// Refuses to take away what is in use, and says where.
fn refuse_if_used(stored: &Stored, what: &str, uses: &[String]) -> Result<(), Fault> {
    if uses.is_empty() {
        return Ok(());
    }
    let data = from_json(stored)?;
    let name = ["technical_name", "name"].iter().find_map(|n| data.get(*n)?.as_str());
    let mut shown = uses.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if uses.len() > NAMED {
        shown += &format!(" and {} others", uses.len() - NAMED);
    }
    Err(Fault::new(
        FaultKind::Conflict,
        "in_use",
        format!(
            "The {what} {} is in use and stays where it is: {shown}. Take it away there first.",
            shortened(name.unwrap_or_default())
        ),
    ))
}
