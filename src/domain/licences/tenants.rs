//! Tenants, which are the customer nodes, and their sites.

use serde_json::{Map, Value};

use super::USER;
use crate::{
    domain::{
        App, Caller,
        access::{Permission, TENANT_LICENCES, permit_type},
        hierarchy::{self, shortened},
    },
    fault::{Fault, FieldError},
    model::NodeType,
    store::{Cover, Node, NodeRow, NodesOfType, ReadTx},
};

/// A customer node as a tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub node: Node,
    pub tenant_id: String,
    pub description: String,
}

/// A tenant, with what it has.
#[derive(Clone, Debug)]
pub struct TenantDetail {
    pub tenant: Tenant,
    /// Its sites.
    pub groups: u64,
    pub users: u64,
}

/// A site of a tenant: a group in the provisioning API.
#[derive(Clone, Debug)]
pub struct Site {
    pub node: Node,
    pub description: String,
    pub users: u64,
}

/// The tenants at a node and below it (the caller's own when none is named), by tenant id; at most
/// `limit`.
pub async fn tenants(
    app: &App,
    caller: &Caller,
    hierarchy: Option<&str>,
    limit: Option<u32>,
) -> Result<Vec<Tenant>, Fault> {
    let (caller, named) = (caller.clone(), hierarchy.map(str::to_owned));
    app.store
        .read(move |tx| {
            let place = hierarchy::resolve(tx, &caller, named.as_deref())?;
            permit_nodes(&caller)?;
            let limit = limit.map_or(u64::MAX, u64::from);
            Ok(tenants_in(tx, &place, "", 0, limit)?.1)
        })
        .await
}

/// A page of the tenants at a node and below it that have `search` in them, and their number.
pub(super) fn tenants_in(
    tx: &ReadTx<'_>,
    place: &Node,
    search: &str,
    skip: u64,
    limit: u64,
) -> Result<(u64, Vec<Tenant>), Fault> {
    let (total, rows) = tx.nodes_of_type(&NodesOfType {
        below: place.id,
        node_type: NodeType::Customer,
        search,
        order: "tenant_id",
        skip,
        limit,
    })?;
    Ok((total, rows.into_iter().map(tenant_of_row).collect::<Result<_, _>>()?))
}

/// One tenant; not found when there is none of that id that the caller sees.
pub async fn detail(app: &App, caller: &Caller, tenant_id: &str) -> Result<TenantDetail, Fault> {
    let (caller, tenant_id) = (caller.clone(), tenant_id.to_owned());
    app.store
        .read(move |tx| {
            let tenant = find(tx, &caller, &tenant_id)?;
            permit_nodes(&caller)?;
            let groups = count_sites(tx, &tenant.node)?;
            let users = users_below(tx, &tenant.node)?;
            Ok(TenantDetail { tenant, groups, users })
        })
        .await
}

/// The sites of a tenant, by name.
pub async fn sites(
    app: &App,
    caller: &Caller,
    tenant_id: &str,
) -> Result<(Tenant, Vec<Site>), Fault> {
    let (caller, tenant_id) = (caller.clone(), tenant_id.to_owned());
    app.store
        .read(move |tx| {
            let tenant = find(tx, &caller, &tenant_id)?;
            permit_nodes(&caller)?;
            let sites = sites_in(tx, &tenant.node)?;
            Ok((tenant, sites))
        })
        .await
}

/// Tenants and sites are nodes of the hierarchy.
fn permit_nodes(caller: &Caller) -> Result<(), Fault> {
    permit_type(caller, hierarchy::MODEL, Permission::Read)
}

/// The tenant of that id, if the caller sees it.
pub(super) fn find(tx: &ReadTx<'_>, caller: &Caller, tenant_id: &str) -> Result<Tenant, Fault> {
    let pkid = tx.key_holder(hierarchy::MODEL, None, "tenant_id", tenant_id)?;
    let node = match pkid {
        Some(pkid) => tx.node_by_pkid(&pkid)?,
        None => None,
    };
    match node {
        Some(node) if tx.is_at_or_below(node.id, caller.node.id)? => tenant_of(tx, node),
        _ => Err(not_found("tenant_id", format!("There is no tenant {:?}.", shortened(tenant_id)))),
    }
}

/// Whether the caller sets what a tenant is licensed for, which is decided above it.
pub fn may_license(caller: &Caller, tenant: &Tenant) -> bool {
    caller.access.allows(TENANT_LICENCES, Permission::Update) && tenant.node.id != caller.node.id
}

/// [`find`], for a change of what the tenant itself is licensed for: that is decided above it.
pub(super) fn find_to_license(
    tx: &ReadTx<'_>,
    caller: &Caller,
    tenant_id: &str,
) -> Result<Tenant, Fault> {
    let tenant = find(tx, caller, tenant_id)?;
    permit_type(caller, TENANT_LICENCES, Permission::Update)?;
    if tenant.node.id == caller.node.id {
        return Err(Fault::forbidden(format!(
            "What the tenant {} is licensed for is set above it, by its reseller or provider. Its \
             own administrators share it out to its sites.",
            tenant.tenant_id
        )));
    }
    Ok(tenant)
}

/// The tenant that a node is, or stands below.
pub(super) fn tenant_above(tx: &ReadTx<'_>, node: &Node) -> Result<Option<Tenant>, Fault> {
    let above = tx.ancestors(node.id)?;
    let customer = above.into_iter().rev().find(|n| n.node_type == NodeType::Customer);
    customer.map(|node| tenant_of(tx, node)).transpose()
}

/// A site of a tenant by its node's name, or its pkid where a name is that of several.
pub(super) fn find_site(tx: &ReadTx<'_>, tenant: &Tenant, group: &str) -> Result<Node, Fault> {
    let mut named = tx.sites_named(tenant.node.id, group)?;
    if named.len() > 1 {
        let paths: Vec<String> =
            named.iter().map(|n| format!("{} (pkid {})", n.path, n.pkid)).collect();
        return Err(Fault::field(
            "group",
            "ambiguous",
            format!(
                "{} has several sites of the name {:?}; name one by its pkid: {}.",
                tenant.tenant_id,
                shortened(group),
                paths.join(", ")
            ),
        ));
    }
    if let Some(site) = named.pop() {
        return Ok(site);
    }
    if let Some(node) = tx.node_by_pkid(group)?
        && node.node_type == NodeType::Site
        && tx.is_at_or_below(node.id, tenant.node.id)?
    {
        return Ok(node);
    }
    Err(not_found(
        "group",
        format!("The tenant {} has no site {:?}.", tenant.tenant_id, shortened(group)),
    ))
}

fn sites_in(tx: &ReadTx<'_>, tenant: &Node) -> Result<Vec<Site>, Fault> {
    let (_, rows) = tx.nodes_of_type(&NodesOfType {
        below: tenant.id,
        node_type: NodeType::Site,
        search: "",
        order: "name",
        skip: 0,
        limit: u64::MAX,
    })?;
    rows.into_iter()
        .map(|row| {
            let description = text(&attributes(&row)?, "description");
            let users = users_below(tx, &row.node)?;
            Ok(Site { node: row.node, description, users })
        })
        .collect()
}

/// Users at a node and below it.
pub(super) fn users_below(tx: &ReadTx<'_>, node: &Node) -> Result<u64, Fault> {
    Ok(tx.counted(USER, Cover::Down(node.id))?)
}

/// Sites at a node and below it.
pub(super) fn count_sites(tx: &ReadTx<'_>, node: &Node) -> Result<u64, Fault> {
    Ok(tx.count_nodes(node.id, NodeType::Site)?)
}

pub(super) fn tenant_of(tx: &ReadTx<'_>, node: Node) -> Result<Tenant, Fault> {
    let instance = tx.instance_unscoped(hierarchy::MODEL, &node.pkid)?;
    let data = instance.map_or_else(|| "{}".to_owned(), |stored| stored.data);
    tenant_of_row(NodeRow { node, data })
}

fn tenant_of_row(row: NodeRow) -> Result<Tenant, Fault> {
    let data = attributes(&row)?;
    Ok(Tenant {
        tenant_id: text(&data, "tenant_id"),
        description: text(&data, "description"),
        node: row.node,
    })
}

fn attributes(row: &NodeRow) -> Result<Map<String, Value>, Fault> {
    serde_json::from_str(&row.data).map_err(|error| {
        tracing::error!(%error, pkid = row.node.pkid, "the stored JSON can't be read");
        Fault::internal()
    })
}

fn text(data: &Map<String, Value>, name: &str) -> String {
    data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Not found, at a part of the path.
pub(super) fn not_found(field: &str, message: String) -> Fault {
    let error = FieldError::new(field, "not_found", message.clone());
    Fault::not_found(message).with_errors(vec![error])
}
