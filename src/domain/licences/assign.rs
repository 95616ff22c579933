//! Giving users services and service packs, and taking them back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Holdings, Tenant, USER, UserRef,
    catalogue::{Authorization, Catalogues},
    record,
    rules::{Desk, Refusal},
    users,
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        resources::{Written, from_json, href, in_schema_order, to_json},
        transactions::{self, Action, Change, Ticket},
    },
    fault::{Fault, FieldError},
    model::Model,
    store::{Stored, WriteTx},
};

/// Services and packs, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    pub services: Vec<String>,
    /// By technical name.
    pub packs: Vec<String>,
}

/// What became of one of them. The refusal's `field` is empty, its message names the item.
#[derive(Clone, Debug)]
pub struct ItemResult {
    pub name: String,
    pub result: Result<(), FieldError>,
}

/// What became of all, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Assigned {
    pub transaction_id: String,
    pub services: Vec<ItemResult>,
    pub packs: Vec<ItemResult>,
    /// What the user holds now.
    pub holdings: Holdings,
}

/// Assigns to one user, item by item: a refused one leaves the others assigned. What the user
/// holds already succeeds. Packs go before services, primary packs before optional ones.
pub async fn assign(
    app: &App,
    caller: &Caller,
    user: UserRef,
    wanted: Wanted,
) -> Result<Assigned, Fault> {
    one(app, caller, user, wanted, false).await
}

/// Takes back from one user, item by item. What the user doesn't hold succeeds. Optional packs go
/// before primary ones.
pub async fn unassign(
    app: &App,
    caller: &Caller,
    user: UserRef,
    wanted: Wanted,
) -> Result<Assigned, Fault> {
    one(app, caller, user, wanted, true).await
}

async fn one(
    app: &App,
    caller: &Caller,
    user: UserRef,
    wanted: Wanted,
    remove: bool,
) -> Result<Assigned, Fault> {
    let (app_, caller) = (app.clone(), caller.clone());
    app.store
        .write(move |tx| {
            let user = users::find(tx, &caller, &user)?;
            permit_type(&caller, USER, Permission::Update)?;
            let mut work = Work::open(&app_, tx, &mut Catalogues::default(), user)?;
            let (services, packs) = work.try_all(&wanted, remove);
            let ticket = Ticket::new(&app_);
            work.finish(&app_, tx, &caller, &ticket, remove, Some((&services, &packs)))?;
            let holdings = work.desk.holdings();
            Ok(Assigned { transaction_id: ticket.id, services, packs, holdings })
        })
        .await
}

/// A row of a bulk call: everything for the user of that pkid, or nothing. `catalogues` are those
/// of the rows before it in the same database transaction.
#[expect(clippy::too_many_arguments, reason = "a call's row, with what it shares with the others")]
pub fn assign_in(
    app: &App,
    tx: &WriteTx<'_>,
    catalogues: &mut Catalogues,
    caller: &Caller,
    pkid: &str,
    wanted: &Wanted,
    remove: bool,
    ticket: &Ticket,
) -> Result<Written, Fault> {
    let user = users::find(tx, caller, &UserRef::Pkid(pkid.to_owned()))?;
    permit_type(caller, USER, Permission::Update)?;
    let mut work = Work::open(app, tx, catalogues, user)?;
    let (services, packs) = work.try_all(wanted, remove);
    let errors: Vec<FieldError> =
        packs.into_iter().chain(services).filter_map(|item| item.result.err()).collect();
    if !errors.is_empty() {
        return Err(Fault::invalid(errors));
    }
    work.finish(app, tx, caller, ticket, remove, None)
}

/// One user under change.
struct Work {
    model: std::sync::Arc<Model>,
    user: Stored,
    before: Map<String, Value>,
    tenant: Tenant,
    desk: Desk,
}

impl Work {
    fn open(
        app: &App,
        tx: &WriteTx<'_>,
        catalogues: &mut Catalogues,
        user: Stored,
    ) -> Result<Self, Fault> {
        let tenant = users::tenant_of_site(tx, &user.node)?;
        let before = from_json(&user)?;
        let catalogue = catalogues.above(tx, &tenant.node)?;
        let desk = Desk::open(tx, catalogue, &tenant, &user.node, &before)?;
        Ok(Self { model: app.model(USER)?, user, before, tenant, desk })
    }

    /// Tries everything that is wanted, in an order in which one thing makes the next possible.
    /// Answers services and packs in the order of the request.
    fn try_all(&mut self, wanted: &Wanted, remove: bool) -> (Vec<ItemResult>, Vec<ItemResult>) {
        let mut order: Vec<usize> = (0..wanted.packs.len()).collect();
        let primary = |name: &str| self.desk.authorization(name) == Some(Authorization::Primary);
        order.sort_by_key(|index| primary(&wanted.packs[*index]) == remove);
        let mut packs: Vec<Option<ItemResult>> = vec![None; wanted.packs.len()];
        for index in order {
            let name = &wanted.packs[index];
            let result = if remove { self.desk.take_pack(name) } else { self.desk.give_pack(name) };
            packs[index] = Some(item(name, result));
        }
        let services = wanted.services.iter().map(|name| {
            let result = if remove {
                self.desk.take_service(name);
                Ok(())
            } else {
                self.desk.give_service(name)
            };
            item(name, result)
        });
        (services.collect(), packs.into_iter().flatten().collect())
    }

    /// Writes what the user holds now, with the record. `items` are the rows of a call on one
    /// user; a row of a bulk call has none of its own.
    fn finish(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        caller: &Caller,
        ticket: &Ticket,
        remove: bool,
        items: Option<(&[ItemResult], &[ItemResult])>,
    ) -> Result<Written, Fault> {
        let holdings = self.desk.holdings();
        let mut data = self.before.clone();
        for (attribute, names) in
            [("services", &holdings.services), ("service_packs", &holdings.packs)]
        {
            if names.is_empty() {
                data.shift_remove(attribute);
            } else {
                data.insert(attribute.to_owned(), json!(names));
            }
        }
        let data = in_schema_order(&self.model, data);
        let json = to_json(&data)?;
        let changed = self.desk.changed();
        let mut version = self.user.version;
        if changed {
            version = tx.update_instance(self.user.id, &json, &ticket.now)?;
            let (site, tenant) = (self.user.node.id, self.tenant.node.id);
            tx.set_holdings(self.user.id, site, tenant, &holdings.services, &holdings.packs)?;
            self.desk.book().keep_pack_counts(tx, &self.tenant.node)?;
        }
        let rows: Vec<Result<String, String>> = items.map_or_else(Vec::new, |(services, packs)| {
            let told = if remove { "taken back" } else { "assigned" };
            packs.iter().chain(services).map(|item| item.told(told)).collect()
        });
        let counts = items.map(|_| record::counts(&rows));
        let label = self.model.label_of(&data, &self.user.pkid);
        let href = href(USER, &self.user.pkid);
        record::keep_rows(tx, ticket, &href, &rows)?;
        transactions::record(
            app,
            tx,
            caller,
            ticket,
            &Change {
                action: if remove { Action::Unassign } else { Action::Assign },
                model_type: USER,
                href: &href,
                node: &self.user.node,
                message: message(label, remove, changed, counts.map_or(0, |c| c.failed)),
                before: Some(&self.user.data),
                after: Some(&json),
                log: Vec::new(),
                counts,
            },
        )?;
        Ok(Written {
            pkid: self.user.pkid.clone(),
            version,
            transaction_id: ticket.id.clone(),
            node: self.user.node.clone(),
            changed,
        })
    }
}

fn message(user: &str, remove: bool, changed: bool, failed: u64) -> String {
    let done = match (remove, changed) {
        (false, true) => format!("Services or packs were assigned to {user}"),
        (false, false) => format!("Nothing was assigned to {user}"),
        (true, true) => format!("Services or packs were taken back from {user}"),
        (true, false) => format!("Nothing was taken back from {user}"),
    };
    if failed > 0 { format!("{done}; {failed} were refused.") } else { format!("{done}.") }
}

fn item(name: &str, result: Result<(), Refusal>) -> ItemResult {
    let result = result.map_err(|(code, message)| FieldError::new("", code, message));
    ItemResult { name: name.to_owned(), result }
}

impl ItemResult {
    fn told(&self, what: &str) -> Result<String, String> {
        match &self.result {
            Ok(()) => Ok(format!("{}: {what}.", self.name)),
            Err(refusal) => Err(refusal.message.clone()),
        }
    }
}
