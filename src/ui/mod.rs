//! The console: [`App`] is the page's body on both sides of the wire, [`shell`] the document
//! around it, which only the server writes.
//!
//! - [`routes`]: what the URLs mean, and how they are built.
//! - [`navigation`]: what a page asks about where it is; focus and announcements.
//! - [`session`]: what happens when a log-in ends. [`theme`]: light, dark, density.
//! - [`browser`]: the only calls into the DOM.
//! - [`reading`]: how every page gets what it shows.
//! - [`pages`]: a file for each page. [`components`]: what they are made of.

mod app;
pub mod browser;
pub mod components;
pub mod navigation;
pub mod pages;
pub mod reading;
pub mod routes;
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
pub mod theme;

pub use app::App;
#[cfg(feature = "ssr")]
pub use shell::{Assets, shell};
