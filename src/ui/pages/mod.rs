//! A file for each page. Those of models serve every model.

pub mod dashboard;
pub mod delete;
pub mod form;
pub mod hierarchy;
pub mod list;
pub mod login;
pub mod model;
pub mod not_found;
pub mod transaction;
