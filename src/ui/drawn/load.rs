//! Bulk load: the sheet to fill in, the file that comes back, and what can be made of a load.

use leptos::prelude::*;
use serde_json::Value;

use super::{
    Page, Visit,
    parts::{choice, heading, refusal},
};
use crate::{
    domain::{
        access::permit,
        forms::{self, Chooser},
        resources::place,
        shown::TransactionPage,
        transaction_page::is_load,
    },
    model::{Model, Operation, form::value_of},
    store::Node,
    ui::{
        components::{Icon, IconName, NodeTypeBadge, value::counted},
        pages::form::back_link,
        routes::{Deed, TRANSACTION, at_node, list_href, many_href},
    },
};

/// Value, title, and what it does.
const MODES: [(&str, &str, &str); 3] = [
    ("dry_run", "Check only", "Every row is tried and nothing is changed. You decide after that."),
    ("all_or_nothing", "Load all or nothing", "One row that fails undoes all."),
    ("row_by_row", "Load row by row", "Rows that fail leave the others done."),
];

pub async fn page(visit: &Visit<'_>, model_type: &str) -> Page {
    let model = visit.app.model(model_type)?;
    let place = place(visit.app, visit.caller, visit.node())?;
    permit(visit.caller, &model, Operation::Add)
        .or_else(|_| permit(visit.caller, &model, Operation::Update))?;
    let choosers = forms::at(visit.app, &place, &model, Vec::new()).await?.choosers;
    let refused = visit.posted.and_then(|posted| posted.fault.as_ref());
    let title = format!("Load {}", model.title_plural);
    let back = at_node(&list_href(model_type), visit.node());
    let view = view! {
        <div class="form-page">
            {back_link(back.clone(), &model.title_plural)}
            <div class="page-head">
                <div>
                    {heading(title.clone())}
                    <p class="page-about muted">
                        "Add, change and delete many at once from a sheet, or from a file that was \
                         exported here."
                    </p>
                </div>
            </div>
            {refused.map(|fault| refusal(fault, &[]))}
            {sheet(visit, &model, &choosers)}
            {file(visit, &model, &place, &choosers, back)}
        </div>
    };
    Ok((title, view.into_any()))
}

/// Whether there is anything to be loaded.
pub fn may_load(model: &Model) -> bool {
    model.offers(Operation::Add) || model.offers(Operation::Update)
}

fn sheet(visit: &Visit<'_>, model: &Model, choosers: &[Chooser]) -> Option<AnyView> {
    if !model.offers(Operation::ExportBulkloadTemplate) {
        return None;
    }
    let action = at_node(&many_href(&model.model_type, Deed::Template), visit.node());
    Some(
        view! {
            <section class="card stack step" aria-labelledby="sheet">
                <h2 id="sheet">"1. The sheet"</h2>
                <p>
                    "A workbook with a column for each field, its choices as drop-downs. Mandatory \
                     columns are marked. An exported Excel, CSV or JSON file can be used as well."
                </p>
                <form method="post" action=action class="cluster">
                    {choice(choosers, "policy_name", "")}
                    <button class="btn" name="_submit" value="template">
                        <Icon name=IconName::Download/>
                        "Download the sheet"
                    </button>
                </form>
            </section>
        }
        .into_any(),
    )
}

fn file(
    visit: &Visit<'_>,
    model: &Model,
    place: &Node,
    choosers: &[Chooser],
    back: String,
) -> AnyView {
    let posted = visit.posted.map(|posted| posted.pairs.as_slice()).unwrap_or_default();
    let chosen = value_of(posted, "mode").unwrap_or("dry_run");
    let options: Vec<AnyView> = MODES
        .into_iter()
        .map(|(value, title, about)| {
            view! {
                <label class="radio option">
                    <input
                        type="radio"
                        name="mode"
                        value=value
                        checked=value == chosen
                        autocomplete="off"
                    />
                    <span>
                        {title}
                        <small class="muted">{about}</small>
                    </span>
                </label>
            }
            .into_any()
        })
        .collect();
    let action = at_node(&many_href(&model.model_type, Deed::Load), visit.node());
    view! {
        <section class="card stack step" aria-labelledby="file">
            <h2 id="file">"2. The file"</h2>
            <form method="post" action=action enctype="multipart/form-data" class="stack">
                <div class="field">
                    <label class="field-label" for="load-file">"File"</label>
                    <div class="drop">
                        <Icon name=IconName::Upload/>
                        <input
                            type="file"
                            id="load-file"
                            name="file"
                            required
                            accept=".xlsx,.csv,.json,.zip,.gz"
                            aria-describedby="load-file-help"
                        />
                        <p id="load-file-help" class="field-help">
                            "Drop a file here or choose one: xlsx, csv, JSON or zip, up to 32 MiB \
                             and 100,000 rows."
                        </p>
                    </div>
                </div>
                <p class="page-sub">
                    <span class="muted">"Rows that name no place of their own are added at"</span>
                    <span title=place.path.clone()>{place.name.clone()}</span>
                    <NodeTypeBadge node_type=place.node_type/>
                </p>
                <fieldset class="field">
                    <legend class="field-label">"What to do with it"</legend>
                    <div class="radio-column">{options}</div>
                </fieldset>
                {choice(choosers, "template_name", value_of(posted, "template_name").unwrap_or(""))}
                <p class="cluster">
                    <button class="btn btn-primary" name="_submit" value="load">
                        <Icon name=IconName::Upload/>
                        "Upload"
                    </button>
                    <a class="btn btn-quiet" href=back>"Cancel"</a>
                </p>
            </form>
        </section>
    }
    .into_any()
}

/// What can be done after a load: correct what failed, or load for real what was only tried.
pub fn next(page: &TransactionPage, node: Option<&str>) -> Option<AnyView> {
    let data = &page.record.data;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let ended = ["Success", "Fail"].contains(&text("status"));
    if !is_load(data) || !ended || !page.can_apply {
        return None;
    }
    let (tried, failed) = (text("mode") == "dry_run", page.rows_failed);
    if !tried && failed == 0 {
        return None;
    }
    let right = page.rows_done.saturating_sub(failed);
    let button = |mode: &'static str, class: &'static str, label: String| {
        view! {
            <button class=class name="_submit" value=mode>
                <Icon name=IconName::Upload/>
                {label}
            </button>
        }
        .into_any()
    };
    let buttons: Vec<AnyView> = match (tried, failed) {
        (true, 0) => vec![
            button("all_or_nothing", "btn btn-primary", "Load all or nothing".to_owned()),
            button("row_by_row", "btn", "Load row by row".to_owned()),
        ],
        // Row by row has loaded what is right already.
        _ if right > 0 && text("mode") != "row_by_row" => {
            let rows = counted(right, "row that is right", "rows that are right");
            vec![button("row_by_row", "btn", format!("Load the {rows}"))]
        }
        _ => Vec::new(),
    };
    let form = (!buttons.is_empty())
        .then(|| view! { <form method="post" class="cluster">{buttons}</form> });
    let corrections = (failed > 0).then(|| corrections(page, node));
    let words = match (tried, failed) {
        (true, 0) => "Every row can be loaded. Nothing has been changed yet.".to_owned(),
        (true, _) => format!(
            "{} attention. Nothing has been changed yet.",
            counted(failed, "row needs", "rows need")
        ),
        _ => format!("{} attention.", counted(failed, "row needs", "rows need")),
    };
    let (class, icon) = if failed == 0 {
        ("notice is-success", IconName::Succeeded)
    } else {
        ("notice is-warning", IconName::Warning)
    };
    Some(
        view! {
            <div class=format!("{class} load-next")>
                <Icon name=icon/>
                <div class="stack">
                    <p><strong>{words}</strong></p>
                    <div class="cluster">{corrections} {form}</div>
                </div>
            </div>
        }
        .into_any(),
    )
}

/// The way to the rows that failed and back with them corrected.
fn corrections(page: &TransactionPage, node: Option<&str>) -> AnyView {
    let errors = format!("/api/{TRANSACTION}/{}/errors.xlsx", page.record.pkid);
    let again = page.changed_model.as_ref().map(|model| {
        let href = at_node(&many_href(&model.model_type, Deed::Load), node);
        view! { <a class="btn" href=href>"Load a corrected file…"</a> }
    });
    view! {
        <a class="btn btn-primary" href=errors rel="external" download>
            <Icon name=IconName::Download/>
            "Download the error sheet"
        </a>
        {again}
    }
    .into_any()
}
