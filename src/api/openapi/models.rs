//! The calls that every model has, each described once with what is the model's own.

use serde_json::{Value, json};

use super::{
    account::success,
    call::{Call, Faults, schema},
    envelopes, parameters, provisioning, shapes,
};
use crate::{
    domain::transfer::file,
    model::{Model, Operation},
};

/// What there is to say of a route of a model.
pub enum Known {
    Call(Box<Call>),
    /// The model doesn't offer it.
    NotOffered,
    /// There is no such call here.
    Nothing,
}

/// The call at the rest of a path below `/api/<type>/<Model>`.
pub fn call(model: &Model, method: &str, rest: &str) -> Known {
    use Operation as Op;
    let many = model.title_plural.as_str();
    let one = model.title.as_str();
    let read = |text: &str| Call::read(text, Faults::Model);
    let write = |text: &str| Call::write(text, Faults::Model);
    let (operation, call) = match (method, rest) {
        ("GET", "") => (Op::List, list(model)),
        ("POST", "") => (Op::Add, create(model)),
        ("DELETE", "") => (Op::Remove, bulk("Delete several", schema("Selection"))),
        ("GET", "/add") => (Op::Add, form("The form that adds an instance", true)),
        ("GET", "/bulk_update") => (Op::BulkUpdate, form("The form that modifies several", false)),
        ("POST", "/bulk_update") => (Op::BulkUpdate, bulk("Modify several", changes(model))),
        ("GET", "/schema") => (
            Op::Get,
            read("The schema").takes(&["hierarchy"]).takes(&parameters::VERSION).answers(
                200,
                "The schema, as model files have it.",
                schema("ModelSchema"),
            ),
        ),
        ("GET", "/help") => (Op::Help, help(&format!("Help about {many}"))),
        ("GET", "/{pkid}/help") => (Op::Help, help(&format!("Help about one {one}"))),
        ("GET", "/choices") => (Op::List, choices()),
        ("GET", "/configuration_template") => {
            (Op::ConfigurationTemplate, usable("Configuration templates that can be used"))
        }
        ("GET", "/field_display_policy") => {
            (Op::FieldDisplayPolicy, usable("Display policies that can be used"))
        }
        ("GET", "/views") => (
            Op::List,
            read("Saved views").answers(200, "One's own and shared ones.", schema("Views")),
        ),
        ("POST", "/views") => (
            Op::List,
            write("Save a view")
                .told("The same name replaces one's own view.")
                .body(schema("NewView"))
                .answers(201, "It is saved.", schema("Done")),
        ),
        ("DELETE", "/views/{pkid}") => (
            Op::List,
            write("Delete a view of one's own").answers(200, "It is gone.", schema("Done")),
        ),
        ("GET", "/{pkid}") => (Op::Get, get(model)),
        ("PUT", "/{pkid}") => (Op::Update, modify(model)),
        ("DELETE", "/{pkid}") => (
            Op::Remove,
            accepted(write("Delete").takes(&["hierarchy", "nowait", "IfMatch"]).answers(
                200,
                "It is gone.",
                schema("Written"),
            ))
            .with_header(200, "ETag", "ETag"),
        ),
        ("POST", "/{pkid}/restore") => (Op::Update, restore()),
        ("DELETE", "/{pkid}/second_factor") => (
            Op::Update,
            write("Turn off the second factor of who has lost it").answers(
                200,
                "A password is enough for the user again.",
                success(),
            ),
        ),
        ("GET", "/{pkid}/export") => (Op::Export, export(read("Export one"))),
        ("GET", "/export/{pkid}") => (Op::Export, export(read("Export one, by its other path"))),
        ("POST", "/export") => {
            (Op::Export, export(write("Export several")).body(schema("Selection")))
        }
        ("POST", "/export_bulkload_template") => (Op::ExportBulkloadTemplate, template()),
        ("POST", "/import") => (Op::Add, import()),
        ("POST" | "DELETE", "/services") => (Op::Update, assign_many(method)),
        ("POST" | "DELETE", "/{pkid}/services") => (Op::Update, assign(method)),
        ("POST", rest) => match act(model, rest) {
            Some(call) => (Op::Get, call),
            None => return Known::Nothing,
        },
        _ => return Known::Nothing,
    };
    if model.offers(operation) { Known::Call(Box::new(call)) } else { Known::NotOffered }
}

fn rows(model: &Model) -> Value {
    json!({ "type": "array", "items": {
        "type": "object",
        "required": ["data", "meta"],
        "properties": { "data": schema(&shapes::name_read(model)), "meta": schema("RowMeta") },
    } })
}

fn list(model: &Model) -> Call {
    let answer = json!({
        "type": "object",
        "required": ["pagination", "operations", "meta", "resources"],
        "properties": {
            "pagination": schema("Pagination"),
            "operations": { "type": "array", "items": { "type": "string" } },
            "meta": schema("CollectionMeta"),
            "resources": rows(model),
        },
    });
    Call::read(&format!("List {}", model.title_plural), Faults::Model)
        .told(model.description.clone())
        .takes(&parameters::OF_LISTS)
        .takes(&parameters::VERSION)
        .answers(200, "A page of the list.", answer)
}

/// A body with the attributes, and `request_meta` beside them.
fn attributes(model: &Model) -> Value {
    let mut body = shapes::sent(model);
    body["properties"]["request_meta"] = schema("RequestMeta");
    body
}

fn create(model: &Model) -> Call {
    let call = Call::write(&format!("Add a {}", model.title), Faults::Model)
        .takes(&["hierarchy", "nowait"])
        .takes(&parameters::TEMPLATE)
        .body(attributes(model))
        .answers(201, "It is added.", schema("Written"))
        .with_header(201, "ETag", "ETag");
    accepted(call)
}

fn modify(model: &Model) -> Call {
    let call = Call::write(&format!("Modify a {}", model.title), Faults::Model)
        .told(
            "Takes all attributes: what is absent is gone afterwards, but for secrets, which stay \
             where they are absent or sent as the mask.",
        )
        .takes(&["hierarchy", "nowait", "IfMatch"])
        .takes(&parameters::TEMPLATE)
        .body(attributes(model))
        .answers(200, "It is modified.", schema("Written"))
        .with_header(200, "ETag", "ETag");
    accepted(call)
}

fn get(model: &Model) -> Call {
    let answer = json!({
        "type": "object",
        "required": ["data", "meta"],
        "properties": {
            "data": schema(&shapes::name_read(model)),
            "meta": schema("InstanceMeta"),
            "schema": schema("ModelSchema"),
        },
    });
    Call::read(&format!("Get a {}", model.title), Faults::Model)
        .takes(&["hierarchy", "schema", "IfNoneMatch"])
        .takes(&parameters::VERSION)
        .takes(&parameters::POLICY)
        .answers(200, "The instance; its secrets are masked.", answer)
        .with_header(200, "ETag", "ETag")
        .answers_empty(304, "The version is known.")
        .with_header(304, "ETag", "ETag")
}

fn restore() -> Call {
    Call::write("Restore an earlier version", Faults::Model)
        .told("As it was after that transaction; secrets stay as they are.")
        .takes(&["hierarchy", "IfMatch"])
        .body(json!({
            "type": "object",
            "required": ["transaction_id"],
            "properties": { "transaction_id": { "type": "string", "minLength": 1 } },
            "additionalProperties": false,
        }))
        .answers(200, "It is restored.", schema("Written"))
        .with_header(200, "ETag", "ETag")
}

fn accepted(call: Call) -> Call {
    call.answers(202, "It is queued.", schema("Accepted"))
}

fn bulk(summary: &str, body: Value) -> Call {
    let call = Call::write(summary, Faults::Model)
        .told("Goes on past rows that fail; each has a line in the answer.")
        .takes(&["hierarchy", "nowait"])
        .body(body)
        .answers(200, "What became of each.", schema("BulkOutcome"));
    accepted(call)
}

/// The selection and the attributes that change; null takes one away.
fn changes(model: &Model) -> Value {
    let mut properties = envelopes::selection_members();
    let sent = shapes::sent(model);
    for (name, property) in sent["properties"].as_object().into_iter().flatten() {
        if property.get("readOnly").is_none() {
            properties[name] = json!({ "anyOf": [property, { "type": "null" }] });
        }
    }
    json!({ "type": "object", "properties": properties, "oneOf": envelopes::selection_kinds() })
}

fn form(summary: &str, shaped: bool) -> Call {
    let call = Call::read(summary, Faults::Model).takes(&["hierarchy"]);
    let call = if shaped {
        call.takes(&parameters::VERSION).takes(&parameters::TEMPLATE).takes(&parameters::POLICY)
    } else {
        call
    };
    call.answers(200, "Its schema, what it starts with, and where it goes.", schema("Form"))
}

fn help(summary: &str) -> Call {
    Call::read(summary, Faults::Model).takes(&["hierarchy"]).answers_as(
        200,
        "A page for people.",
        "text/html",
        json!({ "type": "string" }),
    )
}

fn usable(summary: &str) -> Call {
    Call::read(summary, Faults::Model).takes(&["hierarchy"]).answers(
        200,
        "The nearest first, and the call that adds one.",
        schema("Usable"),
    )
}

fn choices() -> Call {
    Call::read("Choices of a field that refers to instances", Faults::Model)
        .takes(&["field", "choice_title", "title", "choice_condition"])
        .takes(&["hierarchy", "skip", "limit", "traversal", "search", "count"])
        .takes(&["filter_field", "filter_text", "ignore_case", "order_by", "direction"])
        .takes(&["Range", "XRange"])
        .answers(200, "Values and titles.", schema("Choices"))
        .with_header(200, "Content-Range", "ContentRange")
}

fn binary() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn sheet(call: Call) -> Call {
    call.answers_as(200, "The file.", file::XLSX, binary()).with_header(
        200,
        "Content-Disposition",
        "Disposition",
    )
}

fn export(call: Call) -> Call {
    sheet(call.takes(&["hierarchy", "export_format", "version", "tag_version"]))
        .takes(&parameters::TEMPLATE)
        .takes(&parameters::POLICY)
        .answers_as(200, "The file.", file::ZIP, binary())
        .answers_as(200, "The file.", file::CSV, json!({ "type": "string" }))
}

fn template() -> Call {
    Call::write("The sheet to be filled in", Faults::Model)
        .takes(&["hierarchy"])
        .takes(&parameters::POLICY)
        .answers_as(200, "The workbook, compressed.", file::GZIP, binary())
        .with_header(200, "Content-Disposition", "Disposition")
}

fn import() -> Call {
    let call = Call::write("Load a file", Faults::Model)
        .takes(&["hierarchy", "mode"])
        .takes(&parameters::TEMPLATE)
        .form(schema("Upload"));
    accepted(call)
}

fn assign_many(method: &str) -> Call {
    let mut body = provisioning::wanted();
    if let (Some(own), Some(more)) =
        (body["properties"].as_object_mut(), envelopes::selection_members().as_object())
    {
        own.extend(more.clone());
    }
    body["oneOf"] = envelopes::selection_kinds();
    let summary = if method == "POST" {
        "Give users services and packs"
    } else {
        "Take services and packs back from users"
    };
    bulk(summary, body)
}

fn assign(method: &str) -> Call {
    let summary = if method == "POST" {
        "Give a user services and packs"
    } else {
        "Take services and packs back from a user"
    };
    let mut body = provisioning::wanted();
    body["properties"]["request_meta"] = schema("RequestMeta");
    let refused = json!({ "anyOf": [schema("Assigned"), schema("Fault")] });
    Call::write(summary, Faults::Model)
        .takes(&["hierarchy"])
        .body(body)
        .answers(200, "All of it is done.", schema("Assigned"))
        .with_header(200, "X-Transaction-ID", "TransactionId")
        .answers(207, "Some of it is done.", schema("Assigned"))
        .with_header(207, "X-Transaction-ID", "TransactionId")
        .answers(400, "None of it is done, or the call is wrong.", refused)
}

fn act(model: &Model, rest: &str) -> Option<Call> {
    let name = rest.strip_prefix("/{pkid}/+")?;
    let action = model.actions.iter().find(|action| action.name == name)?;
    let call = Call::write(&action.title, Faults::Model)
        .takes(&["hierarchy", "nowait"])
        .optional_body(schema("OnlyMeta"))
        .refuses(&[502, 504])
        .answers(200, "It has ended well.", schema("Written"))
        .with_header(200, "ETag", "ETag");
    Some(accepted(call))
}
