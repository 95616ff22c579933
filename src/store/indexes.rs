//! The indexes of the lists: one partial index for each attribute of a model's list, and for
//! those it names under `indexed`. Made from the model file, so that a page sorted by any of them is
//! read in order and never sorted.

use rusqlite::Connection;

use super::{
    StoreError,
    list::{data_sql, literal},
};
use crate::{list_query::LOCATED_AT, model::Model};

/// Names of our indexes start so; those that no model asks for any more are dropped.
const PREFIX: &str = "list_";

pub fn create(conn: &Connection, models: &[Model]) -> Result<(), StoreError> {
    let mut wanted = Vec::new();
    for model in models {
        let attrs = model.summary_attrs.iter().chain(&model.indexed);
        for attr in attrs.filter(|a| *a != LOCATED_AT) {
            let name = format!("{PREFIX}{}_{attr}", model.model_type.replace('/', "_"));
            conn.execute_batch(&format!(
                "CREATE INDEX IF NOT EXISTS \"{name}\" \
                 ON instance ({} COLLATE NOCASE, id) WHERE model = {}",
                data_sql(attr),
                literal(&model.model_type)
            ))?;
            wanted.push(name);
        }
    }
    let mut statement =
        conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB ?1")?;
    let present: Vec<String> =
        statement.query_map([format!("{PREFIX}*")], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in present.iter().filter(|name| !wanted.contains(name)) {
        conn.execute_batch(&format!("DROP INDEX \"{}\"", name.replace('"', "\"\"")))?;
    }
    Ok(())
}
