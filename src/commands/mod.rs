//! What the program does from the command line, a file for what belongs together.

pub mod data;
mod listening;
mod openid;
pub mod serve;
pub mod transfer;
pub mod user;
