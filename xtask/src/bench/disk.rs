//! How often the machine can make a small write last: the bound of durable creates.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::server;

const TIME: Duration = Duration::from_secs(1);
const PAGE: [u8; 4096] = [0x5a; 4096];
/// Written over and over, as a database's log is: a file that grows would make each sync dearer.
const PAGES: u64 = 1024;

/// Writes of 4 KiB a second, each followed by `fdatasync`, beside the data of the measurements.
pub fn syncs_per_second() -> Result<f64> {
    let file = File::create(server::fresh_folder("disk")?.join("file"))?;
    let write = |page: u64| file.write_all_at(&PAGE, page * 4096);
    (0..PAGES).try_for_each(write)?;
    file.sync_all()?;

    let begin = Instant::now();
    let mut writes = 0_u32;
    while begin.elapsed() < TIME {
        write(u64::from(writes) % PAGES)?;
        file.sync_data()?;
        writes += 1;
    }
    Ok(f64::from(writes) / begin.elapsed().as_secs_f64())
}
