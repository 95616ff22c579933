//! The figures of the comparison as Markdown: what was reached, the ratios, the goals beside them.

use anyhow::Result;

use super::compare::Measured;
use super::load::{CONNECTIONS, Load, SECONDS, WIDE};
use super::subject::{Subject, median};
use super::{Options, write};
use crate::budget::{first_page, program};

/// What the goals compare with, by their names.
const PEER: &str = "PocketBase";
const BOUND: &str = "axum over SQLite, counting";

type Cell = fn(&Subject) -> Option<String>;

pub fn print(measured: &Measured, options: &Options) -> Result<()> {
    let mut text = write::heading(options)?;
    text += &format!(
        "{} rows of ten fields, lists of 25. {CONNECTIONS} connections unless told otherwise, \
         {SECONDS} s a measure, medians of {} alternating rounds.\n\n",
        options.rows(),
        options.rounds
    );
    for subject in measured.subjects.iter().filter(|subject| !subject.version.is_empty()) {
        text += &format!("- {} {}\n", subject.name, subject.version);
    }
    text.push('\n');
    text += &figures(&measured.subjects);
    text.push('\n');
    text += &goals(measured, program_mb(options)?);
    text.push('\n');
    text += &bundle()?;
    write::put(&text, "compare", options)
}

fn figures(subjects: &[Subject]) -> String {
    let creates = format!("create at {WIDE} connections, /s (median / p99 ms)");
    let rows: [(&str, Cell); 8] = [
        ("list of 25, /s (median / p99 ms)", |of| load(&of.figures.list)),
        ("one instance, /s (median / p99 ms)", |of| load(&of.figures.one)),
        ("create, /s (median / p99 ms)", |of| load(&of.figures.create)),
        (&creates, |of| load(&of.figures.create_wide)),
        ("list as a page drawn by the server, /s (median / p99 ms)", |of| load(&of.figures.page)),
        ("its first byte, ms", |of| known(&of.figures.first_byte_ms, 2)),
        ("start to first answer, ms", |of| known(&of.figures.start_ms, 0)),
        ("memory idle / after the load, MiB", |of| {
            Some(format!("{:.0} / {:.0}", of.figures.idle_mib, of.figures.loaded_mib))
        }),
    ];
    let names: Vec<&str> = subjects.iter().map(|subject| subject.name).collect();
    let mut text = format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    for (title, cell) in rows {
        let cells: Vec<String> =
            subjects.iter().map(|subject| cell(subject).unwrap_or_else(|| "–".into())).collect();
        text += &format!("| {title} | {} |\n", cells.join(" | "));
    }
    text
}

/// A goal, what was reached, and whether that is enough.
struct Goal {
    what: &'static str,
    wanted: String,
    reached: f64,
    unit: &'static str,
    met: bool,
}

impl Goal {
    fn at_least(what: &'static str, least: f64, reached: f64, unit: &'static str) -> Self {
        let wanted = format!("at least {least}{unit}");
        Self { what, wanted, reached, unit, met: reached >= least }
    }

    fn at_most(what: &'static str, most: f64, reached: f64, unit: &'static str) -> Self {
        let wanted = format!("at most {most}{unit}");
        Self { what, wanted, reached, unit, met: reached <= most }
    }
}

fn goals(measured: &Measured, program_mb: f64) -> String {
    let named = |name| measured.subjects.iter().find(|subject| subject.name == name);
    let own = &measured.subjects[0];
    let ratio = |other: Option<&Subject>, of: fn(&Subject) -> &[Load]| {
        other.map(|other| rate(of(own)) / rate(of(other)))
    };
    let peer = |of| ratio(named(PEER), of);
    let bound = |of| ratio(named(BOUND), of).map(|ratio| ratio * 100.0);
    let syncs = median(&measured.syncs);
    let list: fn(&Subject) -> &[Load] = |of| &of.figures.list;
    let one: fn(&Subject) -> &[Load] = |of| &of.figures.one;
    let wide: fn(&Subject) -> &[Load] = |of| &of.figures.create_wide;

    let goals: Vec<Goal> = [
        peer(list).map(|x| Goal::at_least("list, of PocketBase's", 10.0, x, " times")),
        bound(list).map(|x| Goal::at_least("list, of axum over SQLite (counting)", 50.0, x, " %")),
        peer(one).map(|x| Goal::at_least("one instance, of PocketBase's", 5.0, x, " times")),
        bound(one).map(|x| Goal::at_least("one instance, of axum over SQLite", 60.0, x, " %")),
        peer(wide).map(|x| Goal::at_least("create at 64, of PocketBase's", 1.0, x, " times")),
        Some(Goal::at_least(
            "create at 8, of eight for each sync of the machine's disk",
            50.0,
            rate(&own.figures.create) / (f64::from(CONNECTIONS) * syncs) * 100.0,
            " %",
        )),
        Some(Goal::at_least(
            "licences of a tenant with 240 services",
            5000.0,
            rate(&measured.licences),
            "/s",
        )),
        Some(Goal::at_least("list as a page", 1000.0, rate(&own.figures.page), "/s")),
        Some(Goal::at_most("its first byte", 20.0, median(&own.figures.first_byte_ms), " ms")),
        Some(Goal::at_most("start to first answer", 150.0, median(&own.figures.start_ms), " ms")),
        Some(Goal::at_most("the program's file", 40.0, program_mb, " MB")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut text = format!(
        "The machine's disk took {syncs:.0} writes of 4 KiB a second, each with `fdatasync`.\n\n\
         | goal | | reached | |\n|---|---|---|---|\n"
    );
    for Goal { what, wanted, reached, unit, met } in goals {
        let digits = usize::from(reached < 100.0);
        let met = if met { "met" } else { "**missed**" };
        text += &format!("| {what} | {wanted} | {reached:.digits$}{unit} | {met} |\n");
    }
    text
}

fn program_mb(options: &Options) -> Result<f64> {
    let bytes = program::bytes(options.profile)?;
    #[expect(clippy::cast_precision_loss, reason = "a file is far below 2^52 bytes")]
    Ok(bytes as f64 / 1e6)
}

fn bundle() -> Result<String> {
    let mut text = "| file | bytes | as brotli |\n|---|---|---|\n".to_owned();
    let mut total = (0, 0);
    for first_page::File { path, raw, brotli } in first_page::files()? {
        text += &format!("| {path} | {raw} | {brotli} |\n");
        total = (total.0 + raw, total.1 + brotli);
    }
    Ok(format!("{text}| together | {} | {} |\n", total.0, total.1))
}

fn rate(rounds: &[Load]) -> f64 {
    median(&rounds.iter().map(|load| load.per_second).collect::<Vec<_>>())
}

fn known(values: &[f64], digits: usize) -> Option<String> {
    (!values.is_empty()).then(|| format!("{:.digits$}", median(values)))
}

fn load(rounds: &[Load]) -> Option<String> {
    let of = |figure: fn(&Load) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
    (!rounds.is_empty()).then(|| {
        format!(
            "{:.0} ({:.2} / {:.2})",
            of(|load| load.per_second),
            of(|load| load.median_ms),
            of(|load| load.p99_ms)
        )
    })
}
