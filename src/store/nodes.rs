//! The hierarchy: nodes, and which stand at or below which.

use rusqlite::{OptionalExtension, Row, params};

use super::{ReadTx, StoreError, WriteTx};
use crate::model::NodeType;

/// A node of the hierarchy. `id` is the store's own; outside, nodes are named by pkid or path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub id: i64,
    pub pkid: String,
    pub parent_id: Option<i64>,
    pub name: String,
    pub node_type: NodeType,
    /// Node names from `sys`, joined by dots.
    pub path: String,
}

/// What stands at a node: a model and how many of its instances.
pub type NodeContents = Vec<(String, u64)>;

const COLUMNS: &str = "n.id, n.pkid, n.parent_id, n.name, n.node_type, n.path";

pub(super) fn node_from(row: &Row<'_>, first: usize) -> rusqlite::Result<Node> {
    let node_type: String = row.get(first + 4)?;
    Ok(Node {
        id: row.get(first)?,
        pkid: row.get(first + 1)?,
        parent_id: row.get(first + 2)?,
        name: row.get(first + 3)?,
        // Written by us from the same names; an unknown one can only be a newer program's.
        node_type: NodeType::parse(&node_type).unwrap_or(NodeType::Intermediate),
        path: row.get(first + 5)?,
    })
}

impl ReadTx<'_> {
    fn one_node(
        &self,
        condition: &str,
        value: impl rusqlite::ToSql,
    ) -> Result<Option<Node>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM node n WHERE {condition}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row([value], |row| node_from(row, 0)).optional()?)
    }

    fn many_nodes(
        &self,
        rest: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Node>, StoreError> {
        let mut statement =
            self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM node n {rest}"))?;
        let nodes = statement.query_map(values, |row| node_from(row, 0))?;
        Ok(nodes.collect::<Result<_, _>>()?)
    }

    pub fn node_by_id(&self, id: i64) -> Result<Option<Node>, StoreError> {
        self.one_node("n.id = ?1", id)
    }

    pub fn node_by_pkid(&self, pkid: &str) -> Result<Option<Node>, StoreError> {
        self.one_node("n.pkid = ?1", pkid)
    }

    pub fn node_by_path(&self, path: &str) -> Result<Option<Node>, StoreError> {
        self.one_node("n.path = ?1", path)
    }

    pub fn root_node(&self) -> Result<Option<Node>, StoreError> {
        self.many_nodes("WHERE n.parent_id IS NULL", []).map(|nodes| nodes.into_iter().next())
    }

    /// Whether `node_id` is `ancestor_id` or stands below it.
    pub fn is_at_or_below(&self, node_id: i64, ancestor_id: i64) -> Result<bool, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT 1 FROM node_closure WHERE ancestor_id = ?1 AND node_id = ?2")?;
        Ok(statement.exists([ancestor_id, node_id])?)
    }

    /// The node and all above it, from the root down.
    pub fn ancestors(&self, node_id: i64) -> Result<Vec<Node>, StoreError> {
        self.many_nodes(
            "JOIN node_closure c ON c.ancestor_id = n.id WHERE c.node_id = ?1 \
             ORDER BY length(n.path)",
            [node_id],
        )
    }

    /// The nodes directly below one, by name; at most `limit`.
    pub fn child_nodes(&self, parent_id: i64, limit: u32) -> Result<Vec<Node>, StoreError> {
        self.many_nodes(
            "WHERE n.parent_id = ?1 ORDER BY n.name COLLATE NOCASE LIMIT ?2",
            params![parent_id, limit],
        )
    }

    pub fn has_child_nodes(&self, parent_id: i64) -> Result<bool, StoreError> {
        let mut statement =
            self.conn.prepare_cached("SELECT 1 FROM node WHERE parent_id = ?1 LIMIT 1")?;
        Ok(statement.exists([parent_id])?)
    }

    /// Instances located at the node itself, by model.
    pub fn contents(&self, node_id: i64) -> Result<NodeContents, StoreError> {
        self.settled(None)?;
        let mut statement = self.conn.prepare_cached(
            "SELECT model, n FROM instance_count WHERE node_id = ?1 AND n > 0 ORDER BY model",
        )?;
        let rows = statement.query_map([node_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl WriteTx<'_> {
    /// Adds a node below `parent` (`None` makes the root).
    pub fn insert_node(
        &self,
        pkid: &str,
        parent: Option<&Node>,
        name: &str,
        node_type: NodeType,
    ) -> Result<Node, StoreError> {
        let path = parent.map_or_else(|| name.to_owned(), |p| format!("{}.{name}", p.path));
        self.conn
            .prepare_cached(
                "INSERT INTO node (pkid, parent_id, name, node_type, path) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![pkid, parent.map(|p| p.id), name, node_type.as_str(), path])?;
        let id = self.conn.last_insert_rowid();
        self.conn
            .prepare_cached(
                "INSERT INTO node_closure (ancestor_id, node_id) \
                 SELECT ancestor_id, ?1 FROM node_closure WHERE node_id = ?2 \
                 UNION ALL SELECT ?1, ?1",
            )?
            .execute(params![id, parent.map(|p| p.id)])?;
        Ok(Node {
            id,
            pkid: pkid.to_owned(),
            parent_id: parent.map(|p| p.id),
            name: name.to_owned(),
            node_type,
            path,
        })
    }

    /// Takes an empty node away. The records of past transactions that stand at it go to its
    /// parent: they outlive it.
    pub fn delete_node(&self, node: &Node) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE instance SET node_id = ?1 WHERE node_id = ?2")?
            .execute(params![node.parent_id, node.id])?;
        // Counts of the nodes above are found by way of it.
        self.settled(None)?;
        self.conn.prepare_cached("DELETE FROM node WHERE id = ?1")?.execute([node.id])?;
        Ok(())
    }
}
