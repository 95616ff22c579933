//! The size of the release program.

use std::fs;

use anyhow::{Context, Result, bail};

use super::limits::PROGRAM;
use crate::layout::{self, Profile};

pub fn bytes(profile: Profile) -> Result<u64> {
    let path = layout::server(profile);
    let metadata = fs::metadata(&path).with_context(|| path.display().to_string())?;
    Ok(metadata.len())
}

pub fn check() -> Result<String> {
    let bytes = bytes(Profile::Release)?;
    println!("    the program's file: {bytes} B, budget {PROGRAM} B");
    if bytes > PROGRAM {
        bail!(
            "the program's file is {bytes} B, over the budget of {PROGRAM} B: look at what a new dependency \
             brings along, and at what is compiled once for each type"
        );
    }
    Ok(format!("{bytes} B, budget {PROGRAM} B"))
}
