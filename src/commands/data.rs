//! The commands on a data folder that isn't being served, or is by another process.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use secrecy::SecretString;
use tenantry::{
    domain::env::Env,
    operations::{self, LogEntry},
};
use zeroize::Zeroizing;

#[derive(Args)]
pub struct Folder {
    /// Folder of the database and its key file.
    #[arg(long, env = "TENANTRY_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
}

#[derive(Args)]
pub struct Backup {
    /// The backup.
    file: PathBuf,
    #[command(flatten)]
    folder: Folder,
    /// File whose first line is the passphrase that the backup is encrypted with.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

impl Backup {
    /// Writes a backup.
    pub fn write(&self) -> anyhow::Result<()> {
        let passphrase = self.passphrase()?;
        let folder = &self.folder.data_dir;
        let made = operations::backup(folder, &self.file, passphrase.as_ref(), &Env::system())?;
        println!("{} holds {}.", self.file.display(), contents(&made));
        if passphrase.is_none() {
            println!("It isn't encrypted: whoever can read it has the key to its secrets.");
        }
        Ok(())
    }

    /// Restores one.
    pub fn restore(&self) -> anyhow::Result<()> {
        let passphrase = self.passphrase()?;
        let folder = &self.folder.data_dir;
        let made = operations::restore(&self.file, folder, passphrase.as_ref())?;
        println!("{} holds {} of {}.", folder.display(), contents(&made), made.made);
        Ok(())
    }

    /// The first line of its file.
    fn passphrase(&self) -> anyhow::Result<Option<SecretString>> {
        let Some(file) = &self.passphrase_file else { return Ok(None) };
        let text = Zeroizing::new(
            std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?,
        );
        match text.lines().next() {
            Some(line) if !line.is_empty() => Ok(Some(line.to_owned().into())),
            _ => anyhow::bail!("{} has no passphrase in its first line", file.display()),
        }
    }
}

fn contents(manifest: &operations::Manifest) -> String {
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    format!("database and key ({bytes} bytes, tables of version {})", manifest.schema)
}

#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    folder: Folder,
    /// An entry of the log that was its last before, as it was printed then (NUMBER:HASH): it must
    /// be there still.
    #[arg(long)]
    known_entry: Option<LogEntry>,
}

/// Tells what was looked at; what is wrong makes the program fail.
pub fn check(Check { folder, known_entry }: &Check) -> anyhow::Result<()> {
    let data_dir = &folder.data_dir;
    let findings = operations::inspect(data_dir, known_entry.as_ref())
        .with_context(|| format!("looking at the data in {}", data_dir.display()))?;
    let mut wrong = 0;
    for operations::Finding { what, notes, problems } in &findings {
        println!("{}  {what}", if problems.is_empty() { "well " } else { "WRONG" });
        for line in problems.iter().chain(notes) {
            println!("       {line}");
        }
        wrong += problems.len();
    }
    anyhow::ensure!(wrong == 0, "{wrong} things are wrong with the data in {}", data_dir.display());
    Ok(())
}

/// Secrets after which a line tells how far it has come.
const EACH: u64 = 100;

/// Gives the folder a new key.
pub fn rotate_key(Folder { data_dir }: &Folder) -> anyhow::Result<()> {
    let mut told = 0;
    let said = |values| {
        if values - told >= EACH {
            told = values;
            println!("{values} secrets were sealed with the new key so far.");
        }
    };
    let done = operations::rotate_key(data_dir, said)
        .with_context(|| format!("changing the key of the data in {}", data_dir.display()))?;
    if done.finished {
        println!("A change of the key that was cut off is finished.");
    }
    println!(
        "{} secrets were sealed with the new key, and the old one is gone. Backups from before hold \
         the old one; make a new backup.",
        done.values
    );
    Ok(())
}
