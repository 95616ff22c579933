//! The command line.

mod commands;

use std::io::IsTerminal;

use clap::{Parser, Subcommand, ValueEnum};
use commands::{
    data::{Backup, Check, Folder, check, rotate_key},
    serve::{Serve, serve},
    transfer::{Export, Import, export, import},
    user::{User, user},
};
use tracing_subscriber::EnvFilter;

/// An answer is made of many small pieces: the system's allocator takes a fifth of a request's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Console and API for provisioning unified-communications tenants.
#[derive(Parser)]
#[command(name = "tenantry", version)]
struct Cli {
    /// How the program's log is written to standard error.
    #[arg(long, env = "TENANTRY_LOG_FORMAT", global = true, default_value = "text")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// An object a line, for machines.
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console and the API.
    Serve(Box<Serve>),
    /// Write database and key to one file, also while a server runs over them.
    Backup(Backup),
    /// Restore a backup into an empty data folder.
    Restore(Backup),
    /// Look whether the database is what it should be, also while a server runs over it.
    Check(Check),
    /// Write instances of a model to a file, also while a server runs over them.
    Export(Box<Export>),
    /// Load a file as instances of a model, into a folder that isn't served.
    Import(Box<Import>),
    /// List users, add one, or give one another password, for who is locked out.
    User(User),
    /// Give the secrets a new key, also while a server runs over them.
    RotateKey(Folder),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("TENANTRY_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,leptos=warn"));
    let cli = Cli::parse();
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match cli.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
    match cli.command {
        Command::Serve(options) => serve(*options).await,
        Command::Backup(options) => options.write(),
        Command::Restore(options) => options.restore(),
        Command::Check(options) => check(&options),
        Command::Export(options) => export(*options).await,
        Command::Import(options) => import(*options).await,
        Command::User(options) => user(options).await,
        Command::RotateKey(folder) => rotate_key(&folder),
    }
}
