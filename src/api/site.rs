//! The console's files: WebAssembly, script, stylesheet and what is public. Read into memory at
//! start, with the compressed copies that the build has made beside them.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::ui::Assets;

/// Files whose names carry a hash of their content never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
const A_WHILE: &str = "public, max-age=3600";
const NOT_AT_ALL: &str = "no-cache";

/// The folder of the package, below which every name is hashed.
const PACKAGE: &str = "/pkg/";

struct File {
    kind: &'static str,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// The files by their URL path.
pub struct Site {
    folder: Option<PathBuf>,
    files: HashMap<String, File>,
    assets: Option<Assets>,
    /// Under `cargo leptos watch` the files change while we run.
    watching: bool,
}

/// What the build writes about the names it gave.
#[derive(Deserialize)]
struct Manifest {
    js: String,
    wasm: String,
    css: String,
}

impl Site {
    /// Finds and reads the site: the folder of `TENANTRY_SITE_DIR`, of cargo-leptos, or beside
    /// the program. Without one the API works and the console has neither style nor WebAssembly.
    pub fn load() -> std::io::Result<Self> {
        let watching = std::env::var_os("LEPTOS_WATCH").is_some();
        let folder = folders().into_iter().find(|folder| folder.is_dir());
        let mut files = HashMap::new();
        if let Some(folder) = &folder {
            read(folder, folder, &mut files)?;
        }
        let assets = match &folder {
            // The manifest tells of an earlier build when cargo-leptos has made this one.
            Some(folder) if !watching => manifest(&folder.join("assets.json"))?,
            _ => None,
        };
        Ok(Self { folder, files, assets, watching })
    }

    /// Where the files were found.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The URL paths that pages refer to.
    pub fn assets(&self) -> Assets {
        self.assets.clone().unwrap_or_else(|| Assets {
            js: "/pkg/tenantry.js".to_owned(),
            wasm: "/pkg/tenantry.wasm".to_owned(),
            css: "/pkg/tenantry.css".to_owned(),
        })
    }

    /// The file at a URL path, in the best form that the browser takes.
    pub fn file(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        if self.watching
            && let Some(folder) = &self.folder
        {
            let mut now = HashMap::new();
            read(folder, folder, &mut now).ok()?;
            return Some(answer(now.get(path)?, NOT_AT_ALL, headers));
        }
        let file = self.files.get(path)?;
        let hashed = path.starts_with(PACKAGE) && self.assets.is_some();
        Some(answer(file, if hashed { FOREVER } else { A_WHILE }, headers))
    }
}

fn answer(file: &File, caching: &'static str, headers: &HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').map(|part| part.split(';').collect::<Vec<_>>()).any(|part| {
            part.first().is_some_and(|n| n.trim() == name)
                && !part.iter().skip(1).any(|q| q.trim() == "q=0")
        })
    };
    let (encoding, bytes) = match (&file.brotli, &file.gzip) {
        (Some(brotli), _) if takes("br") => (Some("br"), brotli),
        (_, Some(gzip)) if takes("gzip") => (Some("gzip"), gzip),
        _ => (None, &file.plain),
    };
    let mut response = Body::from(bytes.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// Where the site may be, the likeliest first.
fn folders() -> Vec<PathBuf> {
    let named = ["TENANTRY_SITE_DIR", "LEPTOS_SITE_ROOT"];
    let mut folders: Vec<PathBuf> =
        named.iter().filter_map(std::env::var_os).map(PathBuf::from).collect();
    // Beside an installed program, or in the build's folder above it.
    if let Some(beside) = std::env::current_exe().ok().as_deref().and_then(Path::parent) {
        folders.push(beside.join("site"));
        folders.extend(beside.ancestors().skip(1).take(2).map(|above| above.join("site")));
    }
    folders
}

fn read(root: &Path, folder: &Path, files: &mut HashMap<String, File>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, files)?;
            continue;
        }
        let Some(kind) = kind(&path) else { continue };
        let Ok(relative) = path.strip_prefix(root) else { continue };
        let url = format!("/{}", relative.to_string_lossy().replace('\\', "/"));
        let copy = |suffix: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            std::fs::read(name).ok().map(Bytes::from)
        };
        let file = File {
            kind,
            plain: std::fs::read(&path)?.into(),
            brotli: copy(".br"),
            gzip: copy(".gz"),
        };
        files.insert(url, file);
    }
    Ok(())
}

/// The types that the site has. Other files, the compressed copies and the manifest among them,
/// are no pages of their own.
fn kind(path: &Path) -> Option<&'static str> {
    Some(match path.extension()?.to_str()? {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

fn manifest(path: &Path) -> std::io::Result<Option<Assets>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let Manifest { js, wasm, css } = serde_json::from_str(&text)?;
    Ok(Some(Assets { js: format!("/{js}"), wasm: format!("/{wasm}"), css: format!("/{css}") }))
}
