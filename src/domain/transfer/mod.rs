//! Instances as files, and files as instances: export, the sheet to be filled in, and bulk load.
//!
//! - [`columns`]: a model as the columns of a table.
//! - [`export`]: which instances, as which file; [`json`], [`sheet`] and [`csv`] write it.
//! - [`template`]: the sheet to be filled in.

mod chosen;
pub mod columns;
pub mod csv;
pub mod export;
pub mod file;
pub mod json;
pub mod load;
pub mod read;
pub mod rows;
pub mod sheet;
pub mod template;
