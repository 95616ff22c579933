//! Webex from outside: its token endpoint and the calls that read an organisation. Knows HTTP and
//! Webex's shapes; what is done with them is the domain's (`domain/webex`).

pub mod client;
pub mod error;
mod link;
pub mod oauth;
pub mod pages;
mod proxies;
mod retry;
pub mod shapes;
pub mod simulator;

pub use client::Webex;
pub use error::{ErrorKind, WebexError};
pub use proxies::Proxies;

/// Scopes that the calls here need, as they are asked for.
pub const SCOPES: [&str; 5] = [
    "spark:people_read",
    "spark-admin:people_read",
    "spark-admin:roles_read",
    "spark-admin:licenses_read",
    "spark-admin:organizations_read",
];
