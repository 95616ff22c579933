//! Parameters and headers that several calls share.

use serde_json::{Map, Value, json};

use crate::{
    domain::transfer::export::Format,
    list_query::{Condition, DEFAULT_LIMIT, MAXIMUM_LIMIT},
};

/// Those of every list.
pub const OF_LISTS: [&str; 14] = [
    "hierarchy",
    "skip",
    "limit",
    "order_by",
    "direction",
    "traversal",
    "filter_field",
    "filter_text",
    "filter_condition",
    "ignore_case",
    "search",
    "count",
    "columns",
    "summary",
];

/// Which version of the schema; there is one.
pub const VERSION: [&str; 2] = ["version", "tag_version"];
/// Which configuration template fills and fixes.
pub const TEMPLATE: [&str; 3] = ["template_name", "template", "configuration_template"];
/// Which display policy shapes a form.
pub const POLICY: [&str; 2] = ["policy_name", "policy"];

fn text() -> Value {
    json!({ "type": "string" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// All of them, by name.
#[expect(clippy::too_many_lines, reason = "a table of parameters")]
pub fn parameters() -> Map<String, Value> {
    let conditions: Vec<&str> = Condition::ALL.map(Condition::as_str).to_vec();
    let formats: Vec<&str> = Format::names().collect();
    let several = |items: Value| json!({ "type": "array", "items": items });
    let query = [
        ("hierarchy", text(), "The node: its pkid or dot path. The caller's own when absent."),
        (
            "skip",
            json!({ "type": "integer", "minimum": 0, "default": 0 }),
            "How many to leave out.",
        ),
        (
            "limit",
            json!({ "type": "integer", "minimum": 1, "default": DEFAULT_LIMIT }),
            &format!("How many at most; above {MAXIMUM_LIMIT} it is {MAXIMUM_LIMIT}."),
        ),
        ("order_by", text(), "The attribute to order by; the model's own when absent."),
        ("direction", json!({ "enum": ["asc", "desc"] }), "The direction of the order."),
        (
            "traversal",
            json!({ "enum": ["down", "local", "up"], "default": "down" }),
            "The node and below, the node alone, or the node and above.",
        ),
        (
            "filter_field",
            several(text()),
            "The attribute of a filter; repeated for several, which must all hold.",
        ),
        (
            "filter_text",
            several(text()),
            "What each filter looks for: as many as there are `filter_field`.",
        ),
        (
            "filter_condition",
            several(json!({ "enum": conditions })),
            "How each filter compares; `contains` where it is absent.",
        ),
        (
            "ignore_case",
            several(flag()),
            "Whether each filter ignores case; on when absent. A single one speaks for all.",
        ),
        ("search", text(), "A text that any attribute of the list contains."),
        ("count", flag(), "`false` leaves the total at 0."),
        ("columns", text(), "Attributes, separated by commas, that `data` has, in this order."),
        ("summary", flag(), "Cuts `data` down to the attributes of the list."),
        ("version", text(), "The version of the schema; another one than the present is 404."),
        ("tag_version", text(), "The same under its other name."),
        ("template_name", text(), "A configuration template, by name."),
        ("template", text(), "A configuration template, by pkid."),
        ("configuration_template", text(), "A configuration template, by name or pkid."),
        ("policy_name", text(), "A display policy, by name; empty for none."),
        ("policy", text(), "A display policy, by pkid."),
        ("nowait", flag(), "Answers at once; the outcome is read from the transaction."),
        ("schema", flag(), "Puts the schema beside the data."),
        ("export_format", json!({ "enum": formats, "default": "json" }), "The kind of file."),
        (
            "mode",
            json!({ "enum": ["dry_run", "all_or_nothing", "row_by_row"] }),
            "How a file is loaded.",
        ),
        ("field", text(), "The attribute that is the value; `pkid` when absent."),
        ("choice_title", text(), "The attribute that is shown."),
        ("title", text(), "What the titles begin with."),
        (
            "choice_condition",
            json!({ "enum": conditions }),
            "How `title` is compared; or that of a filter.",
        ),
        ("context_hierarchy", text(), "The node to move to: its pkid or dot path."),
        (
            "sizeLimit",
            json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
            "How many lines at most.",
        ),
        ("format", text(), "`xlsx` and `csv` answer licences as a file; ignored otherwise."),
    ];
    let mut all: Map<String, Value> = query
        .into_iter()
        .map(|(name, schema, told)| {
            let own = if name == "choice_condition" { "filter_condition" } else { name };
            let body = json!({ "name": own, "in": "query", "description": told, "schema": schema });
            (name.to_owned(), body)
        })
        .collect();
    for (name, own, told) in [
        ("pkid", "pkid", "The instance's pkid."),
        ("section", "section", "The heading, with a dot for its slash: `data.User`."),
        ("id", "id", "The id, as the list answers it."),
        ("name", "name", "The name in its catalogue; a slash in it is `%2F`."),
        ("tenant", "tenant", "The tenant id."),
        ("group", "group", "The site's name, or its pkid where several have that name."),
        ("user", "user", "The user id."),
    ] {
        let schema = json!({ "type": "string", "minLength": 1 });
        let body = json!({
            "name": own, "in": "path", "required": true, "description": told, "schema": schema,
        });
        all.insert(name.to_owned(), body);
    }
    for (name, header, told) in [
        (
            "IfMatch",
            "If-Match",
            "The version that the write is meant for: the `ETag` of what was read.",
        ),
        ("IfNoneMatch", "If-None-Match", "Versions that are known; 304 when it is one of them."),
        ("Range", "Range", "`items=0-24`, in place of `skip` and `limit`."),
        ("XRange", "X-Range", "The same, where `Range` can't be set."),
    ] {
        let body = json!({ "name": header, "in": "header", "description": told, "schema": text() });
        all.insert(name.to_owned(), body);
    }
    all
}

/// Headers of answers, by name.
pub fn headers() -> Map<String, Value> {
    let all = [
        ("RequestId", true, text(), "Names the request in the program's log."),
        ("ETag", true, text(), "The version, for `If-Match` and `If-None-Match`."),
        ("RetryAfter", false, json!({ "type": "integer" }), "Seconds until the next try is heard."),
        ("Challenge", true, text(), "The scheme of credentials that is asked for."),
        ("TransactionId", false, text(), "The record of the write."),
        ("ContentRange", false, text(), "`items 0-24/100`, where a range was asked for."),
        ("Disposition", true, text(), "The name of the file."),
        ("SetCookie", true, text(), "`sessionid` and `csrftoken`."),
        ("CsrfToken", true, text(), "What writes with the cookie must send back."),
    ];
    all.into_iter()
        .map(|(name, required, schema, told)| {
            let body = json!({ "description": told, "required": required, "schema": schema });
            (name.to_owned(), body)
        })
        .collect()
}
