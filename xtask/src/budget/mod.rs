//! What may not grow unnoticed, each held to its figure in `limits`: figures that come out alike on a busy
//! machine and on an idle one.

pub mod first_page;
pub mod instructions;
mod limits;
pub mod program;
