//! Instances as files and back: export, the sheet to be filled in, bulk load.

mod elsewhere;
mod error_sheet;
mod export;
mod files;
mod fuzz;
mod hostile;
mod json_export;
mod load;
pub mod loading;
mod round_trip;
mod shaped;
mod sheets;
mod things;
