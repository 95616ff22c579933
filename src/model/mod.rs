//! The model language: what a model file says, and what an instance of it may look like.
//! One code for the server and the browser, so that a field says at once what the server would.
//!
//! - [`definition`]: the types of a model that has been read.
//! - [`load`]: reading a model file, strictly; [`mod@validate`]: judging an instance.
//! - [`formats`]: the checks of named string forms; [`form`]: instances as HTML form fields.
//! - [`pointer`]: JSON Pointers, by which errors and form fields name a value.

pub mod definition;
pub mod form;
pub mod formats;
pub mod load;
pub mod pattern;
pub mod pointer;
pub mod validate;

mod json;
mod members;
mod schema;

pub use definition::*;
pub use load::{LoadError, load_all, parse};
pub use validate::{MASK, validate, validate_property};
