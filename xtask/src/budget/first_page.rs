//! The bytes that the first page makes a browser load, held to their budget.

use std::fs;

use anyhow::{Context, Result, bail};

use super::limits::FIRST_PAGE;
use crate::assets::Assets;
use crate::{compress, layout};

/// One file of the bundle: path, bytes, bytes as brotli.
pub struct File {
    pub path: String,
    pub raw: u64,
    pub brotli: u64,
}

pub fn files() -> Result<Vec<File>> {
    let size = |path: &std::path::Path| {
        let metadata = fs::metadata(path).with_context(|| path.display().to_string())?;
        anyhow::Ok(metadata.len())
    };
    let assets = Assets::read()?;
    let files = assets.paths().into_iter().map(|path| {
        let full = layout::site().join(path);
        let [brotli, _] = compress::copies(&full);
        Ok(File { path: path.to_owned(), raw: size(&full)?, brotli: size(&brotli)? })
    });
    files.collect()
}

pub fn check() -> Result<String> {
    let mut total = 0;
    for File { path, raw, brotli } in files()? {
        println!("    {path}: {raw} B, {brotli} B as brotli");
        total += brotli;
    }
    println!("    total: {total} B as brotli, budget {FIRST_PAGE} B");
    if total > FIRST_PAGE {
        bail!(
            "the first page's files are {total} B as brotli, over the budget of {FIRST_PAGE} B: have the server \
             draw what the browser needn't"
        );
    }
    Ok(format!("{total} B, budget {FIRST_PAGE} B"))
}
