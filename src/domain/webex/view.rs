//! What the console shows of Webex customers: their connections, and what was synced of them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Act, Connection, MODEL, State, SyncCounts, connection,
    sync::ORGANIZATION,
    tokens::{access, customer},
};
pub use super::{
    schedule::MODEL as SCHEDULE,
    sync::{LICENSE as LICENCE, USER},
};
use crate::{
    domain::{
        App, Caller,
        access::{Permission, permit_type},
        hierarchy, lists, resources,
        shown::Row,
        transactions,
    },
    fault::Fault,
    list_query::{Condition, Direction, Filter, ListQuery, Traversal},
    store::{ConnectionAt, Node, ReadTx, Stored, UserFilter},
    webex::oauth::Tokens,
};

/// The states that somebody has to do something about, the most urgent first.
pub const IN_NEED: [State; 4] =
    [State::Lapsed, State::Failed, State::Expiring, State::NotAuthorised];

/// Schedules of a customer that are shown.
const SCHEDULES: u64 = 20;

/// How often a customer that is kept in sync is synced. Minutes.
const DAILY: u32 = 24 * 60;

/// A Webex customer, for the head of its pages.
#[derive(Clone, Debug)]
pub struct Customer {
    pub pkid: String,
    pub name: String,
    pub node: Node,
}

/// How a customer is connected, and what was done about it.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one each for what the card shows or leaves out")]
pub struct Card {
    pub customer: Customer,
    pub connection: Connection,
    /// Client id and secret are set.
    pub configured: bool,
    /// The caller may connect it and have it synced.
    pub may_act: bool,
    /// The caller may add schedules.
    pub may_schedule: bool,
    pub has_token: bool,
    pub has_refresh_token: bool,
    /// Unix seconds, as the others.
    pub now: i64,
    pub token_expires: Option<i64>,
    pub refresh_token_expires: Option<i64>,
    /// When the tokens came, and when they will be refreshed.
    pub refreshed: Option<i64>,
    pub next_refresh: Option<i64>,
    pub missing_scopes: Vec<&'static str>,
    /// The latest run of each act, where there was one.
    pub runs: Vec<(Act, Option<Run>)>,
    pub schedules: Vec<Schedule>,
    pub licences: u64,
    pub users: u64,
    /// Webex's name of the organisation as it was synced, else its number.
    pub organization: Option<String>,
}

/// A transaction of an act.
#[derive(Clone, Debug, Deserialize)]
pub struct Run {
    #[serde(skip)]
    pub transaction_id: String,
    pub status: String,
    pub submitted: String,
    #[serde(default)]
    pub message: String,
    /// Of a sync that came to its end.
    #[serde(default)]
    pub counts: Option<SyncCounts>,
}

/// What is done for a customer by itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Schedule {
    #[serde(skip)]
    pub pkid: String,
    pub name: String,
    pub action: String,
    pub interval_minutes: u64,
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    pub next_run: Option<String>,
}

/// A licence as it was synced. A figure that Webex doesn't say is absent.
#[derive(Clone, Debug, Deserialize)]
pub struct Licence {
    #[serde(skip)]
    pub pkid: String,
    #[serde(default)]
    pub name: String,
    pub total_units: Option<i64>,
    pub consumed_units: Option<i64>,
    pub consumed_by_users: Option<i64>,
    pub consumed_by_workspaces: Option<i64>,
    #[serde(default)]
    pub subscription_id: String,
    #[serde(default)]
    pub site_url: String,
    #[serde(default)]
    pub last_synced: String,
    /// Name of the customer whose it is.
    #[serde(default)]
    pub spark_customer: String,
}

/// A user as it was synced.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    #[serde(skip)]
    pub pkid: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub login_enabled: Option<bool>,
    #[serde(default)]
    pub invite_pending: Option<bool>,
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub licenses: Vec<String>,
}

/// Connections at a node and below.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many are in each state, those that are in none of these words left out.
    pub counts: Vec<(String, u64)>,
    /// Some of those in need, the most urgent first.
    pub in_need: Vec<ConnectionAt>,
}

/// A customer that the caller sees.
pub async fn of(app: &App, caller: &Caller, pkid: &str) -> Result<Customer, Fault> {
    let (from, pkid) = (caller.node.id, pkid.to_owned());
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            let stored = customer(tx, from, &pkid)?;
            permit_type(&caller, MODEL, Permission::Read)?;
            named(&stored)
        })
        .await
}

fn named(stored: &Stored) -> Result<Customer, Fault> {
    let data = resources::from_json(stored)?;
    let name = data.get("name").and_then(Value::as_str).unwrap_or(&stored.pkid).to_owned();
    Ok(Customer { pkid: stored.pkid.clone(), name, node: stored.node.clone() })
}

/// The card of a customer.
pub async fn card(app: &App, caller: &Caller, pkid: &str) -> Result<Card, Fault> {
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    app.store.read(move |tx| card_in(&app_, tx, &caller, &pkid)).await
}

fn card_in(app: &App, tx: &ReadTx<'_>, caller: &Caller, pkid: &str) -> Result<Card, Fault> {
    let stored = customer(tx, caller.node.id, pkid)?;
    permit_type(caller, MODEL, Permission::Read)?;
    let data = resources::from_json(&stored)?;
    let time = |name: &str| data.get(name).and_then(Value::as_str).and_then(connection::seconds);
    let row = tx.connection(stored.id)?;
    let scope: Option<Vec<String>> = row
        .as_ref()
        .and_then(|row| row.scope.as_ref())
        .map(|scope| scope.split_whitespace().map(str::to_owned).collect());
    let access = access(tx, &stored)?;
    let customer = named(&stored)?;
    let runs = Act::ALL.into_iter().map(|act| Ok((act, last(app, tx, caller, &stored, act)?)));
    let counts = tx.synced_counts(stored.id)?;
    let count = |model: &str| counts.iter().find(|(m, _)| m == model).map_or(0, |(_, n)| *n);
    Ok(Card {
        connection: Connection::of(tx, &stored)?,
        configured: app.webex.is_configured(),
        may_act: caller.access.allows(MODEL, Permission::Update),
        may_schedule: caller.access.allows(SCHEDULE, Permission::Create),
        has_token: access.token.is_some(),
        has_refresh_token: access.refresh_token.is_some(),
        now: app.env.now_seconds(),
        token_expires: time("access_token_expires"),
        refresh_token_expires: time("refresh_token_expires"),
        refreshed: row.as_ref().and_then(|row| row.refreshed),
        next_refresh: row
            .as_ref()
            .filter(|row| access.refresh_token.is_some() && !row.is_final)
            .and_then(|row| row.due),
        missing_scopes: Tokens::missing(scope.as_deref()),
        runs: runs.collect::<Result<_, Fault>>()?,
        schedules: schedules(app, tx, caller, &customer)?,
        licences: count(LICENCE),
        users: count(USER),
        organization: organization(tx, &stored, &data)?,
        customer,
    })
}

/// Which organisation a customer is connected to, as far as is known.
fn organization(
    tx: &ReadTx<'_>,
    stored: &Stored,
    data: &Map<String, Value>,
) -> Result<Option<String>, Fault> {
    const CUSTOMERS_AT_A_NODE: u32 = 50;
    let text = |data: &Map<String, Value>, name: &str| {
        data.get(name).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned)
    };
    for synced in tx.instances_at(ORGANIZATION, stored.node.id, CUSTOMERS_AT_A_NODE)? {
        let synced = resources::from_json(&synced)?;
        if text(&synced, "spark_customer") == text(data, "name") {
            return Ok(text(&synced, "name"));
        }
    }
    Ok(text(data, "account_number_external").or_else(|| text(data, "account_number")))
}

fn last(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    stored: &Stored,
    act: Act,
) -> Result<Option<Run>, Fault> {
    let log = app.model(transactions::MODEL)?;
    let query = ListQuery {
        limit: 1,
        count: false,
        direction: Some(Direction::Desc),
        filters: vec![
            equals("href", &resources::href(MODEL, &stored.pkid)),
            equals("action", act.action().as_str()),
        ],
        ..ListQuery::default()
    };
    let found = lists::rows_permitted(tx, caller, &log, query)?.into_iter().next();
    found
        .map(|row| {
            // What a record that failed, or wasn't begun, counts otherwise is none of a sync's.
            let mut data: Map<String, Value> = read(&row.data)?;
            let synced = data.get("counts").is_some_and(|counts| counts.get("added").is_some());
            if !synced {
                data.remove("counts");
            }
            let run: Run = serde_json::from_value(Value::Object(data)).map_err(|_| unreadable())?;
            Ok(Run { transaction_id: row.pkid, ..run })
        })
        .transpose()
}

fn equals(field: &str, text: &str) -> Filter {
    Filter {
        field: field.to_owned(),
        text: text.to_owned(),
        condition: Condition::Equals,
        ignore_case: false,
    }
}

fn schedules(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    customer: &Customer,
) -> Result<Vec<Schedule>, Fault> {
    let model = app.model(SCHEDULE)?;
    let query = ListQuery {
        hierarchy: Some(customer.node.pkid.clone()),
        traversal: Traversal::Local,
        limit: SCHEDULES,
        count: false,
        filters: vec![equals("spark_customer", &customer.name)],
        ..ListQuery::default()
    };
    let rows = lists::rows_permitted(tx, caller, &model, query)?;
    let all = rows.into_iter().map(|row| {
        let schedule: Schedule = read(&row.data)?;
        Ok(Schedule { pkid: row.pkid, ..schedule })
    });
    all.collect()
}

/// Has roles, licences and users synced every day from now on, by a schedule each. What is
/// scheduled already stays as it is. Answers the transaction of the last that was added, if any.
pub async fn keep_in_sync(app: &App, caller: &Caller, pkid: &str) -> Result<Option<String>, Fault> {
    let Card { customer, schedules, .. } = card(app, caller, pkid).await?;
    let model = app.model(SCHEDULE)?;
    let has = |act: Act| schedules.iter().any(|s| s.action == act.name());
    let mut last = None;
    for (act, what) in [
        (Act::SyncWebexTeamsRolesLicences, "roles and licences"),
        (Act::SyncWebexTeamsUsers, "users"),
    ] {
        if has(act) {
            continue;
        }
        let data = json!({
            "name": format!("{}: {what}, daily", customer.name),
            "spark_customer": customer.name,
            "action": act.name(),
            "interval_minutes": DAILY,
            "enabled": true,
        });
        let data = data.as_object().cloned().unwrap_or_default();
        let added = resources::create(app, caller, &model, Some(&customer.node.pkid), data).await?;
        last = Some(added.transaction_id);
    }
    Ok(last)
}

/// The licences of a customer, by name.
pub async fn licences(
    app: &App,
    caller: &Caller,
    pkid: &str,
) -> Result<(Customer, Vec<Licence>), Fault> {
    let (caller, pkid) = (caller.clone(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let stored = customer(tx, caller.node.id, &pkid)?;
            permit_type(&caller, LICENCE, Permission::Read)?;
            Ok((named(&stored)?, licences_in(tx, &stored)?))
        })
        .await
}

fn licences_in(tx: &ReadTx<'_>, stored: &Stored) -> Result<Vec<Licence>, Fault> {
    let rows = tx.synced_by_name(stored.id, LICENCE)?;
    rows.into_iter()
        .map(|(pkid, data)| {
            let licence: Licence = read(&data)?;
            Ok(Licence { pkid, ..licence })
        })
        .collect()
}

/// A page of a customer's users, how many fit the filter, and the names of its licences.
pub struct Users {
    pub customer: Customer,
    pub total: u64,
    pub users: Vec<User>,
    pub licences: Vec<String>,
}

/// The users of a customer that fit a filter.
pub async fn users(
    app: &App,
    caller: &Caller,
    pkid: &str,
    filter: UserFilter,
    skip: u64,
    limit: u64,
) -> Result<Users, Fault> {
    let (caller, pkid) = (caller.clone(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let stored = customer(tx, caller.node.id, &pkid)?;
            permit_type(&caller, USER, Permission::Read)?;
            let (total, rows) = tx.synced_users(stored.id, &filter, skip, limit)?;
            let users = rows.into_iter().map(|(pkid, data)| {
                let user: User = read(&data)?;
                Ok::<_, Fault>(User { pkid, ..user })
            });
            let mut licences: Vec<String> =
                licences_in(tx, &stored)?.into_iter().map(|licence| licence.name).collect();
            licences.dedup();
            Ok(Users {
                customer: named(&stored)?,
                total,
                users: users.collect::<Result<_, _>>()?,
                licences,
            })
        })
        .await
}

/// How the connections at a node and below stand; `limit` of those in need.
pub async fn tally(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    limit: u64,
) -> Result<Tally, Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            if !caller.access.allows(MODEL, Permission::Read) {
                return Ok(Tally::default());
            }
            let counts = tx.connection_tally(&place)?;
            let mut in_need = Vec::new();
            for state in IN_NEED {
                let room = limit - in_need.len() as u64;
                if room > 0 {
                    in_need.extend(tx.connections_in(&place, state.as_str(), room)?);
                }
            }
            Ok(Tally { counts, in_need })
        })
        .await
}

/// Licences at a node and below that are near full at Webex, the fullest first, each with its
/// customer's pkid; at most `limit`, and how many there are.
pub async fn near_full(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    limit: u64,
) -> Result<(u64, Vec<(String, Licence)>), Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            if !caller.access.allows(LICENCE, Permission::Read) {
                return Ok((0, Vec::new()));
            }
            let (total, rows) = tx.synced_near_full(&place, limit)?;
            let rows = rows.into_iter().map(|near| {
                let licence: Licence = read(&near.data)?;
                Ok::<_, Fault>((near.customer_pkid, Licence { pkid: near.pkid, ..licence }))
            });
            Ok((total, rows.collect::<Result<_, _>>()?))
        })
        .await
}

/// Puts the states of their connections beside customers.
pub fn tell_states(tx: &ReadTx<'_>, rows: &mut [Row]) -> Result<(), Fault> {
    let pkids: Vec<&str> = rows.iter().map(|row| row.pkid.as_str()).collect();
    let states = tx.connection_states(&pkids)?;
    for (row, state) in rows.iter_mut().zip(states) {
        row.connection = Some(state.unwrap_or_else(|| State::NotAuthorised.as_str().to_owned()));
    }
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(data: &str) -> Result<T, Fault> {
    serde_json::from_str(data).map_err(|error| {
        tracing::error!(%error, "the stored JSON can't be read");
        unreadable()
    })
}

fn unreadable() -> Fault {
    Fault::internal()
}
