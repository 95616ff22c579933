//! The index of the lists' texts: which instances have a text of three characters or more somewhere in
//! the attributes of their list, or in their place. It answers candidates, of which the list's own
//! conditions choose. What is written is taken into it afterwards, and is a candidate until then.

use std::collections::{HashMap, hash_map::Entry};

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    ReadTx, StoreError, WriteTx,
    listed::{self, column},
};

/// Trigrams of a text that are asked for. More of them leave hardly fewer candidates.
const GRAMS: usize = 8;

/// The candidates of a search of the index (`?1`).
pub const CANDIDATES: &str = "SELECT rowid AS id FROM text_index WHERE text_index MATCH ?1 \
    UNION SELECT id FROM text_pending";

/// What the index is asked for to find a text, in lower case; `None` of a text that it can't find.
pub fn search(text: &str) -> Option<String> {
    const LENGTH: usize = 3;
    let characters: Vec<char> = text.chars().collect();
    // A zero ends a text for the index.
    if characters.len() < LENGTH || characters.contains(&'\0') {
        return None;
    }
    let last = &characters[characters.len() - LENGTH..];
    let mut grams: Vec<String> = Vec::new();
    for gram in std::iter::once(last).chain(characters.chunks_exact(LENGTH)) {
        let gram = gram.iter().collect::<String>().replace('"', "\"\"");
        let gram = format!("\"{gram}\"");
        if grams.len() < GRAMS && !grams.contains(&gram) {
            grams.push(gram);
        }
    }
    Some(grams.join(" AND "))
}

impl ReadTx<'_> {
    /// Whether the candidates of a search are at most so many, and how many then.
    pub(super) fn candidates(&self, search: &str, most: u64) -> Result<Option<u64>, StoreError> {
        let count = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            let mut statement = self.conn.prepare_cached(sql)?;
            Ok::<u64, StoreError>(statement.query_row(values, |row| row.get(0))?)
        };
        let past = most.saturating_add(1);
        let pending =
            count("SELECT count(*) FROM (SELECT 1 FROM text_pending LIMIT ?1)", &[&past])?;
        if pending > most {
            return Ok(None);
        }
        let found = count(
            "SELECT count(*) FROM (SELECT 1 FROM text_index WHERE text_index MATCH ?1 LIMIT ?2)",
            &[&search, &past],
        )?;
        let all = pending + found;
        Ok((all <= most).then_some(all))
    }

    /// The store's id of the instance that was added last.
    pub fn newest_instance(&self) -> Result<Option<i64>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT max(id) FROM instance")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Whether anything was written that the index hasn't taken in.
    pub fn has_pending_texts(&self) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM text_pending LIMIT 1")?.exists([])?)
    }
}

impl WriteTx<'_> {
    /// Takes what was written into the index, at most so many instances; answers how many it was.
    pub fn take_in_texts(&self, most: u32) -> Result<u32, StoreError> {
        self.settled(None)?;
        let mut pending = self.conn.prepare_cached(
            "SELECT p.id, i.model, i.node_id FROM text_pending p LEFT JOIN instance i ON i.id = p.id \
             ORDER BY p.id LIMIT ?1",
        )?;
        let pending = pending
            .query_map([most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<Vec<(i64, Option<String>, Option<i64>)>, _>>()?;
        let mut taken = 0;
        // By model.
        let mut texts = HashMap::new();
        for (id, model, node_id) in pending {
            self.conn.prepare_cached("DELETE FROM text_index WHERE rowid = ?1")?.execute([id])?;
            if let Some((model, node_id)) = model.zip(node_id) {
                let sql = match texts.entry(model) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        let sql = texts_of(self.conn, unknown.key())?;
                        unknown.insert(sql)
                    }
                };
                let mut read = self.conn.prepare_cached(sql)?;
                let text: Option<String> =
                    read.query_row([node_id, id], |row| row.get(0)).optional()?;
                self.conn
                    .prepare_cached("INSERT INTO text_index (rowid, texts) VALUES (?1, ?2)")?
                    .execute(params![id, text.unwrap_or_default().replace('\0', " ")])?;
            }
            self.conn.prepare_cached("DELETE FROM text_pending WHERE id = ?1")?.execute([id])?;
            taken += 1;
        }
        Ok(taken)
    }
}

/// The statement that reads the texts of an instance (`?2`) of a model at a node (`?1`). Folded one by one,
/// as conditions fold them.
fn texts_of(conn: &Connection, model: &str) -> Result<String, StoreError> {
    let Some(table) = listed::Table::present(conn, model)? else {
        // When there is one, its instances are taken in anew.
        return Ok("SELECT '' WHERE ?1 AND ?2".to_owned());
    };
    let texts: String = table
        .columns()
        .map(|attr| format!(" || char(10) || fold(coalesce(CAST(l.{} AS TEXT), ''))", column(attr)))
        .collect();
    Ok(format!(
        "SELECT fold(n.path){texts} FROM {} l JOIN node n ON n.id = l.node_id \
         WHERE l.node_id = ?1 AND l.id = ?2",
        table.sql()
    ))
}

/// Where the index doesn't know of an instance, or knows one that isn't there, in words; at most `most`.
pub fn wrong(conn: &Connection, most: usize) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(&format!(
        "SELECT 'the index of texts misses ' || pkid FROM instance \
         WHERE id NOT IN (SELECT id FROM text_index_docsize) \
         AND id NOT IN (SELECT id FROM text_pending) \
         UNION ALL \
         SELECT 'the index of texts has ' || id || ', which isn''t there' FROM text_index_docsize \
         WHERE id NOT IN (SELECT id FROM instance) AND id NOT IN (SELECT id FROM text_pending) \
         LIMIT {most}"
    ))?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
