//! The console: [`App`] is the page's body on both sides of the wire, [`shell`] the document
//! around it, which only the server writes.
//!
//! - [`routes`]: what the URLs mean, and how they are built.
//! - [`drawn`]: the pages that the server draws; [`live`]: what they do in the browser.
//! - [`pages`]: the pages that the browser draws too: the forms. [`components`]: what they are made of.
//! - [`reading`]: how every page gets what it shows. [`html`]: how HTML is put in.
//! - [`navigation`]: what a page asks about where it is; focus and announcements.
//! - [`session`]: what happens when a log-in ends. [`theme`]: light, dark, density.
//! - [`browser`]: the only calls into the DOM.

mod app;
pub mod browser;
pub mod components;
#[cfg(feature = "ssr")]
pub mod drawn;
pub mod html;
pub mod live;
pub mod navigation;
pub mod pages;
pub mod reading;
pub mod routes;
pub mod session;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod theme;

pub use app::App;
#[cfg(feature = "ssr")]
pub use drawn::{Help, help, reference};
#[cfg(feature = "ssr")]
pub use shell::{Assets, document, shell};
