//! Which way to a page costs least, from how much there is.

use rusqlite::params;

use super::{Attr, Cover, ListSpec};
use crate::store::{ReadTx, StoreError, listed::Table};

/// Instances that are read and sorted in next to no time.
pub const FEW: u64 = 2000;
/// Rows that are passed over before a list of the covered nodes is made, rather than each row's node
/// looked up.
pub const MANY: u64 = 1000;
/// Nodes that are gone through, by their paths, in next to no time.
const NODES: u64 = 5000;

/// How much there is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// Instances at the covered nodes.
    pub covered: u64,
    /// The covered nodes, about.
    pub nodes: u64,
    /// Instances of the model.
    pub all: u64,
}

/// The way to a list.
#[derive(Clone, Debug)]
pub enum Way {
    /// Along the index of its order, or through the table as it lies.
    Along,
    /// Through those of one node as they lie.
    Node,
    /// The covered instances are all read, and sorted.
    Gather,
    /// Those that an index has for one of the filters, an equality, are read and sorted.
    Equal,
    /// The candidates that the index of texts has for this search are, and sorted.
    Sought(String),
}

impl ReadTx<'_> {
    /// The way that costs least.
    pub(super) fn way(&self, spec: &ListSpec, table: &Table) -> Result<Way, StoreError> {
        let size = self.size(spec)?;
        if spec.gathers(size) {
            return Ok(Way::Gather);
        }
        for filter in &spec.filters {
            if let Some(column) = filter.equal_column(table)
                && self.equal(table, &column, &filter.text, FEW)? <= FEW
            {
                return Ok(Way::Equal);
            }
        }
        let searches: Vec<String> =
            spec.filters.iter().filter_map(|filter| filter.search(table)).collect();
        if !searches.is_empty() {
            let search = searches.join(" AND ");
            // Of few instances, an eighth is found no sooner than all are looked at.
            if self.candidates(&search, FEW.min(size.all / 8))?.is_some() {
                return Ok(Way::Sought(search));
            }
        }
        Ok(Way::Along)
    }

    /// How many instances have a text in a column, counted no further than `most` and one.
    fn equal(&self, table: &Table, column: &str, text: &str, most: u64) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {column} = ?1 COLLATE NOCASE LIMIT ?2)",
            table.sql()
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params![text, most.saturating_add(1)], |row| row.get(0))?)
    }
}

impl ListSpec {
    /// Whether the covered instances are all read and sorted, rather than looked for along the order
    /// among all there are. The one costs as much as there are of them and of their nodes, the other as
    /// much as is passed over on the way.
    pub fn gathers(&self, size: Size) -> bool {
        let by_place = self.filters.is_empty() && matches!(self.order.attr, Attr::LocatedAt);
        if by_place || matches!(self.cover, Cover::All) {
            return false;
        }
        let Size { covered, nodes, all } = size;
        let gathered = covered.saturating_add(nodes);
        // How many fit isn't known before.
        if !self.filters.is_empty() {
            return gathered <= FEW.min(all);
        }
        let wanted = self.skip.saturating_add(self.limit);
        let passed = u128::from(wanted) * u128::from(all) / u128::from(covered.max(1));
        u128::from(gathered) <= passed.min(all.into())
    }

    /// Whether a page is found in next to no time, whatever there is: along the index of its order, or
    /// among few.
    pub fn is_quick(&self, table: &Table, size: Size) -> bool {
        let near = self.skip.saturating_add(self.limit) <= MANY;
        let along = matches!(&self.order.attr, Attr::Data(name, _) if table.has(name));
        let few = |count: u64| count <= FEW;
        let Size { covered, nodes, all } = size;
        if self.filters.is_empty() && near && matches!(self.order.attr, Attr::LocatedAt) {
            return few(all) || nodes <= NODES;
        }
        if !self.filters.is_empty() {
            // What isn't listed is read from the instances' JSON, however long that is, and the index of
            // texts has those of all models.
            return few(all)
                && self.filters.iter().all(|filter| {
                    filter.search(table).is_none()
                        && filter.attrs.iter().all(|attr| table.lists(attr))
                });
        }
        if !along || !near {
            return few(all);
        }
        match self.cover {
            Cover::All => true,
            _ if self.gathers(size) => few(covered.saturating_add(nodes)),
            // Few of those that are passed over aren't covered; else it may be all there is.
            _ => few(all.saturating_sub(covered)),
        }
    }
}
