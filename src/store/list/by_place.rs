//! A list in the order of its nodes' paths, without sorting it: the nodes are gone through as they
//! follow each other, whole branches are passed over by their counts, and each node's instances are
//! read as they lie.

use rusqlite::{params_from_iter, types::Value as Sql};

use super::{Attr, Cover, ListSpec, query::Query, reckoning::Way};
use crate::{
    list_query::Direction,
    store::{ReadTx, StoreError},
};

/// The instances at a node, or all those below it, which follow each other in the order of the paths:
/// between the two may come siblings, since a space and a hyphen sort before the dot.
struct Part {
    /// The node's path, in one case; of what stands below, all of whose paths begin so, with the dot.
    key: String,
    /// One, but for siblings whose names differ in their case alone.
    nodes: Vec<i64>,
    below: bool,
    /// How many instances of the model there are.
    n: u64,
}

impl Query<'_> {
    pub fn goes_by_place(&self) -> bool {
        matches!(self.way, Way::Along) && matches!(self.spec.order.attr, Attr::LocatedAt)
    }
}

impl ReadTx<'_> {
    pub(super) fn walk_by_place<E: From<StoreError>>(
        &self,
        query: &Query<'_>,
        mut each: impl FnMut(i64, i64) -> Result<(), E>,
    ) -> Result<(), E> {
        let spec = query.spec;
        let (mut skip, mut left) = (spec.skip, spec.limit);
        let mut parts = self.first_parts(spec)?;
        while let Some(part) = parts.pop() {
            if left == 0 {
                break;
            }
            if part.n == 0 {
                continue;
            }
            // What a filter leaves of them isn't known before.
            if spec.filters.is_empty() && part.n <= skip {
                skip -= part.n;
                continue;
            }
            if part.below {
                let mut next = Vec::new();
                for node in part.nodes {
                    next.extend(self.parts(spec, "n.parent_id = ?2", &[node], true)?);
                }
                parts.extend(in_turn(next, spec.order.direction));
                continue;
            }
            let mut page = |id, node_id| {
                if skip > 0 {
                    skip -= 1;
                    return Ok(true);
                }
                left -= 1;
                each(id, node_id).map(|()| left > 0)
            };
            match part.nodes[..] {
                [node] => self.walk_node(query, node, page)?,
                ref nodes => {
                    // Of paths that are equal to the order, the ids count.
                    let mut ids = Vec::new();
                    for node in nodes {
                        self.walk_node(query, *node, |id, node_id| {
                            ids.push((id, node_id));
                            Ok::<_, StoreError>(true)
                        })?;
                    }
                    ids.sort_unstable();
                    if spec.order.direction == Direction::Desc {
                        ids.reverse();
                    }
                    for (id, node_id) in ids {
                        if !page(id, node_id)? {
                            break;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Hands on the instances of one node, until `each` has enough.
    fn walk_node<E: From<StoreError>>(
        &self,
        query: &Query<'_>,
        node: i64,
        mut each: impl FnMut(i64, i64) -> Result<bool, E>,
    ) -> Result<(), E> {
        let spec = ListSpec { cover: Cover::Local(node), ..query.spec.clone() };
        let (sql, values) = Query { spec: &spec, table: query.table, way: Way::Node }.by_id();
        let mut found = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut found = found.query(params_from_iter(values)).map_err(StoreError::from)?;
        while let Some(row) = found.next().map_err(StoreError::from)? {
            let id = |at| row.get(at).map_err(StoreError::from);
            if !each(id(0)?, id(1)?)? {
                break;
            }
        }
        Ok(())
    }

    /// What a list is made of, the last first.
    fn first_parts(&self, spec: &ListSpec) -> Result<Vec<Part>, StoreError> {
        const ABOVE: &str = "n.id IN (SELECT ancestor_id FROM node_closure WHERE node_id = ?2)";
        let parts = match spec.cover {
            Cover::All => self.parts(spec, "n.parent_id IS NULL", &[], true)?,
            Cover::Down(node) => self.parts(spec, "n.id = ?2", &[node], true)?,
            Cover::Local(node) => self.parts(spec, "n.id = ?2", &[node], false)?,
            Cover::Above(node) => self.parts(spec, ABOVE, &[node], false)?,
            Cover::Up { node_id, visible_from } => self.parts(
                spec,
                &format!(
                    "{ABOVE} AND n.id IN (SELECT node_id FROM node_closure WHERE ancestor_id = ?3)"
                ),
                &[node_id, visible_from],
                false,
            )?,
            Cover::Line(node) => {
                let mut parts =
                    self.parts(spec, &format!("{ABOVE} AND n.id <> ?2"), &[node], false)?;
                parts.extend(self.parts(spec, "n.id = ?2", &[node], true)?);
                parts
            }
        };
        Ok(in_turn(parts, spec.order.direction))
    }

    /// Those of the nodes for which a condition holds, with what stands below them where that is wanted.
    fn parts(
        &self,
        spec: &ListSpec,
        condition: &str,
        nodes: &[i64],
        below: bool,
    ) -> Result<Vec<Part>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT n.id, n.path, coalesce(o.n, 0), coalesce(s.n, 0) FROM node n \
             LEFT JOIN instance_count o ON o.model = ?1 AND o.node_id = n.id \
             LEFT JOIN subtree_count s ON s.model = ?1 AND s.node_id = n.id WHERE {condition}"
        ))?;
        let values = std::iter::once(Sql::Text(spec.model.clone()))
            .chain(nodes.iter().map(|node| Sql::Integer(*node)));
        let mut rows = statement.query(params_from_iter(values))?;
        let mut parts = Vec::new();
        while let Some(row) = rows.next()? {
            let (node, path): (i64, String) = (row.get(0)?, row.get(1)?);
            let (own, all): (u64, u64) = (row.get(2)?, row.get(3)?);
            let key = path.to_ascii_lowercase();
            if below && all > own {
                let key = format!("{key}.");
                parts.push(Part { key, nodes: vec![node], below, n: all - own });
            }
            parts.push(Part { key, nodes: vec![node], below: false, n: own });
        }
        Ok(parts)
    }
}

/// The last first, as they are taken from the end; those of equal paths as one.
fn in_turn(mut parts: Vec<Part>, direction: Direction) -> Vec<Part> {
    parts.sort_by(|a, b| match direction {
        Direction::Asc => b.key.cmp(&a.key),
        Direction::Desc => a.key.cmp(&b.key),
    });
    parts.dedup_by(|next, kept| {
        let same = next.key == kept.key;
        if same {
            kept.nodes.append(&mut next.nodes);
            kept.n += next.n;
        }
        same
    });
    parts
}
