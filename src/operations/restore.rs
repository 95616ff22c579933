//! Restoring a backup into a data folder that has nothing in it.

use std::{fs, path::Path};

use secrecy::SecretString;

use super::{
    OperationError,
    archive::{Manifest, Opened},
    inspect,
};
use crate::store::{
    StoreError,
    backup::{DATABASE, KEY, SCHEMA_VERSION},
};

/// Restores `file` into `data_dir`, which is made where it is missing and must be empty. The files
/// are looked at before they get their names: what is damaged isn't restored.
pub fn restore(
    file: &Path,
    data_dir: &Path,
    passphrase: Option<&SecretString>,
) -> Result<Manifest, OperationError> {
    fs::create_dir_all(data_dir).map_err(OperationError::at(data_dir))?;
    let mut entries = fs::read_dir(data_dir).map_err(OperationError::at(data_dir))?;
    if entries.next().is_some() {
        return Err(OperationError::refused(format!(
            "{} isn't empty; restore into an empty folder.",
            data_dir.display()
        )));
    }
    let work = tempfile::tempdir_in(data_dir).map_err(OperationError::at(data_dir))?;
    let mut backup = Opened::open(file, work.path(), passphrase)?;
    let found = backup.manifest.schema;
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { found, known: SCHEMA_VERSION }.into());
    }
    for name in [KEY, DATABASE] {
        backup.unpack(name, work.path())?;
    }
    // An older one is brought up to date when it is served; the file is looked at all the same.
    let wrong = inspect(work.path(), None)?
        .into_iter()
        .filter(|finding| found == SCHEMA_VERSION || finding.what == "the file")
        .find_map(|finding| finding.problems.into_iter().next());
    if let Some(problem) = wrong {
        return Err(OperationError::refused(format!(
            "The backup's database is damaged: {problem}."
        )));
    }
    // Cut off in between, a database without its key is left, which no start takes for a new one.
    for name in [DATABASE, KEY] {
        let path = data_dir.join(name);
        fs::rename(work.path().join(name), &path).map_err(OperationError::at(&path))?;
    }
    if let Ok(folder) = fs::File::open(data_dir) {
        folder.sync_all().map_err(OperationError::at(data_dir))?;
    }
    Ok(backup.manifest)
}
