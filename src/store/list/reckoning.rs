//! Which way to a page costs least, from how much there is.

use super::{Attr, Cover, ListSpec, query::Query};
use crate::store::listed::Table;

/// Instances that are read and sorted in next to no time.
const FEW: u64 = 2000;
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

impl ListSpec {
    /// Its SQL, over the table of the model's list.
    pub fn query<'q>(&'q self, table: &'q Table, size: Size) -> Query<'q> {
        Query { spec: self, table, gathers: self.gathers(size) }
    }

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
        if !self.filters.is_empty() || !along || !near {
            return few(all);
        }
        match self.cover {
            Cover::All => true,
            _ if self.gathers(size) => few(covered.saturating_add(nodes)),
            // Nearly all that is passed over is covered; else it may be all there is.
            _ => few(all) || covered >= all / 10 * 9,
        }
    }
}
