//! What the console calls. Each is a thin face on a domain function: take the caller from the
//! request, call, hand back. Nothing is decided here.

mod changes;
#[cfg(feature = "ssr")]
pub mod context;
mod reads;
pub mod views;

pub use changes::{create_instance, update_instance};
pub use reads::{Answer, Ask, PageAt, ask};
