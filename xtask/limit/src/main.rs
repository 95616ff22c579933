//! A bound for what Tenantry can reach: the bytes of its answers behind bare axum, once as fixed
//! bodies and once read from `SQLite` by one prepared statement. It checks no session, knows no
//! hierarchy and filters nothing; `cargo xtask bench` hands it Tenantry's own rows and answers.

mod rows;

use std::sync::Arc;
use std::{env, fs};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use rows::Rows;

/// The bodies of two answers, and the rows that they would be made of.
struct Answers {
    list: Bytes,
    one: Bytes,
    rows: Rows,
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let (Some(address), Some(folder)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!(
            "usage: limit ADDRESS FOLDER, with `list`, `one`, `envelope` and `rows` in it"
        );
    };
    let read = |name: &str| {
        let path = format!("{folder}/{name}");
        fs::read_to_string(&path).context(path)
    };
    let list = read("list")?;
    let one = read("one")?;
    let rows = Rows::make(&format!("{folder}/rows.db"), &read("rows")?, &one, &read("envelope")?)?;
    let answers = Arc::new(Answers { list: list.into(), one: one.into(), rows });

    let app = Router::new()
        .route(
            "/fixed/list",
            get(|State(a): State<Arc<Answers>>| async move { json(a.list.clone()) }),
        )
        .route(
            "/fixed/one",
            get(|State(a): State<Arc<Answers>>| async move { json(a.one.clone()) }),
        )
        .route(
            "/rows/list",
            get(|State(a): State<Arc<Answers>>| async move { read_by(a.rows.list()) }),
        )
        .route(
            "/rows/list/counted",
            get(|State(a): State<Arc<Answers>>| async move { read_by(a.rows.counted_list()) }),
        )
        .route(
            "/rows/one/{id}",
            get(|State(a): State<Arc<Answers>>, Path(id): Path<i64>| async move {
                read_by(a.rows.one(id))
            }),
        )
        .with_state(answers);
    let listener = TcpListener::bind(&address).await.context(address)?;
    axum::serve(listener, app).await?;
    Ok(())
}

fn read_by(body: Result<String>) -> Response {
    match body {
        Ok(body) => json(body.into()),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn json(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
