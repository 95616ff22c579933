//! What is around the data in answers: pagination, operations, meta, and the answer to a write.
//! Names and order are those of the documents.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::super::hrefs::etag;
use crate::{
    domain::{
        App,
        forms::Form,
        hierarchy,
        licences::USER,
        lists::Listed,
        policies,
        resources::{Control, Written, href},
        tasks::{self, Asked},
        templates, transactions,
    },
    fault::Fault,
    list_query::{LOCATED_AT, ListQuery, MAXIMUM_LIMIT},
    model::{Model, Operation},
    store::{Node, Stored},
};

/// What the documents print; the release of the interface, not ours.
const API_VERSION: &str = "21.2";

/// Every operation by its name, in the order in which lists name them.
const OPERATIONS: [(&str, Operation); 12] = [
    ("export", Operation::Export),
    ("help", Operation::Help),
    ("update", Operation::Update),
    ("bulk_update", Operation::BulkUpdate),
    ("get", Operation::Get),
    ("move", Operation::Move),
    ("remove", Operation::Remove),
    ("list", Operation::List),
    ("configuration_template", Operation::ConfigurationTemplate),
    ("add", Operation::Add),
    ("export_bulkload_template", Operation::ExportBulkloadTemplate),
    ("field_display_policy", Operation::FieldDisplayPolicy),
];

/// `operations` of a list.
pub fn operations(model: &Model) -> Value {
    offered(model).into()
}

fn offered(model: &Model) -> Vec<Value> {
    OPERATIONS.iter().filter(|(_, op)| model.offers(*op)).map(|(name, _)| json!(name)).collect()
}

/// `pagination` of a list.
pub fn pagination(model: &Model, listed: &Listed) -> Value {
    pagination_of(&format!("/api/{}/", model.model_type), listed, &[])
}

/// `pagination` of the call at `path`, which takes `more` parameters than a list.
pub fn pagination_of(path: &str, listed: &Listed, more: &[(&str, &str)]) -> Value {
    let query = &listed.query;
    json!({
        "skip": query.skip,
        "limit": query.limit,
        "maximum_limit": MAXIMUM_LIMIT,
        "total": listed.total,
        "total_limit": null,
        "order_by": query.order_by,
        "direction": query.direction,
        "current": format!("{path}?{}", current(query, more)),
    })
}

/// The query string that gives this page again.
fn current(query: &ListQuery, more: &[(&str, &str)]) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.append_pair("skip", &query.skip.to_string());
    text.append_pair("limit", &query.limit.to_string());
    if let Some(order_by) = &query.order_by {
        text.append_pair("order_by", order_by);
    }
    if let Some(direction) = query.direction {
        text.append_pair("direction", direction.as_str());
    }
    text.append_pair("traversal", query.traversal.as_str());
    // The rest stands there only when it was given.
    let given = [
        "hierarchy",
        "search",
        "filter_field",
        "filter_condition",
        "filter_text",
        "ignore_case",
        "columns",
        "count",
    ];
    for (name, value) in query.to_pairs() {
        if given.contains(&name.as_str()) {
            text.append_pair(&name, &value);
        }
    }
    if query.summary {
        text.append_pair("summary", "true");
    }
    text.extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()));
    text.finish()
}

/// `meta` of a list, or of an add form.
pub fn collection_meta(model: &Model, place: &Node) -> Value {
    let mut specific = offered(model);
    specific.retain(|name| name != "bulk_update" && name != "add");
    if model.offers(Operation::Add) {
        specific.push(json!("add"));
    }
    json!({
        "model_type": model.model_type,
        "summary_attrs": summary_attrs(model),
        "tagged_versions": [],
        "tags": [],
        "title": "",
        "business_key": {},
        "api_version": API_VERSION,
        "cached": true,
        "references": collection_references(model, place),
        "model_specific_actions": specific,
        "schema_version": model.schema_version,
        "actions": actions(model, place),
    })
}

/// `meta` of an instance; `controls` are the calls on it that no operation stands for.
pub fn instance_meta(model: &Model, stored: &Stored, controls: Option<Vec<Control>>) -> Value {
    let (place, pkid) = (&stored.node, stored.pkid.as_str());
    let mut actions = instance_actions(model, place, pkid);
    for (name, title) in controls.into_iter().flatten() {
        let path = format!("{}/{name}/", href(&model.model_type, pkid));
        actions.push(action(name, ("POST", "execute"), path, true, title));
    }
    json!({
        "model_type": model.model_type,
        "summary_attrs": summary_attrs(model),
        "tagged_versions": [],
        "tags": [],
        "title": "",
        "business_key": {},
        "api_version": API_VERSION,
        "cached": true,
        "path": path(&place.path),
        "references": references(
            place,
            &format!("{}/", href(&model.model_type, pkid)),
            json!(pkid),
        ),
        "schema_version": model.schema_version,
        "actions": actions,
    })
}

/// Says in `meta` which policy and which template a form was made by.
pub fn shaped_by(meta: &mut Value, form: &Form) {
    if let Some(policy) = &form.policy {
        meta["field_display_policy"] = json!({
            "href": href(policies::MODEL, &policy.pkid),
            "pkid": policy.pkid,
            "name": policy.name,
            "groups": form.model.groups,
        });
    }
    if let Some(template) = &form.template {
        meta["configuration_template"] = json!({
            "href": href(templates::MODEL, &template.pkid),
            "pkid": template.pkid,
            "name": template.name,
        });
    }
}

/// `meta` of a row: the parts of it that differ from row to row.
pub fn row_meta(model: &Model, pkid: &str, node_pkid: &str, node_path: &str) -> Value {
    json!({
        "model_type": model.model_type,
        "path": path(node_path),
        "references": {
            "parent": [{ "href": href(hierarchy::MODEL, node_pkid), "pkid": node_pkid }],
            "self": [{ "href": format!("{}/", href(&model.model_type, pkid)), "pkid": pkid }],
        },
    })
}

/// The node names of a dot path.
fn path(dotted: &str) -> Vec<&str> {
    dotted.split('.').collect()
}

pub fn summary_attrs(model: &Model) -> Vec<Value> {
    model
        .summary_attrs
        .iter()
        .map(|name| {
            let mut attr = Map::new();
            attr.insert("name".to_owned(), json!(name));
            attr.insert("title".to_owned(), json!(model.attr_title(name)));
            if name == LOCATED_AT {
                attr.insert("allow_filtering".to_owned(), json!(true));
            }
            attr.into()
        })
        .collect()
}

/// `references` of what isn't one instance.
pub fn collection_references(model: &Model, place: &Node) -> Value {
    references(place, &format!("{}/", href(&model.model_type, "None")), Value::Null)
}

fn references(place: &Node, own: &str, pkid: Value) -> Value {
    json!({
        "children": [],
        "parent": [{ "href": href(hierarchy::MODEL, &place.pkid), "pkid": place.pkid }],
        "device": [{ "href": "", "pkid": "" }],
        "foreign_key": [],
        "self": [{ "href": own, "pkid": pkid }],
    })
}

/// An action: method, class, href, whether `nowait` is taken, title.
fn action(
    name: &str,
    (method, class): (&str, &str),
    href: String,
    support_async: bool,
    title: &str,
) -> Value {
    let mut action = Map::new();
    let body = json!({
        "method": method,
        "class": class,
        "href": href,
        "support_async": support_async,
        "title": title,
    });
    action.insert(name.to_owned(), body);
    action.into()
}

/// `actions` of a list, in the order of the documents.
fn actions(model: &Model, place: &Node) -> Vec<Value> {
    let base = format!("/api/{}", model.model_type);
    let at = format!("hierarchy={}", place.pkid);
    let own = |rest: &str| format!("{base}/{rest}?{at}");
    let mut moving = action(
        "move",
        ("POST", "move"),
        format!("/api/tool/DataMove/?{at}&model_type={}", model.model_type),
        true,
        "Move",
    );
    // Clients put their token into the placeholder; no token ever stands in a URL of ours.
    moving["move"]["view"] = json!("/api/tool/DataMove/?auth_token=[authtoken]");
    let mut export = action("export", ("POST", "export"), own("export/"), false, "Export");
    export["export"]["view"] = json!("/api/view/ExportData/add/?auth_token=[authtoken]");
    export["export"]["submit"] = json!("payload");
    let all = [
        (Operation::Add, action("add", ("GET", "add"), own("add/"), false, "Add")),
        (Operation::Remove, action("remove", ("DELETE", "delete"), own(""), true, "Delete")),
        (Operation::Move, moving),
        (Operation::Export, export),
        (
            Operation::ExportBulkloadTemplate,
            action(
                "export_bulkload_template",
                ("POST", "bulkload_template"),
                own("export_bulkload_template/"),
                false,
                "Export Bulk Load Template",
            ),
        ),
        (
            Operation::ConfigurationTemplate,
            action(
                "configuration_template",
                ("GET", "config"),
                own("configuration_template/"),
                false,
                "Configuration Template",
            ),
        ),
        (
            Operation::FieldDisplayPolicy,
            action(
                "field_display_policy",
                ("GET", "display_policy"),
                own("field_display_policy/"),
                false,
                "Field Display Policy",
            ),
        ),
        (Operation::List, action("list", ("GET", "list"), own(""), false, "List")),
        (Operation::Help, action("help", ("GET", "help"), own("help"), false, "Help")),
    ];
    let mut all: Vec<Value> =
        all.into_iter().filter(|(op, _)| model.offers(*op)).map(|(_, action)| action).collect();
    if model.model_type == USER && model.offers(Operation::Update) {
        all.extend(assignments(&own("services/"), true));
    }
    all
}

/// Giving users services and packs, and taking them back.
fn assignments(path: &str, support_async: bool) -> [Value; 2] {
    [("assign", "POST", "Assign"), ("unassign", "DELETE", "Unassign")].map(
        |(name, method, title)| {
            action(name, (method, "execute"), path.to_owned(), support_async, title)
        },
    )
}

/// `actions` of an instance.
fn instance_actions(model: &Model, place: &Node, pkid: &str) -> Vec<Value> {
    let at = format!("hierarchy={}", place.pkid);
    let own = format!("{}/?{at}", href(&model.model_type, pkid));
    let help = format!("{}/help?{at}", href(&model.model_type, pkid));
    let all = [
        (Operation::Get, action("get", ("GET", "get"), own.clone(), false, "Get")),
        (Operation::Update, action("update", ("PUT", "update"), own.clone(), true, "Modify")),
        (Operation::Remove, action("remove", ("DELETE", "delete"), own, true, "Delete")),
        (
            Operation::Move,
            action(
                "move",
                ("POST", "move"),
                format!("/api/tool/DataMove/{pkid}/?{at}&model_type={}", model.model_type),
                true,
                "Move",
            ),
        ),
        (
            Operation::Export,
            action(
                "export",
                ("GET", "export"),
                format!("{}/export?{at}", href(&model.model_type, pkid)),
                false,
                "Export",
            ),
        ),
        (Operation::Help, action("help", ("GET", "help"), help, false, "Help")),
    ];
    let mut actions: Vec<Value> =
        all.into_iter().filter(|(op, _)| model.offers(*op)).map(|(_, action)| action).collect();
    if model.model_type == USER && model.offers(Operation::Update) {
        let path = format!("{}/services/?{at}", href(&model.model_type, pkid));
        actions.extend(assignments(&path, false));
    }
    for act in &model.actions {
        let path = format!("{}/+{}?{at}", href(&model.model_type, pkid), act.name);
        actions.push(action(&act.name, ("POST", "execute"), path, true, &act.title));
    }
    actions
}

/// `actions` of an add form: where its result goes.
pub fn create_action(model: &Model, place: &Node) -> Value {
    json!([{ "create": {
        "class": "add",
        "href": format!("/api/{}/?hierarchy={}", model.model_type, place.pkid),
        "method": "POST",
        "support_async": true,
        "title": "Create",
    } }])
}

/// The answer to a create, modify, delete or move.
pub fn written(model: &Model, status: StatusCode, written: &Written) -> Response {
    let body = json!({
        "pkid": written.pkid,
        "model_type": model.model_type,
        "meta": {
            "parent_id": {
                "pkid": written.node.pkid,
                "uri": href(hierarchy::MODEL, &written.node.pkid),
            },
            "summary_attrs": summary_attrs(model),
            "uri": href(&model.model_type, &written.pkid),
        },
        "success": true,
        "transaction_id": written.transaction_id,
    });
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&etag(written.version)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The answer to a call whose outcome is read from its transaction.
pub fn accepted(transaction_id: &str) -> Response {
    let body = json!({
        "href": href(transactions::MODEL, transaction_id),
        "success": true,
        "transaction_id": transaction_id,
    });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// The answer to a bulk call: its outcome row by row, or its transaction when that is still to
/// come.
pub async fn bulk(app: &App, model: &Model, asked: &Asked) -> Result<Response, Fault> {
    if !asked.ended {
        return Ok(accepted(&asked.transaction_id));
    }
    let outcome = tasks::outcome(app, &asked.transaction_id).await?;
    let body = json!({
        "model_type": model.model_type,
        "success": outcome.success,
        "transaction_id": outcome.transaction_id,
        "counts": outcome.counts,
        "sub_transactions": outcome.rows,
    });
    Ok(Json(body).into_response())
}

/// `actions` of a bulk form: where its result goes.
pub fn bulk_update_action(model: &Model, place: &Node) -> Value {
    let href = format!("/api/{}/bulk_update/?hierarchy={}", model.model_type, place.pkid);
    json!([action("bulk_update", ("POST", "update"), href, true, "Bulk Modify")])
}
