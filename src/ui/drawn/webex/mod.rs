//! Webex customers: how each is connected, what was synced of it, and what became of an
//! authorisation that didn't succeed.

mod refused;

pub use refused::{CUSTOMER, OAUTH};

pub(super) use refused::page as refused_page;
