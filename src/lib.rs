//! Tenantry: one console and API for provisioning unified-communications tenants.
//!
//! - [`model`]: the model language; what an instance may look like (server and browser).
//! - [`fault`]: the one error type (server and browser).
//! - [`domain`]: workflows; authorisation, validation, transaction record and write in one place.
//! - [`store`]: the only SQL.
//! - [`webex`]: the calls to Webex, and a simulator of it.
//! - [`api`]: the HTTP surfaces; [`server_fns`]: what the console calls; [`ui`]: the console.

#![recursion_limit = "256"]

// A server and a browser that differ in this don't understand each other's pages.
#[cfg(not(erase_components))]
compile_error!(
    "build with `--cfg erase_components`, as .cargo/config.toml does; a RUSTFLAGS variable in the \
     environment replaces those flags and has to repeat this one"
);

pub mod fault;
pub mod list_query;
pub mod model;
pub mod server_fns;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod domain;
#[cfg(feature = "ssr")]
pub mod operations;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod webex;

/// The browser's entry: takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::App);
}
