//! Whether the program runs, and whether it can serve.

use axum::{extract::State, http::StatusCode};

use crate::{domain::App, fault::Fault};

/// `GET /healthz`: the program runs.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.store.read(|tx| Ok::<_, Fault>(tx.check()?)).await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database doesn't answer\n"),
    }
}
