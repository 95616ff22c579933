//! A small disk of its own: a mount that only the programs started on it see. Linux lets anybody
//! make one in a namespace of their own, unless the machine forbids it.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The mount lives as long as this.
pub struct Disk {
    /// Holds the namespace.
    holder: Child,
    /// Where the disk is, for those inside.
    pub path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Disk {
    /// A disk of that many MiB; `None`, which is said, on a machine that lets nobody make one.
    pub fn of(mebibytes: u32) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let script = format!(
            "mount -t tmpfs -o size={mebibytes}m none '{}' && echo ready && exec cat",
            path.display()
        );
        let mut holder = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line != "ready\n" {
            let ended = holder.wait().unwrap();
            eprintln!("left out: this machine lets nobody mount a disk of their own ({ended})");
            return None;
        }
        Some(Self { holder, path, _folder: folder })
    }

    /// What starts `program` where the disk is.
    pub fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        let holder = self.holder.id().to_string();
        command.args(["-t", &holder, "-U", "-m", "--preserve-credentials", "--", program]);
        command
    }

    pub fn program(&self) -> Command {
        self.inside(env!("CARGO_BIN_EXE_tenantry"))
    }

    /// The disk as this process can reach it.
    pub fn reached(&self) -> PathBuf {
        Path::new("/proc")
            .join(self.holder.id().to_string())
            .join("root")
            .join(self.path.strip_prefix("/").unwrap())
    }

    /// `ro` or `rw`.
    pub fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        let status = self.inside("mount").args(["-o", &options]).arg(&self.path).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
