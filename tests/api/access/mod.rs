//! Who may do what: roles, profiles, users, and every route tried with every role.

mod console;
mod passwords;
mod roles;
mod routes;
mod users;
mod world;
