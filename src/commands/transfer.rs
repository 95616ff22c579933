//! `tenantry export` and `tenantry import`: instances of a model as a file, and a file as instances,
//! for scripts beside a data folder. An export also while the folder is served.

use std::{
    fs,
    io::stdout,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use clap::{Args, builder::PossibleValuesParser};
use tenantry::{
    domain::{
        App,
        tasks::{Mode, RowOutcome, events::Event},
        transfer::{
            export::Format,
            file::Attachment,
            offline::{self, Loaded},
            upload::{Upload, Wanted},
        },
    },
    fault::Fault,
    operations::Hold,
};

/// Failed rows that are told one by one.
const TOLD: usize = 20;
/// Rows after which a line tells how far a load has come.
const EACH: u64 = 1000;

#[derive(Args)]
struct Place {
    /// Type of the model, such as relation/SparkCustomer.
    model: String,
    /// Dot path of a node.
    #[arg(long)]
    at: Option<String>,
    /// Folder of the database and its key file.
    #[arg(long, env = "TENANTRY_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
    /// Folder with further model files.
    #[arg(long, env = "TENANTRY_MODELS_DIR")]
    models_dir: Option<PathBuf>,
}

impl Place {
    async fn open(&self) -> anyhow::Result<App> {
        App::open(&self.data_dir, self.models_dir.as_deref())
            .await
            .with_context(|| format!("opening the data in {}", self.data_dir.display()))
    }
}

#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// The file, which mustn't exist yet; "-" is the standard output.
    file: PathBuf,
    /// What kind of file.
    #[arg(long, default_value = "json", value_parser = PossibleValuesParser::new(Format::names()))]
    format: String,
    /// Which of the instances: the parameters of the list, as in its address in the console.
    #[arg(long, default_value = "")]
    query: String,
}

/// Writes the instances at a node and below, without their secrets.
pub async fn export(options: Export) -> anyhow::Result<()> {
    let app = options.place.open().await?;
    let done = write(&app, &options).await;
    app.stop().await;
    done
}

async fn write(app: &App, options: &Export) -> anyhow::Result<()> {
    let Export { place, file, format, query } = options;
    let to_stdout = file == Path::new("-");
    ensure!(to_stdout || !file.exists(), exists(file));
    let format = Format::parse(Some(format)).map_err(said)?;
    let parameters: Vec<(String, String)> =
        url::form_urlencoded::parse(query.trim_start_matches('?').as_bytes())
            .into_owned()
            .collect();
    let made = offline::export(app, &place.model, place.at.clone(), &parameters, format).await;
    let made = made.map_err(said)?;
    if to_stdout {
        return copy(made, &mut stdout().lock()).context("writing to the standard output");
    }
    let bytes = made.length;
    keep(made, file)?;
    eprintln!("{} holds {} ({bytes} bytes).", file.display(), place.model);
    Ok(())
}

#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// A workbook, CSV, or the zip or JSON of an export, of at most 32 MiB.
    file: PathBuf,
    /// Whether every row is only tried, one row that fails undoes all, or each row is for itself.
    #[arg(long, default_value = "dry_run", value_parser = PossibleValuesParser::new(Mode::names()))]
    mode: String,
    /// Where the rows that failed are to be written, to be corrected and loaded again; it mustn't
    /// exist yet.
    #[arg(long)]
    errors: Option<PathBuf>,
}

/// Loads a file, and fails unless all of its rows could be loaded.
pub async fn import(options: Import) -> anyhow::Result<()> {
    let _hold = Hold::take(&options.place.data_dir)?;
    let app = options.place.open().await?;
    let done = load(&app, &options).await;
    app.stop().await;
    done
}

async fn load(app: &App, options: &Import) -> anyhow::Result<()> {
    let Import { place, file, mode, errors } = options;
    if let Some(errors) = errors {
        ensure!(!errors.exists(), exists(errors));
    }
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mode = Mode::parse(mode).map_err(said)?;
    let wanted = Wanted { place: place.at.clone(), mode, template: None };
    let mut shown = 0;
    let told = |event: &Event| {
        let progress = event.progress;
        if progress.done >= shown + EACH {
            shown = progress.done;
            eprintln!("{} of {} rows", progress.done, progress.total);
        }
    };
    let stop = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let upload = Upload { name, bytes };
    let loaded = offline::import(app, &place.model, upload, wanted, told, stop).await;
    let Loaded { outcome, message, errors: sheet } = loaded.map_err(said)?;
    let failed = || outcome.rows.iter().filter(|row| row.failed());
    for row in failed().take(TOLD) {
        println!("{}", line(row));
    }
    let untold = failed().count().saturating_sub(TOLD);
    if untold > 0 {
        println!("{untold} more rows failed.");
    }
    if let (Some(path), Some(sheet)) = (errors, sheet) {
        keep(sheet, path)?;
        println!("{} holds the rows that failed.", path.display());
    }
    println!("{message} Transaction {}.", outcome.transaction_id);
    ensure!(outcome.success, "not all rows could be loaded");
    Ok(())
}

/// A row that failed, and why.
fn line(row: &RowOutcome) -> String {
    let number = row.row.map_or_else(String::new, |number| format!("row {number}: "));
    let cells = row.errors.iter().flatten().filter(|error| !error.column.is_empty());
    let cells: Vec<String> =
        cells.map(|error| format!("{}: {}", error.column, error.message)).collect();
    if cells.is_empty() {
        format!("{number}{}", row.message)
    } else {
        format!("{number}{}", cells.join(" "))
    }
}

/// Writes a file in whole or not at all.
fn keep(made: Attachment, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let at = || format!("writing {}", path.display());
    let mut file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(at)?;
    copy(made, file.as_file_mut()).with_context(at)?;
    file.as_file().sync_all().with_context(at)?;
    file.persist_noclobber(path).with_context(at)?;
    Ok(())
}

fn copy(mut made: Attachment, out: &mut impl std::io::Write) -> anyhow::Result<()> {
    std::io::copy(&mut made.file, out)?;
    Ok(out.flush()?)
}

fn exists(path: &Path) -> String {
    format!("{} exists already; nothing is overwritten", path.display())
}

/// A fault as people read it on a terminal.
fn said(fault: Fault) -> anyhow::Error {
    let mut text = fault.message;
    for error in
        fault.errors.iter().filter(|error| error.message != text).cloned().collect::<Vec<_>>()
    {
        text += &format!("\n{}: {}", error.field, error.message);
    }
    anyhow::anyhow!(text)
}
