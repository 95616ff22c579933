//! How often the machine can make a small write last: the bound of durable creates.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::server;

const TIME: Duration = Duration::from_secs(1);
const PAGE: [u8; 4096] = [0x5a; 4096];

/// Writes of 4 KiB a second, each followed by `fdatasync`, beside the data of the measurements.
pub fn syncs_per_second() -> Result<f64> {
    let path = server::fresh_folder("disk")?.join("file");
    let mut file = File::create(path)?;
    let begin = Instant::now();
    let mut writes = 0.0;
    while begin.elapsed() < TIME {
        file.write_all(&PAGE)?;
        file.sync_data()?;
        writes += 1.0;
    }
    Ok(writes / begin.elapsed().as_secs_f64())
}
