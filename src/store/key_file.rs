//! The file of the keys that secrets are sealed with: a key in base64 on each line, the newest first.
//! There is more than one only while a rotation is under way, or was cut off.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::StoreError;

pub const KEY_FILE: &str = "tenantry.key";
const KEY_BYTES: usize = 32;

/// What keys are told apart by. It follows from the key and says nothing of it.
pub type KeyId = [u8; 8];

/// A key that values are sealed with.
#[derive(Clone)]
pub struct SealingKey {
    pub id: KeyId,
    pub cipher: Arc<XChaCha20Poly1305>,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl SealingKey {
    pub fn made_up() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(bytes.as_mut()).map_err(|e| StoreError::Encryption(e.to_string()))?;
        Ok(Self::of(bytes))
    }

    fn of(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        let sum = Sha256::new().chain_update("tenantry key id").chain_update(*bytes).finalize();
        let mut id = KeyId::default();
        for (to, from) in id.iter_mut().zip(sum) {
            *to = from;
        }
        Self { id, cipher: Arc::new(XChaCha20Poly1305::new(&Key::from(*bytes))), bytes }
    }
}

pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join(KEY_FILE)
}

/// The keys of a file, at least one.
pub fn read(path: &Path) -> Result<Vec<SealingKey>, StoreError> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.read_to_string(&mut text)?;
    let malformed = || {
        StoreError::Encryption(format!(
            "{} doesn't hold keys of {KEY_BYTES} bytes in base64, one a line; restore it from a backup",
            path.display()
        ))
    };
    let mut keys = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let decoded = Zeroizing::new(STANDARD.decode(line).map_err(|_| malformed())?);
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        if decoded.len() != KEY_BYTES {
            return Err(malformed());
        }
        bytes.copy_from_slice(&decoded);
        keys.push(SealingKey::of(bytes));
    }
    if keys.is_empty() { Err(malformed()) } else { Ok(keys) }
}

/// Makes the file with its first key, where there is none.
pub fn make(path: &Path) -> Result<SealingKey, StoreError> {
    let key = SealingKey::made_up()?;
    let mut file = private(OpenOptions::new().create_new(true)).open(path)?;
    write_keys(&mut file, std::slice::from_ref(&key))?;
    Ok(key)
}

/// Puts other keys in the place of those in the file: all of them or, when it is cut off, none.
pub fn replace(path: &Path, keys: &[SealingKey]) -> Result<(), StoreError> {
    let new = path.with_extension("key.new");
    // Of a rotation that was cut off here: nothing was sealed with what it holds.
    match std::fs::remove_file(&new) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let mut file = private(OpenOptions::new().create_new(true)).open(&new)?;
    write_keys(&mut file, keys)?;
    std::fs::rename(&new, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Its owner's alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.write(true)
}

fn write_keys(file: &mut File, keys: &[SealingKey]) -> Result<(), StoreError> {
    for key in keys {
        file.write_all(Zeroizing::new(STANDARD.encode(key.bytes.as_slice())).as_bytes())?;
        file.write_all(b"\n")?;
    }
    // A key that is lost with the power would make secrets unreadable.
    Ok(file.sync_all()?)
}
