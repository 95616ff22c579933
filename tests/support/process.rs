//! The real program as a process of its own, over a folder, on a port that the system chooses.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
};

pub const PASSWORD: &str = "correct horse battery staple";

pub struct Process {
    child: Child,
    /// Where it answers, without a trailing slash.
    pub url: String,
    said: Vec<JoinHandle<String>>,
}

impl Process {
    /// Starts it, with more in its environment, and waits until it says where it is.
    pub fn start(data_dir: &Path, log: &str, more: &[(&str, &str)]) -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        Self::launch(program, data_dir, log, more)
    }

    /// The same, where `program` is what leads to it: itself, or what starts it in another place.
    pub fn launch(mut program: Command, data_dir: &Path, log: &str, more: &[(&str, &str)]) -> Self {
        let mut child = program
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .env("TENANTRY_ADMIN_PASSWORD", PASSWORD)
            .env("TENANTRY_LOG", log)
            .envs(more.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let errors = collect(child.stderr.take().unwrap());
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut heading = String::new();
        let url = loop {
            let start = heading.len();
            let read = lines.read_line(&mut heading).unwrap();
            assert!(read > 0, "it ended: {heading}{}", errors.join().unwrap());
            if let Some(url) = heading[start..].trim_end().strip_prefix("Tenantry is at ") {
                break url.to_owned();
            }
        };
        let output = collect(std::io::Cursor::new(heading).chain(lines));
        Self { child, url, said: vec![errors, output] }
    }

    /// `kill -9`: nothing of it runs any more when this answers.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The system's number of it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as service managers do.
    pub fn ask_to_end(&self) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// How it ended, and all that it wrote on its way.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        let said = std::mem::take(&mut self.said);
        (status, said.into_iter().map(|part| part.join().unwrap()).collect())
    }
}

impl Drop for Process {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(mut source: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
