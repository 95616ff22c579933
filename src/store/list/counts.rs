//! How many instances there are, from the counters.

use rusqlite::params;

use super::{Attr, Cover, ListSpec, reckoning::Size};
use crate::store::{ReadTx, StoreError};

/// The model of the nodes.
const NODES: &str = "data/HierarchyNode";

impl ReadTx<'_> {
    /// How much a list is made from.
    pub(super) fn size(&self, spec: &ListSpec) -> Result<Size, StoreError> {
        let all = self.counted(&spec.model, Cover::All)?;
        let covered = match spec.cover {
            Cover::All => all,
            cover => self.counted(&spec.model, cover)?,
        };
        let nodes = match (spec.cover, &spec.order.attr) {
            // Each node but the root has its instance at the node above it.
            (cover @ (Cover::Down(_) | Cover::Line(_)), _)
            | (cover @ Cover::All, Attr::LocatedAt) => self.counted(NODES, cover)?,
            _ => 0,
        };
        Ok(Size { covered, nodes, all })
    }

    /// Instances of a model at the covered nodes.
    pub fn counted(&self, model: &str, cover: Cover) -> Result<u64, StoreError> {
        self.settled(Some(model))?;
        let below = |node| {
            let mut statement = self.conn.prepare_cached(
                "SELECT coalesce(sum(n), 0) FROM subtree_count WHERE model = ?1 AND node_id = ?2",
            )?;
            Ok::<u64, StoreError>(statement.query_row(params![model, node], |row| row.get(0))?)
        };
        let at = |nodes: &str, values: &[&dyn rusqlite::ToSql]| {
            let mut statement = self.conn.prepare_cached(&format!(
                "SELECT coalesce(sum(n), 0) FROM instance_count WHERE model = ?1 \
                 AND node_id IN ({nodes})"
            ))?;
            let values: Vec<&dyn rusqlite::ToSql> = std::iter::once(&model as &dyn rusqlite::ToSql)
                .chain(values.iter().copied())
                .collect();
            Ok::<u64, StoreError>(statement.query_row(&*values, |row| row.get(0))?)
        };
        match cover {
            Cover::All => {
                let mut statement = self.conn.prepare_cached(
                    "SELECT coalesce(sum(n), 0) FROM subtree_count WHERE model = ?1 \
                     AND node_id IN (SELECT id FROM node WHERE parent_id IS NULL)",
                )?;
                Ok(statement.query_row([model], |row| row.get(0))?)
            }
            Cover::Down(node) => below(node),
            Cover::Local(node) => at("?2", &[&node]),
            Cover::Up { node_id, visible_from } => at(
                "SELECT up.ancestor_id FROM node_closure up \
                 JOIN node_closure own ON own.node_id = up.ancestor_id \
                 WHERE up.node_id = ?2 AND own.ancestor_id = ?3",
                &[&node_id, &visible_from],
            ),
            Cover::Above(node) => {
                at("SELECT ancestor_id FROM node_closure WHERE node_id = ?2", &[&node])
            }
            Cover::Line(node) => {
                let above = at(
                    "SELECT ancestor_id FROM node_closure WHERE node_id = ?2 AND ancestor_id <> ?2",
                    &[&node],
                )?;
                Ok(above + below(node)?)
            }
        }
    }
}
