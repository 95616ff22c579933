//! The form of a backup: a zip with `manifest.json` and the files of the data folder; with a
//! passphrase all of it sealed ([`super::sealing`]).

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    OperationError,
    sealing::{MARK, Opener, Sealer},
};

const MANIFEST: &str = "manifest.json";
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of this form of backups.
    pub format: u32,
    /// Of the program that made it.
    pub program: String,
    /// RFC 3339.
    pub made: String,
    /// Of the tables.
    pub schema: u32,
    pub files: Vec<Entry>,
}

/// A file in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

impl Manifest {
    pub fn new(made: String, schema: u32, files: Vec<Entry>) -> Self {
        Self { format: FORMAT, program: env!("CARGO_PKG_VERSION").to_owned(), made, schema, files }
    }
}

impl Entry {
    /// Of a file that stands in `folder`.
    pub fn of(folder: &Path, name: &str) -> Result<Self, OperationError> {
        let path = folder.join(name);
        let file = File::open(&path).map_err(OperationError::at(&path))?;
        let mut hashing = Hashing::new(io::sink());
        let bytes =
            io::copy(&mut BufReader::new(file), &mut hashing).map_err(OperationError::at(&path))?;
        Ok(Self { name: name.to_owned(), bytes, sha256: hashing.sum() })
    }
}

/// Writes a backup of the files that stand in `folder`.
pub fn write(
    to: &mut File,
    folder: &Path,
    manifest: &Manifest,
    passphrase: Option<&SecretString>,
) -> io::Result<()> {
    let out = BufWriter::new(to);
    match passphrase {
        None => pack(out, folder, manifest)?.flush(),
        Some(passphrase) => {
            pack(Sealer::new(out, passphrase)?, folder, manifest)?.finish()?.flush()
        }
    }
}

fn pack<W: Write>(out: W, folder: &Path, manifest: &Manifest) -> io::Result<W> {
    let mut zip = ZipWriter::new_stream(out);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(0o600)
        .large_file(true);
    zip.start_file(MANIFEST, options)?;
    serde_json::to_writer_pretty(&mut zip, manifest)?;
    for entry in &manifest.files {
        zip.start_file(entry.name.as_str(), options)?;
        let mut file = BufReader::new(File::open(folder.join(&entry.name))?);
        io::copy(&mut file, &mut zip)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// A backup that was opened.
pub struct Opened {
    zip: ZipArchive<File>,
    pub manifest: Manifest,
}

impl Opened {
    /// Opens a backup, in `folder` where it has to be unsealed first.
    pub fn open(
        path: &Path,
        folder: &Path,
        passphrase: Option<&SecretString>,
    ) -> Result<Self, OperationError> {
        let at = || OperationError::at(path);
        let mut file = File::open(path).map_err(at())?;
        let mut begin = Vec::new();
        (&mut file).take(MARK.len() as u64).read_to_end(&mut begin).map_err(at())?;
        let plain = match (begin == MARK, passphrase) {
            (false, _) => {
                file.seek(SeekFrom::Start(0)).map_err(at())?;
                file
            }
            (true, None) => {
                return Err(OperationError::refused(
                    "The backup is encrypted; name the file with its passphrase in \
                     --passphrase-file.",
                ));
            }
            (true, Some(passphrase)) => unseal(file, folder, passphrase)?,
        };
        let broken = |_| {
            OperationError::refused(format!(
                "{} isn't a backup of this program, or is damaged.",
                path.display()
            ))
        };
        let mut zip = ZipArchive::new(plain).map_err(broken)?;
        let text = {
            let entry = zip.by_name(MANIFEST).map_err(broken)?;
            let mut text = String::new();
            // It is a few hundred bytes.
            entry.take(64 * 1024).read_to_string(&mut text).map_err(at())?;
            text
        };
        let manifest: Manifest = serde_json::from_str(&text).map_err(|_| {
            OperationError::refused(format!("{} has no readable manifest.", path.display()))
        })?;
        if manifest.format != FORMAT {
            return Err(OperationError::refused(format!(
                "The backup has the form {}, and this program reads {FORMAT}; it was made by \
                 version {}.",
                manifest.format, manifest.program
            )));
        }
        Ok(Self { zip, manifest })
    }

    /// Writes a file of it into `folder`, and holds it against the manifest.
    pub fn unpack(&mut self, name: &str, folder: &Path) -> Result<(), OperationError> {
        let damaged = || {
            OperationError::refused(format!(
                "{name} in the backup isn't what its manifest says: the backup is damaged."
            ))
        };
        let told =
            self.manifest.files.iter().find(|entry| entry.name == name).ok_or_else(damaged)?;
        let entry = self.zip.by_name(name).map_err(|_| damaged())?;
        let path = folder.join(name);
        let at = || OperationError::at(&path);
        let mut file = private(&path).map_err(at())?;
        let mut hashing = Hashing::new(BufWriter::new(&mut file));
        let bytes = io::copy(&mut entry.take(told.bytes.saturating_add(1)), &mut hashing)
            .map_err(|_| damaged())?;
        hashing.flush().map_err(at())?;
        if bytes != told.bytes || hashing.sum() != told.sha256 {
            return Err(damaged());
        }
        file.sync_all().map_err(at())
    }
}

fn unseal(file: File, folder: &Path, passphrase: &SecretString) -> Result<File, OperationError> {
    let wrong = |_| {
        OperationError::refused(
            "The backup can't be opened with this passphrase, or it is damaged.",
        )
    };
    let mut opener = Opener::new(BufReader::new(file), passphrase).map_err(wrong)?;
    // It has no name, and goes with the program.
    let mut plain = tempfile::tempfile_in(folder).map_err(OperationError::at(folder))?;
    let mut out = BufWriter::new(&mut plain);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = opener.read(&mut piece).map_err(wrong)?;
        if read == 0 {
            break;
        }
        out.write_all(&piece[..read]).map_err(OperationError::at(folder))?;
    }
    out.flush().map_err(OperationError::at(folder))?;
    drop(out);
    plain.seek(SeekFrom::Start(0)).map_err(OperationError::at(folder))?;
    Ok(plain)
}

/// A new file that its owner alone reads.
pub fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Passes on what is written, and sums it up.
struct Hashing<W> {
    out: W,
    digest: Sha256,
}

impl<W> Hashing<W> {
    fn new(out: W) -> Self {
        Self { out, digest: Sha256::new() }
    }

    fn sum(self) -> String {
        use std::fmt::Write;
        self.digest.finalize().iter().fold(String::new(), |mut text, byte| {
            // Writing to a String can't fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
