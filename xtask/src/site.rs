//! The folder that the server sends files from: hashed files in `pkg/`, `public/` at its root.
//!
//! Each file appears by renaming, the list of them last, and the files of the build before stay
//! for one more build: a server that runs meanwhile never answers with half a file or with none.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::assets::Assets;
use crate::bundle::{self, Bundle};
use crate::{compress, css, layout};

const STYLE: &str = "style/tenantry.css";

/// Makes the site of this library, the stylesheet and `public/`. What is there already stays.
pub fn write(library: &Path) -> Result<()> {
    let site = layout::site();
    let before = Assets::read().ok();
    let wasm = fs::read(library).with_context(|| library.display().to_string())?;
    let style = fs::read_to_string(layout::root().join(STYLE)).context(STYLE)?;

    let css = add("css", css::minify(&style).as_bytes())?;
    let (js, wasm) = match unchanged(&wasm, before.as_ref()) {
        Some(same) => same,
        None => browser_files(library, &wasm)?,
    };
    copy_public(&layout::root().join("public"), &site)?;

    let assets = Assets { js, wasm, css };
    assets.write()?;
    remove_old(&site.join("pkg"), &[Some(&assets), before.as_ref()])?;
    for path in assets.paths() {
        println!("    {path}");
    }
    Ok(())
}

/// Says which library the present files were made of. In a file beside the site, not in it.
fn stamp() -> PathBuf {
    layout::browser_target().join("site.stamp")
}

/// The glue and the WebAssembly of the last build, if they are of this very library.
fn unchanged(library: &[u8], before: Option<&Assets>) -> Option<(String, String)> {
    let before = before?;
    let same = fs::read_to_string(stamp()).is_ok_and(|stamp| stamp == hash(library));
    let there =
        [&before.js, &before.wasm].iter().all(|path| is_complete(&layout::site().join(path)));
    (same && there).then(|| (before.js.clone(), before.wasm.clone()))
}

fn browser_files(library: &Path, content: &[u8]) -> Result<(String, String)> {
    let Bundle { js, wasm, snippets } = bundle::generate(library)?;
    let js = add_snippets(js, &snippets)?;
    let names = (add("js", js.as_bytes())?, add("wasm", &wasm)?);
    replace(&stamp(), hash(content).as_bytes())?;
    Ok(names)
}

/// Snippets keep their names, as they may import one another, in a folder that has the hash.
fn add_snippets(js: String, snippets: &[(String, String)]) -> Result<String> {
    if snippets.is_empty() {
        return Ok(js);
    }
    let all: Vec<&str> = snippets.iter().flat_map(|(path, text)| [path.as_str(), text]).collect();
    let folder = format!("snippets.{}", hash(all.join("\n").as_bytes()));
    for (path, text) in snippets {
        let path = layout::site().join("pkg").join(&folder).join(path);
        replace(&path, text.as_bytes())?;
        compress::write_copies(&path, text.as_bytes())?;
    }
    Ok(js.replace("./snippets/", &format!("./{folder}/")))
}

/// Adds a file under the hash of its content, with its compressed copies; tells its path.
fn add(extension: &str, content: &[u8]) -> Result<String> {
    let name = format!("pkg/tenantry.{}.{extension}", hash(content));
    let path = layout::site().join(&name);
    // Same name, same content.
    if !is_complete(&path) {
        replace(&path, content)?;
        compress::write_copies(&path, content)?;
    }
    Ok(name)
}

fn is_complete(path: &Path) -> bool {
    path.is_file() && compress::copies(path).iter().all(|copy| copy.is_file())
}

fn copy_public(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in from.read_dir()? {
        let from = entry?.path();
        let Some(name) = from.file_name() else {
            continue;
        };
        let to = to.join(name);
        if from.is_dir() {
            copy_public(&from, &to)?;
            continue;
        }
        let content = fs::read(&from).with_context(|| from.display().to_string())?;
        let same = fs::read(&to).is_ok_and(|there| there == content);
        let compressible = compress::is_compressible(&to);
        if same && (!compressible || is_complete(&to)) {
            continue;
        }
        replace(&to, &content)?;
        if compressible {
            compress::write_copies(&to, &content)?;
        }
    }
    Ok(())
}

/// Removes what neither this build nor the one before it has made.
fn remove_old(folder: &Path, builds: &[Option<&Assets>]) -> Result<()> {
    let site = layout::site();
    let mut keep = HashSet::new();
    let mut glue = String::new();
    for build in builds.iter().flatten() {
        for path in build.paths() {
            let path = site.join(path);
            keep.extend(compress::copies(&path));
            keep.insert(path);
        }
        glue.push_str(&fs::read_to_string(site.join(&build.js)).unwrap_or_default());
    }
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !glue.contains(&*name) {
                fs::remove_dir_all(&path)?;
            }
        } else if !keep.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Writes a file so that nobody ever reads half of it.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let write = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let unfinished = path.with_added_extension("new");
        fs::write(&unfinished, content)?;
        fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("{} can't be written", path.display()))
}

/// Enough of a SHA-256 to tell builds apart.
fn hash(content: &[u8]) -> String {
    let mut first = [0; 8];
    first.copy_from_slice(&Sha256::digest(content)[..8]);
    format!("{:016x}", u64::from_be_bytes(first))
}
