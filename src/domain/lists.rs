//! Lists of any model: a query is checked against the model, and read as one page.

use std::sync::Arc;

use super::{
    App, Caller,
    access::{offered, permit},
    env, hierarchy,
};
use crate::{
    fault::{Fault, FieldError},
    list_query::{Condition, Direction, Filter, LOCATED_AT, ListQuery, Traversal},
    model::{Format, Kind, Model, Operation},
    store::{Attr, Cover, ListFilter, ListRow, ListSpec, Node, Order, ReadTx},
};

/// A page of a list.
pub struct Listed {
    /// The node the list was seen from.
    pub place: Node,
    /// With every default filled in.
    pub query: ListQuery,
    /// 0 when it wasn't asked for.
    pub total: u64,
    pub rows: Vec<ListRow>,
}

/// A page of the instances of a model.
pub async fn page(
    app: &App,
    caller: &Caller,
    model: &Arc<Model>,
    query: ListQuery,
) -> Result<Listed, Fault> {
    offered(model, Operation::List)?;
    let quick = app.store.read_now(|tx| quick_page(tx, caller, model, &query))?;
    if let Some(listed) = quick {
        return Ok(listed);
    }
    let (model, caller) = (Arc::clone(model), caller.clone());
    app.store.read(move |tx| page_in(tx, &caller, &model, query)).await
}

/// A page that is found in next to no time; `None` of any other.
fn quick_page(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    query: &ListQuery,
) -> Result<Option<Listed>, Fault> {
    let mut asked = query.clone();
    let place = hierarchy::resolve(tx, caller, asked.hierarchy.as_deref())?;
    permit(caller, model, Operation::List)?;
    let spec = spec(model, caller, &place, &mut asked)?;
    if !tx.is_quick(&spec)? {
        return Ok(None);
    }
    listed(tx, place, asked, &spec).map(Some)
}

fn listed(
    tx: &ReadTx<'_>,
    place: Node,
    query: ListQuery,
    spec: &ListSpec,
) -> Result<Listed, Fault> {
    let rows = tx.list(spec)?;
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let total = match query.count {
        false => 0,
        // The last page says it.
        true if shown < spec.limit && (shown > 0 || spec.skip == 0) => {
            spec.skip.saturating_add(shown)
        }
        true => tx.total(spec)?,
    };
    Ok(Listed { place, query, total, rows })
}

/// [`page`], inside a read that does more.
pub fn page_in(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    mut query: ListQuery,
) -> Result<Listed, Fault> {
    let place = hierarchy::resolve(tx, caller, query.hierarchy.as_deref())?;
    permit(caller, model, Operation::List)?;
    let spec = spec(model, caller, &place, &mut query)?;
    listed(tx, place, query, &spec)
}

/// The rows of a page that is part of something else: none where the caller may not read them.
pub fn rows_permitted(
    tx: &ReadTx<'_>,
    caller: &Caller,
    model: &Model,
    query: ListQuery,
) -> Result<Vec<ListRow>, Fault> {
    if permit(caller, model, Operation::List).is_err() {
        return Ok(Vec::new());
    }
    Ok(page_in(tx, caller, model, query)?.rows)
}

/// Checks a query against the model and fills its defaults in.
pub(super) fn spec(
    model: &Model,
    caller: &Caller,
    place: &Node,
    query: &mut ListQuery,
) -> Result<ListSpec, Fault> {
    let mut errors = Vec::new();
    let order_by = query.order_by.get_or_insert_with(|| model.order_by.clone()).clone();
    // A list that asks for another order than the model's starts ascending.
    let descends = model.descending && order_by == model.order_by;
    let direction =
        *query.direction.get_or_insert(if descends { Direction::Desc } else { Direction::Asc });
    let order = attr(model, &order_by).map_err(|e| errors.push(e.named("order_by"))).ok();
    let mut filters = Vec::new();
    for filter in &query.filters {
        match list_filter(model, filter) {
            Ok(filter) => filters.push(filter),
            Err(error) => errors.push(error),
        }
    }
    if let Some(text) = &query.search {
        filters.push(ListFilter {
            attrs: searched(model),
            condition: Condition::Contains,
            text: text.clone(),
            ignore_case: true,
        });
    }
    errors.extend(check_columns(model, &query.columns).err());
    let Some(order) = order.filter(|_| errors.is_empty()) else {
        return Err(Fault::invalid(errors));
    };
    Ok(ListSpec {
        model: model.model_type.clone(),
        cover: cover(model, caller, place, query.traversal),
        filters,
        order: Order { attr: order, direction },
        skip: query.skip,
        limit: query.limit,
    })
}

/// The nodes that a list covers. Of an inherited model it means what holds at the place: what
/// stands above it counts, too, beyond the caller's own node.
pub(super) fn cover(model: &Model, caller: &Caller, place: &Node, traversal: Traversal) -> Cover {
    match traversal {
        Traversal::Local => Cover::Local(place.id),
        Traversal::Up if model.inherited => Cover::Above(place.id),
        Traversal::Up => Cover::Up { node_id: place.id, visible_from: caller.node.id },
        Traversal::Down if place.parent_id.is_none() => Cover::All,
        Traversal::Down if model.inherited => Cover::Line(place.id),
        Traversal::Down => Cover::Down(place.id),
    }
}

/// Refuses columns that no list of the model can have.
pub(super) fn check_columns(model: &Model, columns: &[String]) -> Result<(), FieldError> {
    for name in columns {
        attr(model, name).map_err(|e| e.named("columns"))?;
    }
    Ok(())
}

/// Why a name can't be ordered or filtered by.
pub(super) struct AttrError {
    code: &'static str,
    message: String,
}

impl AttrError {
    pub(super) fn named(self, parameter: &str) -> FieldError {
        FieldError::new(parameter, self.code, self.message)
    }
}

/// The attribute of that name, if lists can be ordered and filtered by it. A secret is treated
/// like an attribute that doesn't exist: its order would tell of its value.
pub(super) fn attr(model: &Model, name: &str) -> Result<Attr, AttrError> {
    if name == LOCATED_AT {
        return Ok(Attr::LocatedAt);
    }
    match model.root.property(name) {
        Some(p) if !p.is_secret() && !matches!(p.kind, Kind::Object | Kind::Array | Kind::Any) => {
            Ok(Attr::Data(name.to_owned(), p.kind))
        }
        _ => Err(AttrError {
            code: "unknown_field",
            message: format!(
                "{:?} is not an attribute that {} can be ordered or filtered by.",
                hierarchy::shortened(name),
                model.model_type
            ),
        }),
    }
}

/// The attribute of that name where it is a list of texts: it is filtered by its entries, and orders
/// nothing.
fn texts_of(model: &Model, name: &str) -> Option<Attr> {
    let property = model.root.property(name).filter(|p| p.kind == Kind::Array && !p.is_secret())?;
    let items = property.items.as_ref()?;
    (items.kind == Kind::String && !items.is_secret())
        .then(|| Attr::Data(name.to_owned(), Kind::Array))
}

fn list_filter(model: &Model, filter: &Filter) -> Result<ListFilter, FieldError> {
    let attr = match texts_of(model, &filter.field) {
        Some(texts) => texts,
        None => attr(model, &filter.field).map_err(|e| e.named("filter_field"))?,
    };
    let text = match attr {
        _ if Condition::OF_TIMES.contains(&filter.condition) => time_of(model, filter)?,
        // SQLite answers JSON booleans as 1 and 0; an empty text stands for one that isn't set.
        Attr::Data(_, Kind::Boolean) => match filter.text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => "1".to_owned(),
            "false" | "no" | "0" => "0".to_owned(),
            "" => String::new(),
            _ => {
                return Err(FieldError::new(
                    "filter_text",
                    "wrong_type",
                    format!("{} is filtered by true or false.", model.attr_title(&filter.field)),
                ));
            }
        },
        _ => filter.text.clone(),
    };
    Ok(ListFilter {
        attrs: vec![attr],
        condition: filter.condition,
        text,
        ignore_case: filter.ignore_case,
    })
}

/// What a time is compared with, as times are stored: a day begins with its date.
fn time_of(model: &Model, filter: &Filter) -> Result<String, FieldError> {
    let property = model.root.property(&filter.field);
    if property.is_none_or(|property| property.format != Some(Format::DateTime)) {
        return Err(FieldError::new(
            "filter_condition",
            "not_offered",
            format!(
                "{} isn't a time; from and before are for times alone.",
                model.attr_title(&filter.field)
            ),
        ));
    }
    env::stored_time(filter.text.trim()).ok_or_else(|| {
        FieldError::new(
            "filter_text",
            "wrong_type",
            format!(
                "{} is compared with a date (2026-01-31) or a time (2026-01-31T09:30:00Z).",
                model.attr_title(&filter.field)
            ),
        )
    })
}

/// What the search box looks through: the texts of the list.
fn searched(model: &Model) -> Vec<Attr> {
    model
        .summary_attrs
        .iter()
        .filter_map(|name| attr(model, name).ok())
        .filter(|a| matches!(a, Attr::LocatedAt | Attr::Data(_, Kind::String)))
        .collect()
}
