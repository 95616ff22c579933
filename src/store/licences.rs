//! What tenants and sites are licensed for and what users hold of it. The tables count by
//! themselves (see the migration); what may be written is judged in `domain/licences`.

use rusqlite::{OptionalExtension, Row, params};

use super::{Node, ReadTx, StoreError, WriteTx, listed::path_sql, nodes::node_from};
use crate::model::NodeType;

/// The two kinds of services. A name may occur in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Group,
    User,
}

impl Family {
    pub const ALL: [Self; 2] = [Self::Group, Self::User];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::User => "user",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == text)
    }
}

/// What a tenant is licensed for of one service.
#[derive(Clone, Debug)]
pub struct TenantLicence {
    pub family: Family,
    pub name: String,
    /// `None` is unlimited.
    pub maximum: Option<u32>,
    /// What its sites draw.
    pub given: u64,
    /// Users that hold it through a pack.
    pub packed: u64,
    /// How many of its sites draw without a limit.
    pub unlimited_sites: u64,
}

/// What a site is given of one service.
#[derive(Clone, Debug)]
pub struct SiteLicence {
    pub family: Family,
    pub name: String,
    /// `None` is unlimited.
    pub maximum: Option<u32>,
    /// Users that hold it directly.
    pub in_use: u64,
}

/// A service pack that was put to a tenant.
#[derive(Clone, Debug)]
pub struct TenantPack {
    pub name: String,
    /// `None` is unlimited.
    pub maximum: Option<u32>,
    /// Users that hold it.
    pub used: u64,
}

/// A customer or site node with its instance's JSON.
#[derive(Clone, Debug)]
pub struct NodeRow {
    pub node: Node,
    pub data: String,
}

/// What a limit that is nearly used up belongs to.
#[derive(Clone, Debug)]
pub struct NearFull {
    pub tenant: Node,
    /// Of a service; a service pack has none.
    pub family: Option<Family>,
    pub name: String,
    pub maximum: u32,
    pub taken: u64,
}

/// Packs that some users hold together, and how many users do.
#[derive(Clone, Debug)]
pub struct PackSet {
    pub packs: Vec<String>,
    pub users: u64,
}

/// Which nodes [`ReadTx::nodes_of_type`] answers.
#[derive(Clone, Copy, Debug)]
pub struct NodesOfType<'a> {
    pub below: i64,
    pub node_type: NodeType,
    /// In name, tenant id or description, without regard to case; empty is all.
    pub search: &'a str,
    /// An attribute of the nodes' model.
    pub order: &'a str,
    pub skip: u64,
    pub limit: u64,
}

const NODE: &str = "n.id, n.pkid, n.parent_id, n.name, n.node_type, n.path";

/// Whether the node `n` stands at or below the second parameter.
const BELOW: &str = "EXISTS (SELECT 1 FROM node_closure WHERE ancestor_id = ?2 AND node_id = n.id)";

fn family_of(row: &Row<'_>, at: usize) -> rusqlite::Result<Family> {
    row.get_ref(at)?.as_str().ok().and_then(Family::parse).ok_or(rusqlite::Error::InvalidQuery)
}

/// The list that a column holds as JSON.
fn packs_of(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text)
        .map_err(|source| StoreError::Json { pkid: "a set of service packs".to_owned(), source })
}

/// As [`packs_of`] reads it, in an order that doesn't depend on that of the assignment.
fn packs_text(packs: &[String]) -> Result<String, StoreError> {
    let mut packs = packs.to_vec();
    packs.sort();
    serde_json::to_string(&packs)
        .map_err(|source| StoreError::Json { pkid: "a set of service packs".to_owned(), source })
}

impl ReadTx<'_> {
    /// All that a tenant is, or was, licensed for.
    pub fn tenant_licences(&self, tenant: i64) -> Result<Vec<TenantLicence>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT family, name, maximum, given, packed, unlimited_sites FROM tenant_licence \
             WHERE tenant_id = ?1",
        )?;
        let rows = statement.query_map([tenant], |row| {
            Ok(TenantLicence {
                family: family_of(row, 0)?,
                name: row.get(1)?,
                maximum: row.get(2)?,
                given: row.get(3)?,
                packed: row.get(4)?,
                unlimited_sites: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// All that a site is given.
    pub fn site_licences(&self, site: i64) -> Result<Vec<SiteLicence>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT family, name, maximum, in_use FROM site_licence WHERE site_id = ?1",
        )?;
        let rows = statement.query_map([site], |row| {
            Ok(SiteLicence {
                family: family_of(row, 0)?,
                name: row.get(1)?,
                maximum: row.get(2)?,
                in_use: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A site of the tenant that is given a service without a limit, by name; any of several.
    pub fn unlimited_site(
        &self,
        tenant: i64,
        family: Family,
        name: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT n.name FROM site_licence l JOIN node n ON n.id = l.site_id \
             WHERE l.tenant_id = ?1 AND l.family = ?2 AND l.name = ?3 AND l.maximum IS NULL \
             ORDER BY n.name LIMIT 1",
        )?;
        Ok(statement
            .query_row(params![tenant, family.as_str(), name], |row| row.get(0))
            .optional()?)
    }

    /// The packs that were put to a tenant, by name.
    pub fn tenant_packs(&self, tenant: i64) -> Result<Vec<TenantPack>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT name, maximum, used FROM tenant_pack WHERE tenant_id = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([tenant], |row| {
            Ok(TenantPack { name: row.get(0)?, maximum: row.get(1)?, used: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Which packs a tenant's users hold together.
    pub fn pack_sets(&self, tenant: i64) -> Result<Vec<PackSet>, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT packs, n FROM pack_set WHERE tenant_id = ?1")?;
        let rows = statement
            .query_map([tenant], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u64>(1)?)))?;
        rows.map(|row| {
            let (packs, users) = row?;
            Ok(PackSet { packs: packs_of(&packs)?, users })
        })
        .collect()
    }

    /// The tenants at or below a node to which a pack of that name was put, by path.
    pub fn tenants_with_pack(&self, name: &str, below: i64) -> Result<Vec<Node>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {NODE} FROM tenant_pack p JOIN node n ON n.id = p.tenant_id \
             WHERE p.name = ?1 AND {BELOW} ORDER BY n.path"
        ))?;
        let nodes = statement.query_map(params![name, below], |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    /// The tenants at or below a node that are licensed for a service, by path.
    pub fn tenants_with_licence(
        &self,
        family: Family,
        name: &str,
        below: i64,
    ) -> Result<Vec<Node>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {NODE} FROM tenant_licence l JOIN node n ON n.id = l.tenant_id \
             WHERE l.name = ?1 AND l.family = ?3 AND l.maximum IS NOT 0 AND {BELOW} \
             ORDER BY n.path"
        ))?;
        let nodes =
            statement.query_map(params![name, below, family.as_str()], |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    /// The nodes of a type at or below a node that have `search` in what describes them, in the
    /// order of the attribute `order`; at most `limit` after `skip`. And how many there are.
    pub fn nodes_of_type(
        &self,
        asked: &NodesOfType<'_>,
    ) -> Result<(u64, Vec<NodeRow>), StoreError> {
        let order = format!("(i.data ->> {})", path_sql(asked.order));
        let found = "FROM node_closure c JOIN node n ON n.id = c.node_id \
             JOIN instance i ON i.pkid = n.pkid \
             WHERE c.ancestor_id = ?1 AND n.node_type = ?2 AND (?3 = '' OR instr(fold( \
             n.name || char(10) || coalesce(i.data ->> '$.tenant_id', '') || char(10) || \
             coalesce(i.data ->> '$.description', '')), ?3) > 0)";
        let search = asked.search.to_lowercase();
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) {found}"))?
            .query_row(params![asked.below, asked.node_type.as_str(), search], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {NODE}, i.data {found} \
             ORDER BY {order} COLLATE NOCASE, n.path LIMIT ?4 OFFSET ?5"
        ))?;
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let rows = statement.query_map(
            params![
                asked.below,
                asked.node_type.as_str(),
                search,
                number(asked.limit),
                number(asked.skip)
            ],
            |row| Ok(NodeRow { node: node_from(row, 0)?, data: row.get(6)? }),
        )?;
        Ok((total, rows.collect::<Result<_, _>>()?))
    }

    /// How many nodes of a type stand at or below a node.
    pub fn count_nodes(&self, below: i64, node_type: NodeType) -> Result<u64, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT count(*) FROM node_closure c JOIN node n ON n.id = c.node_id \
             WHERE c.ancestor_id = ?1 AND n.node_type = ?2",
        )?;
        Ok(statement.query_row(params![below, node_type.as_str()], |row| row.get(0))?)
    }

    /// The sites of that name below a node.
    pub fn sites_named(&self, below: i64, name: &str) -> Result<Vec<Node>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {NODE} FROM node_closure c JOIN node n ON n.id = c.node_id \
             WHERE c.ancestor_id = ?1 AND n.name = ?2 AND n.node_type = 'site' ORDER BY n.path"
        ))?;
        let nodes = statement.query_map(params![below, name], |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    /// Limits of tenants at or below a node of which nine tenths or more are taken, the fullest
    /// first; and how many there are.
    pub fn near_full(&self, below: i64, limit: u32) -> Result<(u64, Vec<NearFull>), StoreError> {
        let near = "SELECT l.tenant_id AS tenant, l.family AS family, l.name AS name, \
             l.maximum AS maximum, l.given + l.packed AS taken \
             FROM node_closure c JOIN tenant_licence l ON l.tenant_id = c.node_id \
             WHERE c.ancestor_id = ?1 AND l.maximum > 0 \
             AND (l.given + l.packed) * 10 >= l.maximum * 9 \
             UNION ALL SELECT p.tenant_id, NULL, p.name, p.maximum, p.used \
             FROM node_closure c JOIN tenant_pack p ON p.tenant_id = c.node_id \
             WHERE c.ancestor_id = ?1 AND p.maximum > 0 AND p.used * 10 >= p.maximum * 9";
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM ({near})"))?
            .query_row([below], |row| row.get(0))?;
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {NODE}, x.family, x.name, x.maximum, x.taken FROM ({near}) x \
             JOIN node n ON n.id = x.tenant \
             ORDER BY x.taken * 1.0 / x.maximum DESC, n.path, x.family, x.name LIMIT ?2"
        ))?;
        let rows = statement.query_map(params![below, limit], |row| {
            let family: Option<String> = row.get(6)?;
            Ok(NearFull {
                tenant: node_from(row, 0)?,
                family: family.as_deref().and_then(Family::parse),
                name: row.get(7)?,
                maximum: row.get(8)?,
                taken: row.get(9)?,
            })
        })?;
        Ok((total, rows.collect::<Result<_, _>>()?))
    }
}

impl WriteTx<'_> {
    /// Sets what a tenant is licensed for of a service.
    pub fn set_tenant_licence(
        &self,
        tenant: i64,
        family: Family,
        name: &str,
        maximum: Option<u32>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO tenant_licence (tenant_id, family, name, maximum) \
                 VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (tenant_id, family, name) DO UPDATE SET maximum = excluded.maximum",
            )?
            .execute(params![tenant, family.as_str(), name, maximum])?;
        Ok(())
    }

    /// Sets what a site is given of a service its tenant has a licence row for; 0 takes it away.
    pub fn set_site_licence(
        &self,
        site: i64,
        tenant: i64,
        family: Family,
        name: &str,
        maximum: Option<u32>,
    ) -> Result<(), StoreError> {
        if maximum == Some(0) {
            self.conn
                .prepare_cached(
                    "DELETE FROM site_licence WHERE site_id = ?1 AND family = ?2 AND name = ?3",
                )?
                .execute(params![site, family.as_str(), name])?;
            return Ok(());
        }
        self.conn
            .prepare_cached(
                "INSERT INTO site_licence (site_id, family, name, tenant_id, maximum) \
                 VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (site_id, family, name) DO UPDATE SET maximum = excluded.maximum",
            )?
            .execute(params![site, family.as_str(), name, tenant, maximum])?;
        Ok(())
    }

    /// Puts a pack to a tenant, or changes its quantity.
    pub fn set_tenant_pack(
        &self,
        tenant: i64,
        name: &str,
        maximum: Option<u32>,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO tenant_pack (tenant_id, name, maximum) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (tenant_id, name) DO UPDATE SET maximum = excluded.maximum",
            )?
            .execute(params![tenant, name, maximum])?;
        Ok(())
    }

    /// Takes a pack away from a tenant.
    pub fn remove_tenant_pack(&self, tenant: i64, name: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM tenant_pack WHERE tenant_id = ?1 AND name = ?2")?
            .execute(params![tenant, name])?;
        Ok(())
    }

    /// Replaces what a user holds: services counted at its site, packs at its tenant.
    pub fn set_holdings(
        &self,
        user: i64,
        site: i64,
        tenant: i64,
        services: &[String],
        packs: &[String],
    ) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM user_service WHERE user_id = ?1")?.execute([user])?;
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO user_service (user_id, name, site_id) VALUES (?1, ?2, ?3)",
        )?;
        for name in services {
            insert.execute(params![user, name, site])?;
        }
        self.conn.prepare_cached("DELETE FROM user_packs WHERE user_id = ?1")?.execute([user])?;
        if !packs.is_empty() {
            self.conn
                .prepare_cached(
                    "INSERT INTO user_packs (user_id, tenant_id, packs) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![user, tenant, packs_text(packs)?])?;
        }
        Ok(())
    }

    /// Keeps how many of a tenant's users hold a pack.
    pub fn set_pack_holders(&self, tenant: i64, name: &str, used: u64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE tenant_pack SET used = ?3 WHERE tenant_id = ?1 AND name = ?2")?
            .execute(params![tenant, name, used])?;
        Ok(())
    }

    /// Keeps how many of a tenant's users hold a user service through a pack.
    pub fn set_service_packed(
        &self,
        tenant: i64,
        name: &str,
        packed: u64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE tenant_licence SET packed = ?3 \
                 WHERE tenant_id = ?1 AND family = 'user' AND name = ?2",
            )?
            .execute(params![tenant, name, packed])?;
        Ok(())
    }
}
