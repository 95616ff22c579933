//! Instances of every model, and the keys that keep them unique.

use rusqlite::{OptionalExtension, Row, params};

use super::{Node, ReadTx, StoreError, WriteTx, nodes::node_from};

/// A stored instance.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: i64,
    pub pkid: String,
    pub model: String,
    /// Grows by one with every change.
    pub version: u64,
    /// RFC 3339, UTC.
    pub created: String,
    pub modified: String,
    /// The plain JSON object, as it is answered.
    pub data: String,
    /// Where it stands.
    pub node: Node,
}

/// An instance to be stored.
pub struct NewInstance<'a> {
    pub pkid: &'a str,
    pub model: &'a str,
    pub node_id: i64,
    /// RFC 3339, UTC.
    pub created: &'a str,
    pub data: &'a str,
}

const SELECT: &str = "SELECT i.id, i.pkid, i.model, i.version, i.created, i.modified, i.data, \
    n.id, n.pkid, n.parent_id, n.name, n.node_type, n.path \
    FROM instance i JOIN node n ON n.id = i.node_id ";

fn stored_from(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        pkid: row.get(1)?,
        model: row.get(2)?,
        version: row.get(3)?,
        created: row.get(4)?,
        modified: row.get(5)?,
        data: row.get(6)?,
        node: node_from(row, 7)?,
    })
}

impl ReadTx<'_> {
    /// The instance of that model and pkid, if it stands at or below the node `visible_from`.
    pub fn instance(
        &self,
        model: &str,
        pkid: &str,
        visible_from: i64,
    ) -> Result<Option<Stored>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE i.pkid = ?1 AND i.model = ?2 AND EXISTS (SELECT 1 FROM node_closure \
             WHERE ancestor_id = ?3 AND node_id = i.node_id)"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![pkid, model, visible_from], stored_from).optional()?)
    }

    /// The instance of that model and pkid, if it stands at, above or below a node.
    pub fn instance_on_line(
        &self,
        model: &str,
        pkid: &str,
        node_id: i64,
    ) -> Result<Option<Stored>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE i.pkid = ?1 AND i.model = ?2 AND EXISTS (SELECT 1 FROM node_closure \
             WHERE (ancestor_id = ?3 AND node_id = i.node_id) \
             OR (ancestor_id = i.node_id AND node_id = ?3))"
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![pkid, model, node_id], stored_from).optional()?)
    }

    /// The instance of that model and pkid, wherever it stands: for work of the program's own.
    pub fn instance_unscoped(&self, model: &str, pkid: &str) -> Result<Option<Stored>, StoreError> {
        let sql = format!("{SELECT} WHERE i.pkid = ?1 AND i.model = ?2");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![pkid, model], stored_from).optional()?)
    }

    /// The first instances of a model at the node itself.
    pub fn instances_at(
        &self,
        model: &str,
        node_id: i64,
        limit: u32,
    ) -> Result<Vec<Stored>, StoreError> {
        let sql = format!("{SELECT} WHERE i.node_id = ?1 AND i.model = ?2 ORDER BY i.id LIMIT ?3");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params![node_id, model, limit], stored_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The instances that the end of a statement picks: joins, conditions, an order.
    pub(super) fn stored_where(
        &self,
        tail: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Stored>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!("{SELECT} {tail}"))?;
        let rows = statement.query_map(params, stored_from)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The pkid of the instance that holds a unique key. `scope` is the node's id for keys that
    /// are unique at a node, `None` for those of the whole hierarchy.
    pub fn key_holder(
        &self,
        model: &str,
        scope: Option<i64>,
        field: &str,
        value: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT i.pkid FROM unique_key k JOIN instance i ON i.id = k.instance_id \
             WHERE k.model = ?1 AND k.scope = ?2 AND k.field = ?3 AND k.value = ?4",
        )?;
        Ok(statement
            .query_row(params![model, scope.unwrap_or(0), field, value], |row| row.get(0))
            .optional()?)
    }
}

impl WriteTx<'_> {
    /// Stores a new instance and answers the store's id of it.
    pub fn insert_instance(&self, new: &NewInstance<'_>) -> Result<i64, StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO instance (pkid, model, node_id, version, created, modified, data) \
                 VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5)",
            )?
            .execute(params![new.pkid, new.model, new.node_id, new.created, new.data])?;
        Ok(self.conn.last_insert_rowid())
    }

    /// Replaces an instance's JSON and answers its new version.
    pub fn update_instance(&self, id: i64, data: &str, modified: &str) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "UPDATE instance SET data = ?2, modified = ?3, version = version + 1 \
                 WHERE id = ?1 RETURNING version",
            )?
            .query_row(params![id, data, modified], |row| row.get(0))?)
    }

    /// Puts an instance to another node and answers its new version.
    pub fn move_instance(&self, id: i64, node_id: i64, modified: &str) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "UPDATE instance SET node_id = ?2, modified = ?3, version = version + 1 \
                 WHERE id = ?1 RETURNING version",
            )?
            .query_row(params![id, node_id, modified], |row| row.get(0))?)
    }

    /// Takes an instance away, with its secrets and keys.
    pub fn delete_instance(&self, id: i64) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM instance WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    /// Takes a unique key for an instance. It must be free: ask [`ReadTx::key_holder`] before.
    pub fn take_key(
        &self,
        instance_id: i64,
        model: &str,
        scope: Option<i64>,
        field: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO unique_key (model, scope, field, value, instance_id) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![model, scope.unwrap_or(0), field, value, instance_id])?;
        Ok(())
    }

    /// Takes an instance's keys that are unique at a node along to another, where they are free.
    pub fn move_keys(&self, instance_id: i64, node_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE unique_key SET scope = ?2 WHERE instance_id = ?1 AND scope <> 0",
            )?
            .execute(params![instance_id, node_id])?;
        Ok(())
    }

    /// Gives up every unique key of an instance.
    pub fn release_keys(&self, instance_id: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM unique_key WHERE instance_id = ?1")?
            .execute([instance_id])?;
        Ok(())
    }
}
