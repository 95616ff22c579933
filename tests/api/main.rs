//! The API and the pages from outside, a module for each part of the URL space.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod account;
mod add_form;
mod audit;
mod bad_input;
mod bulk_delete;
mod bulk_modify;
mod callback;
mod catalogue;
mod choices;
mod clock;
mod create;
mod data_move;
mod delete;
mod demo_users;
mod fuzz;
mod get;
mod hardening;
mod health;
mod help;
mod hierarchy_node;
mod inherited;
mod list;
mod list_by_place;
mod list_deep;
mod list_filters;
mod list_places;
mod list_texts;
mod login;
mod meanwhile;
mod modify;
mod new_model;
mod openapi;
mod openid;
mod pages_assign;
mod pages_bulk;
mod pages_forms;
mod pages_licences;
mod pages_load;
mod pages_nojs;
mod pages_profiles;
mod policies;
mod provisioning;
mod routes;
mod schema;
mod second_factor;
mod secrets;
mod service_packs;
mod sessions;
mod tasks;
mod templates;
mod throttle;
mod tokens;
mod trailing_slash;
mod transaction;
mod transfer;
mod views;
mod visibility;
mod webex;
