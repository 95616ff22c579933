//! The calls that a model offers: a table, and an example of each that can be run as it stands.

use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::super::code::{code_block, shell_word};
use crate::{
    domain::{App, resources::href, samples, transactions},
    model::{Model, Operation},
    store::Node,
    ui::components::table,
};

/// A call. Path and body have `{pkid}` and `{node}` where an instance and a node are named.
struct Call {
    task: &'static str,
    method: &'static str,
    path: String,
    body: Option<Value>,
    /// Whether a file is sent.
    sends_file: bool,
    /// What can be said beyond the example.
    about: &'static str,
}

impl Call {
    /// The call as a command of a shell in which [`set_up`] has been run.
    fn curl(&self) -> String {
        let mut text = "curl -u \"$TENANTRY_USER\"".to_owned();
        if self.method != "GET" {
            text += &format!(" -X {}", self.method);
        }
        if self.path.contains("/export") {
            text += " -OJ";
        }
        let path = self.path.replace("{pkid}", "$PKID").replace("{node}", "$NODE");
        text += &format!(" \"$TENANTRY_URL{path}\"");
        if self.sends_file {
            text += " -F file=@sheet.xlsx";
        }
        if let Some(body) = &self.body {
            // Out of the quotes and in again, where the shell is to put the value in.
            let body = shell_word(&body.to_string()).replace("{pkid}", "'\"$PKID\"'");
            text += &format!(" \\\n  -H 'Content-Type: application/json' \\\n  --data {body}");
        }
        text
    }
}

/// What the examples refer to.
pub fn set_up(app: &App, place: &Node, pkid: Option<&str>) -> String {
    format!(
        "export TENANTRY_URL={}\nexport TENANTRY_USER=your-name\nexport NODE={}\nexport PKID={}",
        shell_word(&app.settings.public_url),
        shell_word(&place.pkid),
        shell_word(pkid.unwrap_or("pkid-of-an-instance")),
    )
}

/// Task, method and path of each call.
pub fn overview(model: &Model, pkid: Option<&str>) -> AnyView {
    let rows: Vec<AnyView> = calls(model, Map::new(), Map::new())
        .into_iter()
        .map(|call| {
            let path = call.path.replace("{pkid}", pkid.unwrap_or("[pkid]"));
            view! {
                <tr>
                    <th scope="row">{call.task}</th>
                    <td><code>{call.method}</code></td>
                    <td><code>{path.replace("{node}", "[hierarchy]")}</code></td>
                </tr>
            }
            .into_any()
        })
        .collect();
    table("Calls", "", &["Task", "Method", "Path"], rows)
}

/// An example of each call. `sample` is what can be created, `modified` what can replace an
/// instance.
pub fn examples(
    model: &Model,
    sample: Map<String, Value>,
    modified: Map<String, Value>,
) -> Vec<AnyView> {
    calls(model, sample, modified)
        .into_iter()
        .map(|call| {
            let about = (!call.about.is_empty()).then(|| view! { <p>{call.about}</p> });
            view! {
                <section class="api-call">
                    <h3>{call.task}</h3>
                    {about}
                    {code_block(call.curl(), call.task)}
                </section>
            }
            .into_any()
        })
        .collect()
}

fn calls(model: &Model, sample: Map<String, Value>, modified: Map<String, Value>) -> Vec<Call> {
    let base = format!("/api/{}", model.model_type);
    let at = "?hierarchy={node}";
    let hrefs = json!([href(&model.model_type, "{pkid}")]);
    let named = json!({ "hrefs": hrefs });
    let mut changed: Map<String, Value> = samples::change(model).into_iter().collect();
    changed.insert("hrefs".to_owned(), hrefs);
    let moving = format!("model_type={}&context_hierarchy={{node}}", model.model_type);

    let mut calls = Vec::new();
    let mut call = |operation, task, method, path: String, body, about| {
        if model.offers(operation) {
            let sends_file = path.contains("/import/");
            calls.push(Call { task, method, path, body, sends_file, about });
        }
    };
    call(Operation::List, "List", "GET", format!("{base}/{at}&limit=25"), None, LIST);
    let views = format!("{base}/views/");
    call(Operation::List, "Saved views", "GET", views.clone(), None, "");
    let view = json!({ "name": "Example", "query": "limit=25", "shared": false });
    call(Operation::List, "Save a view", "POST", views, Some(view), VIEW);
    call(Operation::List, "Choices", "GET", format!("{base}/choices/{at}"), None, CHOICES);
    call(Operation::Add, "Add form", "GET", format!("{base}/add/{at}"), None, ADD_FORM);
    let body = Some(Value::Object(sample));
    call(Operation::Add, "Create", "POST", format!("{base}/{at}"), body, CREATE);
    call(Operation::Get, "Get", "GET", format!("{base}/{{pkid}}/"), None, GET);
    let body = Some(Value::Object(modified));
    call(Operation::Update, "Modify", "PUT", format!("{base}/{{pkid}}/"), body, MODIFY);
    let bulk = || format!("{base}/bulk_update/{at}");
    call(Operation::BulkUpdate, "Form of the bulk modify", "GET", bulk(), None, "");
    let body = Some(Value::Object(changed));
    call(Operation::BulkUpdate, "Bulk modify", "POST", bulk(), body, BULK_MODIFY);
    let one = format!("/api/tool/DataMove/{{pkid}}/?{moving}");
    call(Operation::Move, "Move", "POST", one, None, MOVE);
    let several = format!("/api/tool/DataMove/?{moving}");
    call(Operation::Move, "Bulk move", "POST", several, Some(named.clone()), BULK);
    let one = format!("{base}/{{pkid}}/export?export_format=xlsx");
    call(Operation::Export, "Export one", "GET", one, None, EXPORT);
    let several = format!("{base}/export/{at}&export_format=json");
    call(Operation::Export, "Export", "POST", several, Some(named.clone()), BULK);
    let sheet = format!("{base}/export_bulkload_template/{at}");
    call(Operation::ExportBulkloadTemplate, "Sheet to be filled in", "POST", sheet, None, "");
    let takes = if model.offers(Operation::Add) { Operation::Add } else { Operation::Update };
    let load = format!("{base}/import/{at}&mode=dry_run");
    call(takes, "Bulk load", "POST", load, None, LOAD);
    let templates = format!("{base}/configuration_template/{at}");
    call(Operation::ConfigurationTemplate, "Usable templates", "GET", templates, None, USABLE);
    let policies = format!("{base}/field_display_policy/{at}");
    call(Operation::FieldDisplayPolicy, "Usable display policies", "GET", policies, None, USABLE);
    if model.model_type == transactions::MODEL {
        let own = |rest: &str| format!("{base}/{{pkid}}/{rest}/");
        call(Operation::Get, "State", "GET", own("poll"), None, "");
        call(Operation::Get, "News, as they come", "GET", own("events"), None, EVENTS);
        call(Operation::Get, "Cancel", "POST", own("cancel"), None, CANCEL);
        call(Operation::Get, "Replay", "POST", own("replay"), None, "");
    }
    call(Operation::Remove, "Bulk delete", "DELETE", format!("{base}/{at}"), Some(named), BULK);
    call(Operation::Remove, "Delete", "DELETE", format!("{base}/{{pkid}}/"), None, DELETE);
    call(Operation::Get, "Schema", "GET", format!("{base}/schema/"), None, "");
    call(Operation::Help, "This page", "GET", format!("{base}/help"), None, "");
    calls
}

const LIST: &str = "Also skip, order_by, direction, traversal (down, local, up), search, columns, \
                    count=false, and filter_field with filter_text and filter_condition, repeated.";
const CHOICES: &str = "Instances as values and titles, for a field that refers to them: field, \
                       choice_title, title (what titles begin with), filter_condition; \
                       Range: items=0-24 in place of skip and limit.";
const ADD_FORM: &str = "template_name fills it, policy_name says how it is shown.";
const CREATE: &str = "template_name fills what is left out. nowait=true queues it and answers the \
                      transaction.";
const GET: &str = "schema=true puts the schema beside the data, as policy_name shows it.";
const MODIFY: &str = "All attributes: those that are left out are gone afterwards, but for secrets. \
                      template_name fills what is left out; If-Match with the ETag makes sure that \
                      nobody has saved since; nowait=true queues it.";
const BULK_MODIFY: &str = "The attributes that are named change, a null takes one away.";
const BULK: &str = "In place of hrefs, a filter: {\"filter\": {the list's parameters}, \
                    \"expected_total\": number}.";
const MOVE: &str = "context_hierarchy is the node to move to.";
const EXPORT: &str = "export_format is json, raw_xlsx, xlsx or csv.";
const LOAD: &str = "A workbook, a JSON export or CSV. mode is dry_run, all_or_nothing or row_by_row; \
                    template_name fills what the rows leave out. The transaction has the outcome \
                    row by row.";
const VIEW: &str = "query holds the parameters of the list; shared shows it to others.";
const USABLE: &str = "Those at the node and above it, the nearest first, and the call that creates \
                      another.";
const EVENTS: &str = "Server-sent events, until the transaction has ended.";
const CANCEL: &str = "What is queued or runs; what has ended is 409.";
const DELETE: &str = "If-Match with the ETag makes sure that nobody has saved since; nowait=true \
                      queues it.";
