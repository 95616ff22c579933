//! What is in a zip, found out by unpacking it once into nothing: how much it is, and whether
//! there is something that a sheet of data has no need of. The sizes it declares aren't believed.

use std::io::{Cursor, Read};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{
    MOST_UNPACKED, refused,
    tags::{Tag, Tags, attribute},
    too_much,
};
use crate::fault::Fault;

/// Files of an archive.
const MOST_FILES: usize = 2_000;
/// A file that unpacks to more than this many times its packed size, and to much, is a bomb.
const MOST_RATIO: u64 = 300;
const MUCH: u64 = 4 * 1024 * 1024;
/// Bytes of a workbook's part that is neither a sheet nor the table of texts.
const MOST_OF_OTHERS: u64 = 8 * 1024 * 1024;
/// Texts and cell formats of a workbook: each costs memory when it is opened.
const MOST_TEXTS: u64 = 2_000_000;
const MOST_FORMATS: u64 = 70_000;

/// What an archive is.
pub enum Package {
    Workbook,
    /// A JSON export: the name of its file.
    Json(String),
}

/// Judges a zip, and says what it is.
pub fn inspect(bytes: &[u8]) -> Result<Package, Fault> {
    // Before the library makes a table of them.
    if count(bytes, b"PK\x01\x02") > MOST_FILES {
        return Err(too_much("The archive"));
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    let mut names = Vec::new();
    let mut unpacked = 0;
    for at in 0..zip.len() {
        let mut file = match zip.by_index(at) {
            Ok(file) => file,
            Err(ZipError::UnsupportedArchive(why)) if why.contains("assword") => {
                return Err(encrypted());
            }
            Err(_) => return Err(damaged()),
        };
        if file.encrypted() {
            return Err(encrypted());
        }
        let name = file.name().map_err(|_| damaged())?.into_owned();
        forbidden(&name)?;
        let packed = file.compressed_size();
        let part = Part::pass(&mut file, packed, &mut unpacked)?;
        part.judge(&name)?;
        names.push(name);
    }
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let files: Vec<&String> = names.iter().filter(|name| !name.ends_with('/')).collect();
    match files.as_slice() {
        _ if names.iter().any(|name| name.to_ascii_lowercase().starts_with("xl/")) => {
            Ok(Package::Workbook)
        }
        [only] if only.to_ascii_lowercase().ends_with(".json") => {
            Ok(Package::Json((*only).clone()))
        }
        _ if has("content.xml") && has("mimetype") => Err(refused(
            "unknown_format",
            "This is an OpenDocument file; save it as .xlsx or .csv.",
        )),
        _ => Err(refused(
            "unknown_format",
            "This zip is neither a workbook nor a JSON export with a single .json file.",
        )),
    }
}

fn count(bytes: &[u8], pattern: &[u8]) -> usize {
    bytes.windows(pattern.len()).filter(|window| *window == pattern).count()
}

/// Refuses parts by their name.
fn forbidden(name: &str) -> Result<(), Fault> {
    let name = name.to_ascii_lowercase();
    let within = |folder: &str| name.starts_with(folder);
    if name.contains("vbaproject") || within("xl/macrosheets/") || within("xl/activex/") {
        return Err(macros());
    }
    let outside = ["xl/externallinks/", "xl/embeddings/", "xl/querytables/"];
    if outside.into_iter().any(within) || name == "xl/connections.xml" {
        return Err(refused(
            "external_links",
            "This workbook is linked to other files or data. Break the links (Data > Edit Links), \
             or copy its values into a new one.",
        ));
    }
    Ok(())
}

/// What was seen of a part of a workbook.
#[derive(Default)]
struct Part {
    root: String,
    unpacked: u64,
    texts: u64,
    formats: u64,
    macros: bool,
    /// The cell of the first formula.
    formula: Option<String>,
}

impl Part {
    fn pass(
        file: &mut ZipFile<'_, Cursor<&[u8]>>,
        packed: u64,
        total: &mut u64,
    ) -> Result<Self, Fault> {
        let mut part = Self::default();
        let mut tags = Tags::default();
        let mut cell = String::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut buffer).map_err(|_| damaged())?;
            if read == 0 {
                return Ok(part);
            }
            part.unpacked += read as u64;
            *total += read as u64;
            let bomb = part.unpacked > MUCH && part.unpacked / MOST_RATIO > packed.max(1);
            if *total > MOST_UNPACKED || bomb {
                return Err(too_much("The archive"));
            }
            tags.pass(&buffer[..read], |tag| part.see(&tag, &mut cell));
        }
    }

    fn see(&mut self, tag: &Tag<'_>, cell: &mut String) {
        if let (Tag::Opening(name, _), true) = (tag, self.root.is_empty()) {
            (*name).clone_into(&mut self.root);
        }
        match (self.root.as_str(), tag) {
            ("worksheet", Tag::Opening("c", text)) => {
                cell.clear();
                cell.push_str(attribute(text, "r").unwrap_or("?"));
            }
            // One that closes itself is part of another.
            ("worksheet", Tag::Opening("f", text)) if text.ends_with('/') => self.has_formula(cell),
            // So LibreOffice writes what is true or false.
            ("worksheet", Tag::Closing("f", text)) if is_boolean(text) => {}
            ("worksheet", Tag::Closing("f", _)) => self.has_formula(cell),
            ("sst", Tag::Opening("si", _)) => self.texts += 1,
            ("styleSheet", Tag::Opening("xf", _)) => self.formats += 1,
            ("Types", Tag::Opening(_, text)) if text.contains("macroEnabled") => self.macros = true,
            _ => {}
        }
    }

    fn has_formula(&mut self, cell: &str) {
        self.formula.get_or_insert_with(|| cell.chars().take(12).collect());
    }

    fn judge(&self, name: &str) -> Result<(), Fault> {
        if self.macros {
            return Err(macros());
        }
        if let Some(cell) = &self.formula {
            return Err(refused(
                "formulas",
                format!(
                    "Cell {cell} holds a formula. Only values are loaded: copy the cells and \
                     insert them as values."
                ),
            ));
        }
        let large = ["worksheet", "sst"].contains(&self.root.as_str())
            || name.to_ascii_lowercase().ends_with(".json");
        if (!large && self.unpacked > MOST_OF_OTHERS)
            || self.texts > MOST_TEXTS
            || self.formats > MOST_FORMATS
        {
            return Err(too_much("The workbook"));
        }
        Ok(())
    }
}

fn is_boolean(formula: &str) -> bool {
    ["TRUE()", "FALSE()"].contains(&formula.trim())
}

fn macros() -> Fault {
    refused("macros", "This workbook holds macros. Save it as .xlsx without them.")
}

fn encrypted() -> Fault {
    refused("encrypted", "This archive is protected by a password; save it without one.")
}

fn damaged() -> Fault {
    refused("unreadable", "The file is damaged: it begins like a zip and can't be unpacked.")
}
