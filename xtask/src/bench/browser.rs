//! What a browser makes of the list page of Tenantry and of its peers' consoles. The browser is
//! driven by `xtask/browser.mjs`.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::subject::{Subject, median};
use super::{Options, PASSWORD, django, pocketbase, rows, tenantry, write};
use crate::setup::{browser, node};
use crate::step::step;
use crate::{layout, process};

pub fn run(options: &Options) -> Result<()> {
    step("node packages", node::ensure)?;
    let chromium = step("browser", browser::ensure)?;
    let mut subjects = vec![step("Tenantry: start and rows", || tenantry::start(options))?];
    if options.peers {
        for (name, start) in [
            ("Django admin", django::start as fn(&Options) -> Result<Subject>),
            ("PocketBase", pocketbase::start),
        ] {
            match step(&format!("{name}: start and rows"), || start(options)) {
                Ok(peer) => subjects.push(peer),
                Err(error) => println!("    going on without {name}: {error:#}"),
            }
        }
    }
    let first = (0..options.rows())
        .filter_map(|number| Some(rows::row(number)["name"].as_str()?.to_owned()))
        .min();
    let asked = json!({
        "chromium": chromium,
        "row": first,
        "rounds": options.rounds,
        "password": PASSWORD,
        "subjects": subjects.iter().map(console).collect::<Vec<_>>(),
    });
    let answer = step("browser: pages and keys", || {
        process::output(
            Command::new("node")
                .arg(layout::root().join("xtask/browser.mjs"))
                .arg(asked.to_string())
                .stdin(std::process::Stdio::null()),
        )
    })?;
    let answer: Value = serde_json::from_str(&answer).context("what the browser measured")?;
    write::put(&report(&subjects, &answer, options)?, "browser", options)
}

/// Where a program's log-in and list are, and how they are filled in.
fn console(subject: &Subject) -> Value {
    let base = &subject.running.base;
    match subject.name {
        "PocketBase" => json!({
            "name": subject.name, "base": base, "login": "/_/", "left": "login",
            "user": "input[type=email]", "password": "input[type=password]",
            "username": pocketbase::USER,
            "list": "/_/#/collections?collection=customers&sort=name",
        }),
        tenantry::NAME => {
            let list = subject.page.as_ref().map(|page| page.path.as_str()).unwrap_or_default();
            let next = list.replace('?', "%3F").replace('&', "%26").replace('=', "%3D");
            json!({
                "name": subject.name, "base": base, "login": "/login", "left": "/login",
                "user": "input[name=username]", "password": "input[name=password]",
                "username": "admin", "list": list, "loginToList": format!("/login?next={next}"),
                "ready": "html[data-hydrated]",
                "form": "/models/relation/BenchForm/add?hierarchy=sys.Bench.Customer",
            })
        }
        _ => json!({
            "name": "Django admin", "base": base, "login": "/admin/login/?next=/admin/",
            "left": "login", "user": "#id_username", "password": "#id_password",
            "username": "admin", "list": "/admin/customers/customer/",
        }),
    }
}

fn report(subjects: &[Subject], answer: &Value, options: &Options) -> Result<String> {
    let mut text = write::heading(options)?;
    text += &format!(
        "Chromium {}, {} rows, medians of {} alternating rounds.\n\n",
        answer["version"].as_str().unwrap_or_default(),
        options.rows(),
        options.rounds
    );
    text += "| list page on loopback, nothing in the cache, logged in | rows visible, ms | KiB |\n\
             |---|---|---|\n";
    for subject in subjects.iter().map(console) {
        let of = |figure: &str| -> Vec<f64> {
            let rounds = answer["cold"].as_array().into_iter().flatten();
            let own = rounds.filter(|round| round["name"] == subject["name"]);
            own.filter_map(|round| round[figure].as_f64()).collect()
        };
        text += &format!(
            "| {} | {:.0} | {:.0} |\n",
            subject["name"].as_str().unwrap_or_default(),
            median(&of("visible")),
            median(&of("bytes")) / 1024.0
        );
    }
    let visit = |number: usize| -> f64 {
        let rounds = answer["slow"].as_array().into_iter().flatten();
        median(&rounds.filter_map(|round| round[number].as_f64()).collect::<Vec<_>>())
    };
    text += "\n| Tenantry | goal | reached |\n|---|---|---|\n";
    let mut line = |what: &str, goal: f64, reached: f64, beside: &str| {
        let met = if reached < goal { "met" } else { "**missed**" };
        text += &format!("| {what} | under {goal} ms | {reached:.1} ms, {met}{beside} |\n");
    };
    line("log-in click to usable list, fast 3G, 4 times slower, first visit", 3000.0, visit(0), "");
    line("the same, logging in again", 1000.0, visit(1), "");
    line("second visit to the list, logged in", 1000.0, visit(2), "");
    for (what, which) in
        [("a key in a form of 200 fields, median", "median"), ("the longest of them", "longest")]
    {
        let [typing, bare] =
            ["typing", "bare"].map(|form| answer[form][which].as_f64().unwrap_or(f64::NAN));
        line(what, 16.0, typing, &format!("; {bare:.1} ms in the same form without WebAssembly"));
    }
    Ok(text)
}
