//! A new key for the secrets of a data folder.

use std::path::Path;

use super::OperationError;
use crate::store::rotation::{self, Rotated};

/// Gives a data folder a new key and seals every secret anew, also while a server runs over it; or
/// finishes what was cut off. `said` is called with how many secrets were sealed until then.
pub fn rotate_key(data_dir: &Path, said: impl FnMut(u64)) -> Result<Rotated, OperationError> {
    Ok(rotation::rotate(data_dir, said)?)
}
