//! A backup: database and key in one file, taken while a server may be running.

use std::{
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use secrecy::SecretString;

use super::{
    OperationError,
    archive::{self, Entry, Manifest, private},
};
use crate::{
    domain::env::Env,
    store::{
        backup::{DATABASE, KEY, copy_database},
        rotation::KeyHold,
    },
};

/// Writes a backup of a data folder to `file`, which mustn't exist. With a passphrase it is
/// encrypted; without one whoever can read it can read every secret in it.
pub fn backup(
    data_dir: &Path,
    file: &Path,
    passphrase: Option<&SecretString>,
    env: &Env,
) -> Result<Manifest, OperationError> {
    for name in [DATABASE, KEY] {
        let path = data_dir.join(name);
        fs::metadata(&path).map_err(OperationError::at(&path))?;
    }
    if file.exists() {
        return Err(OperationError::refused(format!(
            "{} exists already; nothing is overwritten.",
            file.display()
        )));
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Beside the backup: there is room for it, or the backup has none either.
    let work = tempfile::tempdir_in(folder).map_err(OperationError::at(folder))?;
    // A key that is changed meanwhile would go with another state of the database.
    let hold = KeyHold::shared(data_dir)?;
    let schema = copy_database(data_dir, &work.path().join(DATABASE))?;
    let key = work.path().join(KEY);
    fs::copy(data_dir.join(KEY), &key).map_err(OperationError::at(&key))?;
    drop(hold);
    let files = vec![Entry::of(work.path(), KEY)?, Entry::of(work.path(), DATABASE)?];
    let manifest = Manifest::new(env.now_text(), schema, files);

    let unfinished = work.path().join("backup");
    let at = || OperationError::at(file);
    let mut out = private(&unfinished).map_err(at())?;
    archive::write(&mut out, work.path(), &manifest, passphrase).map_err(at())?;
    out.sync_all().map_err(at())?;
    // It has its name once it is whole. A link doesn't replace what has come there meanwhile.
    if let Err(error) = fs::hard_link(&unfinished, file) {
        if error.kind() == ErrorKind::AlreadyExists {
            return Err(at()(error));
        }
        // Some file systems have no links.
        let mut named = private(file).map_err(at())?;
        let copied = fs::File::open(&unfinished)
            .and_then(|mut whole| io::copy(&mut whole, &mut named))
            .and_then(|_| named.sync_all());
        if let Err(error) = copied {
            // What is there is no backup; that it can't be taken away again is the smaller trouble.
            let _ = fs::remove_file(file);
            return Err(at()(error));
        }
    }
    if let Ok(folder) = fs::File::open(folder) {
        folder.sync_all().map_err(at())?;
    }
    Ok(manifest)
}
