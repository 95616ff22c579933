//! What an operator does with a data folder beside serving it: backups, restoring them, and looking
//! whether all is well.

mod archive;
mod backup;
mod hold;
mod restore;
mod rotate;
mod sealing;

pub use archive::Manifest;
pub use backup::backup;
pub use hold::Hold;
pub use restore::restore;
pub use rotate::rotate_key;

pub use crate::store::{
    Link as LogEntry,
    inspection::{Finding, inspect},
};

use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Why it couldn't be done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A sentence.
    #[error("{0}")]
    Refused(String),
}

impl OperationError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }

    fn refused(text: impl Into<String>) -> Self {
        Self::Refused(text.into())
    }
}
