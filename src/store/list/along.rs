//! A page along the index of its order, from the last row before it that is remembered.

use rusqlite::{params_from_iter, types::Value as Sql};

use super::{Attr, ListSpec, memory::Milestone, query::Query, reckoning::Way};
use crate::{
    list_query::Direction,
    store::{ReadTx, StoreError, listed::column},
};

/// Rows between two that are remembered.
const STEP: u64 = 1000;

/// A part of an index: what its entries fulfil, with values.
pub type Part = (&'static str, Vec<Sql>);

impl Query<'_> {
    /// The column along whose index a page is read before which there may be much.
    pub fn goes_along(&self) -> Option<String> {
        match &self.spec.order.attr {
            Attr::Data(name, _)
                if matches!(self.way, Way::Along)
                    && (self.spec.skip > 0 || !self.spec.filters.is_empty())
                    && self.table.has(name) =>
            {
                Some(column(name))
            }
            _ => None,
        }
    }
}

/// A row and what follows it in the index, one after the other. Nothing sorts before what isn't set.
pub fn parts_from(milestone: Option<&Milestone>, direction: Direction) -> Vec<Part> {
    let Some(Milestone { value, id, .. }) = milestone else { return vec![("", Vec::new())] };
    let id = Sql::Integer(*id);
    match (value, direction) {
        (Sql::Null, Direction::Asc) => vec![
            (" AND {c} IS NULL AND l.id >= {1}", vec![id]),
            // Not IS NOT NULL, which passes over those that are.
            (" AND {c} >= -9e999 COLLATE NOCASE", Vec::new()),
        ],
        (Sql::Null, Direction::Desc) => vec![(" AND {c} IS NULL AND l.id <= {1}", vec![id])],
        (value, Direction::Asc) => vec![
            (" AND {c} = {1} COLLATE NOCASE AND l.id >= {2}", vec![value.clone(), id]),
            (" AND {c} > {1} COLLATE NOCASE", vec![value.clone()]),
        ],
        (value, Direction::Desc) => vec![
            (" AND {c} = {1} COLLATE NOCASE AND l.id <= {2}", vec![value.clone(), id]),
            (" AND {c} < {1} COLLATE NOCASE", vec![value.clone()]),
            (" AND {c} IS NULL", Vec::new()),
        ],
    }
}

impl ReadTx<'_> {
    /// Hands on the rows of a page, and remembers some of those it comes past.
    pub(super) fn walk_along<E: From<StoreError>>(
        &self,
        query: &Query<'_>,
        ordered: &str,
        mut each: impl FnMut(i64, i64) -> Result<(), E>,
    ) -> Result<(), E> {
        let asked = query.spec;
        let start = self.milestone(asked)?;
        let mut passed = start.as_ref().map_or(0, |start| start.before);
        let end = asked.skip.saturating_add(asked.limit);
        // As far as there is to go.
        let spec = ListSpec { skip: asked.skip - passed, ..asked.clone() };
        let query = Query { spec: &spec, table: query.table, way: Way::Along };
        let mut come_past = Vec::new();
        for (condition, values) in parts_from(start.as_ref(), spec.order.direction) {
            if passed >= end {
                break;
            }
            let (sql, values) = query.part(ordered, condition, values);
            let mut found = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
            let mut found = found.query(params_from_iter(values)).map_err(StoreError::from)?;
            while passed < end
                && let Some(row) = found.next().map_err(StoreError::from)?
            {
                if passed.is_multiple_of(STEP) || passed == asked.skip {
                    let value = row.get(2).map_err(StoreError::from)?;
                    let id = row.get(0).map_err(StoreError::from)?;
                    come_past.push(Milestone { before: passed, value, id });
                }
                passed += 1;
                if passed > asked.skip {
                    let id = |at| row.get(at).map_err(StoreError::from);
                    each(id(0)?, id(1)?)?;
                }
            }
        }
        come_past.retain(Milestone::is_short);
        self.remember(asked, come_past)?;
        Ok(())
    }
}
