//! What became of each row of a bulk call: those that failed first, a hundred at a time.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    pager::{self, Part},
    status::StatusBadge,
};
use crate::{
    domain::{
        shown::{TransactionPage, TransactionRow},
        tasks::RowOutcome,
        transaction_page::ROWS_SHOWN,
    },
    ui::{
        components::{
            Icon, IconName,
            value::{grouped, not_set},
        },
        routes::{TRANSACTION, at_node, detail_href, with_query},
    },
};

/// Which rows are shown: the parameters of a transaction's page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows {
    pub failed: bool,
    pub skip: u64,
}

/// The page of a transaction that shows other rows.
struct Address<'a> {
    path: &'a str,
    node: Option<&'a str>,
}

impl Address<'_> {
    fn of(&self, rows: Rows) -> String {
        let mut pairs = Vec::new();
        let mut push = |name: &str, value: String| pairs.push((name.to_owned(), value));
        if let Some(node) = self.node {
            push("hierarchy", node.to_owned());
        }
        if rows.failed {
            push("rows", "failed".to_owned());
        }
        if rows.skip > 0 {
            push("row", rows.skip.to_string());
        }
        with_query(self.path, &pairs)
    }
}

/// Which columns say anything.
#[derive(Clone, Copy)]
struct Columns {
    /// Rows of a sheet, with their numbers.
    loaded: bool,
    instance: bool,
    record: bool,
}

impl Columns {
    fn of(page: &TransactionPage) -> Self {
        let any = |says: fn(&TransactionRow) -> bool| page.rows.iter().any(says);
        // What all are about needn't be said at each.
        let own = page.record.data.get("href").and_then(Value::as_str).unwrap_or_default();
        let is_other = |row: &TransactionRow| {
            let href = row.outcome.href.as_str();
            (row.label.is_some() || !href.is_empty()) && (own.is_empty() || href != own)
        };
        Self {
            loaded: any(|row| row.outcome.row.is_some()),
            instance: page.rows.iter().any(is_other),
            record: any(|row| row.outcome.transaction_id.is_some()),
        }
    }

    fn titles(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.loaded, "Row"),
            (self.loaded, "Action"),
            (self.instance, "Instance"),
            (true, "Status"),
            (true, "What happened"),
            (self.record, "Record"),
        ];
        all.into_iter().filter_map(|(says, title)| says.then_some(title))
    }
}

/// `path` is that of the transaction's own page.
pub fn rows(
    page: &TransactionPage,
    shown: Rows,
    path: &str,
    node: Option<&str>,
) -> Option<AnyView> {
    if page.rows_done == 0 {
        return None;
    }
    let address = Address { path, node };
    let columns = Columns::of(page);
    let loaded = columns.loaded;
    let heads: Vec<AnyView> =
        columns.titles().map(|head| view! { <th scope="col">{head}</th> }.into_any()).collect();
    let model = page.changed_model.as_ref().map(|m| m.model_type.as_str());
    let lines: Vec<AnyView> = page.rows.iter().map(|row| line(row, model, columns, node)).collect();
    let title = if loaded { "Rows" } else { "Sub-transactions" };
    Some(
        view! {
            <section class="form-section">
                <div class="rows-head">
                    <h2 id="rows">{title}</h2>
                    {filter(page, shown, &address)}
                </div>
                <div class="table-wrap" tabindex="0" role="region" aria-labelledby="rows">
                    <table class="table rows-table">
                        <caption class="sr-only">{title}</caption>
                        <thead>
                            <tr>{heads}</tr>
                        </thead>
                        <tbody>{lines}</tbody>
                    </table>
                </div>
                {pager(page, shown, &address)}
            </section>
        }
        .into_any(),
    )
}

/// All rows, or those that failed.
fn filter(page: &TransactionPage, shown: Rows, address: &Address<'_>) -> Option<AnyView> {
    if page.rows_failed == 0 {
        return None;
    }
    let option = |failed: bool, label: String| {
        view! {
            <li>
                <a
                    href=address.of(Rows { failed, skip: 0 })
                    data-noscroll=""
                    aria-current=(shown.failed == failed).then_some("true")
                >
                    {label}
                </a>
            </li>
        }
    };
    Some(
        view! {
            <ul class="segmented" aria-label="Rows that are shown">
                {option(false, format!("All {}", grouped(page.rows_done)))}
                {option(true, format!("Failed {}", grouped(page.rows_failed)))}
            </ul>
        }
        .into_any(),
    )
}

fn line(
    row: &TransactionRow,
    model: Option<&str>,
    columns: Columns,
    node: Option<&str>,
) -> AnyView {
    let outcome = &row.outcome;
    let number = columns.loaded.then(|| {
        let number = outcome.row.map(|row| row.to_string());
        view! {
            <th scope="row" class="row-number">{number}</th>
            <td>{outcome.action.clone()}</td>
        }
    });
    let instance = columns.instance.then(|| {
        let name = instance(row, model, node);
        if columns.loaded {
            view! { <td>{name}</td> }.into_any()
        } else {
            view! { <th scope="row">{name}</th> }.into_any()
        }
    });
    let record = columns.record.then(|| {
        let link = outcome.transaction_id.as_ref().map(|id| {
            let label = match &row.label {
                Some(label) => format!("Record of {label}"),
                None => "Record of this row".to_owned(),
            };
            let href = at_node(&detail_href(TRANSACTION, id), node);
            view! { <a href=href aria-label=label>"Details"</a> }
        });
        view! { <td>{link}</td> }
    });
    view! {
        <tr>
            {number}
            {instance}
            <td><StatusBadge status=outcome.status.clone()/></td>
            <td class="rows-message">{happened(&row.outcome)}</td>
            {record}
        </tr>
    }
    .into_any()
}

/// The instance of a row, as a link while it is there.
fn instance(row: &TransactionRow, model: Option<&str>, node: Option<&str>) -> AnyView {
    let href = &row.outcome.href;
    match (model, &row.pkid, &row.label) {
        (Some(model), Some(pkid), label) => {
            let name = label.as_ref().unwrap_or(href).clone();
            view! { <a href=at_node(&detail_href(model, pkid), node)>{name}</a> }.into_any()
        }
        (_, _, Some(label)) => label.clone().into_any(),
        _ if href.is_empty() => not_set(),
        _ => view! { <span class="mono">{href.clone()}</span> }.into_any(),
    }
}

/// What a row says of itself, or what is wrong with its cells.
fn happened(outcome: &RowOutcome) -> AnyView {
    let errors = outcome.errors.as_deref().unwrap_or_default();
    if errors.is_empty() {
        return outcome.message.clone().into_any();
    }
    let lines: Vec<AnyView> = errors
        .iter()
        .map(|error| {
            // Most sentences begin with the column's title.
            let (column, rest) = match error.message.strip_prefix(&error.column) {
                Some(rest) => (error.column.clone(), rest.to_owned()),
                None => (error.column.clone(), format!(": {}", error.message)),
            };
            let rest = if column.is_empty() { error.message.clone() } else { rest };
            view! { <li><strong>{column}</strong>{rest}</li> }.into_any()
        })
        .collect();
    view! { <ul class="cell-errors">{lines}</ul> }.into_any()
}

fn pager(page: &TransactionPage, shown: Rows, address: &Address<'_>) -> Option<AnyView> {
    let total = if shown.failed { page.rows_failed } else { page.rows_done };
    if total <= ROWS_SHOWN && shown.skip == 0 {
        return None;
    }
    let part = Part { skip: shown.skip, shown: page.rows.len() as u64, total, limit: ROWS_SHOWN };
    Some(pager::pager(part, "Pages of the rows", "rows", None, |skip| {
        address.of(Rows { skip, ..shown })
    }))
}

/// The outcome of all rows as a bar, with its words. Those of a trial say what would be.
pub fn outcome(page: &TransactionPage) -> Option<AnyView> {
    let trial = page.record.data.get("mode").and_then(Value::as_str) == Some("dry_run");
    let words = if trial { ["can be loaded", "can't be"] } else { ["succeeded", "failed"] };
    let counts = page.record.data.get("counts")?.as_object()?;
    let number = |name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or(0);
    if counts.contains_key("added") {
        // What a sync came to is a fact of its own: it has no rows, of which some would be left.
        return None;
    }
    let (total, failed) = (number("total").max(1), number("failed"));
    let succeeded = number("succeeded");
    let part = |icon: IconName, class: &'static str, count: u64, word: &'static str| {
        view! {
            <li class=class>
                <Icon name=icon/>
                <strong>{grouped(count)}</strong>
                {word}
            </li>
        }
    };
    let rest = total.saturating_sub(succeeded + failed);
    let rest = (rest > 0).then(|| part(IconName::Queued, "is-rest", rest, "not run"));
    Some(
        view! {
            <div class="outcome">
                <svg
                    class="outcome-bar"
                    viewBox=format!("0 0 {total} 1")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                >
                    <rect class="is-succeeded" width=succeeded height="1"></rect>
                    <rect class="is-failed" x=succeeded width=failed height="1"></rect>
                </svg>
                <ul class="outcome-words">
                    {part(IconName::Succeeded, "is-succeeded", succeeded, words[0])}
                    {(failed > 0).then(|| part(IconName::Failed, "is-failed", failed, words[1]))}
                    {rest}
                </ul>
            </div>
        }
        .into_any(),
    )
}
