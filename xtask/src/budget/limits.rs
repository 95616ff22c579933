//! The budgets. `cargo xtask test --only budget` prints the present figures beside them.
//!
//! Those of the calls are what was measured plus a tenth, which compilers and processors may differ by.
//! What becomes cheaper for good gets a lower one; a higher one is a decision, for which
//! docs/PERFORMANCE.md gives the reason.

/// Bytes of glue, WebAssembly and stylesheet together, compressed by brotli.
pub const FIRST_PAGE: u64 = 345_000;

/// Bytes of the release program's file.
pub const PROGRAM: u64 = 40_000_000;

// Instructions of one call.
pub const LIST: u64 = 500_000;
pub const ONE: u64 = 123_000;
pub const CREATE: u64 = 940_000;
pub const LICENCES: u64 = 2_320_000;
pub const PAGE: u64 = 9_680_000;
