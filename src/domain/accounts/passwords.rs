//! Passwords: what is good enough to be one, and the hashes that are kept of them. Hashing is
//! costly on purpose, so only so much of it goes on at once.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use super::super::App;
use crate::fault::{Fault, FaultKind, FieldError};

/// Fewer characters than this are none.
pub const SHORTEST: usize = 12;
/// More than this are refused: nobody types them, and each costs work.
pub const LONGEST: usize = 256;

/// Where the errors of [`judge`] are.
const FIELD: &str = "/password";

/// How many passwords may wait to be hashed. Beyond it a log-in, or a call that sets one, is asked to
/// come again.
const WAITING: usize = 64;
/// When it is asked to. Seconds.
const COME_AGAIN: u64 = 2;

/// What is kept of a password, in PHC form. Making one has to be waited for: no write can.
#[derive(Clone)]
pub struct Hash(String);

impl Hash {
    /// That of no password: nobody logs in with it.
    pub fn none() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what others would guess. There is no rule of digits and signs: a password is long enough,
/// not one of those that many use, and not made from one of them or from the username.
pub fn judge(password: &str, username: &str) -> Result<(), FieldError> {
    judge_length(password)?;
    // It knows the passwords of leaked lists, and repetitions, rows of keys and disguises of them.
    if zxcvbn(password, &[username, "tenantry"]).score() < Score::Three {
        return Err(FieldError::new(
            FIELD,
            "common",
            "The password is easy to guess: it is a common one, or made from one, from a pattern or \
             from the username. Take several words that don't belong together, or let a password \
             manager make one.",
        ));
    }
    Ok(())
}

/// The part of [`judge`] that costs nothing.
pub fn judge_length(password: &str) -> Result<(), FieldError> {
    let refused = |code, message: String| Err(FieldError::new(FIELD, code, message));
    let length = password.chars().count();
    if length < SHORTEST {
        return refused(
            "too_short",
            format!("The password has {length} characters; at least {SHORTEST} are needed."),
        );
    }
    if length > LONGEST {
        return refused(
            "too_long",
            format!("The password has {length} characters; at most {LONGEST} are taken."),
        );
    }
    Ok(())
}

/// How many passwords are hashed at once: a flood of log-ins leaves a core to everything else.
pub struct Hashing {
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Hashing {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let places = cores.saturating_sub(1).max(1);
        Self {
            places: Arc::new(Semaphore::new(places)),
            queue: Arc::new(Semaphore::new(places + WAITING)),
        }
    }
}

impl Hashing {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let queued = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| {
            Fault::new(
                FaultKind::TooMany,
                "busy",
                "Many are logging in or setting passwords at this moment; try again in some seconds.",
            )
            .retry_after(COME_AGAIN)
        })?;
        let work = move || {
            let done = work();
            drop(queued);
            done
        };
        self.in_turn(work).await
    }

    /// [`Self::run`] for what was let in already and may wait behind whatever waits.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let place =
            Arc::clone(&self.places).acquire_owned().await.map_err(|_| Fault::internal())?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            // Kept until the work is done, also when nobody waits for it any more.
            drop(place);
            done
        })
        .await
        .map_err(|error| {
            tracing::error!(%error, "hashing a password");
            Fault::internal()
        })
    }
}

/// Hashes a password for the store; refuses it where too many wait.
pub async fn hash(app: &App, password: String) -> Result<Hash, Fault> {
    let salt = app.env.bytes::<16>();
    app.logins.hashing.run(move || hashed(&salt, &password)).await?
}

/// The same for what a task gives users: it waits for its turn.
pub async fn hash_in_turn(app: &App, password: String) -> Result<Hash, Fault> {
    let salt = app.env.bytes::<16>();
    app.logins.hashing.in_turn(move || hashed(&salt, &password)).await?
}

fn hashed(salt: &[u8], password: &str) -> Result<Hash, Fault> {
    let hash = SaltString::encode_b64(salt).and_then(|salt| {
        Ok(Hash(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string()))
    });
    hash.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Fault::internal()
    })
}

/// Whether the password is that of the hash. Without a hash the answer is no, after the same work:
/// the time of an answer doesn't tell which names exist.
pub async fn verify(app: &App, stored: Option<String>, password: &str) -> Result<bool, Fault> {
    let password = password.to_owned();
    let work = move || {
        let Some(stored) = stored else {
            let wasted = hashed(b"no such account.", &password);
            tracing::debug!(worked = wasted.is_ok(), "log-in with an unknown name");
            return false;
        };
        PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    app.logins.hashing.run(work).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str, username: &str) -> String {
        judge(password, username).map_or_else(|error| error.code, |()| "taken".to_owned())
    }

    #[test]
    fn long_and_uncommon_passwords_are_taken_whatever_they_are_made_of() {
        for good in [
            "correct horse battery staple",
            "correct-horse-battery",
            "gnu umbrella tractor",
            "вечерний трамвай номер семь",
            "v9Qr-ztLm-2Kpx",
        ] {
            assert_eq!(code(good, "admin"), "taken", "{good}");
        }
    }

    #[test]
    fn short_long_and_common_ones_are_refused() {
        assert_eq!(code("v9Qr-ztLm-2", "admin"), "too_short");
        assert_eq!(code(&"correct horse ".repeat(20), "admin"), "too_long");
        // Characters are counted, not bytes.
        assert_eq!(code("вечерн", "admin"), "too_short");
        for common in [
            "passwordpassword",
            "password1234",
            "P@ssw0rd1234",
            "123456789012",
            "qwertyuiop123",
            "aaaaaaaaaaaaaaaa",
            "administrator",
            "abcabcabcabc",
            "tenantrytenantry",
        ] {
            assert_eq!(code(common, "admin"), "common", "{common}");
        }
    }

    #[test]
    fn the_username_makes_no_password() {
        for made in ["rosalind.okafor", "rosalind.okafor1", "ROSALIND.OKAFOR", "rofako.dnilasor"] {
            assert_eq!(code(made, "rosalind.okafor"), "common", "{made}");
        }
        assert_eq!(code("rosalind likes long trams", "rosalind.okafor"), "taken");
    }
}
