//! The log that is kept of everything: what is in it, and that nothing is taken from it unseen.

mod chain;
mod events;
mod filter;
mod restore;
mod retention;
