//! Copies of the database: taken while a server writes to it, and looked at before they are trusted.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{DATABASE_FILE, StoreError, key_file::KEY_FILE, migrations::LATEST, prepare};

/// The files of a data folder.
pub const DATABASE: &str = DATABASE_FILE;
pub const KEY: &str = KEY_FILE;

/// The number of the last change to the tables that this program knows.
pub const SCHEMA_VERSION: u32 = LATEST;

/// Opens the database of a data folder that exists, without making or changing anything.
pub(super) fn open_existing(data_dir: &Path) -> Result<Connection, StoreError> {
    let path = data_dir.join(DATABASE_FILE);
    // Not read-only: the log of a server that was killed has to be read in.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    prepare(&conn)?;
    Ok(conn)
}

/// Writes a consistent copy of the database in `data_dir` to a new file, and answers the version of
/// its tables. A server may be writing meanwhile: what it commits later isn't in the copy.
pub fn copy_database(data_dir: &Path, to: &Path) -> Result<u32, StoreError> {
    let conn = open_existing(data_dir)?;
    copy(&conn, to)?;
    version_of(&conn)
}

/// Writes a copy of an open database to a new file.
pub(super) fn copy(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    conn.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    // VACUUM leaves the syncing to the system.
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}

pub(super) fn version_of(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}
