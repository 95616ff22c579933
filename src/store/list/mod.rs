//! Lists: one indexed statement finds a page in the table of the model's list (see
//! [`super::listed`]), with the total from counters where no filter narrows it; the instances of the
//! page are then read one by one.

mod along;
mod by_place;
mod conditions;
mod counts;
mod memory;
mod query;
mod reckoning;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, hash_map::Entry};

use rusqlite::{CachedStatement, Row, params_from_iter};

use super::{ReadTx, StoreError};
use crate::{
    list_query::{Condition, Direction},
    model::Kind,
};
pub use memory::Memory;
use query::Query;

/// Which nodes a list covers.
#[derive(Clone, Copy, Debug)]
pub enum Cover {
    /// The node and all below it.
    Down(i64),
    /// The node alone.
    Local(i64),
    /// The node and those above it that stand at or below `visible_from`.
    Up { node_id: i64, visible_from: i64 },
    /// The node and all above it.
    Above(i64),
    /// The node, all above it and all below it: where an inherited model's instances hold.
    Line(i64),
    /// Everything: what `Down` from the root means, without asking for each row.
    All,
}

/// What a list orders or filters by. The names come from a loaded model, never from a caller.
#[derive(Clone, Debug)]
pub enum Attr {
    /// A property of the instance, with its JSON type. A list of texts is filtered by its entries.
    Data(String, Kind),
    /// The dot path of its node.
    LocatedAt,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub attr: Attr,
    pub direction: Direction,
}

/// One condition. Of several all must hold; within one, any attribute may match.
#[derive(Clone, Debug)]
pub struct ListFilter {
    /// One, or several for the search box.
    pub attrs: Vec<Attr>,
    pub condition: Condition,
    pub text: String,
    pub ignore_case: bool,
}

#[derive(Clone, Debug)]
pub struct ListSpec {
    pub model: String,
    pub cover: Cover,
    pub filters: Vec<ListFilter>,
    pub order: Order,
    pub skip: u64,
    pub limit: u64,
}

#[derive(Clone, Debug)]
pub struct ListRow {
    pub pkid: String,
    pub version: u64,
    /// The plain JSON object, as it is answered.
    pub data: String,
    pub node_pkid: String,
    pub node_path: String,
}

impl ListSpec {
    /// The same list as one page.
    fn whole(&self) -> Self {
        Self { skip: 0, limit: u64::MAX, ..self.clone() }
    }
}

/// Reads the rows that a list has found.
struct RowReader<'t> {
    instance: CachedStatement<'t>,
    node: CachedStatement<'t>,
    /// The pkid and path of the nodes so far.
    nodes: HashMap<i64, (String, String)>,
}

impl<'t> RowReader<'t> {
    fn new(tx: &'t ReadTx<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            instance: tx
                .conn
                .prepare_cached("SELECT pkid, version, data FROM instance WHERE id = ?1")?,
            node: tx.conn.prepare_cached("SELECT pkid, path FROM node WHERE id = ?1")?,
            nodes: HashMap::new(),
        })
    }

    fn read(&mut self, id: i64, node_id: i64) -> Result<ListRow, StoreError> {
        let (node_pkid, node_path) = match self.nodes.entry(node_id) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
                unknown.insert(self.node.query_row([node_id], read)?).clone()
            }
        };
        Ok(self.instance.query_row([id], |row| {
            Ok(ListRow {
                pkid: row.get(0)?,
                version: row.get(1)?,
                data: row.get(2)?,
                node_pkid,
                node_path,
            })
        })?)
    }
}

impl ReadTx<'_> {
    fn query<'q>(&'q self, spec: &'q ListSpec) -> Result<Query<'q>, StoreError> {
        let table = self.list_of(&spec.model)?;
        Ok(Query { spec, table, way: self.way(spec, table)? })
    }

    /// Whether a page is found in next to no time.
    pub fn is_quick(&self, spec: &ListSpec) -> Result<bool, StoreError> {
        let (table, size) = (self.listed.of(&spec.model)?, self.size(spec)?);
        if spec.gathers(size) {
            return Ok(spec.is_quick(table, size));
        }
        // What is left to be passed over.
        let passed = self.milestone(spec)?.map_or(0, |milestone| milestone.before);
        let left = ListSpec { skip: spec.skip - passed, ..spec.clone() };
        Ok(!left.gathers(size) && left.is_quick(table, size))
    }

    /// Hands the ids of a page's instances and of their nodes to `each`, in the list's order.
    fn walk<E: From<StoreError>>(
        &self,
        spec: &ListSpec,
        mut each: impl FnMut(i64, i64) -> Result<(), E>,
    ) -> Result<(), E> {
        let query = self.query(spec)?;
        if query.goes_by_place() {
            return self.walk_by_place(&query, each);
        }
        if let Some(ordered) = query.goes_along() {
            return self.walk_along(&query, &ordered, each);
        }
        let (sql, values) = query.page();
        let mut found = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut found = found.query(params_from_iter(values)).map_err(StoreError::from)?;
        while let Some(row) = found.next().map_err(StoreError::from)? {
            let id = |at| row.get(at).map_err(StoreError::from);
            each(id(0)?, id(1)?)?;
        }
        Ok(())
    }

    /// A page of a list.
    pub fn list(&self, spec: &ListSpec) -> Result<Vec<ListRow>, StoreError> {
        let mut reader = RowReader::new(self)?;
        let mut rows = Vec::new();
        self.walk(spec, |id, node_id| {
            rows.push(reader.read(id, node_id)?);
            Ok::<_, StoreError>(())
        })?;
        Ok(rows)
    }

    /// The pkids of the whole list, in its order, whatever its page.
    pub fn pkids(&self, spec: &ListSpec) -> Result<Vec<String>, StoreError> {
        // Row by row: joined to the list, the instances would come in an order of their own.
        let mut pkid = self.conn.prepare_cached("SELECT pkid FROM instance WHERE id = ?1")?;
        let mut pkids = Vec::new();
        self.walk(&spec.whole(), |id, _| {
            pkids.push(pkid.query_row([id], |row| row.get(0))?);
            Ok::<_, StoreError>(())
        })?;
        Ok(pkids)
    }

    /// Hands every instance of a list to `each`, in the list's order, whatever page it names.
    /// They are read one by one: how many there are costs no memory.
    pub fn each_listed<E: From<StoreError>>(
        &self,
        spec: &ListSpec,
        mut each: impl FnMut(ListRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reader = RowReader::new(self)?;
        self.walk(&spec.whole(), |id, node_id| each(reader.read(id, node_id)?))
    }

    /// Where the instances of the whole list stand: dot paths, with how many there are at each.
    pub fn places(&self, spec: &ListSpec) -> Result<Vec<(String, u64)>, StoreError> {
        let whole = spec.whole();
        let (body, values) = self.query(&whole)?.body(None);
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT o.path, p.n FROM (SELECT l.node_id, count(*) AS n {body} \
             GROUP BY l.node_id) p JOIN node o ON o.id = p.node_id ORDER BY o.path"
        ))?;
        let rows =
            statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many instances the list has in all.
    pub fn total(&self, spec: &ListSpec) -> Result<u64, StoreError> {
        if spec.filters.is_empty() {
            return self.counted(&spec.model, spec.cover);
        }
        self.remembered_total(spec, || {
            let whole = spec.whole();
            let (body, values) = self.query(&whole)?.body(None);
            let mut statement = self.conn.prepare_cached(&format!("SELECT count(*) {body}"))?;
            Ok(statement.query_row(params_from_iter(values), |row| row.get(0))?)
        })
    }
}
