//! Which process works on a data folder: the program that serves it, or a load from the command line.
//! Two would take up each other's tasks, and one's long write would refuse the other's.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use super::OperationError;

/// The file that is locked. There is nothing in it, and it stays.
const FILE: &str = "tenantry.lock";

/// Held as long as the process works on the folder; the system lets it go with the process.
pub struct Hold {
    _file: Option<File>,
}

impl Hold {
    /// Takes the folder, or tells that another process has it.
    pub fn take(data_dir: &Path) -> Result<Self, OperationError> {
        // A folder that isn't there, or in which nothing can be made, is told of by what opens the
        // database.
        let Ok(file) = File::create(data_dir.join(FILE)) else { return Ok(Self { _file: None }) };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(OperationError::refused(format!(
                "Another Tenantry process works on {}: one that serves it, or that loads a file into \
                 it. Wait for it, or end it.",
                data_dir.display()
            ))),
            // A file system without locks is no reason not to serve.
            Err(TryLockError::Error(_)) => Ok(Self { _file: None }),
            Ok(()) => Ok(Self { _file: Some(file) }),
        }
    }
}
