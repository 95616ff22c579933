//! `data/Role` and `data/AccessProfile`: how a user's role comes to what it may do, and what keeps
//! roles and profiles from giving more than their makers have.

use serde_json::{Map, Value};

use super::{Access, Caller, users};
use crate::{
    domain::{
        App,
        hierarchy::shortened,
        registry::Registry,
        resources::from_json,
        workflow::{Save, Touch, Workflow},
    },
    fault::{Fault, FaultKind, FieldError},
    list_query::{Condition, Direction},
    model::{Kind, NodeType, pointer},
    store::{Attr, Cover, ListFilter, ListRow, ListSpec, Node, Order, ReadTx, Stored, WriteTx},
};

pub const ROLE: &str = "data/Role";
pub const PROFILE: &str = "data/AccessProfile";

/// Types in profiles that are no models.
const OTHER_TYPES: [&str; 2] = [super::TENANT_LICENCES, super::SITE_LICENCES];

/// A role as it holds at a node.
#[derive(Clone, Debug)]
pub struct RoleAt {
    pub name: String,
    /// The only type of node at which users have it.
    pub node_type: Option<NodeType>,
    pub access: Access,
}

/// The role of that name at a node or above it.
pub fn find(tx: &ReadTx<'_>, node_id: i64, name: &str) -> Result<Option<RoleAt>, Fault> {
    let Some(row) = named(tx, ROLE, "name", name, Cover::Above(node_id), 1)?.pop() else {
        return Ok(None);
    };
    let data = data_of(&row)?;
    Ok(Some(RoleAt {
        name: name.to_owned(),
        node_type: text(&data, "node_type").and_then(NodeType::parse),
        access: access_of(tx, node_id, &data)?.unwrap_or_default(),
    }))
}

/// What the profile gives that a role names; `None` where it isn't found.
fn access_of(
    tx: &ReadTx<'_>,
    node_id: i64,
    role: &Map<String, Value>,
) -> Result<Option<Access>, Fault> {
    profile_at(tx, node_id, text(role, "access_profile").unwrap_or_default())
}

/// What the profile of that name gives that is found at a node or above it.
pub fn profile_at(tx: &ReadTx<'_>, node_id: i64, name: &str) -> Result<Option<Access>, Fault> {
    let profile = named(tx, PROFILE, "name", name, Cover::Above(node_id), 1)?.pop();
    profile.map(|row| Ok(Access::of_profile(&data_of(&row)?))).transpose()
}

/// The names of the profiles at a node and above it, the first `limit`.
pub fn profiles_at(tx: &ReadTx<'_>, node_id: i64, limit: u64) -> Result<Vec<String>, Fault> {
    let rows = tx.list(&ListSpec {
        model: PROFILE.to_owned(),
        cover: Cover::Above(node_id),
        filters: Vec::new(),
        order: Order {
            attr: Attr::Data("name".to_owned(), Kind::String),
            direction: Direction::Asc,
        },
        skip: 0,
        limit,
    })?;
    let names =
        rows.iter().map(|row| Ok(text(&data_of(row)?, "name").unwrap_or_default().to_owned()));
    names.collect()
}

/// Instances of a model whose attribute is that text.
pub fn named(
    tx: &ReadTx<'_>,
    model: &str,
    attribute: &str,
    wanted: &str,
    cover: Cover,
    limit: u64,
) -> Result<Vec<ListRow>, Fault> {
    let attr = Attr::Data(attribute.to_owned(), Kind::String);
    Ok(tx.list(&ListSpec {
        model: model.to_owned(),
        cover,
        filters: vec![ListFilter {
            attrs: vec![attr.clone()],
            condition: Condition::Equals,
            text: wanted.to_owned(),
            ignore_case: false,
        }],
        order: Order { attr, direction: Direction::Asc },
        skip: 0,
        limit,
    })?)
}

/// Refuses to give what the caller doesn't have. `whose` begins the sentence: "The role Desk".
pub fn expect_covered(caller: &Caller, access: &Access, whose: &str) -> Result<(), Fault> {
    let Some(more) = caller.access.lacks_of(access) else { return Ok(()) };
    Err(Fault::new(
        FaultKind::Forbidden,
        "more_than_own",
        format!(
            "{whose} gives more than your own role does: {more}. Choose one that gives less, or \
             ask somebody whose role has it."
        ),
    ))
}

pub struct Role;

impl Workflow for Role {
    fn adding(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        place: &Node,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        expect_profile(tx, place, data)
    }

    fn changing(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        stored: &Stored,
        data: &mut Map<String, Value>,
    ) -> Result<(), Fault> {
        expect_profile(tx, &stored.node, data)
    }

    fn entitled(&self, tx: &ReadTx<'_>, caller: &Caller, touch: &Touch<'_>) -> Result<(), Fault> {
        for (node, role) in touch.states()? {
            let access = access_of(tx, node.id, &role)?.unwrap_or_default();
            let whose = format!("The role {}", text(&role, "name").unwrap_or_default());
            expect_covered(caller, &access, &whose)?;
        }
        Ok(())
    }

    fn kept(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        _caller: &Caller,
        save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        changed(tx, save)
    }

    fn removing(&self, _app: &App, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        expect_unused(tx, stored, (users::MODEL, "role"), "Give those another role first.")
    }

    fn removed(&self, tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        tx.access_changes();
        Ok(())
    }

    /// A node type may be left out of an example.
    fn sample(&self, _models: &Registry, data: &mut Map<String, Value>) {
        data.shift_remove("node_type");
        data.insert("access_profile".to_owned(), "Operator".into());
    }
}

pub struct AccessProfile;

impl Workflow for AccessProfile {
    fn prepare(&self, models: &Registry, data: &mut Map<String, Value>) -> Result<(), Fault> {
        let lines = data.get("permissions").and_then(Value::as_array);
        let mut seen = Vec::new();
        let mut errors = Vec::new();
        for (index, line) in lines.into_iter().flatten().enumerate() {
            let type_ = line.get("type").and_then(Value::as_str).unwrap_or_default();
            let field = || pointer::child(&pointer::entry("/permissions", index), "type");
            if !is_type(models, type_) {
                let message = format!(
                    "{:?} is neither a model nor a wildcard that fits one; name a model such as \
                     data/User, or data/* or *.",
                    shortened(type_)
                );
                errors.push(FieldError::new(field(), "not_a_choice", message));
            }
            if seen.contains(&type_) {
                let message = format!("{type_} has a line already; put its operations there.");
                errors.push(FieldError::new(field(), "taken", message));
            }
            seen.push(type_);
        }
        if errors.is_empty() { Ok(()) } else { Err(Fault::invalid(errors)) }
    }

    fn entitled(&self, _tx: &ReadTx<'_>, caller: &Caller, touch: &Touch<'_>) -> Result<(), Fault> {
        for (_, profile) in touch.states()? {
            let whose = format!("The profile {}", text(&profile, "name").unwrap_or_default());
            expect_covered(caller, &Access::of_profile(&profile), &whose)?;
        }
        Ok(())
    }

    fn kept(
        &self,
        _app: &App,
        tx: &WriteTx<'_>,
        _caller: &Caller,
        save: &Save<'_>,
    ) -> Result<Vec<String>, Fault> {
        changed(tx, save)
    }

    fn removing(&self, _app: &App, tx: &WriteTx<'_>, stored: &Stored) -> Result<(), Fault> {
        expect_unused(tx, stored, (ROLE, "access_profile"), "Give those another profile first.")
    }

    /// Tokens may have it as their scope.
    fn removed(&self, tx: &WriteTx<'_>, _stored: &Stored) -> Result<(), Fault> {
        tx.access_changes();
        Ok(())
    }

    fn sample(&self, _models: &Registry, data: &mut Map<String, Value>) {
        data.shift_remove("full_access");
    }
}

/// What is remembered of who may do what holds no more, and somebody must still have everything.
fn changed(tx: &WriteTx<'_>, save: &Save<'_>) -> Result<Vec<String>, Fault> {
    tx.access_changes();
    if save.before.is_some() {
        users::expect_administrator(tx)?;
    }
    Ok(Vec::new())
}

/// Refuses a profile that isn't found where the role stands.
fn expect_profile(tx: &ReadTx<'_>, place: &Node, role: &Map<String, Value>) -> Result<(), Fault> {
    if access_of(tx, place.id, role)?.is_some() {
        return Ok(());
    }
    let name = text(role, "access_profile").unwrap_or_default();
    Err(Fault::field(
        "/access_profile",
        "not_found",
        format!(
            "There is no access profile {:?} at {} or above it. Choose another, or add it first.",
            shortened(name),
            place.path
        ),
    ))
}

/// Refuses to delete what others name at its node or below.
fn expect_unused(
    tx: &ReadTx<'_>,
    stored: &Stored,
    (model, attribute): (&str, &str),
    way_out: &str,
) -> Result<(), Fault> {
    const SHOWN: u64 = 5;
    let data = from_json(stored)?;
    let name = text(&data, "name").unwrap_or_default();
    let rows = named(tx, model, attribute, name, Cover::Down(stored.node.id), SHOWN + 1)?;
    if rows.is_empty() {
        return Ok(());
    }
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let mut names = Vec::new();
    for row in rows.iter().take(shown) {
        let data = data_of(row)?;
        let label = text(&data, "username").or_else(|| text(&data, "name")).unwrap_or_default();
        names.push(label.to_owned());
    }
    let more = if rows.len() > shown { ", …" } else { "" };
    Err(Fault::new(
        FaultKind::Conflict,
        "in_use",
        format!("{name} is in use: {}{more}. {way_out}", names.join(", ")),
    ))
}

/// Whether a type in a profile is a model, or fits one.
fn is_type(models: &Registry, type_: &str) -> bool {
    let mut known = models.iter().map(|m| m.model_type.as_str()).chain(OTHER_TYPES);
    match type_.strip_suffix('*') {
        Some(prefix) if prefix.is_empty() || prefix.ends_with('/') => {
            known.any(|known| known.starts_with(prefix))
        }
        _ => known.any(|known| known == type_),
    }
}

/// What a line of a profile can name: everything, all of a folder, a model, and what is none.
pub fn types(models: &Registry) -> Vec<String> {
    let each = || models.iter().map(|m| m.model_type.as_str()).chain(OTHER_TYPES);
    let mut all: Vec<String> = each().map(str::to_owned).collect();
    all.extend(each().filter_map(|type_| Some(format!("{}/*", type_.split_once('/')?.0))));
    all.push("*".to_owned());
    all.sort();
    all.dedup();
    all
}

pub fn data_of(row: &ListRow) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}

pub fn text<'a>(data: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}
