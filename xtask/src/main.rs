//! `cargo xtask`: everything that is done with this repository besides editing it.
//!
//! Each command is one module; what a machine lacks for it is found and fetched by `setup`.

mod assets;
mod bench;
mod budget;
mod build;
mod bundle;
mod compress;
mod css;
mod layout;
mod names;
mod openapi;
mod process;
mod python;
mod sdks;
mod serve;
mod setup;
mod sheets;
mod site;
mod step;
mod test;

use std::process::ExitCode;

type Command = fn(&[String]) -> anyhow::Result<()>;

/// Name, arguments, what it does, and the function that does it.
const COMMANDS: [(&str, &str, &str, Command); 4] = [
    (
        "build",
        "",
        "the release server in target/release and the site files in target/site",
        build::command,
    ),
    (
        "serve",
        "[--debug] [--demo] [flags of `tenantry serve`]",
        "build, then start the console on http://127.0.0.1:3000",
        serve::command,
    ),
    (
        "test",
        "[--only fmt,clippy,deny,unit,sheets,sdks,openapi,budget,e2e]",
        "every check, with a summary at the end",
        test::command,
    ),
    (
        "bench",
        "[--rows 10000] [--rounds 3] [--no-peers] | --scale | --browser | --bulk | --licences | --webex; \
         [--write docs/PERFORMANCE.md] [--no-build] [--debug]",
        "start, memory and requests a second beside peers; or a million rows, pages, bulk work, \
         licences, a sync",
        bench::command,
    ),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();

    let Some((.., command)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        help();
        let asked = matches!(name.as_str(), "help" | "--help" | "-h");
        return if asked { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };

    match command(&rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("usage: cargo xtask <command>\n");
    for (name, arguments, what, _) in COMMANDS {
        println!("  {name} {arguments}\n      {what}");
    }
}
