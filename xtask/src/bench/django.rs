//! A peer: Django REST framework behind gunicorn with two workers, its project in `xtask/django`.
//! Its calls are open and it doesn't wait for the disk, both of which Tenantry does.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::rows;
use super::server::{self, Running};
use super::subject::{Figures, Page, Subject};
use super::{Options, PASSWORD};
use crate::{layout, process, python};

/// The newest of Django that Debian's Python can run.
const DJANGO: &str = "5.2.19";
const REST_FRAMEWORK: &str = "3.18.3";
const GUNICORN: &str = "27.0.1";
const WHITENOISE: &str = "6.12.0";
const WORKERS: &str = "2";
const CUSTOMERS: &str = "/api/customers/";

pub fn start(options: &Options) -> Result<Subject> {
    let python = python::pinned(
        "django",
        &[
            ("django", DJANGO),
            ("djangorestframework", REST_FRAMEWORK),
            ("gunicorn", GUNICORN),
            ("whitenoise", WHITENOISE),
        ],
    )?;
    let folder = server::fresh_folder("django")?;
    let rows = folder.join("rows");
    fs::write(&rows, rows::lines(options.rows()))?;
    let session = process::output(
        in_project(&python, &folder).arg("seed.py").arg(&rows).args(["admin", PASSWORD]),
    )
    .context("the rows of Django")?;

    let mut start_ms = Vec::new();
    let mut running = serve(&python, &folder)?;
    for _ in 0..options.rounds {
        drop(running);
        running = serve(&python, &folder)?;
        start_ms.push(running.start.as_secs_f64() * 1000.0);
    }
    Running::settle();

    Ok(Subject {
        name: "Django REST framework",
        version: format!(
            "{REST_FRAMEWORK} (Django {DJANGO}, gunicorn {GUNICORN}, {WORKERS} workers)"
        ),
        headers: Vec::new(),
        list: format!("{CUSTOMERS}?ordering=name&page_size=25"),
        one: format!("{CUSTOMERS}{}/", options.rows() / 2 + 1),
        create: Some((CUSTOMERS.to_owned(), rows::template().to_string())),
        page: Some(Page {
            path: "/admin/customers/customer/".to_owned(),
            headers: vec![("Cookie".to_owned(), format!("sessionid={session}"))],
        }),
        figures: Figures { start_ms, idle_mib: running.resident_mib()?, ..Figures::default() },
        running,
    })
}

/// A Python that works in the project and leaves nothing there.
fn in_project(python: &Path, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .current_dir(layout::root().join("xtask/django"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BENCH_FOLDER", folder);
    command
}

fn serve(python: &Path, folder: &Path) -> Result<Running> {
    let address = format!("127.0.0.1:{}", server::free_port()?);
    let mut command = in_project(python, folder);
    command.args(["-m", "gunicorn", "--workers", WORKERS, "--bind", &address]).args([
        "--log-level",
        "error",
        "wsgi:application",
    ]);
    let base = format!("http://{address}");
    Running::start(&mut command, base, "/api/customers/1/", &folder.join("log"))
}
