//! The figures as Markdown tables.

use anyhow::Result;

use super::load::{CONNECTIONS, Load, SECONDS};
use super::{Options, Subject};
use crate::budget;

pub fn print(subjects: &[Subject], options: &Options) -> Result<()> {
    println!(
        "\n{} rows at first, {CONNECTIONS} connections, {SECONDS} s a measure, medians of {} rounds.\n",
        options.rows, options.rounds
    );
    row("", subjects, |subject| subject.name.to_owned());
    row("---", subjects, |_| "---".to_owned());
    row("start to first answer, ms", subjects, |subject| {
        format!("{:.0}", median(&subject.figures.start_ms))
    });
    row("list of 25, requests/s (median / p99 ms)", subjects, |subject| {
        load(&subject.figures.list)
    });
    row("one instance, requests/s (median / p99 ms)", subjects, |subject| {
        load(&subject.figures.one)
    });
    row("create, requests/s (median / p99 ms)", subjects, |subject| load(&subject.figures.create));
    row("resident memory idle / after the load, MiB", subjects, |subject| {
        format!("{:.0} / {:.0}", subject.figures.idle_mib, subject.figures.loaded_mib)
    });

    println!("\n| file | bytes | as brotli |\n| --- | --- | --- |");
    let mut total = (0, 0);
    for budget::File { path, raw, brotli } in budget::files()? {
        println!("| {path} | {raw} | {brotli} |");
        total = (total.0 + raw, total.1 + brotli);
    }
    println!("| together | {} | {} |", total.0, total.1);
    Ok(())
}

fn row(title: &str, subjects: &[Subject], cell: impl Fn(&Subject) -> String) {
    let cells: Vec<String> = subjects.iter().map(cell).collect();
    println!("| {title} | {} |", cells.join(" | "));
}

fn load(rounds: &[Load]) -> String {
    let of = |figure: fn(&Load) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
    format!(
        "{:.0} ({:.2} / {:.2})",
        of(|load| load.per_second),
        of(|load| load.median_ms),
        of(|load| load.p99_ms)
    )
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
