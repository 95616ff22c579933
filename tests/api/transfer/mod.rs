//! Instances as files and back: export, the sheet to be filled in, bulk load.

mod export;
mod files;
mod json_export;
mod sheets;
mod things;
