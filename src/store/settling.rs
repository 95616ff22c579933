//! Lists and counts, brought up to date with the instances. Triggers note which instances are written; what
//! was written together is taken in together, which costs a fraction of what each by itself would: at the end
//! of each group of writes, and before a list or a count is read within one.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::{
    ReadTx, StoreError, WriteTx,
    listed::{Listed, Settling, Table},
};

/// What the writes of a model come to.
struct Touched {
    model: String,
    /// Whether lists and counts know of any of its instances that were written.
    has_known: bool,
    /// By node, how many more there are.
    more: BTreeMap<i64, i64>,
}

/// Parts of one write after which what they wrote is taken in: it is in memory still, and there is enough
/// of it.
const PARTS: u32 = 200;

impl ReadTx<'_> {
    /// Brings lists and counts up to date with what was written of a model, or of any, before in the same
    /// group: for all that reads them. Elsewhere there is nothing to be done.
    pub(super) fn settled(&self, model: Option<&str>) -> Result<(), StoreError> {
        let is_write = self.memory.is_none();
        if let Some(model) = model.filter(|_| is_write) {
            let mut touched =
                self.conn.prepare_cached("SELECT 1 FROM instance_touched WHERE model = ?1")?;
            if !touched.exists([model])? {
                return Ok(());
            }
        }
        if is_write { settle(self.conn, self.listed) } else { Ok(()) }
    }

    /// The table of a model's list, to be read.
    pub(super) fn list_of(&self, model: &str) -> Result<&Table, StoreError> {
        self.settled(Some(model))?;
        self.listed.of(model)
    }
}

impl WriteTx<'_> {
    /// Hears that a part of work that has many is done.
    pub(super) fn part_is_done(&self) -> Result<(), StoreError> {
        self.parts.set(self.parts.get() + 1);
        if self.parts.get() < PARTS {
            return Ok(());
        }
        self.parts.set(0);
        settle(self.conn, self.listed)
    }
}

/// Takes in what was written by other hands, if anything was.
pub fn at_start(conn: &mut Connection, listed: &Listed) -> Result<(), StoreError> {
    let work = conn.transaction()?;
    settle(&work, listed)?;
    Ok(work.commit()?)
}

/// Takes what was written into lists and counts.
pub fn settle(conn: &Connection, listed: &Listed) -> Result<(), StoreError> {
    let touched = touched(conn)?;
    if touched.is_empty() {
        return Ok(());
    }
    for touched in touched {
        count(conn, &touched)?;
        let model = &touched.model;
        // One whose file is gone may have its table still.
        let present;
        let table = match listed.of(model) {
            Ok(table) => Some(table),
            Err(_) => {
                present = Table::present(conn, model)?;
                present.as_ref()
            }
        };
        if let Some(table) = table {
            list(conn, table, &touched)?;
        }
    }
    for sql in [
        "INSERT OR IGNORE INTO text_pending (id) SELECT id FROM instance_touched",
        "DELETE FROM instance_touched",
    ] {
        conn.prepare_cached(sql)?.execute([])?;
    }
    Ok(())
}

fn touched(conn: &Connection) -> Result<Vec<Touched>, StoreError> {
    let mut statement = conn.prepare_cached(
        "SELECT t.model, t.node_id, i.node_id FROM instance_touched t \
         LEFT JOIN instance i ON i.id = t.id AND i.model = t.model ORDER BY t.model",
    )?;
    let mut rows = statement.query([])?;
    let mut all: Vec<Touched> = Vec::new();
    while let Some(row) = rows.next()? {
        let model = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        if all.last().is_none_or(|last| last.model != model) {
            let model = model.to_owned();
            all.push(Touched { model, has_known: false, more: BTreeMap::new() });
        }
        let Some(touched) = all.last_mut() else { continue };
        let (before, after): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
        touched.has_known |= before.is_some();
        for (node_id, n) in [(before, -1), (after, 1)] {
            if let Some(node_id) = node_id {
                *touched.more.entry(node_id).or_default() += n;
            }
        }
    }
    Ok(all)
}

/// Counts what came to each node and what went from it, and that something was written.
fn count(conn: &Connection, touched: &Touched) -> Result<(), StoreError> {
    let model = &touched.model;
    conn.prepare_cached(
        "INSERT INTO list_generation (model, n) VALUES (?1, 1) \
         ON CONFLICT (model) DO UPDATE SET n = n + 1",
    )?
    .execute([model])?;
    for (node_id, n) in touched.more.iter().filter(|(_, n)| **n != 0) {
        conn.prepare_cached(
            "INSERT INTO instance_count (model, node_id, n) VALUES (?1, ?2, ?3) \
             ON CONFLICT (model, node_id) DO UPDATE SET n = n + ?3",
        )?
        .execute(params![model, node_id, n])?;
        conn.prepare_cached(
            "INSERT INTO subtree_count (model, node_id, n) \
             SELECT ?1, ancestor_id, ?3 FROM node_closure WHERE node_id = ?2 \
             ON CONFLICT (model, node_id) DO UPDATE SET n = n + ?3",
        )?
        .execute(params![model, node_id, n])?;
    }
    Ok(())
}

/// Brings a model's list up to date. What it shows as it is already is forgotten, and so isn't taken into the
/// index of texts anew.
fn list(conn: &Connection, table: &Table, touched: &Touched) -> Result<(), StoreError> {
    let Settling { forget, remove, add } = &table.settling;
    if touched.has_known {
        conn.prepare_cached(forget)?.execute([&touched.model])?;
        conn.prepare_cached(remove)?.execute([&touched.model])?;
    }
    conn.prepare_cached(add)?.execute([&touched.model])?;
    Ok(())
}

#[cfg(test)]
mod tests;
