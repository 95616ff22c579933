//! Encryption of secret values: XChaCha20-Poly1305 with a key that stands in a file of its own
//! beside the database, readable by its owner alone. Each sealed value is bound to the instance
//! and the field it belongs to, so it can't be moved to another.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read, Write},
    path::Path,
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{DATABASE_FILE, StoreError};

pub const KEY_FILE: &str = "tenantry.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// First byte of every sealed value: the form of what follows.
const VERSION: u8 = 1;

#[derive(Clone)]
pub struct Vault {
    cipher: Arc<XChaCha20Poly1305>,
}

impl Vault {
    /// Reads the key below `data_dir`, or makes one where there is none.
    pub fn open(data_dir: &Path) -> Result<Self, StoreError> {
        let path = data_dir.join(KEY_FILE);
        let key = match read_key(&path) {
            Err(StoreError::File(e)) if e.kind() == ErrorKind::NotFound => {
                if data_dir.join(DATABASE_FILE).exists() {
                    return Err(StoreError::Encryption(format!(
                        "there is a database and no {KEY_FILE}: with another key its secrets can't be \
                         read; put the key back, or restore a backup into an empty folder"
                    )));
                }
                make_key(&path)?
            }
            other => other?,
        };
        Ok(Self { cipher: Arc::new(XChaCha20Poly1305::new(&Key::from(*key))) })
    }

    /// Reads the key below `data_dir`.
    pub fn existing(data_dir: &Path) -> Result<Self, StoreError> {
        let key = read_key(&data_dir.join(KEY_FILE))?;
        Ok(Self { cipher: Arc::new(XChaCha20Poly1305::new(&Key::from(*key))) })
    }

    /// Encrypts the value of one field of one instance: version, nonce, ciphertext.
    pub fn seal(&self, pkid: &str, field: &str, value: &str) -> Result<Vec<u8>, StoreError> {
        self.seal_bytes(pkid, field, value.as_bytes())
    }

    /// [`Self::seal`] of what isn't text.
    pub fn seal_bytes(&self, pkid: &str, field: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|e| StoreError::Encryption(e.to_string()))?;
        let payload = Payload { msg: value, aad: &binding(pkid, field) };
        let ciphertext = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Encryption("a value could not be sealed".to_owned()))?;
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
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
        let rest = sealed.strip_prefix(&[VERSION]).ok_or_else(unreadable)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(unreadable)?;
        let payload = Payload { msg: ciphertext, aad: &binding(pkid, field) };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| unreadable())
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

fn read_key(path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, StoreError> {
    let mut text = Zeroizing::new(String::new());
    OpenOptions::new().read(true).open(path)?.read_to_string(&mut text)?;
    let malformed = || {
        StoreError::Encryption(format!(
            "{} doesn't hold a key of {KEY_BYTES} bytes in base64; restore it from a backup",
            path.display()
        ))
    };
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| malformed())?);
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    if bytes.len() != KEY_BYTES {
        return Err(malformed());
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

fn make_key(path: &Path) -> Result<Zeroizing<[u8; KEY_BYTES]>, StoreError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(key.as_mut()).map_err(|e| StoreError::Encryption(e.to_string()))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(Zeroizing::new(STANDARD.encode(key.as_slice())).as_bytes())?;
    file.write_all(b"\n")?;
    // A key that is lost with the power would make every secret unreadable.
    file.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let sealed = vault.seal("a1", "/token", "s3cret").unwrap();
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
