//! `data/Schedule`: has something done for a Webex customer again and again. It belongs to one
//! customer, whose name follows, and goes wherever that one goes.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Act, MODEL as CUSTOMER, act::queue, connection::seconds};
use crate::{
    domain::{
        App, Caller, keys,
        registry::Registry,
        resources::{from_json, in_schema_order, to_json},
        tasks,
        workflow::{Save, Workflow},
    },
    fault::{Fault, FaultKind, FieldError},
    list_query::{Condition, Direction},
    model::{Kind, Model},
    store::{Attr, Cover, ListFilter, ListSpec, Node, Order, ReadTx, Stored, WriteTx},
};

pub const MODEL: &str = "data/Schedule";

/// Schedules that are started in one write.
const BATCH: u32 = 200;

pub struct Schedule;

impl Workflow for Schedule {
    /// One that doesn't say runs.
    fn prepare(&self, _models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        data.entry("enabled").or_insert(json!(true));
        Ok(())
    }

    fn derived(&self) -> &'static [&'static str] {
        &["next_run"]
    }

    fn adding(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        place: &Node,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        find(tx, place, data)?;
        plan(app, data);
        Ok(())
    }

    /// The next run is planned anew where the interval is another, the customer is, or the schedule
    /// has rested.
    fn changing(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        let before = from_json(stored)?;
        let same = |name: &str| before.get(name) == data.get(name);
        let same_customer = same("spark_customer");
        if !same_customer {
            find(tx, &stored.node, data)?;
        }
        if !(same_customer && same("interval_minutes") && same("enabled")) {
            plan(app, data);
        }
        Ok(())
    }

    /// Ties it to its customer.
    fn kept(
        &self,
        app: &App,
        tx: &WriteTx<'_>,
        _caller: &Caller,
        save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        let stored = tx.instance_unscoped(MODEL, save.pkid)?.ok_or_else(Fault::internal)?;
        let renamed = save.before.map(|before| before.get("spark_customer"))
            != Some(save.after.get("spark_customer"));
        let customer = match tx.schedule_customer(stored.id)? {
            Some(customer) if !renamed => customer,
            _ => find(tx, &stored.node, save.after)?,
        };
        let next_run = planned(save.after);
        tx.put_schedule(stored.id, customer.id, next_run)?;
        if next_run.is_some() {
            app.keeper.schedules.notify_one();
        }
        Ok(Vec::new())
    }
}

/// The customer that a schedule at a node names.
fn find(tx: &ReadTx<'_>, place: &Node, data: &Map<String, Value>) -> Result<Stored, Fault> {
    const FIELD: &str = "/spark_customer";
    let name = data.get("spark_customer").and_then(Value::as_str).unwrap_or_default();
    let attr = Attr::Data("name".to_owned(), Kind::String);
    let rows = tx.list(&ListSpec {
        model: CUSTOMER.to_owned(),
        cover: Cover::Local(place.id),
        filters: vec![ListFilter {
            attrs: vec![attr.clone()],
            condition: Condition::Equals,
            text: name.to_owned(),
            ignore_case: false,
        }],
        order: Order { attr, direction: Direction::Asc },
        skip: 0,
        limit: 2,
    })?;
    match rows.as_slice() {
        [only] => tx.instance_unscoped(CUSTOMER, &only.pkid)?.ok_or_else(Fault::internal),
        [] => Err(Fault::field(
            FIELD,
            "not_found",
            format!(
                "There is no Webex customer {name:?} at {}. Choose one that is there.",
                place.path
            ),
        )),
        _ => Err(Fault::field(
            FIELD,
            "ambiguous",
            format!(
                "Several Webex customers at {} are called {name:?}. Give them names of their own \
                 first.",
                place.path
            ),
        )),
    }
}

/// Sets the next run an interval from now; none where the schedule rests.
fn plan(app: &App, data: &mut Map<String, Value>) {
    let next = is_enabled(data).then(|| app.env.now_seconds() + interval(data));
    set_next_run(app, data, next);
}

fn set_next_run(app: &App, data: &mut Map<String, Value>, next: Option<i64>) {
    match next {
        Some(next) => data.insert("next_run".to_owned(), json!(app.env.text_at(next))),
        None => data.shift_remove("next_run"),
    };
}

fn planned(data: &Map<String, Value>) -> Option<i64> {
    data.get("next_run").and_then(Value::as_str).and_then(seconds)
}

fn is_enabled(data: &Map<String, Value>) -> bool {
    data.get("enabled").and_then(Value::as_bool).unwrap_or(true)
}

/// Seconds.
fn interval(data: &Map<String, Value>) -> i64 {
    let minutes = data.get("interval_minutes").and_then(Value::as_i64);
    // The validator lets nothing else through; a run without an end would be worse than a late one.
    minutes.filter(|m| *m > 0).unwrap_or(24 * 60) * 60
}

/// Starts what is due. What is under way already is left out this time; runs that were missed, while
/// the program was down, are one run. Answers when the next is due, in Unix seconds.
pub(super) async fn start_due(app: &App) -> Result<Option<i64>, Fault> {
    while !app.tasks.is_stopping() {
        let app_ = app.clone();
        if app.store.write(move |tx| start_some(&app_, tx)).await? < BATCH as usize {
            break;
        }
    }
    app.store.read(|tx| Ok(tx.next_schedule_due()?)).await
}

fn start_some(app: &App, tx: &WriteTx<'_>) -> Result<usize, Fault> {
    let now = app.env.now_seconds();
    let due = tx.schedules_due(now, BATCH)?;
    if due.is_empty() {
        return Ok(0);
    }
    let caller = Caller::program(tx)?;
    let mut under_way: HashSet<(String, Act)> = tasks::acts_under_way(tx)?;
    for stored in &due {
        // One that can't be started keeps none of the others from it.
        if let Err(fault) = tx.attempt(|tx| start_one(app, tx, &caller, stored, &mut under_way)) {
            tracing::error!(%fault, pkid = stored.pkid, "a schedule can't be run");
        }
        if let Err(fault) = tx.attempt(|tx| move_on(app, tx, stored, now)) {
            tracing::error!(%fault, pkid = stored.pkid, "a schedule can't be planned; it rests a day");
            tx.set_schedule_run(stored.id, now + 24 * 3600)?;
        }
    }
    Ok(due.len())
}

fn start_one(
    app: &App,
    tx: &WriteTx<'_>,
    caller: &Caller,
    stored: &Stored,
    under_way: &mut HashSet<(String, Act)>,
) -> Result<(), Fault> {
    let data = from_json(stored)?;
    let name = data.get("action").and_then(Value::as_str).unwrap_or_default();
    let act = Act::of(CUSTOMER, name).ok_or_else(Fault::internal)?;
    let customer = tx.schedule_customer(stored.id)?.ok_or_else(Fault::internal)?;
    if under_way.insert((customer.pkid.clone(), act)) {
        queue(app, tx, caller, &customer.pkid, act)?;
    }
    Ok(())
}

/// Plans the first run after `now` that is a number of intervals from the one that was due.
fn move_on(app: &App, tx: &WriteTx<'_>, stored: &Stored, now: i64) -> Result<(), Fault> {
    let mut data = from_json(stored)?;
    let (due, every) = (planned(&data).unwrap_or(now), interval(&data));
    let missed = (now - due).max(0) / every;
    let next = due + (missed + 1) * every;
    tx.set_schedule_run(stored.id, next)?;
    set_next_run(app, &mut data, Some(next));
    quietly(app, tx, stored, data)
}

/// A change that is no transaction of its own: it follows from another, or from the time.
fn quietly(
    app: &App,
    tx: &WriteTx<'_>,
    stored: &Stored,
    data: Map<String, Value>,
) -> Result<(), Fault> {
    let model: &Model = &*app.model(MODEL)?;
    let text = to_json(&in_schema_order(model, data))?;
    tx.update_instance(stored.id, &text, &app.env.now_text())?;
    Ok(())
}

/// Follows a customer that was saved: its schedules name it as it is called now.
pub(in crate::domain) fn renamed(
    app: &App,
    tx: &WriteTx<'_>,
    save: &Save<'_>,
) -> Result<(), Fault> {
    let Some(before) = save.before else { return Ok(()) };
    let name = save.after.get("name");
    if before.get("name") == name {
        return Ok(());
    }
    let customer = tx.instance_unscoped(CUSTOMER, save.pkid)?.ok_or_else(Fault::internal)?;
    for stored in tx.schedules_of(customer.id)? {
        let mut data = from_json(&stored)?;
        data.insert("spark_customer".to_owned(), json!(name));
        quietly(app, tx, &stored, data)?;
    }
    Ok(())
}

/// What goes with a customer that is deleted, in words.
pub(in crate::domain) fn goes_with(
    tx: &ReadTx<'_>,
    customer: &Stored,
) -> Result<Option<String>, Fault> {
    Ok(match tx.schedules_of(customer.id)?.len() {
        0 => None,
        1 => Some("1 schedule".to_owned()),
        many => Some(format!("{many} schedules")),
    })
}

/// Follows a customer that was deleted.
pub(in crate::domain) fn removed(tx: &WriteTx<'_>, customer: &Stored) -> Result<(), Fault> {
    for stored in tx.schedules_of(customer.id)? {
        tx.delete_instance(stored.id)?;
    }
    Ok(())
}

/// Judges whether a customer's schedules can go with it: their names must be free there.
pub(in crate::domain) fn moving(
    app: &App,
    tx: &WriteTx<'_>,
    customer: &Stored,
    target: &Node,
) -> Result<(), Fault> {
    let model = app.model(MODEL)?;
    for stored in tx.schedules_of(customer.id)? {
        let data = from_json(&stored)?;
        if keys::check(tx, &model, target.id, &data, Some(&stored.pkid)).is_err() {
            let name = model.label_of(&data, &stored.pkid);
            let message = format!(
                "Its schedule {name:?} goes with it, and another at {} has that name. Rename one of \
                 them first.",
                target.path
            );
            let error = FieldError::new("context_hierarchy", "taken", message.clone());
            return Err(Fault::new(FaultKind::Conflict, "taken", message).with_errors(vec![error]));
        }
    }
    Ok(())
}

/// Follows a customer that was moved.
pub(in crate::domain) fn moved(
    tx: &WriteTx<'_>,
    customer: &Stored,
    target: &Node,
) -> Result<(), Fault> {
    let modified = tx.instance_unscoped(CUSTOMER, &customer.pkid)?.map(|now| now.modified);
    for stored in tx.schedules_of(customer.id)? {
        let modified = modified.as_ref().unwrap_or(&stored.modified);
        tx.move_instance(stored.id, target.id, modified)?;
        tx.move_keys(stored.id, target.id)?;
    }
    Ok(())
}
