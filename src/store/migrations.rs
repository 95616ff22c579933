//! Bringing the tables up to date. A database that is older is copied first; one that is newer is
//! left alone.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::{DATABASE_FILE, StoreError, backup};

static ALL: [M<'static>; LATEST as usize] = [
    M::up(include_str!("migrations/0001_initial.sql")),
    M::up(include_str!("migrations/0002_tasks.sql")),
    M::up(include_str!("migrations/0003_views.sql")),
    M::up(include_str!("migrations/0004_file_age.sql")),
    M::up(include_str!("migrations/0005_licences.sql")),
    M::up(include_str!("migrations/0006_done_once.sql")),
    M::up(include_str!("migrations/0007_webex.sql")),
    M::up(include_str!("migrations/0008_webex_synced.sql")),
    M::up(include_str!("migrations/0009_webex_keeper.sql")),
    M::up(include_str!("migrations/0010_webex_views.sql")),
    M::up(include_str!("migrations/0011_users.sql")),
    M::up(include_str!("migrations/0012_sessions.sql")),
    M::up(include_str!("migrations/0013_audit.sql")),
    M::up(include_str!("migrations/0014_sealing_key.sql")),
    M::up(include_str!("migrations/0015_openid.sql")),
    M::up(include_str!("migrations/0016_whose_tasks.sql")),
    M::up(include_str!("migrations/0017_records_stay.sql")),
    M::up(include_str!("migrations/0018_subtree_counts.sql")),
    M::up(include_str!("migrations/0019_text_index.sql")),
    M::up(include_str!("migrations/0020_list_generation.sql")),
    M::up(include_str!("migrations/0021_instance_touched.sql")),
];

/// The version of the tables after all of them.
pub const LATEST: u32 = 21;

/// Brings the database of `data_dir` up to date.
pub fn run(conn: &mut Connection, data_dir: &Path) -> Result<(), StoreError> {
    let found = backup::version_of(conn)?;
    if found > LATEST {
        return Err(StoreError::Newer { found, known: LATEST });
    }
    if found > 0 && found < LATEST {
        let copy = data_dir.join(format!("{DATABASE_FILE}.version-{found}"));
        if copy.exists() {
            // Of an attempt that didn't come to its end; the database is as it was before it.
            std::fs::remove_file(&copy)?;
        }
        backup::copy(conn, &copy)?;
        tracing::info!(from = found, to = LATEST, copy = %copy.display(), "bringing the database up to date");
    }
    Ok(Migrations::from_slice(&ALL).to_latest(conn)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn they_apply_to_an_empty_database() {
        super::Migrations::from_slice(&super::ALL).validate().unwrap();
    }
}
