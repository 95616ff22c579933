//! Encryption of secret values: XChaCha20-Poly1305 with a key that stands in a file of its own
//! beside the database ([`super::key_file`]). Each sealed value names its key, and is bound to the
//! instance and the field it belongs to, so it can't be moved to another.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    XNonce,
    aead::{Aead, AeadInOut, Payload},
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{
    DATABASE_FILE, StoreError,
    key_file::{self, KEY_FILE, KeyId, SealingKey},
};

const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

/// First byte of a sealed value, which says what follows: nonce and ciphertext, by any key.
const WITHOUT_ID: u8 = 1;
/// The key's id, nonce and ciphertext.
const WITH_ID: u8 = 2;

/// The keys of a data folder. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    path: PathBuf,
    /// None is forgotten while the program runs: a view of the database may be older than the file.
    keys: Arc<RwLock<Vec<SealingKey>>>,
}

impl Vault {
    /// Reads the keys below `data_dir`, or makes one where there is none.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        match Self::existing(data_dir) {
            Err(StoreError::File(e)) if e.kind() == ErrorKind::NotFound => {
                if data_dir.join(DATABASE_FILE).exists() {
                    return Err(StoreError::Encryption(format!(
                        "there is a database and no {KEY_FILE}: with another key its secrets can't be \
                         read; put the key back, or restore a backup into an empty folder"
                    )));
                }
                let path = key_file::path(data_dir);
                let first = key_file::make(&path)?;
                Ok(Self { path, keys: Arc::new(RwLock::new(vec![first])) })
            }
            other => other,
        }
    }

    /// Reads the keys below `data_dir`.
    pub fn existing(data_dir: &Path) -> Result<Self, StoreError> {
        let path = key_file::path(data_dir);
        let keys = key_file::read(&path)?;
        Ok(Self { path, keys: Arc::new(RwLock::new(keys)) })
    }

    /// What the newest key is told by.
    pub fn newest(&self) -> Result<KeyId, StoreError> {
        let newest = self.known().first().map(|key| key.id);
        newest.ok_or_else(|| StoreError::Encryption(format!("{KEY_FILE} holds no key")))
    }

    /// How values begin that a key has sealed.
    pub fn beginning(key: KeyId) -> Vec<u8> {
        [&[WITH_ID], key.as_slice()].concat()
    }

    /// Encrypts the value of one field of one instance, with the key of that id.
    pub fn seal(
        &self,
        key: KeyId,
        pkid: &str,
        field: &str,
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|e| StoreError::Encryption(e.to_string()))?;
        let found = self.key(key)?.ok_or_else(|| {
            StoreError::Encryption(format!(
                "{KEY_FILE} lacks the key that the database is sealed with; is it another database's?"
            ))
        })?;
        // Where it stays: files and long lists are sealed, too.
        let mut sealed = Self::beginning(key);
        sealed.reserve_exact(NONCE_BYTES + value.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        let text = sealed.len();
        sealed.extend_from_slice(value);
        let aad = binding(pkid, field);
        let tag = found
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &aad, (&mut sealed[text..]).into())
            .map_err(|_| StoreError::Encryption("a value could not be sealed".to_owned()))?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    pub fn open_sealed(
        &self,
        pkid: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<SecretString, StoreError> {
        let plain = Zeroizing::new(self.open_sealed_bytes(pkid, field, sealed)?);
        let text = std::str::from_utf8(&plain).map_err(|_| unreadable(pkid, field))?;
        Ok(SecretString::from(text.to_owned()))
    }

    /// [`Self::open_sealed`] of what isn't text.
    pub fn open_sealed_bytes(
        &self,
        pkid: &str,
        field: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let unreadable = || unreadable(pkid, field);
        let (keys, rest) = match sealed.split_first() {
            Some((&WITHOUT_ID, rest)) => (self.known(), rest),
            Some((&WITH_ID, rest)) => {
                let (id, rest) = rest.split_first_chunk().ok_or_else(unreadable)?;
                (self.key(*id)?.into_iter().collect(), rest)
            }
            _ => return Err(unreadable()),
        };
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(unreadable)?;
        let aad = binding(pkid, field);
        keys.iter()
            .find_map(|key| {
                let payload = Payload { msg: ciphertext, aad: &aad };
                key.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
            })
            .ok_or_else(unreadable)
    }

    fn known(&self) -> Vec<SealingKey> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A key by its id. One that isn't known may have come into the file meanwhile.
    fn key(&self, id: KeyId) -> Result<Option<SealingKey>, StoreError> {
        let found = |keys: &[SealingKey]| keys.iter().find(|key| key.id == id).cloned();
        if let Some(key) = found(&self.known()) {
            return Ok(Some(key));
        }
        let in_file = key_file::read(&self.path)?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let new = in_file.into_iter().filter(|new| keys.iter().all(|old| old.id != new.id));
        let new: Vec<SealingKey> = new.collect();
        keys.splice(0..0, new);
        Ok(found(&keys))
    }
}

fn unreadable(pkid: &str, field: &str) -> StoreError {
    StoreError::Encryption(format!(
        "{field} of {pkid} can't be read with the key in {KEY_FILE}; is it another database's key?"
    ))
}

/// A NUL separates the two: neither a pkid nor a field can hold one.
fn binding(pkid: &str, field: &str) -> Vec<u8> {
    [pkid.as_bytes(), &[0], field.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let sealed = vault.seal(vault.newest().unwrap(), "a1", "/token", b"s3cret").unwrap();
        assert_eq!(vault.open_sealed("a1", "/token", &sealed).unwrap().expose_secret(), "s3cret");
        assert!(vault.open_sealed("a1", "/refresh_token", &sealed).is_err());
        assert!(vault.open_sealed("a2", "/token", &sealed).is_err());
        // The same key is found again.
        let again = Vault::open(dir.path()).unwrap();
        assert!(again.open_sealed("a1", "/token", &sealed).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Vault::open(dir.path()).unwrap();
        let mode = std::fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
