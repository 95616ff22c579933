//! From the compiled library to what a browser loads: WebAssembly and its JavaScript glue.
//!
//! Does what the tool `wasm-bindgen` does, with the library that the tool is made of: installing
//! the tool takes minutes, and it could be of another version than the library in Cargo.lock.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::names::Names;

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

    let wasm = output.wasm();
    let imports = wasm.imports.iter().map(|import| import.name.as_str());
    let exports = wasm.exports.iter().map(|export| export.name.as_str());
    let names = Names::of(imports.chain(exports));
    let js = names.replace_all(output.js());
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

    let wasm = output.wasm_mut();
    wasm.imports.iter_mut().for_each(|import| names.replace(&mut import.name));
    wasm.exports.iter_mut().for_each(|export| names.replace(&mut export.name));
    Ok(Bundle { js, snippets, wasm: wasm.emit_wasm() })
}
