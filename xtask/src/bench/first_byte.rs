//! The time from a request to the first byte of its answer, each request by itself on a new
//! connection, as a browser's first one is.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::subject::{Page, median};

const REQUESTS: usize = 50;
const PATIENCE: Duration = Duration::from_secs(10);

/// The median, in milliseconds.
pub fn median_ms(base: &str, page: &Page) -> Result<f64> {
    let times: Result<Vec<f64>> = (0..REQUESTS).map(|_| once(base, page)).collect();
    Ok(median(&times?))
}

fn once(base: &str, page: &Page) -> Result<f64> {
    let host = base.strip_prefix("http://").context("no http address")?;
    let mut request =
        format!("GET {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", page.path);
    for (name, value) in &page.headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";

    let begin = Instant::now();
    let mut connection = TcpStream::connect(host)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_nodelay(true)?;
    connection.write_all(request.as_bytes())?;
    let mut start = [0; 12];
    connection.read_exact(&mut start[..1])?;
    let time = begin.elapsed().as_secs_f64() * 1000.0;

    connection.read_exact(&mut start[1..])?;
    if &start != b"HTTP/1.1 200" {
        bail!("{} answered {}", page.path, String::from_utf8_lossy(&start));
    }
    connection.read_to_end(&mut Vec::new())?;
    Ok(time)
}
