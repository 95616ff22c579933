//! What the program does from the command line, a file for what belongs together.

pub mod data;
pub mod serve;
