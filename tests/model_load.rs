//! Model files: what a malformed one is told, and what the shipped ones say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;

use serde_json::{Value, json};
use tenantry::model::{self, Format, Kind, Model, NodeType, Operation, Property};

const FILE: &str = "src/models/relation/Thing.json";

/// A model that loads, for the cases to spoil.
fn sound() -> Value {
    json!({
        "model_type": "relation/Thing",
        "title": "Thing",
        "schema": {
            "type": "object",
            "properties": {
                "name": { "type": "string", "title": "Name" },
                "size": { "type": "integer" },
                "secret": { "type": "string", "is_password": true },
                "tags": { "type": "array", "items": { "type": "string" } },
                "part": { "type": "object", "properties": { "on": { "type": "boolean" } } }
            }
        }
    })
}

/// The sound model with the value at `pointer` set; its parent must exist.
fn with(pointer: &str, value: Value) -> Value {
    let mut file = sound();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    file.pointer_mut(parent).unwrap()[key] = value;
    file
}

fn parse(file: &Value) -> Result<Model, model::LoadError> {
    model::parse(FILE, &file.to_string())
}

#[test]
fn the_sound_model_loads_with_defaults_for_what_it_does_not_say() {
    let model = parse(&sound()).unwrap();
    assert_eq!(model.title_plural, "Things");
    assert_eq!(model.summary_attrs, ["name", "hierarchy_friendly_name"]);
    assert_eq!(model.order_by, "name");
    assert!(!model.descending);
    assert_eq!(model.operations, Operation::ALL);
    assert!(model.allowed_at.is_empty() && model.groups.is_empty() && model.unique.is_empty());
    assert_eq!(model.schema, sound()["schema"]);
    assert_eq!(model.root.property("size").unwrap().title, "size");
    assert!(!model.root.additional_properties);
}

#[test]
fn a_model_survives_the_way_to_the_browser() {
    let model = parse(&sound()).unwrap();
    let text = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<Model>(&text).unwrap(), model);
    let error = serde_json::from_str::<Model>(r#"{"model_type":"a/B"}"#).unwrap_err();
    assert!(error.to_string().starts_with("a/B: has no title"), "{error}");
}

#[test]
fn an_error_names_the_file_the_place_and_the_reason() {
    let error = parse(&with("/schema/properties/name/type", json!("text"))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "src/models/relation/Thing.json at /schema/properties/name/type: \"text\" is none of \
         any, string, integer, number, boolean, object, array"
    );
    let error = model::parse(FILE, "[]").unwrap_err();
    assert_eq!(error.to_string(), "src/models/relation/Thing.json: must be an object, not a list");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn a_malformed_file_is_refused_at_its_place() {
    let p = "/schema/properties";
    let name = |key: &str| format!("{p}/name/{key}");
    let size = |key: &str| format!("{p}/size/{key}");
    let tags = |key: &str| format!("{p}/tags/{key}");
    // What is set, where; the pointer of the error; a part of its reason.
    let cases: Vec<(String, Value, String, &str)> = vec![
        // Unknown words.
        ("/colour".into(), json!(1), "/colour".into(), "unknown"),
        ("/schema/colour".into(), json!(1), "/schema/colour".into(), "not a keyword"),
        (name("colour"), json!(1), name("colour"), "not a keyword"),
        (name("minimum"), json!(1), name("minimum"), "no meaning"),
        (size("maxLength"), json!(1), size("maxLength"), "no meaning"),
        (name("schema_version"), json!("1"), name("schema_version"), "root"),
        (name("format"), json!("colour"), name("format"), "none of"),
        ("/formats".into(), json!({"name": "colour"}), "/formats/name".into(), "colour"),
        ("/operations".into(), json!(["list", "fly"]), "/operations/1".into(), "fly"),
        ("/allowed_at".into(), json!(["moon"]), "/allowed_at/0".into(), "moon"),
        // Wrong types.
        ("/title".into(), json!(7), "/title".into(), "must be a string"),
        ("/descending".into(), json!("yes"), "/descending".into(), "true or false"),
        ("/summary_attrs".into(), json!("name"), "/summary_attrs".into(), "must be a list"),
        ("/summary_attrs".into(), json!([1]), "/summary_attrs/0".into(), "must be a string"),
        ("/groups".into(), json!([1]), "/groups/0".into(), "must be an object"),
        ("/schema".into(), json!([]), "/schema".into(), "must be an object"),
        ("/schema/$schema".into(), json!(3), "/schema/$schema".into(), "must be a string"),
        ("/schema/schema_version".into(), json!(1.2), "/schema/schema_version".into(), "string"),
        ("/schema/properties".into(), json!([]), p.into(), "must be an object"),
        (format!("{p}/name"), json!("string"), format!("{p}/name"), "must be an object"),
        (name("type"), json!(["string"]), name("type"), "must be a string"),
        (name("required"), json!(["name"]), name("required"), "true or false"),
        (name("description"), json!(null), name("description"), "must be a string"),
        (name("readonly"), json!(0), name("readonly"), "true or false"),
        (name("displayable"), json!("no"), name("displayable"), "true or false"),
        (name("maxLength"), json!(-1), name("maxLength"), "whole number"),
        (name("minLength"), json!(1.5), name("minLength"), "whole number"),
        (name("name"), json!(1), name("name"), "must be a string"),
        (name("target"), json!(1), name("target"), "must be a string"),
        (size("minimum"), json!("0"), size("minimum"), "must be a number"),
        (size("maximum"), json!(1e300), size("maximum"), "exactly"),
        (tags("uniqueItems"), json!(1), tags("uniqueItems"), "true or false"),
        (tags("items"), json!([]), tags("items"), "must be an object"),
        (
            "/schema/additionalProperties".into(),
            json!({}),
            "/schema/additionalProperties".into(),
            "true or false",
        ),
        // Names that lead nowhere, or not where they should.
        ("/summary_attrs".into(), json!(["name", "nome"]), "/summary_attrs/1".into(), "nome"),
        ("/summary_attrs".into(), json!(["secret"]), "/summary_attrs/0".into(), "secret"),
        ("/summary_attrs".into(), json!(["part"]), "/summary_attrs/0".into(), "one value"),
        ("/summary_attrs".into(), json!([]), "/summary_attrs".into(), "at least one"),
        ("/order_by".into(), json!("nome"), "/order_by".into(), "nome"),
        ("/order_by".into(), json!("secret"), "/order_by".into(), "secret"),
        ("/unique".into(), json!(["nome"]), "/unique/0".into(), "nome"),
        ("/unique_at_node".into(), json!(["tags"]), "/unique_at_node/0".into(), "one value"),
        ("/managed".into(), json!(["nome"]), "/managed/0".into(), "nome"),
        ("/actions".into(), json!([{ "name": "A" }]), "/actions/0".into(), "no title"),
        (
            "/actions".into(),
            json!([{ "name": "A b", "title": "A" }]),
            "/actions/0/name".into(),
            "letters",
        ),
        (
            "/actions".into(),
            json!([{ "name": "A", "title": "A" }, { "name": "A", "title": "B" }]),
            "/actions/1/name".into(),
            "twice",
        ),
        ("/immutable".into(), json!(["name", "name"]), "/immutable/1".into(), "twice"),
        ("/formats".into(), json!({"nome": "email"}), "/formats/nome".into(), "nome"),
        ("/formats".into(), json!({"size": "email"}), "/formats/size".into(), "only a string"),
        (
            "/groups".into(),
            json!([{"title": "A", "fields": ["nome"]}]),
            "/groups/0/fields/0".into(),
            "nome",
        ),
        (
            "/groups".into(),
            json!([{"title": "A", "fields": ["name"]}, {"title": "B", "fields": ["name"]}]),
            "/groups/1/fields/0".into(),
            "already",
        ),
        ("/groups".into(), json!([{"title": "A", "fields": []}]), "/groups/0/fields".into(), "one"),
        ("/groups".into(), json!([{"fields": ["name"]}]), "/groups/0".into(), "no title"),
        (name("target_model_type"), json!("Thing"), name("target_model_type"), "type/Name"),
        // Empty or odd names.
        ("/title".into(), json!(" "), "/title".into(), "empty"),
        ("/title_plural".into(), json!(""), "/title_plural".into(), "empty"),
        (name("title"), json!(""), name("title"), "empty"),
        (format!("{p}/a b"), json!({"type": "string"}), format!("{p}/a b"), "letters"),
        (
            format!("{p}/hierarchy_friendly_name"),
            json!({"type": "string"}),
            format!("{p}/hierarchy_friendly_name"),
            "kept",
        ),
        ("/model_type".into(), json!("Thing"), "/model_type".into(), "type/Name"),
        ("/model_type".into(), json!("relation/thing"), "/model_type".into(), "type/Name"),
        ("/model_type".into(), json!("Relation/Thing"), "/model_type".into(), "type/Name"),
        ("/model_type".into(), json!("relation//Thing"), "/model_type".into(), "type/Name"),
        ("/model_type".into(), json!("relation/Th.ing"), "/model_type".into(), "type/Name"),
        // Contradictions.
        (name("default"), json!(7), name("default"), "must be text"),
        (size("default"), json!("7"), size("default"), "whole number"),
        (name("pattern"), json!("("), name("pattern"), "compile"),
        (name("valid_re"), json!("[z-a]"), name("valid_re"), "compile"),
        (name("minLength"), json!(2000), name("minLength"), "maximum length"),
        (name("choices"), json!([]), name("choices"), "at least one"),
        (name("choices"), json!([{"title": "A"}]), name("choices/0"), "no value"),
        (name("choices"), json!([{"value": "a", "help": ""}]), name("choices/0/help"), "unknown"),
        (
            name("choices"),
            json!([{"value": "a", "title": "A"}, {"value": "a", "title": "B"}]),
            name("choices/1"),
            "twice",
        ),
        (name("enum"), json!(["a", "a"]), name("enum/1"), "twice"),
        (name("enum"), json!([1]), name("enum/0"), "must be a string"),
        (name("enum"), json!(["a", ""]), name("enum/1"), "unset"),
        (size("enum"), json!([1, "2"]), size("enum/1"), "whole number"),
        (size("enum"), json!([1, 1.5]), size("enum/1"), "whole number"),
        (size("choices"), json!([{"value": "1"}]), size("choices/0/value"), "whole number"),
        (size("choices"), json!([{"value": 1}, {"value": 1}]), size("choices/1"), "twice"),
        (name("target_filter"), json!({"a": "b"}), name("target_filter"), "target_model_type"),
        (name("target_filter"), json!({"a": 1}), name("target_filter/a"), "must be a string"),
        ("/inherited".into(), json!("sys"), "/inherited".into(), "true or false"),
        (size("is_password"), json!(true), size("is_password"), "only a string"),
        (
            tags("items"),
            json!({"type": "string", "store_encrypted": true}),
            tags("items/store_encrypted"),
            "list",
        ),
        (format!("{p}/secret/default"), json!("x"), format!("{p}/secret/default"), "secret"),
        ("/schema/default".into(), json!({}), "/schema/default".into(), "root"),
        ("/schema/type".into(), json!("any"), p.into(), "no meaning"),
        ("/schema/properties".into(), json!({}), p.into(), "at least one"),
        (
            "/schema/properties".into(),
            json!({"list": {"type": "array"}}),
            p.into(),
            "stand in a list",
        ),
    ];
    for (place, value, pointer, reason) in cases {
        let file = with(&place, value);
        let Err(error) = parse(&file) else { panic!("accepted: {file}") };
        assert_eq!(error.file, FILE);
        assert_eq!(error.pointer, pointer, "{error}");
        assert!(error.reason.contains(reason), "{error}");
    }
}

#[test]
fn keywords_that_exclude_each_other_are_refused() {
    let pairs = [
        (json!({"type": "string", "minLength": 3, "maxLength": 2}), "minLength"),
        (json!({"type": "string", "choices": [{"value": "a"}], "enum": ["a"]}), "enum"),
        (json!({"type": "string", "pattern": "a", "valid_re": "a"}), "valid_re"),
        (json!({"type": "string", "enum": ["a"], "default": "b"}), "default"),
        (json!({"type": "string", "enum": ["a", "bb"], "maxLength": 1}), "enum/1"),
        (json!({"type": "string", "format": "email", "default": "x"}), "default"),
        (json!({"type": "integer", "minimum": 2, "maximum": 1}), "minimum"),
        (json!({"type": "integer", "minimum": 2, "default": 1}), "default"),
        (json!({"type": "integer", "enum": [1, 2], "default": 3}), "default"),
        (json!({"type": "integer", "enum": [1, 2], "maximum": 1}), "enum/1"),
        (json!({"type": "array", "minItems": 2, "maxItems": 1}), "minItems"),
    ];
    for (property, pointer) in pairs {
        let error = parse(&with("/schema/properties/x", property)).unwrap_err();
        assert_eq!(error.pointer, format!("/schema/properties/x/{pointer}"), "{error}");
    }
}

#[test]
fn a_default_is_judged_by_the_format_that_the_file_assigns() {
    let mut file = with("/schema/properties/name/default", json!("two\nlines"));
    assert_eq!(parse(&file).unwrap_err().pointer, "/schema/properties/name/default");
    file["formats"] = json!({"name": "multiline"});
    let model = parse(&file).unwrap();
    assert_eq!(Value::Object(model.defaults()), json!({"name": "two\nlines"}));
}

#[test]
fn missing_parts_are_named() {
    for key in ["model_type", "title", "schema"] {
        let mut file = sound();
        file.as_object_mut().unwrap().shift_remove(key);
        let error = parse(&file).unwrap_err();
        assert_eq!((error.pointer.as_str(), error.reason), ("", format!("has no {key}")));
    }
    let error = parse(&with("/schema/properties/name", json!({"title": "Name"}))).unwrap_err();
    assert_eq!(error.to_string(), format!("{FILE} at /schema/properties/name: has no type"));
}

#[test]
fn a_key_that_occurs_twice_is_refused() {
    let text = sound().to_string().replacen("\"size\":", "\"name\":", 1);
    let error = model::parse(FILE, &text).unwrap_err();
    assert_eq!(error.pointer, "/schema/properties/name");
    assert!(error.reason.contains("twice"), "{error}");
}

#[test]
fn nesting_ends_at_sixteen() {
    let nested = |levels: usize| {
        let leaf = json!({"type": "string"});
        (1..levels).fold(leaf, |items, _| json!({"type": "array", "items": items}))
    };
    assert!(parse(&with("/schema/properties/deep", nested(16))).is_ok());
    let error = parse(&with("/schema/properties/deep", nested(17))).unwrap_err();
    assert!(error.pointer.ends_with("/items/items"), "{error}");
    assert!(error.reason.contains("deeper than 16"), "{error}");
}

#[test]
fn files_are_matched_with_their_paths() {
    let file = |path: &str, model_type: &str| {
        let mut file = sound();
        file["model_type"] = json!(model_type);
        (path.to_owned(), file.to_string())
    };
    let types = |files: Vec<(String, String)>| {
        model::load_all(files)
            .map(|models| models.into_iter().map(|m| m.model_type).collect::<Vec<_>>())
            .map_err(|error| error.to_string())
    };
    let good = vec![
        file("src/models/relation/Thing.json", "relation/Thing"),
        file("device/spark/License.json", "device/spark/License"),
        file("/etc/tenantry/extra/data/Thing.json", "data/Thing"),
    ];
    assert_eq!(types(good).unwrap(), ["relation/Thing", "device/spark/License", "data/Thing"]);
    let moved = vec![file("src/models/spark/License.json", "relation/License")];
    assert_eq!(
        types(moved).unwrap_err(),
        "src/models/spark/License.json at /model_type: doesn't match the file's path, which \
         should be relation/License.json"
    );
    let twice = vec![
        file("a/models/data/Thing.json", "data/Thing"),
        file("b/models/data/Thing.json", "data/Thing"),
    ];
    assert_eq!(
        types(twice).unwrap_err(),
        "b/models/data/Thing.json at /model_type: a/models/data/Thing.json is data/Thing already"
    );
}

/// Every model file of the program.
fn shipped() -> Vec<Model> {
    fn collect(folder: &std::path::Path, files: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path.to_str().unwrap().to_owned(), text));
            }
        }
    }
    let mut files = Vec::new();
    collect(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/models"), &mut files);
    model::load_all(files).unwrap_or_else(|error| panic!("{error}"))
}

fn shipped_model(model_type: &str) -> Model {
    shipped().into_iter().find(|m| m.model_type == model_type).unwrap()
}

#[test]
fn every_shipped_model_loads_and_explains_its_fields() {
    let models = shipped();
    for model_type in ["relation/SparkCustomer", "data/HierarchyNode", "tool/Transaction"] {
        assert!(models.iter().any(|m| m.model_type == model_type), "{model_type}");
    }
    for model in models {
        assert!(!model.section.is_empty() && !model.description.is_empty(), "{}", model.title);
        // The document explains all its fields but the one that nobody sees.
        let explained = model.root.properties.iter().filter(|(name, _)| name != "shadow");
        for (name, property) in explained {
            let place = format!("{} {name}", model.model_type);
            assert!(!property.description.is_empty(), "{place} has no description");
            // The first sentence is what the pattern's error says.
            assert!(property.description.ends_with('.'), "{place}");
        }
    }
}

/// Name, title, type and flags of a property, as the document prints them.
fn line(name: &str, p: &Property) -> String {
    let mut line = format!("{name} | {} | {:?}", p.title, p.kind);
    for (flag, set) in [
        ("required", p.required),
        ("is_password", p.is_password),
        ("store_encrypted", p.store_encrypted),
        ("readonly", p.readonly),
        ("hidden", !p.displayable),
    ] {
        if set {
            line.push_str(" | ");
            line.push_str(flag);
        }
    }
    if let Some(default) = &p.default {
        let _ = write!(line, " | default {default}");
    }
    line
}

#[test]
fn spark_customer_is_that_of_the_document() {
    let model = shipped_model("relation/SparkCustomer");
    let lines: Vec<String> = model.root.properties.iter().map(|(n, p)| line(n, p)).collect();
    assert_eq!(
        lines,
        [
            "name | Customer Name | String | required",
            "account_number_external | Organization Account Number | String",
            "account_email | Admin Account Email | String",
            "account_number | Organization Account Number (Internal) | String",
            "default_calling_behaviour | Default Calling Behaviour | String",
            "email_domain | Email Domain for Hybrid Calling in Workspaces | String",
            "dirsync_enabled | Directory Synchronization Enabled | Boolean",
            "notes | Please Note | String",
            "token_link | Authorize Webex | String",
            "token | Admin Access Token | String | is_password",
            "refresh_token | Refresh Token | String | is_password",
            "access_token_expires | Access Token Expires At | String",
            "refresh_token_expires | Refresh Token Expires At | String",
            "http_proxy | HTTP Proxy | String | is_password | store_encrypted",
            "https_proxy | HTTPS Proxy | String | is_password | store_encrypted",
            "sync | Sync on Create | Boolean | default false",
            "shadow | Shadow | Array",
        ]
    );
    let shadow = model.root.property("shadow").unwrap();
    let entry = shadow.items.as_ref().unwrap();
    assert_eq!((shadow.max_items, entry.kind), (Some(1), Kind::Object));
    let lines: Vec<String> = entry.properties.iter().map(|(n, p)| line(n, p)).collect();
    assert_eq!(lines, ["name | Name | String | required | hidden"]);
    assert_eq!(entry.properties[0].1.max_length, Some(1024));
    let choices = &model.root.property("default_calling_behaviour").unwrap().choices;
    let choices: Vec<_> = choices.iter().map(|c| (c.value.as_str(), c.title.as_str())).collect();
    let named = [
        "Calling in Webex App",
        "Calling in Webex App (Unified CM)",
        "Cisco Jabber app",
        "Third-Party app",
    ];
    assert_eq!(choices, named.map(|n| (n, n)));
}

/// The keywords of the schema as it is answered: those of the document, no more and no fewer.
#[test]
fn the_bare_schema_of_spark_customer_has_the_keywords_of_the_document() {
    let model = shipped_model("relation/SparkCustomer");
    let mut schema = model.schema.clone();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-03/schema");
    assert_eq!(schema["schema_version"], "1.2.7");
    assert_eq!(schema["properties"]["token_link"]["format"], "link");
    for name in ["access_token_expires", "refresh_token_expires"] {
        assert_eq!(schema["properties"][name]["readonly"], false);
    }
    let plain: Vec<&str> = vec!["title", "description", "type"];
    let more = |more: &[&'static str]| [plain.as_slice(), more].concat();
    let properties = schema["properties"].as_object_mut().unwrap();
    for (name, property) in properties.iter() {
        let keys: Vec<&str> = property.as_object().unwrap().keys().map(String::as_str).collect();
        let wanted = match name.as_str() {
            "name" => more(&["required"]),
            "default_calling_behaviour" => more(&["choices"]),
            "token_link" => more(&["format"]),
            "token" | "refresh_token" => more(&["is_password"]),
            "access_token_expires" | "refresh_token_expires" => more(&["readonly"]),
            "http_proxy" | "https_proxy" => more(&["is_password", "store_encrypted"]),
            "sync" => more(&["default"]),
            "shadow" => vec!["title", "type", "items", "maxItems"],
            _ => plain.clone(),
        };
        assert_eq!(keys, wanted, "{name}");
    }
    let entry = &properties["shadow"]["items"]["properties"]["name"];
    assert_eq!(
        *entry,
        json!({
            "is_password": false, "title": "Name", "required": true, "displayable": false,
            "readonly": false, "maxLength": 1024, "type": "string"
        })
    );
}

#[test]
fn spark_customer_stands_where_the_contract_puts_it() {
    let model = shipped_model("relation/SparkCustomer");
    assert_eq!(
        model.summary_attrs,
        [
            "name",
            "account_number_external",
            "account_email",
            "default_calling_behaviour",
            "email_domain",
            "dirsync_enabled",
            "hierarchy_friendly_name"
        ]
    );
    assert_eq!(model.allowed_at, [NodeType::Customer]);
    assert_eq!(model.unique_at_node, ["account_number_external"]);
    assert_eq!(model.managed, ["token_link"]);
    let actions: Vec<&str> = model.actions.iter().map(|a| a.name.as_str()).collect();
    let names = ["RefreshAccessToken", "SyncWebexTeamsRolesLicences", "SyncWebexTeamsUsers"];
    assert_eq!(actions, names);
    assert_eq!(model.operations, Operation::ALL);
    let format = |name: &str| model.root.property(name).unwrap().format;
    assert_eq!(format("account_number_external"), Some(Format::WebexOrganization));
    assert_eq!(format("https_proxy"), Some(Format::ProxyUrl));
    assert_eq!(format("account_number"), None);
}

fn errors(model: &Model, data: &Value) -> Vec<(String, String)> {
    model::validate(model, data.as_object().unwrap())
        .into_iter()
        .map(|e| (e.field, e.code))
        .collect()
}

#[test]
fn hierarchy_nodes_take_names_that_paths_can_hold() {
    let model = shipped_model("data/HierarchyNode");
    let node = |name: &str| json!({"name": name, "node_type": "site"});
    for name in ["a", "Site 1", "north-west_2", "-", &"a".repeat(64)] {
        assert_eq!(errors(&model, &node(name)), [], "{name}");
    }
    for name in [" a", "a ", "a.b", "a/b", "é", "a\u{a0}b"] {
        assert_eq!(errors(&model, &node(name)), [("/name".into(), "pattern".into())], "{name}");
    }
    let long = node(&"a".repeat(65));
    assert_eq!(errors(&model, &long), [("/name".into(), "too_long".into())]);
    // Spaces too, since a node's name may stand in for the tenant id; never "." and "..", which
    // a path can't hold.
    let ids = [("acme.1_x-y", true), ("a b", true), ("..", false), (".", false), ("a/b", false)];
    for (tenant_id, fits) in ids {
        let mut node = node("a");
        node["tenant_id"] = json!(tenant_id);
        assert_eq!(errors(&model, &node).is_empty(), fits, "{tenant_id}");
    }
    assert_eq!(errors(&model, &json!({"name": "a", "node_type": "sys"})).len(), 1);
    assert_eq!(model.immutable, ["name", "node_type"]);
    assert_eq!(model.unique, ["tenant_id"]);
}

#[test]
fn transactions_have_the_attributes_of_the_contract_and_name_their_bulk_call() {
    let model = shipped_model("tool/Transaction");
    let names: Vec<&str> = model.root.properties.iter().map(|(n, _)| n.as_str()).collect();
    assert_eq!(
        names.join(" "),
        "status action model_type href username hierarchy submitted started completed message \
         progress counts before after parent mode file sub_transactions rows log"
    );
    assert!(model.offers(Operation::Get) && !model.offers(Operation::Add));
    assert!(model.descending && model.order_by == "submitted");
    let record = json!({
        "status": "Fail", "action": "Bulk Delete", "model_type": "relation/SparkCustomer",
        "href": "/api/relation/SparkCustomer/", "username": "admin", "hierarchy": "sys.a",
        "submitted": "2026-01-31T09:30:00Z", "started": "2026-01-31T09:30:00.5Z",
        "completed": "2026-01-31T09:30:01Z", "message": "1 of 2 failed.",
        "progress": {"done": 2, "total": 2}, "counts": {"total": 2, "succeeded": 1, "failed": 1},
        "before": {"name": "x", "notes": "two\nlines"}, "after": {},
        "sub_transactions": [{"href": "/api/x/", "status": "Fail", "message": "Not found."}],
        "log": [{"time": "2026-01-31T09:30:00Z", "level": "info", "message": "Began."}]
    });
    assert_eq!(errors(&model, &record), []);
}
