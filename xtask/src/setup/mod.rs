//! What a machine needs for the commands, each found if it is there and fetched if it isn't.

mod apt;
pub mod browser;
pub mod node;
pub mod tools;
pub mod wasm_target;
