//! `assets.json`: the list of the hashed files that tells the server what to link to.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{layout, site};

const FILE: &str = "assets.json";

/// Paths below the site's root.
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

impl Assets {
    pub fn read() -> Result<Self> {
        let path = layout::site().join(FILE);
        let text = fs::read(&path)
            .with_context(|| format!("{} is missing: `cargo xtask build`", path.display()))?;
        let value: Value = serde_json::from_slice(&text).context(FILE)?;
        let member = |name: &str| {
            let path = value.get(name).and_then(Value::as_str);
            path.map(str::to_owned).with_context(|| format!("{FILE} has no {name}"))
        };
        Ok(Self { js: member("js")?, wasm: member("wasm")?, css: member("css")? })
    }

    pub fn write(&self) -> Result<()> {
        let value = json!({"js": self.js, "wasm": self.wasm, "css": self.css});
        site::replace(&layout::site().join(FILE), format!("{value}\n").as_bytes())
    }

    pub fn paths(&self) -> [&str; 3] {
        [&self.js, &self.wasm, &self.css]
    }
}
