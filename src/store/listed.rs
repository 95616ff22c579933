//! What lists are made from: for each model a table with a row for each of its instances, and in it the
//! attributes of the model's list and those it names under `indexed`. A page in the order of any of
//! them is read along an index, what is looked for is compared without reading the instances' JSON,
//! and the instances of one node lie side by side. Made from the model files, kept by [`super::settling`].

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rusqlite::{Connection, OptionalExtension};

use super::{Attr, StoreError};
use crate::{
    list_query::LOCATED_AT,
    model::{Kind, Model},
};

/// Names of these tables start so.
const PREFIX: &str = "listed_";
/// Names of the attributes' columns start so, which keeps them apart from the others.
const COLUMN: &str = "a_";
/// Names of the indexes that did this before.
const FORMER: &str = "list_*";

/// The tables that there are, by model.
#[derive(Clone, Default)]
pub struct Listed(Arc<HashMap<String, Table>>);

/// The table of one model.
#[derive(Clone, Debug)]
pub struct Table {
    name: String,
    columns: HashSet<String>,
    /// What brings it up to date.
    pub(super) settling: Settling,
}

/// The statements that take in what was written of the model (`?1`), as `instance_touched` has it.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    /// Forgets what the list shows as it is.
    pub forget: String,
    /// Takes away what has gone or changed.
    pub remove: String,
    /// Puts in what is new or has changed, but for what a table that was made just now has already.
    pub add: String,
}

impl Settling {
    /// JSON that can't be read is told of by `check`, and keeps nobody from writing.
    fn of(table: &str, columns: &HashSet<String>) -> Self {
        let (mut names, mut values, mut same) = (String::new(), String::new(), String::new());
        for attr in columns {
            let (column, path) = (column(attr), path_sql(attr));
            names += &format!(", {column}");
            values += &format!(", i.data ->> {path}");
            same += &format!(" AND l.{column} IS i.data ->> {path}");
        }
        Self {
            forget: format!(
                "DELETE FROM instance_touched WHERE model = ?1 AND EXISTS (SELECT 1 FROM instance i \
                 CROSS JOIN {table} l ON l.node_id = i.node_id AND l.id = i.id \
                 WHERE i.id = instance_touched.id AND i.model = ?1 \
                 AND i.node_id = instance_touched.node_id AND json_valid(i.data){same})"
            ),
            remove: format!(
                "DELETE FROM {table} WHERE (node_id, id) IN (SELECT node_id, id \
                 FROM instance_touched WHERE model = ?1 AND node_id IS NOT NULL)"
            ),
            add: format!(
                "INSERT OR IGNORE INTO {table} (node_id, id{names}) SELECT i.node_id, i.id{values} \
                 FROM instance_touched t CROSS JOIN instance i ON i.id = t.id AND i.model = t.model \
                 WHERE t.model = ?1 AND json_valid(i.data)"
            ),
        }
    }
}

impl Table {
    fn new(name: String, columns: HashSet<String>) -> Self {
        Self { settling: Settling::of(&quoted(&name), &columns), name, columns }
    }

    /// As it stands in a statement.
    pub fn sql(&self) -> String {
        quoted(&self.name)
    }

    pub fn has(&self, attr: &str) -> bool {
        self.columns.contains(attr)
    }

    /// Whether what a list is filtered by stands in it; a place is its node's, and close by.
    pub fn lists(&self, attr: &Attr) -> bool {
        match attr {
            Attr::Data(_, Kind::Array) => false,
            Attr::Data(name, _) => self.has(name),
            Attr::LocatedAt => true,
        }
    }

    pub fn columns(&self) -> impl Iterator<Item = &String> {
        self.columns.iter()
    }

    /// The table that the database has for a model, loaded or not.
    pub fn present(conn: &Connection, model: &str) -> Result<Option<Self>, StoreError> {
        let Some(Present { name, .. }) = definition_of(conn, &format!("{PREFIX}{model}"))? else {
            return Ok(None);
        };
        let columns = columns_of(conn, &name)?;
        Ok(Some(Self::new(name, columns)))
    }
}

impl Listed {
    pub fn of(&self, model: &str) -> Result<&Table, StoreError> {
        let missing =
            || StoreError::Unavailable(format!("there is no table of the list of {model}"));
        self.0.get(model).ok_or_else(missing)
    }

    /// Makes the tables that are missing, and anew those that the model files have other attributes
    /// for. Where they are only looked at (`keep`), what is there stays as it is.
    pub fn create(conn: &mut Connection, models: &[Model], keep: bool) -> Result<Self, StoreError> {
        let work = conn.transaction()?;
        let (mut tables, mut names) = (HashMap::new(), HashMap::new());
        for model in models {
            let mut columns = Vec::new();
            for attr in model.summary_attrs.iter().chain(&model.indexed) {
                // Columns that differ in their case alone are one.
                let known = columns.iter().any(|known: &&str| known.eq_ignore_ascii_case(attr));
                if attr != LOCATED_AT && !known {
                    columns.push(attr.as_str());
                }
            }
            let name = format!("{PREFIX}{}", model.model_type);
            // SQLite takes names that differ in their case alone for the same.
            if let Some(other) = names.insert(name.to_ascii_lowercase(), &model.model_type) {
                return Err(StoreError::Unavailable(format!(
                    "the models {other} and {} differ in their case alone; rename one",
                    model.model_type
                )));
            }
            let definition = definition(&name, &columns);
            let present = definition_of(&work, &name)?;
            let table = if keep && let Some(present) = present {
                let columns = columns_of(&work, &present.name)?;
                Table::new(present.name, columns)
            } else {
                if present.is_none_or(|present| present.sql != definition) {
                    make(&work, &model.model_type, &name, &definition, &columns)?;
                }
                Table::new(name, columns.into_iter().map(str::to_owned).collect())
            };
            tables.insert(model.model_type.clone(), table);
        }
        drop_former(&work)?;
        work.commit()?;
        Ok(Self(Arc::new(tables)))
    }
}

/// The column of an attribute.
pub fn column(attr: &str) -> String {
    quoted(&format!("{COLUMN}{attr}"))
}

/// A name in a statement. The model loader takes none with a quote; it would end the name.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', ""))
}

/// A text in a statement.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Instances of one node lie side by side: those of a small place are read at once, whatever order they
/// are wanted in.
fn definition(name: &str, columns: &[&str]) -> String {
    let columns: String = columns.iter().map(|attr| format!("{}, ", column(attr))).collect();
    format!(
        "CREATE TABLE {} (node_id INTEGER NOT NULL, id INTEGER NOT NULL, {columns}\
         PRIMARY KEY (node_id, id)) WITHOUT ROWID",
        quoted(name)
    )
}

struct Present {
    name: String,
    sql: String,
}

fn definition_of(conn: &Connection, name: &str) -> Result<Option<Present>, StoreError> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let present = |row: &rusqlite::Row<'_>| Ok(Present { name: row.get(0)?, sql: row.get(1)? });
    Ok(conn.prepare_cached(sql)?.query_row([name], present).optional()?)
}

fn columns_of(conn: &Connection, name: &str) -> Result<HashSet<String>, StoreError> {
    let mut statement = conn.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let columns = statement.query_map([name], |row| row.get::<_, String>(0))?;
    let names = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(names.iter().filter_map(|name| Some(name.strip_prefix(COLUMN)?.to_owned())).collect())
}

fn make(
    conn: &Connection,
    model: &str,
    name: &str,
    definition: &str,
    attrs: &[&str],
) -> Result<(), StoreError> {
    let table = quoted(name);
    let names: String = attrs.iter().map(|attr| format!(", {}", column(attr))).collect();
    let indexes: String = attrs
        .iter()
        .map(|attr| {
            let index = quoted(&format!("{name}.{attr}"));
            format!("CREATE INDEX {index} ON {table} ({} COLLATE NOCASE, id);\n", column(attr))
        })
        .collect();
    // What can't be read is told of by `check`, and doesn't keep the program from starting.
    let filled: String = attrs
        .iter()
        .map(|attr| format!(", CASE WHEN json_valid(data) THEN data ->> {} END", path_sql(attr)))
        .collect();
    let model = literal(model);
    conn.execute_batch(&format!(
        "DROP TABLE IF EXISTS {table};
         {definition};
         INSERT INTO {table} (node_id, id{names})
             SELECT node_id, id{filled} FROM instance WHERE model = {model} ORDER BY node_id, id;
         {indexes}
         INSERT OR IGNORE INTO text_pending (id) SELECT id FROM instance WHERE model = {model};"
    ))?;
    Ok(())
}

/// The path of an attribute in the JSON.
pub fn path_sql(attr: &str) -> String {
    format!("'$.\"{}\"'", attr.replace('\'', "''").replace('"', ""))
}

/// What there was before: indexes over the JSON that lists were read along, and triggers that kept these
/// tables.
fn drop_former(conn: &Connection) -> Result<(), StoreError> {
    let former: Vec<(String, String)> = conn
        .prepare(
            "SELECT type, name FROM sqlite_schema WHERE tbl_name = 'instance' \
             AND (type = 'index' AND name GLOB ?1 OR type = 'trigger' AND name GLOB ?2)",
        )?
        .query_map([FORMER, &format!("{PREFIX}*")], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (kind, name) in former {
        conn.execute_batch(&format!("DROP {kind} {}", quoted(&name)))?;
    }
    Ok(())
}

/// Where the tables don't say what the instances do, in words; at most `most` of each.
pub fn wrong(conn: &Connection, most: usize) -> Result<Vec<String>, StoreError> {
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?1")?
        .query_map([format!("{PREFIX}*")], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut problems = Vec::new();
    for name in tables {
        let table = quoted(&name);
        let model = &name[PREFIX.len()..];
        let differs: String = columns_of(conn, &name)?
            .iter()
            .map(|attr| format!(" OR l.{} IS NOT i.data ->> {}", column(attr), path_sql(attr)))
            .collect();
        // What can't be read is told of elsewhere.
        let mut statement = conn.prepare(&format!(
            "SELECT 'the list of ' || ?1 || ' doesn''t show ' || coalesce(i.pkid, l.id) || ' as it is' \
             FROM {table} l LEFT JOIN instance i ON i.id = l.id \
             WHERE i.model IS NOT ?1 OR i.node_id IS NOT l.node_id \
             OR (json_valid(i.data) AND (false{differs})) \
             UNION ALL \
             SELECT 'the list of ' || ?1 || ' shows ' || coalesce(s.n, 0) || ' at the node ' || node_id \
                 || ', where there are ' || coalesce(c.n, 0) \
             FROM (SELECT node_id, count(*) AS n FROM {table} GROUP BY node_id) s \
             FULL JOIN (SELECT node_id, n FROM instance_count WHERE model = ?1) c USING (node_id) \
             WHERE coalesce(s.n, 0) <> coalesce(c.n, 0) \
             LIMIT {most}"
        ))?;
        let rows = statement.query_map([model], |row| row.get(0))?;
        for row in rows {
            problems.push(row?);
        }
    }
    Ok(problems)
}
