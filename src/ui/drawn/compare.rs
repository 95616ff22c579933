//! A few instances side by side, with a mark where they differ.

use leptos::prelude::*;

use super::{Page, Visit, chosen::About, parts::heading};
use crate::{
    domain::comparison::{Comparison, Line, Part, compare},
    model::Operation,
    ui::{
        components::{
            Icon, IconName,
            value::{counted, in_full},
        },
        routes::{at_node, detail_href, with_query},
    },
};

/// As many as can be read side by side.
const MOST: u64 = 5;

/// The parameter that leaves out what is the same, and its value.
const ONLY: (&str, &str) = ("only", "differences");

pub async fn page(visit: &Visit<'_>, model_type: &str) -> Page {
    let about = About::read(visit, model_type, None, Operation::Get).await?;
    let total = about.chosen.total;
    if !(2..=MOST).contains(&total) {
        return Ok(("Compare".to_owned(), wrong_number(&about)));
    }
    let title = format!("Compare {}", about.words().to_lowercase());
    let pkids = about.chosen.items.iter().map(|(pkid, _)| pkid.clone()).collect();
    let found = compare(visit.app, visit.caller, &about.model, pkids).await?;
    let only = visit.value(ONLY.0) == Some(ONLY.1);
    let lines = found.parts.iter().flat_map(|part| &part.lines);
    let (all, differing) = lines.fold((0, 0), |(n, d), l| (n + 1, d + u64::from(l.differs)));
    let view = view! {
        <div class="stack">
            {about.back_link()}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        {format!(
                            "{} of {} differ.", differing, counted(all, "line", "lines"),
                        )}
                    </p>
                </div>
                {switch(visit, only)}
            </div>
            {about.notices()}
            {table(visit, model_type, &title, &found, only)}
        </div>
    };
    Ok((title, view.into_any()))
}

fn wrong_number(about: &About<'_>) -> AnyView {
    let text = match about.chosen.total {
        0 | 1 => "Nothing is beside it to compare it with",
        _ => "These are more than can be read side by side",
    };
    view! {
        <div class="form-page stack">
            {about.back_link()}
            {heading("Compare")}
            {about.notices()}
            <p>
                {format!(
                    "{text}: {} selected. Go back to the list and select 2 to {MOST}.",
                    counted(about.chosen.total, "is", "are"),
                )}
            </p>
            <p>
                <a class="btn btn-primary" href=about.to_list()>"Back to the list"</a>
            </p>
        </div>
    }
    .into_any()
}

/// All lines, or only those that differ.
fn switch(visit: &Visit<'_>, only: bool) -> AnyView {
    let link = |differences: bool, label: &'static str| {
        let mut pairs = visit.pairs.clone();
        pairs.retain(|(name, _)| name != ONLY.0);
        if differences {
            pairs.push((ONLY.0.to_owned(), ONLY.1.to_owned()));
        }
        let current = (differences == only).then_some("true");
        view! {
            <li>
                <a href=with_query(visit.path, &pairs) data-noscroll="" aria-current=current>
                    {label}
                </a>
            </li>
        }
    };
    view! {
        <ul class="segmented" aria-label="Lines that are shown">
            {link(false, "All lines")}
            {link(true, "Only differences")}
        </ul>
    }
    .into_any()
}

fn table(
    visit: &Visit<'_>,
    model_type: &str,
    title: &str,
    found: &Comparison,
    only: bool,
) -> AnyView {
    let heads: Vec<AnyView> = found
        .instances
        .iter()
        .map(|(pkid, label, place)| {
            let href = at_node(&detail_href(model_type, pkid), visit.node());
            view! {
                <th scope="col">
                    <a href=href>{label.clone()}</a>
                    <small class="muted">{place.clone()}</small>
                </th>
            }
            .into_any()
        })
        .collect();
    let columns = found.instances.len() + 1;
    let bodies: Vec<AnyView> =
        found.parts.iter().filter_map(|part| body(part, only, columns)).collect();
    if bodies.is_empty() {
        return view! { <p class="muted">"They are the same in everything that is compared."</p> }
            .into_any();
    }
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=title.to_owned()>
            <table class="table compare-table">
                <caption class="sr-only">{title.to_owned()}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Attribute"</th>
                        {heads}
                    </tr>
                </thead>
                {bodies}
            </table>
        </div>
    }
    .into_any()
}

fn body(part: &Part, only: bool, columns: usize) -> Option<AnyView> {
    let lines: Vec<AnyView> =
        part.lines.iter().filter(|line| line.differs || !only).map(row).collect();
    if lines.is_empty() {
        return None;
    }
    let head = (!part.title.is_empty()).then(|| {
        view! {
            <tr class="compare-part">
                <th scope="rowgroup" colspan=columns.to_string()>{part.title.clone()}</th>
            </tr>
        }
    });
    Some(
        view! {
            <tbody>
                {head}
                {lines}
            </tbody>
        }
        .into_any(),
    )
}

fn row(line: &Line) -> AnyView {
    let cells: Vec<AnyView> = line
        .values
        .iter()
        .map(|value| view! { <td>{in_full(line.property.as_ref(), value)}</td> }.into_any())
        .collect();
    let mark = line.differs.then(|| {
        view! {
            <span class="badge is-info">
                <Icon name=IconName::Edit/>
                "Differs"
            </span>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <span>{line.title.clone()}</span>
                {mark}
            </th>
            {cells}
        </tr>
    }
    .into_any()
}
