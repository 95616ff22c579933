//! The table of licences: a row for each service, to be read or to be typed into.

use leptos::prelude::*;

use super::{
    edit::{Edit, as_it_is, fields},
    gauge::{self, bar, quantity},
    line_id,
    scope::Scope,
};
use crate::{
    domain::licences::{Family, Line},
    ui::components::{NUMBER, table_of, value::grouped},
};

/// The table to be read.
pub fn table(scope: &Scope, shown: &[&Line]) -> AnyView {
    let rows = shown.iter().map(|line| row(scope, line, figures(scope, line))).collect();
    framed(scope, &titles(scope), rows)
}

/// The table to be typed into. `typed` is what was posted already; it stays as it was typed.
pub fn editor(scope: &Scope, shown: &[&Line], typed: &[Edit]) -> AnyView {
    let rows = shown
        .iter()
        .map(|line| {
            let is_this = |edit: &&Edit| edit.family == line.family && edit.name == line.name;
            let edit = typed.iter().find(is_this).cloned().unwrap_or_else(|| as_it_is(line));
            let taken = line.taken();
            // A narrow screen has room for the sum alone.
            let by_packs = (line.packs > 0).then(|| {
                let told = format!(" ({} by packs)", grouped(line.packs));
                view! { <span class="wide-only">{told}</span> }
            });
            row(
                scope,
                line,
                view! {
                    <td class="cell-number">{grouped(taken)} {by_packs}</td>
                    {available(scope, line)}
                    <td class="cell-number wide-only">{quantity(line.allocated)}</td>
                    <td>{fields(&edit, None)}</td>
                }
                .into_any(),
            )
        })
        .collect();
    let mut heads =
        vec![("Service", ""), (if scope.is_site() { "In use" } else { "Taken" }, NUMBER)];
    if scope.is_site() {
        heads.push(("Tenant has left", NUMBER));
    }
    // On a narrow screen the new limit, which begins as the present one, tells both.
    heads.extend([("Allocated", "cell-number wide-only"), ("New limit", "")]);
    framed(scope, &heads, rows)
}

fn titles(scope: &Scope) -> Vec<(&'static str, &'static str)> {
    let mut heads = vec![("Service", ""), ("Usage", "wide-only"), ("Allocated", NUMBER)];
    if scope.is_site() {
        heads.extend([("In use", NUMBER), ("Free", NUMBER), ("Tenant has left", NUMBER)]);
    } else {
        heads.extend([("To sites", NUMBER), ("By packs", NUMBER), ("Free", NUMBER)]);
    }
    heads.push(("State", ""));
    heads
}

fn framed(scope: &Scope, heads: &[(&'static str, &'static str)], rows: Vec<AnyView>) -> AnyView {
    let label = format!("Licences of {}", scope.name());
    table_of("list-table licence-table", "", label, None, heads, rows)
}

fn row(scope: &Scope, line: &Line, cells: AnyView) -> AnyView {
    view! {
        <tr id=line_id(line.family, &line.name)>
            <th scope="row">{service(scope, line)}</th>
            {cells}
        </tr>
    }
    .into_any()
}

/// The service: its name, its family where it isn't the usual one, and what is to know of it.
pub fn service(scope: &Scope, line: &Line) -> AnyView {
    let family =
        (line.family == Family::Group).then(|| view! { <span class="type-badge">"Group"</span> });
    let note = scope
        .no_more_assignable(line)
        .then(|| view! { <span class="type-badge is-note">"No more assigned"</span> });
    view! {
        <span class="service-name" title=line.description.clone()>{line.name.clone()}</span>
        " "
        {family}
        " "
        {note}
    }
    .into_any()
}

fn figures(scope: &Scope, line: &Line) -> AnyView {
    let (level, free) = (line.level(), line.free());
    let packs = (!scope.is_site()).then(|| number(line.packs));
    view! {
        <td class="wide-only">{bar(scope.taken(line, line.allocated))}</td>
        <td class="cell-number">{quantity(line.allocated)}</td>
        {number(line.used)}
        {packs}
        <td class="cell-number">{quantity(free)}</td>
        {available(scope, line)}
        <td>{gauge::state(line.allocated, level)}</td>
    }
    .into_any()
}

fn available(scope: &Scope, line: &Line) -> Option<AnyView> {
    let cell = || view! { <td class="cell-number">{quantity(line.available)}</td> }.into_any();
    scope.is_site().then(cell)
}

/// Nothing is quiet, so that what is taken stands out.
fn number(number: u64) -> AnyView {
    let class = if number == 0 { "cell-number muted" } else { "cell-number" };
    view! { <td class=class>{grouped(number)}</td> }.into_any()
}
