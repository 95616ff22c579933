//! What is around the data: pagination, meta, the answers to writes, and selections in bodies.

use serde_json::{Value, json};

use super::call::schema;

fn text() -> Value {
    json!({ "type": "string" })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

/// The shapes of the model API, by name.
#[expect(clippy::too_many_lines, reason = "a table of shapes")]
pub fn schemas() -> Value {
    let whole = json!({ "type": "integer", "minimum": 0 });
    let flag = json!({ "type": "boolean" });
    let link = || {
        object(&["href", "pkid"], json!({ "href": text(), "pkid": { "type": ["string", "null"] } }))
    };
    let mut meta = json!({
        "model_type": text(),
        "summary_attrs": list(schema("SummaryAttr")),
        "tagged_versions": list(text()),
        "tags": list(text()),
        "title": text(),
        "business_key": { "type": "object" },
        "api_version": text(),
        "cached": flag,
        "references": schema("References"),
        "schema_version": text(),
        "actions": list(schema("Action")),
        "field_display_policy": { "type": "object", "description": "The policy that shaped the form." },
        "configuration_template": { "type": "object", "description": "The template that filled the form." },
    });
    let mut of_collection = meta.clone();
    of_collection["model_specific_actions"] = list(text());
    meta["path"] = list(text());
    meta["connection"] = json!({
        "description": "Of a Webex customer: how its connection is.",
        "type": "object",
        "properties": {
            "state": { "enum": ["not_authorised", "healthy", "expiring", "failed", "lapsed"] },
            "since": { "type": ["string", "null"] },
            "reason": { "type": ["string", "null"] },
        },
    });
    let common = [
        "model_type",
        "summary_attrs",
        "tagged_versions",
        "tags",
        "title",
        "business_key",
        "api_version",
        "cached",
        "references",
        "schema_version",
        "actions",
    ];
    json!({
        "Pagination": object(
            &["skip", "limit", "maximum_limit", "total", "total_limit", "order_by", "direction", "current"],
            json!({
                "skip": whole, "limit": whole, "maximum_limit": whole, "total": whole,
                "total_limit": { "type": "null" },
                "order_by": { "type": ["string", "null"] },
                "direction": { "enum": ["asc", "desc", null] },
                "current": text(),
            }),
        ),
        "SummaryAttr": object(&["name", "title"], json!({
            "name": text(), "title": text(), "allow_filtering": flag,
        })),
        "References": object(&["children", "parent", "device", "foreign_key", "self"], json!({
            "children": list(link()), "parent": list(link()), "device": list(link()),
            "foreign_key": list(link()), "self": list(link()),
        })),
        "Action": {
            "description": "One member, named like the action.",
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": object(&["method", "class", "href"], json!({
                "method": { "enum": ["GET", "POST", "PUT", "DELETE"] },
                "class": text(), "href": text(), "title": text(), "view": text(), "submit": text(),
                "support_async": { "type": "boolean", "description": "Whether `nowait` is taken." },
            })),
        },
        "CollectionMeta": object(&common, of_collection),
        "InstanceMeta": object(&common, meta),
        "RowMeta": object(&["model_type", "path", "references"], json!({
            "model_type": text(), "path": list(text()),
            "references": { "type": "object" },
        })),
        "ModelSchema": {
            "description": "A schema in the dialect of the model files: JSON Schema draft 03 with keywords of its own.",
            "type": "object",
            "required": ["type", "properties"],
        },
        "Form": object(&["meta", "schema", "data", "actions"], json!({
            "meta": { "type": "object" },
            "schema": schema("ModelSchema"),
            "data": { "type": "object", "description": "What the form starts with." },
            "actions": list(schema("Action")),
        })),
        "Written": object(&["pkid", "model_type", "meta", "success", "transaction_id"], json!({
            "pkid": text(), "model_type": text(), "success": { "const": true },
            "transaction_id": text(),
            "meta": object(&["parent_id", "summary_attrs", "uri"], json!({
                "parent_id": object(&["pkid", "uri"], json!({ "pkid": text(), "uri": text() })),
                "summary_attrs": list(schema("SummaryAttr")),
                "uri": text(),
            })),
        })),
        "Accepted": {
            "description": "The outcome is read from the transaction.",
            "type": "object",
            "required": ["href", "success", "transaction_id"],
            "properties": {
                "href": text(), "success": { "const": true }, "transaction_id": text(),
            },
            "additionalProperties": false,
        },
        "BulkOutcome": object(
            &["model_type", "success", "transaction_id", "counts", "sub_transactions"],
            json!({
                "model_type": text(), "success": flag, "transaction_id": text(),
                "counts": { "type": "object", "additionalProperties": whole },
                "sub_transactions": list(object(&["href", "status", "message"], json!({
                    "href": text(), "message": text(), "transaction_id": text(),
                    "status": { "enum": ["Success", "Fail", "Unchanged", "Not Done"] },
                }))),
            }),
        ),
        "Poll": {
            "description": "One member, named by the transaction's id.",
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": object(&["status", "href", "description"], json!({
                "status": schema("Status"), "href": text(), "description": text(),
            })),
        },
        "Status": { "enum": ["Queued", "In Progress", "Success", "Fail"] },
        "Event": object(&["status", "progress", "message"], json!({
            "status": schema("Status"), "message": text(),
            "progress": object(&["done", "total"], json!({ "done": whole, "total": whole })),
        })),
        "Choices": object(&["pagination", "meta", "choices"], json!({
            "pagination": schema("Pagination"),
            "meta": object(&["query", "references"], json!({
                "query": { "type": "object" }, "references": schema("References"),
            })),
            "choices": list(object(&["value", "title"], json!({ "value": {}, "title": {} }))),
        })),
        "Views": object(&["views"], json!({
            "views": list(object(&["pkid", "name", "query", "shared", "own", "username", "href"], json!({
                "pkid": text(), "name": text(), "query": text(), "shared": flag, "own": flag,
                "username": text(), "href": text(),
            }))),
        })),
        "NewView": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 80 },
                "query": { "type": "string", "description": "The parameters of a list as a query string." },
                "shared": flag,
            },
        },
        "Done": object(&["pkid", "success"], json!({ "pkid": text(), "success": { "const": true } })),
        "Usable": object(&["meta", "resources", "actions"], json!({
            "meta": schema("CollectionMeta"),
            "resources": list(object(&["data", "meta"], json!({
                "data": { "type": "object" }, "meta": schema("RowMeta"),
            }))),
            "actions": list(schema("Action")),
        })),
        "RequestMeta": {
            "description": "Whom to tell the outcome of a call with `nowait`.",
            "type": "object",
            "properties": {
                "callback_url": { "type": "string", "format": "uri", "description": "Its host must be one that the operator allows." },
                "callback_username": text(),
                "callback_password": { "type": "string", "writeOnly": true, "format": "password" },
                "external_id": text(),
                "external_reference": text(),
            },
        },
        "OnlyMeta": {
            "type": "object",
            "properties": { "request_meta": schema("RequestMeta") },
            "additionalProperties": false,
        },
        "Selection": {
            "description": "The instances of a bulk call: named one by one, or all that match a filter as long as they are as many as expected.",
            "type": "object",
            "properties": selection_members(),
            "oneOf": selection_kinds(),
        },
        "MaybeSelection": {
            "description": "Nothing, `request_meta`, or the target beside them.",
            "type": "object",
            "properties": { "context_hierarchy": text(), "request_meta": schema("RequestMeta") },
        },
        "Upload": {
            "type": "object",
            "required": ["file"],
            "properties": { "file": {
                "type": "string", "format": "binary",
                "description": "A workbook (.xlsx), a CSV file, a JSON export or a zip of one; at most 32 MiB.",
            } },
        },
    })
}

/// What a body has beside the attributes to name instances.
pub fn selection_members() -> Value {
    json!({
        "hrefs": { "type": "array", "minItems": 1, "items": text(), "description": "Paths of instances." },
        "filter": {
            "type": "object",
            "description": "The parameters of a list; a repeated one is a list.",
            "additionalProperties": { "type": ["string", "number", "boolean", "array"] },
        },
        "expected_total": { "type": "integer", "minimum": 0, "description": "How many the filter is expected to match." },
        "request_meta": schema("RequestMeta"),
    })
}

/// Either way of naming them.
pub fn selection_kinds() -> Value {
    json!([
        { "required": ["hrefs"], "not": { "required": ["filter"] } },
        { "required": ["filter", "expected_total"], "not": { "required": ["hrefs"] } },
    ])
}
