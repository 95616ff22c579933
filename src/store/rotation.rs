//! Changing the key that secrets are sealed with, also while a server runs over the database.
//!
//! The new key comes into the file before the database names it; from that write on everything is
//! sealed with it, by every process. Then what older keys have sealed is sealed anew, batch by batch,
//! and at the end the file loses them. Cut off anywhere, every value can be read, and the next call
//! goes on.

use std::{fs::File, path::Path};

use rusqlite::{Connection, TransactionBehavior, params};

use super::{
    StoreError,
    backup::{SCHEMA_VERSION, open_existing, version_of},
    key_file::{self, KeyId, SealingKey},
    sealing, second_factors, tasks,
    vault::Vault,
    webex,
};

/// A column of sealed values.
struct Sealed {
    /// The two parts of a row's key, what the value is bound to, and the value, of rows that begin
    /// otherwise than ?1; ?2 at most.
    select: String,
    /// Puts the value ?1 into the row of the key ?2, ?3.
    update: &'static str,
    /// Rows in one write.
    batch: u32,
}

/// Every column of the database that holds sealed values.
fn columns() -> [Sealed; 6] {
    let select = |key: &str, pkid: &str, field: &str, column: &str, from: &str| {
        format!(
            "SELECT {key}, {pkid}, {field}, {column} FROM {from} \
             WHERE {column} IS NOT NULL AND substr({column}, 1, length(?1)) <> ?1 LIMIT ?2"
        )
    };
    let text = |field: &str| format!("'{field}'");
    let (transaction, none) = ("transaction_id", "transaction_id, ''");
    [
        Sealed {
            select: select(
                "s.instance_id, s.field",
                "i.pkid",
                "s.field",
                "s.sealed",
                "secret s JOIN instance i ON i.id = s.instance_id",
            ),
            update: "UPDATE secret SET sealed = ?1 WHERE instance_id = ?2 AND field = ?3",
            batch: 100,
        },
        Sealed {
            select: select(none, transaction, &text(tasks::INPUT), "input", "task"),
            update: "UPDATE task SET input = ?1 WHERE transaction_id = ?2 AND ?3 = ''",
            batch: 100,
        },
        Sealed {
            select: select(none, transaction, &text(tasks::FILE), "sealed", "task_file"),
            update: "UPDATE task_file SET sealed = ?1 WHERE transaction_id = ?2 AND ?3 = ''",
            // Some are megabytes.
            batch: 1,
        },
        Sealed {
            select: select(none, transaction, &text(tasks::CALLBACK), "sealed", "callback"),
            update: "UPDATE callback SET sealed = ?1 WHERE transaction_id = ?2 AND ?3 = ''",
            batch: 100,
        },
        Sealed {
            select: select(
                "state_hash, ''",
                "pkid",
                &text(webex::VERIFIER),
                "verifier",
                "oauth_state",
            ),
            update: "UPDATE oauth_state SET verifier = ?1 WHERE state_hash = ?2 AND ?3 = ''",
            batch: 100,
        },
        Sealed {
            select: select(
                "account_id, ''",
                "pkid",
                &text(second_factors::FIELD),
                "sealed",
                "second_factor",
            ),
            update: "UPDATE second_factor SET sealed = ?1 WHERE account_id = ?2 AND ?3 = ''",
            batch: 100,
        },
    ]
}

/// What a rotation has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// Values that were sealed anew.
    pub values: u64,
    /// It was begun by a call that was cut off.
    pub finished: bool,
}

/// A hold on a data folder's key file: as long as there is one, no other process changes it, or copies
/// it beside the database.
pub struct KeyHold {
    _folder: File,
}

impl KeyHold {
    /// For a copy of database and key, which go together then. Waits for who changes the key.
    pub fn shared(data_dir: &Path) -> Result<Self, StoreError> {
        let folder = File::open(data_dir)?;
        folder.lock_shared()?;
        Ok(Self { _folder: folder })
    }

    fn alone(data_dir: &Path) -> Result<Self, StoreError> {
        let folder = File::open(data_dir)?;
        folder.try_lock().map_err(|_| {
            StoreError::Encryption(
                "a backup or another change of the key is under way; try again when it has ended"
                    .to_owned(),
            )
        })?;
        Ok(Self { _folder: folder })
    }
}

/// Gives a data folder a new key, or finishes what an earlier call has begun. `said` is called with how
/// many values were sealed anew until then.
pub fn rotate(data_dir: &Path, mut said: impl FnMut(u64)) -> Result<Rotated, StoreError> {
    let mut conn = open_existing(data_dir)?;
    let found = version_of(&conn)?;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
    }
    if found < SCHEMA_VERSION {
        return Err(StoreError::Encryption(format!(
            "the tables have version {found} and this program's {SCHEMA_VERSION}: serve the folder once, \
             which brings them up to date"
        )));
    }
    let hold = KeyHold::alone(data_dir)?;
    let path = key_file::path(data_dir);
    let mut keys = key_file::read(&path)?;
    let finished = keys.len() > 1;
    if !finished {
        keys.insert(0, SealingKey::made_up()?);
        key_file::replace(&path, &keys)?;
    }
    let newest = keys.remove(0);
    let vault = Vault::existing(data_dir)?;
    let mut values = 0;
    write(&mut conn, |conn| sealing::set_current(conn, newest.id))?;
    for column in columns() {
        loop {
            let done = write(&mut conn, |conn| anew(conn, &column, &vault, newest.id))?;
            if done == 0 {
                break;
            }
            values += done;
            said(values);
        }
    }
    // Nothing can have been sealed with another key since.
    key_file::replace(&path, &[newest])?;
    drop(hold);
    Ok(Rotated { values, finished })
}

/// A write of its own, in the order of all of them.
fn write<T>(
    conn: &mut Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// Seals a batch anew, and answers how many values it had.
fn anew(
    conn: &Connection,
    column: &Sealed,
    vault: &Vault,
    newest: KeyId,
) -> Result<u64, StoreError> {
    type Row = (rusqlite::types::Value, rusqlite::types::Value, String, String, Vec<u8>);
    let mut statement = conn.prepare_cached(&column.select)?;
    let rows = statement.query_map(params![Vault::beginning(newest), column.batch], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    let mut update = conn.prepare_cached(column.update)?;
    for (one, two, pkid, field, sealed) in &rows {
        let plain = zeroize::Zeroizing::new(vault.open_sealed_bytes(pkid, field, sealed)?);
        update.execute(params![vault.seal(newest, pkid, field, &plain)?, one, two])?;
    }
    Ok(rows.len() as u64)
}

/// Whether a rotation was begun and not finished: then the key file holds more than one key.
pub fn is_unfinished(data_dir: &Path) -> Result<bool, StoreError> {
    Ok(key_file::read(&key_file::path(data_dir))?.len() > 1)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::migrations;

    /// Blobs that aren't sealed: hashes, the ids of keys, and the index of texts that lists show.
    const OTHERS: [&str; 11] = [
        "session.token_hash",
        "oauth_state.state_hash",
        "oauth_state.session_hash",
        "api_token.token_hash",
        "recovery_code.code_hash",
        "audit_chain.digest",
        "audit_chain.hash",
        "audit_checkpoint.hash",
        "sealing_key.id",
        "text_index_data.block",
        "text_index_docsize.sz",
    ];

    const SEALED: [&str; 6] = [
        "secret.sealed",
        "task.input",
        "task_file.sealed",
        "callback.sealed",
        "oauth_state.verifier",
        "second_factor.sealed",
    ];

    #[test]
    fn every_column_of_bytes_is_known_to_be_sealed_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = Connection::open_in_memory().unwrap();
        migrations::run(&mut conn, folder.path()).unwrap();
        let mut statement = conn
            .prepare(
                "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND c.type = 'BLOB'",
            )
            .unwrap();
        let found = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for column in found.map(Result::unwrap) {
            let known = SEALED.contains(&column.as_str()) || OTHERS.contains(&column.as_str());
            assert!(known, "is {column} sealed? Then a rotation of the key has to seal it anew");
        }
        for column in super::columns() {
            let (table, name) = (column.update.split(' ').nth(1), column.update.split(' ').nth(3));
            let named = format!("{}.{}", table.unwrap(), name.unwrap());
            assert!(SEALED.contains(&named.as_str()), "{named}");
            conn.prepare(&column.select).unwrap();
            conn.prepare(column.update).unwrap();
        }
    }
}
