//! From the compiled library to what a browser loads: WebAssembly and its JavaScript glue.
//!
//! Does what the tool `wasm-bindgen` does, with the library that the tool is made of: installing
//! the tool takes minutes, and it could be of another version than the library in Cargo.lock.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

pub struct Bundle {
    pub js: String,
    pub wasm: Vec<u8>,
    /// JavaScript that crates bring along and the glue imports: path below `snippets/`, and text.
    pub snippets: Vec<(String, String)>,
}

pub fn generate(library: &Path) -> Result<Bundle> {
    let mut output = Bindgen::new()
        .input_path(library)
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                // The page names the file, with its hash.
                .omit_default_module_path(true)
                // Names of functions are half of the bytes and of use only in a debugger.
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate_output()
        })
        .with_context(|| format!("no glue for {}", library.display()))?;

    let js = output.js().to_owned();
    let inline = output.snippets().iter().flat_map(|(krate, texts)| {
        let texts = texts.iter().enumerate();
        texts.map(move |(number, text)| (format!("{krate}/inline{number}.js"), text.clone()))
    });
    let modules = output.local_modules().iter();
    let modules = modules.map(|(path, text)| (path.clone(), text.clone()));
    let mut snippets: Vec<_> = inline
        .chain(modules)
        .filter(|(path, _)| js.contains(&format!("./snippets/{path}")))
        .collect();
    snippets.sort();

    Ok(Bundle { js, snippets, wasm: output.wasm_mut().emit_wasm() })
}
