//! What tenants and sites are licensed for and what users hold of it. The tables count by
//! themselves (see the migration); what may be written is judged in `domain/licences`.

use rusqlite::{OptionalExtension, Row, params};

use super::{Node, ReadTx, StoreError, WriteTx, nodes::node_from};

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
}

/// Packs that some users hold together, and how many users do.
#[derive(Clone, Debug)]
pub struct PackSet {
    pub packs: Vec<String>,
    pub users: u64,
}

fn family_of(row: &Row<'_>, at: usize) -> rusqlite::Result<Family> {
    let text: String = row.get(at)?;
    Family::parse(&text).ok_or(rusqlite::Error::InvalidQuery)
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
            "SELECT family, name, maximum, given, unlimited_sites FROM tenant_licence \
             WHERE tenant_id = ?1",
        )?;
        let rows = statement.query_map([tenant], |row| {
            Ok(TenantLicence {
                family: family_of(row, 0)?,
                name: row.get(1)?,
                maximum: row.get(2)?,
                given: row.get(3)?,
                unlimited_sites: row.get(4)?,
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
            "SELECT name, maximum FROM tenant_pack WHERE tenant_id = ?1 ORDER BY name",
        )?;
        let rows = statement.query_map([tenant], |row| {
            Ok(TenantPack { name: row.get(0)?, maximum: row.get(1)? })
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

    /// The tenants at or below a node to which a pack of that name was put.
    pub fn tenants_with_pack(&self, name: &str, below: i64) -> Result<Vec<Node>, StoreError> {
        self.nodes_that_have("SELECT tenant_id FROM tenant_pack WHERE name = ?2", below, None, name)
    }

    /// The tenants at or below a node that are licensed for a service.
    pub fn tenants_with_licence(
        &self,
        family: Family,
        name: &str,
        below: i64,
    ) -> Result<Vec<Node>, StoreError> {
        self.nodes_that_have(
            "SELECT tenant_id FROM tenant_licence \
             WHERE name = ?2 AND family = ?3 AND maximum IS NOT 0",
            below,
            Some(family),
            name,
        )
    }

    fn nodes_that_have(
        &self,
        which: &str,
        below: i64,
        family: Option<Family>,
        name: &str,
    ) -> Result<Vec<Node>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT n.id, n.pkid, n.parent_id, n.name, n.node_type, n.path FROM node n \
             JOIN node_closure c ON c.node_id = n.id AND c.ancestor_id = ?1 \
             WHERE n.id IN ({which}) AND ?3 IS ?3 ORDER BY n.path"
        ))?;
        let nodes = statement
            .query_map(params![below, name, family.map(Family::as_str)], |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    /// The nodes of a type at or below a node, by name: at most `limit`, after `skip`.
    pub fn nodes_of_type(
        &self,
        below: i64,
        node_type: crate::model::NodeType,
    ) -> Result<Vec<Node>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT n.id, n.pkid, n.parent_id, n.name, n.node_type, n.path FROM node_closure c \
             JOIN node n ON n.id = c.node_id \
             WHERE c.ancestor_id = ?1 AND n.node_type = ?2 ORDER BY n.name COLLATE NOCASE, n.path",
        )?;
        let nodes =
            statement.query_map(params![below, node_type.as_str()], |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
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
}
