//! `tenantry user`: the users of a data folder, for who is locked out. Whoever reads the folder has
//! its key, so nobody is asked who they are.

use std::{
    io::{BufRead, IsTerminal, stdin},
    path::PathBuf,
};

use anyhow::Context;
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use tenantry::domain::{App, access::rescue, env::Env};

#[derive(Args)]
pub struct User {
    #[command(subcommand)]
    what: What,
    /// Folder of the database and its key file.
    #[arg(long, env = "TENANTRY_DATA_DIR", default_value = "./data", global = true)]
    data_dir: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// List the users, with their roles and nodes.
    List,
    /// Add a user. The password is the first line of the standard input, or made up and shown once.
    Add {
        username: String,
        /// Name of a role, at the node or above it.
        #[arg(long)]
        role: String,
        /// Dot path of the node at which the user stands.
        #[arg(long, default_value = "sys")]
        at: String,
    },
    /// Give a user another password: the first line of the standard input, or one that is made up and
    /// shown once. Sessions and API tokens of the user end, those at a running server within seconds.
    Password {
        username: String,
        /// Take the second factor away, too.
        #[arg(long)]
        without_second_factor: bool,
    },
}

/// Does what was asked for.
pub async fn user(user: User) -> anyhow::Result<()> {
    let folder = &user.data_dir;
    let app = App::open(folder, None)
        .await
        .with_context(|| format!("opening the data in {}", folder.display()))?;
    let done = carry_out(&app, user.what).await;
    app.stop().await;
    done
}

async fn carry_out(app: &App, what: What) -> anyhow::Result<()> {
    match what {
        What::List => {
            for user in rescue::list(app).await? {
                let second = if user.has_second_factor { ", with a second factor" } else { "" };
                println!("{}  {} at {}{second}", user.username, user.role, user.node);
            }
        }
        What::Add { username, role, at } => {
            let (password, made_up) = password()?;
            rescue::add(app, &username, &role, &at, password.clone()).await?;
            println!("{username} was added at {at} with the role {role}.");
            tell(&password, made_up);
        }
        What::Password { username, without_second_factor } => {
            let (password, made_up) = password()?;
            rescue::set_password(app, &username, password.clone(), without_second_factor).await?;
            println!("{username} has another password.");
            tell(&password, made_up);
        }
    }
    Ok(())
}

/// The first line of the standard input, unless that is a terminal or empty: then one is made up.
fn password() -> anyhow::Result<(SecretString, bool)> {
    let mut line = String::new();
    if !stdin().is_terminal() {
        stdin().lock().read_line(&mut line).context("reading the password")?;
    }
    let given = line.trim_end_matches(['\r', '\n']);
    if given.is_empty() {
        let made_up: String = Env::system().token().chars().take(20).collect();
        return Ok((made_up.into(), true));
    }
    Ok((given.to_owned().into(), false))
}

fn tell(password: &SecretString, made_up: bool) {
    if made_up {
        println!("The password is {} and is shown this once.", password.expose_secret());
    }
}
