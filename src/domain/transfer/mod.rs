//! Instances as files, and files as instances: export, the sheet to be filled in, and bulk load.
//!
//! - [`columns`]: a model as the columns of a table; [`cell`]: what stands in them.
//! - [`export`]: which instances, as which file; [`json`], [`sheet`] and [`csv`] write it.
//! - [`template`]: the sheet to be filled in; [`read`]: a file as rows; [`upload`]: a file that
//!   comes to be loaded; [`load`]: what becomes of a row; [`errors`]: the rows that failed.
//! - [`offline`]: export and bulk load from the command line.

pub mod cell;
mod chosen;
pub mod columns;
pub mod csv;
pub mod errors;
pub mod export;
pub mod file;
pub mod json;
mod lengths;
pub mod load;
mod merge;
pub mod offline;
pub mod read;
pub mod rows;
pub mod sheet;
pub mod template;
pub mod upload;
