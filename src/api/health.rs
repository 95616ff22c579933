//! Whether the program runs, and whether it can serve.

use axum::{extract::State, http::StatusCode};

use crate::domain::{App, health};

/// `GET /healthz`: the program runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database takes reads and writes, or in words what keeps it from that.
pub async fn readyz(State(app): State<App>) -> (StatusCode, String) {
    match health::ready(&app).await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", fault.message)),
    }
}
