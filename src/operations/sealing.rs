//! Encryption of a backup with a passphrase: Argon2id makes the key, XChaCha20-Poly1305 in the STREAM
//! construction seals piece after piece, so that none can be changed, left out, put elsewhere or cut
//! off at the end without being noticed.
//!
//! The file: [`MARK`], 16 bytes of salt, 19 bytes of nonce, then pieces of 64 KiB and a tag each; the
//! last is shorter.

use std::io::{self, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use argon2::Argon2;
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// How a sealed backup begins.
pub const MARK: &[u8] = b"tenantry-sealed-backup-1\n";

const SALT: usize = 16;
const NONCE: usize = 19;
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;

/// Seals what is written to it. [`Sealer::finish`] writes the end, without which it can't be opened.
pub struct Sealer<W> {
    out: W,
    stream: EncryptorBE32<XChaCha20Poly1305>,
    piece: Zeroizing<Vec<u8>>,
}

/// Opens what is read through it.
pub struct Opener<R> {
    from: R,
    /// `None` after the last piece.
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    sealed: Vec<u8>,
    plain: io::Cursor<Zeroizing<Vec<u8>>>,
}

impl<W: Write> Sealer<W> {
    pub fn new(mut out: W, passphrase: &SecretString) -> io::Result<Self> {
        let mut drawn = [0; SALT + NONCE];
        getrandom::fill(&mut drawn).map_err(|error| io::Error::other(error.to_string()))?;
        out.write_all(MARK)?;
        out.write_all(&drawn)?;
        let (salt, nonce) = drawn.split_at(SALT);
        let stream =
            EncryptorBE32::from_aead(cipher(passphrase, salt)?, nonce.try_into().map_err(odd)?);
        Ok(Self { out, stream, piece: Zeroizing::new(Vec::with_capacity(PIECE)) })
    }

    pub fn finish(self) -> io::Result<W> {
        let Self { mut out, stream, piece } = self;
        let sealed = stream.encrypt_last(piece.as_slice()).map_err(odd)?;
        out.write_all(&sealed)?;
        Ok(out)
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Only when more follows is a full piece not the last.
        if self.piece.len() == PIECE && !bytes.is_empty() {
            let sealed = self.stream.encrypt_next(self.piece.as_slice()).map_err(odd)?;
            self.out.write_all(&sealed)?;
            self.piece.clear();
        }
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A piece that isn't full is only sealed at the end.
        self.out.flush()
    }
}

impl<R: Read> Opener<R> {
    /// Reads on behind [`MARK`].
    pub fn new(mut from: R, passphrase: &SecretString) -> io::Result<Self> {
        let mut drawn = [0; SALT + NONCE];
        from.read_exact(&mut drawn)?;
        let (salt, nonce) = drawn.split_at(SALT);
        let stream =
            DecryptorBE32::from_aead(cipher(passphrase, salt)?, nonce.try_into().map_err(odd)?);
        let mut opener = Self {
            from,
            stream: Some(stream),
            sealed: Vec::with_capacity(PIECE + TAG + 1),
            plain: io::Cursor::new(Zeroizing::new(Vec::new())),
        };
        opener.fill()?;
        Ok(opener)
    }

    /// Reads ahead: a piece and a byte, by which it is known whether another follows.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = PIECE + TAG + 1 - self.sealed.len();
        (&mut self.from).take(wanted as u64).read_to_end(&mut self.sealed)?;
        Ok(())
    }

    fn next(&mut self) -> io::Result<()> {
        let damaged = |_| io::Error::new(io::ErrorKind::InvalidData, "a piece can't be opened");
        let Some(mut stream) = self.stream.take() else { return Ok(()) };
        let plain = if self.sealed.len() > PIECE + TAG {
            let plain = stream.decrypt_next(&self.sealed[..PIECE + TAG]).map_err(damaged)?;
            self.sealed.drain(..PIECE + TAG);
            self.stream = Some(stream);
            self.fill()?;
            plain
        } else {
            stream.decrypt_last(self.sealed.as_slice()).map_err(damaged)?
        };
        self.plain = io::Cursor::new(Zeroizing::new(plain));
        Ok(())
    }
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let plain = self.plain.get_ref().len() as u64;
        if self.plain.position() == plain {
            self.next()?;
        }
        let rest = self.plain.get_ref().get(usize::try_from(self.plain.position()).map_err(odd)?..);
        let mut rest = rest.unwrap_or_default();
        let read = rest.read(bytes)?;
        self.plain.set_position(self.plain.position() + read as u64);
        Ok(read)
    }
}

fn cipher(passphrase: &SecretString, salt: &[u8]) -> io::Result<XChaCha20Poly1305> {
    let mut key = Zeroizing::new([0; 32]);
    Argon2::default()
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, key.as_mut_slice())
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(XChaCha20Poly1305::new(&Key::from(*key)))
}

/// What the sizes above rule out.
fn odd<E>(_: E) -> io::Error {
    io::Error::other("a piece can't be sealed")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut sealer = Sealer::new(Vec::new(), &"words".to_owned().into()).unwrap();
        sealer.write_all(plain).unwrap();
        sealer.finish().unwrap()
    }

    fn opened(sealed: &[u8], passphrase: &str) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let rest = &sealed[MARK.len()..];
        Opener::new(rest, &passphrase.to_owned().into())?.read_to_end(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_comes_back_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7] {
            let plain: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let sealed = sealed(&plain);
            assert!(sealed.starts_with(MARK));
            assert_eq!(opened(&sealed, "words").unwrap(), plain, "{length}");
        }
    }

    #[test]
    fn what_was_changed_or_cut_off_does_not() {
        let sealed = sealed(&vec![7; 2 * PIECE + 5]);
        assert!(opened(&sealed, "other words").is_err());
        let pieces = MARK.len() + SALT + NONCE;
        for at in [MARK.len(), MARK.len() + SALT, pieces, pieces + PIECE + TAG, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(opened(&changed, "words").is_err(), "{at}");
        }
        for length in [sealed.len() - 1, pieces + 2 * (PIECE + TAG), pieces + PIECE + TAG, pieces] {
            assert!(opened(&sealed[..length], "words").is_err(), "{length}");
        }
    }
}
