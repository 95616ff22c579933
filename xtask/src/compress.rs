//! Brotli and gzip copies beside a file, made once, so that the server only has to send them.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::site;

/// Formats that aren't compressed already.
const EXTENSIONS: [&str; 10] =
    ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

pub fn is_compressible(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension == *known)
}

/// The names of the copies: `x.js.br` and `x.js.gz`.
pub fn copies(path: &Path) -> [PathBuf; 2] {
    ["br", "gz"].map(|extension| path.with_added_extension(extension))
}

/// Writes both copies of a file with this content.
pub fn write_copies(path: &Path, content: &[u8]) -> Result<()> {
    let [brotli, gzip] = copies(path);
    site::replace(&brotli, &to_brotli(content)?)?;
    site::replace(&gzip, &to_gzip(content)?)
}

fn to_brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    writer.write_all(content)?;
    Ok(writer.into_inner())
}

fn to_gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(content)?;
    Ok(writer.finish()?)
}
