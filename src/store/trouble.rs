//! What keeps the database from doing its work, told apart as far as an operator can do something
//! about it. All of these pass by themselves once their cause is gone.

use std::path::Path;

use rusqlite::ErrorCode;

use super::StoreError;

/// Why the database can't read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// No space is left for it.
    Full,
    /// The disk, or the file, can't be written to.
    ReadOnly,
    /// Another process holds it.
    Locked,
    /// What is in the file isn't a sound database.
    Corrupt,
    /// The disk failed in another way.
    Disk,
}

impl Trouble {
    /// For machines: the code of the fault that it leads to, and the label of its figure.
    pub fn code(self) -> &'static str {
        match self {
            Self::Full => "storage_full",
            Self::ReadOnly => "storage_read_only",
            Self::Locked => "storage_locked",
            Self::Corrupt => "storage_corrupt",
            Self::Disk => "storage_failed",
        }
    }

    /// What is the matter, as a sentence without its end.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Full => "The disk with the database is full",
            Self::ReadOnly => "The disk with the database can't be written to",
            Self::Locked => "Another program holds the database",
            Self::Corrupt => "The database is damaged",
            Self::Disk => "The disk with the database failed",
        }
    }

    fn of(error: &rusqlite::Error) -> Option<Self> {
        let rusqlite::Error::SqliteFailure(failure, _) = error else { return None };
        Some(match failure.code {
            ErrorCode::DiskFull => Self::Full,
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed => Self::Locked,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt,
            // A full disk shows itself here, too, where a file beside the database is to grow.
            ErrorCode::SystemIoFailure if failure.extended_code == SHM_SIZE => Self::Full,
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Self::Disk,
            _ => return None,
        })
    }
}

/// Less than this and the disk counts as full. Bytes.
const LEAST_ROOM: u64 = 1024 * 1024;

/// Refuses a disk that has no room left.
pub(super) fn room(folder: &Path) -> Result<(), StoreError> {
    let disk = rustix::fs::statvfs(folder).map_err(std::io::Error::from)?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < LEAST_ROOM {
        return Err(StoreError::Troubled(Trouble::Full));
    }
    Ok(())
}

/// The shared memory file couldn't be made larger.
const SHM_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

impl StoreError {
    /// What keeps the database from its work, where that is what failed.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Troubled(trouble) => Some(*trouble),
            Self::Database(error) => Trouble::of(error),
            Self::Migration(rusqlite_migration::Error::RusqliteError { err, .. }) => {
                Trouble::of(err)
            }
            Self::File(error) => match error.kind() {
                std::io::ErrorKind::StorageFull => Some(Trouble::Full),
                std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                    Some(Trouble::ReadOnly)
                }
                _ => None,
            },
            _ => None,
        }
    }
}
