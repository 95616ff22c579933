//! The HTTP surfaces. `router` lists every route; [`routes`] is that list as data.

mod account;
mod account_posts;
mod auth;
mod body;
pub mod caller;
pub mod client;
pub mod fault;
mod health;
mod hrefs;
mod layers;
mod licence_posts;
mod list_forms;
mod loads;
mod metrics;
mod model;
mod oauth;
pub mod openapi;
mod openid;
mod origin;
mod pages;
mod plain;
mod posts;
mod protection;
mod refusals;
mod router;
pub mod routes;
pub mod site;
mod unique;
mod v1;
mod webex_posts;

pub use router::service;
