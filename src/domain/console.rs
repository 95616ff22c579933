//! What the console's pages show, put together in one read each.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    App, Caller, access, audit,
    forms::{self, Chooser},
    hierarchy, lists,
    picks::{self, Reach},
    resources,
    shown::{
        Dashboard, Frame, HistoryEntry, Lately, ListPage, ModelLink, Row, Standing, TransactionLine,
    },
    spark_customer, transactions, views, webex,
};
use crate::{
    fault::Fault,
    list_query::{Condition, Direction, Filter, LOCATED_AT, ListQuery, Traversal},
    model::{Choice, Model, Operation, Property, form::value_of},
    server_fns::views::{FormPage, Instance, NodeRef, Permissions},
    store::{Cover, ListRow, Node, ReadTx, Stored},
};

/// Changes on an instance's history tab.
const HISTORY_SHOWN: u64 = 50;
/// Transactions in the menu of the top bar.
const LATELY_SHOWN: u32 = 5;
const OPEN_COUNTED: u32 = 100;
/// Transactions on the dashboard.
const LATEST_SHOWN: usize = 8;
/// Records that are looked through for them.
const LATEST_READ: u64 = 200;

pub fn frame(app: &App, caller: &Caller) -> Frame {
    Frame {
        username: caller.username.clone(),
        home: node_ref(&caller.node),
        models: app.models.iter().filter(|m| may_list(caller, m)).map(|m| model_link(m)).collect(),
        tenants: caller.access.allows(access::TENANT_LICENCES, access::Permission::Read),
        demo: app.settings.demo,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Whether there is a list of the model for the caller.
fn may_list(caller: &Caller, model: &Model) -> bool {
    access::permits(caller, model, Operation::List)
}

pub async fn dashboard(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
) -> Result<Dashboard, Fault> {
    let (app_, caller, named) = (app.clone(), caller.clone(), hierarchy.map(str::to_owned));
    app.store.read(move |tx| dashboard_in(&app_, tx, &caller, named.as_deref())).await
}

/// What the user has asked for that takes its time, for the menu on every page.
pub async fn lately(app: &App, caller: &Caller) -> Result<Lately, Fault> {
    let (app_, caller) = (app.clone(), caller.clone());
    app.store
        .read(move |tx| {
            let mut open = tx.open_tasks(OPEN_COUNTED)?;
            open.retain(|task| task.account_id == caller.account_id);
            let tasks = tx.latest_tasks(caller.account_id, LATELY_SHOWN)?;
            let records = tasks
                .iter()
                .filter_map(|task| {
                    tx.instance(transactions::MODEL, &task.transaction_id, caller.node.id)
                        .transpose()
                })
                .map(|record| transaction_line(&app_, &record?))
                .collect::<Result<_, Fault>>()?;
            Ok(Lately { open: open.len(), latest: records })
        })
        .await
}

pub(super) fn dashboard_in(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    hierarchy: Option<&str>,
) -> Result<Dashboard, Fault> {
    let place = hierarchy::resolve(tx, caller, hierarchy)?;
    let counts = app
        .models
        .iter()
        .filter(|m| !m.section.is_empty() && may_list(caller, m))
        .map(|m| Ok((model_link(m), tx.counted(&m.model_type, cover(m, caller, &place))?)))
        .collect::<Result<_, Fault>>()?;
    let latest = latest(app, tx, caller, &place)?;
    Ok(Dashboard { place: node_ref(&place), counts, latest })
}

/// The latest transactions at a node and below. A bulk call stands for its rows.
fn latest(
    app: &App,
    tx: &ReadTx<'_>,
    caller: &Caller,
    place: &Node,
) -> Result<Vec<TransactionLine>, Fault> {
    let query = ListQuery {
        hierarchy: Some(place.pkid.clone()),
        limit: LATEST_READ,
        count: false,
        ..ListQuery::default()
    };
    let log = app.model(transactions::MODEL)?;
    let mut ids: Vec<String> = Vec::new();
    for row in lists::rows_permitted(tx, caller, &log, query)? {
        let data = row_data(&row.data, &row.pkid)?;
        let parent = data.get("parent").and_then(Value::as_str).map(str::to_owned);
        let id = parent.unwrap_or(row.pkid);
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() == LATEST_SHOWN {
            break;
        }
    }
    ids.iter()
        .filter_map(|id| tx.instance(transactions::MODEL, id, caller.node.id).transpose())
        .map(|record| transaction_line(app, &record?))
        .collect()
}

pub async fn list(
    app: &App,
    caller: &Caller,
    model_type: &str,
    query: &[(String, String)],
) -> Result<ListPage, Fault> {
    let model = app.model(model_type)?;
    access::offered(&model, Operation::List)?;
    let query = ListQuery::parse(query).map_err(Fault::invalid)?;
    let shown = access::narrowed(caller, &with_model_titles(app, &model));
    let caller = caller.clone();
    app.store
        .read(move |tx| {
            let listed = lists::page_in(tx, &caller, &model, query)?;
            let columns = views::columns(tx, &caller, &model, &listed.query.columns)?;
            let mut rows = listed
                .rows
                .iter()
                .map(|row| list_row(&model, &columns, row))
                .collect::<Result<Vec<_>, _>>()?;
            if model.model_type == spark_customer::MODEL {
                webex::view::tell_states(tx, &mut rows)?;
            }
            let place = &listed.place;
            Ok(ListPage {
                views: views::usable(tx, &caller, &model)?,
                account_id: caller.account_id,
                columns,
                place: node_ref(place),
                total: listed.total,
                total_unfiltered: tx.counted(&model.model_type, cover(&model, &caller, place))?,
                rows,
                can: permissions(&caller, &model, place, true),
                query: listed.query,
                model: shown,
            })
        })
        .await
}

/// The model as its list shows it: an attribute that names a model is picked and told by titles.
fn with_model_titles(app: &App, model: &Arc<Model>) -> Arc<Model> {
    let names =
        |(name, property): &(String, Property)| name == "model_type" && property.choices.is_empty();
    if !model.root.properties.iter().any(names) {
        return Arc::clone(model);
    }
    let mut shown = (**model).clone();
    for named in shown.root.properties.iter_mut().filter(|named| names(named)) {
        let choice =
            |m: &Arc<Model>| Choice { value: m.model_type.clone(), title: m.title.clone() };
        named.1.choices = app.models.iter().map(choice).collect();
    }
    Arc::new(shown)
}

/// What stands above a form.
pub struct Above {
    pub choosers: Vec<Chooser>,
    /// Why the instance is only shown.
    pub refusal: Option<String>,
}

pub async fn add_form(
    app: &App,
    caller: &Caller,
    model_type: &str,
    query: &[(String, String)],
) -> Result<(FormPage, Above), Fault> {
    let model = app.model(model_type)?;
    // Shown at a wrong place too: the page then says where instances can be added.
    let hierarchy = value_of(query, "hierarchy").filter(|h| !h.is_empty());
    let place = resources::place(app, caller, hierarchy)?;
    access::permit(caller, &model, Operation::Add)?;
    let form = forms::at(app, &place, &model, query.to_vec()).await?;
    let mut can = permissions(caller, &model, &place, true);
    if let (Ok(()), Some(first)) = (&can.add, form.undecided) {
        can.add = Err(first);
    }
    let page = FormPage {
        picks: picks::at(app, caller, &form.model, hierarchy, Reach::Here).await?,
        place: node_ref(&place),
        instance: None,
        start: form.start,
        can,
        posted: None,
        choosers: String::new(),
        preview: None,
        model: (*access::narrowed(caller, &form.model)).clone(),
    };
    Ok((page, Above { choosers: form.choosers, refusal: None }))
}

pub async fn instance(
    app: &App,
    caller: &Caller,
    model_type: &str,
    pkid: &str,
    query: &[(String, String)],
) -> Result<(FormPage, Above), Fault> {
    let model = app.model(model_type)?;
    let (app_, caller, pkid) = (app.clone(), caller.clone(), pkid.to_owned());
    let query = query.to_vec();
    app.store
        .read(move |tx| {
            let stored = resources::get_in(tx, caller.node.id, &model, &pkid)?;
            access::permit(&caller, &model, Operation::Get)?;
            let instance = shown(&model, &stored)?;
            let data = Some(&instance.data);
            let form = forms::form(tx, &app_.models, &stored.node, &model, data, &query)?;
            let refusal = resources::refusal(tx, &caller, &model, &stored)?;
            let mut picks = picks::picks(tx, &app_.models, &form.model, &stored.node, Reach::Here)?;
            // Nothing refers to itself.
            picks.retain(|(_, value)| *value != instance.label);
            let page = FormPage {
                picks,
                place: node_ref(&stored.node),
                can: permissions(&caller, &model, &stored.node, refusal.is_none()),
                instance: Some(instance),
                start: form.start,
                posted: None,
                choosers: String::new(),
                preview: None,
                model: (*access::narrowed(&caller, &form.model)).clone(),
            };
            Ok((page, Above { choosers: form.choosers, refusal }))
        })
        .await
}

/// The latest changes of an instance, newest first.
pub async fn history(
    app: &App,
    caller: &Caller,
    model_type: &str,
    pkid: &str,
) -> Result<Vec<HistoryEntry>, Fault> {
    let (model, log) = (app.model(model_type)?, app.model(transactions::MODEL)?);
    let (caller, pkid) = (caller.clone(), pkid.to_owned());
    app.store
        .read(move |tx| {
            let stored = resources::get_in(tx, caller.node.id, &model, &pkid)?;
            access::permit(&caller, &model, Operation::Get)?;
            let href = resources::href(&model.model_type, &stored.pkid);
            let may = access::permits(&caller, &model, Operation::Update)
                && resources::refusal(tx, &caller, &model, &stored)?.is_none();
            let now = resources::from_json(&stored)?;
            changes_of(tx, &caller, &log, &model, &href, may.then_some(&now))
        })
        .await
}

/// `now` is the instance as it is, where the caller may change it.
fn changes_of(
    tx: &ReadTx<'_>,
    caller: &Caller,
    log: &Model,
    model: &Model,
    href: &str,
    now: Option<&Map<String, Value>>,
) -> Result<Vec<HistoryEntry>, Fault> {
    let query = ListQuery {
        limit: HISTORY_SHOWN,
        count: false,
        direction: Some(Direction::Desc),
        filters: vec![Filter {
            field: "href".to_owned(),
            text: href.to_owned(),
            condition: Condition::Equals,
            ignore_case: false,
        }],
        ..ListQuery::default()
    };
    lists::rows_permitted(tx, caller, log, query)?
        .iter()
        .map(|row| {
            let data = row_data(&row.data, &row.pkid)?;
            let text =
                |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok(HistoryEntry {
                transaction_id: row.pkid.clone(),
                action: text("action"),
                status: text("status"),
                username: text("username"),
                submitted: text("submitted"),
                changed: changed_titles(model, &data),
                standing: standing(&data, now),
            })
        })
        .collect()
}

/// Titles of the attributes in which a record's sides differ.
fn changed_titles(model: &Model, record: &Map<String, Value>) -> Vec<String> {
    let side = |name: &str| record.get(name).and_then(Value::as_object);
    let (Some(before), Some(after)) = (side("before"), side("after")) else { return Vec::new() };
    let known = model.root.properties.iter();
    let differing = known.filter(|(name, _)| before.get(name.as_str()) != after.get(name.as_str()));
    differing.map(|(_, property)| property.title.clone()).collect()
}

/// What the record is to the instance as it is.
fn standing(record: &Map<String, Value>, now: Option<&Map<String, Value>>) -> Standing {
    let after = record.get("after").and_then(Value::as_object);
    let action = record.get("action").and_then(Value::as_str).unwrap_or_default();
    match (after, now) {
        (Some(after), Some(now)) if audit::shows_version(action) => {
            if after == now {
                Standing::Current
            } else {
                Standing::Former
            }
        }
        _ => Standing::None,
    }
}

pub(super) fn shown(model: &Model, stored: &Stored) -> Result<Instance, Fault> {
    let data = resources::from_json(stored)?;
    Ok(Instance {
        pkid: stored.pkid.clone(),
        version: stored.version,
        label: model.label_of(&data, &stored.pkid).to_owned(),
        data,
        place: node_ref(&stored.node),
        created: stored.created.clone(),
        modified: stored.modified.clone(),
    })
}

fn transaction_line(app: &App, record: &Stored) -> Result<TransactionLine, Fault> {
    let data = resources::from_json(record)?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(TransactionLine {
        pkid: record.pkid.clone(),
        action: text("action"),
        model_title: title_of(app, text("model_type")),
        status: text("status"),
        message: text("message"),
        username: text("username"),
        submitted: text("submitted"),
    })
}

/// The title of a model; its type where it isn't loaded any more.
fn title_of(app: &App, model_type: String) -> String {
    app.models.get(&model_type).map_or(model_type, |model| model.title.clone())
}

pub(super) fn list_row(model: &Model, columns: &[String], row: &ListRow) -> Result<Row, Fault> {
    let mut data = row_data(&row.data, &row.pkid)?;
    data.insert(LOCATED_AT.to_owned(), Value::String(row.node_path.clone()));
    Ok(Row {
        label: model.label_of(&data, &row.pkid).to_owned(),
        cells: columns.iter().map(|attr| data.get(attr).cloned().unwrap_or_default()).collect(),
        pkid: row.pkid.clone(),
        connection: None,
    })
}

fn row_data(data: &str, pkid: &str) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(data).map_err(|error| {
        tracing::error!(%error, pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}

/// `own` is false for what belongs to a node above the caller's.
fn permissions(caller: &Caller, model: &Model, place: &Node, own: bool) -> Permissions {
    let may = |operation| access::permits(caller, model, operation);
    Permissions {
        add: if may(Operation::Add) {
            hierarchy::refusal_to_add(model, place).map_or(Ok(()), Err)
        } else if model.offers(Operation::Add) {
            Err(format!("Your role doesn't add {}.", model.title_plural))
        } else {
            Err(format!("{} are made by the server.", model.title_plural))
        },
        update: own && may(Operation::Update),
        remove: own && may(Operation::Remove),
    }
}

/// What a list covers that asks for nothing else.
fn cover(model: &Model, caller: &Caller, place: &Node) -> Cover {
    lists::cover(model, caller, place, Traversal::Down)
}

pub(super) fn node_ref(node: &Node) -> NodeRef {
    NodeRef {
        pkid: node.pkid.clone(),
        name: node.name.clone(),
        path: node.path.clone(),
        node_type: node.node_type,
    }
}

fn model_link(model: &Model) -> ModelLink {
    ModelLink {
        model_type: model.model_type.clone(),
        title: model.title.clone(),
        title_plural: model.title_plural.clone(),
        section: model.section.clone(),
    }
}
